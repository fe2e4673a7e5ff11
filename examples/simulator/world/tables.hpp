// gigaspot-simulate: e^x and ln(x) in integers, from tables that the compiler computes with basic
// arithmetic only. The C library's functions differ in the last digits between platforms.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include <gigaspot/base/int128.hpp>

namespace simulator {
namespace detail {

inline constexpr int table_bits = 10;
inline constexpr std::size_t table_size = std::size_t{1} << table_bits;
inline constexpr double ln_2 = 0.693147180559945309417232121458;

/// A number of at least 0 in units of 2^-30, rounded half up.
consteval std::int64_t rounded(double number) {
    const auto halves = static_cast<std::int64_t>(number * (std::int64_t{1} << 31));
    return (halves + 1) / 2;
}

/// 2^x for x from 0 to 1, in units of 2^-30.
consteval std::array<std::int64_t, table_size + 1> exp2_table() {
    std::array<std::int64_t, table_size + 1> table{};
    for (std::size_t i = 0; i <= table_size; ++i) {
        const double x = ln_2 * static_cast<double>(i) / static_cast<double>(table_size);
        double term = 1;
        double sum = 1;
        for (int n = 1; n < 20; ++n) {
            term *= x / n;
            sum += term;
        }
        table[i] = rounded(sum);
    }
    return table;
}

/// log2(1 + x) for x from 0 to 1, in units of 2^-30.
consteval std::array<std::int64_t, table_size + 1> log2_table() {
    std::array<std::int64_t, table_size + 1> table{};
    for (std::size_t i = 0; i <= table_size; ++i) {
        // ln((1 + y) / (1 - y)) = 2 (y + y^3/3 + y^5/5 + ...), which is fast, since y <= 1/3.
        const double x = static_cast<double>(i) / static_cast<double>(table_size);
        const double y = x / (2 + x);
        double power = y;
        double sum = 0;
        for (int n = 1; n < 40; n += 2) {
            sum += power / n;
            power *= y * y;
        }
        table[i] = rounded(2 * sum / ln_2);
    }
    return table;
}

inline constexpr auto exp2_of = exp2_table();
inline constexpr auto log2_of = log2_table();

/// The table's value at a fraction in units of 2^-30, on the line between its points.
constexpr std::int64_t at_fraction(const std::array<std::int64_t, table_size + 1>& table,
                                   std::int64_t fraction) {
    constexpr int rest_bits = 30 - table_bits;
    const auto index = static_cast<std::size_t>(fraction >> rest_bits);
    const std::int64_t rest = fraction & ((std::int64_t{1} << rest_bits) - 1);
    return table[index] + (((table[index + 1] - table[index]) * rest) >> rest_bits);
}

inline constexpr std::int64_t log2_e = 1'549'082'005;  // in units of 2^-30

}  // namespace detail

/// `scale` x e^x, rounded down, with x in units of 2^-24 and within -20 .. 20. The relative error
/// is below 1e-6. The result must fit 63 bits.
constexpr std::int64_t scaled_exp(std::int64_t scale, std::int64_t x) {
    const auto exponent =
        (static_cast<gigaspot::Int128>(x) * detail::log2_e) >> 24;  // units of 2^-30
    const auto whole = static_cast<int>(exponent >> 30);
    const auto fraction = static_cast<std::int64_t>(exponent & ((1 << 30) - 1));
    const gigaspot::Int128 product =
        static_cast<gigaspot::Int128>(scale) * detail::at_fraction(detail::exp2_of, fraction);
    const int shift = 30 - whole;
    return static_cast<std::int64_t>(shift >= 0 ? product >> shift : product << -shift);
}

/// `scale` x -ln(u) for u = (`word` + 1) / 2^64, rounded down: exponentially distributed if all
/// words are equally likely.
constexpr std::int64_t scaled_log(std::int64_t scale, std::uint64_t word) {
    if (word == ~std::uint64_t{0}) return 0;
    const std::uint64_t number = word + 1;
    const int top = 63 - std::countl_zero(number);
    const std::uint64_t mantissa = top >= 30 ? number >> (top - 30) : number << (30 - top);
    const auto fraction = static_cast<std::int64_t>(mantissa - (std::uint64_t{1} << 30));
    const std::int64_t log2 =
        (std::int64_t{64 - top} << 30) - detail::at_fraction(detail::log2_of, fraction);
    // ln(u) = log2(u) x ln(2), with ln(2) in units of 2^-30
    constexpr std::int64_t ln_2 = 744'261'118;
    return static_cast<std::int64_t>(((static_cast<gigaspot::Int128>(scale) * log2) >> 30) * ln_2 >>
                                     30);
}

}  // namespace simulator
