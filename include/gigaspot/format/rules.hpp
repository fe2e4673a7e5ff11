// gigaspot: the texts of values and rules, for fmt. Layer: format.
// `{}` prints a quantity as its exact decimal. `with_unit` adds the unit, `rounded` prints fewer
// digits. Every type takes a fill, an alignment and a width. A precision does not compile, so that
// no digit is cut off.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include <fmt/core.h>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/decimal.hpp>
#include <gigaspot/base/fixed_vector.hpp>
#include <gigaspot/base/result.hpp>
#include <gigaspot/format/detail/text_formatter.hpp>
#include <gigaspot/rules/answer.hpp>
#include <gigaspot/rules/cheapest.hpp>
#include <gigaspot/rules/eligibility.hpp>
#include <gigaspot/rules/explain.hpp>
#include <gigaspot/rules/offer.hpp>
#include <gigaspot/rules/profit.hpp>
#include <gigaspot/rules/quote.hpp>
#include <gigaspot/rules/rank.hpp>
#include <gigaspot/rules/select.hpp>
#include <gigaspot/rules/validate.hpp>
#include <gigaspot/values/bid.hpp>
#include <gigaspot/values/currency.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/host.hpp>
#include <gigaspot/values/limits.hpp>
#include <gigaspot/values/overclock.hpp>
#include <gigaspot/values/policy.hpp>
#include <gigaspot/values/traits.hpp>
#include <gigaspot/values/units.hpp>
#include <gigaspot/values/violation.hpp>
#include <gigaspot/values/workload.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// Prints a quantity with its unit: "300 W".
template <class Row>
struct WithUnit {
    Quantity<Row> quantity;
};
template <class Row>
[[nodiscard]] constexpr WithUnit<Row> with_unit(Quantity<Row> quantity) {
    return {quantity};
}

/// Prints a quantity with `digits` (0 .. 20) after the point, rounded half to even.
template <class Row>
struct Rounded {
    Quantity<Row> quantity;
    int digits;
};
template <class Row>
[[nodiscard]] constexpr Rounded<Row> rounded(Quantity<Row> quantity, int digits) {
    return {quantity, digits};
}

