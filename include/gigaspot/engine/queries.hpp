// gigaspot: the questions that a live market answers. Layer: engine. Rules of the market, section
// 10.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/fixed_vector.hpp>
#include <gigaspot/base/list_view.hpp>
#include <gigaspot/base/result.hpp>
#include <gigaspot/engine/allocator.hpp>
#include <gigaspot/engine/market/questions.hpp>
#include <gigaspot/engine/market/stages.hpp>
#include <gigaspot/engine/market/state_reader.hpp>
#include <gigaspot/engine/states.hpp>
#include <gigaspot/engine/totals.hpp>
#include <gigaspot/rules/answer.hpp>
#include <gigaspot/rules/cheapest.hpp>
#include <gigaspot/rules/explain.hpp>
#include <gigaspot/rules/keep.hpp>
#include <gigaspot/rules/quote.hpp>
#include <gigaspot/rules/rank.hpp>
#include <gigaspot/rules/rate_range.hpp>
#include <gigaspot/rules/select.hpp>
#include <gigaspot/values/currency.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/event.hpp>
#include <gigaspot/values/fwd.hpp>
#include <gigaspot/values/host.hpp>
#include <gigaspot/values/limits.hpp>
#include <gigaspot/values/overclock.hpp>
#include <gigaspot/values/policy.hpp>
#include <gigaspot/values/traits.hpp>
#include <gigaspot/values/units.hpp>
#include <gigaspot/values/violation.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// Answers questions about a live market. `BasicEngine` derives from it and adds the commands, so a
/// function that only asks can take a `const BasicQueries<Traits>&`. No question changes the
/// market. You cannot make or copy a `BasicQueries` alone.
///
/// Answers are values: they stay as they are when the market changes. Only `conditions` and
/// `limits` return references, which are valid as long as the engine. Only `choice`,
/// `not_compared` and the questions about prices allocate. Only one thread may use an engine at a
/// time, even if it only asks.
template <MarketTraits Traits = DefaultTraits, class Allocator = DefaultAllocator<unsigned char>>
class BasicQueries {
    static_assert(HashableId<typename Traits::HostId>, "a host's id needs a std::hash");
    static_assert(HashableId<typename Traits::BidId>, "a bid's id needs a std::hash");
    static_assert(HashableId<typename Traits::OwnerId>, "an owner's id needs a std::hash");
    static_assert(std::is_constructible_v<typename Traits::Setting, Frequency>,
                  "a setting must be made from a frequency, since the engine keeps its own form");

    using Slot = detail::Slot;

public:
    using HostId = typename Traits::HostId;    ///< the id of a host in this market
    using BidId = typename Traits::BidId;      ///< the id of a bid in this market
    using OwnerId = typename Traits::OwnerId;  ///< the id of a renter in this market
    using Selection = BasicSelection<Traits>;  ///< the choice of a host of this market
    using BidState = BasicBidState<Traits>;    ///< a bid of this market
    using RunState = BasicRunState<Traits>;    ///< a run of this market
    /// The profiles of a bid of this market, one per GPU.
    using Overclock = FixedVector<BasicOverclockProfile<Traits>, Traits::gpus_max>;

    /// @name Hosts, bids and runs
    /// @{

    /// Finds the handle of a host; nothing if the host is unknown. It is valid in this engine and
    /// in copies made later, until the host is removed. Costs O(1).
    [[nodiscard]] std::optional<HostHandle> find_host(HostId id) const {
        const Slot slot = stages_.market.store.find_host(id);
        if (slot == detail::no_slot) return std::nullopt;
        return stages_.market.store.handles().of_host(slot);
    }
    /// Finds the handle of a bid; nothing if the bid is unknown. It is valid in this engine and in
    /// copies made later, until the bid is gone. Costs O(1).
    [[nodiscard]] std::optional<BidHandle> find_bid(BidId id) const {
        const Slot slot = stages_.market.store.find_bid(id);
        if (slot == detail::no_slot) return std::nullopt;
        return stages_.market.store.handles().of_bid(slot);
    }

    /// Returns the present capabilities of a host; nothing if the host is unknown. Costs O(GPUs).
    [[nodiscard]] std::optional<BasicHostCapabilities<Traits>> host(HostId id) const {
        const Slot slot = stages_.market.store.find_host(id);
        if (slot == detail::no_slot) return std::nullopt;
        return detail::capabilities(stages_.market.store, slot);
    }
    /// Counts the bids on a host, including those whose cancel waits; 0 if the host is unknown.
    /// Costs O(1).
    [[nodiscard]] std::size_t bids_on(HostId id) const {
        const Slot slot = stages_.market.store.find_host(id);
        return slot == detail::no_slot ? 0 : stages_.market.store.hosts[slot].book.bids;
    }

