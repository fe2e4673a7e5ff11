// gigaspot: fmt formatters of the values and rules. Layer: format.
// `{}` prints a quantity as its exact decimal; `with_unit` adds the unit, `rounded` asks for a
// shorter form. Fill, alignment and width work on every type; a precision does not compile, so that
// no digit is cut off.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>
#include <type_traits>

#include <fmt/core.h>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/fixed_vector.hpp>
#include <gigaspot/base/result.hpp>
#include <gigaspot/format/detail/text_formatter.hpp>
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
#include <gigaspot/values/overclock.hpp>
#include <gigaspot/values/policy.hpp>
#include <gigaspot/values/traits.hpp>
#include <gigaspot/values/units.hpp>
#include <gigaspot/values/workload.hpp>

// Violations print as a list of their own also where <fmt/ranges.h> would print any range.
FMT_BEGIN_NAMESPACE
template <typename T, typename Char>
struct is_range;
template <class T, std::size_t Capacity, typename Char>
struct is_range<gigaspot::FixedVector<T, Capacity>, Char> : std::false_type {};
FMT_END_NAMESPACE

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// A quantity to be printed with its unit: "300 W".
template <class Row>
struct WithUnit {
    Quantity<Row> quantity;
};
template <class Row>
[[nodiscard]] constexpr WithUnit<Row> with_unit(Quantity<Row> quantity) {
    return {quantity};
}

/// A quantity to be printed with `digits` (0 .. 20) after the point, rounded half to even.
template <class Row>
struct Rounded {
    Quantity<Row> quantity;
    int digits;
};
template <class Row>
[[nodiscard]] constexpr Rounded<Row> rounded(Quantity<Row> quantity, int digits) {
    return {quantity, digits};
}

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot

template <>
struct fmt::formatter<gigaspot::Code> : gigaspot::detail::TextFormatter<gigaspot::Code> {};
template <>
struct fmt::formatter<gigaspot::Rounding> : gigaspot::detail::TextFormatter<gigaspot::Rounding> {};
template <>
struct fmt::formatter<gigaspot::Unit> : gigaspot::detail::TextFormatter<gigaspot::Unit> {};
template <>
struct fmt::formatter<gigaspot::Currency> : gigaspot::detail::TextFormatter<gigaspot::Currency> {};
template <>
struct fmt::formatter<gigaspot::HostStatus>
    : gigaspot::detail::TextFormatter<gigaspot::HostStatus> {};
template <>
struct fmt::formatter<gigaspot::EnvironmentVariable>
    : gigaspot::detail::TextFormatter<gigaspot::EnvironmentVariable> {};
template <>
struct fmt::formatter<gigaspot::Workload> : gigaspot::detail::TextFormatter<gigaspot::Workload> {};
template <>
struct fmt::formatter<gigaspot::QuotedRate>
    : gigaspot::detail::TextFormatter<gigaspot::QuotedRate> {};
template <>
struct fmt::formatter<gigaspot::Rates> : gigaspot::detail::TextFormatter<gigaspot::Rates> {};
template <>
struct fmt::formatter<gigaspot::Policy> : gigaspot::detail::TextFormatter<gigaspot::Policy> {};
template <>
struct fmt::formatter<gigaspot::Conditions>
    : gigaspot::detail::TextFormatter<gigaspot::Conditions> {};
template <>
struct fmt::formatter<gigaspot::ProfitParts>
    : gigaspot::detail::TextFormatter<gigaspot::ProfitParts> {};
template <>
struct fmt::formatter<gigaspot::Eligibility>
    : gigaspot::detail::TextFormatter<gigaspot::Eligibility> {};
template <>
struct fmt::formatter<gigaspot::Shelter> : gigaspot::detail::TextFormatter<gigaspot::Shelter> {};
template <>
struct fmt::formatter<gigaspot::QuoteRequest>
    : gigaspot::detail::TextFormatter<gigaspot::QuoteRequest> {};
