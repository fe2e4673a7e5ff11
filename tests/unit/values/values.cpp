// The values of a market: ranges, profiles, hosts, workloads, currencies, bids, and the defaults of
// the policy.
#include <gigaspot/values/bid.hpp>
#include <gigaspot/values/currency.hpp>
#include <gigaspot/values/host.hpp>
#include <gigaspot/values/overclock.hpp>
#include <gigaspot/values/policy.hpp>
#include <gigaspot/values/workload.hpp>

#include "support/market.hpp"

namespace {

using namespace market;

constexpr EnvironmentVariable environment[] = {{"A", "1"}, {"B", "2"}};
constexpr EnvironmentVariable same_environment[] = {{"A", "1"}, {"B", "2"}};
constexpr EnvironmentVariable other_value[] = {{"A", "1"}, {"B", "3"}};

constexpr Bid bid{.id = 1,
                  .host = 7,
                  .owner = 2,
                  .price = 3_coin_per_day,
                  .overclock = {{.power_limit = 300_W}},
                  .workload = {.image = "c9a4e2f6b7d488d8f0bab0ff", .environment = environment}};

/// Whether a change makes a copy differ from the original.
template <class T, class Change>
constexpr bool differs_after(T copy, Change change) {
    const T original = copy;
    change(copy);
    return original == original && !(copy == original);
}

constexpr table::Fact values[] = {
    {"a range includes both ends",
     [] {
         constexpr Range<Power> range{100_W, 450_W};
         return range.contains(100_W) && range.contains(450_W) && !range.contains(99_W) &&
                !range.contains(451_W);
     }},
    {"a range of one value is not inverted",
     [] {
         return !Range<Power>{5_W, 5_W}.is_inverted() && Range<Power>{5_W, 4_W}.is_inverted();
     }},
    {"a host is available by default, allows 20 days and has no base power",
     [] {
         return HostCapabilities{}.status.is_available() &&
                HostCapabilities{}.max_rental_length.count() == 1'728'000 &&
                HostCapabilities{}.base_power == 0_W &&
                HostCapabilities{}.min_bid == 0_coin_per_day;
     }},
    {"a bid is in the main currency by default",
     [] { return Bid{}.currency == main_currency && main_currency.number == 0; }},
    {"equal texts in different memory are the same workload",
     [] {
         return Workload{.environment = environment} == Workload{.environment = same_environment};
     }},
    {"workloads differ if a value, the length or the image differs",
     [] {
         return Workload{.environment = environment} != Workload{.environment = other_value} &&
                Workload{.environment = environment} != Workload{} &&
                Workload{.image = ""} != Workload{};
     }},
    {"bids are compared by all their fields",
     [] {
         return differs_after(bid, [](Bid& other) { other.id = 5; }) &&
                differs_after(bid, [](Bid& other) { other.host = 5; }) &&
                differs_after(bid, [](Bid& other) { other.owner = 5; }) &&
                differs_after(bid, [](Bid& other) { other.price = 5_coin_per_day; }) &&
                differs_after(bid, [](Bid& other) { other.currency = bitcoin; }) &&
                differs_after(bid, [](Bid& other) { other.overclock[0].core_lock = 0_MHz; }) &&
                differs_after(bid, [](Bid& other) { other.workload = {}; });
     }},
    {"hosts are compared by all their fields",
     [] {
         const HostCapabilities host{.gpus = {full_gpu}};
         return differs_after(host,
                              [](HostCapabilities& other) { other.gpus[0].mem_offset.reset(); }) &&
                differs_after(host, [](HostCapabilities& other) { other.gpus[0].model = 5; }) &&
                differs_after(host, [](HostCapabilities& other) { other.status.online = false; }) &&
                differs_after(host, [](HostCapabilities& other) { other.base_power = 1_W; });
     }},
    {"each currency has its own rate",
     [] {
         const Rates rates = two_rates(2_usd_per_coin, 3_usd_per_coin);
         return rates[main_currency].usd == 2_usd_per_coin &&
                rates[bitcoin].usd == 3_usd_per_coin && !rates[doge].usd &&
                Rates{2_usd_per_coin}[main_currency].fee == 0_ppm && rates != Rates{2_usd_per_coin};
     }},
    {"a currency outside the table has no rate",
     [] {
         const Conditions conditions{.rates = Rates{2_usd_per_coin}};
         return !conditions.rate(Currency{16}) && !conditions.rate(Currency{255}) &&
                conditions.rates[Currency{16}] == QuotedRate{};
     }},
    {"the last of 16 currencies has a place",
     [] {
         Rates rates;
         rates[Currency{15}].usd = 5_usd_per_coin;
         return rates[Currency{15}].usd == 5_usd_per_coin && rates != Rates{};
     }},
};

// The defaults that sections 3, 5 and 6 name.
constexpr table::Fact defaults[] = {
    {"the reserve is 0", [] { return Policy{}.reserve == 0_usd_per_day; }},
    {"both switch margins are 0",
     [] { return Policy{}.switch_margin == 0_usd_per_day && Policy{}.switch_margin_ppm == 0_ppm; }},
    {"the dwell is 0", [] { return Policy{}.dwell_min == 0_ms; }},
    {"caching is not required", [] { return !Policy{}.require_cached; }},
    {"rates do not age", [] { return !Policy{}.rate_age_max; }},
    {"prices range from 0.0001 to 5000 coins per day",
     [] {
         return Policy{}.price_min == 0.0001_coin_per_day &&
                Policy{}.price_max == 5000_coin_per_day;
     }},
};

constexpr Conditions constant{.rates = Rates{2_usd_per_coin}};

constexpr Conditions aged(std::int64_t given, std::int64_t now) {
    Conditions conditions{
        .rates = Rates{2_usd_per_coin}, .policy = {.rate_age_max = 100_ms}, .now = at_ms(now)};
    conditions.rates[main_currency].given = at_ms(given);
    return conditions;
}

constexpr table::Fact rates_in_use[] = {
    {"a known rate counts", [] { return constant.rate(main_currency) == 2_usd_per_coin; }},
    {"an unknown rate is missing, even in constant conditions",
     [] { return !constant.rate(bitcoin); }},
    {"a rate exactly as old as allowed counts",
     [] { return aged(50, 150).rate(main_currency) == 2_usd_per_coin; }},
    {"a rate 1 ms older is missing", [] { return !aged(49, 150).rate(main_currency); }},
    {"with a maximum age of 0, a rate of age 0 counts",
     [] {
         Conditions conditions = aged(150, 150);
         conditions.policy.rate_age_max = 0_ms;
         return conditions.rate(main_currency).has_value();
     }},
    {"the fee remains when a rate is withdrawn",
     [] {
         Conditions conditions{.rates = Rates{2_usd_per_coin}};
         conditions.rates[main_currency].fee = 5_ppm;
         conditions.rates[main_currency].usd.reset();
         return !conditions.rate(main_currency) && conditions.rates[main_currency].fee == 5_ppm;
     }},
};

GIGASPOT_TABLE("section 1, the values of the market", values, table::is_so)
GIGASPOT_TABLE("sections 3, 5 and 6, the defaults of the policy", defaults, table::is_so)
GIGASPOT_TABLE("section 5, a rate counts until it is too old", rates_in_use, table::is_so)

}  // namespace
