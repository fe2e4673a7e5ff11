// gigaspot: sums over a live market, and counts of the work of its engine. Layer: engine.
#pragma once

#include <cstddef>
#include <cstdint>

#include <gigaspot/base/config.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// Sums what all hosts of a market earn and draw at this moment. The sums fit for up to a million
/// running hosts, whatever they earn, and for more if not every income is near its maximum.
struct Totals {
    std::size_t hosts = 0;    ///< the number of hosts, with and without a run
    std::size_t running = 0;  ///< the number of hosts with a run
    std::size_t bids = 0;     ///< the number of bids, including those with a pending cancel
    std::int64_t watts = 0;   ///< the power that hosts with a run draw, in W
    /// The income of hosts with a run, at the terms in force. A run whose currency has no rate adds
    /// nothing.
    UsdPerDay income{};
    UsdPerDay electricity{};  ///< the cost of `watts`; below 0 if energy prices are

    friend constexpr bool operator==(const Totals&, const Totals&) = default;
};

/// Counts the commands and the work of an engine.
struct Counters {
    std::uint64_t commands = 0;  ///< the number of commands seen, including rejected ones
    std::uint64_t rejected = 0;  ///< the number of commands that were rejected
    std::uint64_t looks = 0;     ///< how often a close chose a bid for a host
    /// How often the engine scanned all bids of a host for the best one. Scans for its range of
    /// rates, and scans that skip expired bids, are not counted.
    std::uint64_t rescans = 0;
};

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
