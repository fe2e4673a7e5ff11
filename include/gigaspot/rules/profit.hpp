// gigaspot: the exact profit that a bid brings to its host's owner. Layer: rules. Rules of the
// market, section 4.
#pragma once

#include <cstdint>
#include <optional>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/int128.hpp>
#include <gigaspot/rules/offer.hpp>
#include <gigaspot/values/currency.hpp>
#include <gigaspot/values/host.hpp>
#include <gigaspot/values/policy.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// The income and the cost that make up a profit, in USD per day.
struct ProfitParts {
    UsdPerDay income{};       ///< price x net rate, so after the marketplace's fee
    UsdPerDay electricity{};  ///< cost of the power drawn; below 0 if the energy price is

    /// Computes the income less the cost of electricity; it can be negative.
    [[nodiscard]] constexpr UsdPerDay profit() const { return income - electricity; }

    friend constexpr bool operator==(const ProfitParts&, const ProfitParts&) = default;
};

/// Deducts the fee from a rate and rounds down, in 1e-12 USD per coin. The result can be 0, unlike
/// an exchange rate.
[[nodiscard]] constexpr std::int64_t net_rate_count(ExchangeRate rate, Ppm fee) {
    // This computes in 64 bits, because a 128-bit division costs more than the rest of a profit. It
    // splits the rate into whole millions, for which the fee is exact, and the rest.
    constexpr std::int64_t million = Ppm::highest().count();
    const std::int64_t kept = million - fee.count();
    return rate.count() / million * kept + rate.count() % million * kept / million;
}

/// Computes the power that the host draws while it runs this offer: its power limits plus the
/// host's base power.
template <class Traits>
[[nodiscard]] constexpr PowerDraw power_draw(const BasicOffer<Traits>& offer,
                                             const BasicHostCapabilities<Traits>& host) {
    return PowerDraw::unchecked(offer.power_limits.count() + host.base_power.count());
}

/// Computes the exact cost of this power for a day. 1 W for a day is 24/1000 kWh, so one count of
/// 1e-9 USD per kWh becomes 24 counts of 1e-12 USD.
[[nodiscard]] constexpr UsdPerDay electricity_cost(PowerDraw power, EnergyPrice energy_price) {
    constexpr std::int64_t counts_a_day = 2'400'000'000;  // 24 x 1e-12 USD in 1e-20 USD
    // In this order, two 64-bit multiplications are enough.
    return UsdPerDay::unchecked(Int128{power.count()} * energy_price.count() * counts_a_day);
}

/// Computes the income and the electricity cost of an offer on a host. Returns nothing if its
/// currency has no rate, or one that is too old. Section 4.
template <class Traits>
[[nodiscard]] constexpr std::optional<ProfitParts> profit_parts(
    const BasicOffer<Traits>& offer, const BasicHostCapabilities<Traits>& host,
    const Conditions& conditions) {
    if (!conditions.has_rate(offer.currency)) return std::nullopt;
    const QuotedRate& quoted = conditions.rates[offer.currency];
    const Int128 net_rate = net_rate_count(*quoted.usd, quoted.fee);
    return ProfitParts{.income = UsdPerDay::unchecked(offer.price.count() * net_rate),
                       .electricity = electricity_cost(power_draw(offer, host), host.energy_price)};
}

/// Computes the profit of an offer on a host, exactly. Returns nothing if its currency has no rate,
/// or one that is too old. Section 4.
template <class Traits>
[[nodiscard]] constexpr std::optional<UsdPerDay> profit(const BasicOffer<Traits>& offer,
                                                        const BasicHostCapabilities<Traits>& host,
                                                        const Conditions& conditions) {
    const std::optional<ProfitParts> parts = profit_parts(offer, host, conditions);
    if (!parts) return std::nullopt;
    return parts->profit();
}

/// Computes the profit of a bid on a host, exactly. Returns nothing if its currency has no rate, or
/// one that is too old. Costs O(GPUs). Section 4.
template <class Traits>
[[nodiscard]] constexpr std::optional<UsdPerDay> profit(const BasicBid<Traits>& bid,
                                                        const BasicHostCapabilities<Traits>& host,
                                                        const Conditions& conditions) {
    return profit(make_offer(bid, host), host, conditions);
}

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
