// gigaspot: the best bid of each host, kept from command to command. Layer: engine/choice. Rules of
// the market, sections 4 to 6.
//
// A profit is linear in the rate, so a best bid stays the best within an interval of the main
// currency's rate. On a host with bids in other currencies, the interval holds as long as their
// rates are in a box (`RateBoxes`). A new bid is compared with the best bid only, and may narrow
// the interval. If the best bid is lost, a scan of all entries finds the best at the present rates;
// its interval is found when a close or another rate needs it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/int128.hpp>
#include <gigaspot/engine/choice/rivals.hpp>
#include <gigaspot/engine/choice/scan.hpp>
#include <gigaspot/engine/store/interval.hpp>
#include <gigaspot/engine/store/rate_levels.hpp>
#include <gigaspot/engine/store/store.hpp>
#include <gigaspot/values/currency.hpp>
#include <gigaspot/values/policy.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// Finds and keeps the best bid of each host (`TopBid`).
template <class Traits, class Allocator>
class BestBids : public Rivals<Traits, Allocator> {
    using Base = Rivals<Traits, Allocator>;

public:
    using Host = HostRecord<Traits>;

    using Base::Base;
    using Base::profit;

    /// Call this when a bid has come or its terms have changed, if it is not the best bid.
    [[gnu::always_inline]] void challenge(Host& host, BookEntry entry) {
        host.has_former = false;
        if (!Base::surely_loses(host, entry)) challenge_closely(host, entry);
    }

    /// Call this when the terms of a bid have changed.
    [[gnu::always_inline]] void reconsider(Host& host, BookEntry after, BookEntry before) {
        host.top.entry.bid() == after.bid() ? reconsider_top(host, after, before)
                                            : challenge(host, after);
    }

    /// Call this before a bid is removed.
    static void withdraw(Host& host, Slot bid) {
        host.has_former = false;
        if (host.top.entry.bid() == bid) forget(host);
    }

    /// Call this when something has changed that all bids of a host depend on.
    static void forget(Host& host) {
        host.top.interval = Interval::none();
        host.has_former = host.has_top_holder = false;
    }

    /// Returns the entry of the best bid; its bid is `no_slot` if there is none. Costs O(1) if the
    /// best bid is known, else O(bids).
    [[gnu::always_inline]] const BookEntry& top(Slot slot, Host& host) {
        if (!is_fresh(host)) look_again(slot, host);
        return host.top.entry;
    }

    /// Returns the rates at which the best bid is known to be the best, in the box of
    /// `host.box_level`. Call `top` first.
    const Interval& top_interval(Host& host) {
        if (host.is_at_rate) find_interval(host, 0);
        return host.top.interval;
    }

    /// Returns the id of the best bid, which must exist. Call `top` first.
    [[nodiscard]] typename Traits::BidId top_id(Host& host) const {
        if (!host.has_top_id) {
            host.top.id = state_.store.bids[host.top.entry.bid()].id;
            host.has_top_id = true;
        }
        return host.top.id;
    }

    /// Returns what a run takes from this bid.
    [[nodiscard]] Holder<Traits> holder(Slot slot, const Host& host, Slot bid) const {
        const auto& store = state_.store;
        if (host.has_top_holder && host.top.entry.bid() == bid)
            return {host.top.id, store.former[slot].owner, host.top_account, true};
        return {store.bids[bid].id, store.bids.details(bid).owner, store.bids[bid].account, true};
    }
    /// Call this when a bid of a host has got its account.
    void set_account(Slot slot, Host& host, Slot bid, Slot account) {
        if (host.top.entry.bid() == bid) host.top_account = account;
        if (!host.has_former) return;
        FormerTops<Traits>& former = state_.store.former[slot];
        for (auto* const top : {&former.last, &former.older}) {
            if (top->entry.bid() == bid) top->holder.account = account;
        }
    }

