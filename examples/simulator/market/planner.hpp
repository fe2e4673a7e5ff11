// gigaspot-simulate: the planner, who knows the value of every job and assigns jobs to hosts
// without prices. It shows what a market could reach, and is a rule of thumb, not an optimum.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include <gigaspot/base/int128.hpp>

#include "scenario/scenario.hpp"

namespace simulator {

/// A waiting job on a host.
struct Plan {
    std::size_t renter = 0;
    NanoUsd gain = 0;  ///< value less the true cost of electricity, 1e-9 USD per day
};

/// The best of these jobs; nothing if none gains. At equal gains, the first.
[[nodiscard]] constexpr std::optional<Plan> best_plan(std::span<const Plan> waiting) {
    std::optional<Plan> best;
    for (const Plan& plan : waiting) {
        if (plan.gain > 0 && (!best || plan.gain > best->gain)) best = plan;
    }
    return best;
}

/// A running job that a waiting one could replace.
struct Replacement {
    NanoUsd gain_waiting = 0;
    NanoUsd gain_running = 0;
    std::int64_t needed_ms = 0;  ///< by the job that needs less
    /// What the switch costs: the work since the last checkpoint and the start-ups of both jobs.
    std::int64_t lost_ms = 0;
};

/// Whether what the waiting job gains more, over the time that both need, exceeds what is lost.
[[nodiscard]] constexpr bool is_worth(const Replacement& change) {
    const gigaspot::Int128 lead = change.gain_waiting - change.gain_running;
    return lead * change.needed_ms > gigaspot::Int128{change.gain_waiting} * change.lost_ms;
}

}  // namespace simulator
