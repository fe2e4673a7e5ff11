// gigaspot: all bids of a host in order, and those that caching would bring to the front. Layer:
// rules. Rules of the market, sections 6 and 10.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>

#include <gigaspot/base/config.hpp>
#include <gigaspot/rules/detail/first_few.hpp>
#include <gigaspot/rules/eligibility.hpp>
#include <gigaspot/rules/offer.hpp>
#include <gigaspot/rules/select.hpp>
#include <gigaspot/values/fwd.hpp>
#include <gigaspot/values/host.hpp>
#include <gigaspot/values/policy.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// A bid's standing on its host.
template <MarketTraits Traits>
struct BasicRanked {
    typename Traits::BidId id{};
    std::size_t index = 0;       ///< its place in the list of bids
    Eligibility eligibility{};   ///< whether it may be chosen, and its profit
    bool is_incumbent = false;   ///< it is the bid of the run in place
    std::uint64_t sequence = 0;  ///< lower: has stood unchanged for longer

    friend constexpr bool operator==(const BasicRanked&, const BasicRanked&) = default;
};

/// The order of bids on a host: the eligible ones by profit, of equal ones the incumbent first,
/// then by sequence; then the others by id. With switch margins the first need not be the one that
/// runs: ask `select`.
struct RankOrder {
    template <class Traits>
    constexpr bool operator()(const BasicRanked<Traits>& left,
                              const BasicRanked<Traits>& right) const {
        const bool is_left_eligible = left.eligibility.is_eligible();
        if (is_left_eligible != right.eligibility.is_eligible()) return is_left_eligible;
        if (!is_left_eligible) {
            if (left.id != right.id) return left.id < right.id;
            return left.index < right.index;
        }
        if (left.is_incumbent != right.is_incumbent &&
            left.eligibility.profit == right.eligibility.profit)
            return left.is_incumbent;
        return detail::ranks_before({left.index, *left.eligibility.profit, left.sequence},
                                    {right.index, *right.eligibility.profit, right.sequence});
    }
};

namespace detail {

template <class Traits, class Item>
constexpr BasicRanked<Traits> standing(const BasicHostCapabilities<Traits>& host, const Item& item,
                                       std::size_t index, const Conditions& conditions,
                                       const std::optional<BasicRun<Traits>>& run) {
    const auto& offer = as_offer(item, host, index);
    return {.id = offer.id,
            .index = index,
            .eligibility = eligibility(offer, host, conditions),
            .is_incumbent = run && offer.id == run->bid,
            .sequence = offer.sequence};
}

}  // namespace detail

/// The first `out.size()` bids of a host in rank order, written to the front of `out`; returns that
/// part. Give it as many slots as there are bids for all. Costs O(bids x log slots); for `bids` see
/// `select`.
template <class Traits, OffersTo<Traits> Bids>
constexpr std::span<BasicRanked<Traits>> rank(
    const BasicHostCapabilities<Traits>& host, const Bids& bids, const Conditions& conditions,
    std::type_identity_t<std::span<BasicRanked<Traits>>> out,
    const std::type_identity_t<std::optional<BasicRun<Traits>>>& run = {}) {
    const auto items = detail::view_of(bids);
    detail::Top<BasicRanked<Traits>, RankOrder> top{out, {}};
    for (std::size_t i = 0; i < items.size(); ++i)
        top.add(detail::standing(host, items[i], i, conditions, run));
    return top.in_order();
}

/// What to send to the host's cache next: the first `out.size()` of the bids whose only obstacle is
/// that they are not cached, in the order in which they would rank, written to the front of `out`;
/// returns that part. Their `eligibility` is as if they were cached. Empty unless the policy
/// requires cached images.
template <class Traits, OffersTo<Traits> Bids>
constexpr std::span<BasicRanked<Traits>> cache_candidates(
    const BasicHostCapabilities<Traits>& host, const Bids& bids, const Conditions& conditions,
    std::type_identity_t<std::span<BasicRanked<Traits>>> out,
    const std::type_identity_t<std::optional<BasicRun<Traits>>>& run = {}) {
    const auto items = detail::view_of(bids);
    detail::Top<BasicRanked<Traits>, RankOrder> top{out, {}};
    for (std::size_t i = 0; i < items.size(); ++i) {
        BasicOffer<Traits> offer = as_offer(items[i], host, i);
        if (gigaspot::eligibility(offer, host, conditions).reason != Code::not_cached) continue;
        offer.is_cached = true;
        const BasicRanked<Traits> cached = detail::standing(host, offer, i, conditions, run);
        if (cached.eligibility.is_eligible()) top.add(cached);
    }
    return top.in_order();
}

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
