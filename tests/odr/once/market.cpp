#include "market.hpp"

using namespace gigaspot;
using namespace gigaspot::literals;

Timestamp at_ms(std::int64_t count) { return Timestamp::unchecked(count); }

std::vector<Event> events_of(Engine& market) {
    std::vector<Event> events;
    const auto append = [&](const Event& event) { events.push_back(event); };
    const GpuLimits gpus[] = {{.power_limit = {150_W, 450_W}}};
    const OverclockProfile profiles[] = {{.power_limit = 300_W}};
    market.reserve({.hosts = 1, .bids = 2});
    // A command in a variant calls each type of command.
    const Command rate = SetRate{.usd = 0.0071_usd_per_coin};
    const PutHost host{.id = 7, .gpus = gpus, .energy_price = 0.11_usd_per_kWh};
    const PlaceBid bid{.id = 41, .host = 7, .price = 400_coin_per_day, .overclock = profiles};
    if (!market.apply(rate, at_ms(1), SinkRef{append})) return {};
    const auto put = market.apply(host, at_ms(2), events);
    if (!put || !market.apply(put->host, bid, at_ms(3), SinkRef{append})) return {};
    const Command close = Close{};
    if (!market.apply(close, at_ms(60'000), events)) return {};
    return events;
}
