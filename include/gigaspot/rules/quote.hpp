// gigaspot: the lowest price with which a new bid wins. Layer: rules. Rules of the market, section
// 10.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <type_traits>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/int128.hpp>
#include <gigaspot/base/list_view.hpp>
#include <gigaspot/base/result.hpp>
#include <gigaspot/rules/answer.hpp>
#include <gigaspot/rules/eligibility.hpp>
#include <gigaspot/rules/offer.hpp>
#include <gigaspot/rules/price_bounds.hpp>
#include <gigaspot/rules/profit.hpp>
#include <gigaspot/rules/select.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/fwd.hpp>
#include <gigaspot/values/host.hpp>
#include <gigaspot/values/policy.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

namespace detail {

template <class T>
constexpr bool are_same(const ListView<T>& left, const ListView<T>& right) {
    if (left.size() != right.size()) return false;
    for (std::size_t i = 0; i < left.size(); ++i) {
        if (!(left[i] == right[i])) return false;
    }
    return true;
}

}  // namespace detail

/// Describes a bid that you consider placing, and the bids with which it would not compete.
template <MarketTraits Traits>
struct BasicQuoteRequest {
    TotalPower power_limits{};          ///< sum over the GPUs, without the host's base power
    Currency currency = main_currency;  ///< the currency of the bid, and of the price in the answer
    /// The price is a multiple of this: at least 1e-8 coin, by default 0.0001 coin per day.
    Price tick = Price::unchecked(10'000);
    /// Whether the host has cached the image. A new bid's image is not cached, so with
    /// `Policy::require_cached` no price wins. Set it to ask which price would win once the image
    /// is cached.
    bool is_cached = false;
    /// If set, the other bids of this owner are ignored as if they were not there, so that you do
    /// not outbid yourself. By default, no owner is ignored.
    std::optional<typename Traits::OwnerId> owner{};
    /// Bids with these ids are ignored as if they were not there. The list must live as long as the
    /// request. By default, no bid is ignored.
    ListView<typename Traits::BidId> without{};

    friend constexpr bool operator==(const BasicQuoteRequest& left,
                                     const BasicQuoteRequest& right) {
        return left.power_limits == right.power_limits && left.currency == right.currency &&
               left.tick == right.tick && left.is_cached == right.is_cached &&
               left.owner == right.owner && detail::are_same(left.without, right.without);
    }
};

namespace detail {

/// Whether a request says that a bid is to be ignored.
template <class Request>
class IgnoredBy {
public:
    constexpr explicit IgnoredBy(const Request& request) : request_{request} {}

