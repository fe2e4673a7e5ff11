// gigaspot: which bid a host runs. Layer: rules. Rules of the market, section 6.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/int128.hpp>
#include <gigaspot/rules/answer.hpp>
#include <gigaspot/rules/eligibility.hpp>
#include <gigaspot/rules/offer.hpp>
#include <gigaspot/values/fwd.hpp>
#include <gigaspot/values/host.hpp>
#include <gigaspot/values/policy.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// The present run of a host: the bid that holds it, and the facts of its past that a choice uses.
/// Section 6.
template <MarketTraits Traits>
struct BasicRun {
    typename Traits::BidId bid{};          ///< the bid that holds the host
    std::optional<Timestamp> first_won{};  ///< the first close that this run won; nothing: none yet
    /// Whether terms that took effect had a lower price or more watts than the terms before them,
    /// or a pending edit has more watts.
    bool has_worsened = false;
    /// The price in force, if a pending edit changes it; nothing: the bid's own price. Below it,
    /// the run worsens at the next close.
    std::optional<Price> price_in_force{};

    friend constexpr bool operator==(const BasicRun&, const BasicRun&) = default;
};

/// The bid that a host chooses, if any, as `select` returns it.
template <MarketTraits Traits>
struct BasicSelection {
    std::optional<typename Traits::BidId> winner{};  ///< nothing: the host idles; ignore the rest
    std::size_t index = 0;  ///< the winner's place in the list of bids, from 0
    UsdPerDay profit{};     ///< the host's profit with the winner, exact

    friend constexpr bool operator==(const BasicSelection&, const BasicSelection&) = default;
};

/// What protects an incumbent from a better challenger.
enum class Protection : std::uint8_t {
    none,     ///< it has not won a close, or has worsened: any lead replaces it
    margins,  ///< the lead must exceed both switch margins
    dwell,    ///< its minimum dwell is not over: nothing replaces it
};

/// Finds what protects an incumbent at `conditions.now`. Margins and dwell protect it only if it
/// has won a close and has not worsened. Section 6.
[[nodiscard]] constexpr Protection protection(const std::optional<Timestamp>& first_won,
                                              bool has_worsened, const Conditions& conditions) {
    if (!first_won || has_worsened) return Protection::none;
    const bool is_protected =
        first_won->count() + conditions.policy.dwell_min.count() > conditions.now.count();
    return is_protected ? Protection::dwell : Protection::margins;
}

/// Tells whether a challenger replaces an eligible incumbent, given both profits as section 4
/// defines them. The lead must exceed what `protection` and the margins of `policy` demand. The
/// comparison is exact: no lead exceeds 1.1e32, so no product exceeds 1.1e38, which fits 128 bits.
/// Section 6.
[[nodiscard]] constexpr bool replaces(UsdPerDay challenger, UsdPerDay incumbent,
                                      Protection protection, const Policy& policy) {
    const Int128 lead = challenger.count() - incumbent.count();
    if (protection == Protection::none) return lead > 0;
    if (protection == Protection::dwell) return false;
    if (lead <= policy.switch_margin.count()) return false;
    if (policy.switch_margin_ppm == Ppm{}) return true;  // most policies have no relative margin
    const Int128 incumbent_size = incumbent.count() < 0 ? -incumbent.count() : incumbent.count();
    return lead * Ppm::highest().count() > policy.switch_margin_ppm.count() * incumbent_size;
}

namespace detail {

struct Contender {
    std::size_t index;
    UsdPerDay profit;
    std::uint64_t sequence;
};

/// Orders contenders: higher profit first, then lower sequence, then lower place in the list.
constexpr bool ranks_before(const Contender& left, const Contender& right) {
    if (left.profit != right.profit) return left.profit > right.profit;
    if (left.sequence != right.sequence) return left.sequence < right.sequence;
    return left.index < right.index;
}

/// The eligible bids that decide a choice: the incumbent and the best challenger.
struct Contest {
    std::optional<Contender> incumbent{};
    std::optional<Contender> best{};
    Protection protection = Protection::none;   ///< what protects the incumbent at its price
    Protection unworsened = Protection::none;   ///< what protects it from the price in force on
    Price in_force{};                           ///< the price in force of the bid of the run
    std::optional<std::size_t> place_of_run{};  ///< of its bid in the list, eligible or not
    NotCompared not_compared{};                 ///< the bids that do not take part

