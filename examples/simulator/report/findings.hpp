// gigaspot-simulate, report: sentences about what a study found. A sentence claims a difference
// only if its paired 95 % interval excludes 0. All texts are plain: escape them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "report/figures.hpp"

namespace simulator::report {

/// A measure as the subject of a sentence: "the number of switches".
[[nodiscard]] std::string_view subject(Measure measure);

/// The title of a measure's chart.
[[nodiscard]] std::string chart_title(const Figures& figures, Measure measure);

/// One or two sentences with the uncertainty of their figures.
[[nodiscard]] std::string answer(const Figures& figures, Measure measure);

/// The cell that differs most from its baseline, of those that clearly do.
[[nodiscard]] std::optional<std::size_t> largest_difference(const Figures& figures,
                                                            Measure measure);

/// What was simulated, in one sentence.
[[nodiscard]] std::string what_was_simulated(const Figures& figures);

/// The seeds: "1 to 20", or a list.
[[nodiscard]] std::string seeds_text(const Study& study);

/// A duration: "12 hours", "90 seconds".
[[nodiscard]] std::string duration_text(std::int64_t milliseconds);

/// "1 host", "40 hosts".
[[nodiscard]] std::string counted(std::size_t count, std::string_view singular);

}  // namespace simulator::report
