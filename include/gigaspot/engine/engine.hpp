// gigaspot: a live market: commands in, events out. Layer: engine. Rules of the market, sections 5
// to 11.
#pragma once

#include <concepts>
#include <cstddef>
#include <optional>
#include <utility>
#include <variant>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/list_view.hpp>
#include <gigaspot/base/result.hpp>
#include <gigaspot/engine/allocator.hpp>
#include <gigaspot/engine/market/bid_commands.hpp>
#include <gigaspot/engine/market/host_commands.hpp>
#include <gigaspot/engine/market/live_market.hpp>
#include <gigaspot/engine/market/questions.hpp>
#include <gigaspot/engine/market/run_command.hpp>
#include <gigaspot/engine/market/stages.hpp>
#include <gigaspot/engine/queries.hpp>
#include <gigaspot/rules/packed_bid.hpp>
#include <gigaspot/rules/select.hpp>
#include <gigaspot/values/bid.hpp>
#include <gigaspot/values/command.hpp>
#include <gigaspot/values/event.hpp>
#include <gigaspot/values/fwd.hpp>
#include <gigaspot/values/host.hpp>
#include <gigaspot/values/limits.hpp>
#include <gigaspot/values/policy.hpp>
#include <gigaspot/values/traits.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// Runs a live market: it takes commands and answers with events. The same commands give the same
/// events on every machine. An engine has no thread, no clock and no I/O. Only one thread may use
/// it at a time. Engines are independent, so a market can be spread over several by host
/// (`shard_of`). `BasicQueries` has all questions that do not remember anything.
///
/// Each command has a time, which never decreases. A rejected command changes only the counters.
///
/// A call without a sink returns the events, in memory of the engine, valid until its next command.
/// To act on events, pass a sink: a `std::vector<Event>`, to which the events are appended, or a
/// function, which is called with each event. It must not throw and must not use the engine.
///
/// Commands take constant time, except:
/// - `put_host` of a known host: O(bids of the host). `remove_host`: also O(hosts).
/// - `place` when the owner may have reached `bids_per_owner`, and any command that lets a host
///   choose at once (`Refill::at_once`): O(bids of the host).
/// - `close`: O(hosts), and O(bids) of each host that has lost its best bid.
/// - Sometimes a removed bid compacts the book of its host, and a new bid grows the index of ids.
///
/// With exceptions, a failed allocation leaves the engine unchanged if copying an id does not
/// allocate. After `reserve`, commands do not allocate. Ids need a `std::hash`.
template <MarketTraits Traits = DefaultTraits, class Allocator = DefaultAllocator<unsigned char>>
class BasicEngine : public BasicQueries<Traits, Allocator> {
    using Base = BasicQueries<Traits, Allocator>;
    using Slot = detail::Slot;

public:
    using HostId = typename Traits::HostId;    ///< the id of a host in this market
    using BidId = typename Traits::BidId;      ///< the id of a bid in this market
    using OwnerId = typename Traits::OwnerId;  ///< the id of a renter in this market
    using Event = BasicEvent<Traits>;          ///< an event of this market
    using Events = BasicEvents<Traits>;        ///< the events of one command of this market
    using Selection = BasicSelection<Traits>;  ///< the choice of a host of this market

    /// @name Make and copy
    /// @{

    /// Makes an empty market with this policy and these limits. `limits.hosts` and
    /// `limits.bids` must not exceed their defaults.
    explicit BasicEngine(const Policy& policy = {}, const EngineLimits& limits = {}) requires
        std::default_initializable<Allocator> : BasicEngine{policy, limits, Allocator{}} {}
    /// Makes an empty market that takes its memory from a copy of this allocator.
    BasicEngine(const Policy& policy, const EngineLimits& limits, const Allocator& allocator)
        : Base{policy, limits, allocator}, events_{allocator} {
        GIGASPOT_ASSERT(limits.hosts <= gigaspot::limits::hosts_max);
        GIGASPOT_ASSERT(limits.bids <= gigaspot::limits::bids_max);
    }

