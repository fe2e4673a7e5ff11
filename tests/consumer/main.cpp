// Uses the library as an embedder does: asks the rules which bid wins, runs a market for a minute,
// and prints both. Returns 0 if the answers are those that were worked out by hand.

#include <cstdint>
#include <cstdio>

#include <gigaspot/gigaspot.hpp>

int main() {
    using namespace gigaspot::literals;
    const gigaspot::HostCapabilities host{
        .id = 7, .gpus = {{.power_limit = {100_W, 400_W}}}, .energy_price = 0.1_usd_per_kWh};
    // Profits: 14.5 - 0.96 and 14.4 - 0.24 USD per day. 14.4 coins per day are 0.01 coin per
    // minute.
    const gigaspot::Bid bids[] = {
        {.id = 1, .host = 7, .price = 14.5_coin_per_day, .overclock = {{.power_limit = 400_W}}},
        {.id = 2, .host = 7, .price = 14.4_coin_per_day, .overclock = {{.power_limit = 100_W}}}};
    const auto choice = gigaspot::select(host, bids, {.rates = 1_usd_per_coin});
    if (!choice.winner) return 1;
    std::printf("rules: bid %d wins\n", static_cast<int>(choice.winner->value));
    bool is_right = choice.winner == 2 && choice.profit == 14.16_usd_per_day;

    const auto minute = [](std::int64_t count) {
        return gigaspot::Timestamp::unchecked(count * 60'000);
    };
    gigaspot::Engine market;
    is_right &= market.set_rate({.usd = 1_usd_per_coin}, minute(0)).has_value();
    is_right &= market.put_host(host, minute(0)).has_value();
    for (const gigaspot::Bid& bid : bids) is_right &= market.place(bid, minute(0)).has_value();
    std::int64_t charged = 0;
    for (const std::int64_t time : {1, 2}) {
        const auto closed = market.close(minute(time));
        if (!closed) return 1;
        for (const gigaspot::Event& event : *closed) {
            const auto kind = gigaspot::name(event.kind);
            const auto amount = static_cast<std::int64_t>(event.amount.count());
            if (event.kind == gigaspot::EventKind::accepted) continue;
            std::printf("engine: %.*s, bid %d, %lld\n", static_cast<int>(kind.size()), kind.data(),
                        static_cast<int>(event.bid.value), static_cast<long long>(amount));
            is_right &= event.bid == 2;
            charged += amount;
        }
    }
    return is_right && charged == 1'000'000 ? 0 : 1;
}
