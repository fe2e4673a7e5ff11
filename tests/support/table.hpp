// Tests a table of rules: each row in a static_assert, and again at run time. At run time, the rule
// of a failing row is printed. At compile time, the compiler's note has its number.
#pragma once

#include <cstddef>
#include <iterator>
#include <ostream>
#include <string>
#include <type_traits>
#include <utility>

#include <doctest/doctest.h>

#include <gigaspot/values/error.hpp>

namespace gigaspot::inline GIGASPOT_ABI {
inline std::ostream& operator<<(std::ostream& out, Code code) { return out << name(code); }
}  // namespace gigaspot::inline GIGASPOT_ABI

namespace table {

/// A rule in the market's words, and a function that returns whether it holds.
struct Fact {
    const char* rule;
    bool (*holds)();
};

/// The outcome for tables of facts.
constexpr bool is_so(const Fact& fact) { return fact.holds(); }

template <class Row, class Outcome>
inline constexpr bool is_yes_or_no =
    std::is_same_v<std::invoke_result_t<Outcome, const Row&>, bool>;

template <class Row, class Outcome>
constexpr bool holds(const Row& row, Outcome outcome) {
    if constexpr (is_yes_or_no<Row, Outcome>) {
        return outcome(row);
    } else {
        return outcome(row) == row.expected;
    }
}

/// Makes each row a separate constant expression, because a compiler limits the steps of one
/// expression.
template <const auto& rows, auto outcome, std::size_t number>
struct RowAtCompileTime {
    static_assert(
        holds(rows[number], outcome),
        "a row does not hold: its number, from 0, is the last of the template's arguments");
};

template <const auto& rows, auto outcome, std::size_t... numbers>
constexpr bool all_hold(std::index_sequence<numbers...>) {
    return ((sizeof(RowAtCompileTime<rows, outcome, numbers>) > 0) && ...);
}

template <class Row, class Outcome>
void check_row(const Row& row, Outcome outcome) {
    INFO(std::string{row.rule});  // doctest would show a pointer as a number
    if constexpr (is_yes_or_no<Row, Outcome>) {
        CHECK(outcome(row));
    } else {
        CHECK(outcome(row) == row.expected);
    }
}

}  // namespace table

/// Defines a test from a table of facts or rows. `outcome(row)` must be true. If it is not a bool,
/// it must equal `row.expected`.
#define GIGASPOT_TABLE(sentence, rows, outcome)                                                    \
    static_assert(table::all_hold<rows, outcome>(std::make_index_sequence<std::size(rows)>{}));    \
    TEST_CASE(sentence) {                                                                          \
        for (const auto& row : rows) table::check_row(row, outcome);                               \
    }
