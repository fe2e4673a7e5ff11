// gigaspot: a live market: commands in, events out. Layer: engine. Rules of the market, sections 5
// to 11.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>
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
#include <gigaspot/engine/totals.hpp>
#include <gigaspot/rules/explain.hpp>
#include <gigaspot/rules/quote.hpp>
#include <gigaspot/rules/rank.hpp>
#include <gigaspot/rules/rate_range.hpp>
#include <gigaspot/rules/select.hpp>
#include <gigaspot/values/bid.hpp>
#include <gigaspot/values/command.hpp>
#include <gigaspot/values/currency.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/event.hpp>
#include <gigaspot/values/fwd.hpp>
#include <gigaspot/values/host.hpp>
#include <gigaspot/values/limits.hpp>
#include <gigaspot/values/policy.hpp>
#include <gigaspot/values/traits.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

namespace detail {
/// For what the library builds on an engine beside it.
struct EngineAccess {
    template <class Engine>
    static auto& stages(Engine& engine) {
        return engine.stages_;
    }
};
}  // namespace detail

/// A market in motion. It is a state machine: the same commands give the same events, on every
/// machine. It has no thread, no clock and no I/O; one engine is used by one thread at a time, and
/// engines know nothing of each other, so that a market can be spread over many by host.
///
/// Each command comes with its time, which never decreases. A command that is rejected changes
/// nothing but the counters. What a command costs does not grow with the market, but for these: a
/// new bid looks at the bids of its host, once there are so many that its owner may be at the
/// limit; so do a `put_host` of a known host, `remove_host`, and a choice between closes
/// (`Refill::at_once`); `remove_host` looks at the list of hosts too; `close` looks at all hosts
/// for runs to charge, and at the bids of those where something may have changed. Now and then a
/// bid that goes has the entries of its host moved together, and a new one has the index of ids
/// grow.
///
/// A call without a sink returns the events, in memory of the engine, until its next command. To
/// act on events, give a sink: a `std::vector<Event>`, to which they are appended, or a function,
/// called with each; it must not throw and must not use the engine.
///
/// With exceptions, an allocation that fails leaves all as it was, if ids copy without one. After
/// `reserve`, none is needed. Ids need a `std::hash`. See section 9 of the rules for the order in
/// which a command's errors are found.
template <MarketTraits Traits = DefaultTraits, class Allocator = DefaultAllocator<unsigned char>>
class BasicEngine {
    static_assert(HashableId<typename Traits::HostId>, "a host's id needs a std::hash");
    static_assert(HashableId<typename Traits::BidId>, "a bid's id needs a std::hash");
    static_assert(HashableId<typename Traits::OwnerId>, "an owner's id needs a std::hash");
    static_assert(std::is_constructible_v<typename Traits::Setting, Frequency>,
                  "a setting must be made from a frequency, since the engine keeps its own form");

    using Stages = detail::Stages<Traits, Allocator>;
    using Slot = detail::Slot;

public:
    using HostId = typename Traits::HostId;
    using BidId = typename Traits::BidId;
    using OwnerId = typename Traits::OwnerId;
    using Event = BasicEvent<Traits>;
    using Events = BasicEvents<Traits>;

    explicit BasicEngine(const Policy& policy = {}, const EngineLimits& limits = {}) requires
        std::default_initializable<Allocator> : BasicEngine{policy, limits, Allocator{}} {}
    BasicEngine(const Policy& policy, const EngineLimits& limits, const Allocator& allocator)
        : stages_{policy, limits, allocator}, events_{allocator} {
        GIGASPOT_ASSERT(limits.hosts <= gigaspot::limits::hosts_max);
        GIGASPOT_ASSERT(limits.bids <= gigaspot::limits::bids_max);
    }

    /// A copy has as much room, and none of the events of the last call. One that finds no memory
    /// leaves both engines as they were. `Events` and `Rejection` point into the engine that gave
    /// them. A copy knows the handles of before, and does not tell later ones of the other apart.
    BasicEngine(const BasicEngine& other)
        : stages_{other.stages_}, events_{other.events_.get_stored_allocator()} {
        events_.reserve(other.events_.capacity());
    }
    BasicEngine(BasicEngine&&) noexcept = default;
    BasicEngine& operator=(const BasicEngine& other) { return *this = BasicEngine{other}; }
    BasicEngine& operator=(BasicEngine&&) noexcept = default;
    ~BasicEngine() = default;

