// What the tests of the report share: small studies with given values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "study/study.hpp"

namespace report_test {

using namespace simulator;

/// The measure's values by cell and seed, in units of 1e-6 (or 1e-3, as the measure counts).
using Values = std::vector<std::vector<std::int64_t>>;

/// A study of some axes. `values` has a list for each cell; its numbers are the lead measure's.
inline Study study_of(std::vector<Axis> axes, const Values& values,
                      Measure measure = Measure::welfare) {
    Study study;
    study.title = "A title";
    study.question = "A question?";
    study.file = "some.toml";
    study.scenario = "title = \"A title\"\n";
    study.axes = std::move(axes);
    study.compare = study.axes.empty() ? 0 : study.axes.size() - 1;
    study.shown = {measure};
    for (std::size_t seed = 0; seed < values.front().size(); ++seed)
        study.seeds.push_back(seed + 1);
    for (std::size_t i = 0; i < values.size(); ++i) {
        Cell cell;
        cell.options = study.options_of(i);
        cell.resolved = "days = 14\n[market]\noption = " + std::to_string(i) + "\n";
        study.cells.push_back(cell);
        std::vector<RunResult> runs;
        for (const std::int64_t value : values[i]) {
            RunResult run;
            run.values[static_cast<std::size_t>(measure)] = value;
            runs.push_back(run);
        }
        study.runs.push_back(runs);
        study.has.emplace_back(runs.size(), true);
    }
    return study;
}

/// How often a text occurs in another.
inline std::size_t count_of(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
        ++count;
    return count;
}

inline bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace report_test
