// gigaspot: what a command makes happen, and why one is refused. Layer: values. Rules of the
// market, section 9.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/result.hpp>
#include <gigaspot/values/currency.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/fwd.hpp>
#include <gigaspot/values/units.hpp>
#include <gigaspot/values/violation.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// What an event tells (section 9).
enum class EventKind : std::uint8_t {
    accepted,  ///< the command was taken; always its first event
    started,   ///< a bid runs from now on
    changed,   ///< a run goes on under edited terms
    stopped,   ///< a run has ended
    charged,   ///< a renter pays
    expired,   ///< a bid is removed, since its time has come
    removed,   ///< a bid is removed
};

/// The kind as the market's texts write it.
constexpr std::string_view name(EventKind kind) {
    switch (kind) {
    case EventKind::accepted: return "accepted";
    case EventKind::started: return "started";
    case EventKind::changed: return "changed";
    case EventKind::stopped: return "stopped";
    case EventKind::charged: return "charged";
    case EventKind::expired: return "expired";
    case EventKind::removed: return "removed";
    }
    return "unknown";
}

/// Something that happened. Which fields mean something depends on the kind; the others are at
/// their defaults.
template <MarketTraits Traits>
struct BasicEvent {
    EventKind kind = EventKind::accepted;
    Code reason = Code::none;           ///< of stopped
    Currency currency = main_currency;  ///< of charged
    Timestamp time{};                   ///< of the command that made it
    std::uint64_t command = 0;          ///< the number of the command, from 1
    typename Traits::HostId host{};     ///< of all but accepted
    typename Traits::BidId bid{};       ///< of all but accepted
    typename Traits::OwnerId owner{};   ///< of charged
    UsdPerDay profit{};                 ///< of started and changed: at this time's rates
    Amount amount{};                    ///< of charged: what the renter pays
    Amount fee{};                       ///< of charged: the marketplace's part of it

    friend constexpr bool operator==(const BasicEvent&, const BasicEvent&) = default;
};

/// A command that was refused. It has changed nothing.
struct Refusal {
    Timestamp time{};           ///< the command's; if it was refused for its time, the market's
    std::uint64_t command = 0;  ///< the number of the command, from 1
    /// What was wrong: one reason, or all violations of a bid or a host. Valid until the engine's
    /// next command.
    std::span<const Violation> reasons{};

    /// The first reason.
    [[nodiscard]] constexpr Code code() const {
        return reasons.empty() ? Code::none : reasons.front().code;
    }
};

/// A bid or a host by its place in the engine, which is faster to find than its id. A handle of
/// what is gone is unknown to the engine; its place may have another generation.
struct BidHandle {
    std::uint32_t slot = 0xffff'ffff;
    std::uint32_t generation = 0;
    // Hints at memory that is then fetched beside the bid. If they are wrong or left out, a command
    // takes longer and does the same.
    std::uint32_t host = 0xffff'ffff;   ///< where its host is
    std::uint32_t entry = 0xffff'ffff;  ///< where its terms stood when the handle was made

    /// Whether they are of the same bid, whatever the hints.
    friend constexpr bool operator==(const BidHandle& left, const BidHandle& right) {
        return left.slot == right.slot && left.generation == right.generation;
    }
};
/// Likewise of a host.
struct HostHandle {
    std::uint32_t slot = 0xffff'ffff;
    std::uint32_t generation = 0;

    friend constexpr bool operator==(HostHandle, HostHandle) = default;
};

/// A command that was taken.
struct Accepted {
    std::uint64_t command = 0;  ///< its number, from 1
    HostHandle host{};          ///< of a command that puts a host
    BidHandle bid{};            ///< of a command that places a bid
};

/// A command that was taken, and its events in their order: a range. Valid until the engine's next
/// command.
template <MarketTraits Traits>
struct BasicEvents : Accepted {
    std::span<const BasicEvent<Traits>> events{};  ///< `accepted` first

    [[nodiscard]] constexpr auto begin() const { return events.begin(); }
    [[nodiscard]] constexpr auto end() const { return events.end(); }
    [[nodiscard]] constexpr std::size_t size() const { return events.size(); }
};

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
