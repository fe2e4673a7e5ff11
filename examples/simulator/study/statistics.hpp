// gigaspot-simulate: what the runs of a cell say, with their uncertainty. It uses only + - * / and
// the square root, so every machine computes the same bits.
#pragma once

#include <cstddef>
#include <span>

#include "study/study.hpp"

namespace simulator {

/// A mean over seeds, in the measure's unit, with half of its 95 % interval by Student's t.
struct Estimate {
    double mean = 0;
    double half = 0;    ///< 0 if fewer than two values: nothing is known of their spread
    std::size_t n = 0;  ///< the number of values; 0: the mean means nothing

    /// Whether the interval excludes 0.
    [[nodiscard]] bool is_clear() const { return n > 1 && (mean > half || mean < -half); }
    friend bool operator==(const Estimate&, const Estimate&) = default;
};

/// The mean of any values and its half interval.
[[nodiscard]] Estimate estimate(std::span<const double> values);

/// Half the width of the central 95 % of Student's t distribution. Above 200 degrees of freedom it
/// gives the value of 200, so that intervals are a little too wide instead of too narrow. 0 for 0.
[[nodiscard]] double student_t(std::size_t degrees);

/// The mean of a measure over the seeds of a cell that were simulated.
[[nodiscard]] Estimate estimate(const Study& study, std::size_t cell, Measure measure);

/// The mean of cell - baseline, seed by seed, over the seeds that both have. The cells saw the same
/// draws, so this is more precise than the difference of two means.
[[nodiscard]] Estimate difference(const Study& study, std::size_t cell, std::size_t baseline,
                                  Measure measure);

/// The cell with the first option of the axis `compare`, and otherwise the same options. The cell
/// itself if it is a baseline or if the study has no axis.
[[nodiscard]] std::size_t baseline_of(const Study& study, std::size_t cell);

/// The cell with these options, one for each axis.
[[nodiscard]] std::size_t cell_of(const Study& study, std::span<const std::size_t> options);

/// A measure of one run in its unit: the count divided by 10^decimals.
[[nodiscard]] double value_of(const RunResult& run, Measure measure);

}  // namespace simulator
