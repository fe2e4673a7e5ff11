// Chooses the bid that a host runs, first as an idle host, then with an incumbent.
#include <gigaspot/format.hpp>
#include <gigaspot/gigaspot.hpp>

using namespace gigaspot::literals;

int main() {
    const gigaspot::HostCapabilities host{
        .id = 7, .gpus = {{.power_limit = {150_W, 450_W}}}, .energy_price = 0.11_usd_per_kWh};
    const gigaspot::Bid bids[] = {
        {.id = 41, .price = 310_coin_per_day, .overclock = {{.power_limit = 450_W}}},
        {.id = 42, .price = 270_coin_per_day, .overclock = {{.power_limit = 160_W}}},
    };
    gigaspot::Conditions conditions{.rates = 0.0071_usd_per_coin};
    fmt::print("idle host:       {}\n", select(host, bids, conditions));

    // Bid 41 holds the host, and a challenger must now lead by more than 0.6 USD per day.
    const gigaspot::Run run{.bid = 41, .first_won = gigaspot::Timestamp{}};
    conditions.policy.switch_margin = 0.6_usd_per_day;
    fmt::print("with a margin:   {}\n", select(host, bids, conditions, run));

    conditions.rates = 0.001_usd_per_coin;  // no bid pays for its electricity
    fmt::print("at another rate: {}\n", select(host, bids, conditions, run));
}
