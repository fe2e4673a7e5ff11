// gigaspot: how the numbers and ids of commands are read. Layer: json/reader. Rules of the market,
// sections 2 and 9, stages 1 to 3.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/decimal.hpp>
#include <gigaspot/base/result.hpp>
#include <gigaspot/json/id_text.hpp>
#include <gigaspot/json/reader/command_draft.hpp>
#include <gigaspot/json/reader/cursor.hpp>
#include <gigaspot/json/reader/fields.hpp>
#include <gigaspot/json/reader/id_reader.hpp>
#include <gigaspot/json/reader/object.hpp>
#include <gigaspot/json/reader/problem.hpp>
#include <gigaspot/json/text/words.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// Rates and energy prices are measured, so they are rounded. All else of a command is exact
/// (section 2).
template <class Q>
constexpr Rounding rounding_of() {
    const bool is_measured = std::is_same_v<Q, ExchangeRate> || std::is_same_v<Q, EnergyPrice>;
    return is_measured ? Rounding::half_even : Rounding::exact;
}

/// Reads a number that may be written in any form.
template <class Q>
[[gnu::noinline]] Code read_any_number(ReadContext& context, NumberProblems& problems, Place place,
                                       JsonValue& value, Q& number, Code too_precise) {
    constexpr bool is_amount = Q::decimals > 0;  // money or a rate, which may be a string
    std::string_view text;
    Code problem = Code::none;
    if (is_amount && value.kind() == JsonKind::string) {
        problem = read_value(context, text, value);
        if (problem != Code::none) return problem;
        const Result<Q, Code> read = Q::from_text(text, rounding_of<Q>());
        if (read) number = *read;
        if (!read) problem = read.error();
        if (problem == Code::malformed)
            return context.fail(problem, text_of(quoted(text), " is not a decimal number"));
    } else {
        problem = value.number(number, rounding_of<Q>());
        if (problem == Code::wrong_type)
            return context.fail_type(is_amount ? "a decimal number" : "a number", value.kind());
        if (problem == Code::malformed) return problem;
        if (problem != Code::none) text = value.token();
    }
    if (problem == Code::none) return problem;
    if (problem == Code::number_too_precise) problem = too_precise;
    problems.add(place, number_problem(problem, row_of<Q>(), text));
    return Code::none;
}

/// Reads a number of a command. A number that its row does not take is not yet a problem of the
/// line: it is kept in `problems`.
template <class Q>
[[gnu::always_inline]] inline Code read_command_number(
    ReadContext& context, NumberProblems& problems, Place place, JsonValue& value, Q& number,
    Code too_precise = Code::number_too_precise) {
    if (value.plain_number(number)) return Code::none;
    JsonValue copy{value};  // a copy, so that the compiler keeps the value itself in registers
    const Code problem = read_any_number(context, problems, place, copy, number, too_precise);
    value = copy;
    return problem;
}

template <class T>
struct NumberOf {
    using type = T;
    static T& of(T& field) { return field; }
};
template <class T>
struct NumberOf<std::optional<T>> {
    using type = T;
    static T& of(std::optional<T>& field) { return field.emplace(); }
};

/// Reads an id of a command. A number that is not an id is kept in `problems`, like any other
/// number; a text that is not one is malformed.
template <JsonId AnyId>
[[gnu::always_inline]] inline Code read_command_id(ReadContext& context, NumberProblems& problems,
                                                   Place place, JsonValue& value, AnyId& id) {
    if constexpr (TextId<AnyId>) {
        return read_text_id(context, id, value);
    } else {
        const Code problem = read_number_id(id, value);
        if (problem == Code::none || problem == Code::malformed) return problem;
        if (problem == Code::wrong_type) return context.fail_type("a number", value.kind());
        problems.add(place, number_problem(problem, id_row<AnyId>(), value.token()));
        return Code::none;
    }
}

/// Reads a lock or an offset of a profile into a setting of any type.
template <class Setting>
[[gnu::always_inline]] inline Code read_command_setting(ReadContext& context,
                                                        NumberProblems& problems, Place place,
                                                        JsonValue& value, Setting& setting) {
    if constexpr (std::is_same_v<Setting, std::optional<Frequency>>) {
        return read_command_number(context, problems, place, value, setting.emplace());
    } else {
        Frequency frequency;
        const Code problem = read_command_number(context, problems, place, value, frequency);
        if (problem == Code::none) setting = Setting{frequency};
        return problem;
    }
}

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
