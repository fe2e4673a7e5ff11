#include "report/charts.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "report/text.hpp"

namespace simulator::report {

namespace {

/// The values that a chart must show.
struct Range {
    double low = 0;
    double high = 0;
    bool is_empty = true;

    void add(double value) {
        low = is_empty ? value : std::min(low, value);
        high = is_empty ? value : std::max(high, value);
        is_empty = false;
    }
    void add(const Estimate& estimate) {
        if (estimate.n == 0) return;
        add(estimate.mean - estimate.half);
        add(estimate.mean + estimate.half);
    }
};

/// A frame in which values are drawn.
struct Frame {
    double left = 0;
    double right = 0;
    double top = 0;
    double bottom = 0;
    Scale x{};
    Scale y{};
};

double tick_width(const Ticks& ticks) {
    double width = 0;
    for (const double tick : ticks.values)
        width = std::max(width, text_width(number(tick, ticks.decimals)));
    return width;
}

/// Level grid lines with their numbers, and a strong line at 0.
void draw_y_axis(Svg& svg, const Frame& frame, const Ticks& ticks, bool has_numbers) {
    for (const double tick : ticks.values) {
        const double y = frame.y(tick);
        const bool is_zero = tick == 0 && ticks.values.front() < 0;
        svg.line(frame.left, y, frame.right, y, is_zero ? "zero" : "grid");
        if (has_numbers)
            svg.text(frame.left - 8, y + 4.5, "end", "tick", number(tick, ticks.decimals));
    }
}

/// The labels of positions that fit beside each other: the first, the last, and others.
void draw_positions(Svg& svg, const Frame& frame, const std::vector<double>& positions,
                    const std::vector<std::string>& labels) {
    struct Place {
        double x;
        double half;
        std::size_t label;
    };
    std::vector<Place> places;
    for (std::size_t i = 0; i < positions.size(); ++i)
        places.push_back({frame.x(positions[i]), text_width(labels[i]) / 2 + 4, i});
    std::sort(places.begin(), places.end(),
              [](const Place& a, const Place& b) { return a.x < b.x; });
    double free = -1e9;
    for (std::size_t i = 0; i < places.size(); ++i) {
        const Place& place = places[i];
        const bool is_last = i + 1 == places.size();
        const Place& last = places.back();
        svg.line(place.x, frame.bottom, place.x, frame.bottom + 4, "axis");
        if (place.x - place.half < free) continue;
        if (!is_last && place.x + place.half > last.x - last.half && i > 0) continue;
        svg.text(place.x, frame.bottom + 19, "middle", "tick", labels[place.label]);
        free = place.x + place.half;
    }
}

/// Lines, bands and markers of all series of a panel.
void draw_series(Svg& svg, const Frame& frame, const std::vector<double>& positions,
                 const std::vector<Series>& all) {
    std::vector<std::size_t> order(positions.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return positions[a] < positions[b]; });
    for (std::size_t s = 0; s < all.size(); ++s) {
        std::vector<double> line;
        std::vector<double> upper;
        std::vector<double> lower;
        const auto flush = [&] {
            for (std::size_t i = lower.size(); i >= 2; i -= 2) {
                upper.push_back(lower[i - 2]);
                upper.push_back(lower[i - 1]);
            }
            if (line.size() >= 4) svg.path(upper, fmt::format("band s{}", s % style_count), true);
            svg.path(line, fmt::format("line s{}", s % style_count));
            line.clear();
            upper.clear();
            lower.clear();
        };
        for (const std::size_t i : order) {
            const Estimate& point = all[s].points[i];
            if (point.n == 0) {
                flush();
                continue;
            }
            const double x = frame.x(positions[i]);
            line.insert(line.end(), {x, frame.y(point.mean)});
            upper.insert(upper.end(), {x, frame.y(point.mean + point.half)});
            lower.insert(lower.end(), {x, frame.y(point.mean - point.half)});
        }
        flush();
    }
    for (std::size_t s = 0; s < all.size(); ++s) {
        for (const std::size_t i : order) {
            const Estimate& point = all[s].points[i];
            if (point.n == 0) continue;
            const double x = frame.x(positions[i]);
            if (point.n > 1)
                svg.interval_upright(x, frame.y(point.mean - point.half),
                                     frame.y(point.mean + point.half), s);
            svg.marker(x, frame.y(point.mean), s);
        }
    }
}

/// The names of the series at the right end of their lines, moved apart where they would touch.
void draw_labels(Svg& svg, const Frame& frame, const std::vector<double>& positions,
                 const std::vector<Series>& all, double room) {
    struct Label {
        double y;
        std::size_t series;
        std::vector<std::string> lines;
    };
    std::vector<Label> labels;
    const std::size_t last = static_cast<std::size_t>(
        std::max_element(positions.begin(), positions.end()) - positions.begin());
    for (std::size_t s = 0; s < all.size(); ++s) {
        const Estimate& point = all[s].points[last];
        const double y = point.n > 0 ? frame.y(point.mean) : frame.bottom;
        labels.push_back({y, s, wrap(all[s].label, room, 3, true)});
    }
    std::stable_sort(labels.begin(), labels.end(),
                     [](const Label& a, const Label& b) { return a.y < b.y; });
    const auto height = [](const Label& label) {
        return static_cast<double>(label.lines.size()) * 15 + 4;
    };
    double free = frame.top - 12;
    for (std::size_t i = 0; i < labels.size(); ++i) {
        double rest = 0;
        for (std::size_t j = i; j < labels.size(); ++j) rest += height(labels[j]);
        const double wanted = labels[i].y - height(labels[i]) / 2;
        const double top = std::max(std::min(wanted, frame.bottom + 20 - rest), free);
        double y = top + 13;
        for (const std::string& line : labels[i].lines) {
            svg.text(frame.right + 16, y, "start",
                     fmt::format("label s{}", labels[i].series % style_count), line);
            y += 15;
        }
        free = top + height(labels[i]);
    }
}

/// How the panels of a line chart are arranged.
struct Grid {
    std::size_t columns = 1;
    double width = 0;   ///< of a panel with its gap
    double height = 0;  ///< of a panel with its titles
};

Grid grid_for(std::size_t panels, double width, const Layout& layout) {
    Grid grid{.columns = 1, .width = width, .height = layout.height};
    if (panels <= 1) return grid;
    const std::size_t most = layout.width > 900 ? 4 : layout.is_narrow && panels <= 2 ? 1 : 2;
    grid.columns = std::min(most, panels);
    grid.width = width / static_cast<double>(grid.columns);
    grid.height = layout.width > 900 ? (grid.columns == 2 ? 300 : 250) : 210;
    return grid;
}

Scale padded(const std::vector<double>& positions, double from, double to) {
    const auto [low, high] = std::minmax_element(positions.begin(), positions.end());
    const double room = (*high - *low) * 0.03;
    return {.low = *low - room, .high = *high + room, .from = from, .to = to};
}

}  // namespace