template <>
struct fmt::formatter<gigaspot::Violation> : gigaspot::detail::TextFormatter<gigaspot::Violation> {
};
template <class Row>
struct fmt::formatter<gigaspot::Quantity<Row>>
    : gigaspot::detail::TextFormatter<gigaspot::Quantity<Row>> {};
template <class Row>
struct fmt::formatter<gigaspot::WithUnit<Row>>
    : gigaspot::detail::TextFormatter<gigaspot::WithUnit<Row>> {};
template <class Row>
struct fmt::formatter<gigaspot::Rounded<Row>>
    : gigaspot::detail::TextFormatter<gigaspot::Rounded<Row>> {};
template <class Kind>
struct fmt::formatter<gigaspot::Id<Kind>> : gigaspot::detail::TextFormatter<gigaspot::Id<Kind>> {};
template <class T>
struct fmt::formatter<gigaspot::Range<T>> : gigaspot::detail::TextFormatter<gigaspot::Range<T>> {};
template <class T, class E>
struct fmt::formatter<gigaspot::Result<T, E>>
    : gigaspot::detail::TextFormatter<gigaspot::Result<T, E>> {};
template <class T, std::size_t Capacity>
struct fmt::formatter<gigaspot::FixedVector<T, Capacity>>
    : gigaspot::detail::TextFormatter<gigaspot::FixedVector<T, Capacity>> {};
template <class Traits>
struct fmt::formatter<gigaspot::BasicOverclockProfile<Traits>>
    : gigaspot::detail::TextFormatter<gigaspot::BasicOverclockProfile<Traits>> {};
template <class Traits>
struct fmt::formatter<gigaspot::BasicGpuLimits<Traits>>
    : gigaspot::detail::TextFormatter<gigaspot::BasicGpuLimits<Traits>> {};
template <class Traits>
struct fmt::formatter<gigaspot::BasicHostCapabilities<Traits>>
    : gigaspot::detail::TextFormatter<gigaspot::BasicHostCapabilities<Traits>> {};
template <class Traits>
struct fmt::formatter<gigaspot::BasicBid<Traits>>
    : gigaspot::detail::TextFormatter<gigaspot::BasicBid<Traits>> {};
template <class Traits>
struct fmt::formatter<gigaspot::BasicOffer<Traits>>
    : gigaspot::detail::TextFormatter<gigaspot::BasicOffer<Traits>> {};
template <class Traits>
struct fmt::formatter<gigaspot::BasicRun<Traits>>
    : gigaspot::detail::TextFormatter<gigaspot::BasicRun<Traits>> {};
template <class Traits>
struct fmt::formatter<gigaspot::BasicSelection<Traits>>
    : gigaspot::detail::TextFormatter<gigaspot::BasicSelection<Traits>> {};
template <class Traits>
struct fmt::formatter<gigaspot::BasicRanked<Traits>>
    : gigaspot::detail::TextFormatter<gigaspot::BasicRanked<Traits>> {};
template <class Traits>
struct fmt::formatter<gigaspot::BasicExplanation<Traits>>
    : gigaspot::detail::TextFormatter<gigaspot::BasicExplanation<Traits>> {};

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

inline void put_count(Out& out, std::size_t count) {
    put(out, to_decimal(static_cast<Int128>(count), 0).view());
}

template <class Row>
void write_text(Out& out, Quantity<Row> quantity) {
    put(out, quantity.text().view());
}

template <class Row>
void write_text(Out& out, const WithUnit<Row>& value) {
    put(out, value.quantity, " ", value.quantity.symbol);
}

template <class Row>
void write_text(Out& out, const Rounded<Row>& value) {
    put(out,
        to_decimal_rounded(value.quantity.count(), value.quantity.decimals, value.digits).view());
}

template <class Kind>
void write_text(Out& out, Id<Kind> id) {
    put(out, to_decimal(static_cast<Int128>(id.value), 0).view());
}

inline void write_text(Out& out, Code code) { put(out, name(code)); }
inline void write_text(Out& out, Rounding rounding) {
    put(out, rounding == Rounding::exact ? "exact" : "half_even");
}
inline void write_text(Out& out, Unit unit) { put(out, symbol(unit)); }

