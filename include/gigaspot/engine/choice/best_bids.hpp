// gigaspot: the best bid of each host, kept from command to command. Layer: engine/choice. Rules of
// the market, sections 4 to 6.
//
// A profit is linear in the rate, so a best bid stays the best within an interval of the main
// currency's rate. A new bid is compared with the best bid only, and may narrow the interval. If
// the best bid is lost, a scan of all entries finds the best at the present rate; its interval is
// found when a close or another rate needs it. A host with bids in other currencies is scanned
// again after each change of any rate.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/int128.hpp>
#include <gigaspot/engine/choice/market_state.hpp>
#include <gigaspot/engine/choice/scan.hpp>
#include <gigaspot/engine/store/interval_index.hpp>
#include <gigaspot/engine/store/store.hpp>
#include <gigaspot/rules/eligibility.hpp>
#include <gigaspot/rules/price_bounds.hpp>
#include <gigaspot/values/currency.hpp>
#include <gigaspot/values/policy.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// Finds and keeps the best bid of each host (`TopBid`).
template <class Traits, class Allocator>
class BestBids {
public:
    using Host = HostRecord<Traits>;

    explicit BestBids(MarketState<Traits, Allocator>& state) : state_{state} {}

    /// Returns the profit of an entry at the present rates, in 1e-20 USD per day. The entry's
    /// currency must have a rate.
    [[nodiscard]] Int128 profit(const Host& host, BookEntry entry) const {
        return Int128{entry.price().count()} * state_.rates[entry.currency()] - cost(host, entry);
    }

    /// Call this when a bid has come or its terms have changed, if it is not the best bid.
    void challenge(Host& host, BookEntry entry) {
        TopBid<Traits>& top = host.top;
        host.has_former = false;
        // The rate may return to an interval that it has left, which did not count this bid.
        if (!is_fresh(host)) return forget(host);
        // An interval covers rivals in the main currency only. With bids in other currencies, the
        // best bid is known at the present rates only.
        if (host.foreign != 0) top.interval = {state_.rates.main(), state_.rates.main()};
        if (!is_choosable(host, entry)) return;
        if (top.entry.bid() == no_slot) return set_top(host, entry);
        const Int128 lead = lead_of(host, entry, top.entry);
        const bool wins = lead > 0 || (lead == 0 && sequence_of(entry) < sequence_of(top.entry));
        if (host.foreign == 0 && !host.is_at_rate)
            narrow_by_rival(host, wins ? entry : top.entry, wins ? top.entry : entry, top.interval);
        if (wins) set_top(host, entry);
    }

