// Prints the exchange rates between which a choice stays the same: the market in the picture of
// docs/market.md.
#include <gigaspot/format.hpp>
#include <gigaspot/gigaspot.hpp>

using namespace gigaspot::literals;

int main() {
    const gigaspot::HostCapabilities host{
        .id = 7, .gpus = {{.power_limit = {100_W, 450_W}}}, .energy_price = 0.11_usd_per_kWh};
    const gigaspot::Bid bids[] = {
        {.id = 41, .price = 310_coin_per_day, .overclock = {{.power_limit = 450_W}}},
        {.id = 42, .price = 270_coin_per_day, .overclock = {{.power_limit = 160_W}}},
        {.id = 43, .price = 200_coin_per_day, .overclock = {{.power_limit = 100_W}}}};

    for (const gigaspot::ExchangeRate rate :
         {0.001_usd_per_coin, 0.002_usd_per_coin, 0.0071_usd_per_coin, 0.02_usd_per_coin}) {
        const gigaspot::Conditions conditions{.rates = rate};
        fmt::print("at {:6}: {}, unchanged at {}\n", rate, gigaspot::select(host, bids, conditions),
                   *gigaspot::rate_range(host, bids, conditions));
    }
}
