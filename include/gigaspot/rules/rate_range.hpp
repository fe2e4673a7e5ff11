// gigaspot: the range of exchange rates in which a host keeps its present choice. Layer: rules.
// Rules of the market, section 10.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>

#include <gigaspot/base/config.hpp>
#include <gigaspot/rules/answer.hpp>
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

/// Narrows the range of the main currency's rate to the part in which a choice remains.
///
/// The choice remains while no single bid upsets it. Whether a bid upsets it depends on a few
/// tests, and each test changes its result at most once as the rate rises. This is because profits
/// are straight lines in the net rate, and a price in another currency only falls against a minimum
/// in the main one. Nothing changes between these switches, so it is enough to check both sides of
/// each switch.
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

    /// Keeps `winner` ahead of `other`; both are challengers.
    constexpr void keep_before(const OfferType& winner, std::size_t winner_index,
                               const OfferType& other, std::size_t other_index) {
        const auto is_eligible_other = [&] { return is_eligible(other); };
        const auto is_before = [&] {
            return ranks_before({winner_index, profit_now(winner), winner.sequence},
                                {other_index, profit_now(other), other.sequence});
        };
        keep([&] { return !is_eligible_other() || is_before(); }, is_eligible_other, is_before);
    }

    /// Keeps `challenger` replacing `incumbent` if `wins`, and not replacing it otherwise.
    constexpr void keep_replacing(const OfferType& challenger, const OfferType& incumbent,
                                  Protection protection, bool wins) {
        const OfferType& loser = wins ? incumbent : challenger;
        const auto is_eligible_loser = [&] { return is_eligible(loser); };
        const auto lead = [&] { return (profit_now(challenger) - profit_now(incumbent)).count(); };
        const Int128 margin = protection == Protection::margins
                                  ? Int128{conditions_.policy.switch_margin.count()}
                                  : 0;
        const Int128 ppm = protection == Protection::margins
                               ? Int128{conditions_.policy.switch_margin_ppm.count()}
                               : 0;
        keep(
            [&] {
                return !is_eligible_loser() ||
                       wins == replaces(profit_now(challenger), profit_now(incumbent), protection,
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

    /// Finds the lowest rate at which the test has another result than at the minimum rate. Returns
    /// nothing if the result is the same at the minimum and the maximum rate.
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

    /// Narrows the range so that `holds` is true in all of it, as it is at the present rate. Its
    /// result may change only where the result of one of the tests changes.
    template <class Holds, class... Tests>
    constexpr void keep(const Holds& holds, const Tests&... tests) {
        const auto holds_at = [&](Count count) {
            set_rate(count);
            return holds();
        };
        for (const std::optional<Count>& at : {switch_of(tests)...}) {
            if (!at) continue;
            if (*at > present_.count()) {
                if (*at <= range_.max.count() && !holds_at(*at))
                    range_.max = ExchangeRate::unchecked(*at - 1);
            } else {
                if (*at > range_.min.count() && !holds_at(*at - 1))
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

/// Finds the rates of the main currency at which a host keeps its present choice. It is the largest
/// closed range around the present rate, if nothing else changes, and exact to the last unit.
/// Returns nothing if the main currency has no rate. The answer says which bids were not compared.
/// `bids` and `run` are as for `select`. Costs O(bids), with several hundred profits per bid, so it
/// is not meant for every close. Section 10.
template <class Traits, OffersTo<Traits> Bids>
[[nodiscard]] constexpr Answer<std::optional<Range<ExchangeRate>>> rate_range(
    const BasicHostCapabilities<Traits>& host, const Bids& bids, const Conditions& conditions,
    const std::type_identity_t<std::optional<BasicRun<Traits>>>& run = {}) {
    const std::optional<ExchangeRate> present = conditions.rate(main_currency);
    const auto items = detail::view_of(bids);
    const detail::Contest contest = detail::hold_contest(host, items, conditions, run);
    if (!present) return {std::nullopt, contest.not_compared};
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
        if (!profit(offer, host, conditions)) continue;  // its currency has no rate: never eligible
        if (!winning) {
            search.keep_ineligible(offer);
        } else if (is_incumbent(*winning)) {
            search.keep_replacing(offer, *winning, contest.protection, false);
        } else if (is_incumbent(offer)) {
            search.keep_replacing(*winning, offer, contest.protection, true);
        } else {
            search.keep_before(*winning, winner->index, offer, i);
        }
    }
    return {search.range(), contest.not_compared};
}

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
