// Section 2: reading text and writing numbers, compared with an independent reader that uses
// fractions of unlimited size.
#include <string>

#include "random_market.hpp"

namespace {

using namespace random_market;

/// A number in JSON's grammar, in parts, so that its value is known without reading its text.
struct WrittenNumber {
    bool is_negative = false;
    std::string whole;
    std::string fraction;
    int exponent = 0;

    [[nodiscard]] std::string text() const {
        std::string text = (is_negative ? "-" : "") + whole;
        if (!fraction.empty()) text += "." + fraction;
        if (exponent != 0) text += (exponent % 2 == 0 ? "e" : "E") + std::to_string(exponent);
        return text;
    }

    [[nodiscard]] Fraction value() const {
        // The digits as a whole number, without leading zeros, which would make it octal.
        const std::string digits = whole + fraction;
        const std::size_t first = digits.find_first_not_of('0');
        const Integer number{first == std::string::npos ? std::string{"0"} : digits.substr(first)};
        const int shift = exponent - static_cast<int>(fraction.size());
        const Integer power =
            boost::multiprecision::pow(Integer{10}, static_cast<unsigned>(std::abs(shift)));
        const Fraction size = shift < 0 ? Fraction{number, power} : Fraction{number * power};
        return is_negative ? Fraction{-size} : size;
    }
};

std::string draw_digits(int most) {
    std::string digits;
    const int count = draw(0, most);
    const std::string_view alphabet =
        draw_from<std::string_view>({"0123456789", "05", "09", "0", "49"});
    for (int i = 0; i < count; ++i) digits += alphabet[draw<std::size_t>(0, alphabet.size() - 1)];
    return digits;
}

/// A random number, or one near an end of a range or near half a unit.
template <class Q>
WrittenNumber draw_number() {
    WrittenNumber number;
    number.is_negative = once_in(3);
    number.whole = draw_digits(12);
    number.whole.erase(0, std::min(number.whole.find_first_not_of('0'), number.whole.size()));
    if (number.whole.empty()) number.whole = "0";
    number.fraction = draw_digits(24);
    number.exponent = once_in(2) ? 0 : draw(-30, 30);
    if (once_in(2)) return number;
    // An end of the range, moved a little, with more digits.
    const Int128 end = once_in(2) ? Q::lowest().count() : Q::highest().count();
    const DecimalText text = to_decimal(end + draw(-2, 2), Q::decimals);
    std::string_view digits = text.view();
    number.is_negative = digits.starts_with('-');
    if (number.is_negative) digits.remove_prefix(1);
    const std::size_t point = std::min(digits.find('.'), digits.size());
    number.whole = digits.substr(0, point);
    number.fraction = point < digits.size() ? digits.substr(point + 1) : "";
    number.fraction.resize(static_cast<std::size_t>(Q::decimals), '0');
    number.fraction += draw_from<std::string>({"", "0", "4999", "5", "50", "5001", "9"});
    number.exponent = 0;
    return number;
}

/// Rounds towards -infinity.
Integer round_down(const Fraction& number) {
    const Integer whole = floor(abs(number));
    if (number >= 0) return whole;
    return abs(number) == whole ? Integer{-whole} : Integer{-whole - 1};
}

Integer round_half_to_even(const Fraction& number) {
    const Fraction size = abs(number);
    Integer whole = floor(size);
    const Fraction rest = size - whole;
    if (rest > Fraction{1, 2} || (rest == Fraction{1, 2} && whole % 2 != 0)) ++whole;
    return number < 0 ? Integer{-whole} : whole;
}

Integer round_by(Rounding rounding, const Fraction& number) {
    if (rounding == Rounding::up) return -round_down(-number);
    if (rounding == Rounding::down) return round_down(number);
    return round_half_to_even(number);
}

template <class Q>
void check_reading() {
    const WrittenNumber number = draw_number<Q>();
    const std::string text = number.text();
    RC_LOG() << text << "\n";
    const Fraction value = number.value();
    const Integer scale =
        boost::multiprecision::pow(Integer{10}, static_cast<unsigned>(Q::decimals));
    const Fraction scaled = value * scale;
    // A rate is above 0; all other quantities start at their minimum.
    constexpr bool is_rate = std::is_same_v<Q, ExchangeRate>;
    const bool is_inside =
        (is_rate ? value > 0 : value >= fraction(Q::lowest())) && value <= fraction(Q::highest());
    for (const Rounding rounding :
         {Rounding::exact, Rounding::half_even, Rounding::up, Rounding::down}) {
        const Result<Q, Code> read = Q::from_text(text, rounding);
        const Integer rounded = round_by(rounding, scaled);
        if (!is_inside) {
            RC_ASSERT((read == Result<Q, Code>{Unexpected{Code::number_out_of_range}}));
        } else if (rounding == Rounding::exact && scaled != rounded) {
            RC_ASSERT((read == Result<Q, Code>{Unexpected{Code::number_too_precise}}));
        } else if (is_rate && rounded == 0) {
            RC_ASSERT((read == Result<Q, Code>{Unexpected{Code::number_out_of_range}}));
        } else {
            RC_ASSERT(read.has_value());
            RC_ASSERT(integer(read->count()) == rounded);
        }
    }
}

template <class Q>
void check_round_trip() {
    const Int128 min = Q::lowest().count();
    const Int128 width = Int128{Q::highest().count()} - min;
    const Int128 anywhere = min +
                            Int128{draw<std::uint64_t>(0, 1'000'000'000'000'000'000)} *
                                (width / 1'000'000'000'000'000'000) +
                            (width < 1'000'000'000'000'000'000
                                 ? Int128{draw<std::int64_t>(0, static_cast<std::int64_t>(width))}
                                 : 0);
    const Result<Q, Code> quantity =
        Q::from_count(anywhere > Q::highest().count() ? Int128{Q::highest().count()} : anywhere);
    RC_ASSERT(quantity.has_value());
    const DecimalText text = quantity->text();
    RC_LOG() << text.view() << "\n";
    RC_ASSERT(Q::from_text(text.view()) == quantity);
    // The text has no exponent, and no zero at the end of its fraction.
    RC_ASSERT(text.view().find_first_of("eE") == std::string_view::npos);
    RC_ASSERT(text.view().find('.') == std::string_view::npos ||
              (!text.view().ends_with('0') && !text.view().ends_with('.')));
}

/// Runs a check for each quantity of section 2.
template <class Check>
void for_each_quantity(const Check& check) {
    check(Power{});
    check(TotalPower{});
    check(Frequency{});
    check(Price{});
    check(EnergyPrice{});
    check(ExchangeRate{});
    check(Reserve{});
    check(SwitchMargin{});
    check(Ppm{});
    check(RentalLength{});
    check(Duration{});
    check(Timestamp{});
}

TEST_CASE("section 2, reading a quantity agrees with fractions: range, precision, rounding") {
    for_each_quantity([](auto zero) {
        using Q = decltype(zero);
        property::check("from_text", 10, [] { check_reading<Q>(); });
    });
}

TEST_CASE("section 2, the text of each quantity reads back unchanged") {
    for_each_quantity([](auto zero) {
        using Q = decltype(zero);
        property::check("text and from_text", 3, [] { check_round_trip<Q>(); });
    });
}

TEST_CASE("section 2, a number rounded for people is the nearest one, half to even") {
    property::check("to_decimal_rounded", 20, [] {
        const Int128 count = Int128{draw<std::int64_t>(-2'000'000, 2'000'000)} *
                             draw_from<std::int64_t>({1, 5, 50, 125, 1'000'000'000});
        const int decimals = draw(0, 20);
        const int digits = draw(0, 20);
        const DecimalText text = to_decimal_rounded(count, decimals, digits);
        RC_LOG() << text.view();
        const Integer scale =
            boost::multiprecision::pow(Integer{10}, static_cast<unsigned>(digits));
        const Integer rounded = round_half_to_even(fraction(count, decimals) * scale);
        const std::string_view view = text.view();
        const std::size_t point = std::min(view.find('.'), view.size());
        RC_ASSERT(view.size() - point == (digits == 0 ? 0 : static_cast<std::size_t>(digits) + 1));
        std::string plain{view};
        std::erase(plain, '.');
        const bool is_negative = plain.starts_with('-');
        plain.erase(0, std::min(plain.find_first_not_of("-0"), plain.size()));
        RC_ASSERT(Integer{plain.empty() ? std::string{"0"} : plain} == abs(rounded));
        RC_ASSERT(is_negative == (rounded < 0));
    });
}

TEST_CASE("section 2, the fast reader reads exactly the plain numbers, with the same result") {
    property::check("read_plain_decimal and read_decimal", 50, [] {
        std::string text = once_in(3) ? "-" : "";
        const std::string whole = draw_digits(21);
        const std::string fraction = draw_digits(8);
        text += whole;
        if (!fraction.empty() || once_in(9)) text += "." + fraction;
        const bool is_changed = once_in(4);
        if (is_changed)
            text.insert(draw<std::size_t>(0, text.size()), 1, draw_from({'e', '.', '-', '+', ' '}));
        const int decimals = draw(0, 18);
        RC_LOG() << text << " in units of 1e-" << decimals;
        const std::optional<Int128> plain = detail::read_plain_decimal(text, decimals);
        const std::optional<detail::ScaledDecimal> full = detail::read_decimal(text, decimals);
        if (plain) {
            RC_ASSERT(full.has_value());
            RC_ASSERT(!full->too_large);
            RC_ASSERT(full->tail == detail::Tail::none);
            RC_ASSERT(full->rounded(Rounding::half_even) == *plain);
        } else {
            const bool is_plain = !is_changed && whole.size() + fraction.size() <= 18 &&
                                  static_cast<int>(fraction.size()) <= decimals;
            RC_ASSERT(!full || !is_plain);
        }
    });
}

TEST_CASE("section 2, any text is read as a number or rejected, without a crash") {
    property::check("arbitrary text", 20, [] {
        std::string text;
        const int length = draw(0, 12);
        for (int i = 0; i < length; ++i)
            text += draw_from({'0', '1', '5', '9', '-', '+', '.', 'e', 'E', ' ', 'x', '\0'});
        const Result<Price, Code> read = Price::from_text(text, Rounding::half_even);
        if (read) RC_ASSERT(Price::from_text(read->text().view()) == read);
    });
}

}  // namespace