    /// Call this when the terms of a bid have changed.
    void reconsider(Host& host, BookEntry after, BookEntry before) {
        if (host.top.entry.bid() != after.bid()) return challenge(host, after);
        host.has_former = false;
        // The best bid stays the best if it is better than before at each rate above 0.
        const bool is_better = after.price() > before.price() &&
                               costs_no_more(host, after, before) && is_fresh(host) &&
                               host.foreign == 0 && state_.rates.main() > 0 &&
                               is_choosable(host, after);
        if (!is_better) return forget(host);
        host.top.entry = after;
        if (host.top.interval.lo < 1) host.top.interval.lo = 1;
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

    /// Returns the rates at which the best bid is known to be the best. Call `top` first.
    const Interval& top_interval(Host& host) {
        if (host.is_at_rate) find_interval(host);
        return host.top.interval;
    }

    /// Returns the id of the best bid, which must exist. Call `top` first.
    [[nodiscard]] typename Traits::BidId top_id(Host& host) const {
        if (!host.has_top_id) host.top.id = state_.store.bids[host.top.entry.bid()].id;
        host.has_top_id = true;
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
    /// Returns what watts, or a difference of watts, cost in 1e-20 USD per day. It is below 0 for
    /// watts above 0 if the energy price is.
    static Int128 cost_of(const Host& host, std::int64_t watts) {
        return Int128{watts} * host.energy_price.count() * std::int64_t{2'400'000'000};
    }
    static Int128 cost(const Host& host, BookEntry entry) {
        return cost_of(host, std::int64_t{entry.watts().count()} + host.base_power.count());
    }
    /// Whether an entry costs no more than another. If the energy price is below 0, more watts cost
    /// less. This needs no product of 128 bits.
    static bool costs_no_more(const Host& host, BookEntry entry, BookEntry other) {
        return host.energy_price < EnergyPrice{} ? entry.watts() >= other.watts()
                                                 : entry.watts() <= other.watts();
    }

    /// Returns the minimum price in the main currency.
    [[nodiscard]] Price price_min(const Host& host) const {
        const Price of_market = state_.conditions.policy.price_min;
        return of_market > host.min_bid ? of_market : host.min_bid;
    }

    /// Checks the conditions of section 5 except for the host's status, expiry and the reserve.
    [[nodiscard, gnu::always_inline]] bool is_choosable(const Host& host, BookEntry entry) const {
        if (!entry.is_overclock_valid()) return false;
        if (state_.conditions.policy.require_cached && !entry.is_cached()) return false;
        if (state_.rates.main() == NetRates::missing) return false;
        if (entry.currency() == main_currency) return entry.price() >= price_min(host);
        return is_foreign_choosable(host, entry);
    }
    [[nodiscard, gnu::noinline]] bool is_foreign_choosable(const Host& host,
                                                           BookEntry entry) const {
        return state_.rates[entry.currency()] != NetRates::missing &&
               !is_price_below(entry.price(), entry.currency(), price_min(host), state_.conditions);
    }

    MarketState<Traits, Allocator>& state_;

private:
    [[gnu::noinline]] void look_again(Slot slot, Host& host) {
        if (recall(slot, host)) return;
        // A rate that has left the interval will move again, and then an interval saves a scan.
        const Interval& interval = host.top.interval;
        const bool was_left_by_rate = interval.lo <= interval.hi;
        remember_top(slot, host);
        rescan(host);
        if (was_left_by_rate && host.is_at_rate) find_interval(host);
    }

    /// Swaps the best bid with a former one that is the best at the present rate. Returns false if
    /// there is none.
    bool recall(Slot slot, Host& host) {
        if (!host.has_former) return false;
        GIGASPOT_ASSERT(host.foreign == 0 && !host.is_at_rate);  // see `remember_top`
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
        // It was forgotten, or is known at one rate only.
        if (interval.lo > interval.hi || host.foreign != 0 || host.is_at_rate) {
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
        return host.top.interval.contains(state_.rates.main()) &&
               (host.foreign == 0 || host.rates_generation == state_.rates.generation());
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
        host.rates_generation = state_.rates.generation();
        const bool is_in_main = host.foreign == 0 && rate != NetRates::missing;
        const BookEntry* const sole =
            is_in_main ? sole_best(state_.store.entries.of(host.book), scan_terms(host)) : nullptr;
        const BookEntry best =
            sole != nullptr ? *sole : scan(host, [](const BookEntry&) { return true; });
        set_top(host, best);
        host.is_at_rate = is_in_main && best.bid() != no_slot;
        host.top.interval = {rate, rate};
        // If no bid passes, none does at any rate.
        if (is_in_main && !host.is_at_rate) host.top.interval = {0, Interval::all().hi};
    }

    /// Finds the interval of a best bid that is known at the present rate.
    [[gnu::noinline]] void find_interval(Host& host) {
        host.is_at_rate = false;
        if (host.foreign != 0) return;
        host.top.interval = {0, Interval::all().hi};
        narrow_by_all(state_.store.entries.of(host.book), scan_terms(host), host.top.entry,
                      host.top.interval);
    }

    [[nodiscard]] ScanTerms scan_terms(const Host& host) const {
        return {.net_rate = state_.rates.main(),
                .energy_price = host.energy_price.count(),
                .price_min = price_min(host).count(),
                .require_cached = state_.conditions.policy.require_cached};
    }

    /// Narrows an interval to the rates at which `winner` still ranks before `loser`. Both must be
    /// in the main currency.
    void narrow_by_rival(const Host& host, BookEntry winner, BookEntry loser,
                         Interval& interval) const {
        const std::int64_t price_lead = winner.price().count() - loser.price().count();
        if (price_lead == 0) return;  // the order is the same at every rate
        // Both profits are equal at the rate at which the price difference pays for the watts.
        const double more = cost_of_watt(host.energy_price.count()) *
                            static_cast<double>(winner.watts().count() - loser.watts().count());
        const double meet = more / static_cast<double>(price_lead);
        narrow_to_meets(price_lead > 0 ? meet : -infinity, price_lead > 0 ? infinity : meet,
                        state_.rates.main(), interval);
    }
};

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
