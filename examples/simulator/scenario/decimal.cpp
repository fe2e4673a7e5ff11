#include "scenario/decimal.hpp"

#include <array>
#include <cstddef>

namespace simulator {

namespace {

struct DurationUnit {
    std::string_view name;
    std::int64_t ms;
};

/// The longest first. A text is read with the first unit that it ends with, so "ms" is before "s".
constexpr std::array<DurationUnit, 6> duration_units{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"min", 60'000}, {"m", 60'000}, {"ms", 1}, {"s", 1'000}}};

constexpr std::int64_t two_to_53 = std::int64_t{1} << 53;

}  // namespace

DecimalRead read_decimal(std::string_view text, int decimals) {
    using Fault = DecimalRead::Fault;
    const bool is_negative = text.starts_with('-');
    if (is_negative || text.starts_with('+')) text.remove_prefix(1);
    const std::size_t point = text.find('.');
    const std::string_view whole = text.substr(0, point);
    std::string_view fraction =
        point == std::string_view::npos ? std::string_view{} : text.substr(point + 1);
    if (whole.empty() || (point != std::string_view::npos && fraction.empty()))
        return {0, Fault::malformed};
    for (const std::string_view part : {whole, fraction}) {
        if (part.find_first_not_of("0123456789") != std::string_view::npos)
            return {0, Fault::malformed};
    }
    while (fraction.ends_with('0')) fraction.remove_suffix(1);
    if (fraction.size() > static_cast<std::size_t>(decimals)) return {0, Fault::too_many_decimals};
    std::string digits{whole};
    digits += fraction;
    digits.append(static_cast<std::size_t>(decimals) - fraction.size(), '0');
    std::int64_t count = 0;
    for (const char digit : digits) {
        if (__builtin_mul_overflow(count, std::int64_t{10}, &count) ||
            __builtin_add_overflow(count, std::int64_t{digit - '0'}, &count))
            return {0, Fault::too_large};
    }
    return {is_negative ? -count : count, Fault::none};
}

std::string write_decimal_fully(std::int64_t count, int decimals) {
    std::string digits = std::to_string(count);
    const bool is_negative = count < 0;
    if (is_negative) digits.erase(0, 1);
    const auto places = static_cast<std::size_t>(decimals);
    if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
    if (places > 0) digits.insert(digits.size() - places, ".");
    return is_negative ? "-" + digits : digits;
}

std::string write_decimal(std::int64_t count, int decimals) {
    std::string text = write_decimal_fully(count, decimals);
    if (text.find('.') == std::string::npos) return text;
    while (text.ends_with('0')) text.pop_back();
    if (text.ends_with('.')) text.pop_back();
    return text;
}

std::optional<std::int64_t> read_duration(std::string_view text) {
    for (const DurationUnit& unit : duration_units) {
        if (!text.ends_with(unit.name)) continue;
        std::string_view number = text.substr(0, text.size() - unit.name.size());
        while (number.ends_with(' ')) number.remove_suffix(1);
        const DecimalRead read = read_decimal(number, 6);
        if (read.fault != DecimalRead::Fault::none || number.starts_with('-')) return std::nullopt;
        std::int64_t millionths = 0;
        if (__builtin_mul_overflow(read.count, unit.ms, &millionths)) return std::nullopt;
        if (millionths % 1'000'000 != 0 || millionths / 1'000'000 > two_to_53) return std::nullopt;
        return millionths / 1'000'000;
    }
    return std::nullopt;
}

std::string write_duration(std::int64_t ms) {
    if (ms == 0) return "0s";
    for (const DurationUnit& unit : duration_units) {
        if (unit.name != "min" && unit.name != "ms" && ms % unit.ms == 0)
            return std::to_string(ms / unit.ms) + std::string{unit.name};
    }
    return std::to_string(ms) + "ms";
}

}  // namespace simulator
