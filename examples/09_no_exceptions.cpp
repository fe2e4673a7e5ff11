// Runs a market without exceptions and RTTI. It allocates all memory at the start, and the engine
// rejects commands that would need more. The build uses -fno-exceptions -fno-rtti.
#include <cstdint>
#include <cstdio>

#include <gigaspot/gigaspot.hpp>

using namespace gigaspot::literals;

int main() {
    // The maximum size of this market.
    constexpr gigaspot::EngineLimits size{.hosts = 100, .bids = 1'000, .bids_per_host = 50};
    constexpr std::size_t gpus_per_host = 2;
    gigaspot::Engine market{{}, size};
    market.reserve(size, gpus_per_host);  // from here on no command allocates

    std::int64_t started = 0;
    const auto sink = [&](const gigaspot::Event& event) {
        if (event.kind == gigaspot::EventKind::started) ++started;
    };
    constexpr gigaspot::GpuLimits gpus[] = {{.power_limit = {150_W, 450_W}}};
    constexpr gigaspot::OverclockProfile profiles[] = {{.power_limit = 300_W}};
    const gigaspot::Timestamp now{};
    if (!market.apply(gigaspot::SetRate{.usd = 0.0071_usd_per_coin}, now, sink)) return 1;

    int rejected = 0;
    for (std::uint64_t id = 1; id <= 101; ++id) {  // one more than the limit
        const gigaspot::PutHost host{.id = id, .gpus = gpus, .energy_price = 0.11_usd_per_kWh};
        const auto put = market.apply(host, now, sink);
        if (!put && put.error().code() == gigaspot::Code::limit_reached) ++rejected;
    }
    const gigaspot::PlaceBid bid{
        .id = 1, .host = 7, .owner = 2, .price = 310_coin_per_day, .overclock = profiles};
    if (!market.apply(bid, now, sink) ||
        !market.close(gigaspot::Timestamp::unchecked(60'000), sink))
        return 1;
    std::printf("%zu hosts, %d rejected, %lld runs\n", market.totals().hosts, rejected,
                static_cast<long long>(started));
    return rejected == 1 && started == 1 ? 0 : 1;
}
