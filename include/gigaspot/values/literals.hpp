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

/// The row of durations in literals, which may have 3 digits after the point.
struct Thousandths : Duration {
    static constexpr int decimals = 3;
};

}  // namespace rows

namespace detail {

/// Reads the text of a literal, in which digits may be separated by `'`.
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

/// Reads a duration of which one thousandth is `Factor` milliseconds.
template <std::int64_t Factor, std::size_t Size>
constexpr Duration duration_from_literal(const char (&text)[Size]) {
    const Int128 thousandths = from_literal<Quantity<rows::Thousandths>>(text).count();
    const Result<Duration, Code> duration = Duration::from_count(thousandths * Factor);
    if (!duration) literal_is_outside_the_accepted_range();
    return duration.value_or(Duration{});
}

// Constants, so that the compiler always evaluates them. Consteval functions do not work here: for
// a literal in a template or a lambda, clang 14 calls them at run time, and the program does not
// link.

template <class Q, char... Text>
inline constexpr Q literal = from_literal<Q>({Text...});

template <std::int64_t Factor, char... Text>
inline constexpr Duration duration_literal = duration_from_literal<Factor>({Text...});

}  // namespace detail

/// Exact literals of quantities. The text itself is read, so `0.0071_usd_per_coin` is exactly
/// 7,100,000,000 counts. A mistake does not compile, and the compiler names it.
namespace literals {

/// Makes a power in whole watts, such as the power limit of a GPU: `300_W`.
template <char... Text>
constexpr Power operator""_W() {
    return detail::literal<Power, Text...>;
}
/// Makes a frequency in whole megahertz: `1500_MHz`, `-50_MHz`.
template <char... Text>
constexpr Frequency operator""_MHz() {
    return detail::literal<Frequency, Text...>;
}
/// Makes a price in coins per day, with up to 8 digits after the point: `28.9755_coin_per_day`.
template <char... Text>
constexpr Price operator""_coin_per_day() {
    return detail::literal<Price, Text...>;
}
/// Makes an energy price in USD per kWh, with up to 9 digits after the point. It can be below 0:
/// `-0.05_usd_per_kWh`.
template <char... Text>
constexpr EnergyPrice operator""_usd_per_kWh() {
    return detail::literal<EnergyPrice, Text...>;
}
/// Makes an exchange rate in USD per coin, with up to 12 digits after the point:
/// `0.0071_usd_per_coin`.
template <char... Text>
constexpr ExchangeRate operator""_usd_per_coin() {
    return detail::literal<ExchangeRate, Text...>;
}
/// Makes a profit or a cost in USD per day, with up to 20 digits after the point:
/// `1.25_usd_per_day`.
template <char... Text>
constexpr UsdPerDay operator""_usd_per_day() {
    return detail::literal<UsdPerDay, Text...>;
}
/// Makes a share in whole parts per million: `20'000_ppm` is 2 %.
template <char... Text>
constexpr Ppm operator""_ppm() {
    return detail::literal<Ppm, Text...>;
}
/// Makes a duration in whole milliseconds: `250_ms`.
template <char... Text>
constexpr Duration operator""_ms() {
    return detail::literal<Duration, Text...>;
}
/// Makes a duration in seconds, with up to 3 digits after the point: `1.5_s`.
template <char... Text>
constexpr Duration operator""_s() {
    return detail::duration_literal<1, Text...>;
}
/// Makes a duration in minutes, with up to 3 digits after the point: `10_min`.
template <char... Text>
constexpr Duration operator""_min() {
    return detail::duration_literal<60, Text...>;
}
/// Makes a duration in hours, with up to 3 digits after the point: `0.5_h`.
template <char... Text>
constexpr Duration operator""_h() {
    return detail::duration_literal<3'600, Text...>;
}
/// Makes a duration in days, with up to 3 digits after the point: `30_days`.
template <char... Text>
constexpr Duration operator""_days() {
    return detail::duration_literal<86'400, Text...>;
}

}  // namespace literals

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
