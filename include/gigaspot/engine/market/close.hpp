// gigaspot: the steps of a close. Layer: engine/market. Rules of the market, sections 6 and 7.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <gigaspot/base/config.hpp>
#include <gigaspot/engine/choice/chooser.hpp>
#include <gigaspot/engine/market/live_market.hpp>
#include <gigaspot/engine/store/book.hpp>
#include <gigaspot/engine/store/interval.hpp>
#include <gigaspot/engine/store/pending_edits.hpp>
#include <gigaspot/engine/store/rate_levels.hpp>
#include <gigaspot/engine/store/store.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/event.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// One close, whose time has been checked and is the market's `now`.
template <class Traits, class Allocator, class Sink>
class CloseSteps {
public:
    using Host = HostRecord<Traits>;
    using Run = RunRecord<Traits>;

    CloseSteps(LiveMarket<Traits, Allocator>& market, Sink& sink)
        : market_{market}, store_{market.store}, sink_{sink} {}

    void take_all() {
        charge_runs();
        remove_leaving();
        take_edits();
        choose_all();
        market_.last_close = market_.conditions.now;
    }

private:
    void charge_runs() {
        // If no time has passed since the last close, there is nothing to charge.
        if (market_.last_close == market_.conditions.now) return;
        for (const Slot host : store_.in_order()) {
            if (store_.runs[host].bid != no_slot) market_.charge(store_.runs[host], sink_);
        }
    }

    /// Removes bids that have a cancel that waits or have expired.
    void remove_leaving() {
        const std::int64_t now = market_.conditions.now.count();
        store_.touched.clear();
        store_.expiries.sweep(now, [&](Slot slot) { store_.touched.push_back(slot); });
        for (const Slot host : store_.edits.hosts()) {
            if (store_.runs[host].bid != no_slot && store_.runs[host].is_cancelled)
                store_.touched.push_back(host);
        }
        store_.sort_hosts(store_.touched);
        for (const Slot host : store_.touched) remove_leaving(host);
    }

    void remove_leaving(Slot host) {
        Run& run = store_.runs[host];
        std::int64_t first_expiry = Interval::all().hi;
        store_.victims.clear();
        const BookEntries entries = store_.entries_of(host);
        store_.bids.fetch(entries);
        for (const BookEntry& entry : entries) {
            if (entry.is_gap()) continue;
            const std::int64_t expiry = store_.bids.details(entry.bid()).expiry;
            const bool is_cancelled = entry.bid() == run.bid && run.is_cancelled;
            if (expiry <= market_.conditions.now.count() || is_cancelled) {
                store_.victims.push_back(entry.bid());
            } else if (expiry < first_expiry) {
                first_expiry = expiry;
            }
        }
        store_.set_first_expiry(host, first_expiry);
        store_.sort_bids({store_.victims.data(), store_.victims.size()});
        for (const Slot bid : store_.victims) {
            const bool is_cancelled = bid == run.bid && run.is_cancelled;
            if (bid == run.bid)
                market_.stop(host, store_.hosts[host], run,
                             is_cancelled ? Code::cancelled : Code::expired, sink_);
            market_.remove_bid(bid, is_cancelled ? EventKind::removed : EventKind::expired, sink_);
        }
        store_.must_look(host);
    }

    void take_edits() {
        for (const Slot host : store_.edits.hosts()) {
            Run& run = store_.runs[host];
            run.is_in_pending = false;
            if (run.bid == no_slot || !run.has_edit()) continue;
            const BookEntry before = store_.entry(run.bid);
            const BookEntry after = store_.edits.of(run).terms;
            if (after.price() < before.price() || after.watts() > before.watts())
                run.has_worsened = true;
            market_.take_edit(host, run.bid);
            run.price = after.price();
            run.was_edited = true;
            store_.must_look(host);
        }
        store_.edits.clear();
    }

    void choose_all() {
        auto& hosts = store_.touched;
        hosts.clear();
        for (const Slot host : store_.to_look) {
            store_.hosts[host].must_look = false;
            hosts.push_back(host);
        }
        store_.to_look.clear();
        const std::uint8_t left = market_.rates.boxes().take_left();
        store_.rate_ranges.sweep(
            market_.rates.main(),
            [&](std::size_t block) { return store_.rate_boxes.from(left, block); },
            [&](Slot slot) { hosts.push_back(slot); });
        store_.sort_hosts(hosts);
        market_.chooser().walk_in_close({hosts.data(), hosts.size()},
                                        [&](Slot slot) { choose(slot); });
    }

    /// Chooses for one host (section 6).
    void choose(Slot slot) {
        ++market_.looks;
        Host& host = store_.hosts[slot];
        if (!host.status.is_available()) return note(slot, Interval::all(), no_level);
        Run& run = store_.runs[slot];
        const Verdict verdict = market_.chooser().decide(slot, host, run);
        if (run.bid != no_slot && verdict.winner == run.bid) {
            if (run.was_edited) {
                auto event = market_.make_event(EventKind::changed, run);
                event.profit = UsdPerDay::unchecked(verdict.profit);
                sink_(event);
            }
            if (!run.has_won) run.set_first_won(market_.conditions.now);
        } else {
            if (run.bid != no_slot) market_.stop(slot, host, run, verdict.reason, sink_);
            if (verdict.winner != no_slot)
                market_.start(slot, host, run, host.top.entry, verdict.profit,
                              market_.conditions.now, sink_);
        }
        run.was_edited = false;
        std::uint8_t level = no_level;
        const Interval range = market_.chooser().rate_range(slot, host, run, verdict.profit, level);
        note(slot, range, level);
    }

    /// Notes the rates at which the next close changes nothing on a host.
    void note(Slot slot, Interval range, std::uint8_t level) {
        store_.rate_ranges.set(slot, range);
        store_.rate_boxes.set(slot, level);
    }

    LiveMarket<Traits, Allocator>& market_;
    Store<Traits, Allocator>& store_;
    Sink& sink_;
};

template <class Traits, class Allocator, class Sink>
void close(LiveMarket<Traits, Allocator>& market, Sink& sink) {
    CloseSteps<Traits, Allocator, Sink>{market, sink}.take_all();
}

/// Returns the maximum number of events of a close at this time.
template <class Traits, class Allocator>
[[nodiscard]] std::size_t close_events_max(LiveMarket<Traits, Allocator>& market, Timestamp now) {
    std::size_t removals = 0;
    market.store.expiries.sweep(now.count(),
                                [&](Slot slot) { removals += market.store.hosts[slot].book.bids; });
    // One `accepted`. Per host: `charged`, `removed` for a cancel, `stopped`, `changed` or
    // `started`.
    return 1 + removals + 4 * market.store.hosts.in_use();
}

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
