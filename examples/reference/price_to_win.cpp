// Answers a bidder's three questions about a host: which price wins, how low can the winner go, and
// what does each bid lack?
#include <array>

#include <gigaspot/format.hpp>
#include <gigaspot/gigaspot.hpp>

using namespace gigaspot::literals;

int main() {
    const gigaspot::HostCapabilities host{.id = 9,
                                          .gpus = {{.power_limit = {100_W, 350_W}}},
                                          .energy_price = 0.2_usd_per_kWh,
                                          .min_bid = 50_coin_per_day};
    const gigaspot::Bid bids[] = {
        {.id = 5, .owner = 1, .price = 260_coin_per_day, .overclock = {{.power_limit = 350_W}}},
        {.id = 6, .owner = 2, .price = 200_coin_per_day, .overclock = {{.power_limit = 240_W}}},
    };
    const gigaspot::Conditions conditions{.rates = 0.0071_usd_per_coin};
    const gigaspot::Run run{.bid = 6, .first_won = gigaspot::Timestamp{}};  // bid 6 holds the host

    for (const gigaspot::Power watts : {350_W, 120_W, 90_W})
        fmt::print("a new bid at {} W: {}\n", watts,
                   price_to_win(host, bids, conditions, {.power_limits = watts}, run));
    // Bid 6 belongs to owner 2, so it does not compete with a new bid of that owner.
    fmt::print("owner 2 at 120 W: {}\n",
               price_to_win(host, bids, conditions, {.power_limits = 120_W, .owner = 2}, run));
    fmt::print("bid 6 stays down to {}\n", price_to_keep(host, bids, conditions, run));

    std::array<gigaspot::Explanation, 2> slots;
    for (const gigaspot::Explanation& bid : explain(host, bids, conditions, slots, run))
        fmt::print("{}\n", bid);
}
