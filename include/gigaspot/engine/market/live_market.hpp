// gigaspot: the state of a live market, and the changes that commands and closes make to it. Layer:
// engine/market. Rules of the market, sections 6 to 9.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include <gigaspot/base/config.hpp>
#include <gigaspot/engine/choice/chooser.hpp>
#include <gigaspot/engine/store/interval_index.hpp>
#include <gigaspot/engine/store/store.hpp>
#include <gigaspot/rules/billing.hpp>
#include <gigaspot/rules/eligibility.hpp>
#include <gigaspot/values/currency.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/event.hpp>
#include <gigaspot/values/limits.hpp>
#include <gigaspot/values/policy.hpp>
#include <gigaspot/values/traits.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// A live market. Nothing here checks a command or fails.
template <class Traits, class Allocator>
class LiveMarket : public MarketState<Traits, Allocator> {
    using State = MarketState<Traits, Allocator>;

public:
    using State::conditions, State::rates, State::store;
    using Host = HostRecord<Traits>;
    using Run = RunRecord<Traits>;
    using BidAt = typename Store<Traits, Allocator>::BidAt;
    using Event = BasicEvent<Traits>;

    using State::State;

    std::optional<Timestamp> clock{};  ///< the time of the last accepted command
    std::optional<Timestamp> last_close{};
    std::uint64_t sequence = 0;  ///< the last one that a bid got
    std::uint64_t commands = 0;  ///< including rejected ones
    std::uint64_t looks = 0;     ///< `Counters::looks`
    /// Whether a `rate` command has named the currency. The first one fixed its fee.
    bool is_named[limits::currencies_max]{};

    [[nodiscard]] Chooser<Traits, Allocator> chooser() { return Chooser<Traits, Allocator>{*this}; }

    /// Whether a bid can be in this currency: the main one, or one that the marketplace has named.
    [[nodiscard]] bool has_currency(Currency currency) const {
        if (currency == main_currency) return true;
        return currency.number < limits::currencies_max && is_named[currency.number];
    }

    /// Whether a bid's cancel waits. It runs until the next close; only `revoke` still sees it.
    [[nodiscard]] bool is_leaving(const BidAt& at) const {
        return at.host.has_pending && at.is_running() && store.runs[at.bid.host].is_cancelled;
    }

    [[nodiscard]] Event make_event(EventKind kind) const {
        return {.kind = kind, .time = conditions.now, .command = commands};
    }
    [[nodiscard]] Event make_event(EventKind kind, Slot host, Slot bid) const {
        Event event = make_event(kind);
        event.host = store.runs[host].host_id;
        event.bid = store.bids[bid].id;
        return event;
    }
    [[nodiscard]] Event make_event(EventKind kind, const Run& run) const {
        Event event = make_event(kind);
        event.host = run.host_id;
        event.bid = run.bid_id;
        return event;
    }

    // --- Bids ---

    /// Removes a bid that does not run.
    [[gnu::always_inline]] void remove_bid(const BidAt& at) {
        Chooser<Traits, Allocator>::withdraw(at.host, at.slot);
        store.remove_bid(at);
    }

    template <class Sink>
    void remove_bid(Slot bid, EventKind kind, Sink& sink) {
        sink(make_event(kind, store.bids[bid].host, bid));
        remove_bid(store.at(bid));
    }

    /// Removes all bids of a host by ascending id. None of them may run.
    template <class Sink>
    void remove_bids(Slot host, Sink& sink) {
        store.victims.clear();
        for (const BookEntry& entry : store.entries_of(host)) {
            if (!entry.is_gap()) store.victims.push_back(entry.bid());
        }
        store.sort_bids({store.victims.data(), store.victims.size()});
        for (const Slot bid : store.victims) remove_bid(bid, EventKind::removed, sink);
    }

    /// Applies the edit that waits for a run.
    void take_edit(Slot host, Slot bid) {
        store.bids.set_profiles(bid, store.edits.profiles(host));
        store.hosts[host].has_pending = false;
        const PendingEdit& edit = store.edits.of(store.runs[host]);
        const BidAt at = store.at(bid);
        BookEntry terms = at.entry;
        terms.set_terms(edit.terms);
        take_terms(at, terms, edit.sequence);
        store.edits.drop(store.runs[host]);
    }

