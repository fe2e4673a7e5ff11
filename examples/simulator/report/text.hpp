// gigaspot-simulate, report: numbers and texts as the report, JSON and CSV write them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "study/statistics.hpp"

namespace simulator::report {

/// A narrow space that does not break, between groups of digits and before "%".
inline constexpr std::string_view thin = "\u202f";
inline constexpr std::string_view minus = "\u2212";
inline constexpr std::string_view plus_minus = "\u202f±\u202f";

/// The text with `&`, `<`, `>` and quotes escaped, for content and attributes. Characters that XML
/// does not allow become U+FFFD.
[[nodiscard]] std::string escape(std::string_view text);

/// A number with a true minus sign and thin spaces between thousands from 10,000 on; from 10
/// million on with a power of ten. Infinities and values that are not a number give an en dash.
[[nodiscard]] std::string number(double value, int decimals);

/// The same with a plus sign in front of what is above 0.
[[nodiscard]] std::string signed_number(double value, int decimals);

/// The decimals that show this number of significant digits of a value, from 0 to `most`.
[[nodiscard]] int decimals_for(double value, int digits, int most);

/// "± 0.03", or "± <0.01" if the half interval is smaller than what the decimals can show.
[[nodiscard]] std::string half_text(double half, int decimals);

/// Mean and half interval; without an interval only the mean; without values an en dash.
[[nodiscard]] std::string estimate_text(const Estimate& estimate, int decimals);

/// A difference with its sign and its half interval.
[[nodiscard]] std::string difference_text(const Estimate& difference, int decimals);

/// The decimals for a difference: one significant digit of its half interval, at least `decimals`.
[[nodiscard]] int difference_decimals(const Estimate& difference, int decimals, int most);

/// The decimals for a mean: `decimals`, or one more if a small mean has less than two significant
/// digits otherwise and its interval is small enough.
[[nodiscard]] int mean_decimals(const Estimate& mean, int decimals, int most);

/// A value with its unit: "93.1 % of the time". Units that contain a comma are omitted.
[[nodiscard]] std::string with_unit(std::string_view number, std::string_view unit);

/// A number for machines, with a dot and without trailing zeros; "null" if it is not finite.
[[nodiscard]] std::string plain(double value, int decimals = 9);

/// A JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string json_string(std::string_view text);

/// A field of a CSV file, quoted where RFC 4180 wants it.
[[nodiscard]] std::string csv_field(std::string_view text);

/// The characters of a UTF-8 text, each as a text. A malformed byte becomes U+FFFD.
[[nodiscard]] std::vector<std::string> characters(std::string_view text);

/// The text with its first letter in upper case.
[[nodiscard]] std::string capital(std::string_view text);

}  // namespace simulator::report
