#include "report/figures.hpp"

#include <algorithm>
#include <cctype>

#include "report/text.hpp"

namespace simulator::report {

namespace {

/// More series than this are drawn as small multiples.
constexpr std::size_t most_series = 6;

bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

/// The seconds of a unit of time; 0 for other units.
double seconds_of(std::string_view unit) {
    if (unit == "ms") return 0.001;
    if (unit == "s") return 1;
    if (unit == "m") return 60;
    if (unit == "h") return 3600;
    if (unit == "d") return 86400;
    return 0;
}

bool are_different(const std::vector<NumericOption>& options) {
    std::vector<double> values;
    values.reserve(options.size());
    for (const NumericOption& option : options) values.push_back(option.value);
    std::sort(values.begin(), values.end());
    return std::adjacent_find(values.begin(), values.end()) == values.end();
}

/// Whether the gaps between numbers are wide enough for an even scale.
bool can_be_to_scale(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    double narrowest = values.back() - values.front();
    for (std::size_t i = 1; i < values.size(); ++i)
        narrowest = std::min(narrowest, values[i] - values[i - 1]);
    return narrowest * 40 >= values.back() - values.front();
}

}  // namespace

std::optional<NumericOption> numeric_option(std::string_view text) {
    NumericOption out;
    std::size_t at = 0;
    const bool is_negative = text.starts_with('-');
    if (is_negative || text.starts_with('+')) ++at;
    const std::size_t start = at;
    double value = 0;
    double scale = 1;
    bool has_point = false;
    for (; at < text.size(); ++at) {
        if (text[at] == '.' && !has_point && at > start) {
            has_point = true;
        } else if (is_digit(text[at])) {
            value = value * 10 + (text[at] - '0');
            if (has_point) scale *= 10;
        } else {
            break;
        }
    }
    if (at == start || text[at - 1] == '.' || at > 18) return std::nullopt;
    out.number =
        (is_negative ? std::string(minus) : "") + std::string(text.substr(start, at - start));
    out.value = (is_negative ? -value : value) / scale;
    while (at < text.size() && text[at] == ' ') ++at;
    out.unit = text.substr(at);
    if (std::any_of(out.unit.begin(), out.unit.end(), is_digit)) return std::nullopt;
    return out;
}

std::vector<NumericOption> numeric_options(const Axis& axis) {
    std::vector<NumericOption> out;
    for (const std::string& option : axis.options) {
        const auto numeric = numeric_option(option);
        if (!numeric) return {};
        out.push_back(*numeric);
    }
    const bool are_durations = std::all_of(out.begin(), out.end(), [](const auto& option) {
        return seconds_of(option.unit) > 0 || (option.unit.empty() && option.value == 0);
    });
    std::string unit;
    for (const NumericOption& option : out)
        if (unit.empty()) unit = option.unit;
    for (NumericOption& option : out) {
        if (option.unit != unit && !are_durations && !(option.unit.empty() && option.value == 0))
            return {};
        if (are_durations && !option.unit.empty()) option.value *= seconds_of(option.unit);
    }
    return are_different(out) ? out : std::vector<NumericOption>{};
}

Roles roles_of(const Study& study) {
    Roles roles;
    std::vector<std::size_t> active;
    std::vector<std::size_t> numeric;
    for (std::size_t axis = 0; axis < study.axes.size(); ++axis) {
        if (study.axes[axis].options.size() < 2) continue;
        active.push_back(axis);
        if (!numeric_options(study.axes[axis]).empty()) numeric.push_back(axis);
    }
    if (active.empty()) return roles;
    const auto first_but_compare = [&](const std::vector<std::size_t>& axes) {
        const auto found = std::find_if(axes.begin(), axes.end(),
                                        [&](std::size_t axis) { return axis != study.compare; });
        return found == axes.end() ? axes.front() : *found;
    };
    roles.is_numeric = !numeric.empty();
    roles.x = first_but_compare(roles.is_numeric ? numeric : active);
    std::erase(active, *roles.x);
    const auto compare = std::find(active.begin(), active.end(), study.compare);
    if (!active.empty()) {
        roles.series = compare == active.end() ? active.front() : *compare;
        std::erase(active, *roles.series);
    }
    roles.panels = active;
    if (!roles.is_numeric) return roles;
    if (roles.series && study.axes[*roles.series].options.size() > most_series) {
        roles.panels.push_back(*roles.series);
        roles.series.reset();
    }
    for (const NumericOption& option : numeric_options(study.axes[*roles.x]))
        roles.positions.push_back(option.value);
    roles.is_to_scale = can_be_to_scale(roles.positions);
    if (roles.is_to_scale) return roles;
    std::vector<double> sorted = roles.positions;
    std::sort(sorted.begin(), sorted.end());
    for (double& position : roles.positions) {
        position =
            static_cast<double>(std::find(sorted.begin(), sorted.end(), position) - sorted.begin());
    }
    return roles;
}

Figures::Figures(const Study& study_)
    : study(study_), roles(roles_of(study_)), shown(study_.shown) {
    std::vector<Measure> unique;
    for (const Measure measure : shown) {
        if (std::find(unique.begin(), unique.end(), measure) == unique.end())
            unique.push_back(measure);
    }
    shown = unique;
    if (shown.empty()) {
        shown = {Measure::welfare, Measure::host_profit, Measure::renter_surplus,
                 Measure::utilisation};
    }
    for (const auto& cell : study.has) {
        runs_planned += cell.size();
        runs_done += static_cast<std::size_t>(std::count(cell.begin(), cell.end(), true));
    }
    for (std::size_t cell = 0; cell < study.cells.size(); ++cell) {
        auto& means = means_.emplace_back();
        auto& differences = differences_.emplace_back();
        const std::size_t baseline = baseline_of(study, cell);
        for (std::size_t i = 0; i < measure_count; ++i) {
            means[i] = estimate(study, cell, measures[i].measure);
            if (baseline != cell)
                differences[i] = difference(study, cell, baseline, measures[i].measure);
        }
    }
    for (std::size_t i = 0; i < measure_count; ++i) {
        double largest = 0;
        for (const auto& means : means_)
            largest = std::max({largest, means[i].mean, -means[i].mean});
        decimals_[i] = decimals_for(largest, 3, measures[i].decimals);
    }
}

bool Figures::has_baselines() const {
    for (std::size_t cell = 0; cell < study.cells.size(); ++cell)
        if (!is_baseline(cell)) return true;
    return false;
}

int Figures::decimals(std::size_t cell, Measure measure) const {
    return mean_decimals(mean(cell, measure), decimals_[static_cast<std::size_t>(measure)],
                         info(measure).decimals);
}

int Figures::decimals(Measure measure, const Estimate& difference) const {
    return difference_decimals(difference, decimals_[static_cast<std::size_t>(measure)],
                               info(measure).decimals);
}

std::size_t Figures::fewest_seeds() const {
    std::size_t fewest = means_.empty() ? 0 : means_[0][0].n;
    for (const auto& means : means_) fewest = std::min(fewest, means[0].n);
    return fewest;
}

std::size_t Figures::most_seeds() const {
    std::size_t most = 0;
    for (const auto& means : means_) most = std::max(most, means[0].n);
    return most;
}

std::size_t Figures::with(std::size_t cell, std::size_t axis, std::size_t option) const {
    std::vector<std::size_t> options = study.cells[cell].options;
    options[axis] = option;
    return cell_of(study, options);
}

std::string Figures::settings(std::size_t cell, std::span<const std::size_t> axes) const {
    std::string out;
    for (const std::size_t axis : axes) {
        if (study.axes[axis].options.size() < 2) continue;
        if (!out.empty()) out += "; ";
        out += study.axes[axis].label + ": " +
               study.axes[axis].options[study.cells[cell].options[axis]];
    }
    return out;
}

std::string Figures::settings_except(std::size_t cell, std::span<const std::size_t> axes) const {
    std::vector<std::size_t> others;
    for (std::size_t axis = 0; axis < study.axes.size(); ++axis)
        if (std::find(axes.begin(), axes.end(), axis) == axes.end()) others.push_back(axis);
    return settings(cell, others);
}

std::string Figures::options(std::size_t cell, std::span<const std::size_t> axes) const {
    std::string out;
    for (const std::size_t axis : axes) {
        if (study.axes[axis].options.size() < 2) continue;
        if (!out.empty()) out += ", ";
        out += study.axes[axis].options[study.cells[cell].options[axis]];
    }
    return out;
}

std::string Figures::name(std::size_t cell) const {
    std::vector<std::size_t> axes(study.axes.size());
    for (std::size_t axis = 0; axis < axes.size(); ++axis) axes[axis] = axis;
    const std::string out = options(cell, axes);
    return out.empty() ? "this market" : out;
}

std::vector<std::size_t> Figures::combinations(std::span<const std::size_t> axes) const {
    std::vector<std::size_t> out;
    for (std::size_t cell = 0; cell < study.cells.size(); ++cell) {
        bool is_first = true;
        for (std::size_t axis = 0; axis < study.axes.size(); ++axis) {
            if (std::find(axes.begin(), axes.end(), axis) == axes.end() &&
                study.cells[cell].options[axis] != 0)
                is_first = false;
        }
        if (is_first) out.push_back(cell);
    }
    return out;
}

}  // namespace simulator::report
