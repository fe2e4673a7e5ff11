// gigaspot-simulate, report: tables and charts as HTML.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "report/charts.hpp"

namespace simulator::report {

/// A table in a box of its own, which scrolls sideways if the table is wider. All its texts are
/// HTML; the first cell of each row is the row's heading.
struct Table {
    std::string id{};  ///< unique in the page
    std::string caption{};
    std::vector<std::string> head{};
    struct Row {
        std::string class_name{};
        std::vector<std::string> cells{};
    };
    std::vector<Row> rows{};
    /// The columns from this one on hold numbers.
    std::size_t first_number = 1;

    [[nodiscard]] std::string html() const;
};

/// A part that opens on demand. `summary` is HTML.
[[nodiscard]] std::string details(std::string_view summary, const std::string& content);

/// A chart drawn for each width of the page, of which the page shows one. `draw` makes it for a
/// layout.
[[nodiscard]] std::string drawings(std::string_view id, std::string_view title,
                                   std::string_view description, double width, double height,
                                   const std::function<Svg(const Layout&)>& draw);

}  // namespace simulator::report
