// Computes a profit, ranks bids, finds where the choice remains, and bills a run.
#include <array>

#include <gigaspot/format.hpp>
#include <gigaspot/gigaspot.hpp>

using namespace gigaspot::literals;

int main() {
    const gigaspot::HostCapabilities host{
        .id = 7, .gpus = {{.power_limit = {150_W, 450_W}}}, .energy_price = 0.11_usd_per_kWh};
    const gigaspot::Bid bids[] = {
        {.id = 41, .price = 310_coin_per_day, .overclock = {{.power_limit = 450_W}}},
        {.id = 42, .price = 270_coin_per_day, .overclock = {{.power_limit = 160_W}}},
        {.id = 43, .price = 10_coin_per_day, .overclock = {{.power_limit = 160_W}}},
    };
    const gigaspot::Conditions conditions{.rates = 0.0071_usd_per_coin};

    fmt::print("bid 41 earns {}\n",
               profit_parts(make_offer(bids[0], host), host, conditions).value());
    std::array<gigaspot::Ranked, 3> slots;
    for (const gigaspot::Ranked& ranked : rank(host, bids, conditions, slots))
        fmt::print("{}\n", ranked);
    if (const auto rates = rate_range(host, bids, conditions))
        fmt::print("the same bid wins at {} USD per coin\n", *rates);

    gigaspot::Account account;
    const gigaspot::Charge charge = account.charge(270_coin_per_day, 60'000, 25'000_ppm);
    fmt::print("one minute costs {} coins, {} of them for the market\n", charge.amount, charge.fee);
}
