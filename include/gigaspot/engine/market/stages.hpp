// gigaspot: what all commands share: acceptance, rejection, and common checks. Layer:
// engine/market. Rules of the market, section 9.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/result.hpp>
#include <gigaspot/engine/market/live_market.hpp>
#include <gigaspot/engine/store/store.hpp>
#include <gigaspot/rules/packed.hpp>
#include <gigaspot/rules/validate.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/event.hpp>
#include <gigaspot/values/limits.hpp>
#include <gigaspot/values/overclock.hpp>
#include <gigaspot/values/policy.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// What a command returns.
using Done = Result<Accepted, Rejection>;

/// A command that is being checked. If it is neither accepted nor rejected, since an allocation
/// failed, the destructor undoes all of it.
template <class Traits, class Allocator>
class Attempt {
public:
    Attempt(LiveMarket<Traits, Allocator>& market, Timestamp now) : market_{market}, now_{now} {
        ++market_.commands;
        market_.conditions.now = now;
    }
    Attempt(const Attempt&) = delete;
    Attempt& operator=(const Attempt&) = delete;
    ~Attempt() {
        if (is_over_) return;
        --market_.commands;
        put_clock_back();
    }

    [[gnu::always_inline]] void accept() {
        is_over_ = true;
        market_.clock = now_;
    }
    void reject() {
        is_over_ = true;
        put_clock_back();
    }
    [[nodiscard]] Timestamp now() const { return now_; }

private:
    void put_clock_back() { market_.conditions.now = market_.clock.value_or(Timestamp{}); }

    LiveMarket<Traits, Allocator>& market_;
    Timestamp now_;
    bool is_over_ = false;
};

/// Packed profiles. Valid until the next call of `Stages::pack`, and while the command lives.
struct PackedOverclock {
    std::span<const PackedProfile> profiles{};
    TotalPower watts{};
    bool are_valid = false;  ///< one profile for each GPU, all within its limits
};

/// A market and what its commands need. Every command has the same steps. First it checks all that
/// can be wrong, in the order of the stages. Then it makes room, which can fail. Then it is
/// accepted and changes the market, which cannot fail.
template <class Traits, class Allocator>
struct Stages {
    using Market = LiveMarket<Traits, Allocator>;
    using BidAt = typename Market::BidAt;
    using Attempt = detail::Attempt<Traits, Allocator>;
    using GpuSpan = std::span<const BasicGpuLimits<Traits>>;
    using ProfileSpan = std::span<const BasicOverclockProfile<Traits>>;
    static constexpr std::size_t codes_max = 1'000;

    Stages(const Policy& policy, const EngineLimits& most, const Allocator& allocator)
        : market{policy, allocator}, limits{most} {
        market.store.owners_width = OwnerCounts::width_for(most.bids_per_owner);
    }

    LiveMarket<Traits, Allocator> market;
    EngineLimits limits;
    std::uint64_t rejections[codes_max]{};  ///< rejections by first code

    [[nodiscard]] bool is_in_time(Timestamp now) const {
        if (!market.clock) return true;
        const std::int64_t step = now.count() - market.clock->count();
        return step >= 0 && step <= market.conditions.policy.time_step_max.count();
    }
    [[nodiscard]] Violation time_problem(Timestamp now) const {
        if (is_in_time(now)) return {};
        const Int128 clock = market.clock->count();
        if (now.count() < clock) return milliseconds(Code::time_went_backwards, now, clock);
        return milliseconds(Code::time_too_far, now,
                            clock + market.conditions.policy.time_step_max.count());
    }

    /// Counts a command that was rejected before it came to the engine.
    Rejection reject_elsewhere(const Violation& reason, std::optional<Timestamp> time) {
        ++market.commands;
        return reject(reason, time.value_or(market.clock.value_or(Timestamp{}))).error();
    }

    template <class Sink>
    [[gnu::always_inline]] void accept(Attempt& attempt, Sink& sink) {
        attempt.accept();
        if (market.conditions.policy.rate_age_max) market.rates.refresh(market.conditions);
        sink(market.make_event(EventKind::accepted));
    }

    // --- Rejections ---

    static Violation milliseconds(Code code, Timestamp value, Int128 bound) {
        return {code, std::nullopt, Unit::millisecond, value.count(), bound};
    }
    static Violation limit(Unit unit, std::size_t value, std::size_t bound) {
        return {Code::limit_reached, std::nullopt, unit, static_cast<Int128>(value),
                static_cast<Int128>(bound)};
    }

