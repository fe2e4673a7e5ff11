// gigaspot: an offer, the part of a bid that decides a choice. Layer: rules. Rules of the market,
// sections 4 and 5.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include <gigaspot/base/config.hpp>
#include <gigaspot/rules/validate.hpp>
#include <gigaspot/values/bid.hpp>
#include <gigaspot/values/currency.hpp>
#include <gigaspot/values/fwd.hpp>
#include <gigaspot/values/host.hpp>
#include <gigaspot/values/overclock.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// The part of a bid that decides a choice. Profit, eligibility and selection use offers, whatever
/// they are made from.
template <MarketTraits Traits>
struct BasicOffer {
    typename Traits::BidId id{};        ///< the id of the bid, different for each offer of a list
    typename Traits::OwnerId owner{};   ///< the renter; only a quote request that names it uses it
    Price price{};                      ///< coins of `currency` per day
    Currency currency = main_currency;  ///< the currency of the price
    TotalPower power_limits{};          ///< sum over the GPUs, without the host's base power
    bool is_overclock_valid = true;     ///< whether its host still allows its profiles
    bool is_cached = false;             ///< whether its host has cached its image
    std::optional<Timestamp> expiry{};  ///< not eligible from then on; nothing: never expires
    std::uint64_t sequence = 0;  ///< at equal profit, the lower one wins: unchanged for longer

    friend constexpr bool operator==(const BasicOffer&, const BasicOffer&) = default;
};

/// Sums the power limits of overclock profiles. There must not be more profiles than a host can
/// have GPUs. Costs O(profiles).
template <class Traits>
[[nodiscard]] constexpr TotalPower total_power_limit(
    std::span<const BasicOverclockProfile<Traits>> profiles) {
    TotalPower::rep sum = 0;
    for (const BasicOverclockProfile<Traits>& profile : profiles)
        sum += profile.power_limit.count();
    return TotalPower::unchecked(sum);
}

/// Sums the power limits of a bid over its GPUs. Costs O(GPUs).
template <class Traits>
[[nodiscard]] constexpr TotalPower total_power_limit(const BasicBid<Traits>& bid) {
    return total_power_limit(bid.overclock.view());
}

/// Sums the minimums, and the maximums, of the power limits of a host's GPUs. Costs O(GPUs).
template <class Traits>
[[nodiscard]] constexpr Range<TotalPower> total_power_range(
    const BasicHostCapabilities<Traits>& host) {
    TotalPower::rep lowest = 0;
    TotalPower::rep highest = 0;
    for (const BasicGpuLimits<Traits>& gpu : host.gpus) {
        lowest += gpu.power_limit.min.count();
        highest += gpu.power_limit.max.count();
    }
    return {TotalPower::unchecked(lowest), TotalPower::unchecked(highest)};
}

/// Tells whether a total power limit lies within what a host allows in total. Nothing more can be
/// checked for a bid without profiles. Costs O(GPUs). Section 4.
template <class Traits>
[[nodiscard]] constexpr bool is_total_power_valid(TotalPower total,
                                                  const BasicHostCapabilities<Traits>& host) {
    return total_power_range(host).contains(total);
}

/// Makes the offer of a bid to a host, and checks its profiles there. `sequence` orders it among
/// bids of equal profit. Facts that only the market knows keep their defaults: not cached, no
/// expiry. Costs O(GPUs).
template <class Traits>
[[nodiscard]] constexpr BasicOffer<Traits> make_offer(const BasicBid<Traits>& bid,
                                                      const BasicHostCapabilities<Traits>& host,
                                                      std::uint64_t sequence = 0) {
    return {.id = bid.id,
            .owner = bid.owner,
            .price = bid.price,
            .currency = bid.currency,
            .power_limits = total_power_limit(bid),
            .is_overclock_valid = is_overclock_valid(bid, host),
            .sequence = sequence};
}

/// Returns an offer unchanged, so that lists can hold offers. To let lists hold a type of your own,
/// overload `as_offer` in its namespace.
template <class Traits>
constexpr const BasicOffer<Traits>& as_offer(const BasicOffer<Traits>& offer,
                                             const BasicHostCapabilities<Traits>&, std::size_t) {
    return offer;
}

/// Converts a bid into its offer, with its place in the list as its sequence, so that lists can
/// hold bids. Costs O(GPUs).
template <class Traits>
constexpr BasicOffer<Traits> as_offer(const BasicBid<Traits>& bid,
                                      const BasicHostCapabilities<Traits>& host,
                                      std::size_t place) {
    return make_offer(bid, host, place);
}

/// A type that `as_offer` converts into an offer to a host with these traits.
template <class T, class Traits>
concept OfferTo = requires(const T& item, const BasicHostCapabilities<Traits>& host,
                           std::size_t place) {
    { as_offer(item, host, place) } -> std::convertible_to<BasicOffer<Traits>>;
};

/// An array, vector or span of types that `as_offer` converts.
template <class T, class Traits>
concept OffersTo = requires(const T& items) {
    std::span{items};
    requires OfferTo<typename decltype(std::span{items})::value_type, Traits>;
};

namespace detail {

/// Views any list as a span of constants.
template <class Items>
constexpr auto view_of(const Items& items) {
    return std::span<const typename decltype(std::span{items})::value_type>{items};
}

}  // namespace detail

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
