// gigaspot: exact conversion between decimal text and scaled integers, without floating point.
// Layer: base. Rules of the market, section 2.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/int128.hpp>
#include <gigaspot/base/words.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// How to treat a number that has more digits than its unit can hold. Section 2.
enum class Rounding : std::uint8_t {
    exact,      ///< reject it: orders and commands
    half_even,  ///< round half to even: measured values
    up,         ///< round towards +infinity: minimums of a snapshot
    down,       ///< round towards -infinity: maximums of a snapshot
};

namespace detail {

/// How the digits below the unit compare with half a unit.
enum class Tail : std::uint8_t { none, below_half, half, above_half };

/// A decimal number split into sign, whole units and the rest below the unit.
struct ScaledDecimal {
    bool negative = false;
    bool too_large = false;  ///< more units than Int128 can hold; `units` is then meaningless
    Int128 units = 0;        ///< absolute value, rounded towards 0
    Tail tail = Tail::none;

    [[nodiscard]] constexpr bool is_zero() const {
        return units == 0 && tail == Tail::none && !too_large;
    }

    /// The signed number of units. `exact` is for a number without a tail.
    [[nodiscard]] constexpr Int128 rounded(Rounding rounding) const {
        bool is_away_from_zero = false;
        switch (rounding) {
        case Rounding::exact: break;
        case Rounding::half_even:
            is_away_from_zero = tail == Tail::above_half || (tail == Tail::half && units % 2 != 0);
            break;
        case Rounding::up: is_away_from_zero = tail != Tail::none && !negative; break;
        case Rounding::down: is_away_from_zero = tail != Tail::none && negative; break;
        }
        const Int128 absolute = is_away_from_zero ? units + 1 : units;
        return negative ? -absolute : absolute;
    }
};

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The parts of a number in JSON's grammar, as views into its text.
struct NumberParts {
    bool negative = false;
    std::string_view whole{};
    std::string_view fraction{};
    std::int64_t exponent = 0;  ///< capped at about +-1e16, far beyond the length of any text
};

constexpr std::string_view take_digits(std::string_view& rest) {
    std::size_t length = 0;
    while (length < rest.size() && is_digit(rest[length])) ++length;
    const std::string_view digits = rest.substr(0, length);
    rest.remove_prefix(length);
    return digits;
}

/// Splits the text of a number into its parts. Returns nothing if the text is not exactly one
/// number in JSON's grammar (RFC 8259, section 6).
constexpr std::optional<NumberParts> split_number(std::string_view text) {
    NumberParts parts;
    if (text.starts_with('-')) {
        parts.negative = true;
        text.remove_prefix(1);
    }
    parts.whole = take_digits(text);
    if (parts.whole.empty() || (parts.whole.size() > 1 && parts.whole[0] == '0'))
        return std::nullopt;
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        parts.fraction = take_digits(text);
        if (parts.fraction.empty()) return std::nullopt;
    }
    if (text.starts_with('e') || text.starts_with('E')) {
        text.remove_prefix(1);
        const bool negative = text.starts_with('-');
        if (negative || text.starts_with('+')) text.remove_prefix(1);
        const std::string_view digits = take_digits(text);
        if (digits.empty()) return std::nullopt;
        constexpr std::int64_t exponent_max = 1'000'000'000'000'000;
        for (const char c : digits) {
            if (parts.exponent < exponent_max) parts.exponent = parts.exponent * 10 + (c - '0');
        }
        if (negative) parts.exponent = -parts.exponent;
    }
    if (!text.empty()) return std::nullopt;
    return parts;
}