    template <class Traits>
    constexpr bool operator()(const BasicOffer<Traits>& offer) const {
        if (request_.owner && offer.owner == *request_.owner) return true;
        for (const typename Traits::BidId& id : request_.without) {
            if (id == offer.id) return true;
        }
        return false;
    }

private:
    const Request& request_;
};

/// Whether a bid with this total power limit can be placed. The limit of each profile must be at
/// least 1 W.
template <class Traits>
constexpr bool can_be_placed(TotalPower total, const BasicHostCapabilities<Traits>& host) {
    TotalPower::rep lowest = 0;
    for (const BasicGpuLimits<Traits>& gpu : host.gpus) {
        if (gpu.power_limit.max == Power{}) return false;
        lowest += gpu.power_limit.min == Power{} ? 1 : gpu.power_limit.min.count();
    }
    return lowest <= total.count() && is_total_power_valid(total, host);
}

/// Returns why no price helps an offer; `Code::none` if a price may help.
template <class Traits>
constexpr Code why_no_price_wins(const BasicOffer<Traits>& offer,
                                 const BasicHostCapabilities<Traits>& host,
                                 const Conditions& conditions) {
    if (const Code reason = unavailability(host.status); reason != Code::none) return reason;
    if (offer.expiry && conditions.now >= *offer.expiry) return Code::bid_expired;
    if (!offer.is_overclock_valid) return Code::overclock_invalid;
    if (conditions.policy.require_cached && !offer.is_cached) return Code::not_cached;
    if (!conditions.rate(offer.currency) || !conditions.rate(main_currency))
        return Code::rate_missing;
    return Code::none;
}

/// The highest price that the market accepts for an edit or a new bid. Both rates must be known.
constexpr Price highest_price(Currency currency, const Conditions& conditions) {
    const Int128 count = *price_count_at_most(conditions.policy.price_max, currency, conditions);
    if (count > Price::highest().count()) return Price::highest();
    return Price::unchecked(static_cast<Price::rep>(count));
}

/// The number of ticks at which an offer brings this profit; 0 if no number of them does. It is
/// what most searches find, unless a minimum price or the reserve decides.
template <class Traits>
constexpr Price::rep ticks_for(UsdPerDay profit, const BasicOffer<Traits>& offer,
                               const BasicHostCapabilities<Traits>& host,
                               const Conditions& conditions, Price tick) {
    const QuotedRate& quoted = conditions.rates[offer.currency];
    const Int128 a_tick = Int128{net_rate_count(*quoted.usd, quoted.fee)} * tick.count();
    const UsdPerDay cost = electricity_cost(power_draw(offer, host), host.energy_price);
    const Int128 income = profit.count() + cost.count();
    if (a_tick == 0 || income <= 0) return 0;
    const Int128 ticks = ceil_div(income, a_tick);
    return ticks > Price::highest().count() ? 0 : static_cast<Price::rep>(ticks);
}

/// Finds the lowest multiple of `tick` for which `is_enough(eligibility at that price, price)` is
/// true. If it is true for a price, it must be true for every higher one. Fails with
/// `price_above_market_maximum` if no price that the market accepts is enough. `why_no_price_wins`
/// must have returned `none`. The search begins at `first_try` ticks and just below, which mostly
/// leaves nothing to search; any number gives the same price.
template <class Traits, class IsEnough>
constexpr Result<Price, Code> smallest_price(BasicOffer<Traits> offer,
                                             const BasicHostCapabilities<Traits>& host,
                                             const Conditions& conditions, Price tick,
                                             Price::rep first_try, IsEnough is_enough) {
    GIGASPOT_ASSERT(tick > Price{});
    const auto is_enough_at = [&](Price::rep ticks) {
        offer.price = Price::unchecked(ticks * tick.count());
        return is_enough(gigaspot::eligibility(offer, host, conditions), offer.price);
    };
    Price::rep too_low = 0;  // 0 is not a valid price
    Price::rep enough = highest_price(offer.currency, conditions).count() / tick.count();
    if (enough == 0 || !is_enough_at(enough)) return Unexpected{Code::price_above_market_maximum};
    for (const Price::rep ticks : {first_try, first_try - 1}) {
        if (too_low < ticks && ticks < enough) (is_enough_at(ticks) ? enough : too_low) = ticks;
    }
    while (enough - too_low > 1) {
        const Price::rep middle = too_low + (enough - too_low) / 2;
        (is_enough_at(middle) ? enough : too_low) = middle;
    }
    return Price::unchecked(enough * tick.count());
}

/// The lowest profit that beats the best rival and the incumbent.
constexpr UsdPerDay beating_profit(const std::optional<Contender>& rival,
                                   const std::optional<Contender>& incumbent, Protection protection,
                                   const Policy& policy) {
    UsdPerDay profit = UsdPerDay::unchecked(policy.reserve.count());
    const auto raise_above = [&](Int128 count) {
        if (profit.count() <= count) profit = UsdPerDay::unchecked(count + 1);
    };
    if (rival) raise_above(rival->profit.count());
    if (!incumbent) return profit;
    const Int128 beaten = incumbent->profit.count();
    Int128 margin = 0;
    if (protection == Protection::margins) {
        const Int128 size = beaten < 0 ? -beaten : beaten;
        const Int128 share = size * policy.switch_margin_ppm.count() / Ppm::highest().count();
        margin = share > policy.switch_margin.count() ? share : policy.switch_margin.count();
    }
    raise_above(beaten + margin);
    return profit;
}

/// Finds the lowest price with which a challenger beats its best rival and the incumbent.
template <class Traits>
constexpr Result<Price, Code> challenger_price(const BasicOffer<Traits>& offer,
                                               const BasicHostCapabilities<Traits>& host,
                                               const Conditions& conditions, Price tick,
                                               const std::optional<Contender>& rival,
                                               const std::optional<Contender>& incumbent,
                                               Protection protection) {
    if (incumbent && protection == Protection::dwell) return Unexpected{Code::incumbent_protected};
    const Price::rep first_try =
        ticks_for(beating_profit(rival, incumbent, protection, conditions.policy), offer, host,
                  conditions, tick);
    const auto wins = [&](const Eligibility& at_price, Price) {
        return at_price.is_eligible() && (!rival || *at_price.profit > rival->profit) &&
               (!incumbent ||
                replaces(*at_price.profit, incumbent->profit, protection, conditions.policy));
    };
    return smallest_price(offer, host, conditions, tick, first_try, wins);
}

/// The offer of a bid that is not placed yet.
template <class Traits, class Request>
constexpr BasicOffer<Traits> offer_of(const Request& request, TotalPower power_limits,
                                      bool is_overclock_valid) {
    return {.currency = request.currency,
            .power_limits = power_limits,
            .is_overclock_valid = is_overclock_valid,
            .is_cached = request.is_cached};
}

/// Finds the lowest price with which a new bid wins. `request` names the tick and the bids to
/// ignore.
template <class Traits, class Item, class Request>
constexpr Answer<Result<Price, Code>> quote_offer(const BasicOffer<Traits>& offer,
                                                  const BasicHostCapabilities<Traits>& host,
                                                  std::span<const Item> items,
                                                  const Conditions& conditions,
                                                  const Request& request,
                                                  const std::optional<BasicRun<Traits>>& run) {
    const Code reason = why_no_price_wins(offer, host, conditions);
    if (!host.status.is_available()) return {Unexpected{reason}};
    const Contest contest = detail::hold_contest(host, items, conditions, run, IgnoredBy{request});
    if (reason != Code::none) return {Unexpected{reason}, contest.not_compared};
    return {challenger_price(offer, host, conditions, request.tick, contest.best, contest.incumbent,
                             contest.protection),
            contest.not_compared};
}

}  // namespace detail

/// Finds the lowest price, a multiple of the tick, with which a bid placed now would be selected at
/// the next close if nothing else changed. A new bid comes after bids of equal profit, so it must
/// bring more. Section 10.
///
/// Otherwise returns the reason why no price helps: the host's status, `overclock_invalid` (the
/// host does not allow this power), `not_cached`, `rate_missing`, `incumbent_protected` or
/// `price_above_market_maximum`. The last one means that the market accepts no price that is high
/// enough, for example because the fee takes the whole income.
///
/// Bids that the request ignores do not compete. If it ignores the bid of `run`, there is no
/// incumbent. The answer says which bids were not compared, except while the host is unavailable.
/// `bids` and `run` are as for `select`. `explain` tells to which price to edit a bid that is
/// already there. Costs O(bids), and O(bids x ignored ids) with a list `without`.
template <class Traits, OffersTo<Traits> Bids>
[[nodiscard]] constexpr Answer<Result<Price, Code>> price_to_win(
    const BasicHostCapabilities<Traits>& host, const Bids& bids, const Conditions& conditions,
    const std::type_identity_t<BasicQuoteRequest<Traits>>& request,
    const std::type_identity_t<std::optional<BasicRun<Traits>>>& run = {}) {
    const auto offer = detail::offer_of<Traits>(request, request.power_limits,
                                                detail::can_be_placed(request.power_limits, host));
    return detail::quote_offer(offer, host, detail::view_of(bids), conditions, request, run);
}

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
