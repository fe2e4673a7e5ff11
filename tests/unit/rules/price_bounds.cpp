// Section 3: a limit in the main currency becomes the last allowed price in another.
#include <gigaspot/rules/price_bounds.hpp>

#include "support/market.hpp"

namespace {

using namespace market;

struct Bounds {
    const char* rule;
    std::int64_t bound;
    std::int64_t main_rate;
    std::int64_t own_rate;
    Int128 least;
    Int128 greatest;
};

constexpr Int128 quintillion = 1'000'000'000'000'000'000;

// limit x main rate / own rate, rounded up and down.
constexpr Bounds bounds[] = {
    {"equal rates", 100, 7, 7, 100, 100},
    {"10 x 3 / 7 = 4.28..", 10, 3, 7, 5, 4},
    {"14 x 3 / 7 = 6", 14, 3, 7, 6, 6},
    {"1 x 1 / 1,000 is above 0", 1, 1, 1'000, 1, 0},
    {"a limit of 0", 0, 3, 7, 0, 0},
    {"10 x 7 / 3 = 23.3..", 10, 7, 3, 24, 23},
    {"the maximum: 1e14 x 1e18", 100'000'000'000'000, static_cast<std::int64_t>(quintillion), 1,
     100'000'000'000'000 * quintillion, 100'000'000'000'000 * quintillion},
};

constexpr bool are_bounds_as_expected(const Bounds& row) {
    Rates rates =
        two_rates(ExchangeRate::unchecked(row.main_rate), ExchangeRate::unchecked(row.own_rate));
    rates[bitcoin].fee = 500'000_ppm;  // prices are compared without fees
    rates[main_currency].fee = 1_ppm;
    const Conditions conditions{.rates = rates};
    const Price bound = Price::unchecked(row.bound);
    return price_count_at_least(bound, bitcoin, conditions) == row.least &&
           price_count_at_most(bound, bitcoin, conditions) == row.greatest &&
           price_count_at_least(bound, main_currency, conditions) == row.bound &&
           price_count_at_most(bound, main_currency, conditions) == row.bound;
}

constexpr bool has_bounds(Currency currency, const Conditions& conditions) {
    const bool has_least = price_count_at_least(1_coin_per_day, currency, conditions).has_value();
    return has_least && price_count_at_most(1_coin_per_day, currency, conditions).has_value();
}
constexpr bool has_no_bounds(Currency currency, const Conditions& conditions) {
    const bool has_least = price_count_at_least(1_coin_per_day, currency, conditions).has_value();
    return !has_least && !price_count_at_most(1_coin_per_day, currency, conditions);
}

constexpr table::Fact missing_rates[] = {
    {"the main currency needs no rate", [] { return has_bounds(main_currency, {}); }},
    {"the currency has no rate",
     [] { return has_no_bounds(bitcoin, {.rates = Rates{1_usd_per_coin}}); }},
    {"the main currency has no rate",
     [] {
         Conditions conditions;
         conditions.rates[bitcoin].usd = 1_usd_per_coin;
         return has_no_bounds(bitcoin, conditions);
     }},
    {"rates that are too old",
     [] {
         const Policy policy{.rate_age_max = 5_ms};
         const Conditions conditions{
             .rates = two_rates(1_usd_per_coin, 1_usd_per_coin), .policy = policy, .now = at_ms(6)};
         return has_no_bounds(bitcoin, conditions) && has_bounds(main_currency, conditions);
     }},
};

GIGASPOT_TABLE("section 3, a limit in another currency is compared in USD, without fees", bounds,
               are_bounds_as_expected)
GIGASPOT_TABLE("section 3, without a rate there is no limit", missing_rates, table::is_so)

}  // namespace