/// Converts a number into units of 10^-`decimals`, in one pass over its digits.
constexpr ScaledDecimal scale_number(const NumberParts& parts, int decimals) {
    constexpr std::int64_t digits_max = 38;  // Int128 holds any 38 digits, and some numbers of 39
    ScaledDecimal scaled{.negative = parts.negative};
    // How many digits, counted from the first one of `whole`, belong to whole units.
    const std::int64_t ahead =
        static_cast<std::int64_t>(parts.whole.size()) + parts.exponent + decimals;
    std::int64_t position = 0;
    std::int64_t significant = 0;
    const auto append = [&](int digit) {
        if (significant > 0 || digit != 0) ++significant;
        scaled.too_large = scaled.too_large || significant > digits_max + 1 ||
                           (significant > digits_max && scaled.units > (int128_max - digit) / 10);
        if (!scaled.too_large) scaled.units = scaled.units * 10 + digit;
    };
    bool tail_beyond_first = false;
    int tail_first = 0;
    for (const std::string_view digits : {parts.whole, parts.fraction}) {
        for (const char c : digits) {
            const int digit = c - '0';
            if (position < ahead) {
                append(digit);
            } else if (position == ahead) {
                tail_first = digit;
            } else if (digit != 0) {
                tail_beyond_first = true;
            }
            ++position;
        }
    }
    for (; significant > 0 && position < ahead && !scaled.too_large; ++position) append(0);
    if (tail_first > 5 || (tail_first == 5 && tail_beyond_first)) {
        scaled.tail = Tail::above_half;
    } else if (tail_first == 5) {
        scaled.tail = Tail::half;
    } else if (tail_first > 0 || tail_beyond_first) {
        scaled.tail = Tail::below_half;
    }
    return scaled;
}

/// Reads a decimal number in JSON's grammar as units of 10^-`decimals`. Returns nothing if the text
/// is not a number.
constexpr std::optional<ScaledDecimal> read_decimal(std::string_view text, int decimals) {
    const std::optional<NumberParts> parts = split_number(text);
    if (!parts) return std::nullopt;
    return scale_number(*parts, decimals);
}

inline constexpr std::uint64_t powers_of_ten[] = {
    1,
    10,
    100,
    1'000,
    10'000,
    100'000,
    1'000'000,
    10'000'000,
    100'000'000,
    1'000'000'000,
    10'000'000'000,
    100'000'000'000,
    1'000'000'000'000,
    10'000'000'000'000,
    100'000'000'000'000,
    1'000'000'000'000'000,
    10'000'000'000'000'000,
    100'000'000'000'000'000,
    1'000'000'000'000'000'000,
    10'000'000'000'000'000'000U,
};

/// Reads the common form of a number quickly: an optional sign, at most 19 digits, at most one
/// point, and no digit below the unit. Returns signed units of 10^-`decimals` (0 .. 18). Returns
/// nothing for any other text; `read_decimal` then decides whether it is a number.
constexpr std::optional<Int128> read_plain_decimal(std::string_view text, int decimals) {
    const bool negative = text.starts_with('-');
    const char* const whole = text.data() + (negative ? 1 : 0);
    const char* const end = text.data() + text.size();
    if (end - whole > 19) return std::nullopt;  // 19 digits fit 64 bits
    std::uint64_t digits = 0;
    const auto read_digits = [&](const char* at) {
        for (; at != end; ++at) {
            const auto digit = static_cast<unsigned>(*at) - '0';
            if (digit > 9) break;
            digits = digits * 10 + digit;
        }
        return at;
    };
    const char* const point = read_digits(whole);
    if (point == whole || (*whole == '0' && point - whole > 1)) return std::nullopt;
    auto missing = static_cast<std::size_t>(decimals);  // digits still needed to reach the unit
    if (point != end) {
        if (*point != '.' || read_digits(point + 1) != end) return std::nullopt;
        const auto fraction = static_cast<std::size_t>(end - point - 1);
        if (fraction == 0 || fraction > missing) return std::nullopt;
        missing -= fraction;
    }
    const auto count = static_cast<Int128>(Uint128{digits} * powers_of_ten[missing]);
    return negative ? -count : count;
}

// --- Eight digits at once: byte by byte, a line of the benchmarks takes 870 instructions more ---

// The text must be followed by eight bytes of memory, of which the first is not a digit.

