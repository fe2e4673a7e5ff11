// gigaspot-simulate: the keys of a scenario with their units and ranges, once for the reader, the
// writer and all messages. A form is what visits them: it reads, or writes.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include <gigaspot/values/traits.hpp>

#include "scenario/scenario.hpp"

namespace simulator {

/// A number with a unit. The limits are counts of 10^-decimals, both allowed.
struct NumberField {
    int decimals = 0;
    std::int64_t lowest = 0;
    std::int64_t highest = 0;
    std::string_view unit{};
    bool is_share = false;  ///< also read from, and written as, "2.5%"
};

constexpr NumberField whole(std::int64_t lowest, std::int64_t highest, std::string_view unit = {}) {
    return {0, lowest, highest, unit};
}
constexpr NumberField usd(std::int64_t lowest, std::int64_t highest, std::string_view unit) {
    return {9, lowest * 1'000'000'000, highest * 1'000'000'000, unit};
}
/// From `lowest` millionths to a whole number.
constexpr NumberField factor(Millionths lowest, std::int64_t highest, std::string_view unit = {}) {
    return {6, lowest, highest * one, unit};
}
constexpr NumberField share(Millionths lowest = 0, std::int64_t highest = 1) {
    return {6, lowest, highest * one, {}, true};
}
constexpr NumberField energy_price{9, -1'000 * std::int64_t{1'000'000'000},
                                   1'000 * std::int64_t{1'000'000'000}, "USD per kWh"};
constexpr NumberField coin_rate{12, 1, std::int64_t{1'000'000} * 1'000'000'000'000, "USD per coin"};

/// A duration, in ms.
struct DurationField {
    std::int64_t lowest = 0;
    std::int64_t highest = 0;
};

