// gigaspot-simulate: runs on threads, searches, and the state of a study in between.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "run/run.hpp"
#include "study/plan.hpp"
#include "study/store.hpp"
#include "study/study.hpp"

namespace simulator {

/// Simulates one run: `simulate`, or a substitute in tests. Threads call it at the same time.
using Simulate = std::function<RunResult(const Scenario&, std::uint64_t seed, const RunOutput&)>;

/// How runs are executed. None of it changes a result.
struct Execution {
    Simulate simulate{};
    /// Gives the data files that scenarios name.
    LoadFile load{};
    std::size_t jobs = 1;  ///< threads
    /// Of all runs of cells, by cell and then seed, those whose index modulo `shards` is `shard`.
    /// Searches always run whole.
    std::size_t shard = 0;
    std::size_t shards = 1;
    /// If it is not empty, each run of a cell writes the commands to the market into this folder.
    std::string journal_folder{};
    /// Whether anything may be simulated. Otherwise only results of the store are used.
    bool may_simulate = true;
    /// After it becomes true no run begins.
    const std::atomic<bool>* stop = nullptr;
    /// What runs, how many of them are done, and how many there are. Called by one thread at a
    /// time.
    std::function<void(const std::string& phase, std::size_t done, std::size_t total)> progress{};
};

/// Searches values, simulates the runs that the store does not have, and puts the results into the
/// plan's study. Returns the keys of all results that the study uses. `study.is_partial` tells
/// whether runs are missing. Throws what the simulation or the store throws.
std::set<RunKey> execute(Plan& plan, Store& store, const Execution& execution);

/// Only the searches, for the cells from `cell` to `cell`. Returns false if one did not end.
bool search_cell(Plan& plan, std::size_t cell, Store& store, const Execution& execution);

/// The name of the journal of a run, in its folder. Cells count from 1.
[[nodiscard]] std::string journal_name(std::size_t cell, std::uint64_t seed);

}  // namespace simulator