    Unexpected<Rejection> reject(Timestamp time) {
        ++rejections[static_cast<std::size_t>(reasons[0].code)];
        return Unexpected{Rejection{time, market.commands, reasons.view()}};
    }
    Unexpected<Rejection> reject(const Violation& reason, Timestamp time) {
        GIGASPOT_ASSERT(static_cast<std::size_t>(reason.code) < codes_max);
        reasons.clear();
        static_cast<void>(reasons.push_back(reason));
        return reject(time);
    }
    /// Rejects a command for the reasons in `reasons`.
    Unexpected<Rejection> reject(Attempt& attempt) {
        attempt.reject();
        return reject(attempt.now());
    }
    Unexpected<Rejection> reject(Attempt& attempt, const Violation& reason) {
        attempt.reject();
        return reject(reason, attempt.now());
    }
    Unexpected<Rejection> reject(Attempt& attempt, Code code) {
        return reject(attempt, Violation{.code = code});
    }
    Unexpected<Rejection> reject_for_time(Attempt& attempt) {
        const Violation reason = time_problem(attempt.now());
        attempt.reject();
        return reject(reason, market.clock.value_or(Timestamp{}));
    }

    // --- Common checks ---

    /// Accepts a command for a host and calls `act(slot)`, if the time is right and the host
    /// exists.
    template <class Sink, class Act>
    Done on_host(const typename Traits::HostId& id, Timestamp now, Sink& sink, Act act) {
        Attempt attempt{market, now};
        if (!is_in_time(now)) return reject_for_time(attempt);
        const Slot slot = market.store.find_host(id);
        if (slot == no_slot) return reject(attempt, Code::host_unknown);
        market.store.make_room_for_stops(1);
        accept(attempt, sink);
        act(slot);
        return Accepted{market.commands};
    }

    /// Accepts a command for a bid and calls `act(at)`, unless a check fails.
    template <class Sink, class Act>
    Done on_bid(Slot bid, Timestamp now, const std::optional<typename Traits::OwnerId>& owner,
                bool may_be_leaving, Sink& sink, Act act) {
        Attempt attempt{market, now};
        if (!is_in_time(now)) return reject_for_time(attempt);
        if (bid == no_slot) return reject(attempt, Code::bid_unknown);
        const BidAt at = market.store.at(bid);
        if (market.is_leaving(at) && !may_be_leaving) return reject(attempt, Code::bid_unknown);
        if (owner && *owner != market.store.bids.details(bid).owner)
            return reject(attempt, Code::not_owner);
        if (may_be_leaving) market.store.make_room_for_stops(1);
        accept(attempt, sink);
        act(at);
        return Accepted{market.commands};
    }

    /// Packs the profiles of a bid on a host and checks their limits.
    [[gnu::always_inline]] PackedOverclock pack(ProfileSpan profiles, Slot slot,
                                                const HostRecord<Traits>& host) {
        if (profiles.size() != host.book.gpus) return {};
        const PackedSum sum = market.store.pack(slot, host, profiles.data(), packed);
        return {{packed, profiles.size()}, TotalPower::unchecked(sum.watts), sum.are_valid};
    }
    /// Checks the limits of packed profiles.
    [[nodiscard, gnu::always_inline]] PackedOverclock pack(std::span<const PackedProfile> profiles,
                                                           Slot slot,
                                                           const HostRecord<Traits>& host) const {
        if (profiles.size() != host.book.gpus || !market.store.allows(slot, profiles)) return {};
        return {profiles, TotalPower::unchecked(PackedCheck::watts(profiles)), true};
    }

    BasicViolations<Traits> reasons{};         ///< of the last rejection
    PackedProfile packed[Traits::gpus_max]{};  ///< of the last call of `pack`
};

// Functions of their own, so that a program can compile them once (`engine/extern.hpp`).

template <class Traits, class Allocator>
void reserve(Stages<Traits, Allocator>& stages, const EngineLimits& size, std::size_t gpus_each) {
    stages.market.store.reserve(size, gpus_each);
}
template <class Traits, class Allocator>
[[nodiscard]] Stages<Traits, Allocator> copy(const Stages<Traits, Allocator>& stages) {
    return stages;
}

/// Gives other parts of the library access to the state of an engine.
struct EngineAccess {
    template <class Engine>
    static auto& stages(Engine& engine) {
        return engine.stages_;
    }
};

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
