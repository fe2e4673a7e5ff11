// gigaspot-simulate: the axes of a scenario file. Private to study/.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "scenario/table.hpp"

namespace simulator {

/// One option of an axis: what it sets, and what it searches.
struct AxisOption {
    std::string label{};
    std::vector<std::pair<std::string, Node>> settings{};  ///< dotted keys and their values
    const Node* solve = nullptr;                           ///< null: nothing to search
};

/// An axis as the file describes it.
struct AxisPlan {
    std::string label{};
    std::vector<AxisOption> options{};
    const Node* at = nullptr;
};

/// Reads `[[axis]]`. The nodes belong to the table. Throws `InputError`.
[[nodiscard]] std::vector<AxisPlan> read_axes(const Node& table);

/// Whether one key is the other one or lies in its table, such as jobs and jobs.load.
[[nodiscard]] bool overlap(std::string_view left, std::string_view right);

}  // namespace simulator