    /// Returns the state of a bid; nothing if it is unknown. A bid whose cancel waits is found,
    /// though all commands except `revoke` reject it as `bid_unknown`. Costs O(1).
    [[nodiscard]] std::optional<BidState> bid(BidId id) const {
        return bid_at(stages_.market.store.find_bid(id));
    }
    /// Returns the state of a bid by its handle; nothing if the handle is stale. Costs O(1).
    [[nodiscard]] std::optional<BidState> bid(BidHandle bid) const { return bid_at(slot_of(bid)); }

    /// Returns the profiles of a bid that are in force, one per GPU; nothing if the bid is unknown.
    /// Costs O(GPUs).
    [[nodiscard]] std::optional<Overclock> overclock(BidId id) const {
        return overclock_at(stages_.market.store.find_bid(id));
    }
    /// Returns the profiles of a bid that are in force, by its handle; nothing if the handle is
    /// stale. Costs O(GPUs).
    [[nodiscard]] std::optional<Overclock> overclock(BidHandle bid) const {
        return overclock_at(slot_of(bid));
    }
    /// Returns the profiles of the edit that waits for a bid; nothing if no edit waits or the bid
    /// is unknown. If the edit changes only the price, these are the profiles in force. Costs
    /// O(GPUs).
    [[nodiscard]] std::optional<Overclock> edited_overclock(BidId id) const {
        return edited_overclock_at(stages_.market.store.find_bid(id));
    }
    /// Returns the profiles of the edit that waits for a bid, by its handle; nothing if no edit
    /// waits or the handle is stale. Costs O(GPUs).
    [[nodiscard]] std::optional<Overclock> edited_overclock(BidHandle bid) const {
        return edited_overclock_at(slot_of(bid));
    }

    /// Returns the run on a host; nothing if the host idles or is unknown. Costs O(1).
    [[nodiscard]] std::optional<RunState> run(HostId host) const { return run_at(slot_of(host)); }
    /// Returns the run on a host by its handle; nothing if the host idles or the handle is stale.
    /// Costs O(1).
    [[nodiscard]] std::optional<RunState> run(HostHandle host) const {
        return run_at(slot_of(host));
    }

    /// @}
    /// @name Visits
    /// Visits allocate nothing. They have no particular order, and engines with the same market can
    /// differ in it. The function that you pass may ask the engine questions, but must not change
    /// it.
    /// @{

    /// Calls `visit(id, handle)` for each host. Costs O(hosts).
    template <class Visit>
    void visit_hosts(Visit visit) const {
        const detail::LenderVisited visited{lender_};
        states().visit_hosts(visit);
    }
    /// Calls `visit(state)` for each bid, including those whose cancel waits. `state` is a `const
    /// BidState&` and ends with the call. Costs O(bids), including room for bids that was reserved.
    template <class Visit>
    void visit_bids(Visit visit) const {
        const detail::LenderVisited visited{lender_};
        states().visit_bids(visit);
    }
    /// Calls `visit(state)` for each bid on a host. Returns false if the host is unknown. Costs
    /// O(bids of the host) and fetches memory ahead.
    template <class Visit>
    bool visit_bids_on(HostId host, Visit visit) const {
        const Slot slot = slot_of(host);
        if (slot == detail::no_slot) return false;
        const detail::LenderVisited visited{lender_};
        states().visit_bids_on(slot, visit);
        return true;
    }
    /// Calls `visit(state)` for each bid of an owner. Costs as much as a visit of all bids,
    /// because the engine keeps no list per owner.
    template <class Visit>
    void visit_bids_of(OwnerId owner, Visit visit) const {
        const detail::LenderVisited visited{lender_};
        states().visit_bids_of(owner, visit);
    }
    /// Calls `visit(state)` for each run. `state` is a `const RunState&` and ends with the call.
    /// Costs O(hosts) and fetches memory ahead.
    template <class Visit>
    void visit_runs(Visit visit) const {
        const detail::LenderVisited visited{lender_};
        states().visit_runs(visit);
    }

    /// @}
    /// @name Questions about the next close
    /// The answers assume that nothing else changes before the next close. They see the host as
    /// that close will find it, with edits and cancels that wait. Section 10 of the rules.
    /// @{

