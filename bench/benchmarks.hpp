// Declares the functions that register all benchmarks, one per file.
#pragma once

#include <benchmark/benchmark.h>

#include "market.hpp"

namespace bench {

void add_adversaries(Markets& markets);
void add_brute_force(Markets& markets);
void add_builds(Markets& markets);
void add_closes(Markets& markets);
void add_energy_prices(Markets& markets);
void add_events(Markets& markets);
void add_machine(Markets& markets);
void add_rate_moves(Markets& markets);
void add_replays(Markets& markets);
void add_saves(Markets& markets);
void add_scans();
void add_shards(Markets& markets);
void add_validations(Markets& markets);

/// Whether a benchmark found other choices than the simplest market. If so, the program fails.
inline bool has_failed = false;

inline void fail(benchmark::State& state) {
    has_failed = true;
    state.SkipWithError("winners or profits differ from those of the simplest market");
}

}  // namespace bench
