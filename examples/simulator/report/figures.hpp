// gigaspot-simulate, report: all means and differences of a study, computed once, and how its axes
// become the parts of a chart.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "study/statistics.hpp"
#include "study/study.hpp"

namespace simulator::report {

/// An option of an axis that is a number with a unit, such as "10 %" or "0.2 USD".
struct NumericOption {
    double value = 0;
    std::string number{};  ///< its text
    std::string unit{};
};

/// Reads an option as a number with a unit. The unit has no digits.
[[nodiscard]] std::optional<NumericOption> numeric_option(std::string_view text);

/// The numbers of an axis, in one unit and all different: empty if it is not numeric. Zeros may
/// lack the unit. Durations ("90s", "1m", "12h", "2d") count in seconds.
[[nodiscard]] std::vector<NumericOption> numeric_options(const Axis& axis);

/// Which axis is what in the charts.
struct Roles {
    std::optional<std::size_t> x{};       ///< horizontal if `is_numeric`, otherwise rows
    std::optional<std::size_t> series{};  ///< lines, or rows within a group
    std::vector<std::size_t> panels{};    ///< small multiples, or more rows
    bool is_numeric = false;
    std::vector<double> positions{};  ///< of the options of `x`, if it is numeric
    bool is_to_scale = true;          ///< if not, the positions are 0, 1, 2 ...
};
[[nodiscard]] Roles roles_of(const Study& study);

/// A study with its figures.
class Figures {
public:
    explicit Figures(const Study& study);

    const Study& study;
    Roles roles;
    std::vector<Measure> shown;  ///< the measures with a chart, the first leads
    std::size_t runs_done = 0;
    std::size_t runs_planned = 0;

    [[nodiscard]] const Estimate& mean(std::size_t cell, Measure measure) const {
        return means_[cell][static_cast<std::size_t>(measure)];
    }
    /// Against the cell's baseline. For a baseline, `n` is 0.
    [[nodiscard]] const Estimate& against_baseline(std::size_t cell, Measure measure) const {
        return differences_[cell][static_cast<std::size_t>(measure)];
    }
    [[nodiscard]] bool is_baseline(std::size_t cell) const {
        return baseline_of(study, cell) == cell;
    }
    /// Whether some cells can be compared with a baseline.
    [[nodiscard]] bool has_baselines() const;
    /// The decimals with which the study shows the mean of a cell.
    [[nodiscard]] int decimals(std::size_t cell, Measure measure) const;
    /// The decimals with which it shows a difference.
    [[nodiscard]] int decimals(Measure measure, const Estimate& difference) const;
    /// The number of seeds of the cell that has the fewest or the most.
    [[nodiscard]] std::size_t fewest_seeds() const;
    [[nodiscard]] std::size_t most_seeds() const;

    /// The cell with other options on some axes.
    [[nodiscard]] std::size_t with(std::size_t cell, std::size_t axis, std::size_t option) const;
    /// "label: option" for these axes that have several options, separated by "; ".
    [[nodiscard]] std::string settings(std::size_t cell, std::span<const std::size_t> axes) const;
    /// Only the options on these axes, separated by commas.
    [[nodiscard]] std::string options(std::size_t cell, std::span<const std::size_t> axes) const;
    /// As `settings`, for all axes except some.
    [[nodiscard]] std::string settings_except(std::size_t cell,
                                              std::span<const std::size_t> axes) const;
    /// A short name of the cell: its options on the axes that have several.
    [[nodiscard]] std::string name(std::size_t cell) const;
    /// The combinations of options of these axes, as cells with the first option on all others.
    [[nodiscard]] std::vector<std::size_t> combinations(std::span<const std::size_t> axes) const;

private:
    std::vector<std::array<Estimate, measure_count>> means_;
    std::vector<std::array<Estimate, measure_count>> differences_;
    std::array<int, measure_count> decimals_{};  ///< of the largest mean
};

[[nodiscard]] inline const MeasureInfo& info(Measure measure) {
    return measures[static_cast<std::size_t>(measure)];
}

}  // namespace simulator::report
