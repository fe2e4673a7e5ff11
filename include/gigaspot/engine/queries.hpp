// gigaspot: everything that one can ask a live market. Layer: engine. Rules of the market,
// section 10.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/result.hpp>
#include <gigaspot/engine/allocator.hpp>
#include <gigaspot/engine/market/questions.hpp>
#include <gigaspot/engine/market/stages.hpp>
#include <gigaspot/engine/totals.hpp>
#include <gigaspot/rules/answer.hpp>
#include <gigaspot/rules/explain.hpp>
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

    /// A run, with the terms that won.
    struct RunInPlace {
        BidId bid{};
        OwnerId owner{};
        Price price{};
        Currency currency{};
        std::optional<Timestamp> first_won{};  ///< the first close that it won
        Timestamp charged{};                   ///< the run has been charged up to this time
        bool is_cancelled = false;             ///< it ends at the next close
        bool is_edited = false;                ///< its terms change at the next close
    };
    /// The run on a host; nothing if the host idles or is unknown.
    [[nodiscard]] std::optional<RunInPlace> run(HostId host) const {
        const Slot slot = stages_.market.store.find_host(host);
        if (slot == detail::no_slot) return std::nullopt;
        const auto& record = stages_.market.store.runs[slot];
        if (record.bid == detail::no_slot) return std::nullopt;
        return RunInPlace{record.bid_id,       record.owner,       record.price,
                          record.currency,     record.first_won(), record.charged,
                          record.is_cancelled, record.has_edit()};
    }

    // --- Questions about the next close (section 10) ---

    /// The bid that a host would run if it closed now; no winner for an unknown host or a stale
    /// handle. Costs O(bids) and copies the offers. `BasicEngine` remembers the best bid.
    [[nodiscard]] Selection choice(HostId host) const { return choice_of(slot_of(host)); }
    [[nodiscard]] Selection choice(HostHandle host) const { return choice_of(slot_of(host)); }

    /// The lowest price with which a bid placed now would win the next close. Fails with
    /// `host_unknown` or why no price helps. This and the next three cost O(bids) and copy offers.
    [[nodiscard]] Answer<Result<Price, Code>> price_to_win(
        HostId host, const BasicQuoteRequest<Traits>& request) const {
        const auto next = next_close(host);
        if (!next) return {Unexpected{Code::host_unknown}};
        return gigaspot::price_to_win(next->host, next->bids(), next->conditions, request,
                                      next->run);
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
    /// All bids of a host in rank order, with what each lacks to win, written to the front of
    /// `out`. Ignore the indexes in the answer.
    [[nodiscard]] Answer<std::span<BasicExplanation<Traits>>> explain(
        HostId host, std::span<BasicExplanation<Traits>> out,
        std::optional<Price> tick = {}) const {
        const auto next = next_close(host);
        if (!next) return {};
        return gigaspot::explain(next->host, next->bids(), next->conditions, out, next->run, tick);
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

private:
    friend struct detail::EngineAccess;

    [[nodiscard]] std::optional<detail::NextClose<Traits, Allocator>> next_close(HostId id) const {
        const Slot slot = stages_.market.store.find_host(id);
        if (slot == detail::no_slot) return std::nullopt;
        return detail::next_close(stages_.market, slot);
    }

    [[nodiscard]] Selection choice_of(Slot slot) const {
        if (slot == detail::no_slot) return {};
        return detail::choice_to_come(stages_.market, slot);
    }
};

using Queries = BasicQueries<>;

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
