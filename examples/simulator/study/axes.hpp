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

    /// The keys that it sets or searches, with the nodes that say so.
    [[nodiscard]] std::vector<std::pair<std::string, const Node*>> keys() const;
};

/// An axis as the file describes it.
struct AxisPlan {
    std::string label{};
    std::vector<AxisOption> options{};
    const Node* at = nullptr;
};

/// Reads `[[axis]]`. The nodes belong to the table. Throws `InputError`.
[[nodiscard]] std::vector<AxisPlan> read_axes(const Node& table);

/// The first key that both options set, as a whole or in part. Null if they share none.
[[nodiscard]] const Node* find_overlap(const AxisOption& option, const AxisOption& other,
                                       std::string& key);

/// Whether one key is the other one or lies in its table, such as jobs and jobs.load.
[[nodiscard]] bool overlap(std::string_view left, std::string_view right);

/// Fails if an axis or a search would change a key that is not part of a market.
void check_scenario_key(const Node& value, const std::string& key);

}  // namespace simulator
