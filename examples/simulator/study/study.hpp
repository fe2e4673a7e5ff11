// gigaspot-simulate: a study compares cells, which are scenarios that differ in what the axes
// change, over the same seeds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "run/measures.hpp"
#include "scenario/scenario.hpp"

namespace simulator {

/// One thing that differs between cells, such as the share of bots. Its options are labels.
struct Axis {
    std::string label{};
    std::vector<std::string> options{};
};

/// One scenario of a study.
struct Cell {
    std::vector<std::size_t> options{};  ///< for each axis, which of its options this is
    Scenario scenario{};
    std::string resolved{};  ///< the scenario as TOML, with every default and every set value
};

/// What a search among values of one key found, for one cell (see `[[axis.option]] solve`).
struct Solution {
    std::size_t cell = 0;
    std::string key{};
    std::string value{};  ///< the one that was taken
    /// Each round: the value that all used, and for each candidate value the mean of what was
    /// maximised and its half 95 % interval, in USD.
    struct Round {
        std::string used{};
        std::vector<std::string> candidates{};
        std::vector<double> mean{};
        std::vector<double> half{};
        std::string best{};
    };
    std::vector<Round> rounds{};
    bool settled = false;  ///< whether the last round's best value is the one that all used
};

/// A study and its results so far.
struct Study {
    std::string title{};
    std::string question{};
    std::string file{};      ///< the scenario's file name, without folders
    std::string scenario{};  ///< the scenario file as it was, with what --set changed
    std::vector<Axis> axes{};
    std::vector<Cell> cells{};     ///< all combinations of options; the last axis changes fastest
    std::size_t compare = 0;       ///< the axis whose first option the others are compared with
    std::vector<Measure> shown{};  ///< the measures that the question is about, the first leads
    std::vector<std::uint64_t> seeds{};
    std::vector<Solution> solutions{};
    /// By cell, then seed. A run that was not simulated is empty: `has` tells.
    std::vector<std::vector<RunResult>> runs{};
    std::vector<std::vector<bool>> has{};
    bool is_partial =
        false;  ///< whether runs are missing, because it was interrupted or is a shard

    /// The options of a cell by its number, one for each axis.
    [[nodiscard]] std::vector<std::size_t> options_of(std::size_t cell) const {
        std::vector<std::size_t> options(axes.size());
        for (std::size_t axis = axes.size(); axis-- > 0;) {
            options[axis] = cell % axes[axis].options.size();
            cell /= axes[axis].options.size();
        }
        return options;
    }

    /// The label of a cell: its options, separated by commas.
    [[nodiscard]] std::string label(const Cell& cell) const {
        std::string text;
        for (std::size_t axis = 0; axis < axes.size(); ++axis) {
            if (axis > 0) text += ", ";
            text += axes[axis].options[cell.options[axis]];
        }
        return text;
    }
};

}  // namespace simulator
