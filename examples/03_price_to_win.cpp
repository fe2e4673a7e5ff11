// Answers a renter's question: which price wins this host at the power that the workload needs?
#include <array>

#include <gigaspot/format.hpp>
#include <gigaspot/gigaspot.hpp>

using namespace gigaspot::literals;

int main() {
    const gigaspot::GpuLimits gpu{.power_limit = {100_W, 350_W}};
    const gigaspot::HostCapabilities host{
        .id = 9, .gpus = {gpu}, .energy_price = 0.2_usd_per_kWh, .min_bid = 50_coin_per_day};
    const gigaspot::Bid bids[] = {
        {.id = 5, .price = 260_coin_per_day, .overclock = {{.power_limit = 350_W}}},
        {.id = 6, .price = 180_coin_per_day, .overclock = {{.power_limit = 240_W}}},
    };
    const gigaspot::Conditions conditions{.rates = 0.0071_usd_per_coin};
    const gigaspot::Run run{.bid = 6, .first_won = gigaspot::Timestamp{}};  // bid 6 holds the host

    for (const gigaspot::Power watts : {350_W, 120_W, 90_W}) {
        const auto price =
            gigaspot::price_to_win(host, bids, conditions, {.power_limits = watts}, run);
        fmt::print("{:>4} W: {}\n", watts, price);
    }

    std::array<gigaspot::Explanation, 2> slots;
    for (const auto& bid : gigaspot::explain(host, bids, conditions, slots, run))
        fmt::print("{}\n", bid);
    if (const auto range = gigaspot::rate_range(host, bids, conditions, run))
        fmt::print("the choice stays the same at {} USD per coin\n", *range);
}
