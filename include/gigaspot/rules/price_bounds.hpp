// gigaspot: converts a price limit in the main currency into any currency. Layer: rules. Rules of
// the market, section 3, the price rows.
#pragma once

#include <optional>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/int128.hpp>
#include <gigaspot/values/currency.hpp>
#include <gigaspot/values/policy.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// Finds the lowest price in `currency`, as a count, that is worth at least `bound` in the main
/// currency. Values are compared in USD at present rates, without fees. The result may be above
/// every possible price. Returns nothing if one of the two rates is missing.
constexpr std::optional<Int128> price_count_at_least(Price bound, Currency currency,
                                                     const Conditions& conditions) {
    if (currency == main_currency) return bound.count();
    const std::optional<ExchangeRate> own = conditions.rate(currency);
    const std::optional<ExchangeRate> main = conditions.rate(main_currency);
    if (!own || !main) return std::nullopt;
    return detail::ceil_div(Int128{bound.count()} * main->count(), own->count());
}

/// Finds the highest price in `currency`, as a count, that is worth at most `bound` in the main
/// currency. Values are compared in USD at present rates, without fees. Returns nothing if one of
/// the two rates is missing.
constexpr std::optional<Int128> price_count_at_most(Price bound, Currency currency,
                                                    const Conditions& conditions) {
    if (currency == main_currency) return bound.count();
    const std::optional<ExchangeRate> own = conditions.rate(currency);
    const std::optional<ExchangeRate> main = conditions.rate(main_currency);
    if (!own || !main) return std::nullopt;
    return detail::floor_div(Int128{bound.count()} * main->count(), own->count());
}

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
