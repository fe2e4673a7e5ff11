#include "report/text.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include <fmt/format.h>

namespace simulator::report {

namespace {

constexpr std::string_view dash = "\u2013";
constexpr std::string_view replacement = "\ufffd";

/// Also 0 has no sign here.
double absolute(double value) { return value > 0 ? value : 0 - value; }

bool is_finite(double value) { return absolute(value) <= std::numeric_limits<double>::max(); }

/// The digits of a value without its sign.
std::string digits_of(double value, int decimals) {
    return fmt::format("{:.{}f}", absolute(value), decimals);
}

bool is_zero(std::string_view digits) {
    return digits.find_first_of("123456789") == std::string_view::npos;
}

std::string grouped(const std::string& digits) {
    const std::size_t point = std::min(digits.find('.'), digits.size());
    if (point < 5) return digits;
    std::string out;
    for (std::size_t i = 0; i < point; ++i) {
        if (i > 0 && (point - i) % 3 == 0) out += thin;
        out += digits[i];
    }
    return out + digits.substr(point);
}

/// A large number as "3.41 × 10⁹".
std::string with_power(double value) {
    constexpr std::array<std::string_view, 10> raised{"⁰", "¹", "²", "³", "⁴",
                                                      "⁵", "⁶", "⁷", "⁸", "⁹"};
    double mantissa = absolute(value);
    int power = 0;
    for (; mantissa >= 9.995; ++power) mantissa /= 10;
    std::string out = fmt::format("{:.2f}", mantissa);
    out.erase(out.find_last_not_of('0') + 1);
    if (out.back() == '.') out.pop_back();
    out += "\u202f×\u202f10";
    for (const char digit : fmt::format("{}", power))
        out += raised[static_cast<std::size_t>(digit - '0')];
    return out;
}

bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

/// The length of the UTF-8 sequence at the start of a text; 0 if it is malformed.
std::size_t sequence(std::string_view text) {
    const auto first = static_cast<unsigned char>(text[0]);
    if (first < 0x80) return 1;
    const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || text.size() < size) return 0;
    const auto second = static_cast<unsigned char>(text[1]);
    const bool is_off = (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ||
                        (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F);
    if (is_off) return 0;
    return std::all_of(text.begin() + 1, text.begin() + static_cast<std::ptrdiff_t>(size),
                       is_continuation)
               ? size
               : 0;
}

/// Calls `one` with each character, and with the replacement character for each malformed byte.
template <typename One>
void each_character(std::string_view text, One each) {
    while (!text.empty()) {
        const std::size_t size = sequence(text);
        each(size == 0 ? replacement : text.substr(0, size));
        text.remove_prefix(std::max<std::size_t>(size, 1));
    }
}

}  // namespace

std::string escape(std::string_view text) {
    std::string out;
    each_character(text, [&](std::string_view character) {
        const char first = character[0];
        if (first == '&') {
            out += "&amp;";
        } else if (first == '<') {
            out += "&lt;";
        } else if (first == '>') {
            out += "&gt;";
        } else if (first == '"') {
            out += "&quot;";
        } else if (first == '\'') {
            out += "&#39;";
        } else if (static_cast<unsigned char>(first) < 0x20 && first != '\n' && first != '\t') {
            if (first != '\r') out += replacement;
        } else {
            out += character;
        }
    });
    return out;
}

std::string number(double value, int decimals) {
    if (!is_finite(value)) return std::string(dash);
    if (absolute(value) >= 1e7) return (value < 0 ? std::string(minus) : "") + with_power(value);
    const std::string digits = digits_of(value, decimals);
    return (value < 0 && !is_zero(digits) ? std::string(minus) : "") + grouped(digits);
}

std::string signed_number(double value, int decimals) {
    const std::string text = number(value, decimals);
    return value > 0 && is_finite(value) && !is_zero(digits_of(value, decimals)) ? "+" + text
                                                                                 : text;
}

int decimals_for(double value, int digits, int most) {
    double size = absolute(value);
    if (!(size > 0) || !is_finite(size)) return 0;
    int decimals = digits - 1;
    while (size >= 10 && decimals > 0) {
        size /= 10;
        --decimals;
    }
    while (size < 1 && decimals < most) {
        size *= 10;
        ++decimals;
    }
    return std::clamp(decimals, 0, most);
}

std::string half_text(double half, int decimals) {
    const std::string digits = digits_of(half, decimals);
    if (half > 0 && is_zero(digits)) {
        std::string smallest = digits;
        smallest.back() = '1';
        return fmt::format("±{}<{}", thin, smallest);
    }
    return fmt::format("±{}{}", thin, number(half, decimals));
}

std::string estimate_text(const Estimate& estimate, int decimals) {
    if (estimate.n == 0) return std::string(dash);
    std::string out = number(estimate.mean, decimals);
    if (estimate.n > 1) out += std::string(thin) + half_text(estimate.half, decimals);
    return out;
}

std::string difference_text(const Estimate& difference, int decimals) {
    if (difference.n == 0) return std::string(dash);
    std::string out = signed_number(difference.mean, decimals);
    if (difference.n > 1) out += std::string(thin) + half_text(difference.half, decimals);
    return out;
}

int difference_decimals(const Estimate& difference, int decimals, int most) {
    const double shown = difference.half > 0 ? difference.half : difference.mean;
    return std::min(std::max(decimals, decimals_for(shown, 1, most)), most);
}

int mean_decimals(const Estimate& mean, int decimals, int most) {
    int wanted = decimals_for(mean.mean, 2, most);
    if (mean.half > 0) wanted = std::min(wanted, decimals_for(mean.half, 1, most));
    return std::max(decimals, std::min(wanted, decimals + 1));
}

std::string with_unit(std::string_view number, std::string_view unit) {
    if (unit.find(',') != std::string_view::npos || unit.empty()) return std::string(number);
    return fmt::format("{}{}{}", number, unit[0] == '%' ? thin : " ", unit);
}

std::string plain(double value, int decimals) {
    if (!is_finite(value)) return "null";
    std::string text = digits_of(value, decimals);
    if (text.find('.') != std::string::npos) {
        text.erase(text.find_last_not_of('0') + 1);
        if (text.back() == '.') text.pop_back();
    }
    return value < 0 && !is_zero(text) ? "-" + text : text;
}

std::string json_string(std::string_view text) {
    std::string out = "\"";
    each_character(text, [&](std::string_view character) {
        const char first = character[0];
        if (first == '"' || first == '\\') {
            out += '\\';
            out += first;
        } else if (first == '\n') {
            out += "\\n";
        } else if (static_cast<unsigned char>(first) < 0x20) {
            out += fmt::format("\\u{:04x}", static_cast<unsigned char>(first));
        } else {
            out += character;
        }
    });
    return out + '"';
}

std::string csv_field(std::string_view text) {
    if (text.find_first_of("\",\r\n") == std::string_view::npos) return std::string(text);
    std::string out = "\"";
    for (const char byte : text) {
        if (byte == '"') out += '"';
        out += byte;
    }
    return out + '"';
}

std::vector<std::string> characters(std::string_view text) {
    std::vector<std::string> out;
    each_character(text, [&](std::string_view character) { out.emplace_back(character); });
    return out;
}

std::string capital(std::string_view text) {
    std::string out(text);
    if (!out.empty() && out[0] >= 'a' && out[0] <= 'z') {
        out[0] = static_cast<char>(out[0] - 'a' + 'A');
    }
    return out;
}

}  // namespace simulator::report
