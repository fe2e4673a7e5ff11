// gigaspot: whether a host may choose a bid, and the first reason why not. Layer: rules. Rules of
// the market, section 5.
#pragma once

#include <optional>

#include <gigaspot/base/config.hpp>
#include <gigaspot/rules/offer.hpp>
#include <gigaspot/rules/price_bounds.hpp>
#include <gigaspot/rules/profit.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/host.hpp>
#include <gigaspot/values/policy.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// Says whether a bid is eligible, or which condition of section 5 fails first, and what its profit
/// is.
struct Eligibility {
    Code reason = Code::none;           ///< `none` if it is eligible
    std::optional<UsdPerDay> profit{};  ///< nothing if its currency has no rate

    /// Tells whether the host may choose the bid.
    [[nodiscard]] constexpr bool is_eligible() const { return reason == Code::none; }

    friend constexpr bool operator==(const Eligibility&, const Eligibility&) = default;
};

/// Returns why no bid may run on a host with this status; `Code::none` if the host is available.
[[nodiscard]] constexpr Code unavailability(const HostStatus& status) {
    if (!status.online) return Code::host_offline;
    if (status.on_demand_rented) return Code::host_on_demand_rented;
    if (!status.working_properly) return Code::host_malfunctioning;
    return Code::none;
}

namespace detail {

constexpr bool is_price_below(Price price, Currency currency, Price bound,
                              const Conditions& conditions) {
    const std::optional<Int128> lowest = price_count_at_least(bound, currency, conditions);
    return lowest && price.count() < *lowest;
}

template <class Traits>
constexpr Code ineligibility(const BasicOffer<Traits>& offer,
                             const BasicHostCapabilities<Traits>& host,
                             const Conditions& conditions, const std::optional<UsdPerDay>& profit) {
    if (const Code reason = unavailability(host.status); reason != Code::none) return reason;
    if (offer.expiry && conditions.now >= *offer.expiry) return Code::bid_expired;
    if (!offer.is_overclock_valid) return Code::overclock_invalid;
    if (is_price_below(offer.price, offer.currency, conditions.policy.price_min, conditions))
        return Code::price_below_market_minimum;
    if (is_price_below(offer.price, offer.currency, host.min_bid, conditions))
        return Code::price_below_host_minimum;
    if (conditions.policy.require_cached && !offer.is_cached) return Code::not_cached;
    if (!profit) return Code::rate_missing;
    if (offer.currency != main_currency && !conditions.has_rate(main_currency))
        return Code::rate_missing;
    if (profit->count() < conditions.policy.reserve.count()) return Code::below_reserve;
    return Code::none;
}

}  // namespace detail

/// Judges whether a host may choose this offer now, and computes its profit. The first condition of
/// section 5 that fails is the reason. Costs O(1).
template <class Traits>
[[nodiscard]] constexpr Eligibility eligibility(const BasicOffer<Traits>& offer,
                                                const BasicHostCapabilities<Traits>& host,
                                                const Conditions& conditions) {
    Eligibility result{.profit = profit(offer, host, conditions)};
    result.reason = detail::ineligibility(offer, host, conditions, result.profit);
    return result;
}

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
