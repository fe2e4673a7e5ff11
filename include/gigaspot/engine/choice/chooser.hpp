// gigaspot: chooses the bid that runs on a host from a close on. Layer: engine/choice. Rules of the
// market, section 6. `select` defines the choice; tests/model compares the two.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/int128.hpp>
#include <gigaspot/engine/choice/best_bids.hpp>
#include <gigaspot/engine/choice/market_state.hpp>
#include <gigaspot/engine/store/interval.hpp>
#include <gigaspot/engine/store/rate_levels.hpp>
#include <gigaspot/rules/eligibility.hpp>
#include <gigaspot/rules/offer.hpp>
#include <gigaspot/rules/select.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/policy.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// The result of a close for a host.
struct Verdict {
    Slot winner = no_slot;     ///< the bid that runs from then on, or `no_slot`
    Int128 profit = 0;         ///< the winner's, in 1e-20 USD per day
    Code reason = Code::none;  ///< why the incumbent stops, if it does
};

/// Chooses between the incumbent and the best bid.
template <class Traits, class Allocator>
class Chooser : public BestBids<Traits, Allocator> {
    using Base = BestBids<Traits, Allocator>;

public:
    using Host = HostRecord<Traits>;
    using Run = RunRecord<Traits>;

    using Base::Base;
    using Base::prepare_top, Base::profit, Base::top;

    /// Returns what a close now does with a host. The host must be available, none of its bids may
    /// have expired, and no cancel or edit may wait.
    [[gnu::always_inline]] Verdict decide(Slot slot, Host& host, const Run& run) {
        const BookEntry& best = top(slot, host);
        Verdict verdict;
        if (best.bid() != no_slot) {
            verdict.profit = profit(host, best);
            if (verdict.profit >= reserve()) verdict.winner = best.bid();
        }
        if (host.running == no_slot || host.running == verdict.winner) return verdict;

        const BookEntry& incumbent = entry_of(slot, host, host.running);
        const Int128 its_profit = profit(host, incumbent);
        if (!is_choosable(host, incumbent) || its_profit < reserve()) {
            verdict.reason = ineligibility_of(host, incumbent);
            return verdict;
        }
        const bool is_replaced =
            verdict.winner != no_slot &&
            replaces(UsdPerDay::unchecked(verdict.profit), UsdPerDay::unchecked(its_profit),
                     protection(run.first_won(), run.has_worsened, state_.conditions),
                     state_.conditions.policy);
        if (is_replaced) {
            verdict.reason = Code::outbid;
        } else {
            verdict.winner = host.running;
            verdict.profit = its_profit;
        }
        return verdict;
    }

    /// Returns the net rates of the main currency at which the next close changes nothing on a
    /// host, if nothing else changes except other rates in a box. Stores the level of the box, or
    /// `no_level` if the host has only bids in the main currency. The verdict of `decide` must have
    /// been followed; `its_profit` is the run's. The interval is empty if the next close must
    /// choose in any case.
    [[nodiscard, gnu::always_inline]] Interval rate_range(Slot slot, Host& host, const Run& run,
                                                          Int128 its_profit, std::uint8_t& level) {
        const std::int64_t rate = state_.rates.main();
        level = no_level;
        if (rate == NetRates::missing) return {rate, rate};
        if (host.foreign != 0) return range_in_box(slot, host, run, level);
        Interval interval = Base::top_interval(host);
        // Most runs are of the best bid, and stay above the reserve on the whole interval, which
        // takes no division.
        const BookEntry& best = host.top.entry;  // known since `decide`
        if (best.bid() == no_slot && host.running == no_slot) return interval;
        if (best.bid() == host.running && is_above_reserve(best, its_profit, interval.lo))
            return interval;
        narrow_to_verdict(slot, host, run, level, interval);
        return interval;
    }

    /// Calls `act(host)` for each of these hosts, in order. Meanwhile fetches what the next hosts
    /// will read, and finds their best bids.
    template <class Act>
    void walk(std::span<const Slot> hosts, Act act) {
        walk(
            hosts, [](Slot) {}, [](Slot, const Host&) {}, act);
    }
    /// `walk` for a close, which also reads runs and accounts.
    template <class Act>
    void walk_in_close(std::span<const Slot> hosts, Act act) {
        const auto& store = state_.store;
        walk(
            hosts, [&](Slot slot) { store.hints().run(slot); },
            [&](Slot slot, const Host& one) {
                const Run& run = store.runs[slot];
                store.hints().account(run.account_slot);
                // The incumbent may get an account when it stops.
                if (run.account_slot == no_slot && run.account.sum() != 0)
                    store.hints().bid(run.bid);
                const Slot best = one.top.entry.bid();
                if (best == one.running) return;
                one.has_top_holder ? store.hints().account(one.top_account)
                                   : store.hints().details_of_bid(best);
            },
            act);
    }

private:
    // 16, 8 and 4 hosts ahead were as fast, and so were 24, 12 and 6.
    static constexpr std::size_t hosts_ahead = 12;
    static constexpr std::size_t entries_ahead = 6;
    static constexpr std::size_t looks_ahead = 2;

    using Base::is_choosable, Base::profits_at_most, Base::state_;