inline void write_text(Out& out, Currency currency) {
    put(out, "currency ");
    put_count(out, currency.number);
}

template <class T, class E>
void write_text(Out& out, const Result<T, E>& result) {
    if (result) {
        put(out, *result);
    } else {
        put(out, result.error());
    }
}

template <class T>
void write_text(Out& out, const Range<T>& range) {
    put(out, range.min, "..", range.max);
}

template <class T, std::size_t Capacity>
void write_text(Out& out, const FixedVector<T, Capacity>& items) {
    put(out, "[");
    for (std::size_t i = 0; i < items.size(); ++i) put(out, i == 0 ? "" : "; ", items[i]);
    put(out, "]");
}

// "gpu 1: power_limit_above_host_maximum (480 W, at most 450 W)"
inline void write_text(Out& out, const Violation& violation) {
    if (violation.gpu) {
        put(out, "gpu ");
        put_count(out, *violation.gpu);
        put(out, ": ");
    }
    put(out, violation.code);
    if (violation.unit == Unit::none) return;
    const bool is_exact = violation.code == Code::overclock_count_mismatch ||
                          violation.code == Code::fee_changed ||
                          violation.code == Code::gpus_changed;
    const std::string_view relation = is_exact                            ? ", exactly "
                                      : violation.value < violation.bound ? ", at least "
                                                                          : ", at most ";
    const int digits = decimals(violation.unit);
    put(out, " (", to_decimal(violation.value, digits).view(), " ", violation.unit, relation,
        to_decimal(violation.bound, digits).view(), " ", violation.unit, ")");
}

template <class Traits>
void write_text(Out& out, const BasicOverclockProfile<Traits>& profile) {
    put(out, with_unit(profile.power_limit));
    const auto put_setting = [&](std::string_view label, const auto& setting) {
        if (setting.has_value()) put(out, label, with_unit(static_cast<Frequency>(*setting)));
    };
    put_setting(", core lock ", profile.core_lock);
    put_setting(", memory lock ", profile.mem_lock);
    put_setting(", core offset ", profile.core_offset);
    put_setting(", memory offset ", profile.mem_offset);
}

template <class Traits>
void write_text(Out& out, const BasicGpuLimits<Traits>& gpu) {
    put(out, gpu.power_limit, " W");
    const auto put_range = [&](std::string_view label,
                               const std::optional<Range<Frequency>>& range) {
        if (range) put(out, label, *range, " MHz");
    };
    put_range(", core lock ", gpu.core_lock);
    put_range(", memory lock ", gpu.mem_lock);
    put_range(", core offset ", gpu.core_offset);
    put_range(", memory offset ", gpu.mem_offset);
}

inline void write_text(Out& out, const HostStatus& status) {
    if (status.is_available()) {
        put(out, "available");
    } else {
        put(out, unavailability(status));
    }
}

template <class Traits>
void write_text(Out& out, const BasicHostCapabilities<Traits>& host) {
    put(out, "host ", host.id, ": ", host.status, ", ", with_unit(host.energy_price),
        ", minimum bid ", with_unit(host.min_bid), ", base power ", with_unit(host.base_power),
        ", at most ", with_unit(host.max_rental_length), ", GPUs ", host.gpus);
}

inline void write_text(Out& out, const EnvironmentVariable& variable) {
    put(out, variable.key, "=", variable.value);
}

// The values of an environment can be secrets: only their number is printed.
inline void write_text(Out& out, const Workload& workload) {
    put(out, "image ", workload.image.value_or("none"), ", variables ");
    put_count(out, workload.environment.size());
}

template <class Traits>
void write_text(Out& out, const BasicBid<Traits>& bid) {
    put(out, "bid ", bid.id, " of ", bid.owner, " on host ", bid.host, ": ", with_unit(bid.price),
        " in ", bid.currency, ", GPUs ", bid.overclock);
}

template <class Traits>
void write_text(Out& out, const BasicOffer<Traits>& offer) {
    put(out, "bid ", offer.id, ": ", with_unit(offer.price), " in ", offer.currency, ", ",
        with_unit(offer.power_limits));
}

