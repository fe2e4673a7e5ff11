#include "report/html.hpp"

#include <fmt/format.h>

namespace simulator::report {

std::string Table::html() const {
    std::string out =
        fmt::format(R"(<div class="scroll" role="region" aria-labelledby="{0}" tabindex="0">)"
                    "<table>\n<caption id=\"{0}\">{1}</caption>\n<thead><tr>",
                    id, caption);
    for (std::size_t i = 0; i < head.size(); ++i) {
        out += fmt::format("<th scope=\"col\"{}>{}</th>",
                           i >= first_number ? " class=\"number\"" : "", head[i]);
    }
    out += "</tr></thead>\n<tbody>\n";
    for (const Row& row : rows) {
        out += row.class_name.empty() ? "<tr>" : fmt::format("<tr class=\"{}\">", row.class_name);
        for (std::size_t i = 0; i < row.cells.size(); ++i) {
            if (i == 0) {
                out += fmt::format("<th scope=\"row\">{}</th>", row.cells[i]);
            } else if (i >= first_number) {
                out += fmt::format("<td class=\"number\">{}</td>", row.cells[i]);
            } else {
                out += fmt::format("<td>{}</td>", row.cells[i]);
            }
        }
        out += "</tr>\n";
    }
    return out + "</tbody></table></div>\n";
}

std::string details(std::string_view summary, const std::string& content) {
    return fmt::format("<details><summary>{}</summary>\n{}</details>\n", summary, content);
}

std::string drawings(std::string_view id, std::string_view title, std::string_view description,
                     double width, double height, const std::function<Svg(const Layout&)>& draw) {
    const Layout narrow{
        .width = 336, .height = 290, .is_narrow = true, .class_name = "chart at-narrow"};
    const Layout medium{.width = 680, .height = 330, .class_name = "chart at-medium"};
    const bool has_medium = width > medium.width;
    const Layout wide{.width = width,
                      .height = height,
                      .class_name = has_medium ? "chart at-wide" : "chart at-wide at-medium"};
    std::string out = draw(wide).element(fmt::format("{}-wide", id), title, description);
    if (has_medium) out += draw(medium).element(fmt::format("{}-medium", id), title, description);
    return out + draw(narrow).element(fmt::format("{}-narrow", id), title, description);
}

}  // namespace simulator::report
