// The chart of a measure.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "report/charts.hpp"
#include "report/findings.hpp"
#include "report/html.hpp"
#include "report/sections.hpp"
#include "report/text.hpp"

namespace simulator::report {

namespace {

constexpr std::size_t most_panels = 24;
/// A chart of more rows than this shows only the highest and the lowest.
constexpr std::size_t most_rows = 40;

/// The numbers and the unit of the horizontal axis.
void set_x_axis(LineChart& chart, const Figures& figures) {
    const Axis& axis = figures.study.axes[*figures.roles.x];
    const std::vector<NumericOption> options = numeric_options(axis);
    std::string unit;
    bool is_one_unit = true;
    for (const NumericOption& option : options) {
        if (unit.empty()) unit = option.unit;
        if (!option.unit.empty()) is_one_unit = is_one_unit && option.unit == unit;
    }
    chart.x_title = axis.label;
    if (is_one_unit && !unit.empty()) chart.x_title += ", " + unit;
    if (!figures.roles.is_to_scale) chart.x_title += " (not to scale)";
    chart.positions = figures.roles.positions;
    for (std::size_t i = 0; i < options.size(); ++i)
        chart.position_labels.push_back(is_one_unit ? options[i].number : axis.options[i]);
}

LineChart line_chart(const Figures& figures, Measure measure) {
    const Roles& roles = figures.roles;
    LineChart chart;
    chart.y_title = fmt::format("{}, {}", capital(info(measure).label), info(measure).unit);
    set_x_axis(chart, figures);
    std::vector<std::size_t> bases = figures.combinations(roles.panels);
    if (bases.size() > most_panels) bases.resize(most_panels);
    for (const std::size_t base : bases) {
        LineChart::Panel panel{.title = figures.settings(base, roles.panels),
                               .short_title = figures.options(base, roles.panels),
                               .series = {}};
        const std::size_t count =
            roles.series ? figures.study.axes[*roles.series].options.size() : 1;
        for (std::size_t option = 0; option < count; ++option) {
            Series series;
            std::size_t cell = base;
            if (roles.series) {
                series.label = figures.study.axes[*roles.series].options[option];
                cell = figures.with(base, *roles.series, option);
            }
            for (std::size_t i = 0; i < roles.positions.size(); ++i)
                series.points.push_back(figures.mean(figures.with(cell, *roles.x, i), measure));
            panel.series.push_back(series);
        }
        chart.panels.push_back(panel);
    }
    return chart;
}

DotChart::Row row_of(const Figures& figures, Measure measure, std::size_t cell, std::string label) {
    const Estimate& mean = figures.mean(cell, measure);
    DotChart::Row row{.label = std::move(label),
                      .is_heading = false,
                      .style = 0,
                      .estimate = mean,
                      .value = estimate_text(mean, figures.decimals(cell, measure)),
                      .seeds = {}};
    if (figures.study.cells.size() > 1 || mean.n < 2) return row;
    for (std::size_t seed = 0; seed < figures.study.runs[cell].size(); ++seed) {
        if (figures.study.has[cell][seed])
            row.seeds.push_back(value_of(figures.study.runs[cell][seed], measure));
    }
    return row;
}

/// The cells with the highest and the lowest means, from the highest down.
std::vector<std::size_t> extremes(const Figures& figures, Measure measure) {
    std::vector<std::size_t> cells;
    for (std::size_t cell = 0; cell < figures.study.cells.size(); ++cell)
        if (figures.mean(cell, measure).n > 0) cells.push_back(cell);
    std::stable_sort(cells.begin(), cells.end(), [&](std::size_t a, std::size_t b) {
        return figures.mean(a, measure).mean > figures.mean(b, measure).mean;
    });
    if (cells.size() > most_rows) {
        const auto half = static_cast<std::ptrdiff_t>(most_rows / 2);
        cells.erase(cells.begin() + half, cells.end() - half);
    }
    return cells;
}

DotChart dot_chart(const Figures& figures, Measure measure) {
    const Roles& roles = figures.roles;
    DotChart chart;
    chart.x_title = fmt::format("{}, {}", capital(info(measure).label), info(measure).unit);
    if (figures.study.cells.size() > most_rows) {
        for (const std::size_t cell : extremes(figures, measure))
            chart.rows.push_back(row_of(figures, measure, cell, figures.name(cell)));
        return chart;
    }
    std::vector<std::size_t> axes = roles.panels;
    if (roles.x) axes.insert(axes.begin(), *roles.x);
    for (const std::size_t base : figures.combinations(axes)) {
        const std::string name = figures.options(base, axes);
        if (!roles.series) {
            chart.rows.push_back(
                row_of(figures, measure, base, name.empty() ? figures.name(base) : name));
            continue;
        }
        chart.rows.push_back({.label = name, .is_heading = true});
        const Axis& series = figures.study.axes[*roles.series];
        for (std::size_t option = 0; option < series.options.size(); ++option) {
            const std::size_t cell = figures.with(base, *roles.series, option);
            chart.rows.push_back(row_of(figures, measure, cell, series.options[option]));
            chart.rows.back().style = option;
        }
    }
    return chart;
}

/// The data of a chart, with the differences from the baseline.
std::string data_table(const Figures& figures, Measure measure) {
    Table table;
    table.id = fmt::format("data-{}", info(measure).name);
    table.caption =
        escape(fmt::format("{} by variant, {}", capital(info(measure).label), info(measure).unit));
    table.head = {"Variant", "Mean", "95\u202f% interval", "Seeds"};
    const bool has_differences = figures.has_baselines();
    if (has_differences) table.head.emplace_back("Difference from the baseline");
    for (std::size_t cell = 0; cell < figures.study.cells.size(); ++cell) {
        const Estimate& mean = figures.mean(cell, measure);
        const int decimals = figures.decimals(cell, measure);
        Table::Row row;
        row.cells = {escape(figures.name(cell)), mean.n == 0 ? "–" : number(mean.mean, decimals),
                     mean.n < 2 ? "–"
                                : fmt::format("{} to {}", number(mean.mean - mean.half, decimals),
                                              number(mean.mean + mean.half, decimals)),
                     fmt::format("{}", mean.n)};
        if (has_differences) {
            const Estimate& change = figures.against_baseline(cell, measure);
            row.cells.push_back(figures.is_baseline(cell)
                                    ? "baseline"
                                    : difference_text(change, figures.decimals(measure, change)));
        }
        table.rows.push_back(row);
    }
    return table.html();
}

std::string description_of(const Figures& figures, Measure measure) {
    const Roles& roles = figures.roles;
    std::string out = roles.is_numeric
                          ? fmt::format("Lines over {}", figures.study.axes[*roles.x].label)
                          : std::string("A point for each variant");
    if (roles.is_numeric && roles.series)
        out += fmt::format(", one for each option of {}", figures.study.axes[*roles.series].label);
    return out +
           fmt::format(". {} The table below the chart has all values.", info(measure).meaning);
}

/// How the chart draws intervals.
std::string interval_note(const Figures& figures) {
    if (figures.most_seeds() < 2) return "";
    if (figures.study.cells.size() == 1) return " Each short stroke is a seed.";
    return " Bars through the points are 95\u202f% intervals of the means. All variants see the "
           "same "
           "draws, so a difference can be clear although bars overlap.";
}

/// What the chart does not show, if anything.
std::string omitted(const Figures& figures) {
    const std::size_t panels = figures.combinations(figures.roles.panels).size();
    if (figures.roles.is_numeric && panels > most_panels) {
        return fmt::format(" The chart shows the first {} of {} panels; the table has all.",
                           most_panels, panels);
    }
    if (!figures.roles.is_numeric && figures.study.cells.size() > most_rows) {
        return fmt::format(" The chart shows the {0} highest and the {0} lowest of {1} variants; "
                           "the table has all.",
                           most_rows / 2, figures.study.cells.size());
    }
    return "";
}

}  // namespace

std::string name_with_unit(Measure measure) {
    return escape(fmt::format("{}, {}", info(measure).label, info(measure).unit));
}

std::string measure_figure(const Figures& figures, Measure measure, bool is_large) {
    const std::string title = chart_title(figures, measure);
    std::string out =
        fmt::format("<figure class=\"card{}\" id=\"chart-{}\">\n<figcaption><h3>{}</h3>",
                    is_large ? " large" : "", info(measure).name, escape(title));
    out += fmt::format(
        "<p>{}{}</p></figcaption>\n",
        escape(fmt::format("{}: {}", capital(info(measure).label), info(measure).meaning)),
        escape((is_large ? interval_note(figures) : "") + omitted(figures)));
    const auto draw = [&](const Layout& layout) {
        return figures.roles.is_numeric ? line_chart(figures, measure).draw(layout)
                                        : dot_chart(figures, measure).draw(layout);
    };
    out +=
        drawings(fmt::format("svg-{}", info(measure).name), title, description_of(figures, measure),
                 is_large ? 1040 : 500, is_large ? 350 : 300, draw);
    return out + details("Data of this chart", data_table(figures, measure)) + "</figure>\n";
}

}  // namespace simulator::report
