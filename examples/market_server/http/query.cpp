#include "query.hpp"

#include "http.hpp"

#include <charconv>
#include <cstddef>

namespace market_server {
namespace http {
namespace {

/// The character of an escape such as "%2F" at the start of `text`; no value if it is not one.
std::optional<char> escaped(std::string_view text) {
    constexpr std::size_t size = 3;
    if (text.size() < size || text[0] != '%') return std::nullopt;
    unsigned value = 0;
    const char* const end = text.data() + size;
    const auto [stop, error] = std::from_chars(text.data() + 1, end, value, 16);
    if (error != std::errc{} || stop != end) return std::nullopt;
    return static_cast<char>(value);
}

bool is_control(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
}

/// Decodes a key or a value of a query, where '+' is a space. A bad escape is copied as it is.
std::string decode_query(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (const std::optional<char> c = escaped(text.substr(i))) {
            out += *c;
            i += 2;
        } else {
            out += text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

}  // namespace

std::optional<std::string> decode_path(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::optional<char> c = text[i];
        if (text[i] == '%') {
            c = escaped(text.substr(i));
            i += 2;
        }
        if (!c || is_control(*c)) return std::nullopt;
        out += *c;
    }
    return out;
}

}  // namespace http

std::string query_value(std::string_view query, std::string_view key) {
    while (!query.empty()) {
        const std::size_t end = query.find('&');
        const std::string_view pair = query.substr(0, end);
        query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
        const std::size_t equals = pair.find('=');
        if (http::decode_query(pair.substr(0, equals)) != key) continue;
        if (equals == std::string_view::npos) return {};
        return http::decode_query(pair.substr(equals + 1));
    }
    return {};
}

}  // namespace market_server
