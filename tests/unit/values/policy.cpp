// What a market gets that decides nothing itself, and what a choice depends on.
#include <gigaspot/values/policy.hpp>

#include "support/market.hpp"

namespace {

using namespace market;

constexpr Policy defaults{};

constexpr table::Fact facts[] = {
    {"a host idles rather than run at a loss", [] { return defaults.reserve == Reserve{}; }},
    {"no margin shelters",
     [] {
         return defaults.switch_margin == SwitchMargin{} && defaults.switch_margin_ppm == 0_ppm;
     }},
    {"and no dwell", [] { return defaults.dwell_min == 0_ms; }},
    {"images need not be cached", [] { return !defaults.require_cached; }},
    {"a rate does not age", [] { return !defaults.rate_age_max.has_value(); }},
    {"prices from 0.0001 to 5,000 coins a day",
     [] {
         return defaults.price_min == 0.0001_coin_per_day &&
                defaults.price_max == 5'000_coin_per_day;
     }},
    {"a host that falls free idles until the next close",
     [] { return defaults.refill == Refill::at_close; }},
    {"a host that is not available takes no bid", [] { return !defaults.queue_unavailable; }},
    {"closes are a millisecond apart", [] { return defaults.interval_min == 1_ms; }},
    {"and commands 30 days at most", [] { return defaults.time_step_max == 30_days; }},
    {"4,096 bids a host, 16 of one owner, 16 currencies, 32 GPUs",
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
    {"no maximum: any age", {}, 0, 1'000'000, true},
    {"as old as allowed", 10_ms, 5, 15, true},
    {"a millisecond older", 10_ms, 5, 16, false},
    {"no age at all is allowed, at once", 0_ms, 5, 5, true},
    {"and not later", 0_ms, 5, 6, false},
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
