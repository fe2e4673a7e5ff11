// gigaspot: a quantity, a whole number of units within the range that the rules accept. Layer:
// values. Rules of the market, section 2.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/decimal.hpp>
#include <gigaspot/base/int128.hpp>
#include <gigaspot/base/result.hpp>
#include <gigaspot/values/error.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

namespace detail {

// Not constexpr on purpose: a bad literal calls one of these, so it does not compile, and the
// compiler names the mistake.
inline void literal_is_not_a_decimal_number() {}
inline void literal_is_outside_the_accepted_range() {}
inline void literal_has_more_digits_than_its_unit_holds() {}

/// A row whose quantity converts from the quantity of another row. It is a separate concept because
/// clang 14 does not compile a class whose constructor directly requires a type that some rows
/// lack.
template <class Row, class Other>
concept TakesFrom = std::is_same_v<Other, typename Row::from>;

}  // namespace detail

/// A quantity of the market: a whole number of a unit's smallest part, within the range that the
/// rules accept (section 2).
///
/// `Row` defines: `rep`, the integer that holds the count; `decimals`, with one count being
/// 10^-decimals of the unit; `min` and `max`, the range of counts; `is_above_zero`, whether 0 is
/// excluded; `symbol`, the unit's symbol. A quantity starts at 0, or at its minimum if 0 is
/// excluded.
template <class Row>
class Quantity {
public:
    using rep = typename Row::rep;                  ///< the integer that holds the count
    static constexpr int decimals = Row::decimals;  ///< one count is 10^-decimals of the unit
    static constexpr std::string_view symbol = Row::symbol;  ///< the unit's symbol, such as "W"

    constexpr Quantity() noexcept = default;

    /// Converts from the quantity of the row `Row::from`, which has the same unit: 350 W of a GPU
    /// are 350 W of a host. If that row is wider, the amount must lie inside this one. This is
    /// always checked: a constant outside does not compile, any other value aborts the program. Use
    /// `from_count` for untrusted input.
    template <class Other>
        requires detail::TakesFrom<Row, Other>
    constexpr Quantity(Quantity<Other> other) : count_{other.count()} {
        if (!accepts(count_)) {
            detail::literal_is_outside_the_accepted_range();
            detail::assertion_failed("an amount is inside its row", __FILE__, __LINE__);
        }
    }

    /// Makes a quantity from a count of its smallest unit. Use it for numbers that you have not
    /// checked. Fails with `number_out_of_range`.
    [[nodiscard]] static constexpr Result<Quantity, Code> from_count(Int128 count) {
        if (!accepts(count)) return Unexpected{Code::number_out_of_range};
        return Quantity{static_cast<rep>(count)};
    }

    /// Makes a quantity from a count that you know to be in range. A count outside the range is a
    /// bug in the calling code.
    [[nodiscard]] static constexpr Quantity unchecked(rep count) {
        GIGASPOT_ASSERT(accepts(count));
        return Quantity{count};
    }

    /// Reads decimal text in JSON's grammar by its exact value: `300`, `300.0` and `3e2` are the
    /// same number. Fails with `malformed` if the text is not a number, or with
    /// `number_out_of_range`. If `rounding` is `exact`, a number with more digits than the unit can
    /// hold fails with `number_too_precise`. The range applies to the number as written, before it
    /// is rounded. Costs one pass over the text.
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
        return from_count(number->rounded(rounding));
    }

    /// Tells whether a count lies in the accepted range.
    [[nodiscard]] static constexpr bool accepts(Int128 count) {
        return count >= min_count() && count <= Row::max;
    }
    /// Returns the minimum of the accepted range.
    [[nodiscard]] static constexpr Quantity lowest() {
        return Quantity{static_cast<rep>(min_count())};
    }
    /// Returns the maximum of the accepted range.
    [[nodiscard]] static constexpr Quantity highest() { return Quantity{Row::max}; }

    /// Returns the count of smallest units: `(1.5_coin_per_day).count()` is 150,000,000.
    [[nodiscard]] constexpr rep count() const { return count_; }

    /// Returns the quantity as exact decimal text, without its unit and without trailing zeros.
    [[nodiscard]] constexpr DecimalText text() const { return to_decimal(count_, decimals); }

    friend constexpr bool operator==(Quantity, Quantity) = default;
    friend constexpr auto operator<=>(Quantity, Quantity) = default;

    /// Returns the negative quantity, such as -50 MHz for 50 MHz. Only quantities that can be below
    /// 0 have it.
    constexpr Quantity operator-() const requires(Row::min < 0) { return unchecked(-count_); }

private:
    static constexpr Int128 min_count() { return Row::is_above_zero ? 1 : Row::min; }

    // The range applies to the number as written, before rounding: 1,000,000.4 W is outside.
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

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
