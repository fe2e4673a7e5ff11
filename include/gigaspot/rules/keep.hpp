// gigaspot: the lowest price with which an incumbent keeps its host. Layer: rules. Rules of the
// market, section 10.
#pragma once

#include <optional>
#include <type_traits>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/result.hpp>
#include <gigaspot/rules/answer.hpp>
#include <gigaspot/rules/eligibility.hpp>
#include <gigaspot/rules/offer.hpp>
#include <gigaspot/rules/quote.hpp>
#include <gigaspot/rules/select.hpp>
#include <gigaspot/values/currency.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/fwd.hpp>
#include <gigaspot/values/host.hpp>
#include <gigaspot/values/policy.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// The step of an answer about a bid in this currency, unless a tick is given. A coin of another
/// currency may be worth much more than one of the main currency.
constexpr Price step(const std::optional<Price>& tick, Currency currency) {
    if (tick) return *tick;
    return currency == main_currency ? QuoteRequest{}.tick : Price::unchecked(1);
}

/// Finds the lowest price with which the incumbent `offer` stays. `contest` is that of its host.
//
// An incumbent stays at a price if it is eligible there and its best challenger does not replace
// it. If it stays at a price p, it stays at every higher price q:
// - Its profit does not fall as the price rises, so it remains eligible.
// - If q is below the price in force, nothing protects it at p or at q. Its profit at p is at least
//   the challenger's, so its profit at q is too.
// - If only p is below the price in force, its profit at q is at least the challenger's, too. There
//   is no lead, and without a lead no challenger replaces it, whatever protects it.
// - If p is at least the price in force, the same protects it at p and at q. As its profit P grows,
//   the challenger's lead falls at the same rate. A share of |P| never falls faster. So if the lead
//   is within both margins at p, it is at q.
template <class Traits>
constexpr Result<Price, Code> keeping_price(BasicOffer<Traits> offer,
                                            const BasicHostCapabilities<Traits>& host,
                                            const Conditions& conditions, Price tick,
                                            const Contest& contest) {
    if (const Code reason = why_no_price_wins(offer, host, conditions); reason != Code::none)
        return Unexpected{reason};
    const auto stays = [&](const Eligibility& at_price, Price price) {
        return at_price.is_eligible() &&
               (!contest.best || !replaces(contest.best->profit, *at_price.profit,
                                           contest.protection_at(price), conditions.policy));
    };
    const Price own = offer.price;
    const UsdPerDay least = contest.best ? contest.best->profit : UsdPerDay{};
    const Price::rep first_try = ticks_for(least, offer, host, conditions, tick);
    Result<Price, Code> lowest = smallest_price(offer, host, conditions, tick, first_try, stays);
    const auto consider = [&](Price price) {
        offer.price = price;
        if ((!lowest || price < *lowest) &&
            stays(gigaspot::eligibility(offer, host, conditions), price))
            lowest = price;
    };
    consider(own);  // even if it is not a multiple of the tick, since it takes no edit
    const Price in_force = contest.in_force;
    if (in_force > Price{} && in_force <= highest_price(offer.currency, conditions))
        consider(in_force);
    return lowest;
}

}  // namespace detail

/// Finds the lowest price to which the bid of `run` can be edited so that it stays at the next
/// close if nothing else changes. Below its price in force, the edit worsens the run, so margins
/// and dwell do not protect it: its profit must be at least that of the best challenger. At equal
/// profits, the incumbent stays. Section 10.
///
/// The price is a multiple of `tick`, at least 1e-8 coin. Without a tick, it is a multiple of
/// 0.0001 coin in the main currency, and of 1e-8 coin in any other. It is the bid's own price or
/// its price in force, exactly, if that one stays and is lower than every such multiple that stays.
///
/// Otherwise returns the reason why no price helps: `bid_unknown` (there is no run, or its bid is
/// not among `bids`), the host's status, `bid_expired`, `overclock_invalid`, `not_cached`,
/// `rate_missing` or `price_above_market_maximum`. The answer says which bids were not compared.
/// `bids` and `run` are as for `select`. Costs O(bids).
template <class Traits, OffersTo<Traits> Bids>
[[nodiscard]] constexpr Answer<Result<Price, Code>> price_to_keep(
    const BasicHostCapabilities<Traits>& host, const Bids& bids, const Conditions& conditions,
    const std::type_identity_t<std::optional<BasicRun<Traits>>>& run,
    std::optional<Price> tick = {}) {
    const auto items = detail::view_of(bids);
    const detail::Contest contest = detail::hold_contest(host, items, conditions, run);
    if (!contest.place_of_run) return {Unexpected{Code::bid_unknown}, contest.not_compared};
    const BasicOffer<Traits> offer =
        as_offer(items[*contest.place_of_run], host, *contest.place_of_run);
    return {
        detail::keeping_price(offer, host, conditions, detail::step(tick, offer.currency), contest),
        contest.not_compared};
}

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
