// gigaspot-simulate: executes a list of runs on threads. Private to study/.
#pragma once

#include <string>
#include <vector>

#include "study/execute.hpp"

namespace simulator {

/// One run to do.
struct Task {
    const Scenario* scenario = nullptr;
    RunKey key{};
    std::string journal{};   ///< the file of its commands; empty: none
    bool has_hours = false;  ///< whether the result keeps its hours
};

/// Executes those tasks whose results or journals are missing. Returns whether the store then has
/// the results of all tasks.
bool execute_tasks(const std::vector<Task>& tasks, const std::string& phase, Store& store,
                   const Execution& execution);

}  // namespace simulator
