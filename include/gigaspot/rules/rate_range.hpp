// gigaspot: the exchange rates at which a host would choose as it does now. Layer: rules.
// Rules of the market, section 10.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>

#include <gigaspot/base/config.hpp>
#include <gigaspot/rules/eligibility.hpp>
#include <gigaspot/rules/offer.hpp>
#include <gigaspot/rules/profit.hpp>
#include <gigaspot/rules/select.hpp>
#include <gigaspot/values/currency.hpp>
#include <gigaspot/values/host.hpp>
#include <gigaspot/values/overclock.hpp>
#include <gigaspot/values/policy.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// Narrows a range of the main currency's rate to where a choice stands.
///
/// The choice stands where each bid, looked at alone, does not upset it. Whether a bid upsets it
/// depends on a few tests, each of which changes at most once as the rate rises: profits are
/// straight lines in the net rate, and a price in another currency only falls against a minimum in
/// the main one. So each test has at most one switch, and between the switches nothing changes: it
/// is enough to look at both sides of each.
template <class Traits>
class RateSearch {
public:
    using OfferType = BasicOffer<Traits>;
    using Count = ExchangeRate::rep;

    constexpr RateSearch(const BasicHostCapabilities<Traits>& chooser, const Conditions& known,
                         ExchangeRate present)
        : host_{chooser}, conditions_{known}, present_{present} {}

    [[nodiscard]] constexpr Range<ExchangeRate> range() const { return range_; }

    constexpr void keep_eligible(const OfferType& offer) {
        keep([&] { return is_eligible(offer); }, [&] { return is_eligible(offer); });
    }

    constexpr void keep_ineligible(const OfferType& offer) {
        keep([&] { return !is_eligible(offer); }, [&] { return is_eligible(offer); });
    }

    /// `winner` goes on ranking before `other`, both challengers.
    constexpr void keep_before(const OfferType& winner, std::size_t winner_index,
                               const OfferType& other, std::size_t other_index) {
        const auto is_eligible_other = [&] { return is_eligible(other); };
        const auto is_before = [&] {
            return ranks_before({winner_index, profit_now(winner), winner.sequence},
                                {other_index, profit_now(other), other.sequence});
        };
        keep([&] { return !is_eligible_other() || is_before(); }, is_eligible_other, is_before);
    }

    /// `challenger` goes on replacing `incumbent`, or goes on not replacing it.
    constexpr void keep_replacing(const OfferType& challenger, const OfferType& incumbent,
                                  Shelter shelter, bool wins) {
        const OfferType& loser = wins ? incumbent : challenger;
        const auto is_eligible_loser = [&] { return is_eligible(loser); };
        const auto lead = [&] { return (profit_now(challenger) - profit_now(incumbent)).count(); };
        const Int128 margin =
            shelter == Shelter::margins ? Int128{conditions_.policy.switch_margin.count()} : 0;
        const Int128 ppm =
            shelter == Shelter::margins ? Int128{conditions_.policy.switch_margin_ppm.count()} : 0;
        keep(
            [&] {
                return !is_eligible_loser() ||
                       wins == replaces(profit_now(challenger), profit_now(incumbent), shelter,
                                        conditions_.policy);
            },
            is_eligible_loser, [&] { return lead() > margin; },
            [&] { return lead() * Ppm::highest().count() > ppm * profit_now(incumbent).count(); },
            [&] { return lead() * Ppm::highest().count() > -ppm * profit_now(incumbent).count(); });
    }

private:
    constexpr void set_rate(Count count) {
        conditions_.rates[main_currency].usd = ExchangeRate::unchecked(count);
    }

    constexpr bool is_eligible(const OfferType& offer) const {
        return eligibility(offer, host_, conditions_).is_eligible();
    }

    constexpr UsdPerDay profit_now(const OfferType& offer) const {
        return *profit(offer, host_, conditions_);
    }

    /// The least rate at which the test differs from what it is at the least of all rates.
    template <class Test>
    constexpr std::optional<Count> switch_of(const Test& test) {
        const auto test_at = [&](Count count) {
            set_rate(count);
            return test();
        };
        Count before = ExchangeRate::lowest().count();
        Count after = ExchangeRate::highest().count();
        const bool at_first = test_at(before);
        if (test_at(after) == at_first) return std::nullopt;
        while (after - before > 1) {
            const Count middle = before + (after - before) / 2;
            (test_at(middle) == at_first ? before : after) = middle;
        }
        return after;
    }

    /// Narrows the range so that `stands` holds in all of it, as it does at the present rate. It
    /// changes only where one of the tests does.
    template <class Stands, class... Tests>
    constexpr void keep(const Stands& stands, const Tests&... tests) {
        const auto stands_at = [&](Count count) {
            set_rate(count);
            return stands();
        };
        for (const std::optional<Count>& at : {switch_of(tests)...}) {
            if (!at) continue;
            if (*at > present_.count()) {
                if (*at <= range_.max.count() && !stands_at(*at))
                    range_.max = ExchangeRate::unchecked(*at - 1);
            } else {
                if (*at > range_.min.count() && !stands_at(*at - 1))
                    range_.min = ExchangeRate::unchecked(*at);
            }
        }
    }

    const BasicHostCapabilities<Traits>& host_;
    Conditions conditions_;
    ExchangeRate present_;
    Range<ExchangeRate> range_{ExchangeRate::lowest(), ExchangeRate::highest()};
};

}  // namespace detail

/// The largest closed range of the main currency's rate that contains the present rate and in which
/// the host chooses as it does now, all else unchanged. Nothing if the main currency has no rate.
/// Exact to the last unit. Costs O(bids) with some hundred profits a bid: a question, not a step of
/// the engine. See `select`.
template <class Traits, OffersTo<Traits> Bids>
[[nodiscard]] constexpr std::optional<Range<ExchangeRate>> rate_range(
    const BasicHostCapabilities<Traits>& host, const Bids& bids, const Conditions& conditions,
    const std::type_identity_t<std::optional<BasicRun<Traits>>>& run = {}) {
    const std::optional<ExchangeRate> present = conditions.rate(main_currency);
    if (!present) return std::nullopt;
    const auto items = detail::view_of(bids);
    const detail::Contest contest = detail::hold_contest(host, items, conditions, run);
    const std::optional<detail::Contender>& winner = contest.winner(conditions.policy);
    const auto is_incumbent = [&](const BasicOffer<Traits>& offer) {
        return run && offer.id == run->bid;
    };

    detail::RateSearch<Traits> search{host, conditions, *present};
    std::optional<BasicOffer<Traits>> winning;
    if (winner) {
        winning = as_offer(items[winner->index], host, winner->index);
        search.keep_eligible(*winning);
    }
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (winner && winner->index == i) continue;
        const BasicOffer<Traits> offer = as_offer(items[i], host, i);
        if (!profit(offer, host, conditions)) continue;  // no rate of its own: never eligible
        if (!winning) {
            search.keep_ineligible(offer);
        } else if (is_incumbent(*winning)) {
            search.keep_replacing(offer, *winning, contest.shelter, false);
        } else if (is_incumbent(offer)) {
            search.keep_replacing(*winning, offer, contest.shelter, true);
        } else {
            search.keep_before(*winning, winner->index, offer, i);
        }
    }
    return search.range();
}

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
