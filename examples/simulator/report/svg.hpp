// gigaspot-simulate, report: the parts of which charts are drawn. Colours come from the page's
// styles, so that a chart follows the reader's colour scheme.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace simulator::report {

/// Six series have their own colour, marker and dashes; more repeat them.
inline constexpr std::size_t style_count = 6;

/// A linear scale from values to coordinates.
struct Scale {
    double low = 0;
    double high = 1;
    double from = 0;  ///< the coordinate of `low`
    double to = 1;

    [[nodiscard]] double operator()(double value) const {
        return from + (value - low) / (high - low) * (to - from);
    }
};

/// Round numbers that cover a range, and the decimals that tell them apart.
struct Ticks {
    std::vector<double> values{};
    int decimals = 0;
};
/// About `count` ticks from at most `low` to at least `high`. If 0 is close, it is included.
[[nodiscard]] Ticks ticks_for(double low, double high, int count);

/// An SVG of a size in pixels.
class Svg {
public:
    /// `class_name` says in which layout the page shows it.
    Svg(double width, double height, std::string_view class_name);

    void line(double x1, double y1, double x2, double y2, std::string_view class_name);
    void rect(double x, double y, double width, double height, std::string_view class_name);
    /// `anchor` is start, middle or end. The text is escaped.
    void text(double x, double y, std::string_view anchor, std::string_view class_name,
              std::string_view text);
    /// A path through points: x, y, x, y ... Closed if it is an area.
    void path(const std::vector<double>& points, std::string_view class_name, bool is_area = false);
    /// The marker of a series.
    void marker(double x, double y, std::size_t series, double size = 4.5);
    /// A 95 % interval, upright or level.
    void interval_upright(double x, double y1, double y2, std::size_t series);
    void interval_level(double x1, double x2, double y, std::size_t series);

    /// The element. `title` and `description` are escaped; `id` is unique in the page.
    [[nodiscard]] std::string element(std::string_view id, std::string_view title,
                                      std::string_view description) const;

    [[nodiscard]] double width() const { return width_; }
    [[nodiscard]] double height() const { return height_; }

private:
    double width_;
    double height_;
    std::string class_name_;
    std::string body_{};
};

/// The font size of all texts in charts, in pixels.
inline constexpr double font_size = 13;

/// The width that a text takes in a chart, in pixels: a little more than in most fonts.
[[nodiscard]] double text_width(std::string_view text, bool is_bold = false);

/// The text in lines that are at most `width` pixels wide, broken at spaces where possible. If it
/// needs more than `lines`, the last one ends with an ellipsis.
[[nodiscard]] std::vector<std::string> wrap(std::string_view text, double width, std::size_t lines,
                                            bool is_bold = false);

/// The text, shortened to a width.
[[nodiscard]] inline std::string shortened(std::string_view text, double width,
                                           bool is_bold = false) {
    return wrap(text, width, 1, is_bold).front();
}

}  // namespace simulator::report
