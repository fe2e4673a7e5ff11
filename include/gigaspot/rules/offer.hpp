// gigaspot: the economic essence of a bid, which is all that choosing looks at. Layer: rules.
// Rules of the market, sections 4 and 5.
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

/// A bid as its host sees it. Profits, eligibility and selection take offers, whatever they were
/// made from.
template <MarketTraits Traits>
struct BasicOffer {
    typename Traits::BidId id{};
    Price price{};  ///< of a coin of `currency`, a day
    Currency currency = main_currency;
    TotalPower power_limits{};          ///< sum over the GPUs, without the host's base power
    bool is_overclock_valid = true;     ///< whether its host still allows its profiles
    bool is_cached = false;             ///< whether its host has its image
    std::optional<Timestamp> expiry{};  ///< from then on it is not eligible; nothing: never
    std::uint64_t sequence = 0;         ///< lower: has stood unchanged for longer

    friend constexpr bool operator==(const BasicOffer&, const BasicOffer&) = default;
};

/// Sum of the power limits of profiles, no more of them than a host has GPUs.
template <class Traits>
[[nodiscard]] constexpr TotalPower total_power_limit(
    std::span<const BasicOverclockProfile<Traits>> profiles) {
    TotalPower::rep sum = 0;
    for (const BasicOverclockProfile<Traits>& profile : profiles)
        sum += profile.power_limit.count();
    return TotalPower::unchecked(sum);
}

/// Sum of a bid's power limits.
template <class Traits>
[[nodiscard]] constexpr TotalPower total_power_limit(const BasicBid<Traits>& bid) {
    return total_power_limit(bid.overclock.view());
}

/// Sums of the minima and of the maxima of a host's power limits.
template <class Traits>
[[nodiscard]] constexpr Range<TotalPower> total_power_range(
    const BasicHostCapabilities<Traits>& host) {
    TotalPower::rep least = 0;
    TotalPower::rep greatest = 0;
    for (const BasicGpuLimits<Traits>& gpu : host.gpus) {
        least += gpu.power_limit.min.count();
        greatest += gpu.power_limit.max.count();
    }
    return {TotalPower::unchecked(least), TotalPower::unchecked(greatest)};
}

/// Whether a sum of power limits is within that range: all that can be said of the overclock of a
/// bid without profiles (section 4).
template <class Traits>
[[nodiscard]] constexpr bool is_total_power_valid(TotalPower total,
                                                  const BasicHostCapabilities<Traits>& host) {
    return total_power_range(host).contains(total);
}

/// The offer that a bid makes to a host. `sequence` orders it among bids of equal profit. What only
/// the market knows is left at its default: not cached, no expiry.
template <class Traits>
[[nodiscard]] constexpr BasicOffer<Traits> make_offer(const BasicBid<Traits>& bid,
                                                      const BasicHostCapabilities<Traits>& host,
                                                      std::uint64_t sequence = 0) {
    return {.id = bid.id,
            .price = bid.price,
            .currency = bid.currency,
            .power_limits = total_power_limit(bid),
            .is_overclock_valid = is_overclock_valid(bid, host),
            .sequence = sequence};
}

/// How the rules see one item of a list. An offer is seen as it is. Another type joins by an
/// overload of this name in its own namespace.
template <class Traits>
constexpr const BasicOffer<Traits>& as_offer(const BasicOffer<Traits>& offer,
                                             const BasicHostCapabilities<Traits>&, std::size_t) {
    return offer;
}

/// A bid is seen as the offer that it makes, with its place in the list as its sequence.
template <class Traits>
constexpr BasicOffer<Traits> as_offer(const BasicBid<Traits>& bid,
                                      const BasicHostCapabilities<Traits>& host,
                                      std::size_t place) {
    return make_offer(bid, host, place);
}

/// Something that the rules can see as an offer to a host with these traits.
template <class T, class Traits>
concept OfferTo = requires(const T& item, const BasicHostCapabilities<Traits>& host,
                           std::size_t place) {
    { as_offer(item, host, place) } -> std::convertible_to<BasicOffer<Traits>>;
};

/// An array, vector or span of such things.
template <class T, class Traits>
concept OffersTo = requires(const T& items) {
    std::span{items};
    requires OfferTo<typename decltype(std::span{items})::value_type, Traits>;
};

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