    /// Allocates all that a market of this size needs, with the indexes and the events of its
    /// closes: for each bid about 110 bytes, an event, and 16 bytes for each of `gpus`; for each
    /// host about 1,450 with its events, and 130 for each of `gpus`. Within it no command
    /// allocates; `bids_per_host` and `gpus` hold for each host: one with more GPUs, and a bid on
    /// it, allocate. To make sure that none ever does, give the engine limits no greater than
    /// these, and no host with more GPUs. `gpus`: 1 .. `gpus_max`; more counts as that.
    void reserve(const EngineLimits& size, std::size_t gpus = Traits::gpus_max) {
        stages_.market.store.reserve(size, gpus < Traits::gpus_max ? gpus : Traits::gpus_max);
        detail::take_back(lender_);
        detail::make_room(events_, 8 + size.bids + 4 * size.hosts);
    }

    // --- Commands, each with its time ---

    /// See `SetRate`.
    [[nodiscard]] Result<Events, Rejection> set_rate(const SetRate& command, Timestamp now) {
        return collect(command, now);
    }
    /// See `PutHost`; the whole status is set.
    [[nodiscard]] Result<Events, Rejection> put_host(const BasicHostCapabilities<Traits>& host,
                                                     Timestamp now) {
        return put_host(detail::command_of(host), now);
    }
    /// See `PutHost`.
    [[nodiscard]] Result<Events, Rejection> put_host(const BasicPutHost<Traits>& command,
                                                     Timestamp now) {
        return collect(command, now);
    }
    /// See `SetHostStatus`.
    [[nodiscard]] Result<Events, Rejection> set_host_status(
        const BasicSetHostStatus<Traits>& command, Timestamp now) {
        return collect(command, now);
    }
    /// See `SetEnergyPrice`.
    [[nodiscard]] Result<Events, Rejection> set_energy_price(HostId host, EnergyPrice usd,
                                                             Timestamp now) {
        return collect(BasicSetEnergyPrice<Traits>{host, usd}, now);
    }
    /// See `RemoveHost`.
    [[nodiscard]] Result<Events, Rejection> remove_host(HostId host, Timestamp now) {
        return collect(BasicRemoveHost<Traits>{host}, now);
    }

    /// See `PlaceBid`; the workload is validated.
    [[nodiscard]] Result<Events, Rejection> place(const BasicBid<Traits>& bid, Timestamp now) {
        return place(detail::command_of(bid), now);
    }
    /// See `PlaceBid`.
    [[nodiscard]] Result<Events, Rejection> place(const BasicPlaceBid<Traits>& command,
                                                  Timestamp now) {
        return collect(command, now);
    }
    /// See `EditBid`.
    [[nodiscard]] Result<Events, Rejection> edit(const BasicEditBid<Traits>& command,
                                                 Timestamp now) {
        return collect(command, now);
    }
    /// See `SetCached`.
    [[nodiscard]] Result<Events, Rejection> set_cached(BidId bid, bool cached, Timestamp now) {
        return collect(BasicSetCached<Traits>{bid, cached}, now);
    }
    /// See `CancelBid`.
    [[nodiscard]] Result<Events, Rejection> cancel(const BasicCancelBid<Traits>& command,
                                                   Timestamp now) {
        return collect(command, now);
    }
    /// See `CancelBid`; who sent it is not checked.
    [[nodiscard]] Result<Events, Rejection> cancel(BidId bid, Timestamp now) {
        return cancel(BasicCancelBid<Traits>{.id = bid}, now);
    }
    /// See `RevokeBid`.
    [[nodiscard]] Result<Events, Rejection> revoke(BidId bid, Timestamp now) {
        return collect(BasicRevokeBid<Traits>{bid}, now);
    }

    /// Ends a billing interval. The events need memory: a market of many hosts gives a function.
    [[nodiscard]] Result<Events, Rejection> close(Timestamp now) { return collect(Close{}, now); }
    template <EventSink<Traits> Sink>
    Result<Accepted, Rejection> close(Timestamp now, Sink&& sink) {
        return apply(Close{}, now, sink);
    }

    /// Any command with a sink.
    template <CommandOf<Traits> Command, EventSink<Traits> Sink>
    Result<Accepted, Rejection> apply(const Command& command, Timestamp now, Sink&& sink) {
        return detail::run_command<Traits>(
            lender_, sink, [&] { return detail::events_max(stages_, command, now); },
            [&](auto& call) { return detail::apply(stages_, command, now, call); });
    }
    template <EventSink<Traits> Sink>
    Result<Accepted, Rejection> apply(const BasicCommand<Traits>& command, Timestamp now,
                                      Sink&& sink) {
        return std::visit([&](const auto& one) { return apply(one, now, sink); }, command);
    }