    /// Finds the bid that a host would run if it closed now; no winner for an unknown host. Costs
    /// O(bids of the host) and copies their offers; an engine that is not const remembers the best
    /// bid.
    [[nodiscard]] Selection choice(HostId host) const { return choice_of(slot_of(host)); }
    /// Finds the bid that a host, given by its handle, would run if it closed now; no winner for a
    /// stale handle. Costs O(bids of the host) and copies their offers.
    [[nodiscard]] Selection choice(HostHandle host) const { return choice_of(slot_of(host)); }

    /// Finds the lowest price with which a bid placed now would win the next close. Fails with
    /// `host_unknown` or with the reason why no price helps, as `gigaspot::price_to_win` does.
    /// Costs O(bids of the host) and copies their offers.
    [[nodiscard]] Answer<Result<Price, Code>> price_to_win(
        HostId host, const BasicQuoteRequest<Traits>& request) const {
        const auto next = next_close(host);
        if (!next) return {Unexpected{Code::host_unknown}};
        return gigaspot::price_to_win(next->host, next->bids(), next->conditions, request,
                                      next->run);
    }
    /// Finds the lowest price to which the bid that runs on a host can be edited so that it stays
    /// at the next close. Fails with `host_unknown`, with `bid_unknown` if nothing runs there or a
    /// cancel waits, or with the reason why no price helps. Costs O(bids of the host) and copies
    /// their offers.
    [[nodiscard]] Answer<Result<Price, Code>> price_to_keep(HostId host,
                                                            std::optional<Price> tick = {}) const {
        const auto next = next_close(host);
        if (!next) return {Unexpected{Code::host_unknown}};
        return gigaspot::price_to_keep(next->host, next->bids(), next->conditions, next->run, tick);
    }
    /// Finds the range of exchange rates of the main currency in which a host keeps its choice;
    /// nothing if the main currency has no rate or the host is unknown. Costs O(bids of the host),
    /// with several hundred profits per bid, and copies their offers.
    [[nodiscard]] Answer<std::optional<Range<ExchangeRate>>> rate_range(HostId host) const {
        const auto next = next_close(host);
        if (!next) return {};
        return gigaspot::rate_range(next->host, next->bids(), next->conditions, next->run);
    }
    /// Finds the best bids whose only obstacle is an image that is not cached, and writes them to
    /// the front of `out`. The answer is that part of `out`; it is empty for an unknown host.
    /// Ignore the indexes in it. Costs O(bids of the host x log slots) and copies their offers.
    [[nodiscard]] Answer<std::span<BasicRanked<Traits>>> cache_candidates(
        HostId host, std::span<BasicRanked<Traits>> out) const {
        const auto next = next_close(host);
        if (!next) return {};
        return gigaspot::cache_candidates(next->host, next->bids(), next->conditions, out,
                                          next->run);
    }
    /// Explains the bids of a host in rank order, each with the price that wins, and writes them to
    /// the front of `out`. The answer is that part of `out`; it is empty for an unknown host.
    /// Ignore the indexes in it. Costs O(bids of the host x log slots) and copies their offers.
    [[nodiscard]] Answer<std::span<BasicExplanation<Traits>>> explain(
        HostId host, std::span<BasicExplanation<Traits>> out,
        std::optional<Price> tick = {}) const {
        const auto next = next_close(host);
        if (!next) return {};
        return gigaspot::explain(next->host, next->bids(), next->conditions, out, next->run, tick);
    }
    /// Counts the bids of a host that `choice` does not compare with the others, by reason; zeros
    /// if the host is unavailable or unknown. Costs O(bids of the host) and copies their offers.
    [[nodiscard]] NotCompared not_compared(HostId host) const {
        const auto next = next_close(host);
        if (!next) return {};
        return gigaspot::not_compared(next->host, next->bids(), next->conditions);
    }

    /// Finds the hosts that a bid wins at the lowest cost, and writes them to the front of `room`.
    /// The answer is that part of `room`: hosts with a price first, by cost, then by id. Costs
    /// O(bids of all hosts that the request includes) and copies the offers of one host at a time.
    [[nodiscard]] Answer<std::span<BasicHostQuote<Traits>>> cheapest(
        const BasicSearchRequest<Traits>& request, std::span<BasicHostQuote<Traits>> room) const {
        return cheapest(request, room, [](const BasicHostCapabilities<Traits>&) { return true; });
    }
    /// Finds the hosts that a bid wins at the lowest cost, among those for which
    /// `wanted(capabilities)` is true, and writes them to the front of `room`. `wanted` may ask the
    /// engine questions, but must not change it. Costs O(bids of all hosts that the request
    /// includes).
    template <std::predicate<const BasicHostCapabilities<Traits>&> Wanted>
    [[nodiscard]] Answer<std::span<BasicHostQuote<Traits>>> cheapest(
        const BasicSearchRequest<Traits>& request, std::span<BasicHostQuote<Traits>> room,
        Wanted wanted) const {
        const detail::LenderVisited visited{lender_};
        return detail::cheapest(stages_.market, request, room, wanted);
    }

