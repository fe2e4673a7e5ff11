#include "answers.hpp"

#include <charconv>
#include <string>

#include <fmt/format.h>

#include "../market/json.hpp"

namespace market_server {

Response error(unsigned status, int code, std::string_view text) {
    return {.status = status,
            .body = fmt::format(R"({{"code":{},"error":{}}})", code, json_text(text))};
}

Response bad_input(std::string_view text) { return error(400, 2, text); }

Response bad_token() { return error(401, 3, "the header auth has no valid token"); }

Response unknown_endpoint() { return error(404, 4, "unknown endpoint or method"); }

Response too_often(std::int64_t seconds) {
    Response response = error(429, 5, fmt::format("too many requests; try again in {} s", seconds));
    response.headers.emplace_back("Retry-After", std::to_string(seconds));
    return response;
}

Response busy() {
    Response response = error(503, 1, "the server is busy; try again");
    response.headers.emplace_back("Retry-After", "1");
    return response;
}

std::optional<std::uint64_t> number_of(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (problem != std::errc{} || end != text.data() + text.size() || text.empty() ||
        number > std::uint64_t{1} << 53)
        return std::nullopt;
    return number;
}

}  // namespace market_server
