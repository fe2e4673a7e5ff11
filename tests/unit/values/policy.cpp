// The defaults of a policy, and the conditions of a choice.
#include <gigaspot/values/policy.hpp>

#include "support/market.hpp"

namespace {

using namespace market;

constexpr Policy defaults{};

constexpr table::Fact facts[] = {
    {"a host does not run at a loss", [] { return defaults.reserve == Reserve{}; }},
    {"no margin protects a run",
     [] {
         return defaults.switch_margin == SwitchMargin{} && defaults.switch_margin_ppm == 0_ppm;
     }},
    {"no dwell protects a run", [] { return defaults.dwell_min == 0_ms; }},
    {"images need not be cached", [] { return !defaults.require_cached; }},
    {"a rate does not age", [] { return !defaults.rate_age_max.has_value(); }},
    {"prices range from 0.0001 to 5,000 coins per day",
     [] {
         return defaults.price_min == 0.0001_coin_per_day &&
                defaults.price_max == 5'000_coin_per_day;
     }},
    {"a host that becomes free idles until the next close",
     [] { return defaults.refill == Refill::at_close; }},
    {"an unavailable host accepts no bid", [] { return !defaults.queue_unavailable; }},
    {"closes are at least 1 ms apart", [] { return defaults.interval_min == 1_ms; }},
    {"commands are at most 30 days apart", [] { return defaults.time_step_max == 30_days; }},
    {"4,096 bids per host, 16 of one owner, 16 currencies, 32 GPUs",
     [] {
         return EngineLimits{}.bids_per_host == 4'096 && EngineLimits{}.bids_per_owner == 16 &&
                limits::currencies_max == 16 && limits::gpus_max == 32;
     }},
};
GIGASPOT_TABLE("the defaults of a policy and of limits", facts, table::is_so)

struct Age {
    const char* rule;
    std::optional<Duration> age_max;
    std::int64_t given, now;
    bool expected;
};
constexpr Age ages[] = {
    {"without a maximum, a rate of any age counts", {}, 0, 1'000'000, true},
    {"a rate exactly as old as allowed counts", 10_ms, 5, 15, true},
    {"a rate 1 ms older is missing", 10_ms, 5, 16, false},
    {"with a maximum of 0, a rate counts at its own time", 0_ms, 5, 5, true},
    {"with a maximum of 0, a rate is missing 1 ms later", 0_ms, 5, 6, false},
};
constexpr bool has_rate(const Age& age) {
    Conditions conditions{.rates = 1_usd_per_coin, .now = at_ms(age.now)};
    conditions.policy.rate_age_max = age.age_max;
    conditions.rates[main_currency].given = at_ms(age.given);
    return conditions.rate(main_currency).has_value() == age.expected &&
           !conditions.rate(bitcoin).has_value() && !conditions.rate(Currency{16}).has_value();
}
GIGASPOT_TABLE("the age of a rate", ages, has_rate)

}  // namespace
