// gigaspot: what is wrong with a text of the market, and where; numbers that no rule uses. Layer:
// json.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <gigaspot/base/config.hpp>
#include <gigaspot/json/document_kind.hpp>
#include <gigaspot/json/reader/fault.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/limits.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

namespace rows {

/// Whole numbers that no rule uses: cores, threads, ids as text.
struct WholeNumber {
    using rep = std::int64_t;
    static constexpr int decimals = 0;
    static constexpr rep min = 0;
    static constexpr rep max = limits::two_to_53;
    static constexpr bool is_above_zero = false;
    static constexpr std::string_view symbol = "";
};

/// Numbers with digits after the point that no rule uses: gigabytes, reliability.
struct DecimalNumber : WholeNumber {
    static constexpr int decimals = 6;
};

}  // namespace rows

using WholeNumber = Quantity<rows::WholeNumber>;  ///< a whole number that no rule uses: 0 .. 2^53
using DecimalNumber = Quantity<rows::DecimalNumber>;  ///< one with up to 6 digits after the point

/// A text with this much spare capacity is read without being copied.
inline constexpr std::size_t document_padding = 64;

/// What is wrong with one field of a text, for programs and for people.
struct FieldProblem {
    Code code = Code::none;  ///< what is wrong
    std::string field{};     ///< its path, "oc[1].core_lock"; empty: the text as a whole
    std::string detail{};  ///< for people: what is allowed and what was given, without a full stop
    /// A number or a size that is out of range, as the text writes it. Empty if the problem is
    /// another one, or if the number has more than 64 bytes.
    std::string value{};
    std::string bound{};      ///< the last allowed value; empty unless a number is out of range
    std::string_view unit{};  ///< of `value` and `bound`, "W"; empty for ids
    bool is_decimal = false;  ///< whether `value` and `bound` are money or a rate: strings in JSON

    friend bool operator==(const FieldProblem&, const FieldProblem&) = default;
};

/// Why a whole document could not be read. It is one of these:
/// - a text that is empty, compressed, or not UTF-8 (`malformed`);
/// - a text that is not JSON (`malformed`, with line and column);
/// - another document (`wrong_type`);
/// - a document in which a field that everything depends on is wrong (its path and a code).
struct DocumentError {
    Code code = Code::none;  ///< what is wrong
    std::string path{};      ///< the field, such as "clore_price"; empty: the document itself
    std::size_t line = 0;    ///< the line, from 1, if a place is not JSON; else 0
    std::size_t column = 0;  ///< the column, from 1, in characters, if a place is not JSON; else 0
    std::string detail{};    ///< for people: what is allowed and what was given

    friend bool operator==(const DocumentError&, const DocumentError&) = default;
};

/// A machine that could not be read, and the first thing that is wrong with it.
struct SkippedMachine {
    std::string host{};         ///< its key in the snapshot
    std::string path{};         ///< its field, "gpus[1].core_lock"; empty: the machine itself
    Code problem = Code::none;  ///< what is wrong
    std::string detail{};       ///< for people: what is allowed and what was given

    friend bool operator==(const SkippedMachine&, const SkippedMachine&) = default;
};

/// A field of a machine that no rule uses and that could not be read. The machine remains, and the
/// field keeps its default.
struct Note {
    std::string host{};    ///< the machine's key in the snapshot
    std::string path{};    ///< the field, such as "cuda" or "gpus[1].model"
    std::string detail{};  ///< for people: what is allowed and what was given

    friend bool operator==(const Note&, const Note&) = default;
};

/// An entry of a document that could not be read, and the first thing that is wrong with it.
struct SkippedEntry {
    std::size_t entry = 0;      ///< its index in the document, from 0
    std::string path{};         ///< its field, "oc[1].core_lock"; empty: the entry itself
    Code problem = Code::none;  ///< what is wrong
    std::string detail{};       ///< for people: what is allowed and what was given

    friend bool operator==(const SkippedEntry&, const SkippedEntry&) = default;
};

namespace detail {

/// The place of a fault. The offset counts from the byte-order mark, if there is one; the column
/// does not.
inline DocumentError document_error(std::string_view text, const JsonFault& fault) {
    DocumentError error{.code = Code::malformed, .line = 1, .column = 1, .detail = fault.problem};
    for (const char c : without_utf8_mark(text.substr(0, fault.offset))) {
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
