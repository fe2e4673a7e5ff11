// gigaspot-simulate: the planner, who knows the value of every job and assigns jobs to hosts
// without prices. It shows what a market could reach, and is a rule of thumb, not an optimum.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

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

}  // namespace simulator
