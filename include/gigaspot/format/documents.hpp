// gigaspot: the texts of snapshots and of errors in documents, for fmt. Layer: format.
#pragma once

#include <string_view>

#include <gigaspot/base/config.hpp>
#include <gigaspot/format/detail/text_formatter.hpp>
#include <gigaspot/format/rules.hpp>
#include <gigaspot/json/document.hpp>
#include <gigaspot/json/machine.hpp>
#include <gigaspot/values/error.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// The detail of a problem, or the sentence of its code if there is none.
inline void put_problem(Out& out, std::string_view path, Code problem, std::string_view detail) {
    if (!path.empty()) put(out, path, ": ");
    put(out, detail.empty() ? sentence(problem) : detail);
}

// "3:17: not JSON: trailing comma", or "code: expected a number, got a string"
inline void append_text(Out& out, Exactly<DocumentError> error) {
    if (error->line == 0) return put_problem(out, error->path, error->code, error->detail);
    put(out, error->line, ":", error->column, ": not JSON: ", error->detail);
}

inline void append_text(Out& out, Exactly<SkippedMachine> skipped) {
    put(out, skipped->host, ": ");
    put_problem(out, skipped->path, skipped->problem, skipped->detail);
}

// "bid 17 of host 35083: bids[3].pl: expected a number, got a string"
inline void append_text(Out& out, Exactly<SkippedBid> skipped) {
    put(out, "bid ");
    if (skipped->id) put(out, *skipped->id, " ");
    put(out, "of host ", skipped->host, ": ");
    put_problem(out, skipped->path, skipped->problem, skipped->detail);
}

// "host 35083: cuda: expected a string, got a number"
inline void append_text(Out& out, Exactly<Note> note) {
    put(out, "host ", note->host, ": ", note->path, ": ", note->detail);
}

inline void append_text(Out& out, Exactly<SkippedEntry> skipped) {
    put(out, "entry ", skipped->entry, ": ");
    put_problem(out, skipped->path, skipped->problem, skipped->detail);
}

inline void append_text(Out& out, Exactly<SnapshotBid> bid) {
    put(out, "bid ", bid->id, " of ", bid->owner, ": ", with_unit(bid->price), " in ",
        bid->currency, ", ", with_unit(bid->power_limits), bid->is_active ? ", active" : "",
        bid->is_to_cache ? ", to cache" : "", bid->is_cached ? ", cached" : "");
}

inline void append_text(Out& out, Exactly<Machine> machine) {
    put(out, machine->host, ", bids ", machine->bids_count);
}

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
