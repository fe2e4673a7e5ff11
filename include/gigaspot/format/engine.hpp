// gigaspot: fmt formatters of what a live market tells. Layer: format.
#pragma once

#include <cstddef>

#include <fmt/core.h>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/decimal.hpp>
#include <gigaspot/engine/engine.hpp>
#include <gigaspot/format/detail/text_formatter.hpp>
#include <gigaspot/format/rules.hpp>
#include <gigaspot/values/event.hpp>
#include <gigaspot/values/limits.hpp>
#include <gigaspot/values/policy.hpp>
#include <gigaspot/values/traits.hpp>

template <>
struct fmt::formatter<gigaspot::EventKind> : gigaspot::detail::TextFormatter<gigaspot::EventKind> {
};
template <>
struct fmt::formatter<gigaspot::Refill> : gigaspot::detail::TextFormatter<gigaspot::Refill> {};
template <>
struct fmt::formatter<gigaspot::Refusal> : gigaspot::detail::TextFormatter<gigaspot::Refusal> {};
template <>
struct fmt::formatter<gigaspot::Accepted> : gigaspot::detail::TextFormatter<gigaspot::Accepted> {};
template <>
struct fmt::formatter<gigaspot::EngineLimits>
    : gigaspot::detail::TextFormatter<gigaspot::EngineLimits> {};
template <>
struct fmt::formatter<gigaspot::Totals> : gigaspot::detail::TextFormatter<gigaspot::Totals> {};
template <>
struct fmt::formatter<gigaspot::Counters> : gigaspot::detail::TextFormatter<gigaspot::Counters> {};
template <class Traits>
struct fmt::formatter<gigaspot::BasicEvent<Traits>>
    : gigaspot::detail::TextFormatter<gigaspot::BasicEvent<Traits>> {};

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

inline void write_text(Out& out, EventKind kind) { put(out, name(kind)); }

inline void write_text(Out& out, Refill refill) {
    put(out, refill == Refill::at_once ? "at_once" : "at_close");
}

// "stopped: host 7, bid 1: outbid". Without time and command, which a whole list of events shares.
template <class Traits>
void write_text(Out& out, const BasicEvent<Traits>& event) {
    put(out, event.kind);
    if (event.kind == EventKind::accepted) return;
    put(out, ": host ", event.host, ", bid ", event.bid);
    switch (event.kind) {
    case EventKind::started:
    case EventKind::changed: put(out, ": profit ", with_unit(event.profit)); break;
    case EventKind::stopped: put(out, ": ", event.reason); break;
    case EventKind::charged:
        put(out, ", owner ", event.owner, ": ", with_unit(event.amount), " in ", event.currency,
            ", fee ", with_unit(event.fee));
        break;
    case EventKind::accepted:
    case EventKind::expired:
    case EventKind::removed: break;
    }
}

// "refused: gpu 1: power_limit_above_host_maximum (480 W, at most 450 W); price_not_positive"
inline void write_text(Out& out, const Refusal& refusal) {
    put(out, "refused: ");
    for (std::size_t i = 0; i < refusal.reasons.size(); ++i)
        put(out, i == 0 ? "" : "; ", refusal.reasons[i]);
}

inline void write_text(Out& out, const Accepted& accepted) {
    put(out, "command ");
    put_count(out, accepted.command);
    put(out, " accepted");
}

inline void write_text(Out& out, const EngineLimits& limits) {
    put(out, "at most ");
    put_count(out, limits.hosts);
    put(out, " hosts, ");
    put_count(out, limits.bids);
    put(out, " bids, ");
    put_count(out, limits.bids_per_host);
    put(out, " a host, ");
    put_count(out, limits.bids_per_owner);
    put(out, " of an owner on it");
}

inline void write_text(Out& out, const Totals& totals) {
    put_count(out, totals.running);
    put(out, " of ");
    put_count(out, totals.hosts);
    put(out, " hosts run, ");
    put_count(out, totals.bids);
    put(out, " bids, ", to_decimal(totals.watts, 0).view(), " W, ",
        with_unit(totals.income - totals.electricity), " = ", totals.income, " - ",
        totals.electricity);
}

inline void write_text(Out& out, const Counters& counters) {
    put_count(out, counters.commands);
    put(out, " commands, ");
    put_count(out, counters.refused);
    put(out, " refused, ");
    put_count(out, counters.rescans);
    put(out, " rescans");
}

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
