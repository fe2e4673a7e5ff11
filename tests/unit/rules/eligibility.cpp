// Section 5: the conditions in their order, each with a value that just passes it.
#include <gigaspot/rules/eligibility.hpp>

#include "support/market.hpp"

namespace {

using namespace market;
using enum Code;

// --- Precedence ---

/// At first everything is wrong. Once the first `fixed` problems are fixed, the first remaining one
/// is the reason.
struct Precedence {
    const char* rule;
    int fixed;
    Code expected;
};

constexpr Precedence precedence[] = {
    {"host_offline before host_on_demand_rented and everything else", 0, host_offline},
    {"host_on_demand_rented before host_malfunctioning", 1, host_on_demand_rented},
    {"host_malfunctioning before bid_expired", 2, host_malfunctioning},
    {"bid_expired before overclock_invalid", 3, bid_expired},
    {"overclock_invalid before price_below_market_minimum", 4, overclock_invalid},
    {"price_below_market_minimum before price_below_host_minimum", 5, price_below_market_minimum},
    {"price_below_host_minimum before not_cached", 6, price_below_host_minimum},
    {"not_cached before rate_missing", 7, not_cached},
    {"rate_missing before below_reserve", 8, rate_missing},
    {"below_reserve if nothing else is wrong", 9, below_reserve},
    {"eligible if nothing is wrong", 10, none},
};

constexpr Code first_reason(const Precedence& row) {
    HostCapabilities host{
        .min_bid = 3_coin_per_day,
        .status = {.online = false, .on_demand_rented = true, .working_properly = false}};
    Conditions conditions{.policy = {.reserve = 1_usd_per_day, .require_cached = true},
                          .now = at_ms(10)};
    Offer offer{.price = 0.00001_coin_per_day, .is_overclock_valid = false, .expiry = at_ms(10)};
    const int fixed = row.fixed;
    if (fixed > 0) host.status.online = true;
    if (fixed > 1) host.status.on_demand_rented = false;
    if (fixed > 2) host.status.working_properly = true;
    if (fixed > 3) offer.expiry = at_ms(11);
    if (fixed > 4) offer.is_overclock_valid = true;
    if (fixed > 5) offer.price = 2_coin_per_day;
    if (fixed > 6) host.min_bid = 2_coin_per_day;
    if (fixed > 7) offer.is_cached = true;
    if (fixed > 8) conditions.rates = 0.4_usd_per_coin;
    if (fixed > 9) conditions.rates = 0.5_usd_per_coin;
    return eligibility(offer, host, conditions).reason;
}

// --- Each condition at its limit ---

struct Case {
    const char* rule;
    Code expected;
    Offer offer;
    Conditions conditions{.rates = Rates{1_usd_per_coin}};
    HostCapabilities host{};
};

constexpr Price price(std::int64_t count) { return Price::unchecked(count); }

/// A bid in bitcoin at this price.
constexpr Offer in_bitcoin(Price of) { return {.price = of, .currency = bitcoin}; }

constexpr Conditions only_bitcoin(Policy policy) {
    Conditions conditions{.policy = policy};
    conditions.rates[bitcoin].usd = 1_usd_per_coin;
    return conditions;
}

/// Conditions with rates from these times. The present time is 10,000 ms, and a rate may be 1,000
/// ms old.
constexpr Conditions aged(std::int64_t main_given, std::int64_t bitcoin_given) {
    Conditions conditions{.rates = two_rates(1_usd_per_coin, 1_usd_per_coin),
                          .policy = {.rate_age_max = 1'000_ms},
                          .now = at_ms(10'000)};
    conditions.rates[main_currency].given = at_ms(main_given);
    conditions.rates[bitcoin].given = at_ms(bitcoin_given);
    return conditions;
}

// A limit of b units of the main currency is 3b/7 units of bitcoin: 10,000 (the market's) are
// 4285.7, and 100,001 are 42857.57.
constexpr Conditions three_to_seven{
    .rates = two_rates(ExchangeRate::unchecked(3), ExchangeRate::unchecked(7))};

constexpr Conditions at_one_usd{.rates = Rates{1_usd_per_coin}};
constexpr Conditions main_and_bitcoin{.rates = two_rates(1_usd_per_coin, 1_usd_per_coin)};

constexpr Conditions with_policy(Policy policy) {
    return {.rates = Rates{1_usd_per_coin}, .policy = policy};
}

constexpr Offer two_coins{.price = 2_coin_per_day};

// 1,000 W at 0.1 USD/kWh cost 2.4 USD per day.
constexpr HostCapabilities at_0_1_usd{.energy_price = 0.1_usd_per_kWh};
constexpr Offer kilowatt(Price of) {
    return {.price = of, .power_limits = TotalPower::unchecked(1'000)};
}

constexpr Case cases[] = {
    {"eligible", none, two_coins},
    {"host_offline", host_offline, two_coins, at_one_usd, {.status = {.online = false}}},
    {"host_on_demand_rented",
     host_on_demand_rented,
     two_coins,
     at_one_usd,
     {.status = {.on_demand_rented = true}}},
    {"host_malfunctioning",
     host_malfunctioning,
     two_coins,
     at_one_usd,
     {.status = {.working_properly = false}}},
    {"bid_expired: now is its expiry",
     bid_expired,
     {.price = 2_coin_per_day, .expiry = at_ms(5)},
     {.rates = Rates{1_usd_per_coin}, .now = at_ms(5)}},
    {"bid_expired: now is after its expiry",
     bid_expired,
     {.price = 2_coin_per_day, .expiry = at_ms(5)},
     {.rates = Rates{1_usd_per_coin}, .now = at_ms(6)}},
    {"not expired: without an expiry, even at the maximum time",
     none,
     two_coins,
     {.rates = Rates{1_usd_per_coin}, .now = Timestamp::highest()}},
    {"not expired: 1 ms before its expiry",
     none,
     {.price = 2_coin_per_day, .expiry = at_ms(5)},
     {.rates = Rates{1_usd_per_coin}, .now = at_ms(4)}},
    {"overclock_invalid",
     overclock_invalid,
     {.price = 2_coin_per_day, .is_overclock_valid = false}},
    {"price_below_market_minimum: one unit below",
     price_below_market_minimum,
     {.price = price(9'999)}},
    {"eligible: exactly the market's minimum", none, {.price = price(10'000)}},
    {"price_below_market_minimum: in bitcoin, one unit below", price_below_market_minimum,
     in_bitcoin(price(4'285)), three_to_seven},
    {"eligible: in bitcoin, worth the market's minimum", none, in_bitcoin(price(4'286)),
     three_to_seven},
    {"eligible: the market's maximum does not apply, because a coin that rises must not cost a "
     "renter the host",
     none,
     {.price = Price::highest()}},
    {"price_below_host_minimum: one unit below",
     price_below_host_minimum,
     {.price = price(199'999'999)},
     at_one_usd,
     {.min_bid = 2_coin_per_day}},
    {"eligible: exactly the host's minimum",
     none,
     two_coins,
     at_one_usd,
     {.min_bid = 2_coin_per_day}},
    {"price_below_host_minimum: in bitcoin, one unit below",
     price_below_host_minimum,
     in_bitcoin(price(42'857)),
     three_to_seven,
     {.min_bid = price(100'001)}},
    {"eligible: in bitcoin, worth the host's minimum",
     none,
     in_bitcoin(price(42'858)),
     three_to_seven,
     {.min_bid = price(100'001)}},
    {"not_cached", not_cached, two_coins, with_policy({.require_cached = true})},
    {"eligible: cached, as the policy requires",
     none,
     {.price = 2_coin_per_day, .is_cached = true},
     with_policy({.require_cached = true})},
    {"eligible: not cached, and the policy does not require it", none, two_coins,
     with_policy({.require_cached = false})},
    {"rate_missing: the main currency has no rate", rate_missing, two_coins, {}},
    {"rate_missing: a currency outside the table",
     rate_missing,
     {.price = 2_coin_per_day, .currency = {200}}},
    {"rate_missing: its own currency has no rate", rate_missing, in_bitcoin(2_coin_per_day)},
    {"rate_missing: its own rate is known, but not that of the main currency", rate_missing,
     in_bitcoin(2_coin_per_day), only_bitcoin({})},
    {"rate_missing before below_reserve, although its profit is known", rate_missing,
     in_bitcoin(2_coin_per_day), only_bitcoin({.reserve = 3_usd_per_day})},
    {"rate_missing: prices are not compared without a rate",
     rate_missing,
     in_bitcoin(price(1)),
     only_bitcoin({}),
     {.min_bid = 5_coin_per_day}},
    {"eligible: a bid in the main currency needs no other rate", none, two_coins, aged(9'000, 0)},
    {"eligible: rates exactly as old as allowed", none, in_bitcoin(2_coin_per_day),
     aged(9'000, 9'000)},
    {"rate_missing: its own rate is 1 ms too old", rate_missing, in_bitcoin(2_coin_per_day),
     aged(9'000, 8'999)},
    {"rate_missing: the rate of the main currency is 1 ms too old", rate_missing,
     in_bitcoin(2_coin_per_day), aged(8'999, 9'000)},
    {"rate_missing: a bid in the main currency, 1 ms too old", rate_missing, two_coins,
     aged(8'999, 9'000)},
    {"eligible: rates do not age by default",
     none,
     two_coins,
     {.rates = Rates{1_usd_per_coin}, .now = at_ms(9'000'000'000'000)}},
    {"eligible: a rate from the future is not too old", none, two_coins, aged(20'000, 20'000)},
    {"eligible: a profit of exactly 0 with a reserve of 0: 2.4 coins against 2.4 USD", none,
     kilowatt(2.4_coin_per_day), at_one_usd, at_0_1_usd},
    {"below_reserve: one unit of price below", below_reserve, kilowatt(price(239'999'999)),
     at_one_usd, at_0_1_usd},
    {"eligible: a profit of exactly the reserve", none, kilowatt(3_coin_per_day),
     with_policy({.reserve = 0.6_usd_per_day}), at_0_1_usd},
    {"below_reserve: a reserve one unit higher", below_reserve, kilowatt(3_coin_per_day),
     with_policy({.reserve = 0.60000000000000000001_usd_per_day}), at_0_1_usd},
    {"eligible: a negative reserve allows a loss: -0.4", none, kilowatt(2_coin_per_day),
     with_policy({.reserve = -0.4_usd_per_day}), at_0_1_usd},
    {"below_reserve: a loss one unit beyond a negative reserve", below_reserve,
     kilowatt(2_coin_per_day), with_policy({.reserve = -0.39999999999999999999_usd_per_day}),
     at_0_1_usd},
    {"eligible: two currencies, both with a rate", none, in_bitcoin(2_coin_per_day),
     main_and_bitcoin},
};

// The row is taken by value, because g++ 12 cannot copy an empty optional out of a constant table.
constexpr Code reason(Case row) { return eligibility(row.offer, row.host, row.conditions).reason; }

constexpr table::Fact facts[] = {
    {"the profit is reported whatever the reason",
     [] {
         const Eligibility result =
             eligibility(two_coins, HostCapabilities{.status = {.online = false}}, at_one_usd);
         return result == Eligibility{.reason = host_offline, .profit = 2_usd_per_day} &&
                !result.is_eligible();
     }},
    {"without a rate there is no profit",
     [] {
         return eligibility(two_coins, HostCapabilities{}, Conditions{}) ==
                Eligibility{.reason = rate_missing};
     }},
    {"an available host has no reason",
     [] { return unavailability({}) == none && HostStatus{}.is_available(); }},
    {"unavailability and is_available agree for every host status",
     [] {
         for (unsigned bits = 0; bits < 8; ++bits) {
             const HostStatus status{(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0};
             if (status.is_available() != (unavailability(status) == none)) return false;
         }
         return true;
     }},
};

GIGASPOT_TABLE("section 5, the first condition that fails is the reason", precedence, first_reason)
GIGASPOT_TABLE("section 5, each condition at its limit", cases, reason)
GIGASPOT_TABLE("section 5, the profit and the host status in an answer", facts, table::is_so)

}  // namespace