    /// Returns the best bid that has not expired. Between closes, expired bids may still exist.
    BookEntry top_unexpired(Slot slot) {
        Host& host = state_.store.hosts[slot];
        if (state_.conditions.now.count() < host.first_expiry) return top(slot, host);
        return scan(host, [&](const BookEntry& entry) {
            return state_.store.bids.details(entry.bid()).expiry > state_.conditions.now.count();
        });
    }

    /// Finds the best bid of a host if that takes no scan. Otherwise, hints at the entries.
    void prepare_top(Slot slot) {
        Host& host = state_.store.hosts[slot];
        if (!is_fresh(host) && !recall(slot, host)) state_.store.hints().book(slot);
    }

protected:
    using Base::above_price_min, Base::is_choosable, Base::is_in_main, Base::moves_of_main;
    using Base::state_;

private:
    [[gnu::noinline]] void reconsider_top(Host& host, BookEntry after, BookEntry before) {
        host.has_former = false;
        // The best bid stays the best if it is better than before at each rate above 0.
        const bool is_better = after.price() > before.price() &&
                               costs_no_more(host, after, before) && is_fresh(host) &&
                               lowest_rate(host, after) > 0 && is_choosable(host, after);
        if (!is_better) return forget(host);
        host.top.entry = after;
        if (host.top.interval.lo < 1) host.top.interval.lo = 1;
    }
    [[gnu::noinline]] void challenge_closely(Host& host, BookEntry entry) {
        TopBid<Traits>& top = host.top;
        // Without other bids in other currencies, the best bid did not depend on their rates.
        if (host.foreign == 1 && !is_in_main(entry))
            rely_on(host, host.is_at_rate ? level_of_present : std::uint8_t{0});
        // The rates may return to where they were when this bid did not count.
        if (!is_fresh(host)) return forget(host);
        if (host.foreign != 0) return challenge_in_box(host, entry);
        if (!is_choosable(host, entry)) return;
        if (top.entry.bid() == no_slot) return set_top(host, entry);
        const bool wins = is_before(host, entry, top.entry);
        if (!host.is_at_rate)
            narrow_by_rival(host, wins ? entry : top.entry, wins ? top.entry : entry, top.interval);
        if (wins) set_top(host, entry);
    }

    using Base::can_rival, Base::cost_of, Base::costs_no_more, Base::narrow_by_rival;
    using Base::narrow_to_price_min, Base::price_min, Base::stays_before;

    [[gnu::noinline]] void look_again(Slot slot, Host& host) {
        if (recall(slot, host)) return;
        // A rate that has left the interval will move again, and then an interval saves a scan.
        const Interval& interval = host.top.interval;
        const bool was_left_by_rate = interval.lo <= interval.hi;
        remember_top(slot, host);
        // Former best bids are known in the present box and all smaller ones.
        const std::uint8_t level = host.has_former ? host.box_level : std::uint8_t{0};
        rescan(host);
        if (was_left_by_rate && host.is_at_rate) find_interval(host, level);
    }

    /// Swaps the best bid with a former one that is the best at the present rate. Returns false if
    /// there is none.
    bool recall(Slot slot, Host& host) {
        if (!host.has_former || !is_in_box(host)) return false;
        GIGASPOT_ASSERT(!host.is_at_rate);  // see `look_again`
        FormerTops<Traits>& former = state_.store.former[slot];
        auto* const found = former.find(state_.rates.main());
        if (found == nullptr) return false;
        if (found != &former.last) std::swap(former.last, former.older);
        auto& last = former.last;
        const Holder<Traits> next = std::exchange(last.holder, top_holder(slot, host, former));
        std::swap(last.interval, host.top.interval);
        const BookEntry entry = std::exchange(last.entry, host.top.entry);
        if (!next.is_known) {
            set_top(host, entry);
            return true;
        }
        host.top.entry = entry;
        host.top.id = next.id;
        former.owner = next.owner;
        host.top_account = next.account;
        host.has_top_id = host.has_top_holder = true;
        return true;
    }

