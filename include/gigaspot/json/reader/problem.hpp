// gigaspot: the sentences that say what a reader expected and what it got. Layer: json/reader.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/decimal.hpp>
#include <gigaspot/base/int128.hpp>
#include <gigaspot/json/document.hpp>
#include <gigaspot/json/document_kind.hpp>
#include <gigaspot/json/names.hpp>
#include <gigaspot/json/reader/cursor.hpp>
#include <gigaspot/json/reader/escape.hpp>
#include <gigaspot/json/text/words.hpp>
#include <gigaspot/values/currency.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/limits.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

// Sentences begin in lower case and have no full stop: callers put the path of the field in front.
// All of this runs only when something is wrong.

/// A kind of value with its article.
constexpr std::string_view with_article(JsonKind kind) {
    switch (kind) {
    case JsonKind::object: return "an object";
    case JsonKind::array: return "an array";
    case JsonKind::string: return "a string";
    case JsonKind::number: return "a number";
    case JsonKind::boolean: return "a boolean";
    case JsonKind::null: return "null";
    }
    return "another value";
}

/// "expected a number, got a string"
inline std::string expected(std::string_view wanted, JsonKind got) {
    return text_of("expected ", wanted, ", got ", with_article(got));
}

inline constexpr std::string_view half_a_pair = "an escape is half of a surrogate pair";
inline constexpr std::string_view looks_like_snapshot = ": this looks like a snapshot, use `rank`";

/// A string of JSON as a message shows it.
[[gnu::cold]] inline std::string quoted_json(std::string_view string) {
    constexpr std::size_t bytes_max = 200;  // an address, or the market's words
    const std::string_view raw = TopLevel::inside(string);
    const auto text = has_only_known_escapes(raw) ? without_escapes(raw) : std::nullopt;
    return quoted(text ? std::string_view{*text} : raw, bytes_max);
}

/// What an answer of the market says in the place of another document: `"a code and why"`, or where
/// the snapshot is.
[[gnu::cold]] inline std::string describe_answer(std::string_view text) {
    std::string_view code;
    std::string_view error;
    std::string_view url;
    bool has_snapshot = false;
    TopLevel{text}.fields([&](std::string_view key, std::string_view value) {
        if (key == "code" && code.empty()) code = value;
        if (key == "error" && error.empty() && value[0] == '"') error = value;
        if (key == "v1_snapshot_url" && url.empty() && value[0] == '"') url = value;
        has_snapshot = has_snapshot || (key == "snapshot" && value[0] == '{');
        return true;
    });
    const auto number = read_decimal(code, 0);
    const std::string answer = "this is an answer of the market";
    if (number && !number->is_zero())
        return text_of(answer, " with code ", shown(code), error.empty() ? "" : ": ",
                       error.empty() ? std::string{} : quoted_json(error));
    if (has_snapshot)
        return text_of(answer, " around a snapshot; give only what its field snapshot holds");
    if (!url.empty())
        return text_of(answer, " that names a snapshot; download ", quoted_json(url),
                       " and give that file");
    return text_of(answer, " without a snapshot");
}

/// What a text is instead of the document that its reader wants: ": this looks like orders, ...".
/// Empty if that is not clear.
[[gnu::cold]] inline std::string other_document(std::string_view text) {
    const DocumentKind kind = guess_kind(text);
    if (kind == DocumentKind::unknown) return {};
    return text_of(": ", kind == DocumentKind::answer ? describe_answer(text)
                                                      : std::string{sentence(kind)});
}

/// The accepted numbers of a field.
struct NumberRow {
    int decimals;
    Int128 min, max;  ///< counts of 10^-decimals of the unit
    bool is_above_zero;
    std::string_view symbol;
};

template <class Q>
constexpr NumberRow row_of() {
    return {Q::decimals, Q::lowest().count(), Q::highest().count(),
            Q::lowest().count() == 1 && Q::decimals > 0, Q::symbol};
}

