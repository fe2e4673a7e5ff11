// gigaspot-simulate: writes a scenario as TOML, with every default.
#pragma once

#include <string>

#include "scenario/scenario.hpp"
#include "scenario/table.hpp"

namespace simulator {

/// The scenario as a table. Prices of a file are not in it, only the file's name.
[[nodiscard]] Node to_table(const Scenario& scenario);

/// The scenario as TOML. `resolve(parse_toml(write(s)))` gives `s` if the files are the same.
[[nodiscard]] std::string write(const Scenario& scenario);

}  // namespace simulator
