// Section 2: decimal text is read by its exact value, and written without an exponent or trailing
// zeros.
#include <gigaspot/base/decimal.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "support/table.hpp"

namespace {

using namespace gigaspot;
using detail::int128_max;
using detail::int128_min;
using detail::ScaledDecimal;
using detail::Tail;

// --- What counts as a number ---

struct Grammar {
    const char* rule;
    std::string_view text;
    bool is_number;
};

constexpr Grammar grammar[] = {
    {"one digit", "0", true},
    {"several digits", "1234567890", true},
    {"a negative number", "-5", true},
    {"minus zero", "-0", true},
    {"a fraction", "0.50", true},
    {"an exponent", "1e5", true},
    {"a capital exponent with a sign", "1.5E+05", true},
    {"a negative exponent", "12e-3", true},
    {"an empty text", "", false},
    {"only a minus", "-", false},
    {"two minus signs", "--1", false},
    {"a plus", "+1", false},
    {"a leading zero", "01", false},
    {"a leading zero after a minus", "-01", false},
    {"no digit before the point", ".5", false},
    {"no digit after the point", "1.", false},
    {"an exponent after a bare point", "1.e5", false},
    {"two points", "1.2.3", false},
    {"no digit in the exponent", "1e", false},
    {"a sign but no digit in the exponent", "1e+", false},
    {"two signs in the exponent", "1e+-5", false},
    {"a fraction in the exponent", "1e1.5", false},
    {"a blank before", " 1", false},
    {"a blank after", "1 ", false},
    {"a letter after", "1a", false},
    {"hexadecimal", "0x10", false},
    {"a separator", "1'000", false},
    {"a comma", "1,5", false},
    {"infinity", "Infinity", false},
    {"not a number", "NaN", false},
    {"a quoted text", "\"1\"", false},
    {"a zero byte", std::string_view{"1\0", 2}, false},
};

constexpr bool is_grammar_kept(const Grammar& row) {
    return detail::read_decimal(row.text, 2).has_value() == row.is_number;
}

// --- The value of a number ---

struct Value {
    const char* rule;
    std::string_view text;
    int decimals;
    bool negative;
    bool too_large;
    Int128 units;
    Tail tail;
    Int128 rounded;
};

constexpr Int128 digits_38_of_9 =
    Int128{10'000'000'000'000'000'000u} * 10'000'000'000'000'000'000u - 1;

constexpr Value values[] = {
    {"300", "300", 2, false, false, 30'000, Tail::none, 30'000},
    {"300.0 is 300", "300.0", 2, false, false, 30'000, Tail::none, 30'000},
    {"3e2 is 300", "3e2", 2, false, false, 30'000, Tail::none, 30'000},
    {"30000e-2 is 300", "30000e-2", 2, false, false, 30'000, Tail::none, 30'000},
    {"0.0003e6 is 300", "0.0003e6", 2, false, false, 30'000, Tail::none, 30'000},
    {"0.0003E+006 is 300", "0.0003E+006", 2, false, false, 30'000, Tail::none, 30'000},
    {"-12.34", "-12.34", 2, true, false, 1'234, Tail::none, -1'234},
    {"minus zero is zero", "-0.000e5", 2, true, false, 0, Tail::none, 0},
    {"just below a half is rounded down", "0.0149999", 2, false, false, 1, Tail::below_half, 1},
    {"a half is rounded to even, up", "0.015", 2, false, false, 1, Tail::half, 2},
    {"a half is rounded to even, down", "0.025", 2, false, false, 2, Tail::half, 2},
    {"a half followed by zeros is a half", "0.02500000", 2, false, false, 2, Tail::half, 2},
    {"just above a half is rounded up", "0.0250000000000000001", 2, false, false, 2,
     Tail::above_half, 3},
    {"six tenths are above a half", "0.026", 2, false, false, 2, Tail::above_half, 3},
    {"a negative half is rounded to even, away from 0", "-0.015", 2, true, false, 1, Tail::half,
     -2},
    {"a negative half is rounded to even, towards 0", "-0.025", 2, true, false, 2, Tail::half, -2},
    {"half of the smallest unit is rounded to 0", "0.005", 2, false, false, 0, Tail::half, 0},
    {"with an exponent: half of the smallest unit is rounded to 0", "5e-3", 2, false, false, 0,
     Tail::half, 0},
    {"with an exponent: more than half is rounded up", "51e-4", 2, false, false, 0,
     Tail::above_half, 1},
    {"with an exponent: a twentieth of a unit is below a half", "5e-4", 2, false, false, 0,
     Tail::below_half, 0},
    {"with an exponent: 0.0999 units are below a half", "999e-6", 2, false, false, 0,
     Tail::below_half, 0},
    {"a digit far behind the point still counts", "1e-40", 2, false, false, 0, Tail::below_half, 0},
    {"a huge negative exponent", "7e-999999999999999999999", 2, false, false, 0, Tail::below_half,
     0},
    {"a huge negative exponent of zero", "0e-999999999999999999999", 2, false, false, 0, Tail::none,
     0},
    {"a huge exponent of zero", "0.000e999999999999999999999", 2, false, false, 0, Tail::none, 0},
    {"leading zeros of an exponent do not count", "1e0000000000000000000000000000002", 2, false,
     false, 10'000, Tail::none, 10'000},
    {"zeros before the point of a huge number do not count",
     "0.00000000000000000000000000000000000000001e41", 2, false, false, 100, Tail::none, 100},
    {"38 digits of 9", "999999999999999999999999999999999999.99", 2, false, false, digits_38_of_9,
     Tail::none, digits_38_of_9},
    {"38 digits of 9, negative", "-99999999999999999999999999999999999999", 0, true, false,
     digits_38_of_9, Tail::none, -digits_38_of_9},
    {"39 digits: the maximum", "1701411834604692317316873037158841057.27", 2, false, false,
     detail::int128_max, Tail::none, detail::int128_max},
    {"39 digits whose zeros come from the exponent", "1.7e38", 0, false, false,
     (digits_38_of_9 + 1) / 10 * 17, Tail::none, (digits_38_of_9 + 1) / 10 * 17},
    {"38 digits of 9 and a half are rounded to 10^38", "99999999999999999999999999999999999999.5",
     0, false, false, digits_38_of_9, Tail::half, digits_38_of_9 + 1},
};

constexpr bool is_value_as_expected(const Value& row) {
    const std::optional<ScaledDecimal> read = detail::read_decimal(row.text, row.decimals);
    return read && read->negative == row.negative && read->too_large == row.too_large &&
           read->units == row.units && read->tail == row.tail &&
           read->rounded(Rounding::half_even) == row.rounded &&
           read->is_zero() == (row.units == 0 && row.tail == Tail::none);
}

struct Direction {
    const char* rule;
    std::string_view text;
    Rounding rounding;
    Int128 expected;
};

constexpr Direction directions[] = {
    {"up: a number without a tail stays", "0.15", Rounding::up, 15},
    {"up: below a half goes up", "0.1500001", Rounding::up, 16},
    {"up: a half goes up from an even number too", "0.145", Rounding::up, 15},
    {"up: a negative number goes towards 0", "-0.159", Rounding::up, -15},
    {"up: a negative number below one unit goes to 0", "-0.009", Rounding::up, 0},
    {"up: a digit far behind the point counts", "1e-40", Rounding::up, 1},
    {"down: a number without a tail stays", "-0.15", Rounding::down, -15},
    {"down: above a half goes down", "0.1599999", Rounding::down, 15},
    {"down: a half goes down from an odd number too", "0.155", Rounding::down, 15},
    {"down: a negative number goes away from 0", "-0.151", Rounding::down, -16},
    {"down: a negative digit far behind the point counts", "-1e-40", Rounding::down, -1},
    {"down: a number below one unit goes to 0", "0.009", Rounding::down, 0},
    {"minus zero stays 0", "-0.000", Rounding::down, 0},
};

constexpr bool is_rounded_in_its_direction(const Direction& row) {
    const std::optional<ScaledDecimal> read = detail::read_decimal(row.text, 2);
    return read && read->rounded(row.rounding) == row.expected;
}

struct TooLarge {
    const char* rule;
    std::string_view text;
};

constexpr TooLarge too_large[] = {
    {"2^127 units: one more than fits", "1701411834604692317316873037158841057.28"},
    {"2^127 units, negative", "-1701411834604692317316873037158841057.28"},
    {"2 x 10^38 units", "2e36"},
    {"2 x 10^38 units, written out", "2000000000000000000000000000000000000"},
    {"10^39 units", "1e37"},
    {"39 digits and a fraction", "2234567890123456789012345678901234567.891"},
    {"40 digits", "10000000000000000000000000000000000000.01"},
    {"45 digits", "100000000000000000000000000000000000000000001"},
    {"a huge exponent", "1e999999999999999999999999"},
    {"a fraction with a huge exponent", "0.001e999999999999999999999999"},
};

constexpr bool is_too_large(const TooLarge& row) {
    const std::optional<ScaledDecimal> read = detail::read_decimal(row.text, 2);
    return read && read->too_large && !read->is_zero();
}

// --- Writing ---

struct Text {
    const char* rule;
    Int128 count;
    int decimals;
    std::string_view expected;
};

constexpr Text texts[] = {
    {"0", 0, 20, "0"},
    {"a whole unit has no digit after the point", 300, 0, "300"},
    {"no trailing zeros", 125'000'000, 8, "1.25"},
    {"no point without digits after it", 300'000'000, 8, "3"},
    {"zeros between point and digits", 1, 8, "0.00000001"},
    {"negative, below one", -36'960'000, 8, "-0.3696"},
    {"trailing zeros of a whole number remain", 1'000, 1, "100"},
    {"the maximum", int128_max, 20, "1701411834604692317.31687303715884105727"},
    {"the minimum", int128_min, 20, "-1701411834604692317.31687303715884105728"},
    {"the maximum in whole units", int128_max, 0, "170141183460469231731687303715884105727"},
};

/// Returns the text by value, because a view would outlive it.
constexpr bool is_text_as_expected(const Text& row) {
    return to_decimal(row.count, row.decimals).view() == row.expected;
}

struct RoundedText {
    const char* rule;
    Int128 count;
    int decimals;
    int digits;
    std::string_view expected;
};

constexpr RoundedText rounded_texts[] = {
    {"a half goes down to even", 125, 2, 1, "1.2"},
    {"a half goes up to even", 135, 2, 1, "1.4"},
    {"above a half goes up", 1'251, 3, 1, "1.3"},
    {"below a half goes down", 1'249, 3, 1, "1.2"},
    {"a negative half goes to even, towards 0", -125, 2, 1, "-1.2"},
    {"a negative half goes to even, away from 0", -135, 2, 1, "-1.4"},
    {"a half goes to an even whole number", 250, 2, 0, "2"},
    {"rounding up carries to a new digit", 950, 2, 0, "10"},
    {"rounding up carries over the point", 999, 2, 1, "10.0"},
    {"a negative number rounded to 0 has no minus", -4, 2, 1, "0.0"},
    {"0 has the requested digits", 0, 8, 2, "0.00"},
    {"trailing zeros are kept if requested", 120, 2, 2, "1.20"},
    {"all digits are requested", 123, 2, 2, "1.23"},
    {"more digits than exist are filled with zeros", 123, 2, 4, "1.2300"},
    {"a whole quantity with digits", 480, 0, 3, "480.000"},
    {"a whole quantity without digits", 480, 0, 0, "480"},
    {"half of a digit below one goes down to even", 5, 2, 1, "0.0"},
    {"more than half of a digit below one goes up", 6, 2, 1, "0.1"},
    {"the longest text", int128_min, 0, 20,
     "-170141183460469231731687303715884105728.00000000000000000000"},
    {"the maximum, rounded", int128_max, 20, 2, "1701411834604692317.32"},
};

constexpr bool is_rounded_text_as_expected(const RoundedText& row) {
    return to_decimal_rounded(row.count, row.decimals, row.digits).view() == row.expected;
}

GIGASPOT_TABLE("section 2, a number follows JSON's grammar", grammar, is_grammar_kept)
GIGASPOT_TABLE("section 2, decimal text is read by its value and rounds half to even", values,
               is_value_as_expected)
GIGASPOT_TABLE("section 2, a count that does not fit 128 bits is too large", too_large,
               is_too_large)
GIGASPOT_TABLE("section 2, exact decimals have no exponent and no trailing zeros", texts,
               is_text_as_expected)
GIGASPOT_TABLE("section 2, a minimum rounds up and a maximum rounds down", directions,
               is_rounded_in_its_direction)
GIGASPOT_TABLE("section 2, a shorter decimal rounds half to even", rounded_texts,
               is_rounded_text_as_expected)

// --- Eight digits at once ---

/// Checks that the quick readers give what the others give, or nothing.
void check_quick_readers(const std::string& text) {
    CAPTURE(text);
    const std::string padded = text + "\"5555555";
    const char* const begin = padded.data();
    const char* const end = begin + text.size();
    const auto check = [&](std::optional<std::int64_t> read, int decimals) {
        if (read) REQUIRE(detail::read_plain_decimal(text, decimals) == gigaspot::Int128{*read});
    };
    check(detail::read_padded_whole<8>(begin, end), 0);
    check(detail::read_padded_whole<16>(begin, end), 0);
    check(detail::read_padded_decimal<8>(begin, end), 8);
    check(detail::read_padded_decimal<9>(begin, end), 9);
    check(detail::read_padded_decimal<12>(begin, end), 12);
}

TEST_CASE("numbers that are read eight digits at once are the same, with any byte in them") {
    const std::string_view digits = "987654321012345678";
    check_quick_readers("");
    for (std::size_t size = 1; size <= digits.size(); ++size) {
        for (std::size_t point = 0; point <= size; ++point) {  // at `size` there is none
            std::string text{digits.substr(0, size)};
            if (point < size) text[point] = '.';
            check_quick_readers(text);
            check_quick_readers("-" + text);
            for (std::size_t at = 0; at < size && (point == size || point % 3 == 1); ++at) {
                for (int byte = 0; byte < 256; ++byte) {
                    std::string other = text;
                    other[at] = static_cast<char>(byte);
                    check_quick_readers(other);
                }
            }
        }
    }
}

TEST_CASE("numbers of the usual form are read eight digits at once") {
    const auto whole = [](std::string text) {
        const std::size_t size = text.size();
        text += "\"1111111";
        return detail::read_padded_whole<16>(text.data(), text.data() + size);
    };
    CHECK(whole("0") == 0);
    CHECK(whole("-494") == -494);
    CHECK(whole("12345678") == 12'345'678);
    CHECK(whole("123456789") == 123'456'789);
    CHECK(whole("9007199254740992") == 9'007'199'254'740'992);
    CHECK(whole("01") == std::nullopt);
    CHECK(whole("-") == std::nullopt);
    const auto decimal = [](std::string text) {
        const std::size_t size = text.size();
        text += "\"1111111";
        return detail::read_padded_decimal<8>(text.data(), text.data() + size);
    };
    CHECK(decimal("0") == 0);
    CHECK(decimal("999999") == 99'999'900'000'000);
    CHECK(decimal("1365.05988982") == 136'505'988'982);
    CHECK(decimal("0.00000001") == 1);
    CHECK(decimal("0.000000010") == std::nullopt);
    CHECK(decimal("00.5") == std::nullopt);
    CHECK(decimal("1.") == std::nullopt);
    CHECK(decimal(".5") == std::nullopt);
}

}  // namespace