double draw_key(Svg& svg, const std::vector<std::string>& labels, double x, double y,
                double width) {
    double at = x;
    for (std::size_t s = 0; s < labels.size(); ++s) {
        const std::string label = shortened(labels[s], width - 40, true);
        const double needed = 34 + text_width(label, true);
        if (at > x && at + needed > x + width) {
            at = x;
            y += 21;
        }
        svg.path({at, y + 8, at + 24, y + 8}, fmt::format("line s{}", s % style_count));
        svg.marker(at + 12, y + 8, s);
        svg.text(at + 30, y + 12.5, "start", fmt::format("label s{}", s % style_count), label);
        at += needed + 18;
    }
    return y + 26;
}

Svg LineChart::draw(const Layout& layout) const {
    Range range;
    for (const Panel& panel : panels)
        for (const Series& series : panel.series)
            for (const Estimate& point : series.points) range.add(point);
    const Ticks ticks = ticks_for(range.low, range.high, panels.size() > 1 ? 4 : 6);
    const std::size_t count = panels.front().series.size();
    const bool has_key = count > 1 && (panels.size() > 1 || layout.is_narrow);
    const bool has_labels = count > 1 && !has_key;
    double longest = 0;
    std::vector<std::string> names;
    for (const Series& series : panels.front().series) {
        longest = std::max(longest, text_width(series.label, true));
        names.push_back(series.label);
    }
    const double room =
        has_labels ? std::min(longest + 6, layout.width * (layout.width > 900 ? 0.22 : 0.3)) : 0;
    const double left = tick_width(ticks) + 12;
    const double right = has_labels ? room + 22 : 14;
    const Grid grid = grid_for(panels.size(), layout.width - left - right, layout);
    // The key is measured on a drawing that is thrown away.
    Svg draft(layout.width, 10, "");
    const double top = has_key ? draw_key(draft, names, left, 0, layout.width - left) : 0;
    const std::size_t rows = (panels.size() + grid.columns - 1) / grid.columns;
    const double panel_top = panels.size() > 1 ? 30 : 12;
    const double title_height = 22;
    Svg svg(layout.width, top + title_height + grid.height * static_cast<double>(rows) + 24,
            layout.class_name);
    if (has_key) draw_key(svg, names, left, 0, layout.width - left);
    svg.text(0, top + 13, "start", "axis-title y", y_title);
    for (std::size_t i = 0; i < panels.size(); ++i) {
        const std::size_t column = i % grid.columns;
        const std::size_t row = i / grid.columns;
        Frame frame;
        frame.left = left + static_cast<double>(column) * grid.width + (column > 0 ? 10 : 0);
        frame.right = left + static_cast<double>(column + 1) * grid.width -
                      (column + 1 < grid.columns ? 10 : 0);
        frame.top = top + title_height + static_cast<double>(row) * grid.height + panel_top;
        frame.bottom = frame.top + grid.height - panel_top - 26;
        frame.x = padded(positions, frame.left, frame.right);
        frame.y = {.low = ticks.values.front(),
                   .high = ticks.values.back(),
                   .from = frame.bottom,
                   .to = frame.top};
        const double middle = (frame.left + frame.right) / 2;
        if (panels.size() > 1) {
            const double room_for_title = frame.right - frame.left;
            const bool is_long = text_width(panels[i].title, true) > room_for_title;
            svg.text(
                middle, frame.top - 12, "middle", "panel-title",
                shortened(is_long ? panels[i].short_title : panels[i].title, room_for_title, true));
        }
        draw_y_axis(svg, frame, ticks, column == 0);
        svg.line(frame.left, frame.bottom, frame.right, frame.bottom, "axis");
        draw_positions(svg, frame, positions, position_labels);
        draw_series(svg, frame, positions, panels[i].series);
        if (has_labels) draw_labels(svg, frame, positions, panels[i].series, room);
    }
    const double center = left + (layout.width - left - right) / 2;
    svg.text(layout.is_narrow ? layout.width / 2 : center, svg.height() - 6, "middle",
             "axis-title x", shortened(x_title, layout.width));
    return svg;
}

}  // namespace simulator::report