    // --- The same by handle: the id in the command is not looked at ---

    /// Of a handle that names nothing any more: `host_unknown`.
    template <EventSink<Traits> Sink>
    Result<Accepted, Rejection> apply(HostHandle host, const BasicPlaceBid<Traits>& command,
                                      Timestamp now, Sink&& sink) {
        return apply_to(slot_of(host), command, now, sink);
    }
    /// Likewise `bid_unknown`.
    template <BidCommandOf<Traits> Command, EventSink<Traits> Sink>
    Result<Accepted, Rejection> apply(BidHandle bid, const Command& command, Timestamp now,
                                      Sink&& sink) {
        stages_.market.store.hints().bid(bid, std::same_as<Command, BasicEditBid<Traits>>);
        return apply_to(slot_of(bid), command, now, sink);
    }

    /// A handle for this engine, and for copies made later, until the host is removed; nothing for
    /// an unknown host. O(1).
    [[nodiscard]] std::optional<HostHandle> find_host(HostId id) const {
        const Slot slot = stages_.market.store.find_host(id);
        if (slot == detail::no_slot) return std::nullopt;
        return stages_.market.store.handles().of_host(slot);
    }
    /// Likewise of a bid.
    [[nodiscard]] std::optional<BidHandle> find_bid(BidId id) const {
        const Slot slot = stages_.market.store.find_bid(id);
        if (slot == detail::no_slot) return std::nullopt;
        return stages_.market.store.handles().of_bid(slot);
    }

    // --- For edges that reject a command before the engine sees it ---

    /// Why a command of this time would be rejected for it; its code is `none` if it would not.
    [[nodiscard]] Violation time_problem(Timestamp now) const { return stages_.time_problem(now); }
    /// Counts a command that was rejected elsewhere for an enumerator of `Code`, at its own time,
    /// or without one at the market's.
    Rejection reject(const Violation& reason, std::optional<Timestamp> time = {}) {
        detail::take_back(lender_);
        return detail::lent(stages_.reject_elsewhere(reason, time), lender_);
    }

    // --- Questions (section 10) ---

    /// The choice of a host if it closed now: O(1) while its best bid is known, else O(bids). While
    /// a cancel or an edit waits there, or from the time on at which a bid of it, even one that is
    /// gone, would expire, until the next close, it makes a copy of the host's offers, in memory of
    /// its own. The market's time is that of the last command. Nothing wins on an unknown host.
    [[nodiscard]] BasicSelection<Traits> choice(HostId host) {
        return choice_of(stages_.market.store.find_host(host));
    }
    /// Likewise by handle.
    [[nodiscard]] BasicSelection<Traits> choice(HostHandle host) {
        return choice_of(slot_of(host));
    }

    /// Calls `visit(id, choice)` for each host, by ascending id; the call must not use the engine.
    /// Costs what `choice` costs for each, but in a market that is larger than the caches a
    /// fraction of the time of asking for one after the other.
    template <class Visit>
    void choices(Visit visit) {
        detail::all_choices(stages_.market, visit);
    }

    /// The run on a host, with the terms that won.
    struct RunInPlace {
        BidId bid{};
        OwnerId owner{};
        Price price{};
        Currency currency{};
        std::optional<Timestamp> first_won{};  ///< the first close that it won
        Timestamp charged{};                   ///< up to this time
        bool is_cancelled = false;             ///< it ends at the next close
        bool is_edited = false;                ///< at the next close it goes on under other terms
    };
    /// Nothing if the host idles or is unknown.
    [[nodiscard]] std::optional<RunInPlace> run(HostId host) const {
        const Slot slot = stages_.market.store.find_host(host);
        if (slot == detail::no_slot) return std::nullopt;
        const auto& record = stages_.market.store.runs[slot];
        if (record.bid == detail::no_slot) return std::nullopt;
        return RunInPlace{record.bid_id,       record.owner,       record.price,
                          record.currency,     record.first_won(), record.charged,
                          record.is_cancelled, record.has_edit()};
    }