/// What is wrong with a number: "-1 is out of range: 0 to 1000000 W".
[[gnu::cold]] inline FieldProblem number_problem(Code code, const NumberRow& row,
                                                 std::string_view text) {
    FieldProblem problem{.code = code};
    std::string unit{row.symbol};
    if (code == Code::number_out_of_range) {
        const DecimalText lowest = to_decimal(row.min, row.decimals);
        const DecimalText highest = to_decimal(row.max, row.decimals);
        const std::optional<ScaledDecimal> number = read_decimal(text, row.decimals);
        const bool is_below =
            number && (number->negative || (!number->too_large && number->units < row.min));
        constexpr std::size_t value_bytes_max = 64;
        if (text.size() <= value_bytes_max) problem.value = text;
        problem.bound = is_below ? lowest.view() : highest.view();
        problem.unit = row.symbol;
        problem.is_decimal = row.decimals > 0;
        if (!unit.empty()) unit.insert(0, " ");
        const bool rounds_to_zero =
            row.is_above_zero && is_below && !number->negative && !number->is_zero();
        if (rounds_to_zero) {
            problem.detail =
                text_of(shown(text), " rounds to 0; the minimum is ", lowest.view(), unit);
        } else {
            problem.detail =
                text_of(shown(text),
                        " is out of range: ", row.is_above_zero ? "above 0, up to " : lowest.view(),
                        row.is_above_zero ? "" : " to ", highest.view(), unit);
        }
    } else if (row.decimals > 0) {
        problem.detail = text_of(shown(text), " has more than ", std::to_string(row.decimals),
                                 " digits after the point");
    } else {
        if (!unit.empty()) unit.insert(0, " of ");
        problem.detail = text_of(shown(text), " is not a whole number", unit);
    }
    return problem;
}

/// What is wrong with a count of bytes or of other things: "currency name has 129 bytes; at most
/// 128".
[[gnu::cold]] inline FieldProblem size_problem(std::string detail, std::size_t value,
                                               std::size_t bound, std::string_view unit) {
    return {.code = Code::limit_reached,
            .detail = std::move(detail),
            .value = std::to_string(value),
            .bound = std::to_string(bound),
            .unit = unit};
}

/// Why a list takes no other item: "at most 32 profiles".
[[gnu::cold]] inline FieldProblem too_many(std::string_view items, std::size_t items_max) {
    return size_problem(text_of("at most ", std::to_string(items_max), " ", items), items_max + 1,
                        items_max, items);
}

/// Why a table takes no other name: it is too long, or the table is full.
[[gnu::cold]] inline FieldProblem name_problem(std::string_view what, std::string_view name,
                                               std::size_t names_max, std::string_view unit) {
    if (name.size() > limits::name_bytes_max) {
        std::string detail = text_of(what, " name has ", std::to_string(name.size()),
                                     " bytes; at most ", std::to_string(limits::name_bytes_max));
        return size_problem(std::move(detail), name.size(), limits::name_bytes_max,
                            symbol(Unit::byte));
    }
    std::string detail = text_of(what, " ", quoted(name), " is new; the market takes at most ",
                                 std::to_string(names_max), " ", unit);
    return size_problem(std::move(detail), names_max + 1, names_max, unit);
}

inline FieldProblem currency_problem(std::string_view name) {
    return name_problem("currency", name, limits::currencies_max, symbol(Unit::currency));
}

/// Why a bid cannot be in a currency: `rate` has not named it.
[[gnu::cold]] inline FieldProblem unknown_currency(std::string_view name,
                                                   const MarketNames& names) {
    std::string known;
    for (std::size_t number = 0; number < names.currencies(); ++number)
        add_to_list(known, shown(names.name(Currency{static_cast<std::uint8_t>(number)})));
    return {.code = Code::currency_unknown,
            .detail = text_of("unknown currency ", quoted(name), "; known: ", known)};
}

inline FieldProblem model_problem(std::string_view name) {
    return name_problem("GPU model", name, limits::gpu_models_max, "GPU models");
}

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