    template <class FetchHost, class FetchBids, class Act>
    void walk(std::span<const Slot> hosts, FetchHost fetch_host, FetchBids fetch_bids, Act act) {
        // An index below 0 wraps around and is past the end.
        const auto is_due = [&](std::size_t at) { return at < hosts.size(); };
        for (std::size_t first = 0; first < hosts.size() + hosts_ahead; ++first) {
            const std::size_t last = first - hosts_ahead;
            const std::size_t prepared = last + entries_ahead;
            const std::size_t looked_at = last + looks_ahead;
            if (is_due(first)) {
                state_.store.hints().host_terms(hosts[first]);
                fetch_host(hosts[first]);
            }
            if (is_due(prepared)) prepare_top(hosts[prepared]);
            if (is_due(looked_at)) {
                Host& host = state_.store.hosts[hosts[looked_at]];
                if (host.status.is_available()) top(hosts[looked_at], host);
                fetch_bids(hosts[looked_at], host);
            }
            if (is_due(last)) act(hosts[last]);
        }
    }

    const BookEntry& entry_of(Slot slot, const Host& host, Slot bid) const {
        // Mostly the incumbent was the best bid until now. Then its entry is the last former one,
        // which is in the cache.
        const BookEntry& former = state_.store.former[slot].last.entry;
        if (host.has_former && former.bid() == bid) return former;
        return state_.store.entry(bid);
    }

    [[nodiscard]] Int128 reserve() const { return state_.conditions.policy.reserve.count(); }

    /// Returns why the incumbent may not run.
    [[nodiscard, gnu::noinline]] Code ineligibility_of(const Host& host,
                                                       const BookEntry& entry) const {
        const BasicOffer<WithoutGpus<Traits>> offer{.price = entry.price(),
                                                    .currency = entry.currency(),
                                                    .power_limits = entry.watts(),
                                                    .is_overclock_valid =
                                                        entry.is_overclock_valid(),
                                                    .is_cached = entry.is_cached()};
        return gigaspot::eligibility(offer, host.terms(), state_.conditions).reason;
    }

    /// Whether an entry with this profit is above the reserve at a rate up to the present one.
    [[nodiscard]] bool is_above_reserve(const BookEntry& entry, Int128 its_profit,
                                        std::int64_t rate) const {
        return its_profit - Int128{entry.price().count()} * (state_.rates.main() - rate) >=
               reserve();
    }
    // --- The rates at which a verdict stays the same, in a box ---

    /// `rate_range` on a host with bids in other currencies.
    [[nodiscard, gnu::noinline]] Interval range_in_box(Slot slot, Host& host, const Run& run,
                                                       std::uint8_t& level) {
        const Interval& of_best = Base::top_interval(host);
        for (level = host.box_level;; ++level) {
            Interval interval{0, Interval::all().hi};
            narrow_to_verdict(slot, host, run, level, interval);
            const bool is_small = !contains(interval, Base::moves_of_main(level));
            if (is_small && level < level_of_main) continue;
            // Nothing proves that the verdict holds even now, such as during a dwell.
            if (is_small) return Interval::none();
            intersect(interval, of_best);
            return interval;
        }
    }

    /// Narrows an interval in which the best bid stays the best to where the verdict stays the
    /// same.
    void narrow_to_verdict(Slot slot, const Host& host, const Run& run, std::uint8_t level,
                           Interval& interval) const {
        const BookEntry& best = host.top.entry;
        if (host.running == no_slot) {
            if (best.bid() != no_slot) intersect(interval, below_reserve(host, best, level));
            return;
        }
        const BookEntry& incumbent =
            best.bid() == host.running ? best : entry_of(slot, host, host.running);
        intersect(interval, above_reserve(host, incumbent, level));
        if (best.bid() == host.running) return;
        if (!Base::is_in_main(incumbent))
            intersect(interval, Base::above_price_min(host, incumbent, level));
        if (best.bid() != no_slot)
            intersect(interval, not_replaced(host, run, best, incumbent, level));
    }

    [[nodiscard]] Interval above_reserve(const Host& host, const BookEntry& entry,
                                         std::uint8_t level) const {
        return profits_at_most(host, 0, entry, -1, entry, -reserve(), level).rates();
    }
    [[nodiscard]] Interval below_reserve(const Host& host, const BookEntry& entry,
                                         std::uint8_t level) const {
        return profits_at_most(host, 1, entry, 0, entry, reserve() - 1, level).rates();
    }

    /// Returns the rates at which the challenger still does not replace the incumbent. Each reason
    /// not to holds on a half-line of rates. The reasons that hold now all contain the present
    /// rate, so that their union is an interval.
    [[nodiscard]] Interval not_replaced(const Host& host, const Run& run,
                                        const BookEntry& challenger, const BookEntry& incumbent,
                                        std::uint8_t level) const {
        const Policy& policy = state_.conditions.policy;
        const Protection now = protection(run.first_won(), run.has_worsened, state_.conditions);
        const Int128 margin = now == Protection::none ? 0 : Int128{policy.switch_margin.count()};
        const std::int64_t ppm = now == Protection::none ? 0 : policy.switch_margin_ppm.count();
        constexpr std::int64_t million = Ppm::highest().count();
        const auto at_most = [&](std::int64_t a, std::int64_t b, Int128 most) {
            return profits_at_most(host, a, challenger, b, incumbent, most, level).rates();
        };
        Interval interval = Interval::none();
        for (const Interval& way :
             {below_reserve(host, challenger, level), at_most(1, -1, margin),
              at_most(million, -million - ppm, 0), at_most(million, -million + ppm, 0)}) {
            if (!way.contains(state_.rates.main())) continue;
            if (way.lo < interval.lo) interval.lo = way.lo;
            if (way.hi > interval.hi) interval.hi = way.hi;
        }
        return interval;
    }
};

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
