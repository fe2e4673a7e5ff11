// gigaspot: each bid of a host with the parts of its profit and what it needs to win. Layer: rules.
// Rules of the market, section 10.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <type_traits>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/result.hpp>
#include <gigaspot/rules/answer.hpp>
#include <gigaspot/rules/eligibility.hpp>
#include <gigaspot/rules/keep.hpp>
#include <gigaspot/rules/offer.hpp>
#include <gigaspot/rules/profit.hpp>
#include <gigaspot/rules/quote.hpp>
#include <gigaspot/rules/rank.hpp>
#include <gigaspot/rules/select.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/fwd.hpp>
#include <gigaspot/values/host.hpp>
#include <gigaspot/values/policy.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// Explains one bid: its rank, its profit and the price with which it would win.
template <MarketTraits Traits>
struct BasicExplanation {
    BasicRanked<Traits> ranked{};        ///< its rank, whether it is eligible, and its profit
    std::optional<ProfitParts> parts{};  ///< income and cost; nothing if its currency has no rate
    PowerDraw power_draw{};              ///< while it runs, including the host's base power
    bool is_winner = false;              ///< whether `select` chooses it
    /// The lowest price to which the bid can be edited to win the next close if nothing else
    /// changes, or the reason why no price helps. The incumbent's is that of `price_to_keep`.
    /// Because of the edit, a challenger ranks behind bids of equal profit. The winner has a price:
    /// at most its own, with which it wins without an edit.
    Result<Price, Code> price_to_win = Unexpected{Code::none};

    friend constexpr bool operator==(const BasicExplanation&, const BasicExplanation&) = default;
};

namespace detail {

/// Finds the lowest price to which a challenger that loses must be edited to win. It may be its own
/// best rival. This does no harm: it loses to the incumbent, so the profit that beats the incumbent
/// is above its own.
template <class Traits>
constexpr Result<Price, Code> price_of_loser(const BasicOffer<Traits>& offer,
                                             const BasicHostCapabilities<Traits>& host,
                                             const Conditions& conditions, Price tick,
                                             const Contest& contest) {
    if (const Code reason = why_no_price_wins(offer, host, conditions); reason != Code::none)
        return Unexpected{reason};
    return challenger_price(offer, host, conditions, tick, contest.best, contest.incumbent,
                            contest.protection);
}

/// Finds the lowest price to which a challenger that wins can be edited and still win. Its own
/// price needs no edit, so that it wins with it beside a younger bid of equal profit.
template <class Traits, class Item>
constexpr Price price_of_winner(const BasicOffer<Traits>& offer,
                                const BasicHostCapabilities<Traits>& host,
                                std::span<const Item> items, const Conditions& conditions,
                                Price tick, const std::optional<BasicRun<Traits>>& run) {
    const Contest others =
        detail::hold_contest(host, items, conditions, run,
                             [&](const BasicOffer<Traits>& other) { return other.id == offer.id; });
    const Result<Price, Code> lowest = challenger_price(offer, host, conditions, tick, others.best,
                                                        others.incumbent, others.protection);
    return lowest && *lowest < offer.price ? *lowest : offer.price;
}

}  // namespace detail

/// Explains the first `out.size()` bids of a host in rank order: profit, reason, and the price with
/// which each would win. Writes them to the front of `out` and returns that part. Section 10.
///
/// Prices that would win are multiples of `tick`, at least 1e-8 coin, or prices that take no edit.
/// Without a tick, they are multiples of 0.0001 coin in the main currency, and of 1e-8 coin in any
/// other, whose coin may be worth much more. The answer says which bids were not compared, even if
/// they have no slot. `bids` and `run` are as for `select`. Costs O(bids x log slots).
template <class Traits, OffersTo<Traits> Bids>
constexpr Answer<std::span<BasicExplanation<Traits>>> explain(
    const BasicHostCapabilities<Traits>& host, const Bids& bids, const Conditions& conditions,
    std::type_identity_t<std::span<BasicExplanation<Traits>>> out,
    const std::type_identity_t<std::optional<BasicRun<Traits>>>& run = {},
    std::optional<Price> tick = {}) {
    const auto items = detail::view_of(bids);
    const detail::Contest contest = detail::hold_contest(host, items, conditions, run);
    const std::optional<detail::Contender>& winner = contest.winner(conditions.policy);

    const auto before = [](const BasicExplanation<Traits>& left,
                           const BasicExplanation<Traits>& right) {
        return RankOrder{}(left.ranked, right.ranked);
    };
    detail::Top<BasicExplanation<Traits>, decltype(before)> top{out, before};
    for (std::size_t i = 0; i < items.size(); ++i)
        top.add({.ranked = detail::standing(host, items[i], i, conditions, run)});

    const std::span<BasicExplanation<Traits>> explained = top.in_order();
    for (BasicExplanation<Traits>& bid : explained) {
        const std::size_t index = bid.ranked.index;
        const BasicOffer<Traits> offer = as_offer(items[index], host, index);
        bid.parts = profit_parts(offer, host, conditions);
        bid.power_draw = power_draw(offer, host);
        bid.is_winner = winner && winner->index == index;
        const Price step = detail::step(tick, offer.currency);
        if (bid.ranked.is_incumbent) {
            bid.price_to_win = detail::keeping_price(offer, host, conditions, step, contest);
        } else if (bid.is_winner) {
            bid.price_to_win = detail::price_of_winner(offer, host, items, conditions, step, run);
        } else {
            bid.price_to_win = detail::price_of_loser(offer, host, conditions, step, contest);
        }
    }
    return {explained, contest.not_compared};
}

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
