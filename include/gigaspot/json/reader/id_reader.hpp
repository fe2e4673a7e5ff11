// gigaspot: how an id is read: a number, or a string that has an `IdText`. Layer: json/reader.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/decimal.hpp>
#include <gigaspot/json/document.hpp>
#include <gigaspot/json/id_text.hpp>
#include <gigaspot/json/reader/cursor.hpp>
#include <gigaspot/json/reader/fields.hpp>
#include <gigaspot/json/reader/problem.hpp>
#include <gigaspot/json/text/words.hpp>
#include <gigaspot/values/error.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// The accepted range of an id that is a number.
template <NumberId AnyId>
constexpr NumberRow id_row() {
    return {.decimals = 0,
            .min = 0,
            .max = id_max<AnyId>(),
            .is_above_zero = false,
            .symbol = WholeNumber::symbol};
}

/// Reads an id that is a string.
template <TextId AnyId>
Code read_text_id(ReadContext& context, AnyId& id, JsonValue& value) {
    constexpr std::string_view form = IdText<AnyId>::form;
    if (value.kind() != JsonKind::string) return context.fail_type(form, value.kind());
    std::string_view text;
    if (const Code problem = read_value(context, text, value); problem != Code::none)
        return problem;
    const std::optional<AnyId> read = IdText<AnyId>::read(text);
    if (!read)
        return context.fail(Code::malformed, text_of("expected ", form, ", got ", quoted(text)));
    id = *read;
    return Code::none;
}

/// Reads an id that is a number: exact, since rounding would name something else. Returns
/// `number_out_of_range` or `number_too_precise` without a detail.
template <NumberId AnyId>
[[gnu::always_inline]] inline Code read_number_id(AnyId& id, JsonValue& value) {
    WholeNumber number;
    if (!value.plain_number(number)) {
        const Code problem = value.number(number, Rounding::exact);
        if (problem != Code::none) return problem;
    }
    if constexpr (id_max<AnyId>() < WholeNumber::highest().count()) {
        if (number.count() > id_max<AnyId>()) return Code::number_out_of_range;
    }
    id = static_cast<AnyId>(static_cast<std::uint64_t>(number.count()));
    return Code::none;
}

/// Reads an id of either form.
template <JsonId AnyId>
Code read_id(ReadContext& context, AnyId& id, JsonValue& value) {
    if constexpr (TextId<AnyId>) {
        return read_text_id(context, id, value);
    } else {
        const Code problem = read_number_id(id, value);
        if (problem == Code::none || problem == Code::malformed) return problem;
        if (problem == Code::wrong_type) return context.fail_type("a number", value.kind());
        return context.fail(number_problem(problem, id_row<AnyId>(), value.token()));
    }
}

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
