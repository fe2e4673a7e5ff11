// gigaspot: the events that a command causes, and why a command is rejected. Layer: values. Rules
// of the market, section 9.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/list_view.hpp>
#include <gigaspot/base/result.hpp>
#include <gigaspot/values/currency.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/fwd.hpp>
#include <gigaspot/values/units.hpp>
#include <gigaspot/values/violation.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// Which kind of thing happened. Section 9.
enum class EventKind : std::uint8_t {
    accepted,  ///< the command was accepted; always its first event
    started,   ///< a bid runs from now on
    changed,   ///< a run continues under edited terms
    stopped,   ///< a run has ended
    charged,   ///< a renter pays
    expired,   ///< a bid is removed because it expired
    removed,   ///< a bid is removed
};

/// Returns the name of a kind of event, as in the market's texts. It is valid forever.
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

/// One thing that happened in the market. Each field says for which kinds it is set; for all others
/// it has its default.
template <MarketTraits Traits>
struct BasicEvent {
    EventKind kind = EventKind::accepted;  ///< what happened
    Code reason = Code::none;              ///< for `stopped`: why
    Currency currency = main_currency;     ///< for `charged`: the currency of both amounts
    Timestamp time{};                      ///< the time of the command that caused it
    std::uint64_t command = 0;             ///< the number of the command, from 1
    typename Traits::HostId host{};        ///< for all except `accepted`: where it happened
    typename Traits::BidId bid{};          ///< for all except `accepted`: the bid concerned
    typename Traits::OwnerId owner{};      ///< for `charged`: the renter who pays
    UsdPerDay profit{};  ///< for `started` and `changed`: at the rates of this time
    Amount amount{};     ///< for `charged`: what the renter pays
    Amount fee{};        ///< for `charged`: the marketplace's part of `amount`

    friend constexpr bool operator==(const BasicEvent&, const BasicEvent&) = default;
};

/// Describes a rejected command, which changed nothing.
struct Rejection {
    Timestamp time{};           ///< the command's; if its time was the reason, the market's
    std::uint64_t command = 0;  ///< the number of the command, from 1
    /// Why it was rejected: one reason, or all violations of a bid or a host. Valid until the
    /// engine's next command.
    LentList<Violation> reasons{};

    /// Returns the code of the first reason.
    [[nodiscard]] constexpr Code code() const {
        return reasons.empty() ? Code::none : reasons.front().code;
    }
};

/// Names a bid by its place in the engine, which is faster to find than its id. Once the bid is
/// gone, the engine does not recognise its handle, even if another bid takes its place.
struct BidHandle {
    std::uint32_t slot = 0xffff'ffff;  ///< the place of the bid in the engine
    std::uint32_t generation = 0;      ///< distinguishes it from earlier bids in this place
    // Hints that let the engine fetch memory early. If they are wrong or missing, a command takes
    // longer and has the same effect.
    std::uint32_t host = 0xffff'ffff;   ///< a hint: the place of its host
    std::uint32_t entry = 0xffff'ffff;  ///< a hint: where its terms were when the handle was made

    /// Tells whether both handles name the same bid. The hints are ignored.
    friend constexpr bool operator==(const BidHandle& left, const BidHandle& right) {
        return left.slot == right.slot && left.generation == right.generation;
    }
};
/// Names a host by its place in the engine, which is faster to find than its id. Once the host is
/// gone, the engine does not recognise its handle.
struct HostHandle {
    std::uint32_t slot = 0xffff'ffff;  ///< the place of the host in the engine
    std::uint32_t generation = 0;      ///< distinguishes it from earlier hosts in this place

    friend constexpr bool operator==(HostHandle, HostHandle) = default;
};

/// Describes an accepted command.
struct Accepted {
    std::uint64_t command = 0;  ///< the number of the command, from 1
    HostHandle host{};          ///< the host's handle, if the command adds or replaces a host
    BidHandle bid{};            ///< the bid's handle, if the command places a bid
};

/// Describes an accepted command and its events, as a range in the order in which they happened.
/// Valid until the engine's next command.
template <MarketTraits Traits>
struct BasicEvents : Accepted {
    LentList<BasicEvent<Traits>> events{};  ///< starts with `accepted`

    /// Returns an iterator at the first event, which is `accepted`.
    [[nodiscard]] constexpr auto begin() const { return events.begin(); }
    /// Returns the iterator past the last event.
    [[nodiscard]] constexpr auto end() const { return events.end(); }
    /// Counts the events; at least 1.
    [[nodiscard]] constexpr std::size_t size() const { return events.size(); }
};

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
