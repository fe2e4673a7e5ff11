// gigaspot: everything that one can ask a live market. Layer: engine. Rules of the market,
// section 10.
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

/// The questions of a live market. `BasicEngine` derives from it and adds the commands. A function
/// that only asks can take a `const BasicQueries<Traits>&`. No question changes the market. Only an
/// engine is a `BasicQueries`: it can neither be made nor copied alone.
template <MarketTraits Traits = DefaultTraits, class Allocator = DefaultAllocator<unsigned char>>
class BasicQueries {
    static_assert(HashableId<typename Traits::HostId>, "a host's id needs a std::hash");
    static_assert(HashableId<typename Traits::BidId>, "a bid's id needs a std::hash");
    static_assert(HashableId<typename Traits::OwnerId>, "an owner's id needs a std::hash");
    static_assert(std::is_constructible_v<typename Traits::Setting, Frequency>,
                  "a setting must be made from a frequency, since the engine keeps its own form");

    using Slot = detail::Slot;

public:
    using HostId = typename Traits::HostId;
    using BidId = typename Traits::BidId;
    using OwnerId = typename Traits::OwnerId;
    using Selection = BasicSelection<Traits>;
    using BidState = BasicBidState<Traits>;
    using RunState = BasicRunState<Traits>;
    using Overclock = FixedVector<BasicOverclockProfile<Traits>, Traits::gpus_max>;

    // --- Hosts, bids and runs ---

    /// The handle of a host; nothing if the host is unknown. It is valid in this engine and in
    /// copies made later, until the host is removed. Costs O(1).
    [[nodiscard]] std::optional<HostHandle> find_host(HostId id) const {
        const Slot slot = stages_.market.store.find_host(id);
        if (slot == detail::no_slot) return std::nullopt;
        return stages_.market.store.handles().of_host(slot);
    }
    /// The handle of a bid; nothing if the bid is unknown. It is valid until the bid is gone. O(1).
    [[nodiscard]] std::optional<BidHandle> find_bid(BidId id) const {
        const Slot slot = stages_.market.store.find_bid(id);
        if (slot == detail::no_slot) return std::nullopt;
        return stages_.market.store.handles().of_bid(slot);
    }

    /// The present capabilities of a host; nothing if the host is unknown.
    [[nodiscard]] std::optional<BasicHostCapabilities<Traits>> host(HostId id) const {
        const Slot slot = stages_.market.store.find_host(id);
        if (slot == detail::no_slot) return std::nullopt;
        return detail::capabilities(stages_.market.store, slot);
    }
    /// The number of bids on a host; 0 if the host is unknown.
    [[nodiscard]] std::size_t bids_on(HostId id) const {
        const Slot slot = stages_.market.store.find_host(id);
        return slot == detail::no_slot ? 0 : stages_.market.store.hosts[slot].book.bids;
    }

    /// A bid; nothing if it is unknown. A bid whose cancel waits is found, though all commands
    /// except `revoke` reject it as `bid_unknown`. Costs O(1).
    [[nodiscard]] std::optional<BidState> bid(BidId id) const {
        return bid_at(stages_.market.store.find_bid(id));
    }
    /// A bid by handle; nothing if the handle is stale.
    [[nodiscard]] std::optional<BidState> bid(BidHandle bid) const { return bid_at(slot_of(bid)); }

    /// The profiles of a bid that are in force, one per GPU; nothing if the bid is unknown. Costs
    /// O(GPUs), like the next one.
    [[nodiscard]] std::optional<Overclock> overclock(BidId id) const {
        return overclock_at(stages_.market.store.find_bid(id));
    }
    [[nodiscard]] std::optional<Overclock> overclock(BidHandle bid) const {
        return overclock_at(slot_of(bid));
    }
    /// The profiles of the edit that waits for a bid; nothing if none waits or the bid is unknown.
    /// If the edit changes only the price, these are the profiles in force.
    [[nodiscard]] std::optional<Overclock> edited_overclock(BidId id) const {
        return edited_overclock_at(stages_.market.store.find_bid(id));
    }
    [[nodiscard]] std::optional<Overclock> edited_overclock(BidHandle bid) const {
        return edited_overclock_at(slot_of(bid));
    }

    /// The run on a host; nothing if the host idles or is unknown. Costs O(1).
    [[nodiscard]] std::optional<RunState> run(HostId host) const { return run_at(slot_of(host)); }
    /// The run on a host by handle; nothing if the handle is stale.
    [[nodiscard]] std::optional<RunState> run(HostHandle host) const {
        return run_at(slot_of(host));
    }

    // --- Visits. None allocates. ---

    /// Calls `visit(id, handle)` for each host. Costs O(hosts). All visits are in no particular
    /// order, and engines with the same market can differ in it. `visit` may ask the engine
    /// questions, but must not change it.
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

    // --- Questions about the next close (section 10) ---

    /// The bid that a host would run if it closed now; no winner for an unknown host or a stale
    /// handle. Costs O(bids) and copies the offers. `BasicEngine` remembers the best bid.
    [[nodiscard]] Selection choice(HostId host) const { return choice_of(slot_of(host)); }
    [[nodiscard]] Selection choice(HostHandle host) const { return choice_of(slot_of(host)); }

