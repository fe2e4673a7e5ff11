// Charts of rows and of hours.
#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include "report/charts.hpp"
#include "report/text.hpp"

namespace simulator::report {

namespace {

/// The columns of a chart of rows, and how high a row is.
struct Columns {
    double label = 0;  ///< width of the labels
    double value = 0;  ///< width of the values
    double row = 26;
    bool is_stacked = false;  ///< the labels are above their points
};

Columns columns_of(const DotChart& chart, const Layout& layout) {
    Columns columns;
    for (const DotChart::Row& row : chart.rows) {
        if (!row.is_heading) columns.label = std::max(columns.label, text_width(row.label) + 24);
        columns.value = std::max(columns.value, text_width(row.value));
    }
    columns.is_stacked = columns.label > layout.width * 0.36;
    if (columns.is_stacked) columns.row = 42;
    return columns;
}

Scale scale_of(const DotChart& chart, Ticks& ticks, double from, double to) {
    double low = 0;
    double high = 0;
    bool is_first = true;
    const auto add = [&](double value) {
        low = is_first ? value : std::min(low, value);
        high = is_first ? value : std::max(high, value);
        is_first = false;
    };
    for (const DotChart::Row& row : chart.rows) {
        if (row.is_heading || row.estimate.n == 0) continue;
        add(row.estimate.mean - row.estimate.half);
        add(row.estimate.mean + row.estimate.half);
        for (const double value : row.seeds) add(value);
    }
    for (int count = 6; count > 1; --count) {
        ticks = ticks_for(low, high, count);
        double widest = 0;
        for (const double tick : ticks.values)
            widest = std::max(widest, text_width(number(tick, ticks.decimals)));
        if ((widest + 12) * static_cast<double>(ticks.values.size()) < to - from) break;
    }
    return {.low = ticks.values.front(), .high = ticks.values.back(), .from = from, .to = to};
}

void draw_row(Svg& svg, const DotChart::Row& row, const Columns& columns, const Scale& scale,
              double y) {
    if (row.is_heading) {
        svg.text(0, y + (columns.is_stacked ? 22 : 18), "start", "heading",
                 shortened(row.label, svg.width(), true));
        return;
    }
    const double text_y = y + 17.5;
    const double dot_y = y + (columns.is_stacked ? 30 : 13);
    const double room = columns.is_stacked ? svg.width() - columns.value - 32 : columns.label - 20;
    svg.marker(7, text_y - 4.5, row.style, 3.6);
    svg.text(18, text_y, "start", "row-label", shortened(row.label, room));
    svg.text(svg.width(), text_y, "end", "row-value", row.value);
    if (!columns.is_stacked) svg.line(scale.from, dot_y, scale.to, dot_y, "grid");
    for (const double value : row.seeds) {
        svg.line(scale(value), dot_y - 6, scale(value), dot_y + 6,
                 fmt::format("seed s{}", row.style % style_count));
    }
    if (row.estimate.n == 0) return;
    if (row.estimate.n > 1) {
        svg.interval_level(scale(row.estimate.mean - row.estimate.half),
                           scale(row.estimate.mean + row.estimate.half), dot_y, row.style);
    }
    svg.marker(scale(row.estimate.mean), dot_y, row.style);
}

/// The mean of each `width` hours.
std::vector<double> in_buckets(const std::vector<double>& values, std::size_t width) {
    std::vector<double> out;
    for (std::size_t i = 0; i < values.size(); i += width) {
        const std::size_t end = std::min(values.size(), i + width);
        double sum = 0;
        for (std::size_t j = i; j < end; ++j) sum += values[j];
        out.push_back(sum / static_cast<double>(end - i));
    }
    return out;
}

/// Where the lines of a chart of hours are.
struct TimeFrame {
    Scale x{};
    double left = 0;
    double right = 0;
    std::size_t bucket = 1;
};

Ticks ticks_of(const TimeChart::Panel& panel) {
    double low = panel.lines.front().front();
    double high = low;
    for (const auto& line : panel.lines) {
        const auto [lowest, highest] = std::minmax_element(line.begin(), line.end());
        low = std::min(low, *lowest);
        high = std::max(high, *highest);
    }
    return ticks_for(low, high, 4);
}

void draw_panel(Svg& svg, const TimeChart::Panel& panel, const Ticks& ticks, const TimeFrame& frame,
                double top, double height) {
    const Scale y{
        .low = ticks.values.front(), .high = ticks.values.back(), .from = top + height, .to = top};
    svg.text(0, top - 10, "start", "axis-title y", panel.y_title);
    for (const double tick : ticks.values) {
        svg.line(frame.left, y(tick), frame.right, y(tick),
                 tick == 0 && ticks.values.front() < 0 ? "zero" : "grid");
        svg.text(frame.left - 8, y(tick) + 4.5, "end", "tick", number(tick, ticks.decimals));
    }
    for (std::size_t i = 0; i < panel.lines.size(); ++i) {
        std::vector<double> points;
        const std::vector<double> values = in_buckets(panel.lines[i], frame.bucket);
        for (std::size_t j = 0; j < values.size(); ++j) {
            const double hour = (static_cast<double>(j) + 0.5) * static_cast<double>(frame.bucket);
            points.insert(points.end(), {frame.x(hour), y(values[j])});
        }
        svg.path(points, fmt::format("line thin s{}", i % style_count));
    }
}

}  // namespace

Svg DotChart::draw(const Layout& layout) const {
    const Columns columns = columns_of(*this, layout);
    Ticks ticks;
    scale_of(*this, ticks, 0, layout.width);
    // The numbers at both ends of the axis have room.
    const auto half = [](double tick, const Ticks& of) {
        return text_width(number(tick, of.decimals)) / 2 + 2;
    };
    const double left = (columns.is_stacked ? 0 : columns.label) +
                        std::max(12.0, half(ticks.values.front(), ticks));
    const double right = layout.width - (columns.is_stacked ? 0 : columns.value) -
                         std::max(16.0, half(ticks.values.back(), ticks));
    const Scale scale = scale_of(*this, ticks, left, right);
    const bool has_top = rows.size() > 15;
    const double top = has_top ? 44 : 6;
    double height = top;
    for (const Row& row : rows) height += row.is_heading ? 30 : columns.row;
    Svg svg(layout.width, height + 46, layout.class_name);
    for (const double tick : ticks.values) {
        const double x = scale(tick);
        svg.line(x, top, x, height + 4, tick == 0 && ticks.values.front() < 0 ? "zero" : "grid");
        svg.text(x, height + 20, "middle", "tick", number(tick, ticks.decimals));
        if (has_top) svg.text(x, top - 6, "middle", "tick", number(tick, ticks.decimals));
    }
    const double middle = columns.is_stacked ? layout.width / 2 : (left + right) / 2;
    svg.text(middle, height + 40, "middle", "axis-title x", x_title);
    if (has_top) svg.text(middle, 13, "middle", "axis-title x", x_title);
    double y = top;
    for (const Row& row : rows) {
        draw_row(svg, row, columns, scale, y);
        y += row.is_heading ? 30 : columns.row;
    }
    return svg;
}

Svg TimeChart::draw(const Layout& layout) const {
    TimeFrame frame;
    std::vector<Ticks> ticks;
    for (const Panel& panel : panels) {
        ticks.push_back(ticks_of(panel));
        for (const double tick : ticks.back().values)
            frame.left = std::max(frame.left, text_width(number(tick, ticks.back().decimals)) + 12);
    }
    frame.right = layout.width - 16;
    frame.bucket = (hours + 399) / 400;
    frame.x = {.low = 0, .high = static_cast<double>(hours), .from = frame.left, .to = frame.right};
    Svg draft(layout.width, 10, "");
    const bool has_key = labels.size() > 1;
    const double top = has_key ? draw_key(draft, labels, 0, 0, layout.width) : 0;
    const double panel_height = layout.is_narrow ? 110 : 120;
    const double step = panel_height + 44;
    const double bottom = top + step * static_cast<double>(panels.size()) - 14;
    Svg svg(layout.width, bottom + 46, layout.class_name);
    if (has_key) draw_key(svg, labels, 0, 0, layout.width);
    double y = top + 30;
    for (std::size_t i = 0; i < panels.size(); ++i) {
        if (warm_up > 0)
            svg.rect(frame.left, y, frame.x(std::min(warm_up, frame.x.high)) - frame.left,
                     panel_height, "warm-up");
        for (const double event : events)
            svg.line(frame.x(event), y, frame.x(event), y + panel_height, "event");
        draw_panel(svg, panels[i], ticks[i], frame, y, panel_height);
        y += step;
    }
    const bool in_days = hours > 72;
    const double unit = in_days ? 24 : 1;
    const double last = static_cast<double>(hours) / unit;
    const Ticks times = ticks_for(0, last, layout.is_narrow ? 4 : 8);
    for (const double tick : times.values) {
        if (tick > last) break;
        svg.line(frame.x(tick * unit), bottom, frame.x(tick * unit), bottom + 4, "axis");
        svg.text(frame.x(tick * unit), bottom + 19, "middle", "tick", number(tick, times.decimals));
    }
    svg.text((frame.left + frame.right) / 2, bottom + 40, "middle", "axis-title x",
             in_days ? "days since the start" : "hours since the start");
    return svg;
}

}  // namespace simulator::report
