// gigaspot: the commands for bids. Layer: engine/market. Rules of the market, sections 7, 9 and 11.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>

#include <gigaspot/base/config.hpp>
#include <gigaspot/engine/market/live_market.hpp>
#include <gigaspot/engine/market/stages.hpp>
#include <gigaspot/engine/store/book.hpp>
#include <gigaspot/engine/store/pending_edits.hpp>
#include <gigaspot/engine/store/records.hpp>
#include <gigaspot/engine/store/store.hpp>
#include <gigaspot/rules/packed.hpp>
#include <gigaspot/rules/validate.hpp>
#include <gigaspot/values/command.hpp>
#include <gigaspot/values/currency.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/event.hpp>
#include <gigaspot/values/host.hpp>
#include <gigaspot/values/policy.hpp>
#include <gigaspot/values/units.hpp>
#include <gigaspot/values/violation.hpp>
#include <gigaspot/values/workload.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// Reports the violations of a new bid, except for its profiles. Returns whether to go on.
template <class Traits, class Report>
bool check_terms(const BasicPlaceBid<Traits>& command, const HostRecord<Traits>& host,
                 const Conditions& conditions, Report& report) {
    if (!check_price(command.price, command.currency, host.min_bid, conditions, report))
        return false;
    if constexpr (std::is_convertible_v<const typename Traits::Workload&, Workload>) {
        if (command.workload != nullptr)
            return check_workload(static_cast<Workload>(*command.workload), report);
    }
    return true;
}

/// Rejects a bid for all its violations.
template <class Traits, class Allocator>
Unexpected<Rejection> reject_bid(Stages<Traits, Allocator>& stages,
                                 Attempt<Traits, Allocator>& attempt,
                                 const BasicPlaceBid<Traits>& command, Slot host) {
    auto& market = stages.market;
    stages.reasons.clear();
    Collect report{stages.reasons};
    detail::check_overclock(command.overclock, market.store.gpus_of(host).view(), report);
    check_terms(command, market.store.hosts[host], market.conditions, report);
    return stages.reject(attempt);
}

/// Returns the first limit of section 11 that a new bid exceeds.
template <class Traits, class Allocator>
[[nodiscard]] std::optional<Violation> bid_limit(Stages<Traits, Allocator>& stages,
                                                 const BasicPlaceBid<Traits>& command,
                                                 HostRecord<Traits>& host) {
    const EngineLimits& most = stages.limits;
    auto& store = stages.market.store;
    const std::size_t bids_here = std::size_t{host.book.bids} + 1;
    if (bids_here > most.bids_per_host)
        return stages.limit(Unit::bid, bids_here, most.bids_per_host);
    if (bids_here > most.bids_per_owner) {  // else no owner can be at the limit
        const std::size_t of_owner = store.bids_of(command.owner, host, most.bids_per_owner) + 1;
        if (of_owner > most.bids_per_owner)
            return stages.limit(Unit::bid, of_owner, most.bids_per_owner);
    }
    const std::size_t bids = store.bids.in_use() + 1;
    if (bids > most.bids) return stages.limit(Unit::bid, bids, most.bids);
    return std::nullopt;
}

template <class Traits, class Allocator, class Sink>
Done apply_to(Stages<Traits, Allocator>& stages, Slot slot, const BasicPlaceBid<Traits>& command,
              Timestamp now, Sink& sink) {
    auto& market = stages.market;
    auto& store = market.store;
    Attempt attempt{market, now};
    if (!stages.is_in_time(now)) return stages.reject_for_time(attempt);
    if (store.find_bid(command.id) != no_slot) return stages.reject(attempt, Code::bid_exists);
    if (slot == no_slot) return stages.reject(attempt, Code::host_unknown);
    if (!market.has_currency(command.currency))
        return stages.reject(attempt, Code::currency_unknown);
    auto& host = store.hosts[slot];
    store.hints().place_of_next(host);  // loads while the bid is checked
    if (!host.status.is_available() && !market.conditions.policy.queue_unavailable)
        return stages.reject(attempt, Code::host_unavailable);
    const PackedOverclock overclock = stages.pack(command.overclock, slot, host);
    StopAtFirst any;
    if (!overclock.are_valid || !check_terms(command, host, market.conditions, any))
        return reject_bid(stages, attempt, command, slot);
    if (const auto limit = bid_limit(stages, command, host)) return stages.reject(attempt, *limit);
    store.make_room_for_bid(host);
    stages.accept(attempt, sink);
    const RentalLength longest =
        host.max_rental_length < rental_length_max ? host.max_rental_length : rental_length_max;
    const auto at =
        store.add_bid(slot, host,
                      {.id = command.id,
                       .owner = command.owner,
                       .sequence = ++market.sequence,
                       .expiry = now.count() + std::int64_t{longest.count()} * 1'000,
                       .placed = now},
                      command.price, command.currency, overclock.watts, overclock.profiles);
    market.chooser().challenge(host, at.entry);
    market.refill(slot, host, sink);
    return Accepted{.command = market.commands, .bid = store.handles().of_bid(at.slot)};
}

/// Returns the last accepted terms of a bid, which are those of an edit if one waits.
template <class Traits, class Allocator, class BidAt>
[[nodiscard]] PendingEdit last_terms(const LiveMarket<Traits, Allocator>& market, const BidAt& at) {
    const auto& run = market.store.runs[at.bid.host];
    if (at.host.has_pending && at.is_running() && run.has_edit()) return market.store.edits.of(run);
    return {.price = at.entry.price(),
            .watts = at.entry.watts(),
            .is_overclock_valid = at.entry.is_overclock_valid()};
}