    /// The lowest price with which a bid placed now would win the next close. Fails with
    /// `host_unknown` or why no price helps. This and the next five cost O(bids) and copy offers.
    [[nodiscard]] Answer<Result<Price, Code>> price_to_win(
        HostId host, const BasicQuoteRequest<Traits>& request) const {
        const auto next = next_close(host);
        if (!next) return {Unexpected{Code::host_unknown}};
        return gigaspot::price_to_win(next->host, next->bids(), next->conditions, request,
                                      next->run);
    }
    /// The lowest price to which the bid that runs on a host can be edited so that it stays at the
    /// next close. Fails with `host_unknown`, with `bid_unknown` if nothing runs there or a cancel
    /// waits, or why no price helps.
    [[nodiscard]] Answer<Result<Price, Code>> price_to_keep(HostId host,
                                                            std::optional<Price> tick = {}) const {
        const auto next = next_close(host);
        if (!next) return {Unexpected{Code::host_unknown}};
        return gigaspot::price_to_keep(next->host, next->bids(), next->conditions, next->run, tick);
    }
    /// The rates of the main currency at which a host's choice remains; nothing if it has no rate.
    [[nodiscard]] Answer<std::optional<Range<ExchangeRate>>> rate_range(HostId host) const {
        const auto next = next_close(host);
        if (!next) return {};
        return gigaspot::rate_range(next->host, next->bids(), next->conditions, next->run);
    }
    /// The best bids whose only obstacle is an image that is not cached, written to the front of
    /// `out`. Ignore the indexes in the answer.
    [[nodiscard]] Answer<std::span<BasicRanked<Traits>>> cache_candidates(
        HostId host, std::span<BasicRanked<Traits>> out) const {
        const auto next = next_close(host);
        if (!next) return {};
        return gigaspot::cache_candidates(next->host, next->bids(), next->conditions, out,
                                          next->run);
    }
    /// All bids of a host in rank order, each with the price that wins, written to the front of
    /// `out`. Ignore the indexes in the answer.
    [[nodiscard]] Answer<std::span<BasicExplanation<Traits>>> explain(
        HostId host, std::span<BasicExplanation<Traits>> out,
        std::optional<Price> tick = {}) const {
        const auto next = next_close(host);
        if (!next) return {};
        return gigaspot::explain(next->host, next->bids(), next->conditions, out, next->run, tick);
    }
    /// How many bids of a host `choice` does not compare with the others, and why; none if the host
    /// is unavailable or unknown.
    [[nodiscard]] NotCompared not_compared(HostId host) const {
        const auto next = next_close(host);
        if (!next) return {};
        return gigaspot::not_compared(next->host, next->bids(), next->conditions);
    }

    /// The hosts that a bid wins at the lowest cost, written to the front of `room`.
    /// `BasicCheapest::in_order` describes the answer. Costs O(bids of all hosts that the request
    /// includes) and copies the offers of one host at a time.
    [[nodiscard]] Answer<std::span<BasicHostQuote<Traits>>> cheapest(
        const BasicSearchRequest<Traits>& request, std::span<BasicHostQuote<Traits>> room) const {
        return cheapest(request, room, [](const BasicHostCapabilities<Traits>&) { return true; });
    }
    /// The same among the hosts for which `wanted(capabilities)` is true. `wanted` may ask the
    /// engine questions, but must not change it.
    template <std::predicate<const BasicHostCapabilities<Traits>&> Wanted>
    [[nodiscard]] Answer<std::span<BasicHostQuote<Traits>>> cheapest(
        const BasicSearchRequest<Traits>& request, std::span<BasicHostQuote<Traits>> room,
        Wanted wanted) const {
        const detail::LenderVisited visited{lender_};
        return detail::cheapest(stages_.market, request, room, wanted);
    }

    // --- The market ---

    /// Policy, rates and time. The reference is valid as long as the engine.
    [[nodiscard]] const Conditions& conditions() const { return stages_.market.conditions; }
    [[nodiscard]] const EngineLimits& limits() const { return stages_.limits; }
    /// The time of the last accepted command; 0 before the first.
    [[nodiscard]] Timestamp now() const { return stages_.market.clock.value_or(Timestamp{}); }

    /// Sums over all hosts. Costs O(hosts).
    [[nodiscard]] Totals totals() const { return detail::totals(stages_.market); }

    /// Counts of commands and work.
    [[nodiscard]] Counters counters() const {
        const auto& market = stages_.market;
        Counters counters{market.commands, 0, market.looks, market.rescans};
        for (const std::uint64_t count : stages_.rejections) counters.rejected += count;
        return counters;
    }
    /// How many commands were rejected with this code as their first reason.
    [[nodiscard]] std::uint64_t rejected(Code code) const {
        const auto number = static_cast<std::size_t>(code);
        return number < Stages::codes_max ? stages_.rejections[number] : 0;
    }

    /// Why a command at this time would be rejected for its time; the code is `none` if it would
    /// not.
    [[nodiscard]] Violation time_problem(Timestamp now) const { return stages_.time_problem(now); }

protected:
    using Stages = detail::Stages<Traits, Allocator>;

    BasicQueries(const Policy& policy, const EngineLimits& limits, const Allocator& allocator)
        : stages_{policy, limits, allocator} {}
    BasicQueries(const BasicQueries&) = default;
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

using Queries = BasicQueries<>;

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
