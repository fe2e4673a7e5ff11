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

/// A live market: it takes commands and answers with events. The same commands give the same events
/// on every machine. An engine has no thread, no clock and no I/O. Only one thread may use it at a
/// time. Engines are independent, so a market can be spread over several by host (`shard_of`).
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
    using HostId = typename Traits::HostId;
    using BidId = typename Traits::BidId;
    using OwnerId = typename Traits::OwnerId;
    using Event = BasicEvent<Traits>;
    using Events = BasicEvents<Traits>;
    using Selection = BasicSelection<Traits>;

    explicit BasicEngine(const Policy& policy = {}, const EngineLimits& limits = {}) requires
        std::default_initializable<Allocator> : BasicEngine{policy, limits, Allocator{}} {}
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
    BasicEngine(BasicEngine&&) noexcept = default;
    BasicEngine& operator=(const BasicEngine& other) { return *this = BasicEngine{other}; }
    BasicEngine& operator=(BasicEngine&&) noexcept = default;
    ~BasicEngine() = default;

    /// Allocates the memory for a market of this size: per bid about 120 bytes, one event, and 16
    /// bytes per GPU; per host about 1,450 bytes with its events, and 130 bytes per GPU. Within
    /// this size no command allocates, except for a host with more GPUs, or more bids on one host,
    /// than given here. To rule that out, give the engine limits no larger than `size`, and add no
    /// host with more GPUs. `gpus` is 1 .. `gpus_max`; a larger number counts as `gpus_max`.
    void reserve(const EngineLimits& size, std::size_t gpus = Traits::gpus_max) {
        stages_.market.store.reserve(size, gpus < Traits::gpus_max ? gpus : Traits::gpus_max);
        detail::take_back(lender_);
        detail::make_room(events_, 8 + size.bids + 4 * size.hosts);
    }

    // --- Commands. Each type in command.hpp says what it does and how it fails. ---

    /// Sets or withdraws the rate of a currency.
    [[nodiscard]] Result<Events, Rejection> set_rate(const SetRate& command, Timestamp now) {
        return collect(command, now);
    }
    /// Adds a host or replaces its capabilities, with all status flags.
    [[nodiscard]] Result<Events, Rejection> put_host(const BasicHostCapabilities<Traits>& host,
                                                     Timestamp now) {
        return put_host(detail::command_of(host), now);
    }
    /// Adds a host or replaces its capabilities. Absent status flags keep their value.
    [[nodiscard]] Result<Events, Rejection> put_host(const BasicPutHost<Traits>& command,
                                                     Timestamp now) {
        return collect(command, now);
    }
    /// Changes the given status flags of a host.
    [[nodiscard]] Result<Events, Rejection> set_host_status(
        const BasicSetHostStatus<Traits>& command, Timestamp now) {
        return collect(command, now);
    }
    /// Changes the energy price of a host.
    [[nodiscard]] Result<Events, Rejection> set_energy_price(HostId host, EnergyPrice usd,
                                                             Timestamp now) {
        return collect(BasicSetEnergyPrice<Traits>{host, usd}, now);
    }
    /// Removes a host and its bids.
    [[nodiscard]] Result<Events, Rejection> remove_host(HostId host, Timestamp now) {
        return collect(BasicRemoveHost<Traits>{host}, now);
    }

    /// Places a bid. Its workload is validated and not kept.
    [[nodiscard]] Result<Events, Rejection> place(const BasicBid<Traits>& bid, Timestamp now) {
        return place(detail::command_of(bid), now);
    }
    /// Places a bid without copying its lists.
    [[nodiscard]] Result<Events, Rejection> place(const BasicPlaceBid<Traits>& command,
                                                  Timestamp now) {
        return collect(command, now);
    }
    /// Edits a bid. An edit of a running bid waits for the next close.
    [[nodiscard]] Result<Events, Rejection> edit(const BasicEditBid<Traits>& command,
                                                 Timestamp now) {
        return collect(command, now);
    }
    /// Tells whether the host has cached the image of a bid.
    [[nodiscard]] Result<Events, Rejection> set_cached(BidId bid, bool cached, Timestamp now) {
        return collect(BasicSetCached<Traits>{bid, cached}, now);
    }
    /// Cancels a bid. A running bid is removed at the next close.
    [[nodiscard]] Result<Events, Rejection> cancel(const BasicCancelBid<Traits>& command,
                                                   Timestamp now) {
        return collect(command, now);
    }
    /// Cancels a bid without checking its owner.
    [[nodiscard]] Result<Events, Rejection> cancel(BidId bid, Timestamp now) {
        return cancel(BasicCancelBid<Traits>{.id = bid}, now);
    }
    /// Removes a bid at once and stops its run.
    [[nodiscard]] Result<Events, Rejection> revoke(BidId bid, Timestamp now) {
        return collect(BasicRevokeBid<Traits>{bid}, now);
    }

    /// Ends a billing interval. With many hosts, pass a function: the events then need no memory.
    [[nodiscard]] Result<Events, Rejection> close(Timestamp now) { return collect(Close{}, now); }
    template <EventSink<Traits> Sink>
    Result<Accepted, Rejection> close(Timestamp now, Sink&& sink) {
        return apply(Close{}, now, sink);
    }

    /// Runs any command and passes its events to a sink.
    template <CommandOf<Traits> Command, EventSink<Traits> Sink>
    Result<Accepted, Rejection> apply(const Command& command, Timestamp now, Sink&& sink) {
        return detail::run_command(stages_, lender_, command, now, sink, [&](auto& call) {
            return detail::apply(stages_, command, now, call);
        });
    }
    template <EventSink<Traits> Sink>
    Result<Accepted, Rejection> apply(const BasicCommand<Traits>& command, Timestamp now,
                                      Sink&& sink) {
        return std::visit([&](const auto& one) { return apply(one, now, sink); }, command);
    }

    // --- The same by handle. The id in the command is ignored. ---

    /// Places a bid. A stale handle gives `host_unknown`.
    template <EventSink<Traits> Sink>
    Result<Accepted, Rejection> apply(HostHandle host, const BasicPlaceBid<Traits>& command,
                                      Timestamp now, Sink&& sink) {
        return apply_to(slot_of(host), command, now, sink);
    }
    /// Runs a command for a bid. A stale handle gives `bid_unknown`.
    template <BidCommandOf<Traits> Command, EventSink<Traits> Sink>
    Result<Accepted, Rejection> apply(BidHandle bid, const Command& command, Timestamp now,
                                      Sink&& sink) {
        stages_.market.store.hints().bid(bid, std::same_as<Command, BasicEditBid<Traits>>);
        return apply_to(slot_of(bid), command, now, sink);
    }

    // --- For adapters that reject a command before the engine sees it ---

    /// Counts a command that was rejected elsewhere. Without a time, it gets the market's.
    Rejection reject(const Violation& reason, std::optional<Timestamp> time = {}) {
        detail::take_back(lender_);
        return detail::lent(stages_.reject_elsewhere(reason, time), lender_);
    }

    // --- Questions (section 10) ---

    /// The bid that a host would run if it closed now; no winner for an unknown host or a stale
    /// handle. Costs O(1) while the best bid is known, otherwise O(bids). It copies the offers of
    /// the host if an edit or a cancel waits there, and between the expiry of a bid and the next
    /// close.
    [[nodiscard]] Selection choice(HostId host) { return choose(slot_of(host)); }
    [[nodiscard]] Selection choice(HostHandle host) { return choose(slot_of(host)); }
    // A constant engine cannot remember the best bid.
    using Base::choice;

    /// Calls `visit(id, choice)` for each host, by ascending id. `visit` must not use the engine.
    /// It costs one `choice` per host, but fetches memory ahead, which is much faster in a large
    /// market. Not const, because it remembers the best bids and the order of the hosts.
    template <class Visit>
    void choices(Visit visit) {
        const detail::LenderInUse in_use{lender_};
        detail::all_choices(stages_.market, visit);
    }

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

using Engine = BasicEngine<>;

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