namespace detail {

template <class Row>
void append_text(Out& out, Exactly<Quantity<Row>> quantity) {
    put(out, quantity->text().view());
}

template <class Row>
void append_text(Out& out, Exactly<WithUnit<Row>> value) {
    put(out, value->quantity, " ", value->quantity.symbol);
}

template <class Row>
void append_text(Out& out, Exactly<Rounded<Row>> value) {
    put(out, to_decimal_rounded(value->quantity.count(), value->quantity.decimals, value->digits)
                 .view());
}

template <class Kind>
void append_text(Out& out, Exactly<Id<Kind>> id) {
    put(out, id->value);
}

inline void append_text(Out& out, Exactly<Code> code) { put(out, name(*code)); }
inline void append_text(Out& out, Exactly<Rounding> rounding) {
    constexpr std::string_view names[] = {"exact", "half_even", "up", "down"};
    put(out, names[static_cast<std::size_t>(*rounding)]);
}
inline void append_text(Out& out, Exactly<Unit> unit) { put(out, symbol(*unit)); }

inline void append_text(Out& out, Exactly<Currency> currency) {
    put(out, "currency ", std::uint64_t{currency->number});
}

template <class T, class E>
void append_text(Out& out, Exactly<Result<T, E>> result) {
    if (*result) {
        put(out, **result);
    } else {
        put(out, result->error());
    }
}

// "1 GPU", "2 GPUs"
inline void put_count(Out& out, std::size_t count, const char* noun) {
    put(out, count, " ", noun, count == 1 ? "" : "s");
}

// "2 bids not compared: 1 without a rate, 1 expired". Empty if every bid was compared.
inline void append_text(Out& out, Exactly<NotCompared> bids) {
    if (bids->total() == 0) return;
    put_count(out, bids->total(), "bid");
    put(out, " not compared: ");
    const char* separator = "";
    const auto put_reason = [&](std::size_t count, const char* reason) {
        if (count == 0) return;
        put(out, separator, count, reason);
        separator = ", ";
    };
    put_reason(bids->rate_missing, " without a rate");
    put_reason(bids->expired, " expired");
    put_reason(bids->unreadable, " unreadable");
}

// "260.0001 (1 bid not compared: 1 expired)"
template <class T>
    requires HasText<T>
void append_text(Out& out, Exactly<Answer<T>> answer) {
    put(out, static_cast<const T&>(*answer));
    if (answer->not_compared.total() > 0) put(out, " (", answer->not_compared, ")");
}

template <class T>
void append_text(Out& out, Exactly<Range<T>> range) {
    put(out, range->min, "..", range->max);
}

template <class T, std::size_t Capacity>
void append_text(Out& out, Exactly<FixedVector<T, Capacity>> items) {
    put(out, "[");
    for (std::size_t i = 0; i < items->size(); ++i) put(out, i == 0 ? "" : "; ", (*items)[i]);
    put(out, "]");
}

// "gpu 1: power_limit_above_host_maximum (480 W, at most 450 W)"
inline void append_text(Out& out, Exactly<Violation> violation) {
    if (violation->gpu) put(out, "gpu ", std::uint64_t{*violation->gpu}, ": ");
    put(out, violation->code);
    if (violation->unit == Unit::none) return;
    const bool is_exact = violation->code == Code::overclock_count_mismatch ||
                          violation->code == Code::fee_changed ||
                          violation->code == Code::gpus_changed;
    const std::string_view relation = is_exact                              ? ", exactly "
                                      : violation->value < violation->bound ? ", at least "
                                                                            : ", at most ";
    const int digits = decimals(violation->unit);
    put(out, " (", to_decimal(violation->value, digits).view(), " ", violation->unit, relation,
        to_decimal(violation->bound, digits).view(), " ", violation->unit, ")");
}

template <class Traits>
void append_text(Out& out, Exactly<BasicOverclockProfile<Traits>> profile) {
    put(out, with_unit(profile->power_limit));
    const auto put_setting = [&](std::string_view label, const auto& setting) {
        if (setting.has_value()) put(out, label, with_unit(static_cast<Frequency>(*setting)));
    };
    put_setting(", core lock ", profile->core_lock);
    put_setting(", memory lock ", profile->mem_lock);
    put_setting(", core offset ", profile->core_offset);
    put_setting(", memory offset ", profile->mem_offset);
}

template <class Traits>
void append_text(Out& out, Exactly<BasicGpuLimits<Traits>> gpu) {
    put(out, gpu->power_limit, " W");
    const auto put_range = [&](std::string_view label,
                               const std::optional<Range<Frequency>>& range) {
        if (range) put(out, label, *range, " MHz");
    };
    put_range(", core lock ", gpu->core_lock);
    put_range(", memory lock ", gpu->mem_lock);
    put_range(", core offset ", gpu->core_offset);
    put_range(", memory offset ", gpu->mem_offset);
}

inline void append_text(Out& out, Exactly<HostStatus> status) {
    if (status->is_available()) {
        put(out, "available");
    } else {
        put(out, unavailability(*status));
    }
}

template <class Traits>
void append_text(Out& out, Exactly<BasicHostCapabilities<Traits>> host) {
    put(out, "host ", host->id, ": ", host->status, ", ", with_unit(host->energy_price),
        ", minimum bid ", with_unit(host->min_bid), ", base power ", with_unit(host->base_power),
        ", at most ", with_unit(host->max_rental_length), ", GPUs ", host->gpus);
}

inline void append_text(Out& out, Exactly<EnvironmentVariable> variable) {
    put(out, variable->key, "=", variable->value);
}

// Prints the number of variables only, because their values can be secrets.
inline void append_text(Out& out, Exactly<Workload> workload) {
    put(out, "image ", workload->image.value_or("none"), ", variables ",
        workload->environment.size());
}

template <class Traits>
void append_text(Out& out, Exactly<BasicBid<Traits>> bid) {
    put(out, "bid ", bid->id, " of ", bid->owner, " on host ", bid->host, ": ",
        with_unit(bid->price), " in ", bid->currency, ", GPUs ", bid->overclock);
}

template <class Traits>
void append_text(Out& out, Exactly<BasicOffer<Traits>> offer) {
    put(out, "bid ", offer->id, ": ", with_unit(offer->price), " in ", offer->currency, ", ",
        with_unit(offer->power_limits));
}

inline void append_text(Out& out, Exactly<QuotedRate> rate) {
    if (rate->usd) {
        put(out, with_unit(*rate->usd), ", fee ", with_unit(rate->fee));
    } else {
        put(out, "no rate, fee ", with_unit(rate->fee));
    }
}

inline void append_text(Out& out, Exactly<Rates> rates) {
    bool is_first = true;
    for (std::uint8_t number = 0; number < limits::currencies_max; ++number) {
        const QuotedRate& rate = (*rates)[Currency{number}];
        if (!rate.usd) continue;
        put(out, is_first ? "" : "; ", Currency{number}, ": ", rate);
        is_first = false;
    }
    if (is_first) put(out, "no rates");
}

inline void append_text(Out& out, Exactly<Policy> policy) {
    put(out, "reserve ", with_unit(policy->reserve), ", switch margin ",
        with_unit(policy->switch_margin), " and ", with_unit(policy->switch_margin_ppm), ", dwell ",
        with_unit(policy->dwell_min), ", price ", policy->price_min, "..",
        with_unit(policy->price_max));
    if (policy->rate_age_max)
        put(out, ", rates at most ", with_unit(*policy->rate_age_max), " old");
    if (policy->require_cached) put(out, ", cached images only");
    if (policy->refill == Refill::at_once) put(out, ", refill at once");
    if (policy->queue_unavailable) put(out, ", bids wait for hosts");
    if (policy->interval_min != Policy{}.interval_min)
        put(out, ", closes at least ", with_unit(policy->interval_min), " apart");
    if (policy->time_step_max != Policy{}.time_step_max)
        put(out, ", commands at most ", with_unit(policy->time_step_max), " apart");
}

inline void append_text(Out& out, Exactly<Conditions> conditions) {
    put(out, "at ", with_unit(conditions->now), ": ", conditions->rates, "; ", conditions->policy);
}

inline void append_text(Out& out, Exactly<ProfitParts> parts) {
    put(out, with_unit(parts->profit()), " = ", parts->income, " - ", parts->electricity);
}

inline void append_text(Out& out, Exactly<Eligibility> eligibility) {
    put(out, eligibility->is_eligible() ? std::string_view{"eligible"} : name(eligibility->reason));
    if (eligibility->profit) put(out, ", profit ", with_unit(*eligibility->profit));
}

inline void append_text(Out& out, Exactly<Protection> protection) {
    switch (*protection) {
    case Protection::none: return put(out, "none");
    case Protection::margins: return put(out, "margins");
    case Protection::dwell: return put(out, "dwell");
    }
}

template <class Traits>
void append_text(Out& out, Exactly<BasicRun<Traits>> run) {
    put(out, "run of bid ", run->bid);
    if (run->first_won) put(out, ", first won at ", with_unit(*run->first_won));
    if (run->has_worsened) put(out, ", worsened");
    if (run->price_in_force) put(out, ", price in force ", with_unit(*run->price_in_force));
}

template <class Traits>
void append_text(Out& out, Exactly<BasicSelection<Traits>> selection) {
    if (selection->winner) {
        put(out, "bid ", *selection->winner, ", profit ", with_unit(selection->profit));
    } else {
        put(out, "idle");
    }
}

template <class Traits>
void append_text(Out& out, Exactly<BasicRanked<Traits>> ranked) {
    put(out, "bid ", ranked->id, ": ", ranked->eligibility,
        ranked->is_incumbent ? ", incumbent" : "");
}

// ", cached, ignoring owner 7, ignoring 2 bids"
template <class Request>
void put_ignored(Out& out, const Request& request) {
    if (request.is_cached) put(out, ", cached");
    if (request.owner) put(out, ", ignoring owner ", *request.owner);
    if (!request.without.empty()) {
        put(out, ", ignoring ");
        put_count(out, request.without.size(), "bid");
    }
}

template <class Traits>
void append_text(Out& out, Exactly<BasicExplanation<Traits>> bid) {
    put(out, bid->ranked, ", ", with_unit(bid->power_draw));
    if (bid->parts) put(out, ", ", *bid->parts);
    if (bid->is_winner) {
        put(out, ", wins");
        if (bid->price_to_win) put(out, " down to ", with_unit(*bid->price_to_win));
    } else if (bid->price_to_win) {
        put(out, ", would win at ", with_unit(*bid->price_to_win));
    } else {
        put(out, ", no price wins: ", bid->price_to_win.error());
    }
}

template <class Traits>
void append_text(Out& out, Exactly<BasicQuoteRequest<Traits>> request) {
    put(out, with_unit(request->power_limits), " in ", request->currency, ", tick ",
        with_unit(request->tick));
    put_ignored(out, *request);
}

inline void append_text(Out& out, Exactly<CostBy> by) {
    put(out, *by == CostBy::gpu ? "by price per GPU" : "by price per host");
}

template <class Traits>
void append_text(Out& out, Exactly<BasicSearchRequest<Traits>> request) {
    put(out, "per GPU ", request->profile, " in ", request->currency, ", tick ",
        with_unit(request->tick));
    put_ignored(out, *request);
    if (request->model) put(out, ", all GPUs of model ", *request->model);
    if (request->gpus) {
        put(out, ", exactly ");
        put_count(out, *request->gpus, "GPU");
    }
    put(out, ", ", request->by);
}

// "host 7: 2 GPUs, 400 W, 3 bids, would win at 5 coin/day"
template <class Traits>
void append_text(Out& out, Exactly<BasicHostQuote<Traits>> quote) {
    put(out, "host ", quote->host, ": ");
    put_count(out, quote->gpus, "GPU");
    put(out, ", ", with_unit(quote->power_limits), ", ");
    put_count(out, quote->bids, "bid");
    if (quote->price) {
        put(out, ", would win at ", with_unit(*quote->price));
    } else {
        put(out, ", no price wins: ", quote->price.error());
    }
    if (quote->price.not_compared.total() > 0) put(out, " (", quote->price.not_compared, ")");
}

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot

template <>
struct fmt::formatter<gigaspot::Code> : gigaspot::detail::TextFormatter {};
template <>
struct fmt::formatter<gigaspot::Rounding> : gigaspot::detail::TextFormatter {};
template <>
struct fmt::formatter<gigaspot::Unit> : gigaspot::detail::TextFormatter {};
template <>
struct fmt::formatter<gigaspot::Protection> : gigaspot::detail::TextFormatter {};
template <>
struct fmt::formatter<gigaspot::CostBy> : gigaspot::detail::TextFormatter {};