/// The eight bytes from here on, with the first one lowest.
[[gnu::always_inline]] inline std::uint64_t eight_bytes(const char* at) {
    std::uint64_t bytes;
    std::memcpy(&bytes, at, sizeof bytes);
    return lowest_byte_first(bytes);
}

/// The digits of a text as numbers. `are_digits` becomes false if one of the bytes is not a digit.
class Digits {
public:
    /// Reads 1 to 8 digits, all at once.
    [[gnu::always_inline]] std::uint64_t read(const char* at, std::size_t count) {
        // The digits are the highest bytes, behind zeros in front of the number.
        std::uint64_t bytes = (eight_bytes(at) ^ zeros) << (64 - 8 * count);
        wrong_ |= others(bytes);
        bytes = (bytes * (10 * 256 + 1) >> 8) & 0x00ff'00ff'00ff'00ff;  // two digits each
        bytes = (bytes * (100 * 65'536 + 1) >> 16) & 0x0000'ffff'0000'ffff;
        return bytes * (10'000 * (std::uint64_t{1} << 32) + 1) >> 32;
    }
    [[nodiscard]] bool are_digits() const { return wrong_ == 0; }

    /// Counts the digits in front of the first byte that is not one; 8 or more count as 8.
    [[nodiscard]] [[gnu::always_inline]] static std::size_t count(const char* at) {
        return static_cast<std::size_t>(std::countr_zero(others(eight_bytes(at) ^ zeros))) / 8;
    }

private:
    static constexpr std::uint64_t zeros = 0x3030'3030'3030'3030;

    /// A bit for each byte above 9. Bits behind the first one may be wrong.
    static std::uint64_t others(std::uint64_t bytes) {
        return ((bytes + 0x7676'7676'7676'7676) | bytes) & 0x8080'8080'8080'8080;
    }

    std::uint64_t wrong_ = 0;
};

/// Reads a whole number of at most `digits_max` digits, 8 or 16, that fills the text. Returns
/// nothing for any other text, which may still be a number.
template <std::size_t digits_max>
[[gnu::always_inline]] inline std::optional<std::int64_t> read_padded_whole(const char* begin,
                                                                            const char* end) {
    const bool is_negative = *begin == '-';
    if (is_negative) ++begin;
    const auto size = static_cast<std::size_t>(end - begin);
    if (size - 1 >= digits_max || (*begin == '0' && size > 1)) return std::nullopt;
    Digits digits;
    std::uint64_t number = digits.read(begin, size < 8 ? size : 8);
    if (digits_max > 8 && size > 8)
        number = number * powers_of_ten[size - 8] + digits.read(begin + 8, size - 8);
    if (!digits.are_digits()) return std::nullopt;
    const auto count = static_cast<std::int64_t>(number);
    return is_negative ? -count : count;
}

/// Reads a number that fills the text, in units of 10^-`decimals`: up to 6 digits in front of the
/// point, and up to 8 behind it, none below the unit. Returns nothing for any other text, which may
/// still be a number.
template <int decimals>
[[gnu::always_inline]] inline std::optional<std::int64_t> read_padded_decimal(const char* begin,
                                                                              const char* end) {
    static_assert(decimals >= 8 && decimals <= 12, "10^6 units fit 64 bits");
    const auto size = static_cast<std::size_t>(end - begin);
    const std::size_t whole = Digits::count(begin);
    if (whole - 1 >= 6 || (*begin == '0' && whole > 1)) return std::nullopt;
    Digits digits;
    std::uint64_t units = digits.read(begin, whole) * powers_of_ten[decimals];
    if (whole != size) {
        const std::size_t fraction = size - whole - 1;
        if (begin[whole] != '.' || fraction - 1 >= 8) return std::nullopt;
        units += digits.read(begin + whole + 1, fraction) * powers_of_ten[decimals - fraction];
        if (!digits.are_digits()) return std::nullopt;
    }
    return static_cast<std::int64_t>(units);
}

}  // namespace detail

/// The text of a number, stored inside the object without allocation.
class DecimalText {
public:
    /// Returns the text as a view into this object. It is valid until the object changes or is
    /// destroyed.
    [[nodiscard]] constexpr std::string_view view() const {
        return {buffer_ + begin_, capacity - begin_};
    }

    /// Puts a character in front of the text. There must be room for it: 64 characters in all.
    constexpr void push_front(char c) {
        GIGASPOT_ASSERT(begin_ > 0);
        buffer_[--begin_] = c;
    }

private:
    static constexpr std::size_t capacity = 64;  // 39 digits, a sign, a point, and up to 20 zeros
    char buffer_[capacity]{};
    std::size_t begin_ = capacity;
};

/// The maximum number of digits after the point of any unit; profits have this many.
inline constexpr int decimals_max = 20;

namespace detail {

/// Yields the digits of a number from right to left. A 128-bit division costs as much as many
/// 64-bit ones, so this class splits off 19 digits per 128-bit division.
class DigitsFromRight {
public:
    constexpr explicit DigitsFromRight(Uint128 number) : rest_{number} { refill(); }

    [[nodiscard]] constexpr bool are_only_zeros() const { return part_ == 0 && rest_ == 0; }

    constexpr char next() {
        if (left_ == 0) refill();
        --left_;
        const auto digit = static_cast<char>('0' + static_cast<int>(part_ % 10));
        part_ /= 10;
        return digit;
    }

private:
    constexpr void refill() {
        constexpr int digits = 19;
        const bool is_last = rest_ >> 64 == 0;
        part_ = static_cast<std::uint64_t>(is_last ? rest_ : rest_ % powers_of_ten[digits]);
        rest_ = is_last ? 0 : rest_ / powers_of_ten[digits];
        left_ = is_last ? digits + 1 : digits;
    }

    Uint128 rest_;
    std::uint64_t part_ = 0;
    int left_ = 0;
};

/// Writes `magnitude` units of 10^-`decimals` in front of the text. Trailing zeros after the point
/// are dropped unless `keep_zeros` is set.
constexpr void write_units(DecimalText& text, Uint128 magnitude, bool negative, int decimals,
                           bool keep_zeros) {
    DigitsFromRight digits{magnitude};
    bool has_fraction = keep_zeros;
    for (int i = 0; i < decimals; ++i) {
        const char digit = digits.next();
        has_fraction = has_fraction || digit != '0';
        if (has_fraction) text.push_front(digit);
    }
    if (has_fraction) text.push_front('.');
    do {
        text.push_front(digits.next());
    } while (!digits.are_only_zeros());
    if (negative) text.push_front('-');
}

}  // namespace detail

/// Formats `count` units of 10^-`decimals` (0 .. decimals_max) as an exact decimal without an
/// exponent or trailing zeros: `1.25`, `-0.3696`, `0`.
constexpr DecimalText to_decimal(Int128 count, int decimals) {
    GIGASPOT_ASSERT(decimals >= 0 && decimals <= decimals_max);
    DecimalText text;
    detail::write_units(text, detail::magnitude(count), count < 0, decimals, false);
    return text;
}

/// Formats a count with exactly `digits` (0 .. decimals_max) digits after the point, rounded half
/// to even. It is meant for people; `to_decimal` is exact.
constexpr DecimalText to_decimal_rounded(Int128 count, int decimals, int digits) {
    GIGASPOT_ASSERT(decimals >= 0 && decimals <= decimals_max);
    GIGASPOT_ASSERT(digits >= 0 && digits <= decimals_max);
    Uint128 magnitude = detail::magnitude(count);
    if (digits < decimals) {
        Uint128 divisor = 1;
        for (int i = digits; i < decimals; ++i) divisor *= 10;
        const Uint128 rest = magnitude % divisor;
        magnitude /= divisor;
        if (rest > divisor / 2 || (rest == divisor / 2 && magnitude % 2 != 0)) ++magnitude;
        decimals = digits;
    }
    DecimalText text;
    for (int i = decimals; i < digits; ++i) text.push_front('0');
    detail::write_units(text, magnitude, count < 0 && magnitude != 0, decimals, digits > 0);
    return text;
}

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
