// gigaspot-simulate, report: the parts of the page, each as HTML.
#pragma once

#include <string>
#include <string_view>

#include "report/figures.hpp"

namespace simulator::report {

/// The chart of a measure with its title, its meaning and the table of its data, as wide as the
/// page or half of it.
[[nodiscard]] std::string measure_figure(const Figures& figures, Measure measure, bool is_large);

/// The rate, the income and the share of hosts that run, hour by hour; empty without hours.
[[nodiscard]] std::string time_section(const Figures& figures);

/// Gains and losses of each party against the baseline; empty if there is nothing to compare.
[[nodiscard]] std::string parties_section(const Figures& figures);

/// All measures by cell, with their differences.
[[nodiscard]] std::string all_measures_section(const Figures& figures);

/// What the renters of each kind got; empty if no run knows.
[[nodiscard]] std::string kinds_section(const Figures& figures);

/// What searches among values found; empty if there were none.
[[nodiscard]] std::string solutions_section(const Figures& figures);

/// What the words and measures of the page mean.
[[nodiscard]] std::string glossary_section();

/// The scenario, version, seeds and digests, and how to repeat the study.
[[nodiscard]] std::string repeat_section(const Figures& figures);

/// The name of a measure with its unit, escaped.
[[nodiscard]] std::string name_with_unit(Measure measure);

/// The page's styles.
extern const std::string_view styles;

}  // namespace simulator::report
