// What tests of scenarios and studies share.
#pragma once

#include <optional>
#include <string>

#include "scenario/read.hpp"
#include "study/plan.hpp"

namespace simulator {

/// A folder without files.
inline std::optional<std::string> no_file(const std::string& /*name*/) { return std::nullopt; }

inline Scenario read_scenario(const std::string& toml, const LoadFile& load = no_file) {
    Node table = parse_toml(toml, "a.toml");
    add_defaults(table);
    return resolve(table, load);
}

inline Plan read_plan(const std::string& toml, const PlanOptions& options = {},
                      const LoadFile& load = no_file) {
    return make_plan(toml, "a.toml", options, load);
}

/// The message of the input error that a call throws, or "no error".
template <class Call>
std::string error_of(Call call) {
    try {
        call();
    } catch (const InputError& error) {
        return error.what();
    }
    return "no error";
}

}  // namespace simulator
