// gigaspot: fmt formatters of snapshots and of what is wrong with documents. Layer: format.
#pragma once

#include <string_view>

#include <fmt/core.h>

#include <gigaspot/base/config.hpp>
#include <gigaspot/format/detail/text_formatter.hpp>
#include <gigaspot/format/rules.hpp>
#include <gigaspot/json/document.hpp>
#include <gigaspot/json/machine.hpp>
#include <gigaspot/values/error.hpp>

template <>
struct fmt::formatter<gigaspot::DocumentError>
    : gigaspot::detail::TextFormatter<gigaspot::DocumentError> {};
template <>
struct fmt::formatter<gigaspot::SkippedMachine>
    : gigaspot::detail::TextFormatter<gigaspot::SkippedMachine> {};
template <>
struct fmt::formatter<gigaspot::SkippedEntry>
    : gigaspot::detail::TextFormatter<gigaspot::SkippedEntry> {};
template <>
struct fmt::formatter<gigaspot::SnapshotBid>
    : gigaspot::detail::TextFormatter<gigaspot::SnapshotBid> {};
template <>
struct fmt::formatter<gigaspot::Machine> : gigaspot::detail::TextFormatter<gigaspot::Machine> {};

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

inline void put_problem(Out& out, std::string_view path, Code problem) {
    if (!path.empty()) put(out, path, ": ");
    put(out, sentence(problem));
}

// "3:17: not JSON: expected ','", or "code: a required field is missing"
inline void write_text(Out& out, const DocumentError& error) {
    if (error.line == 0) return put_problem(out, error.path, error.code);
    put_count(out, error.line);
    put(out, ":");
    put_count(out, error.column);
    put(out, ": not JSON: ", error.detail);
}

inline void write_text(Out& out, const SkippedMachine& skipped) {
    put(out, skipped.host, ": ");
    put_problem(out, skipped.path, skipped.problem);
}

inline void write_text(Out& out, const SkippedEntry& skipped) {
    put(out, "entry ");
    put_count(out, skipped.entry);
    put(out, ": ");
    put_problem(out, skipped.path, skipped.problem);
}

inline void write_text(Out& out, const SnapshotBid& bid) {
    put(out, "bid ", bid.id, " of ", bid.owner, ": ", with_unit(bid.price), " in ", bid.currency,
        ", ", with_unit(bid.power_limits), bid.is_active ? ", active" : "",
        bid.is_to_cache ? ", to cache" : "", bid.is_cached ? ", cached" : "");
}

inline void write_text(Out& out, const Machine& machine) {
    put(out, machine.host, ", bids ");
    put_count(out, machine.bids_count);
}

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
