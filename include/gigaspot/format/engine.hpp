// gigaspot: the texts of events, answers and counts of a live market, for fmt. Layer: format.
#pragma once

#include <cstddef>

#include <fmt/core.h>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/decimal.hpp>
#include <gigaspot/engine/engine.hpp>
#include <gigaspot/engine/totals.hpp>
#include <gigaspot/format/detail/text_formatter.hpp>
#include <gigaspot/format/rules.hpp>
#include <gigaspot/values/event.hpp>
#include <gigaspot/values/limits.hpp>
#include <gigaspot/values/policy.hpp>
#include <gigaspot/values/traits.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

inline void append_text(Out& out, Exactly<EventKind> kind) { put(out, name(*kind)); }

inline void append_text(Out& out, Exactly<Refill> refill) {
    put(out, *refill == Refill::at_once ? "at_once" : "at_close");
}

// "stopped: host 7, bid 1: outbid". The events of a command share its time and its number, so
// neither is printed.
template <class Traits>
void append_text(Out& out, Exactly<BasicEvent<Traits>> event) {
    put(out, event->kind);
    if (event->kind == EventKind::accepted) return;
    put(out, ": host ", event->host, ", bid ", event->bid);
    switch (event->kind) {
    case EventKind::started:
    case EventKind::changed: put(out, ": profit ", with_unit(event->profit)); break;
    case EventKind::stopped: put(out, ": ", event->reason); break;
    case EventKind::charged:
        put(out, ", owner ", event->owner, ": ", with_unit(event->amount), " in ", event->currency,
            ", fee ", with_unit(event->fee));
        break;
    case EventKind::accepted:
    case EventKind::expired:
    case EventKind::removed: break;
    }
}

// "rejected: gpu 1: power_limit_above_host_maximum (480 W, at most 450 W); price_not_positive"
inline void append_text(Out& out, Exactly<Rejection> rejection) {
    put(out, "rejected: ");
    for (std::size_t i = 0; i < rejection->reasons.size(); ++i)
        put(out, i == 0 ? "" : "; ", rejection->reasons[i]);
}

inline void append_text(Out& out, Exactly<Accepted> accepted) {
    put(out, "command ", accepted->command, " accepted");
}

inline void append_text(Out& out, Exactly<EngineLimits> limits) {
    put(out, "at most ", limits->hosts, " hosts, ", limits->bids, " bids, ", limits->bids_per_host,
        " a host, ", limits->bids_per_owner, " of an owner on it");
}

inline void append_text(Out& out, Exactly<Totals> totals) {
    put(out, totals->running, " of ", totals->hosts, " hosts run, ", totals->bids, " bids, ",
        to_decimal(totals->watts, 0).view(), " W, ",
        with_unit(totals->income - totals->electricity), " = ", totals->income, " - ",
        totals->electricity);
}

inline void append_text(Out& out, Exactly<Counters> counters) {
    put(out, counters->commands, " commands, ", counters->rejected, " rejected, ",
        counters->rescans, " rescans");
}

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot

template <>
struct fmt::formatter<gigaspot::EventKind> : gigaspot::detail::TextFormatter {};
template <>
struct fmt::formatter<gigaspot::Refill> : gigaspot::detail::TextFormatter {};
