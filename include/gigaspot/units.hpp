// gigaspot: strong units, one type for each row of section 2 of the rules. Layer: foundation.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

#include <gigaspot/config.hpp>
#include <gigaspot/detail/decimal.hpp>
#include <gigaspot/detail/int128.hpp>
#include <gigaspot/error.hpp>
#include <gigaspot/limits.hpp>
#include <gigaspot/result.hpp>

namespace gigaspot::inline GIGASPOT_ABI {

namespace detail {

// Not constexpr on purpose: a literal that gets here does not compile, and the compiler names the
// mistake.
inline void literal_is_not_a_decimal_number() {}
inline void literal_is_outside_the_accepted_range() {}
inline void literal_has_more_digits_than_its_unit_holds() {}

/// A row that takes the quantities of another as they are. Asked by a name of its own: clang 14
/// does not compile a class whose constructor asks for a type that some rows lack.
template <class Row, class Other>
concept TakesFrom = std::is_same_v<Other, typename Row::from>;

}  // namespace detail

/// A whole number of a unit's smallest part, within the range that the rules accept (section 2).
///
/// `Row` says: `rep`, the integer that holds the count; `decimals`, so that a count is 10^-decimals
/// of the unit; `min` and `max`, the counts accepted; `is_above_zero`, whether 0 itself is outside;
/// `symbol`. A quantity starts at 0, or at its minimum where 0 is outside.
template <class Row>
class Quantity {
public:
    using rep = typename Row::rep;
    static constexpr int decimals = Row::decimals;
    static constexpr std::string_view symbol = Row::symbol;

    constexpr Quantity() = default;

    /// From a quantity of the row `Row::from`, in the same unit: 350 W of a GPU are 350 W of a
    /// host, and a reserve or a margin takes an amount of USD per day. Where that row is wider the
    /// amount must be inside this one, which is always checked: a constant outside does not
    /// compile, any other ends the program. What comes from elsewhere goes through `from_count`.
    template <class Other>
        requires detail::TakesFrom<Row, Other>
    constexpr Quantity(Quantity<Other> other) : count_{other.count()} {
        if (!accepts(count_)) {
            detail::literal_is_outside_the_accepted_range();
            detail::assertion_failed("an amount is inside its row", __FILE__, __LINE__);
        }
    }

    /// From a count of the smallest unit, refused outside the row: `number_out_of_range`.
    [[nodiscard]] static constexpr Result<Quantity, Code> from_count(Int128 count) {
        if (!accepts(count)) return Unexpected{Code::number_out_of_range};
        return Quantity{static_cast<rep>(count)};
    }

    /// From a count that the caller knows to be inside the row.
    [[nodiscard]] static constexpr Quantity unchecked(rep count) {
        GIGASPOT_ASSERT(accepts(count));
        return Quantity{count};
    }

    /// From decimal text in JSON's grammar, by its exact value: `300`, `300.0` and `3e2` are one
    /// number. `malformed` if it is no number, `number_out_of_range` outside the row,
    /// `number_too_precise` if it has more digits than the unit holds and `rounding` is `exact`.
    /// Costs one pass over the text.
    [[nodiscard]] static constexpr Result<Quantity, Code> from_text(
        std::string_view text, Rounding rounding = Rounding::exact) {
        if constexpr (decimals <= 18) {
            if (const std::optional<Int128> count = detail::read_plain_decimal(text, decimals))
                return from_count(*count);
        }
        const std::optional<detail::ScaledDecimal> number = detail::read_decimal(text, decimals);
        if (!number) return Unexpected{Code::malformed};
        if (!accepts_value(*number)) return Unexpected{Code::number_out_of_range};
        if (rounding == Rounding::exact && number->tail != detail::Tail::none)
            return Unexpected{Code::number_too_precise};
        return from_count(number->rounded());
    }

