// gigaspot: the commands for bids. Layer: engine/market. Rules of the market, sections 7, 9 and 11.
//
// What each of these commands runs is always inlined, and what few of them run never is. Left to
// itself, g++ 12 makes functions of what two commands share: a new price took 287 instructions
// instead of 232.
#pragma once

#include <concepts>
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
#include <gigaspot/rules/packed_bid.hpp>
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
template <class Traits, class Command, class Report>
[[gnu::always_inline]] inline bool check_terms(const Command& command,
                                               const HostRecord<Traits>& host,
                                               const Conditions& conditions, Report& report) {
    if (!check_price(command.price, command.currency, host.min_bid, conditions, report))
        return false;
    if constexpr (std::is_convertible_v<const typename Traits::Workload&, Workload>) {
        if (command.workload != nullptr)
            return check_workload(static_cast<Workload>(*command.workload), report);
    }
    return true;
}

/// Reports the violations of packed profiles, as `check_overclock` does for others.
template <class Traits, class Report>
void check_packed(std::span<const PackedProfile> packed,
                  std::span<const BasicGpuLimits<Traits>> gpus, Report& report) {
    if (packed.empty() || packed.size() != gpus.size()) {
        report_profile_count(packed.size(), gpus.size(), report);
    } else {
        detail::check_overclock(unpack<Traits>(packed).view(), gpus, report);
    }
}

/// Rejects a bid for all its violations.
template <class Traits, class Allocator, class Command>
[[gnu::noinline]] Unexpected<Rejection> reject_bid(Stages<Traits, Allocator>& stages,
                                                   Attempt<Traits, Allocator>& attempt,
                                                   const Command& command, Slot host) {
    auto& market = stages.market;
    stages.reasons.clear();
    Collect report{stages.reasons};
    const auto gpus = market.store.gpus_of(host);
    if constexpr (std::same_as<Command, BasicPlacePackedBid<Traits>>) {
        check_packed(command.overclock, gpus.view(), report);
    } else {
        detail::check_overclock(command.overclock, gpus.view(), report);
    }
    check_terms(command, market.store.hosts[host], market.conditions, report);
    return stages.reject(attempt);
}

/// Whether a new bid surely exceeds no limit of section 11. Mostly true, and then it takes no scan.
template <class Traits, class Allocator>
[[nodiscard, gnu::always_inline]] inline bool is_within_limits(
    const Stages<Traits, Allocator>& stages, const HostRecord<Traits>& host,
    std::uint32_t owner_tag) {
    const EngineLimits& most = stages.limits;
    const auto& store = stages.market.store;
    const std::size_t bids_here = std::size_t{host.book.bids} + 1;
    return bids_here <= most.bids_per_host &&
           (bids_here <= most.bids_per_owner ||  // then no owner can be at the limit
            store.bids_of_at_most(owner_tag, host) < most.bids_per_owner) &&
           store.bids.in_use() < most.bids;
}

/// Returns the first limit of section 11 that a new bid exceeds.
template <class Traits, class Allocator>
[[nodiscard, gnu::noinline]] std::optional<Violation> exceeded_limit(
    Stages<Traits, Allocator>& stages, const typename Traits::OwnerId& owner,
    HostRecord<Traits>& host) {
    const EngineLimits& most = stages.limits;
    auto& store = stages.market.store;
    const std::size_t bids_here = std::size_t{host.book.bids} + 1;
    if (bids_here > most.bids_per_host)
        return stages.limit(Unit::bid, bids_here, most.bids_per_host);
    if (bids_here > most.bids_per_owner) {
        const std::size_t of_owner = store.count_bids_of(owner, host) + 1;
        if (of_owner > most.bids_per_owner)
            return stages.limit(Unit::bid, of_owner, most.bids_per_owner);
    }
    const std::size_t bids = store.bids.in_use() + 1;
    if (bids > most.bids) return stages.limit(Unit::bid, bids, most.bids);
    return std::nullopt;
}

