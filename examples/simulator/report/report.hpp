// gigaspot-simulate: the results of a study for people, programs and tables. All three depend only
// on the study, so the same study gives the same bytes on each machine.
#pragma once

#include <string>

#include "study/study.hpp"

namespace simulator {

/// One HTML page without scripts and without references to other files.
[[nodiscard]] std::string html(const Study& study);

/// A JSON object:
/// - `format`: 1; `version`: of gigaspot; `title`, `question`, `file`: of the scenario.
/// - `is_partial`; `runs_done`, `runs_planned`: numbers of runs; `seeds`: a list of numbers.
/// - `axes`: a list of `{label, options}`; `compare`: the index of the axis with the baselines.
/// - `shown`: names of the measures that the question is about.
/// - `measures`: a list of `{name, label, unit, party, better, meaning}`; `better` is 1 if more is
///   better, -1 if less is better, otherwise 0.
/// - `cells`: a list of `{label, options, baseline, runs, measures, kinds}`. `options` has an index
///   for each axis, `baseline` is the index of a cell. `measures` has for each name `{mean, half,
///   n, difference}` in the measure's unit: `half` is half of the 95 % interval, null if `n` is
///   below 2; `mean` is null if `n` is 0; `difference` is `{mean, half, n}` of cell - baseline,
///   paired by seed, null for a baseline. `kinds` has for each kind of renters `{name, jobs,
///   surplus_per_job, paid_per_job, work_per_job, switches_per_job}`, means over the seeds; USD,
///   hours and numbers.
/// - `solutions`: a list of `{cell, key, value, settled, rounds}`; a round is `{used, best,
///   candidates}` and a candidate `{value, mean, half}`.
[[nodiscard]] std::string summary_json(const Study& study);

/// CSV as RFC 4180 has it, with a header and a row for each cell and measure. A row has the cell's
/// index and options, and the measure's name and unit. Then it has mean, half interval and n, both
/// of the measure and of its difference from the baseline. Unknown values are empty.
[[nodiscard]] std::string table_csv(const Study& study);

/// The version of gigaspot: "0.1.0".
[[nodiscard]] std::string version_text();

}  // namespace simulator
