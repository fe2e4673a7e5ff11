// Reads any text as a number of each kind of row, and compares with arithmetic on strings of
// digits.
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include <gigaspot/values/units.hpp>

#include "fuzz.hpp"

using namespace gigaspot;

namespace {

/// Means 0.digits x 10^point. The digits have no zero at either end.
struct Number {
    bool is_negative = false;
    std::string digits{};
    long long point = 0;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Reads a number in JSON's grammar (RFC 8259, section 6).
std::optional<Number> parse(std::string_view text) {
    Number number;
    std::size_t at = 0;
    const auto peek = [&] { return at < text.size() ? text[at] : '\0'; };
    const auto take_digits = [&](std::string& to) {
        const std::size_t before = at;
        while (is_digit(peek())) to += text[at++];
        return at > before;
    };
    if (peek() == '-') number.is_negative = true, ++at;
    std::string whole, fraction, power;
    if (!take_digits(whole) || (whole.size() > 1 && whole[0] == '0')) return std::nullopt;
    if (peek() == '.') {
        ++at;
        if (!take_digits(fraction)) return std::nullopt;
    }
    bool is_power_negative = false;
    if (peek() == 'e' || peek() == 'E') {
        ++at;
        if (peek() == '+' || peek() == '-') is_power_negative = text[at++] == '-';
        if (!take_digits(power)) return std::nullopt;
    }
    if (at != text.size()) return std::nullopt;
    power.erase(0, std::min(power.find_first_not_of('0'), power.size()));
    long long exponent = 0;
    for (const char c : power.substr(0, 15)) exponent = exponent * 10 + (c - '0');
    if (power.size() > 15) exponent = 1'000'000'000'000'000;  // more than any text has digits
    number.digits = whole + fraction;
    number.point =
        static_cast<long long>(whole.size()) + (is_power_negative ? -exponent : exponent);
    const std::size_t first = number.digits.find_first_not_of('0');
    if (first == std::string::npos) return Number{};  // there is only one zero, without a sign
    number.digits.erase(0, first);
    number.point -= static_cast<long long>(first);
    number.digits.erase(number.digits.find_last_not_of('0') + 1);
    return number;
}

/// A whole number without a sign, and the digits after its point.
struct Scaled {
    std::string whole = "0";
    std::string tail{};  ///< digits; may be empty
};

/// Converts to units of 10^-decimals. Returns nothing if the result is far above every row.
std::optional<Scaled> scale(const Number& number, int decimals) {
    if (number.digits.empty()) return Scaled{};
    const long long places = number.point + decimals;
    if (places > 60) return std::nullopt;
    if (places < -60) return Scaled{"0", "01"};  // less than half a unit, but not 0
    if (places <= 0)
        return Scaled{"0", std::string(static_cast<std::size_t>(-places), '0') + number.digits};
    const auto count = static_cast<std::size_t>(places);
    std::string whole = number.digits.substr(0, count);
    whole.resize(count, '0');
    return Scaled{whole, number.digits.size() > count ? number.digits.substr(count) : ""};
}

std::string digits_of(Int128 number) {
    Uint128 rest = number < 0 ? -static_cast<Uint128>(number) : static_cast<Uint128>(number);
    std::string digits;
    do digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(rest % 10)));
    while ((rest /= 10) != 0);
    return digits;
}

bool is_less(const std::string& left, const std::string& right) {
    return left.size() != right.size() ? left.size() < right.size() : left < right;
}

std::string plus_one(std::string digits) {
    for (std::size_t i = digits.size(); i-- > 0;) {
        if (digits[i]++ != '9') return digits;
        digits[i] = '0';
    }
    return "1" + digits;
}

/// Returns whether (-) whole.tail is in a row. The row of a rate has no minimum count: everything
/// above 0 is in it.
template <class Q>
bool is_inside(bool is_negative, const Scaled& value) {
    const Int128 bound = is_negative ? Int128{Q::lowest().count()} : Int128{Q::highest().count()};
    const bool is_nought = value.whole == "0" && value.tail.empty();
    if (is_negative && bound >= 0) return is_nought && bound == 0;
    const std::string greatest = digits_of(bound);
    if (is_less(greatest, value.whole) || (greatest == value.whole && !value.tail.empty()))
        return false;
    if (is_negative || Q::lowest().count() <= 0) return true;
    if constexpr (std::is_same_v<Q, ExchangeRate>) return !is_nought;
    return !is_less(value.whole, digits_of(Q::lowest().count()));
}

template <class Q>
void check(std::string_view text, const std::optional<Number>& number, Rounding rounding) {
    const auto read = Q::from_text(text, rounding);
    if (!number)
        return fuzz::expect(!read && read.error() == Code::malformed, "the text must be malformed");
    const std::optional<Scaled> value = scale(*number, Q::decimals);
    const auto is_outside = [&] { return !read && read.error() == Code::number_out_of_range; };
    if (!value || !is_inside<Q>(number->is_negative, *value))
        return fuzz::expect(is_outside(), "the number must be out of range");
    if (rounding == Rounding::exact && !value->tail.empty())
        return fuzz::expect(!read && read.error() == Code::number_too_precise,
                            "the number must be too precise");
    std::string count = value->whole;
    if (!value->tail.empty()) {
        const bool is_tie = value->tail == "5";
        const bool is_odd = (count.back() - '0') % 2 != 0;
        const bool is_up = rounding == Rounding::up     ? !number->is_negative
                           : rounding == Rounding::down ? number->is_negative
                           : is_tie                     ? is_odd
                                                        : value->tail[0] >= '5';
        if (is_up) count = plus_one(count);
    }
    if (std::is_same_v<Q, ExchangeRate> && count == "0")  // rounded
        return fuzz::expect(is_outside(), "a rate of 0 is accepted");
    fuzz::expect(read.has_value(), "a valid number is rejected");
    fuzz::expect(digits_of(Int128{read->count()}) == count, "the number differs");
    fuzz::expect(read->count() == 0 || (read->count() < 0) == number->is_negative,
                 "the sign differs");
    const auto again = Q::from_text(read->text().view());
    fuzz::expect(again && *again == *read, "its text reads as another number");
}

}  // namespace

void fuzz::decimal(Bytes bytes) {
    const std::string text = text_of(bytes);
    const std::optional<Number> number = parse(text);
    for (const Rounding rounding :
         {Rounding::exact, Rounding::half_even, Rounding::up, Rounding::down}) {
        check<Power>(text, number, rounding);
        check<Frequency>(text, number, rounding);
        check<RentalLength>(text, number, rounding);
        check<Price>(text, number, rounding);
        check<EnergyPrice>(text, number, rounding);
        check<ExchangeRate>(text, number, rounding);
        check<UsdPerDay>(text, number, rounding);
        check<Timestamp>(text, number, rounding);
    }
}