    /// Makes the best bid a former one, if its interval is known and the rate has left it.
    void remember_top(Slot slot, Host& host) {
        const Interval& interval = host.top.interval;
        // It was forgotten, or is known at one rate only, or the rates have left the box.
        if (interval.lo > interval.hi || host.is_at_rate || !is_in_box(host)) {
            host.has_former = false;
            return;
        }
        FormerTops<Traits>& former = state_.store.former[slot];
        if (!host.has_former) former.clear();
        host.has_former = true;
        former.older = former.last;
        former.last = {host.top.entry, host.top.interval, top_holder(slot, host, former)};
    }

    /// Returns the best bid's holder without reading the bid's records.
    [[nodiscard]] Holder<Traits> top_holder(Slot slot, const Host& host,
                                            const FormerTops<Traits>& former) const {
        if (host.has_top_holder) return {host.top.id, former.owner, host.top_account, true};
        const Slot bid = host.top.entry.bid();
        if (bid == no_slot || bid != host.running) return {};
        const auto& run = state_.store.runs[slot];
        return {run.bid_id, run.owner, run.account_slot, true};
    }

    [[nodiscard]] bool is_fresh(const Host& host) const {
        return host.top.interval.contains(state_.rates.main()) && is_in_box(host);
    }
    /// Whether the rates are in the box in which the best bid and the former ones are known.
    [[nodiscard]] bool is_in_box(const Host& host) const {
        return host.foreign == 0 || host.box_number == state_.rates.boxes().number(host.box_level);
    }
    void rely_on(Host& host, std::uint8_t level) const {
        host.box_level = level;
        host.box_number = state_.rates.boxes().number(level);
    }
    /// Returns the lowest net rate of an entry's currency at which the best bid is known.
    [[nodiscard]] std::int64_t lowest_rate(const Host& host, BookEntry entry) const {
        return entry.currency() == main_currency
                   ? state_.rates.main()
                   : state_.rates.boxes().of(host.box_level, entry.currency()).net_lo;
    }

    [[nodiscard]] std::uint64_t sequence_of(BookEntry entry) const {
        return state_.store.bids[entry.bid()].sequence;
    }

    /// Returns by how much the profit of one entry exceeds another's. Both must have a rate.
    [[nodiscard]] Int128 lead_of(const Host& host, BookEntry left, BookEntry right) const {
        if (host.foreign != 0) return profit(host, left) - profit(host, right);
        return Int128{left.price().count() - right.price().count()} * state_.rates.main() -
               cost_of(host, left.watts().count() - right.watts().count());
    }

    /// Orders by higher profit, then by lower sequence.
    [[nodiscard]] bool is_before(const Host& host, BookEntry left, BookEntry right) const {
        const Int128 lead = lead_of(host, left, right);
        return lead > 0 || (lead == 0 && sequence_of(left) < sequence_of(right));
    }

    /// Makes an entry the best, or none if its bid is `no_slot`. The bid's record, which has the
    /// id, is likely in no cache, so it is fetched until `top_id` reads it.
    void set_top(Host& host, BookEntry entry) const {
        host.top.entry = entry;
        host.has_top_id = host.has_top_holder = false;
        state_.store.hints().bid(entry.bid());
    }

    /// Returns the best of all entries that pass a filter. Compares exactly.
    template <class Filter>
    BookEntry scan(const Host& host, Filter filter) const {
        BookEntry best;
        for (const BookEntry& entry : state_.store.entries.of(host.book)) {
            if (!is_choosable(host, entry) || !filter(entry)) continue;
            if (best.bid() == no_slot || is_before(host, entry, best)) best = entry;
        }
        return best;
    }

