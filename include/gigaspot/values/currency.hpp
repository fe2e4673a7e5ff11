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

/// Identifies a currency by its number, 0 .. currencies_max - 1. Its name is known only where text
/// is read or written. Number 0 is the main currency; minimum bids and the limits of the market are
/// in it.
struct Currency {
    std::uint8_t number = 0;  ///< a table of rates has a place for 0 .. 15

    friend constexpr bool operator==(Currency, Currency) = default;
};

/// The main currency, which has number 0.
inline constexpr Currency main_currency{};

/// The latest rate of a currency, with its fee.
struct QuotedRate {
    std::optional<ExchangeRate> usd{};  ///< USD per coin; nothing: unknown or withdrawn
    Ppm fee{};          ///< the marketplace's share of a host's income in this currency
    Timestamp given{};  ///< the time of the command that set the rate

    friend constexpr bool operator==(const QuotedRate&, const QuotedRate&) = default;
};

namespace detail {
inline constexpr QuotedRate no_rate{};
}

/// The rates of all currencies. A currency outside the table has no rate.
class Rates {
public:
    constexpr Rates() = default;

    /// Makes a table with only the rate of the main currency, without a fee:
    /// `Rates{0.0071_usd_per_coin}`.
    constexpr Rates(ExchangeRate main)
        : quoted_{{.usd = main}} {}  // g++ 12 can't assign inside a const object

    /// Returns the latest rate of a currency. A number outside the table yields an entry without a
    /// rate. The reference is valid as long as the table.
    [[nodiscard]] constexpr const QuotedRate& operator[](Currency currency) const {
        return currency.number < limits::currencies_max ? quoted_[currency.number]
                                                        : detail::no_rate;
    }

    /// Gives write access to a currency's entry. The currency must be inside the table.
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
