// gigaspot: what is wrong with one of the market's documents, and where; numbers that no rule looks
// at. Layer: json.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <gigaspot/base/config.hpp>
#include <gigaspot/json/reader/fault.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/limits.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

namespace rows {

/// Numbers that no rule looks at: cores, gigabytes, reliability.
struct WholeNumber {
    using rep = std::int64_t;
    static constexpr int decimals = 0;
    static constexpr rep min = 0;
    static constexpr rep max = limits::two_to_53;
    static constexpr bool is_above_zero = false;
    static constexpr std::string_view symbol = "";
};

/// The same with digits after the point.
struct DecimalNumber : WholeNumber {
    static constexpr int decimals = 6;
};

}  // namespace rows

using WholeNumber = Quantity<rows::WholeNumber>;      ///< 0 .. 2^53
using DecimalNumber = Quantity<rows::DecimalNumber>;  ///< up to 6 digits after the point

/// A text with this much spare capacity is read without being copied.
inline constexpr std::size_t document_padding = 64;

/// Why a whole document could not be read. Either it is not JSON (`malformed`, with line and
/// column, both from 1, the column in characters, and a detail), or a field that all depends on is
/// wrong (its path and a code).
struct DocumentError {
    Code code = Code::none;
    std::string path{};
    std::size_t line = 0;
    std::size_t column = 0;
    std::string_view detail{};

    friend bool operator==(const DocumentError&, const DocumentError&) = default;
};

/// A machine that could not be read: the first thing that is wrong with it.
struct SkippedMachine {
    std::string host{};  ///< its key, as it stands in the snapshot
    std::string path{};  ///< "gpus[1].core_lock"; empty: the machine itself
    Code problem = Code::none;

    friend bool operator==(const SkippedMachine&, const SkippedMachine&) = default;
};

/// An entry of a document that could not be read: the first thing that is wrong with it.
struct SkippedEntry {
    std::size_t entry = 0;  ///< its place in the document, from 0
    std::string path{};     ///< within the entry, "oc[1].core_lock"; empty: the entry itself
    Code problem = Code::none;

    friend bool operator==(const SkippedEntry&, const SkippedEntry&) = default;
};

namespace detail {

inline DocumentError document_error(std::string_view text, const JsonFault& fault) {
    DocumentError error{.code = Code::malformed, .line = 1, .column = 1, .detail = fault.problem};
    for (const char c : text.substr(0, fault.offset)) {
        if (c == '\n') {
            ++error.line;
            error.column = 1;
        } else if ((static_cast<unsigned char>(c) & 0xC0u) != 0x80u) {
            ++error.column;
        }
    }
    return error;
}

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