    /// Copies the market and the reserved room, without the events of the last call. If memory runs
    /// out, both engines are unchanged. `Events` and `Rejection` belong to the original. Handles
    /// made before the copy work in both engines; later handles work only where they were made.
    BasicEngine(const BasicEngine& other)
        : Base{other}, events_{other.events_.get_stored_allocator()} {
        events_.reserve(other.events_.capacity());
    }
    /// Moves a market, in constant time. After that, only assign to the other engine or destroy it.
    /// Events and rejections that it returned are no longer valid.
    BasicEngine(BasicEngine&&) noexcept = default;
    /// Replaces this market by a copy of another one, as the copy constructor makes it.
    BasicEngine& operator=(const BasicEngine& other) { return *this = BasicEngine{other}; }
    /// Replaces this market by another one, which you may then only assign to or destroy.
    BasicEngine& operator=(BasicEngine&&) noexcept = default;
    ~BasicEngine() = default;

    /// Allocates the memory for a market of this size: per bid about 120 bytes, one event, and 16
    /// bytes per GPU; per host about 1,450 bytes with its events, and 130 bytes per GPU. Within
    /// this size no command allocates, except for a host with more GPUs, or more bids on one host,
    /// than given here. To rule that out, give the engine limits no larger than `size`, and add no
    /// host with more GPUs. `gpus` is 1 .. `gpus_max`; a larger number counts as `gpus_max`.
    /// Events and rejections that were returned before are no longer valid.
    void reserve(const EngineLimits& size, std::size_t gpus = Traits::gpus_max) {
        detail::reserve(stages_, size, gpus < Traits::gpus_max ? gpus : Traits::gpus_max);
        detail::take_back(lender_);
        detail::make_room(events_, 8 + size.bids + 4 * size.hosts);
    }

    /// @}
    /// @name Commands
    /// Each returns its events, or a `Rejection` with all reasons. Any command can be rejected for
    /// its time: `time_went_backwards`, `time_too_far`. Section 9 of the rules.
    /// @{

    /// Sets or withdraws the exchange rate of a currency. The first rate of a currency names it and
    /// fixes its fee. Fails with `fee_changed` or `limit_reached`.
    [[nodiscard]] Result<Events, Rejection> set_rate(const SetRate& command, Timestamp now) {
        return collect(command, now);
    }
    /// Adds a host, or replaces the capabilities and all status flags of a known one, which keeps
    /// its bids. Fails with `gpus_changed`, `gpus_missing`, `range_inverted` or `limit_reached`.
    [[nodiscard]] Result<Events, Rejection> put_host(const BasicHostCapabilities<Traits>& host,
                                                     Timestamp now) {
        return put_host(detail::command_of(host), now);
    }
    /// Adds a host, or replaces the capabilities of a known one, which keeps its bids. Absent
    /// status flags keep their value. Fails with `gpus_changed`, `gpus_missing`, `range_inverted`
    /// or `limit_reached`.
    [[nodiscard]] Result<Events, Rejection> put_host(const BasicPutHost<Traits>& command,
                                                     Timestamp now) {
        return collect(command, now);
    }
    /// Changes the status flags of a host that the command gives. A host that becomes unavailable
    /// stops its run at once. Fails with `host_unknown`.
    [[nodiscard]] Result<Events, Rejection> set_host_status(
        const BasicSetHostStatus<Traits>& command, Timestamp now) {
        return collect(command, now);
    }
    /// Sets what a host pays for electricity from now on. Fails with `host_unknown`.
    [[nodiscard]] Result<Events, Rejection> set_energy_price(HostId host, EnergyPrice usd,
                                                             Timestamp now) {
        return collect(BasicSetEnergyPrice<Traits>{host, usd}, now);
    }
    /// Removes a host with its bids, and stops its run at once. Fails with `host_unknown`.
    [[nodiscard]] Result<Events, Rejection> remove_host(HostId host, Timestamp now) {
        return collect(BasicRemoveHost<Traits>{host}, now);
    }

