// gigaspot: a live market and what happens in it: runs start, are charged and stop, and a billing
// interval closes. What it is asked to do has been checked. Layer: engine/market. Rules of the
// market, sections 6 to 9.
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
#include <gigaspot/values/policy.hpp>
#include <gigaspot/values/traits.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

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

    std::optional<Timestamp> clock{};  ///< of the last command that was accepted
    std::optional<Timestamp> last_close{};
    std::uint64_t sequence = 0;
    std::uint64_t commands = 0;
    std::uint64_t looks = 0;
    bool has_fixed_fee[limits::currencies_max]{};  ///< a `rate` command has named the currency

    [[nodiscard]] Chooser<Traits, Allocator> chooser() { return Chooser<Traits, Allocator>{*this}; }

    /// Its run goes on for this interval; to all other commands it is gone.
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
    /// Of a bid that runs.
    [[nodiscard]] Event make_event(EventKind kind, const Run& run) const {
        Event event = make_event(kind);
        event.host = run.host_id;
        event.bid = run.bid_id;
        return event;
    }

    // --- Bids ---

    /// Removes a bid that does not run.
    void remove_bid(const BidAt& at) {
        Chooser<Traits, Allocator>::withdraw(at.host, at.slot);
        store.remove_bid(at);
    }

    template <class Sink>
    void remove_bid(Slot bid, EventKind kind, Sink& sink) {
        sink(make_event(kind, store.bids[bid].host, bid));
        remove_bid(store.at(bid));
    }

    /// Removes all bids of a host, none of which runs, by ascending id.
    template <class Sink>
    void remove_bids(Slot host, Sink& sink) {
        store.victims.clear();
        for (const Line& line : store.lines_of(host)) {
            if (!line.is_gap()) store.victims.push_back(line.bid());
        }
        store.sort_bids({store.victims.data(), store.victims.size()});
        for (const Slot bid : store.victims) remove_bid(bid, EventKind::removed, sink);
    }

    /// The edit that has waited for a run takes effect.
    void take_edit(Slot host, Slot bid) {
        store.set_profiles(bid, store.gpus.edited_profiles(host));
        store.hosts[host].has_pending = false;
        take_terms(store.at(bid), store.edit(host));
        store.drop_edit(host);
    }

    /// A bid gets the terms of an edit; its profiles have been written.
    void take_terms(const BidAt& at, const PendingEdit& edit) {
        const Line before = at.line;
        Line after = before;
        after.set_terms(edit.price, edit.watts);
        after.set_overclock_valid(edit.is_overclock_valid);
        at.line = after;
        at.bid.sequence = edit.sequence;
        chooser().reconsider(at.host, after, before);
    }

    // --- Runs ---

    template <class Sink>
    void start(Slot slot, Host& host, Run& run, const Line& line, Int128 profit,
               std::optional<Timestamp> first_won, Sink& sink) {
        put_on(slot, host, run, line);
        run.set_first_won(first_won);
        Event event = make_event(EventKind::started, run);
        event.profit = UsdPerDay::unchecked(profit);
        sink(event);
    }

    /// A bid holds a host from now on.
    void put_on(Slot slot, Host& host, Run& run, const Line& line) {
        const Slot bid = line.bid();
        const Holder<Traits> holder = chooser().holder(slot, host, bid);
        host.running = bid;
        host.has_pending = false;
        run.bid = bid;
        run.currency = line.currency();
        run.has_worsened = false;
        run.is_cancelled = false;
        if (run.has_edit()) store.drop_edit(slot);
        run.was_edited = false;
        run.price = line.price();
        run.set_first_won(std::nullopt);
        run.charged = conditions.now;
        run.account_slot = holder.account;
        run.account = Account{store.billed(holder.account)};
        run.bid_id = holder.id;
        run.owner = holder.owner;
    }

    /// The renter pays for the run up to now.
    template <class Sink>
    void charge(Run& run, Sink& sink) {
        const Charge charge =
            run.account.charge(run.price, conditions.now.count() - run.charged.count(),
                               conditions.rates[run.currency].fee);
        run.charged = conditions.now;
        if (charge.amount == Amount{}) return;
        Event event = make_event(EventKind::charged);
        event.currency = run.currency;
        event.host = run.host_id;
        event.bid = run.bid_id;
        event.owner = run.owner;
        event.amount = charge.amount;
        event.fee = charge.fee;
        sink(event);
    }

    /// The run ends; it has been charged. What is pending is left to the caller.
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

    /// The run on a host ends at once, between closes, and what is pending takes effect.
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

    /// The bid and its run are gone at once.
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

    /// A host has changed: the next close looks at it. One that is free chooses at once, if the
    /// policy says so.
    template <class Sink>
    void refill(Slot host, Host& record, Sink& sink) {
        store.must_look(host, record);
        if (conditions.policy.refill == Refill::at_once) refill_at_once(host, record, sink);
    }
    template <class Sink>
    [[gnu::noinline]] void refill_at_once(Slot host, Host& record, Sink& sink) {
        if (record.running != no_slot || !record.status.is_available()) return;
        const Line best = chooser().top_unexpired(host);
        if (best.bid() == no_slot) return;
        const Int128 profit = chooser().profit(record, best);
        if (profit < conditions.policy.reserve.count()) return;
        start(host, record, store.runs[host], best, profit, std::nullopt, sink);
    }

    void must_wait(Slot host) {
        store.hosts[host].has_pending = true;
        Run& run = store.runs[host];
        if (run.is_in_pending) return;
        run.is_in_pending = true;
        store.pending.push_back(host);
    }

    // --- A close (section 7) ---

    template <class Sink>
    void close(Sink& sink) {
        // A run has been charged up to the last close, or has started since.
        if (last_close != conditions.now) {
            for (const Slot host : store.in_order()) {
                if (store.runs[host].bid != no_slot) charge(store.runs[host], sink);
            }
        }
        remove_leaving(sink);
        take_edits();
        choose_all(sink);
        last_close = conditions.now;
    }

    /// As many events as a close at this time can have, at most.
    [[nodiscard]] std::size_t close_events_max(Timestamp now) {
        std::size_t removals = 0;
        store.expiries.sweep(now.count(),
                             [&](Slot slot) { removals += store.hosts[slot].book.bids; });
        // accepted; for each host: charged; a cancelled bid removed; stopped; changed or started
        return 1 + removals + 4 * store.hosts.in_use();
    }

