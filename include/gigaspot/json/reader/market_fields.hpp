// gigaspot: reads the money and the ranges of the market's documents. Layer: json/reader.
// Rules of the market, sections 2 and 12.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/decimal.hpp>
#include <gigaspot/base/result.hpp>
#include <gigaspot/json/reader/cursor.hpp>
#include <gigaspot/json/reader/fields.hpp>
#include <gigaspot/json/reader/problem.hpp>
#include <gigaspot/json/text/words.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/overclock.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// Reads money or a rate from a value that is not a number: a string that is one.
template <class Q>
[[gnu::noinline]] Code read_amount_text(ReadContext& context, Q& amount, JsonValue& value,
                                        Rounding rounding) {
    if (value.kind() != JsonKind::string)
        return context.fail_type("a decimal number", value.kind());
    std::string_view text;
    if (const Code problem = read_value(context, text, value); problem != Code::none)
        return problem;
    const Result<Q, Code> read = Q::from_text(text, rounding);
    if (!read && read.error() == Code::malformed)
        return context.fail(Code::malformed, text_of(quoted(text), " is not a decimal number"));
    if (!read) return context.fail(number_problem(read.error(), row_of<Q>(), text));
    amount = *read;
    return Code::none;
}

/// Reads money or a rate: a number, or a string that is one.
template <class Q>
Code read_amount(ReadContext& context, Q& amount, JsonValue& value, Rounding rounding) {
    return value.kind() == JsonKind::number ? read_number(context, amount, value, rounding)
                                            : read_amount_text(context, amount, value, rounding);
}
template <class Q>
Code read_amount(ReadContext& context, std::optional<Q>& amount, JsonValue& value,
                 Rounding rounding) {
    return read_amount(context, amount.emplace(), value, rounding);
}

/// Reads money or a rate into a member of the target.
template <auto First, auto... Rest>
Code read_amount_into(ReadContext& context, typename MemberOf<decltype(First)>::owner& target,
                      JsonValue& value) {
    return read_amount(context, member<First, Rest...>(target), value, context.rounding);
}

/// Whether an end of a range has digits below its unit. `array` is the range as JSON.
[[gnu::cold]] inline bool has_finer_end(std::string_view array, int decimals) {
    const auto is_finer = [&](std::string_view end) {
        const std::size_t begin = end.find_first_not_of("[ \t\r\n");
        if (begin == std::string_view::npos) return false;
        end = end.substr(begin, end.find_last_not_of("] \t\r\n") - begin + 1);
        const std::optional<ScaledDecimal> number = read_decimal(end, decimals);
        return number && number->tail != Tail::none;
    };
    const std::size_t comma = array.find(',');
    return is_finer(array.substr(0, comma)) || is_finer(array.substr(comma + 1));
}

/// Why the minimum of a range of a snapshot is above its maximum.
template <class Q>
[[gnu::cold]] Code fail_inverted(ReadContext& context, const Range<Q>& range,
                                 std::string_view array) {
    std::string detail = describe_inverted(range);
    if (has_finer_end(array, Q::decimals))
        detail += text_of(" after ", shown(array), " is rounded inwards");
    return context.fail(Code::range_inverted, std::move(detail));
}

/// A range of a snapshot. Its ends are limits, so they are rounded inwards: nothing may pass that
/// the machine would reject (section 2). The path ends at the array; the detail names the end that
/// is wrong.
template <class Q>
Code read_value(ReadContext& context, Range<Q>& range, JsonValue& value) {
    const Code problem = read_ends(context, value, [&](JsonValue& item, std::size_t end) {
        const Code found = read_number(context, end == 0 ? range.min : range.max, item,
                                       end == 0 ? Rounding::up : Rounding::down);
        if (found != Code::none)
            context.problem.detail.insert(0, end == 0 ? "minimum: " : "maximum: ");
        return found;
    });
    if (problem == Code::none && range.is_inverted())
        return fail_inverted(context, range, value.token());
    return problem;
}

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