/// Places a bid with packed or other profiles.
template <class Traits, class Allocator, class Command, class Sink>
[[gnu::always_inline]] inline Done place(Stages<Traits, Allocator>& stages, Slot slot,
                                         const Command& command, Timestamp now, Sink& sink) {
    auto& market = stages.market;
    auto& store = market.store;
    Attempt attempt{market, now};
    if (!stages.is_in_time(now)) return stages.reject_for_time(attempt);
    const std::uint32_t tag = detail::tag_of(command.id);
    const std::uint32_t owner_tag = detail::tag_of(command.owner);
    if (store.find_bid(command.id, tag) != no_slot) return stages.reject(attempt, Code::bid_exists);
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
    if (!is_within_limits(stages, host, owner_tag)) {
        const auto limit = exceeded_limit(stages, command.owner, host);
        if (limit) return stages.reject(attempt, *limit);
    }
    const Slot bid = store.make_room_for_bid(host);
    stages.accept(attempt, sink);
    const RentalLength longest =
        host.max_rental_length < rental_length_max ? host.max_rental_length : rental_length_max;
    const BookEntry entry{bid, command.price, command.currency, overclock.watts, owner_tag};
    const BidHandle handle =
        store.add_bid(slot, host, entry,
                      {.id = command.id,
                       .owner = command.owner,
                       .sequence = ++market.sequence,
                       .expiry = now.count() + std::int64_t{longest.count()} * 1'000,
                       .placed = now},
                      tag, overclock.profiles);
    market.chooser().challenge(host, entry);
    market.refill(slot, host, sink);
    return Accepted{.command = market.commands, .bid = handle};
}
template <class Traits, class Allocator, class Sink>
Done apply_to(Stages<Traits, Allocator>& stages, Slot slot, const BasicPlaceBid<Traits>& command,
              Timestamp now, Sink& sink) {
    return place(stages, slot, command, now, sink);
}
template <class Traits, class Allocator, class Sink>
Done apply_to(Stages<Traits, Allocator>& stages, Slot slot,
              const BasicPlacePackedBid<Traits>& command, Timestamp now, Sink& sink) {
    return place(stages, slot, command, now, sink);
}

template <class Traits, class Allocator, class BidAt, class Report>
[[gnu::always_inline]] inline bool check_edited_price(const LiveMarket<Traits, Allocator>& market,
                                                      const BidAt& at, Price price,
                                                      Report& report) {
    return check_price(price, at.entry.currency(), at.host.min_bid, market.conditions, report);
}

/// Rejects an edit for all violations of the bid with its new terms and this price.
template <class Traits, class Allocator, class BidAt>
[[gnu::noinline]] Unexpected<Rejection> reject_edit(Stages<Traits, Allocator>& stages,
                                                    Attempt<Traits, Allocator>& attempt,
                                                    const BasicEditBid<Traits>& command,
                                                    const BidAt& at, Price price) {
    auto& store = stages.market.store;
    const auto gpus = store.gpus_of(at.bid.host);
    stages.reasons.clear();
    Collect report{stages.reasons};
    if (command.overclock) {
        detail::check_overclock(*command.overclock, gpus.view(), report);
    } else {
        const bool has_edit = at.is_running() && store.runs[at.bid.host].has_edit();
        const auto packed = has_edit ? store.edits.profiles(at.bid.host) : store.profiles(at.slot);
        check_packed(packed, gpus.view(), report);
    }
    check_edited_price(stages.market, at, price, report);
    return stages.reject(attempt);
}

/// Applies a command to the last accepted terms of a bid, and packs its profiles if it has any.
/// Returns whether the terms are valid then.
template <class Traits, class Allocator, class BidAt>
[[nodiscard, gnu::always_inline]] inline bool edit_terms(Stages<Traits, Allocator>& stages,
                                                         const BasicEditBid<Traits>& command,
                                                         const BidAt& at, BookEntry& terms,
                                                         PackedOverclock& overclock) {
    if (command.overclock) {
        overclock = stages.pack(*command.overclock, at.bid.host, at.host);
        terms.set_watts(overclock.watts);
        terms.set_overclock_valid(overclock.are_valid);
    }
    if (command.price) terms.set_price(*command.price);
    StopAtFirst any;
    return terms.is_overclock_valid() && check_edited_price(stages.market, at, terms.price(), any);
}

/// Edits a running bid: the edit waits for the next close.
template <class Traits, class Allocator, class BidAt, class Sink>
[[gnu::noinline]] Done edit_run(Stages<Traits, Allocator>& stages,
                                Attempt<Traits, Allocator>& attempt,
                                const BasicEditBid<Traits>& command, const BidAt& at, Sink& sink) {
    auto& market = stages.market;
    auto& store = market.store;
    const Slot slot = at.bid.host;
    auto& run = store.runs[slot];
    BookEntry terms = at.entry;
    if (run.has_edit()) terms.set_terms(store.edits.of(run).terms);
    PackedOverclock overclock;
    if (!edit_terms(stages, command, at, terms, overclock))
        return reject_edit(stages, attempt, command, at, terms.price());
    store.make_room_for_edit(slot);
    stages.accept(attempt, sink);
    if (command.overclock) {
        store.edits.set_profiles(slot, overclock.profiles);
    } else if (!run.has_edit()) {
        store.edits.set_profiles(slot, store.profiles(at.slot));
    }
    store.edits.set(run, {terms, ++market.sequence});
    store.edits.wait(slot, at.host, run);
    market.refill(slot, at.host, sink);
    return Accepted{market.commands};
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
    if (at.is_running()) return edit_run(stages, attempt, command, at, sink);
    BookEntry terms = at.entry;
    PackedOverclock overclock;
    if (!edit_terms(stages, command, at, terms, overclock))
        return reject_edit(stages, attempt, command, at, terms.price());
    stages.accept(attempt, sink);
    if (command.overclock) store.bids.set_profiles(bid, overclock.profiles);
    market.take_terms(at, terms, ++market.sequence);
    market.refill(at.bid.host, at.host, sink);
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
