// gigaspot-simulate: the planner, who knows the value of every job and assigns jobs to hosts
// without prices. It shows what a market could reach, and is a rule of thumb, not an optimum.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "scenario/scenario.hpp"

namespace simulator {

/// A waiting job on a host.
struct WaitingJob {
    std::size_t renter = 0;
    NanoUsd gain = 0;  ///< value less the true cost of electricity, 1e-9 USD per day
};

/// The best of these jobs; nothing if none gains. At equal gains, the first.
[[nodiscard]] constexpr std::optional<WaitingJob> best_job(std::span<const WaitingJob> waiting) {
    std::optional<WaitingJob> best;
    for (const WaitingJob& job : waiting) {
        if (job.gain > 0 && (!best || job.gain > best->gain)) best = job;
    }
    return best;
}

}  // namespace simulator
