// gigaspot: what a bid leaves its host's owner, exactly. Layer: rules. Rules of the market,
// section 4.
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

/// Profit and its parts, USD per day.
struct ProfitParts {
    UsdPerDay income{};       ///< price x net rate: after the marketplace's fee
    UsdPerDay electricity{};  ///< what the power costs

    /// What is left; it may be below 0.
    [[nodiscard]] constexpr UsdPerDay profit() const { return income - electricity; }

    friend constexpr bool operator==(const ProfitParts&, const ProfitParts&) = default;
};

/// A rate less the fee, rounded down, in 1e-12 USD per coin. It can be 0, which no exchange rate
/// is.
[[nodiscard]] constexpr std::int64_t net_rate_count(ExchangeRate rate, Ppm fee) {
    // In 64 bits, since a division of 128 costs more than the rest of a profit: the whole millions
    // of the rate, which the fee divides exactly, and what is left of it.
    constexpr std::int64_t million = Ppm::highest().count();
    const std::int64_t kept = million - fee.count();
    return rate.count() / million * kept + rate.count() % million * kept / million;
}

/// Watts that the host draws while it runs this offer: its power limits and the host's base power.
template <class Traits>
[[nodiscard]] constexpr PowerDraw power_draw(const BasicOffer<Traits>& offer,
                                             const BasicHostCapabilities<Traits>& host) {
    return PowerDraw::unchecked(offer.power_limits.count() + host.base_power.count());
}

/// What so much power costs in a day. 1 W for a day is 24/1000 kWh, so that a count of 1e-9 USD per
/// kWh makes 24 counts of 1e-12 USD: exact.
[[nodiscard]] constexpr UsdPerDay electricity_cost(PowerDraw power, EnergyPrice energy_price) {
    constexpr std::int64_t counts_a_day = 2'400'000'000;  // 24 x 1e-12 USD in 1e-20 USD
    // In this order it is two multiplications of 64 bits.
    return UsdPerDay::unchecked(Int128{power.count()} * energy_price.count() * counts_a_day);
}

/// Income and electricity of an offer on a host; nothing if its currency has no rate or too old a
/// one.
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

/// Profit of an offer on a host; nothing if its currency has no rate or too old a one.
template <class Traits>
[[nodiscard]] constexpr std::optional<UsdPerDay> profit(const BasicOffer<Traits>& offer,
                                                        const BasicHostCapabilities<Traits>& host,
                                                        const Conditions& conditions) {
    const std::optional<ProfitParts> parts = profit_parts(offer, host, conditions);
    if (!parts) return std::nullopt;
    return parts->profit();
}

/// Likewise of a bid as it stands.
template <class Traits>
[[nodiscard]] constexpr std::optional<UsdPerDay> profit(const BasicBid<Traits>& bid,
                                                        const BasicHostCapabilities<Traits>& host,
                                                        const Conditions& conditions) {
    return profit(make_offer(bid, host), host, conditions);
}

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
