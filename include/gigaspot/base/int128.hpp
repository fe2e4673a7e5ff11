// gigaspot: the compiler's 128-bit integers, named once. Layer: base.
#pragma once

#include <gigaspot/base/config.hpp>

#ifndef __SIZEOF_INT128__
#error "gigaspot needs 128-bit integers: compile for a 64-bit target with g++ or clang"
#endif

namespace gigaspot {
inline namespace GIGASPOT_ABI {

// __extension__ keeps -Wpedantic quiet without a pragma. Under -std=c++20 (no GNU extensions) the
// standard traits do not know these types, so nothing here asks them.
__extension__ typedef __int128 Int128;
__extension__ typedef unsigned __int128 Uint128;

namespace detail {

inline constexpr Int128 int128_max = static_cast<Int128>(~Uint128{0} >> 1);
inline constexpr Int128 int128_min = -int128_max - 1;

/// Quotient rounded towards minus infinity; the divisor is above 0.
constexpr Int128 floor_div(Int128 dividend, Int128 divisor) {
    const Int128 quotient = dividend / divisor;
    return dividend % divisor < 0 ? quotient - 1 : quotient;
}

/// Quotient rounded towards plus infinity; the divisor is above 0.
constexpr Int128 ceil_div(Int128 dividend, Int128 divisor) {
    const Int128 quotient = dividend / divisor;
    return dividend % divisor > 0 ? quotient + 1 : quotient;
}

/// The absolute value; every Int128 has one that fits.
constexpr Uint128 magnitude(Int128 number) {
    return number < 0 ? ~static_cast<Uint128>(number) + 1 : static_cast<Uint128>(number);
}

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
