// Section 4: watts, electricity, net rate and profit, each calculated by hand beside its row.
#include <gigaspot/rules/profit.hpp>

#include "support/market.hpp"

namespace {

using namespace market;

struct ProfitRow {
    const char* rule;
    TotalPower power_limits;
    Power base_power;
    EnergyPrice energy_price;
    Price price;
    ExchangeRate rate;
    Ppm fee;
    ProfitParts expected;
};

constexpr TotalPower watts(TotalPower::rep count) { return TotalPower::unchecked(count); }

constexpr ProfitRow profit_rows[] = {
    // 600 x 24 / 1000 = 14.4 kWh x 0.11 = 1.584. 620 x 0.0071 = 4.402.
    {"price x rate - watts x 24 / 1000 x energy price",
     watts(600),
     0_W,
     0.11_usd_per_kWh,
     620_coin_per_day,
     0.0071_usd_per_coin,
     0_ppm,
     {4.402_usd_per_day, 1.584_usd_per_day}},
    // 700 x 24 / 1000 = 16.8 kWh x 0.11 = 1.848.
    {"base power adds to the power limits",
     watts(600),
     100_W,
     0.11_usd_per_kWh,
     620_coin_per_day,
     0.0071_usd_per_coin,
     0_ppm,
     {4.402_usd_per_day, 1.848_usd_per_day}},
    // 100 x 0.0071 = 0.71 < 1.584.
    {"a profit can be negative",
     watts(600),
     0_W,
     0.11_usd_per_kWh,
     100_coin_per_day,
     0.0071_usd_per_coin,
     0_ppm,
     {0.71_usd_per_day, 1.584_usd_per_day}},
    // 0.0071 x 0.975 = 0.0069225; x 620 = 4.29195.
    {"the marketplace's fee lowers the rate",
     watts(600),
     0_W,
     0.11_usd_per_kWh,
     620_coin_per_day,
     0.0071_usd_per_coin,
     25'000_ppm,
     {4.29195_usd_per_day, 1.584_usd_per_day}},
    // 7 x 0.5 = 3.5 units of the rate, rounded down to 3; x 2 coins = 6e-12.
    {"the net rate is rounded down before it is multiplied by the price",
     watts(0),
     0_W,
     0_usd_per_kWh,
     2_coin_per_day,
     0.000000000007_usd_per_coin,
     500'000_ppm,
     {0.000000000006_usd_per_day, 0_usd_per_day}},
    {"a fee of 100 % leaves only the cost",
     watts(600),
     0_W,
     0.11_usd_per_kWh,
     620_coin_per_day,
     0.0071_usd_per_coin,
     1'000'000_ppm,
     {0_usd_per_day, 1.584_usd_per_day}},
    {"the minimum price at the minimum rate",
     watts(0),
     0_W,
     0_usd_per_kWh,
     0.00000001_coin_per_day,
     0.000000000001_usd_per_coin,
     0_ppm,
     {0.00000000000000000001_usd_per_day, 0_usd_per_day}},
    // 1 x 24 / 1000 x 1e-9 = 2.4e-11.
    {"one watt at the minimum energy price above 0",
     watts(1),
     0_W,
     0.000000001_usd_per_kWh,
     0_coin_per_day,
     0.0071_usd_per_coin,
     0_ppm,
     {0_usd_per_day, 0.000000000024_usd_per_day}},
    // 600 x 24 / 1000 = 14.4 kWh x -0.05 = -0.72.
    {"an energy price below 0 adds to the income",
     watts(600),
     0_W,
     -0.05_usd_per_kWh,
     620_coin_per_day,
     0.0071_usd_per_coin,
     0_ppm,
     {4.402_usd_per_day, -0.72_usd_per_day}},
    // 700 x 24 / 1000 = 16.8 kWh x -0.05 = -0.84.
    {"with a fee of 100 % and an energy price below 0, a bid still earns",
     watts(600),
     100_W,
     -0.05_usd_per_kWh,
     620_coin_per_day,
     0.0071_usd_per_coin,
     1'000'000_ppm,
     {0_usd_per_day, -0.84_usd_per_day}},
    {"one watt at the maximum energy price below 0",
     watts(1),
     0_W,
     -0.000000001_usd_per_kWh,
     0_coin_per_day,
     0.0071_usd_per_coin,
     0_ppm,
     {0_usd_per_day, -0.000000000024_usd_per_day}},
    // 256e6 x 0.024 x -1000 = -6.144e9.
    {"all values at their maximum, and the energy price at its minimum",
     watts(255'000'000),
     1'000'000_W,
     -1000_usd_per_kWh,
     1'000'000_coin_per_day,
     1'000'000_usd_per_coin,
     0_ppm,
     {1'000'000'000'000_usd_per_day, -6'144'000'000_usd_per_day}},
    // 1e6 x 1e6 = 1e12. 255 GPUs of 1 MW and 1 MW of base power: 256e6 x 0.024 x 1000 = 6.144e9.
    {"all values at their maximum",
     watts(255'000'000),
     1'000'000_W,
     1000_usd_per_kWh,
     1'000'000_coin_per_day,
     1'000'000_usd_per_coin,
     0_ppm,
     {1'000'000'000'000_usd_per_day, 6'144'000'000_usd_per_day}},
    {"the maximum cost without income",
     watts(255'000'000),
     1'000'000_W,
     1000_usd_per_kWh,
     0_coin_per_day,
     1'000'000_usd_per_coin,
     0_ppm,
     {0_usd_per_day, 6'144'000'000_usd_per_day}},
};

/// Checks the row in the main currency and, with the same numbers, in another.
constexpr bool is_profit_as_expected(const ProfitRow& row) {
    const HostCapabilities host{.energy_price = row.energy_price, .base_power = row.base_power};
    for (const Currency currency : {main_currency, bitcoin}) {
        Conditions conditions{.rates = two_rates(5_usd_per_coin, 5_usd_per_coin)};
        conditions.rates[currency] = {.usd = row.rate, .fee = row.fee};
        const Offer offer{
            .price = row.price, .currency = currency, .power_limits = row.power_limits};
        if (profit_parts(offer, host, conditions) != row.expected) return false;
        const Int128 difference = row.expected.income.count() - row.expected.electricity.count();
        if (profit(offer, host, conditions) != units(difference)) return false;
    }
    return true;
}

struct NetRateRow {
    const char* rule;
    std::int64_t rate;
    Ppm fee;
    std::int64_t expected;
};

constexpr NetRateRow net_rate_rows[] = {
    {"without a fee, the rate is unchanged", 7'100'000'000, 0_ppm, 7'100'000'000},
    {"a fee of 2.5 %", 7'100'000'000, 25'000_ppm, 6'922'500'000},
    {"999,999 x 0.000001 is below one unit", 999'999, 999'999_ppm, 0},
    {"1,000,000 x 0.000001 is one unit", 1'000'000, 999'999_ppm, 1},
    {"3 x 0.999999 = 2.999997, rounded down", 3, 1_ppm, 2},
    {"the maximum rate does not overflow", 1'000'000'000'000'000'000, 1_ppm,
     999'999'000'000'000'000},
    {"a fee of 100 % leaves 0", 1'000'000'000'000'000'000, 1'000'000_ppm, 0},
};

constexpr std::int64_t net_rate(const NetRateRow& row) {
    return net_rate_count(ExchangeRate::unchecked(row.rate), row.fee);
}

constexpr Conditions aged(std::int64_t given, std::int64_t now) {
    Conditions conditions{
        .rates = Rates{1_usd_per_coin}, .policy = {.rate_age_max = 60'000_ms}, .now = at_ms(now)};
    conditions.rates[main_currency].given = at_ms(given);
    return conditions;
}

constexpr HostCapabilities two_gpus{
    .id = 7, .gpus = {plain_gpu, plain_gpu}, .energy_price = 0.1_usd_per_kWh};

constexpr table::Fact profit_facts[] = {
    {"without a rate of its currency there is no profit",
     [] {
         const Conditions conditions{.rates = Rates{1_usd_per_coin}};
         return !profit(Offer{.currency = bitcoin}, two_gpus, conditions) &&
                !profit_parts(Offer{.currency = bitcoin}, two_gpus, conditions);
     }},
    {"a profit in another currency needs no rate of the main currency",
     [] {
         Conditions conditions;
         conditions.rates[bitcoin].usd = 2_usd_per_coin;
         return profit(Offer{.price = 3_coin_per_day, .currency = bitcoin}, two_gpus, conditions) ==
                6_usd_per_day;
     }},
    {"a rate exactly as old as allowed counts",
     [] {
         return profit(Offer{.price = 1_coin_per_day}, two_gpus, aged(5, 60'005)) == 1_usd_per_day;
     }},
    {"a rate 1 ms older counts as missing",
     [] { return !profit(Offer{}, two_gpus, aged(4, 60'005)); }},
    {"a rate does not age unless the policy says so",
     [] {
         const Conditions conditions{.rates = Rates{1_usd_per_coin}, .now = Timestamp::highest()};
         return profit(Offer{.price = 1_coin_per_day}, two_gpus, conditions) == 1_usd_per_day;
     }},
    // (300 + 250) x 0.024 x 0.1 = 1.32; 2 - 1.32 = 0.68.
    {"the watts of a bid are the sum of its power limits",
     [] {
         const Bid bid{.price = 2_coin_per_day,
                       .overclock = {{.power_limit = 300_W}, {.power_limit = 250_W}}};
         return profit(bid, two_gpus, {.rates = Rates{1_usd_per_coin}}) == 0.68_usd_per_day;
     }},
    {"the power draw is power limits plus base power, up to both maximums",
     [] {
         const HostCapabilities host{.base_power = 60_W};
         const HostCapabilities hungry{.base_power = Power::highest()};
         return power_draw(Offer{.power_limits = watts(500)}, host).count() == 560 &&
                power_draw(Offer{.power_limits = TotalPower::highest()}, hungry) ==
                    PowerDraw::highest();
     }},
};

GIGASPOT_TABLE("section 4, profit and its parts", profit_rows, is_profit_as_expected)
GIGASPOT_TABLE("section 4, net_rate = floor(rate x (1,000,000 - fee) / 1,000,000)", net_rate_rows,
               net_rate)
GIGASPOT_TABLE("section 4, which rate and which watts make a profit", profit_facts, table::is_so)

}  // namespace
