// gigaspot-simulate: the tables of a study's results.
#pragma once

#include <cstddef>
#include <string>

#include "study/plan.hpp"
#include "study/study.hpp"

namespace simulator {

/// Each run: cell, options, seed, all measures with all decimals, and the digest of its events.
[[nodiscard]] std::string runs_csv(const Study& study);
/// Each kind of renters of each run.
[[nodiscard]] std::string kinds_csv(const Study& study);
/// Each hour of each run.
[[nodiscard]] std::string hours_csv(const Study& study);
/// Each round of each search.
[[nodiscard]] std::string solutions_csv(const Study& study);
/// What is needed to repeat the study: version, seeds, digests. `runs` is the content of runs.csv.
[[nodiscard]] std::string meta_json(const Plan& plan, const std::string& runs);

/// How many runs are there, and how many belong to the study.
[[nodiscard]] std::size_t count_done(const Study& study);
[[nodiscard]] std::size_t count_all(const Study& study);

/// A field of CSV, in quotes if it needs them.
[[nodiscard]] std::string csv_field(const std::string& text);
/// A string of JSON with its quotes.
[[nodiscard]] std::string json_string(const std::string& text);

}  // namespace simulator