    /// Gives a bid new terms, except for the profiles.
    [[gnu::always_inline]] void take_terms(const BidAt& at, BookEntry terms,
                                           std::uint64_t sequence_of_edit) {
        const BookEntry before = at.entry;
        at.entry = terms;
        at.bid.sequence = sequence_of_edit;
        chooser().reconsider(at.host, terms, before);
    }

    // --- Runs ---

    template <class Sink>
    void start(Slot slot, Host& host, Run& run, const BookEntry& entry, Int128 profit,
               std::optional<Timestamp> first_won, Sink& sink) {
        put_on(slot, host, run, entry);
        run.set_first_won(first_won);
        Event event = make_event(EventKind::started, run);
        event.profit = UsdPerDay::unchecked(profit);
        sink(event);
    }

    /// Makes a bid run on a host, from now on. Nothing may run there.
    void put_on(Slot slot, Host& host, Run& run, const BookEntry& entry) {
        const Slot bid = entry.bid();
        const Holder<Traits> holder = chooser().holder(slot, host, bid);
        host.running = bid;
        host.has_pending = false;
        run.bid = bid;
        run.currency = entry.currency();
        run.has_worsened = false;
        run.is_cancelled = false;
        store.edits.drop(run);
        run.was_edited = false;
        run.price = entry.price();
        run.set_first_won(std::nullopt);
        run.charged = conditions.now;
        store.starts[slot] = conditions.now;
        run.account_slot = holder.account;
        run.account = Account{store.billed(holder.account)};
        run.bid_id = holder.id;
        run.owner = holder.owner;
    }

    /// Charges the renter for the run up to now.
    template <class Sink>
    void charge(Run& run, Sink& sink) {
        const Charge charge =
            run.account.charge(run.price, conditions.now.count() - run.charged.count(),
                               conditions.rates[run.currency].fee);
        run.charged = conditions.now;
        if (charge.amount == Amount{}) return;
        Event event = make_event(EventKind::charged, run);
        event.currency = run.currency;
        event.owner = run.owner;
        event.amount = charge.amount;
        event.fee = charge.fee;
        sink(event);
    }

    /// Stops a run, which must have been charged. The caller handles a cancel or an edit that
    /// waits.
    template <class Sink>
    void stop(Slot slot, Host& host, Run& run, Code reason, Sink& sink) {
        Event event = make_event(EventKind::stopped, run);
        event.reason = reason;
        const Slot account = store.set_billed(run.bid, run.account_slot, run.account.sum());
        if (account != run.account_slot) chooser().set_account(slot, host, run.bid, account);
        run.bid = no_slot;
        host.running = no_slot;
        sink(event);
    }

    /// Charges and stops a host's run between closes. A cancel or an edit that waits takes effect.
    template <class Sink>
    void stop_at_once(Slot host, Code reason, Sink& sink) {
        Run& run = store.runs[host];
        const Slot bid = run.bid;
        charge(run, sink);
        stop(host, store.hosts[host], run, reason, sink);
        if (run.is_cancelled) {
            remove_bid(bid, EventKind::removed, sink);
        } else if (run.has_edit()) {
            take_edit(host, bid);
        }
    }

    /// Removes a bid at once, even if it runs.
    template <class Sink>
    void revoke(Slot bid, Sink& sink) {
        const Slot slot = store.bids[bid].host;
        Host& host = store.hosts[slot];
        if (host.running == bid) {
            Run& run = store.runs[slot];
            charge(run, sink);
            stop(slot, host, run, Code::revoked, sink);
        }
        remove_bid(bid, EventKind::removed, sink);
    }

    /// Call this when a host or its bids have changed: the next close chooses for it. With
    /// `Refill::at_once`, a host without a run chooses now.
    template <class Sink>
    [[gnu::always_inline]] void refill(Slot host, Host& record, Sink& sink) {
        store.must_look(host, record);
        if (conditions.policy.refill == Refill::at_once) refill_at_once(host, record, sink);
    }
    template <class Sink>
    [[gnu::noinline]] void refill_at_once(Slot host, Host& record, Sink& sink) {
        if (record.running != no_slot || !record.status.is_available()) return;
        const BookEntry best = chooser().top_unexpired(host);
        if (best.bid() == no_slot) return;
        const Int128 profit = chooser().profit(record, best);
        if (profit < conditions.policy.reserve.count()) return;
        start(host, record, store.runs[host], best, profit, std::nullopt, sink);
    }
};

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