    /// @}
    /// @name The market as a whole
    /// @{

    /// Returns the policy, the rates and the time, which you can pass to the functions of
    /// `rules.hpp`. The reference is valid as long as the engine; what it refers to changes with
    /// the market.
    [[nodiscard]] const Conditions& conditions() const { return stages_.market.conditions; }
    /// Returns the limits that the engine was made with. The reference is valid as long as the
    /// engine.
    [[nodiscard]] const EngineLimits& limits() const { return stages_.limits; }
    /// Returns the time of the last accepted command; 0 before the first.
    [[nodiscard]] Timestamp now() const { return stages_.market.clock.value_or(Timestamp{}); }

    /// Sums what all hosts earn and draw now. Costs O(hosts).
    [[nodiscard]] Totals totals() const { return detail::totals(stages_.market); }

    /// Counts the commands that the engine has seen, and its work. Costs O(1).
    [[nodiscard]] Counters counters() const {
        const auto& market = stages_.market;
        Counters counters{market.commands, 0, market.looks, market.rescans};
        for (const std::uint64_t count : stages_.rejections) counters.rejected += count;
        return counters;
    }
    /// Counts the commands that were rejected with this code as their first reason. Costs O(1).
    [[nodiscard]] std::uint64_t rejected(Code code) const {
        const auto number = static_cast<std::size_t>(code);
        return number < Stages::codes_max ? stages_.rejections[number] : 0;
    }

    /// Finds why a command at this time would be rejected for its time: `time_went_backwards`,
    /// `time_too_far`, or `none` if it would not. Costs O(1).
    [[nodiscard]] Violation time_problem(Timestamp now) const { return stages_.time_problem(now); }

    /// @}

    // For BasicEngine.
    /// @cond
protected:
    using Stages = detail::Stages<Traits, Allocator>;

    BasicQueries(const Policy& policy, const EngineLimits& limits, const Allocator& allocator)
        : stages_{policy, limits, allocator} {}
    BasicQueries(const BasicQueries& other) : stages_{detail::copy(other.stages_)} {}
    BasicQueries(BasicQueries&&) noexcept = default;
    BasicQueries& operator=(const BasicQueries&) = default;
    BasicQueries& operator=(BasicQueries&&) noexcept = default;
    ~BasicQueries() = default;

    [[nodiscard]] Slot slot_of(const HostId& id) const {
        return stages_.market.store.find_host(id);
    }
    template <class Handle>
    [[nodiscard]] Slot slot_of(const Handle& handle) const {
        return stages_.market.store.handles().slot_of(handle);
    }

    Stages stages_;
    [[no_unique_address]] mutable detail::Lender lender_{};  ///< also counts visits
    /// @endcond

private:
    friend struct detail::EngineAccess;

    [[nodiscard]] std::optional<detail::NextClose<Traits, Allocator>> next_close(HostId id) const {
        const Slot slot = stages_.market.store.find_host(id);
        if (slot == detail::no_slot) return std::nullopt;
        return detail::next_close(stages_.market, slot);
    }

    [[nodiscard]] detail::StateReader<Traits, Allocator> states() const {
        return detail::StateReader<Traits, Allocator>{stages_.market};
    }
    [[nodiscard]] std::optional<BidState> bid_at(Slot slot) const {
        if (slot == detail::no_slot) return std::nullopt;
        return states().bid(slot);
    }
    [[nodiscard]] std::optional<Overclock> overclock_at(Slot slot) const {
        if (slot == detail::no_slot) return std::nullopt;
        return states().overclock(slot);
    }
    [[nodiscard]] std::optional<Overclock> edited_overclock_at(Slot slot) const {
        if (slot == detail::no_slot) return std::nullopt;
        return states().edited_overclock(slot);
    }
    [[nodiscard]] std::optional<RunState> run_at(Slot slot) const {
        if (slot == detail::no_slot) return std::nullopt;
        return states().run(slot);
    }

    [[nodiscard]] Selection choice_of(Slot slot) const {
        if (slot == detail::no_slot) return {};
        return detail::choice_to_come(stages_.market, slot);
    }
};

using Queries = BasicQueries<>;  ///< the questions of a live market with the default traits

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
