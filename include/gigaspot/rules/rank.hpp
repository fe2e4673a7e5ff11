// gigaspot: the bids of a host in rank order, and those worth caching next. Layer: rules. Rules of
// the market, sections 6 and 10.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>

#include <gigaspot/base/config.hpp>
#include <gigaspot/rules/answer.hpp>
#include <gigaspot/rules/detail/first_few.hpp>
#include <gigaspot/rules/eligibility.hpp>
#include <gigaspot/rules/offer.hpp>
#include <gigaspot/rules/select.hpp>
#include <gigaspot/values/fwd.hpp>
#include <gigaspot/values/host.hpp>
#include <gigaspot/values/policy.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// One bid of a ranking, with what decides its rank.
template <MarketTraits Traits>
struct BasicRanked {
    typename Traits::BidId id{};  ///< the id of the bid
    std::size_t index = 0;        ///< its place in the list of bids, from 0
    Eligibility eligibility{};    ///< whether it may be chosen, and its profit
    bool is_incumbent = false;    ///< whether it holds the host now
    std::uint64_t sequence = 0;   ///< lower: unchanged for longer

    friend constexpr bool operator==(const BasicRanked&, const BasicRanked&) = default;
};

/// Orders the bids of a host. Eligible bids come first: by profit, then the incumbent, then by
/// sequence. The others follow by id. With switch margins, the first bid is not always the one that
/// runs; ask `select`.
struct RankOrder {
    /// Tells whether the left bid ranks before the right one.
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

/// Ranks the bids of a host and writes the first `out.size()` of them to the front of `out`.
/// Returns that part. To get all bids, provide one slot per bid. `bids` and `run` are as for
/// `select`. Costs O(bids x log slots). Allocates nothing.
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

/// Finds the bids whose images the host should cache next: those whose only obstacle is
/// `not_cached`. Writes the first `out.size()` of them to the front of `out`, in the rank order
/// that they would have if cached, and returns that part. Their `eligibility` assumes that they are
/// cached. The result is empty unless the policy requires cached images. The answer says which bids
/// were not compared: those without a cached image that would have this reason even with one.
/// `bids` and `run` are as for `select`. Costs O(bids x log slots). Section 10.
template <class Traits, OffersTo<Traits> Bids>
constexpr Answer<std::span<BasicRanked<Traits>>> cache_candidates(
    const BasicHostCapabilities<Traits>& host, const Bids& bids, const Conditions& conditions,
    std::type_identity_t<std::span<BasicRanked<Traits>>> out,
    const std::type_identity_t<std::optional<BasicRun<Traits>>>& run = {}) {
    const auto items = detail::view_of(bids);
    detail::Top<BasicRanked<Traits>, RankOrder> top{out, {}};
    NotCompared not_compared;
    for (std::size_t i = 0; i < items.size(); ++i) {
        BasicOffer<Traits> offer = as_offer(items[i], host, i);
        if (!conditions.policy.require_cached || offer.is_cached) continue;
        offer.is_cached = true;
        const BasicRanked<Traits> cached = detail::standing(host, offer, i, conditions, run);
        if (cached.eligibility.is_eligible()) top.add(cached);
        not_compared.count(cached.eligibility.reason);
    }
    return {top.in_order(), not_compared};
}

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
