// gigaspot: currencies and their exchange rates. Layer: values. Rules of the market, sections 2, 4,
// 5 and 9.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include <gigaspot/base/config.hpp>
#include <gigaspot/values/limits.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// A currency by its number, 0 .. currencies_max - 1; its name lives at the edges. Number 0 is the
/// main currency, in which minimum bids and the market's own bounds are stated.
struct Currency {
    std::uint8_t number = 0;  ///< 0 .. 15 have a place in a table of rates

    friend constexpr bool operator==(Currency, Currency) = default;
};

/// The currency number 0.
inline constexpr Currency main_currency{};

/// The last word on a currency.
struct QuotedRate {
    std::optional<ExchangeRate> usd{};  ///< nothing: no rate is known, or it was withdrawn
    Ppm fee{};          ///< what the marketplace keeps of a host's income in this currency
    Timestamp given{};  ///< the time of the command that gave the rate

    friend constexpr bool operator==(const QuotedRate&, const QuotedRate&) = default;
};

namespace detail {
inline constexpr QuotedRate no_rate{};
}

/// The rates of all currencies. One that is outside the table has none.
class Rates {
public:
    constexpr Rates() = default;

    /// The main currency's rate and no other, without a fee: `Rates{0.0071_usd_per_coin}`.
    constexpr Rates(ExchangeRate main)
        : quoted_{{.usd = main}} {}  // g++ 12 can't assign inside a const object

    /// The last word on a currency; one without a rate for a number outside the table. Constant
    /// time.
    [[nodiscard]] constexpr const QuotedRate& operator[](Currency currency) const {
        return currency.number < limits::currencies_max ? quoted_[currency.number]
                                                        : detail::no_rate;
    }

    /// To change the rate of a currency that the table holds.
    [[nodiscard]] constexpr QuotedRate& operator[](Currency currency) {
        GIGASPOT_ASSERT(currency.number < limits::currencies_max);
        return quoted_[currency.number];
    }

    friend constexpr bool operator==(const Rates&, const Rates&) = default;

private:
    QuotedRate
        quoted_[limits::currencies_max];  // no {}: g++ 12 would leave elements out of a constant
};

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