    void rescan(Host& host) {
        ++state_.rescans;
        const std::int64_t rate = state_.rates.main();
        const BookEntry best = rate == NetRates::missing ? BookEntry{} : best_now(host);
        set_top(host, best);
        host.top.interval = {rate, rate};
        if (host.foreign != 0) rely_on(host, level_of_present);
        host.is_at_rate = rate != NetRates::missing && (best.bid() != no_slot || host.foreign != 0);
        // If no bid in the main currency passes, none does at any rate.
        if (rate != NetRates::missing && !host.is_at_rate)
            host.top.interval = {0, Interval::all().hi};
    }
    /// Returns the best entry at the present rates. The main currency must have one.
    [[nodiscard]] BookEntry best_now(const Host& host) const {
        const BookEntries entries = state_.store.entries.of(host.book);
        const BookEntry* const sole = sole_best(entries, scan_terms(host));
        if (sole == nullptr) return scan(host, [](const BookEntry&) { return true; });
        BookEntry best = *sole;
        if (host.foreign == 0) return best;
        entries.for_each_foreign([&](const BookEntry& entry) {
            if (is_choosable(host, entry) && is_before(host, entry, best)) best = entry;
        });
        return best;
    }

    /// Finds the interval of a best bid that is known at the present rate, in a box that is no
    /// larger than that of a level.
    [[gnu::noinline]] void find_interval(Host& host, std::uint8_t level) {
        host.is_at_rate = false;
        Interval interval{0, Interval::all().hi};
        if (is_in_main(host.top.entry))
            narrow_by_all(state_.store.entries.of(host.book), scan_terms(host), host.top.entry,
                          interval);
        if (host.foreign == 0) {
            host.top.interval = interval;
        } else {
            find_box(host, interval, level);
        }
    }

    [[nodiscard]] ScanTerms scan_terms(const Host& host) const {
        return {.net_rate = state_.rates.main(),
                .energy_price = host.energy_price.count(),
                .price_min = price_min(host).count(),
                .require_cached = state_.conditions.policy.require_cached,
                .has_foreign = host.foreign != 0};
    }

    // --- Hosts with bids in other currencies ---

    [[gnu::noinline]] void challenge_in_box(Host& host, BookEntry entry) {
        TopBid<Traits>& top = host.top;
        const bool wins = is_choosable(host, entry) &&
                          (top.entry.bid() == no_slot || is_before(host, entry, top.entry));
        const BookEntry winner = wins ? entry : top.entry;
        const BookEntry loser = wins ? top.entry : entry;
        if (!host.is_at_rate) {
            if (is_in_main(winner) && is_in_main(loser)) {
                if (is_choosable(host, loser)) narrow_by_rival(host, winner, loser, top.interval);
            } else {
                narrow_to_price_min(host, winner, host.box_level, top.interval);
                if (can_rival(host, winner, loser))
                    narrow_by_rival(host, winner, loser, host.box_level, top.interval);
            }
            if (!top.interval.contains(state_.rates.main())) {
                know_at_present(host);
                host.is_at_rate = true;
            }
        }
        if (wins) set_top(host, entry);
    }

    /// Finds the largest box, from this level on, in which the best bid stays the best although the
    /// main rate moves too (`moves_of_main`). Narrows the interval to the main rates at
    /// which it is the best anywhere in the box. All rivals in the main currency have narrowed it
    /// before if the best bid is in that currency.
    void find_box(Host& host, Interval interval, std::uint8_t level) {
        const BookEntry top = host.top.entry;
        const auto for_each_rival = [&](auto act) {
            const BookEntries entries = state_.store.entries.of(host.book);
            const auto visit = [&](const BookEntry& entry) {
                if (can_rival(host, top, entry)) act(entry);
            };
            if (is_in_main(top)) return entries.for_each_foreign(visit);
            for (const BookEntry& entry : entries) visit(entry);
        };
        while (level < level_of_main && !is_in_main(top) &&
               !contains(above_price_min(host, top, level), moves_of_main(level)))
            ++level;
        for_each_rival([&](const BookEntry& entry) {
            while (level < level_of_main && !stays_before(host, top, entry, level)) ++level;
        });
        narrow_to_price_min(host, top, level, interval);
        for_each_rival(
            [&](const BookEntry& entry) { narrow_by_rival(host, top, entry, level, interval); });
        if (!interval.contains(state_.rates.main())) return know_at_present(host);
        host.top.interval = interval;
        rely_on(host, level);
    }
    void know_at_present(Host& host) const {
        host.top.interval = {state_.rates.main(), state_.rates.main()};
        rely_on(host, level_of_present);
    }
};

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
