// The market hour by hour.
#include <algorithm>

#include <fmt/format.h>

#include "report/charts.hpp"
#include "report/findings.hpp"
#include "report/html.hpp"
#include "report/sections.hpp"
#include "report/text.hpp"

namespace simulator::report {

namespace {

using HourValue = double (*)(const HourPoint&);

constexpr std::size_t most_lines = 6;

std::size_t hours_of(const Study& study, std::size_t cell) {
    std::size_t hours = 0;
    for (std::size_t seed = 0; seed < study.runs[cell].size(); ++seed)
        if (study.has[cell][seed]) hours = std::max(hours, study.runs[cell][seed].hours.size());
    return hours;
}

/// The mean over seeds for each hour, of the seeds that have it.
std::vector<double> hour_means(const Study& study, std::size_t cell, std::size_t hours,
                               HourValue value) {
    std::vector<double> out(hours);
    for (std::size_t hour = 0; hour < hours; ++hour) {
        double sum = 0;
        double count = 0;
        for (std::size_t seed = 0; seed < study.runs[cell].size(); ++seed) {
            if (!study.has[cell][seed] || study.runs[cell][seed].hours.size() <= hour) continue;
            sum += value(study.runs[cell][seed].hours[hour]);
            count += 1;
        }
        if (count > 0) out[hour] = sum / count;
    }
    return out;
}

/// The cells with hours that are drawn. If they are too many, only the baseline and the variants of
/// the largest difference in the leading measure.
std::vector<std::size_t> drawn_cells(const Figures& figures) {
    std::vector<std::size_t> cells;
    for (std::size_t cell = 0; cell < figures.study.cells.size(); ++cell)
        if (hours_of(figures.study, cell) > 0) cells.push_back(cell);
    if (cells.size() <= most_lines) return cells;
    const std::size_t chosen =
        largest_difference(figures, figures.shown.front()).value_or(cells.front());
    std::erase_if(cells, [&](std::size_t cell) {
        return baseline_of(figures.study, cell) != baseline_of(figures.study, chosen);
    });
    if (cells.size() > most_lines) cells.resize(most_lines);
    return cells;
}

TimeChart chart_of(const Figures& figures, const std::vector<std::size_t>& cells) {
    const Study& study = figures.study;
    TimeChart chart;
    for (const std::size_t cell : cells) {
        const std::size_t hours = hours_of(study, cell);
        chart.hours = chart.hours == 0 ? hours : std::min(chart.hours, hours);
        chart.labels.push_back(figures.name(cell));
        const Scenario& scenario = study.cells[cell].scenario;
        if (!scenario.rate.jump_at) continue;
        const double hour =
            static_cast<double>(scenario.rate.jump_at->count()) / static_cast<double>(ms_per_hour);
        if (std::find(chart.events.begin(), chart.events.end(), hour) == chart.events.end())
            chart.events.push_back(hour);
    }
    const Scenario& first = study.cells[cells.front()].scenario;
    chart.warm_up = static_cast<double>(first.warm_up.count()) / static_cast<double>(ms_per_hour);
    const auto add = [&](std::string title, HourValue value) {
        TimeChart::Panel panel{.y_title = std::move(title), .lines = {}};
        for (const std::size_t cell : cells)
            panel.lines.push_back(hour_means(study, cell, chart.hours, value));
        const bool are_same = std::all_of(panel.lines.begin(), panel.lines.end(),
                                          [&](const auto& line) { return line == panel.lines[0]; });
        if (are_same) panel.lines.resize(1);
        chart.panels.push_back(panel);
    };
    add("Rate, USD per coin",
        [](const HourPoint& point) { return static_cast<double>(point.rate) / 1e12; });
    add("Hosts' income, USD per host and day",
        [](const HourPoint& point) { return static_cast<double>(point.income) / 1e6; });
    add("Hosts that run a bid, %",
        [](const HourPoint& point) { return static_cast<double>(point.running) / 1e4; });
    return chart;
}

/// The values of each sixth hour at most, so that the table can be read.
std::string hours_table(const TimeChart& chart) {
    Table table{.id = "data-hours",
                .caption = "Means over the seeds, by hour",
                .head = {"Hour"},
                .rows = {}};
    std::vector<int> decimals;
    for (const TimeChart::Panel& panel : chart.panels) {
        double largest = 0;
        for (std::size_t i = 0; i < panel.lines.size(); ++i) {
            const std::string of = panel.lines.size() > 1 ? ": " + chart.labels[i] : "";
            table.head.push_back(escape(panel.y_title + of));
            for (const double value : panel.lines[i]) largest = std::max(largest, value);
        }
        decimals.push_back(decimals_for(largest, 3, 6));
    }
    const std::size_t step = chart.hours > 72 ? 6 : 1;
    for (std::size_t hour = 0; hour < chart.hours; hour += step) {
        Table::Row row{.class_name = {}, .cells = {fmt::format("{}", hour + 1)}};
        for (std::size_t p = 0; p < chart.panels.size(); ++p)
            for (const auto& line : chart.panels[p].lines)
                row.cells.push_back(number(line[hour], decimals[p]));
        table.rows.push_back(row);
    }
    return table.html();
}

}  // namespace

std::string time_section(const Figures& figures) {
    const std::vector<std::size_t> cells = drawn_cells(figures);
    if (cells.empty()) return "";
    const TimeChart chart = chart_of(figures, cells);
    std::string note = "Each line is the mean over the seeds.";
    if (chart.warm_up > 0) note += " The shaded hours are not measured.";
    if (!chart.events.empty()) note += " The upright line marks the jump of the rate.";
    const std::size_t all = figures.study.cells.size();
    if (cells.size() < all) note += fmt::format(" {} of {} variants are drawn.", cells.size(), all);
    const std::string_view title = "Rate, income and hosts that run, hour by hour";
    return fmt::format(
        "<section aria-labelledby=\"hours\"><h2 id=\"hours\">Hour by hour</h2>\n"
        "<figure class=\"card\"><figcaption><h3>{}</h3><p>{}</p></figcaption>\n{}{}</figure>"
        "</section>\n",
        title, note,
        drawings("svg-hours", title, note, 1040, 0,
                 [&](const Layout& layout) { return chart.draw(layout); }),
        details("Data of this chart", hours_table(chart)));
}

}  // namespace simulator::report