    /// What protects an incumbent after an edit to this price.
    [[nodiscard]] constexpr Protection protection_at(Price price) const {
        return price < in_force ? Protection::none : unworsened;
    }

    /// Notes the bid of the run, whether it is eligible or not.
    template <class Traits>
    constexpr void add_run(const BasicRun<Traits>& run, std::size_t place, Price price,
                           const Conditions& conditions) {
        place_of_run = place;
        in_force = run.price_in_force ? *run.price_in_force : price;
        unworsened = gigaspot::protection(run.first_won, run.has_worsened, conditions);
        protection = protection_at(price);
    }

    constexpr void add_challenger(const Contender& challenger) {
        if (!best || ranks_before(challenger, *best)) best = challenger;
    }

    [[nodiscard]] constexpr const std::optional<Contender>& winner(const Policy& policy) const {
        const bool stays =
            incumbent && (!best || !replaces(best->profit, incumbent->profit, protection, policy));
        return stays ? incumbent : best;
    }
};

struct IgnoreNone {
    template <class Offer>
    constexpr bool operator()(const Offer&) const {
        return false;
    }
};

/// Finds the bids that decide a choice. Bids that `is_ignored` do not exist for it.
template <class Traits, class Item, class Ignores = IgnoreNone>
constexpr Contest hold_contest(const BasicHostCapabilities<Traits>& host,
                               std::span<const Item> items, const Conditions& conditions,
                               const std::optional<BasicRun<Traits>>& run,
                               const Ignores& is_ignored = {}) {
    Contest contest;
    for (std::size_t i = 0; i < items.size(); ++i) {
        const auto& offer = as_offer(items[i], host, i);
        if (is_ignored(offer)) continue;
        const bool is_of_run = run && offer.id == run->bid;
        if (is_of_run) contest.add_run(*run, i, offer.price, conditions);
        const Eligibility result = eligibility(offer, host, conditions);
        if (!result.is_eligible()) {
            contest.not_compared.count(result.reason);
            continue;
        }
        const Contender contender{i, *result.profit, offer.sequence};
        if (is_of_run) {
            contest.incumbent = contender;
        } else {
            contest.add_challenger(contender);
        }
    }
    return contest;
}

}  // namespace detail

/// Selects the bid that a host runs from now on, given its present run, if any. Among the eligible
/// bids, the highest profit wins; at equal profit the incumbent, then the lower sequence, then the
/// earlier place. No winner means that the host idles. Section 6.
///
/// `bids` is an array, vector or span of offers, of bids, or of a type with an `as_offer`, all with
/// different ids. In a list of bids, earlier means older; bids are uncached and never expire. Pass
/// offers if that matters. If the bid of `run` is not in the list, `run` is ignored. Costs O(bids)
/// for offers and O(bids x GPUs) for bids. Allocates nothing.
template <class Traits, OffersTo<Traits> Bids>
[[nodiscard]] constexpr BasicSelection<Traits> select(
    const BasicHostCapabilities<Traits>& host, const Bids& bids, const Conditions& conditions,
    const std::type_identity_t<std::optional<BasicRun<Traits>>>& run = {}) {
    const auto items = detail::view_of(bids);
    const detail::Contest contest = detail::hold_contest(host, items, conditions, run);
    const std::optional<detail::Contender>& winner = contest.winner(conditions.policy);
    if (!winner) return {};
    return {.winner = as_offer(items[winner->index], host, winner->index).id,
            .index = winner->index,
            .profit = winner->profit};
}

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
