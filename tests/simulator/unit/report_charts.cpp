// The parts and the kinds of charts. Coordinates are worked by hand.
#include "report/charts.hpp"

#include <doctest/doctest.h>

#include "report/html.hpp"
#include "report_support.hpp"

namespace report_test {

using namespace simulator::report;

TEST_CASE("report: ticks are round numbers that cover the values") {
    const auto check = [](double low, double high, std::vector<double> values, int decimals) {
        const Ticks ticks = ticks_for(low, high, 5);
        REQUIRE(ticks.values.size() == values.size());
        for (std::size_t i = 0; i < values.size(); ++i)
            CHECK(ticks.values[i] == doctest::Approx(values[i]));
        CHECK(ticks.decimals == decimals);
    };
    check(0, 10, {0, 2, 4, 6, 8, 10}, 0);
    check(-0.37, 3.1, {-1, 0, 1, 2, 3, 4}, 0);
    check(0.9, 1.1, {0.9, 0.95, 1, 1.05, 1.1}, 2);
    check(2, 4, {0, 1, 2, 3, 4}, 0);  // 0 is close, so it is shown
    check(-4, -2, {-4, -3, -2, -1, 0}, 0);
    check(0, 0.001, {0, 0.0002, 0.0004, 0.0006, 0.0008, 0.001}, 4);
    check(1e12, 5e12, {0, 1e12, 2e12, 3e12, 4e12, 5e12}, 0);
}

TEST_CASE("report: equal, huge and tiny values have ticks around them") {
    for (const double value : {0.0, 5.0, -5.0, 1e300, -1e300, 1e-300}) {
        const Ticks ticks = ticks_for(value, value, 5);
        REQUIRE(ticks.values.size() >= 2);
        CHECK(ticks.values.size() <= 40);
        CHECK(ticks.values.front() <= value);
        CHECK(ticks.values.back() >= value);
        CHECK(ticks.values.front() < ticks.values.back());
    }
}

TEST_CASE("report: texts are broken at spaces and shortened with an ellipsis") {
    CHECK(wrap("one two three", 60, 3) == std::vector<std::string>{"one two", "three"});
    CHECK(shortened("short", 200) == "short");
    const std::string cut = shortened(std::string(100, 'x'), 100);
    CHECK(cut.ends_with("x…"));
    CHECK(text_width(cut) <= 105);
    for (const std::string& line : wrap("a label without end " + std::string(50, 'y'), 80, 3, true))
        CHECK(text_width(line, true) <= 92);
    CHECK(wrap("", 50, 2) == std::vector<std::string>{""});
    CHECK(shortened("wide", 1) == "w…");  // never endless
}

TEST_CASE("report: a chart has a role, a title and a description, all escaped") {
    Svg svg(100, 50, "chart wide");
    svg.text(1, 2, "end", "tick", "<&>");
    const std::string element = svg.element("id", "a < b", "c & d");
    CHECK(has(element, R"(role="img" aria-labelledby="id-title id-desc")"));
    CHECK(has(element, R"(<title id="id-title">a &lt; b</title>)"));
    CHECK(has(element, R"(<desc id="id-desc">c &amp; d</desc>)"));
    CHECK(has(element, R"(<text class="tick" x="1" y="2" text-anchor="end">&lt;&amp;&gt;</text>)"));
}

TEST_CASE("report: each series has a marker of its own") {
    std::vector<std::string> shapes;
    for (std::size_t i = 0; i < style_count; ++i) {
        Svg svg(10, 10, "");
        svg.marker(5, 5, i);
        std::string shape = svg.element("", "", "");
        shape.erase(shape.find(" s" + std::to_string(i)), 3);
        for (const std::string& other : shapes) CHECK(shape != other);
        shapes.push_back(shape);
    }
}

TEST_CASE("report: lines have a point and an interval for each cell that is known") {
    LineChart chart;
    chart.x_title = "share, %";
    chart.y_title = "Welfare, USD";
    chart.positions = {0, 100, 50};  // options are not always in order
    chart.position_labels = {"0", "100", "50"};
    const Estimate known{.mean = 2, .half = 1, .n = 3};
    const Estimate one_seed{.mean = 2, .half = 0, .n = 1};
    chart.panels = {
        {"", "", {{"none", {known, known, known}}, {"some", {known, Estimate{}, one_seed}}}}};
    const std::string svg = chart.draw({}).element("id", "t", "d");
    CHECK(count_of(svg, "class=\"marker s0\"") == 3);
    CHECK(count_of(svg, "class=\"whisker s0\"") == 3);
    CHECK(count_of(svg, "class=\"marker s1\"") == 2);
    CHECK(count_of(svg, "class=\"whisker s1\"") == 1);
    CHECK(has(svg, ">share, %</text>"));
    CHECK(has(svg, ">Welfare, USD</text>"));
    CHECK(has(svg, "class=\"label s0\""));
    CHECK(has(svg, ">some</text>"));
    // The line goes from left to right.
    const std::size_t line = svg.find("class=\"line s0\" d=\"M");
    REQUIRE(line != std::string::npos);
    double x[3]{};
    std::size_t at = line + 20;
    for (double& each : x) {
        each = std::stod(svg.substr(at));
        at = svg.find('L', at) + 1;
    }
    CHECK(x[0] < x[1]);
    CHECK(x[1] < x[2]);
    CHECK(x[1] - x[0] == doctest::Approx(x[2] - x[1]).epsilon(0.001));
}

TEST_CASE("report: rows have their values as text, and a value that is unknown has no point") {
    DotChart chart;
    chart.x_title = "Welfare, USD";
    chart.rows = {
        {.label = "first", .estimate = {.mean = 1, .half = 0.5, .n = 2}, .value = "1 ± 0.5"},
        {.label = "second", .estimate = {}, .value = "–"}};
    for (const bool is_narrow : {false, true}) {
        const Layout layout{.width = is_narrow ? 336.0 : 1000.0, .is_narrow = is_narrow};
        const std::string svg = chart.draw(layout).element("id", "t", "d");
        CHECK(count_of(svg, "class=\"marker s0\"") == 3);  // two in front of labels, one for a mean
        CHECK(count_of(svg, "class=\"whisker s0\"") == 1);
        CHECK(has(svg, ">1 ± 0.5</text>"));
        CHECK(has(svg, ">Welfare, USD</text>"));
    }
}

TEST_CASE("report: a long run is drawn with at most 400 points") {
    TimeChart chart;
    chart.hours = 1000;
    chart.labels = {"only"};
    chart.panels = {{"Rate", {std::vector<double>(1000, 2.5)}}};
    const std::string svg = chart.draw({}).element("id", "t", "d");
    const std::size_t path = svg.find("class=\"line thin");
    REQUIRE(path != std::string::npos);
    CHECK(count_of(svg.substr(path, svg.find("/>", path) - path), "L") == 333);  // 3 hours a point
    CHECK(has(svg, ">days since the start</text>"));
}

TEST_CASE("report: a table has a caption and a scope for each heading") {
    const Table table{.id = "t", .caption = "c", .head = {"a", "b"}, .rows = {{"", {"r", "1"}}}};
    CHECK(table.html() ==
          "<div class=\"scroll\" role=\"region\" aria-labelledby=\"t\" tabindex=\"0\"><table>\n"
          "<caption id=\"t\">c</caption>\n<thead><tr><th scope=\"col\">a</th>"
          "<th scope=\"col\" class=\"number\">b</th></tr></thead>\n<tbody>\n"
          "<tr><th scope=\"row\">r</th><td class=\"number\">1</td></tr>\n</tbody></table></div>\n");
}

}  // namespace report_test
