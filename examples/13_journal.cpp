// A journal: each command that the engine accepts is written as a line of JSON. Replayed from the
// start, the journal makes the same market again.
#include <string>
#include <string_view>

#include <gigaspot/format.hpp>
#include <gigaspot/gigaspot.hpp>
#include <gigaspot/json.hpp>

using namespace gigaspot::literals;

int main() {
    gigaspot::MarketNames names;
    const gigaspot::GpuModel model = *names.find_or_add_model("RTX 4090");
    gigaspot::Engine market;
    std::string journal;

    // Applies a command, and writes it if it was accepted.
    const auto apply = [&](const gigaspot::Command& command, gigaspot::Duration since_start) {
        const auto time = gigaspot::Timestamp::unchecked(since_start.count());
        const auto done = market.apply(command, time, [](const gigaspot::Event&) {});
        if (!done) return fmt::print("{}\n", done.error());
        const gigaspot::Code code = gigaspot::CommandText{journal, names}.put(command, time);
        if (code != gigaspot::Code::none) fmt::print("not written: {}\n", code);
    };
    const gigaspot::GpuLimits gpus[] = {{.power_limit = {150_W, 450_W}, .model = model}};
    const gigaspot::OverclockProfile modest[] = {{.power_limit = 300_W}};
    const gigaspot::OverclockProfile greedy[] = {{.power_limit = 480_W}};
    apply(gigaspot::SetRate{.usd = 0.0071_usd_per_coin, .fee = 25'000_ppm}, 0_s);
    apply(gigaspot::PutHost{.id = 7, .gpus = gpus, .energy_price = 0.11_usd_per_kWh}, 0_s);
    apply(gigaspot::PlaceBid{.id = 41, .host = 7, .price = 310_coin_per_day, .overclock = modest},
          10_s);
    apply(gigaspot::PlaceBid{.id = 42, .host = 7, .price = 400_coin_per_day, .overclock = greedy},
          20_s);  // rejected: more than the host allows
    apply(gigaspot::Close{}, 60_s);
    fmt::print("{}", journal);

    gigaspot::Replay again;
    for (std::string_view rest = journal; !rest.empty();) {
        const std::size_t end = rest.find('\n');
        again.take(rest.substr(0, end), [](std::string_view) {});
        rest.remove_prefix(end + 1);
    }
    const bool is_same = digest(again.engine()) == digest(market);
    fmt::print("{}\n", is_same ? "The journal makes the same market." : "Another market!");
    return is_same ? 0 : 1;
}
