// gigaspot: what a live market is in all, and what its engine has done. Layer: engine.
#pragma once

#include <cstddef>
#include <cstdint>

#include <gigaspot/base/config.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// What a market as a whole earns and draws at this moment. Of up to a million hosts with a run the
/// sums fit whatever they earn; beyond that, if incomes are not all at the ends of their rows.
struct Totals {
    std::size_t hosts = 0;    ///< in all
    std::size_t running = 0;  ///< hosts with a run
    std::size_t bids = 0;     ///< in all, those with a pending cancel too
    std::int64_t watts = 0;   ///< of the hosts with a run
    UsdPerDay income{};  ///< of their owners, at the terms that won; a missing rate adds nothing
    UsdPerDay electricity{};  ///< what those watts cost their owners

    friend constexpr bool operator==(const Totals&, const Totals&) = default;
};

/// What an engine has done.
struct Counters {
    std::uint64_t commands = 0;  ///< seen, rejected ones too
    std::uint64_t rejected = 0;  ///< of these
    std::uint64_t looks = 0;     ///< how often a close had to choose for a host anew
    /// How often the best bid of a host was looked for among all its bids; not counted are the look
    /// for its interval of rates, and one past bids that have expired.
    std::uint64_t rescans = 0;
};

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
