// Answers that many requests share, and numbers in paths.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "../http/http.hpp"

namespace market_server {

/// An error in the market's form: a number from 1 to 6 and a text.
[[nodiscard]] Response error(unsigned status, int code, std::string_view text);

[[nodiscard]] Response bad_input(std::string_view text);
[[nodiscard]] Response bad_token();
[[nodiscard]] Response unknown_endpoint();
[[nodiscard]] Response too_often(std::int64_t seconds);
[[nodiscard]] Response busy();

/// A whole number from 0 to 2^53; nothing if the text is not one.
[[nodiscard]] std::optional<std::uint64_t> number_of(std::string_view text);

}  // namespace market_server
