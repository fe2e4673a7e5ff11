// Runs a live market for two intervals, and passes its events to a function.
#include <gigaspot/format.hpp>
#include <gigaspot/gigaspot.hpp>

using namespace gigaspot::literals;

int main() {
    const auto at = [](gigaspot::Duration since_start) {
        return gigaspot::Timestamp::unchecked(since_start.count());
    };
    gigaspot::Engine market{{.reserve = 0.1_usd_per_day}, {.hosts = 100, .bids = 1'000}};

    const gigaspot::HostCapabilities host{
        .id = 7, .gpus = {{.power_limit = {150_W, 450_W}}}, .energy_price = 0.11_usd_per_kWh};
    const gigaspot::Bid bid{.id = 41,
                            .host = 7,
                            .owner = 2,
                            .price = 310_coin_per_day,
                            .overclock = {{.power_limit = 450_W}}};
    if (!market.set_rate({.usd = 0.0071_usd_per_coin}, at(0_s))) return 1;
    if (!market.put_host(host, at(0_s))) return 1;
    if (!market.place(bid, at(10_s))) return 1;

    const auto print = [](const gigaspot::Event& event) {
        fmt::print("{:>6} ms: {}\n", event.time, event);
    };
    for (const gigaspot::Duration time : {1_min, 2_min}) {
        const auto done = market.close(at(time), print);
        if (!done) fmt::print("{}\n", done.error());
    }
    const auto again = market.place(bid, market.now());
    if (!again) fmt::print("{}\n", again.error());
}
