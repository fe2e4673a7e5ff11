#include "report/svg.hpp"

#include <fmt/format.h>

#include "report/text.hpp"

namespace simulator::report {

namespace {

/// A coordinate.
std::string at(double value) { return plain(value, 1); }

/// The width of a character, in font sizes, as in DejaVu Sans, which is wider than most fonts.
double character_width(std::string_view character) {
    if (character.size() > 1) return character == thin ? 0.25 : 0.84;
    const char byte = character[0];
    if (std::string_view(" .,:;'|!iljIftr()[]/-").find(byte) != std::string_view::npos) return 0.4;
    if (std::string_view("mwMW@%&+<>=").find(byte) != std::string_view::npos) return 0.95;
    return byte >= 'A' && byte <= 'Z' ? 0.72 : 0.64;
}

}  // namespace

Ticks ticks_for(double low, double high, int count) {
    if (low > 0 && low < (high - low) * 1.5) low = 0;
    if (high < 0 && -high < (high - low) * 1.5) high = 0;
    if (!(high > low)) {
        const double size = low < 0 ? -low : low;
        const double room = size > 0 ? size / 10 : 1;
        low -= room;
        high += room;
    }
    double power = 1;
    int decimals = 0;
    const double rough = (high - low) / count;
    while (power * 10 <= rough) power *= 10;
    while (power > rough && decimals < 9) {
        ++decimals;
        power = 1;
        for (int i = 0; i < decimals; ++i) power /= 10;
    }
    double step = power;
    for (const double factor : {1.0, 2.0, 5.0, 10.0}) {
        step = power * factor;
        if (step >= rough) break;
    }
    if (step >= power * 9.5 && decimals > 0) --decimals;
    const double first = low / step;
    // Beyond 2^53 a number has no fraction, so rounding would only overflow.
    const bool is_small = first > -9e15 && first < 9e15;
    double index = is_small ? static_cast<double>(static_cast<long long>(first)) : first;
    while (index * step > low + step * 1e-9) index -= 1;
    Ticks out{.values = {}, .decimals = decimals};
    for (int i = 0; i < 40; ++i) {
        out.values.push_back((index + i) * step);
        if (i > 0 && out.values.back() >= high - step * 1e-9) break;
    }
    return out;
}

Svg::Svg(double width, double height, std::string_view class_name)
    : width_(width), height_(height), class_name_(class_name) {}

void Svg::line(double x1, double y1, double x2, double y2, std::string_view class_name) {
    body_ += fmt::format(R"(<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>)", class_name,
                         at(x1), at(y1), at(x2), at(y2));
}

void Svg::rect(double x, double y, double width, double height, std::string_view class_name) {
    body_ += fmt::format(R"(<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>)", class_name,
                         at(x), at(y), at(width), at(height));
}

void Svg::text(double x, double y, std::string_view anchor, std::string_view class_name,
               std::string_view text) {
    const std::string side = anchor == "start" ? "" : fmt::format(R"( text-anchor="{}")", anchor);
    body_ += fmt::format(R"(<text class="{}" x="{}" y="{}"{}>{}</text>)", class_name, at(x), at(y),
                         side, escape(text));
}

void Svg::path(const std::vector<double>& points, std::string_view class_name, bool is_area) {
    if (points.size() < 4) return;
    std::string data;
    for (std::size_t i = 0; i + 1 < points.size(); i += 2)
        data += fmt::format("{}{} {}", i == 0 ? "M" : "L", at(points[i]), at(points[i + 1]));
    body_ += fmt::format(R"(<path class="{}" d="{}{}"/>)", class_name, data, is_area ? "Z" : "");
}

void Svg::marker(double x, double y, std::size_t series, double size) {
    const std::size_t style = series % style_count;
    const double s = size;
    std::string shape;
    const auto polygon = [&](const std::vector<double>& corners) {
        std::string points;
        for (std::size_t i = 0; i < corners.size(); i += 2)
            points += fmt::format("{}{},{}", i > 0 ? " " : "", at(x + corners[i]),
                                  at(y + corners[i + 1]));
        return fmt::format(R"(<polygon class="marker s{}" points="{}"/>)", style, points);
    };
    switch (style) {
    case 0:
        shape = fmt::format(R"(<circle class="marker s0" cx="{}" cy="{}" r="{}"/>)", at(x), at(y),
                            at(s));
        break;
    case 1: shape = polygon({-s, -s, s, -s, s, s, -s, s}); break;
    case 2: shape = polygon({0, -s * 1.3, s * 1.2, s, -s * 1.2, s}); break;
    case 3: shape = polygon({0, -s * 1.4, s * 1.4, 0, 0, s * 1.4, -s * 1.4, 0}); break;
    case 4: shape = polygon({0, s * 1.3, s * 1.2, -s, -s * 1.2, -s}); break;
    default: {
        const double a = s * 0.45;
        const double b = s * 1.3;
        shape = polygon(
            {-a, -b, a, -b, a, -a, b, -a, b, a, a, a, a, b, -a, b, -a, a, -b, a, -b, -a, -a, -a});
    }
    }
    body_ += shape;
}

void Svg::interval_upright(double x, double y1, double y2, std::size_t series) {
    const std::string name = fmt::format("whisker s{}", series % style_count);
    path({x - 4, y1, x + 4, y1, x, y1, x, y2, x - 4, y2, x + 4, y2}, name);
}

void Svg::interval_level(double x1, double x2, double y, std::size_t series) {
    const std::string name = fmt::format("whisker s{}", series % style_count);
    path({x1, y - 4, x1, y + 4, x1, y, x2, y, x2, y - 4, x2, y + 4}, name);
}

std::string Svg::element(std::string_view id, std::string_view title,
                         std::string_view description) const {
    return fmt::format(
        R"(<svg class="{0}" viewBox="0 0 {1} {2}" width="{1}" height="{2}" role="img" )"
        R"(aria-labelledby="{3}-title {3}-desc"><title id="{3}-title">{4}</title>)"
        R"(<desc id="{3}-desc">{5}</desc>{6}</svg>)"
        "\n",
        class_name_, at(width_), at(height_), id, escape(title), escape(description), body_);
}

double text_width(std::string_view text, bool is_bold) {
    double width = 0;
    for (const std::string& character : characters(text)) width += character_width(character);
    return width * font_size * (is_bold ? 1.1 : 1);
}

std::vector<std::string> wrap(std::string_view text, double width, std::size_t lines,
                              bool is_bold) {
    const std::vector<std::string> all = characters(text);
    const double room = width / font_size / (is_bold ? 1.1 : 1);
    std::vector<std::string> out;
    std::size_t at = 0;
    while (at < all.size() && out.size() < lines) {
        std::size_t end = at;
        std::size_t space = at;  // the last space that fits
        double used = 0;
        for (; end < all.size(); ++end) {
            used += character_width(all[end]);
            if (used > room && end > at) break;
            if (all[end] == " ") space = end;
        }
        if (end < all.size() && all[end] == " ") space = end;
        const bool is_cut = end < all.size() && out.size() + 1 == lines;
        if (is_cut && end > at + 1) --end;
        const bool at_space = end < all.size() && !is_cut && space > at;
        if (at_space) end = space;
        std::string line;
        for (std::size_t i = at; i < end; ++i) line += all[i];
        out.push_back(line + (is_cut ? "…" : ""));
        at = end + (at_space ? 1 : 0);
    }
    if (out.empty()) out.emplace_back();
    return out;
}

}  // namespace simulator::report