inline void write_text(Out& out, const QuotedRate& rate) {
    if (rate.usd) {
        put(out, with_unit(*rate.usd), ", fee ", with_unit(rate.fee));
    } else {
        put(out, "no rate, fee ", with_unit(rate.fee));
    }
}

inline void write_text(Out& out, const Rates& rates) {
    bool is_first = true;
    for (std::uint8_t number = 0; number < limits::currencies_max; ++number) {
        const QuotedRate& rate = rates[Currency{number}];
        if (!rate.usd) continue;
        put(out, is_first ? "" : "; ", Currency{number}, ": ", rate);
        is_first = false;
    }
    if (is_first) put(out, "no rates");
}

inline void write_text(Out& out, const Policy& policy) {
    put(out, "reserve ", with_unit(policy.reserve), ", switch margin ",
        with_unit(policy.switch_margin), " and ", with_unit(policy.switch_margin_ppm), ", dwell ",
        with_unit(policy.dwell_min), ", price ", policy.price_min, "..",
        with_unit(policy.price_max));
    if (policy.rate_age_max) put(out, ", rates at most ", with_unit(*policy.rate_age_max), " old");
    if (policy.require_cached) put(out, ", cached images only");
    if (policy.refill == Refill::at_once) put(out, ", refill at once");
    if (policy.queue_unavailable) put(out, ", bids wait for hosts");
    if (policy.interval_min != Policy{}.interval_min)
        put(out, ", closes at least ", with_unit(policy.interval_min), " apart");
    if (policy.time_step_max != Policy{}.time_step_max)
        put(out, ", commands at most ", with_unit(policy.time_step_max), " apart");
}

inline void write_text(Out& out, const Conditions& conditions) {
    put(out, "at ", with_unit(conditions.now), ": ", conditions.rates, "; ", conditions.policy);
}

inline void write_text(Out& out, const ProfitParts& parts) {
    put(out, with_unit(parts.profit()), " = ", parts.income, " - ", parts.electricity);
}

inline void write_text(Out& out, const Eligibility& eligibility) {
    put(out, eligibility.is_eligible() ? std::string_view{"eligible"} : name(eligibility.reason));
    if (eligibility.profit) put(out, ", profit ", with_unit(*eligibility.profit));
}

inline void write_text(Out& out, Shelter shelter) {
    switch (shelter) {
    case Shelter::none: return put(out, "none");
    case Shelter::margins: return put(out, "margins");
    case Shelter::dwell: return put(out, "dwell");
    }
}

template <class Traits>
void write_text(Out& out, const BasicRun<Traits>& run) {
    put(out, "run of bid ", run.bid);
    if (run.first_won) put(out, ", first won at ", with_unit(*run.first_won));
    if (run.has_worsened) put(out, ", worsened");
}

template <class Traits>
void write_text(Out& out, const BasicSelection<Traits>& selection) {
    if (selection.winner) {
        put(out, "bid ", *selection.winner, ", profit ", with_unit(selection.profit));
    } else {
        put(out, "idle");
    }
}

template <class Traits>
void write_text(Out& out, const BasicRanked<Traits>& ranked) {
    put(out, "bid ", ranked.id, ": ", ranked.eligibility, ranked.is_incumbent ? ", incumbent" : "");
}

template <class Traits>
void write_text(Out& out, const BasicExplanation<Traits>& bid) {
    put(out, bid.ranked, ", ", with_unit(bid.power_draw));
    if (bid.parts) put(out, ", ", *bid.parts);
    if (bid.is_winner) {
        put(out, ", wins");
    } else if (bid.price_to_win) {
        put(out, ", would win at ", with_unit(*bid.price_to_win));
    } else {
        put(out, ", no price wins: ", bid.price_to_win.error());
    }
}

inline void write_text(Out& out, const QuoteRequest& request) {
    put(out, with_unit(request.power_limits), " in ", request.currency, ", tick ",
        with_unit(request.tick));
}

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