inline constexpr std::int64_t ms_per_year = 365 * ms_per_day;
constexpr DurationField at_least_a_second(std::int64_t highest) { return {1'000, highest}; }
constexpr DurationField up_to(std::int64_t highest) { return {0, highest}; }

template <class Value>
using Choices = std::pair<std::string_view, Value>;

inline constexpr std::array mechanisms{
    Choices<Mechanism>{"spot", Mechanism::spot},
    Choices<Mechanism>{"highest_price", Mechanism::highest_price},
    Choices<Mechanism>{"second_price", Mechanism::second_price},
    Choices<Mechanism>{"posted_price", Mechanism::posted_price},
    Choices<Mechanism>{"planner", Mechanism::planner}};
inline constexpr std::array refills{
    Choices<gigaspot::Refill>{"at_close", gigaspot::Refill::at_close},
    Choices<gigaspot::Refill>{"at_once", gigaspot::Refill::at_once}};
inline constexpr std::array strategies{Choices<Strategy>{"truthful", Strategy::truthful},
                                       Choices<Strategy>{"shade", Strategy::shade},
                                       Choices<Strategy>{"raise", Strategy::raise},
                                       Choices<Strategy>{"price_to_win", Strategy::price_to_win},
                                       Choices<Strategy>{"snipe", Strategy::snipe},
                                       Choices<Strategy>{"careful", Strategy::careful}};
inline constexpr std::array power_choices{
    Choices<PowerChoice>{"card_default", PowerChoice::card_default},
    Choices<PowerChoice>{"best", PowerChoice::best},
    Choices<PowerChoice>{"fixed", PowerChoice::fixed}};

/// The columns of a file of jobs.
inline constexpr std::array job_columns{NumberField{6, 0, 87'600'000'000, "hours since the start"},
                                        NumberField{6, 1, 10'000'000'000, "hours of work"},
                                        NumberField{9, 0, 1'000'000'000'000, "USD per hour"}};

/// The keys at the top of the file that are of the scenario itself.
template <class Form, class Value>
void describe_scenario(Form& form, Value& scenario) {
    form.number("days", scenario.days, whole(1, 3'650, "days"));
    form.duration("warm_up", scenario.warm_up, up_to(3'650 * ms_per_day));
    form.duration("interval", scenario.interval, at_least_a_second(ms_per_day));
}

template <class Form, class Value>
void describe_market(Form& form, Value& market) {
    form.choice("mechanism", market.mechanism, mechanisms);
    form.number("fee", market.fee, NumberField{6, 0, 990'000, {}, true});
    form.number("switch_margin", market.switch_margin, usd(0, 1'000'000, "USD per day"));
    form.number("switch_margin_share", market.switch_margin_share, share());
    form.duration("dwell_min", market.dwell_min, up_to(ms_per_year));
    form.number("reserve", market.reserve, usd(-1'000'000, 1'000'000, "USD per host and day"));
    form.number("min_bid", market.min_bid, usd(0, 1'000'000, "USD per GPU and day"));
    form.number("posted_over_electricity", market.posted_over_electricity,
                usd(0, 1'000'000, "USD per GPU and day"));
    form.number("price_step", market.price_step, usd(0, 1'000'000, "USD per day"));
    form.choice("refill", market.refill, refills);
}

template <class Form, class Value>
void describe_rate(Form& form, Value& rate) {
    form.number("start", rate.start, coin_rate);
    form.duration("every", rate.every, at_least_a_second(ms_per_year));
    form.number("volatility", rate.volatility, share(0, 10));
    form.optional_duration("jump_at", rate.jump_at, up_to(3'650 * ms_per_day));
    form.number("jump_factor", rate.jump_factor, factor(1, 1'000));
    form.rate_file("file", rate);
}

template <class Form, class Value>
void describe_tariff(Form& form, Value& tariff) {
    form.number("low", tariff.low, energy_price);
    form.number("high", tariff.high, energy_price);
    form.tariff_hours(tariff);
    form.tariff_prices("prices", tariff);
}

template <class Form, class Value>
void describe_host_kind(Form& form, Value& kind) {
    form.share_of_all("share", kind.share);
    form.name("card", kind.card);
    form.number("gpus", kind.gpus, whole(1, gigaspot::DefaultTraits::gpus_max, "GPUs"));
    form.name("tariff", kind.tariff);
    form.number("speed", kind.speed, factor(1, 1'000));
    form.number("base_power", kind.base_power, whole(0, 100'000, "W"));
    form.number("outages", kind.outages, factor(0, 1'000, "per day"));
    form.duration("outage_length", kind.outage_length, at_least_a_second(ms_per_year));
    form.number("rentals", kind.rentals, factor(0, 1'000, "per day"));
    form.duration("rental_length", kind.rental_length, at_least_a_second(ms_per_year));
    form.number("told_tariff", kind.told_tariff, factor(0, 1'000));
}

template <class Form, class Value>
void describe_jobs(Form& form, Value& jobs) {
    form.number("load", jobs.load, share(1, 100));
    form.number("value_median", jobs.value_median,
                NumberField{9, 1, 1'000'000'000'000, "USD per hour"});
    form.number("value_sigma", jobs.value_sigma, factor(0, 3));
    form.number("hours", jobs.hours, factor(1'000, 10'000, "hours"));
    form.flag("length_varies", jobs.length_varies);
    form.duration("start_up", jobs.start_up, up_to(30 * ms_per_day));
    form.duration("checkpoint_every", jobs.checkpoint_every, at_least_a_second(ms_per_year));
    form.duration("patience", jobs.patience, at_least_a_second(10 * ms_per_year));
    form.number("budget", jobs.budget, share(0, 100));
    form.workloads("workloads", jobs.workloads);
    form.job_file("file", jobs);
}

template <class Form, class Value>
void describe_renter_kind(Form& form, Value& kind) {
    form.share_of_all("share", kind.share);
    form.choice("strategy", kind.strategy, strategies);
    form.number("offer", kind.offer, share());
    form.number("step", kind.step, share(1));
    form.choice("power", kind.power, power_choices);
    form.number("watts", kind.watts, whole(0, 100'000, "W"));
    form.duration("review_every", kind.review_every, at_least_a_second(ms_per_year));
    form.duration("move_every", kind.move_every, up_to(ms_per_year));
    form.number("looks_at", kind.looks_at, whole(1, 100'000, "hosts"));
    form.number("bids_on", kind.bids_on, whole(1, 100'000, "hosts"));
}

/// The count of a number of any type, and a number with that count.
template <class Value>
constexpr std::int64_t count_of(const Value& value) {
    if constexpr (requires { value.count(); })
        return std::int64_t{value.count()};
    else
        return std::int64_t{value};
}
template <class Value>
constexpr void set_count(Value& value, std::int64_t count) {
    if constexpr (requires { value.count(); })
        value = Value::unchecked(static_cast<typename Value::rep>(count));
    else
        value = static_cast<Value>(count);
}

}  // namespace simulator
