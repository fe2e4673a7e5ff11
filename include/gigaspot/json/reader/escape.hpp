// gigaspot: the escapes in strings of JSON. Layer: json/reader.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/decimal.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// The value of a hexadecimal digit; 16 if the character is not one.
constexpr std::uint32_t hex_value(char c) {
    if (is_digit(c)) return static_cast<std::uint32_t>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<std::uint32_t>(c - 'a' + 10);
    if (c >= 'A' && c <= 'F') return static_cast<std::uint32_t>(c - 'A' + 10);
    return 16;
}

/// Bytes of the escape at the front of a text that starts with a backslash; 0 if JSON has no such
/// escape.
inline std::size_t escape_length(std::string_view text) {
    if (text.size() < 2) return 0;
    if (std::string_view{"\"\\/bfnrt"}.find(text[1]) != std::string_view::npos) return 2;
    if (text[1] != 'u' || text.size() < 6) return 0;
    for (const char c : text.substr(2, 4)) {
        if (hex_value(c) == 16) return 0;
    }
    return 6;
}

/// Whether JSON has all escapes of a string.
inline bool has_only_known_escapes(std::string_view raw) {
    for (std::size_t at = raw.find('\\'); at != std::string_view::npos;) {
        const std::size_t length = escape_length(raw.substr(at));
        if (length == 0) return false;
        at = raw.find('\\', at + length);
    }
    return true;
}

inline void append_utf8(std::string& out, std::uint32_t character) {
    const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
    const auto put_tail = [&](int shift) { put(0x80 | (character >> shift & 0x3f)); };
    if (character < 0x80) return put(character);
    if (character < 0x800) {
        put(0xc0 | character >> 6);
    } else {
        if (character < 0x1'0000) {
            put(0xe0 | character >> 12);
        } else {
            put(0xf0 | character >> 18);
            put_tail(12);
        }
        put_tail(6);
    }
    put_tail(0);
}

/// A string with known escapes as the text that it means; nothing if an escape is half a surrogate
/// pair.
inline std::optional<std::string> without_escapes(std::string_view raw) {
    const auto code_unit = [&](std::size_t at) {  // no code unit unless \u announces one
        if (!raw.substr(at).starts_with("\\u")) return std::uint32_t{0xffff'ffff};
        std::uint32_t unit = 0;
        for (const char c : raw.substr(at + 2, 4)) unit = unit * 16 + hex_value(c);
        return unit;
    };
    std::string text;
    text.reserve(raw.size());
    for (std::size_t at = 0; at < raw.size();) {
        if (raw[at] != '\\') {
            const std::size_t end = raw.find('\\', at);
            text += raw.substr(at, end - at);
            at = end < raw.size() ? end : raw.size();
        } else if (raw[at + 1] != 'u') {
            constexpr std::string_view from = "\"\\/bfnrt";
            constexpr std::string_view to = "\"\\/\b\f\n\r\t";
            text += to[from.find(raw[at + 1])];
            at += 2;
        } else {
            std::uint32_t character = code_unit(at);
            at += 6;
            if (character >= 0xdc00 && character <= 0xdfff) return std::nullopt;
            if (character >= 0xd800 && character <= 0xdbff) {
                const std::uint32_t second = code_unit(at);
                if (second < 0xdc00 || second > 0xdfff) return std::nullopt;
                character = 0x1'0000 + ((character - 0xd800) << 10) + (second - 0xdc00);
                at += 6;
            }
            append_utf8(text, character);
        }
    }
    return text;
}

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