    /// Places a bid on its host. Its workload is validated and not kept. Fails with `bid_exists`,
    /// `host_unknown`, `currency_unknown`, `host_unavailable`, all violations of section 3 at once,
    /// or `limit_reached`.
    [[nodiscard]] Result<Events, Rejection> place(const BasicBid<Traits>& bid, Timestamp now) {
        return place(detail::command_of(bid), now);
    }
    /// Places a bid from a command, which refers to its lists and copies none of them. Fails with
    /// `bid_exists`, `host_unknown`, `currency_unknown`, `host_unavailable`, all violations of
    /// section 3 at once, or `limit_reached`.
    [[nodiscard]] Result<Events, Rejection> place(const BasicPlaceBid<Traits>& command,
                                                  Timestamp now) {
        return collect(command, now);
    }
    /// Changes the price or the overclock of a bid. An edit of a running bid waits for the next
    /// close. Fails with `bid_unknown`, `not_owner`, or all violations of section 3 at once.
    [[nodiscard]] Result<Events, Rejection> edit(const BasicEditBid<Traits>& command,
                                                 Timestamp now) {
        return collect(command, now);
    }
    /// Tells the market whether the host has cached the image of a bid. Fails with `bid_unknown`.
    [[nodiscard]] Result<Events, Rejection> set_cached(BidId bid, bool cached, Timestamp now) {
        return collect(BasicSetCached<Traits>{bid, cached}, now);
    }
    /// Cancels a bid for its renter. A waiting bid is removed at once; a running one runs, and is
    /// charged, until the next close. Fails with `bid_unknown` or `not_owner`.
    [[nodiscard]] Result<Events, Rejection> cancel(const BasicCancelBid<Traits>& command,
                                                   Timestamp now) {
        return collect(command, now);
    }
    /// Cancels a bid without checking its owner. A waiting bid is removed at once; a running one
    /// runs, and is charged, until the next close. Fails with `bid_unknown`.
    [[nodiscard]] Result<Events, Rejection> cancel(BidId bid, Timestamp now) {
        return cancel(BasicCancelBid<Traits>{.id = bid}, now);
    }
    /// Removes a bid at once and stops its run, even if its cancel waits. Only the marketplace
    /// sends this. Fails with `bid_unknown`.
    [[nodiscard]] Result<Events, Rejection> revoke(BidId bid, Timestamp now) {
        return collect(BasicRevokeBid<Traits>{bid}, now);
    }

    /// Ends a billing interval: charges runs, removes cancelled and expired bids, lets edits take
    /// effect, and lets each host choose its bid. Fails with `close_too_soon`. Section 7.
    [[nodiscard]] Result<Events, Rejection> close(Timestamp now) { return collect(Close{}, now); }
    /// Ends a billing interval and passes each event to a sink. If you pass a function, the events
    /// need no memory, however many hosts there are. Fails with `close_too_soon`.
    template <EventSink<Traits> Sink>
    Result<Accepted, Rejection> close(Timestamp now, Sink&& sink) {
        return apply(Close{}, now, sink);
    }

    /// Runs a command of any type and passes its events to a sink: a function, or a variable like a
    /// `std::vector`, to which they are appended. Fails as the command's own type says.
    template <CommandOf<Traits> Command, EventSink<Traits> Sink>
    Result<Accepted, Rejection> apply(const Command& command, Timestamp now, Sink&& sink) {
        return detail::run_command(stages_, lender_, command, now, sink, [&](auto& call) {
            return detail::apply(stages_, command, now, call);
        });
    }
    /// Runs the command that a variant holds and passes its events to a sink. Fails as the
    /// command's own type says.
    template <EventSink<Traits> Sink>
    Result<Accepted, Rejection> apply(const BasicCommand<Traits>& command, Timestamp now,
                                      Sink&& sink) {
        return std::visit([&](const auto& one) { return apply(one, now, sink); }, command);
    }