    /// Whether a count is inside the row.
    [[nodiscard]] static constexpr bool accepts(Int128 count) {
        return count >= min_count() && count <= Row::max;
    }
    /// The least that the row accepts.
    [[nodiscard]] static constexpr Quantity lowest() {
        return Quantity{static_cast<rep>(min_count())};
    }
    /// The greatest that the row accepts.
    [[nodiscard]] static constexpr Quantity highest() { return Quantity{Row::max}; }

    /// Smallest units: `(1.5_coin_per_day).count()` is 150,000,000.
    [[nodiscard]] constexpr rep count() const { return count_; }

    /// Exact decimal text without the unit.
    [[nodiscard]] constexpr DecimalText text() const { return to_decimal(count_, decimals); }

    friend constexpr bool operator==(Quantity, Quantity) = default;
    friend constexpr auto operator<=>(Quantity, Quantity) = default;

    constexpr Quantity operator-() const requires(Row::min < 0) { return unchecked(-count_); }

private:
    static constexpr Int128 min_count() { return Row::is_above_zero ? 1 : Row::min; }

    // The row holds for the number as written, before any rounding: 1,000,000.4 W is outside.
    static constexpr bool accepts_value(const detail::ScaledDecimal& number) {
        if (number.too_large) return false;
        if (number.is_zero()) return accepts(0);
        const bool has_tail = number.tail != detail::Tail::none;
        if (number.negative)
            return Row::min < 0 && -number.units >= Row::min &&
                   !(has_tail && -number.units == Row::min);
        if (number.units < Row::min) return false;
        return number.units < Row::max || (number.units == Row::max && !has_tail);
    }

    constexpr explicit Quantity(rep count) : count_{count} {}