template <class Traits, class Allocator, class BidAt, class Report>
bool check_edited_price(const LiveMarket<Traits, Allocator>& market, const BidAt& at, Price price,
                        Report& report) {
    return check_price(price, at.entry.currency(), at.host.min_bid, market.conditions, report);
}

/// Rejects an edit for all violations of the bid with its new terms and this price.
template <class Traits, class Allocator, class BidAt>
Unexpected<Rejection> reject_edit(Stages<Traits, Allocator>& stages,
                                  Attempt<Traits, Allocator>& attempt,
                                  const BasicEditBid<Traits>& command, const BidAt& at,
                                  Price price) {
    auto& store = stages.market.store;
    const auto gpus = store.gpus_of(at.bid.host);
    stages.reasons.clear();
    Collect report{stages.reasons};
    if (command.overclock) {
        detail::check_overclock(*command.overclock, gpus.view(), report);
    } else {
        const bool has_edit = at.is_running() && store.runs[at.bid.host].has_edit();
        const auto packed = has_edit ? store.edits.profiles(at.bid.host) : store.profiles(at.slot);
        detail::check_overclock(unpack<Traits>(packed).view(), gpus.view(), report);
    }
    check_edited_price(stages.market, at, price, report);
    return stages.reject(attempt);
}

template <class Traits, class Allocator, class Sink>
Done apply_to(Stages<Traits, Allocator>& stages, Slot bid, const BasicEditBid<Traits>& command,
              Timestamp now, Sink& sink) {
    auto& market = stages.market;
    auto& store = market.store;
    Attempt attempt{market, now};
    if (!stages.is_in_time(now)) return stages.reject_for_time(attempt);
    if (bid == no_slot) return stages.reject(attempt, Code::bid_unknown);
    const auto at = store.at(bid);
    if (market.is_leaving(at)) return stages.reject(attempt, Code::bid_unknown);
    if (command.owner && *command.owner != store.bids.details(bid).owner)
        return stages.reject(attempt, Code::not_owner);
    PendingEdit edit = last_terms(market, at);
    PackedOverclock overclock{.are_valid = edit.is_overclock_valid};
    if (command.overclock) overclock = stages.pack(*command.overclock, at.bid.host, at.host);
    if (command.price) edit.price = *command.price;
    if (StopAtFirst any; !overclock.are_valid || !check_edited_price(market, at, edit.price, any))
        return reject_edit(stages, attempt, command, at, edit.price);
    const Slot slot = at.bid.host;
    if (at.is_running()) store.make_room_for_edit(slot);
    stages.accept(attempt, sink);
    edit.sequence = ++market.sequence;
    if (command.overclock) edit.watts = overclock.watts;
    edit.is_overclock_valid = true;
    if (at.is_running()) {
        auto& run = store.runs[slot];
        if (command.overclock) {
            store.edits.set_profiles(slot, overclock.profiles);
        } else if (!run.has_edit()) {
            store.edits.set_profiles(slot, store.profiles(bid));
        }
        store.edits.set(run, edit);
        store.edits.wait(slot, at.host, run);
    } else {
        if (command.overclock) store.set_profiles(bid, overclock.profiles);
        market.take_terms(at, edit);
    }
    market.refill(slot, at.host, sink);
    return Accepted{market.commands};
}

template <class Traits, class Allocator, class Sink>
Done apply_to(Stages<Traits, Allocator>& stages, Slot bid, const BasicSetCached<Traits>& command,
              Timestamp now, Sink& sink) {
    auto& market = stages.market;
    return stages.on_bid(bid, now, {}, false, sink, [&](const auto& at) {
        const BookEntry before = at.entry;
        at.entry.set_cached(command.cached);
        // Unless the policy asks for cached images, copies of the entry may differ in this flag.
        if (market.conditions.policy.require_cached && before.is_cached() != command.cached)
            market.chooser().reconsider(at.host, at.entry, before);
        market.refill(at.bid.host, at.host, sink);
    });
}

template <class Traits, class Allocator, class Sink>
Done apply_to(Stages<Traits, Allocator>& stages, Slot bid, const BasicCancelBid<Traits>& command,
              Timestamp now, Sink& sink) {
    auto& market = stages.market;
    auto& store = market.store;
    store.hints().index_of_bid(bid);  // loads while the bid is checked
    return stages.on_bid(bid, now, command.owner, false, sink, [&](const auto& at) {
        const Slot its_host = at.bid.host;  // a `host` would shadow a variable of the program
        if (at.is_running()) {
            auto& run = store.runs[its_host];
            run.is_cancelled = true;
            store.edits.wait(its_host, at.host, run);
        } else {
            market.remove_bid(at);
        }
        market.refill(its_host, at.host, sink);
    });
}

template <class Traits, class Allocator, class Sink>
Done apply_to(Stages<Traits, Allocator>& stages, Slot bid, const BasicRevokeBid<Traits>&,
              Timestamp now, Sink& sink) {
    auto& market = stages.market;
    return stages.on_bid(bid, now, {}, true, sink, [&](const auto& at) {
        const Slot its_host = at.bid.host;
        market.revoke(at.slot, sink);
        market.refill(its_host, at.host, sink);
    });
}

/// A command for a host by its id.
template <class Traits, class Allocator, class Sink>
Done apply(Stages<Traits, Allocator>& stages, const BasicPlaceBid<Traits>& command, Timestamp now,
           Sink& sink) {
    return apply_to(stages, stages.market.store.find_host(command.host), command, now, sink);
}
/// A command for a bid by its id.
template <class Traits, class Allocator, class Command, class Sink>
Done apply(Stages<Traits, Allocator>& stages, const Command& command, Timestamp now, Sink& sink) {
    return apply_to(stages, stages.market.store.find_bid(command.id), command, now, sink);
}

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
