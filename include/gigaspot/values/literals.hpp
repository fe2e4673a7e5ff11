// gigaspot: exact literals of quantities, such as `0.0071_usd_per_coin`. Layer: values.
#pragma once

#include <cstddef>
#include <cstdint>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/int128.hpp>
#include <gigaspot/base/result.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

namespace rows {

/// Durations as literals write them: with up to 3 digits after the point.
struct Thousandths : Duration {
    static constexpr int decimals = 3;
};

}  // namespace rows

namespace detail {

/// Reads a literal's own text, in which separators may stand between digits.
template <class Q, std::size_t Size>
constexpr Q from_literal(const char (&text)[Size]) {
    char digits[Size]{};
    std::size_t size = 0;
    for (const char c : text) {
        if (c != '\'') digits[size++] = c;
    }
    const Result<Q, Code> quantity = Q::from_text({digits, size});
    if (quantity) return *quantity;
    if (quantity.error() == Code::malformed) literal_is_not_a_decimal_number();
    if (quantity.error() == Code::number_out_of_range) literal_is_outside_the_accepted_range();
    if (quantity.error() == Code::number_too_precise) literal_has_more_digits_than_its_unit_holds();
    return Q{};
}

/// `Factor` milliseconds for each thousandth of the literal.
template <std::int64_t Factor, std::size_t Size>
constexpr Duration duration_from_literal(const char (&text)[Size]) {
    const Int128 thousandths = from_literal<Quantity<rows::Thousandths>>(text).count();
    const Result<Duration, Code> duration = Duration::from_count(thousandths * Factor);
    if (!duration) literal_is_outside_the_accepted_range();
    return duration.value_or(Duration{});
}

// Constants, so that the compiler always makes them. Not by consteval functions: clang 14 calls
// those at run time where a literal stands in a template or a lambda, and then does not link.

template <class Q, char... Text>
inline constexpr Q literal = from_literal<Q>({Text...});

template <std::int64_t Factor, char... Text>
inline constexpr Duration duration_literal = duration_from_literal<Factor>({Text...});

}  // namespace detail

/// Exact literals: the text itself is read, so that `0.0071_usd_per_coin` is 7,100,000,000 and not
/// near it. A mistake does not compile, and the compiler names it.
namespace literals {

/// Watts of one GPU.
template <char... Text>
constexpr Power operator""_W() {
    return detail::literal<Power, Text...>;
}
/// Megahertz.
template <char... Text>
constexpr Frequency operator""_MHz() {
    return detail::literal<Frequency, Text...>;
}
/// Coins a day, up to 8 digits after the point.
template <char... Text>
constexpr Price operator""_coin_per_day() {
    return detail::literal<Price, Text...>;
}
/// USD per kWh, up to 9 digits after the point.
template <char... Text>
constexpr EnergyPrice operator""_usd_per_kWh() {
    return detail::literal<EnergyPrice, Text...>;
}
/// USD per coin, up to 12 digits after the point.
template <char... Text>
constexpr ExchangeRate operator""_usd_per_coin() {
    return detail::literal<ExchangeRate, Text...>;
}
/// USD a day, up to 20 digits after the point.
template <char... Text>
constexpr UsdPerDay operator""_usd_per_day() {
    return detail::literal<UsdPerDay, Text...>;
}
/// Parts per million.
template <char... Text>
constexpr Ppm operator""_ppm() {
    return detail::literal<Ppm, Text...>;
}
/// Milliseconds.
template <char... Text>
constexpr Duration operator""_ms() {
    return detail::literal<Duration, Text...>;
}
/// Seconds, like the next three with up to 3 digits after the point.
template <char... Text>
constexpr Duration operator""_s() {
    return detail::duration_literal<1, Text...>;
}
/// Minutes.
template <char... Text>
constexpr Duration operator""_min() {
    return detail::duration_literal<60, Text...>;
}
/// Hours.
template <char... Text>
constexpr Duration operator""_h() {
    return detail::duration_literal<3'600, Text...>;
}
/// Days.
template <char... Text>
constexpr Duration operator""_days() {
    return detail::duration_literal<86'400, Text...>;
}

}  // namespace literals

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