private:
    /// Bids that are cancelled or have expired go.
    template <class Sink>
    void remove_leaving(Sink& sink) {
        store.touched.clear();
        store.expiries.sweep(conditions.now.count(),
                             [&](Slot slot) { store.touched.push_back(slot); });
        for (const Slot host : store.pending) {
            if (store.runs[host].bid != no_slot && store.runs[host].is_cancelled)
                store.touched.push_back(host);
        }
        store.sort_hosts(store.touched);
        for (const Slot host : store.touched) remove_leaving(host, sink);
    }

    template <class Sink>
    void remove_leaving(Slot host, Sink& sink) {
        Run& run = store.runs[host];
        std::int64_t first_expiry = Interval::all().hi;
        store.victims.clear();
        const BookLines lines = store.lines_of(host);
        store.bids.fetch(lines);
        for (const Line& line : lines) {
            if (line.is_gap()) continue;
            const std::int64_t expiry = store.bids.details(line.bid()).expiry;
            if (expiry <= conditions.now.count() || (line.bid() == run.bid && run.is_cancelled)) {
                store.victims.push_back(line.bid());
            } else if (expiry < first_expiry) {
                first_expiry = expiry;
            }
        }
        store.set_first_expiry(host, first_expiry);
        store.sort_bids({store.victims.data(), store.victims.size()});
        for (const Slot bid : store.victims) {
            const bool is_cancelled = bid == run.bid && run.is_cancelled;
            if (bid == run.bid)
                stop(host, store.hosts[host], run, is_cancelled ? Code::cancelled : Code::expired,
                     sink);
            remove_bid(bid, is_cancelled ? EventKind::removed : EventKind::expired, sink);
        }
        store.must_look(host);
    }

    void take_edits() {
        for (const Slot host : store.pending) {
            Run& run = store.runs[host];
            run.is_in_pending = false;
            if (run.bid == no_slot || !run.has_edit()) continue;
            const Line before = store.line(run.bid);
            const PendingEdit edit = store.edit(host);
            if (edit.price < before.price() || edit.watts > before.watts()) run.has_worsened = true;
            take_edit(host, run.bid);
            run.price = edit.price;
            run.was_edited = true;
            store.must_look(host);
        }
        store.pending.clear();
    }

    template <class Sink>
    void choose_all(Sink& sink) {
        auto& hosts = store.touched;
        hosts.clear();
        for (const Slot host : store.to_look) {
            store.hosts[host].must_look = false;
            hosts.push_back(host);
        }
        store.to_look.clear();
        const bool has_any_moved = rates_chosen_at_ != rates.generation();
        rates_chosen_at_ = rates.generation();
        store.standing.sweep(rates.main(), has_any_moved,
                             [&](Slot slot) { hosts.push_back(slot); });
        store.sort_hosts(hosts);
        chooser().walk_in_close({hosts.data(), hosts.size()},
                                [&](Slot slot) { choose(slot, sink); });
    }

    /// A host chooses at a close (section 6).
    template <class Sink>
    void choose(Slot slot, Sink& sink) {
        ++looks;
        Host& host = store.hosts[slot];
        if (!host.status.is_available())
            return store.standing.set(slot, Interval::all(), host.foreign != 0);
        Run& run = store.runs[slot];
        const Verdict verdict = chooser().decide(slot, host, run);
        if (run.bid != no_slot && verdict.winner == run.bid) {
            if (run.was_edited) {
                Event event = make_event(EventKind::changed, run);
                event.profit = UsdPerDay::unchecked(verdict.profit);
                sink(event);
            }
            if (!run.has_won) run.set_first_won(conditions.now);
        } else {
            if (run.bid != no_slot) stop(slot, host, run, verdict.reason, sink);
            if (verdict.winner != no_slot)
                start(slot, host, run, host.top.line, verdict.profit, conditions.now, sink);
        }
        run.was_edited = false;
        store.standing.set(slot, chooser().standing(slot, host, run, verdict.profit),
                           host.foreign != 0);
    }

    std::uint32_t rates_chosen_at_ = 0;
};

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
