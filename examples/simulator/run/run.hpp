// gigaspot-simulate: simulates one market with one seed.
#pragma once

#include <cstdint>
#include <cstdio>

#include "run/measures.hpp"
#include "scenario/scenario.hpp"

namespace simulator {

/// The files that a run writes in addition to its result. Both belong to the caller.
struct RunOutput {
    std::FILE* journal = nullptr;  ///< the commands to the market, for `gigaspot replay`
    std::FILE* story = nullptr;    ///< what happened and why, for people
    int story_host = 0;            ///< only this host, from 1; 0: all
};

/// Simulates a scenario. The same scenario and seed give the same result on every machine. It uses
/// no global state, so runs can go on in parallel.
[[nodiscard]] RunResult simulate(const Scenario& scenario, std::uint64_t seed,
                                 const RunOutput& output = {});

}  // namespace simulator
