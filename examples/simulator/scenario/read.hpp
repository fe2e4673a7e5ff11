// gigaspot-simulate: reads a scenario out of a table, strictly: unknown keys, wrong types, numbers
// out of range and names that nothing has are errors with line and column.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/scenario.hpp"
#include "scenario/table.hpp"

namespace simulator {

/// Gives the content of a data file that a scenario names, or nothing if it cannot be read.
using LoadFile = std::function<std::optional<std::string>(const std::string& name)>;

/// How much `resolve` checks.
enum class Checks {
    all,
    /// Only each value alone: for a table that is completed by the settings of an axis.
    values,
};

/// The tables of a file that are about the study, not about the simulated market.
[[nodiscard]] const std::vector<std::string>& study_keys();

/// Adds the kinds, tariffs and workloads of a table that has none, and a share of "rest" for kinds
/// without a share, so that settings can name them. Calling it twice changes nothing.
void add_defaults(Node& table);

/// Sets the value of a dotted key, such as renters.bots.share. It fails if a kind or tariff of this
/// name does not exist. The place of an error is that of the value.
void set_value(Node& table, std::string_view key, const Node& value);

/// Reads a scenario. Throws `InputError`. The keys of `study_keys` are ignored.
[[nodiscard]] Scenario resolve(const Node& table, const LoadFile& load,
                               Checks checks = Checks::all);

/// Reads single values, for the tables of a study. They throw `InputError`.
[[nodiscard]] std::int64_t read_whole(const Node& value, std::string_view key, std::int64_t lowest,
                                      std::int64_t highest);
[[nodiscard]] std::string read_text(const Node& value, std::string_view key);
[[nodiscard]] bool read_flag(const Node& value, std::string_view key);
/// Fails at the first key of a table that is unknown, and names the nearest one.
void check_keys(const Node& table, std::string_view path, const std::vector<std::string>& known);

}  // namespace simulator