    rep count_ = static_cast<rep>(Row::min > 0 || Row::is_above_zero ? min_count() : 0);
};

/// What makes each quantity what it is: how it is counted, and which counts are accepted (section
/// 2).
namespace rows {

struct Power {
    using rep = std::int32_t;
    static constexpr int decimals = 0;
    static constexpr rep min = 0;
    static constexpr rep max = 1'000'000;
    static constexpr bool is_above_zero = false;
    static constexpr std::string_view symbol = "W";
};

struct TotalPower : Power {
    using from = Power;
    static constexpr rep max = 1'000'000'000;
};

struct PowerDraw : TotalPower {
    using from = TotalPower;
    static constexpr rep max = TotalPower::max + Power::max;
};

struct Frequency {
    using rep = std::int32_t;
    static constexpr int decimals = 0;
    static constexpr rep min = -1'000'000;
    static constexpr rep max = 1'000'000;
    static constexpr bool is_above_zero = false;
    static constexpr std::string_view symbol = "MHz";
};

struct Price {
    using rep = std::int64_t;
    static constexpr int decimals = 8;
    static constexpr rep min = 0;
    static constexpr rep max = 1'000'000 * rep{100'000'000};
    static constexpr bool is_above_zero = false;
    static constexpr std::string_view symbol = "coin/day";
};

struct EnergyPrice {
    using rep = std::int64_t;
    static constexpr int decimals = 9;
    static constexpr rep min = 0;
    static constexpr rep max = 1'000 * rep{1'000'000'000};
    static constexpr bool is_above_zero = false;
    static constexpr std::string_view symbol = "USD/kWh";
};

struct ExchangeRate {
    using rep = std::int64_t;
    static constexpr int decimals = 12;
    static constexpr rep min = 0;
    static constexpr rep max = 1'000'000 * rep{1'000'000'000'000};
    static constexpr bool is_above_zero = true;
    static constexpr std::string_view symbol = "USD/coin";
};

struct UsdPerDay {
    using rep = Int128;
    static constexpr int decimals = 20;
    static constexpr rep max = detail::int128_max;
    static constexpr rep min = -max;
    static constexpr bool is_above_zero = false;
    static constexpr std::string_view symbol = "USD/day";
};

struct Reserve : UsdPerDay {
    using from = UsdPerDay;
    static constexpr rep max = Int128{1'000'000'000} * 10'000'000'000 * 10'000'000'000;
    static constexpr rep min = -max;
};

struct SwitchMargin : Reserve {
    static constexpr rep min = 0;
};

struct Amount {
    using rep = Int128;
    static constexpr int decimals = 8;
    static constexpr rep min = 0;
    static constexpr rep max = detail::int128_max;
    static constexpr bool is_above_zero = false;
    static constexpr std::string_view symbol = "coin";
};

struct Ppm {
    using rep = std::int32_t;
    static constexpr int decimals = 0;
    static constexpr rep min = 0;
    static constexpr rep max = 1'000'000;
    static constexpr bool is_above_zero = false;
    static constexpr std::string_view symbol = "ppm";
};

struct RentalLength {
    using rep = std::int32_t;
    static constexpr int decimals = 0;
    static constexpr rep min = 1;
    static constexpr rep max = 2'147'483'647;
    static constexpr bool is_above_zero = false;
    static constexpr std::string_view symbol = "s";
};

struct Duration {
    using rep = std::int64_t;
    static constexpr int decimals = 0;
    static constexpr rep min = 0;
    static constexpr rep max = limits::two_to_53;
    static constexpr bool is_above_zero = false;
    static constexpr std::string_view symbol = "ms";
};

struct Timestamp : Duration {};

/// Durations as literals write them: with up to 3 digits after the point.
struct Thousandths : Duration {
    static constexpr int decimals = 3;
};

}  // namespace rows

/// Watts of one GPU, or of all that is not a GPU: 0 .. 1,000,000.
using Power = Quantity<rows::Power>;
/// Watts of all GPUs of a host: 0 .. 1,000,000,000.
using TotalPower = Quantity<rows::TotalPower>;
/// Watts of a whole host: 0 .. 1,001,000,000.
using PowerDraw = Quantity<rows::PowerDraw>;
/// MHz, a lock or an offset: -1,000,000 .. 1,000,000.
using Frequency = Quantity<rows::Frequency>;
/// Counts of 1e-8 of a coin per day: 0 .. 1,000,000 coins.
using Price = Quantity<rows::Price>;
/// Counts of 1e-9 USD per kWh: 0 .. 1,000 USD.
using EnergyPrice = Quantity<rows::EnergyPrice>;
/// Counts of 1e-12 USD per coin: above 0, up to 1,000,000 USD.
using ExchangeRate = Quantity<rows::ExchangeRate>;
/// Counts of 1e-20 USD per day, 128 bits: profits, incomes, costs.
using UsdPerDay = Quantity<rows::UsdPerDay>;
/// Counts of 1e-20 USD per day: -1,000,000,000 .. 1,000,000,000 USD.
using Reserve = Quantity<rows::Reserve>;
/// Counts of 1e-20 USD per day: 0 .. 1,000,000,000 USD.
using SwitchMargin = Quantity<rows::SwitchMargin>;
/// Counts of 1e-8 of a coin, 128 bits, not negative: charges.
using Amount = Quantity<rows::Amount>;
/// Parts per million, a relative margin or a fee: 0 .. 1,000,000.
using Ppm = Quantity<rows::Ppm>;
/// Seconds: 1 .. 2,147,483,647.
using RentalLength = Quantity<rows::RentalLength>;
/// Milliseconds: 0 .. 2^53.
using Duration = Quantity<rows::Duration>;
/// Milliseconds since 1970-01-01 UTC: 0 .. 2^53.
using Timestamp = Quantity<rows::Timestamp>;

/// Amounts of USD per day add up. Those of one host stay far inside 128 bits; see `Totals`.
constexpr UsdPerDay operator+(UsdPerDay left, UsdPerDay right) {
    return UsdPerDay::unchecked(left.count() + right.count());
}
constexpr UsdPerDay operator-(UsdPerDay left, UsdPerDay right) {
    return UsdPerDay::unchecked(left.count() - right.count());
}

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
}  // namespace gigaspot::inline GIGASPOT_ABI
