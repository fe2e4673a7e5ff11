// gigaspot-simulate, report: the kinds of charts, as values that are drawn at any width.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "report/svg.hpp"
#include "study/statistics.hpp"

namespace simulator::report {

/// How a chart is laid out. A phone gets its own drawing, so that its texts keep their size.
struct Layout {
    double width = 1000;
    double height = 420;
    bool is_narrow = false;
    std::string_view class_name = "chart at-wide";
};

/// A line through the means of cells.
struct Series {
    std::string label{};
    std::vector<Estimate> points{};  ///< for each position; `n` is 0 where nothing is known
};

/// Lines over a numeric axis, with 95 % intervals. Several panels are small multiples with the same
/// scales.
struct LineChart {
    std::string x_title{};
    std::string y_title{};
    std::vector<double> positions{};
    std::vector<std::string> position_labels{};
    struct Panel {
        std::string title{};
        std::string short_title{};  ///< where the title has no room
        std::vector<Series> series{};
    };
    std::vector<Panel> panels{};

    [[nodiscard]] Svg draw(const Layout& layout) const;
};

/// Points in rows, with 95 % intervals and their values as text.
struct DotChart {
    std::string x_title{};
    struct Row {
        std::string label{};
        bool is_heading = false;
        std::size_t style = 0;
        Estimate estimate{};
        std::string value{};
        std::vector<double> seeds{};  ///< drawn as small strokes
    };
    std::vector<Row> rows{};

    [[nodiscard]] Svg draw(const Layout& layout) const;
};

/// Lines over the hours of a run, in panels below each other.
struct TimeChart {
    std::size_t hours = 0;
    double warm_up = 0;                 ///< hours that are not measured
    std::vector<double> events{};       ///< hours at which the rate jumps
    std::vector<std::string> labels{};  ///< of the lines of each panel
    struct Panel {
        std::string y_title{};
        std::vector<std::vector<double>> lines{};  ///< a value per hour
    };
    std::vector<Panel> panels{};

    [[nodiscard]] Svg draw(const Layout& layout) const;
};

/// The markers and names of several series in rows from `y` on, and returns the `y` below them.
double draw_key(Svg& svg, const std::vector<std::string>& labels, double x, double y, double width);

}  // namespace simulator::report
