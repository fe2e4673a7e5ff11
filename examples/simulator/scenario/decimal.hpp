// gigaspot-simulate: decimal numbers and durations as texts, exactly.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace simulator {

/// A decimal text as a count of 10^-decimals, or the reason why it cannot be read.
struct DecimalRead {
    enum class Fault : std::uint8_t { none, malformed, too_many_decimals, too_large };
    std::int64_t count = 0;
    Fault fault = Fault::none;
};

/// Reads digits with an optional sign and point, such as "-0.05". Zeros at the end do not count as
/// decimals. No exponent.
[[nodiscard]] DecimalRead read_decimal(std::string_view text, int decimals);

/// The shortest text, such as "0.05" or "3".
[[nodiscard]] std::string write_decimal(std::int64_t count, int decimals);

/// With all decimals, such as "3.080000", for columns of numbers.
[[nodiscard]] std::string write_decimal_fully(std::int64_t count, int decimals);

/// Milliseconds of a text such as "500ms", "90s", "1.5h", "1m" or "14d". Nothing if it is
/// malformed, below 0, above 2^53 or not a whole number of milliseconds.
[[nodiscard]] std::optional<std::int64_t> read_duration(std::string_view text);

/// In the largest unit that gives a whole number, such as "90s". Reading it gives the same again.
[[nodiscard]] std::string write_duration(std::int64_t ms);

}  // namespace simulator
