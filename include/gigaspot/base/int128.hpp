// gigaspot: the compiler's 128-bit integers, named once. Layer: base.
#pragma once

#include <gigaspot/base/config.hpp>

#ifndef __SIZEOF_INT128__
#error "gigaspot needs 128-bit integers: compile for a 64-bit target with g++ or clang"
#endif

namespace gigaspot {
inline namespace GIGASPOT_ABI {

// __extension__ silences -Wpedantic without a pragma. Under -std=c++20 (without GNU extensions) the
// standard traits do not know these types, so this library never asks the traits about them.
/// A signed 128-bit integer.
__extension__ typedef __int128 Int128;
/// An unsigned 128-bit integer.
__extension__ typedef unsigned __int128 Uint128;

namespace detail {

inline constexpr Int128 int128_max = static_cast<Int128>(~Uint128{0} >> 1);
inline constexpr Int128 int128_min = -int128_max - 1;

/// Divides and rounds towards minus infinity. The divisor must be above 0.
constexpr Int128 floor_div(Int128 dividend, Int128 divisor) {
    const Int128 quotient = dividend / divisor;
    return dividend % divisor < 0 ? quotient - 1 : quotient;
}

/// Divides and rounds towards plus infinity. The divisor must be above 0.
constexpr Int128 ceil_div(Int128 dividend, Int128 divisor) {
    const Int128 quotient = dividend / divisor;
    return dividend % divisor > 0 ? quotient + 1 : quotient;
}

/// The absolute value, which fits for every Int128.
constexpr Uint128 magnitude(Int128 number) {
    return number < 0 ? ~static_cast<Uint128>(number) + 1 : static_cast<Uint128>(number);
}

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