    /// See `gigaspot::price_to_win`, for a bid placed now; `host_unknown` for an unknown host. This
    /// question and the next three cost O(bids) and memory for a copy of the host's offers.
    [[nodiscard]] Result<Price, Code> price_to_win(HostId host, const QuoteRequest& request) const {
        const auto next = next_close(host);
        if (!next) return Unexpected{Code::host_unknown};
        return gigaspot::price_to_win(next->host, next->bids(), next->conditions, request,
                                      next->run);
    }
    /// See `gigaspot::rate_range`; nothing for an unknown host.
    [[nodiscard]] std::optional<Range<ExchangeRate>> rate_range(HostId host) const {
        const auto next = next_close(host);
        if (!next) return std::nullopt;
        return gigaspot::rate_range(next->host, next->bids(), next->conditions, next->run);
    }
    /// See `gigaspot::cache_candidates`; the indexes in the answer mean nothing.
    [[nodiscard]] std::span<BasicRanked<Traits>> cache_candidates(
        HostId host, std::span<BasicRanked<Traits>> out) const {
        const auto next = next_close(host);
        if (!next) return {};
        return gigaspot::cache_candidates(next->host, next->bids(), next->conditions, out,
                                          next->run);
    }
    /// See `gigaspot::explain`; the indexes in the answer mean nothing.
    [[nodiscard]] std::span<BasicExplanation<Traits>> explain(
        HostId host, std::span<BasicExplanation<Traits>> out,
        std::optional<Price> tick = {}) const {
        const auto next = next_close(host);
        if (!next) return {};
        return gigaspot::explain(next->host, next->bids(), next->conditions, out, next->run, tick);
    }

    /// A host as it stands now; nothing for an unknown one.
    [[nodiscard]] std::optional<BasicHostCapabilities<Traits>> host(HostId id) const {
        const Slot slot = stages_.market.store.find_host(id);
        if (slot == detail::no_slot) return std::nullopt;
        return detail::capabilities(stages_.market.store, slot);
    }
    /// How many bids it has; 0 for an unknown one.
    [[nodiscard]] std::size_t bids_on(HostId id) const {
        const Slot slot = stages_.market.store.find_host(id);
        return slot == detail::no_slot ? 0 : stages_.market.store.hosts[slot].book.bids;
    }

    /// As long as the engine lives; `now` is the time of the last command that was taken.
    [[nodiscard]] const Conditions& conditions() const { return stages_.market.conditions; }
    [[nodiscard]] const EngineLimits& limits() const { return stages_.limits; }
    /// The time of the last command that was taken; 0 before the first.
    [[nodiscard]] Timestamp now() const { return stages_.market.clock.value_or(Timestamp{}); }

    /// Costs O(hosts).
    [[nodiscard]] Totals totals() const { return detail::totals(stages_.market); }

    [[nodiscard]] Counters counters() const {
        Counters counters{.commands = stages_.market.commands,
                          .looks = stages_.market.looks,
                          .rescans = stages_.market.rescans};
        for (const std::uint64_t count : stages_.rejections) counters.rejected += count;
        return counters;
    }
    /// How many commands were rejected with this code as their first reason.
    [[nodiscard]] std::uint64_t rejected(Code code) const {
        const auto number = static_cast<std::size_t>(code);
        return number < Stages::codes_max ? stages_.rejections[number] : 0;
    }

private:
    friend struct detail::EngineAccess;

    template <class Command, class Sink>
    Result<Accepted, Rejection> apply_to(Slot slot, const Command& command, Timestamp now,
                                         Sink& sink) {
        return detail::run_command<Traits>(
            lender_, sink, [&] { return detail::events_max(stages_, command, now); },
            [&](auto& call) { return detail::apply_to(stages_, slot, command, now, call); });
    }

    template <class Command>
    Result<Events, Rejection> collect(const Command& command, Timestamp now) {
        events_.clear();
        const Result<Accepted, Rejection> done = apply(command, now, events_);
        if (!done) return Unexpected{done.error()};
        return Events{*done, {events_, lender_}};
    }

    template <class Handle>
    [[nodiscard]] Slot slot_of(const Handle& handle) const {
        return stages_.market.store.handles().slot_of(handle);
    }

    [[nodiscard]] std::optional<detail::NextClose<Traits, Allocator>> next_close(HostId id) const {
        const Slot slot = stages_.market.store.find_host(id);
        if (slot == detail::no_slot) return std::nullopt;
        return detail::next_close(stages_.market, slot);
    }

    [[nodiscard]] BasicSelection<Traits> choice_of(Slot slot) {
        if (slot == detail::no_slot) return {};
        return detail::choice(stages_.market, slot);
    }

    Stages stages_;
    detail::Vector<Event, Allocator> events_;
    [[no_unique_address]] detail::Lender lender_{};
};

using Engine = BasicEngine<>;

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