    /// Places a bid with packed profiles, which is faster, and passes its events to a sink. Fails
    /// as `place` does.
    template <EventSink<Traits> Sink>
    Result<Accepted, Rejection> apply(const BasicPlacePackedBid<Traits>& command, Timestamp now,
                                      Sink&& sink) {
        return apply_to(slot_of(command.host), command, now, sink);
    }
    /// Places a bid with packed profiles on the host of a handle; `command.host` is ignored. A
    /// stale handle gives `host_unknown`.
    template <EventSink<Traits> Sink>
    Result<Accepted, Rejection> apply(HostHandle host, const BasicPlacePackedBid<Traits>& command,
                                      Timestamp now, Sink&& sink) {
        return apply_to(slot_of(host), command, now, sink);
    }
    /// Places a bid on the host of a handle, which is faster than by id; `command.host` is ignored.
    /// A stale handle gives `host_unknown`.
    template <EventSink<Traits> Sink>
    Result<Accepted, Rejection> apply(HostHandle host, const BasicPlaceBid<Traits>& command,
                                      Timestamp now, Sink&& sink) {
        return apply_to(slot_of(host), command, now, sink);
    }
    /// Runs a command for the bid of a handle, which is faster than by id; `command.id` is ignored.
    /// A stale handle gives `bid_unknown`.
    template <BidCommandOf<Traits> Command, EventSink<Traits> Sink>
    Result<Accepted, Rejection> apply(BidHandle bid, const Command& command, Timestamp now,
                                      Sink&& sink) {
        stages_.market.store.hints().around_bid(bid, std::same_as<Command, BasicEditBid<Traits>>);
        return apply_to(slot_of(bid), command, now, sink);
    }

    /// Counts a command that an adapter rejects before the engine sees it, such as a line that is
    /// not JSON. Returns the rejection with the next command number. Without a time, it gets the
    /// market's.
    Rejection reject(const Violation& reason, std::optional<Timestamp> time = {}) {
        detail::take_back(lender_);
        return detail::lent(stages_.reject_elsewhere(reason, time), lender_);
    }

    /// @}
    /// @name Questions that remember their answer
    /// @{

    /// Finds the bid that a host would run if it closed now; no winner for an unknown host. Costs
    /// O(1) while the best bid is known, otherwise O(bids). It copies the offers of the host if an
    /// edit or a cancel waits there, and between the expiry of a bid and the next close.
    [[nodiscard]] Selection choice(HostId host) { return choose(slot_of(host)); }
    /// Finds the bid that a host, given by its handle, would run if it closed now; no winner for a
    /// stale handle. Costs O(1) while the best bid is known, otherwise O(bids).
    [[nodiscard]] Selection choice(HostHandle host) { return choose(slot_of(host)); }
    // A constant engine cannot remember the best bid.
    using Base::choice;

    /// Calls `visit(id, choice)` for each host, by ascending id, with the bid that the host would
    /// run if it closed now. `visit` must not use the engine. It costs one `choice` per host, but
    /// fetches memory ahead, which is much faster in a large market. Not const, because it
    /// remembers the best bids and the order of the hosts.
    template <class Visit>
    void choices(Visit visit) {
        const detail::LenderInUse in_use{lender_};
        detail::all_choices(stages_.market, visit);
    }

    /// @}

private:
    friend struct detail::EngineAccess;

    template <class Command, class Sink>
    Result<Accepted, Rejection> apply_to(Slot slot, const Command& command, Timestamp now,
                                         Sink& sink) {
        return detail::run_command(stages_, lender_, command, now, sink, [&](auto& call) {
            return detail::apply_to(stages_, slot, command, now, call);
        });
    }

    template <class Command>
    Result<Events, Rejection> collect(const Command& command, Timestamp now) {
        events_.clear();
        const Result<Accepted, Rejection> done = apply(command, now, events_);
        if (!done) return Unexpected{done.error()};
        return Events{*done, {events_, lender_}};
    }

    [[nodiscard]] Selection choose(Slot slot) {
        if (slot == detail::no_slot) return {};
        return detail::choice(stages_.market, slot);
    }

    using Base::slot_of, Base::stages_, Base::lender_;

    detail::Vector<Event, Allocator> events_;
};

using Engine = BasicEngine<>;  ///< a live market with the default traits

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
