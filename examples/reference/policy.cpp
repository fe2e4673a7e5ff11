// Asks what three policies change for one host: its incumbent earns 1 USD per day, and a challenger
// would earn 1.5 % more.
#include <gigaspot/format.hpp>
#include <gigaspot/gigaspot.hpp>

using namespace gigaspot::literals;

int main() {
    const gigaspot::HostCapabilities host{.id = 7, .gpus = {{.power_limit = {100_W, 450_W}}}};
    const gigaspot::Bid bids[] = {
        {.id = 41, .price = 100_coin_per_day, .overclock = {{.power_limit = 300_W}}},
        {.id = 42, .price = 101.5_coin_per_day, .overclock = {{.power_limit = 300_W}}},
    };
    const gigaspot::Run run{.bid = 41, .first_won = gigaspot::Timestamp{}};

    const gigaspot::Policy policies[] = {
        {},                                 // any lead is enough
        {.switch_margin_ppm = 20'000_ppm},  // a lead must exceed 2 %
        {.reserve = 1.1_usd_per_day},       // a run must earn 1.1 USD per day
    };
    for (const gigaspot::Policy& policy : policies) {
        const gigaspot::Conditions conditions{.rates = 0.01_usd_per_coin, .policy = policy};
        fmt::print("{}\n", select(host, bids, conditions, run));
    }
}
