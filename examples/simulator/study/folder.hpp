// gigaspot-simulate: the folder of a study's results.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "study/plan.hpp"
#include "study/store.hpp"

namespace simulator {

/// What writes the reports. It is passed in, so that a study needs no report.
struct Reports {
    std::function<std::string(const Study&)> html{};
    std::function<std::string(const Study&)> summary_json{};
    std::function<std::string(const Study&)> table_csv{};
};

/// Creates the folder, or checks that its results are of the same study, with as many seeds or
/// fewer. It writes scenario.toml and the data files. Throws `InputError` and `SystemError`.
void prepare_folder(const std::string& folder, const Plan& plan);

/// The path of the results of single runs, from which a study continues.
[[nodiscard]] std::string store_path(const std::string& folder);

/// Writes all tables and reports. The bytes depend only on which runs are there. `used` has the
/// keys of the results to keep. Throws `SystemError`.
void write_results(const std::string& folder, const Plan& plan, const Reports& reports,
                   const Store& store, const std::set<RunKey>& used);

/// The plan of a folder's scenario.toml. Throws `InputError` if this is not a folder of results.
[[nodiscard]] Plan read_folder(const std::string& folder);

/// Gives the files of a folder.
[[nodiscard]] LoadFile load_from(const std::string& folder);

/// The first line in which two resolved studies differ, except for their seeds: "it has X, not Y".
/// Empty if they are equal.
[[nodiscard]] std::string find_difference(std::string_view there, std::string_view wanted);

}  // namespace simulator
