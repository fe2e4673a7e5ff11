// gigaspot: pieces of the sentences that say what is wrong with a text. Layer: json/text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <gigaspot/base/config.hpp>
#include <gigaspot/values/overclock.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// Puts pieces of text together. A chain of `+` is a false alarm of g++ 12 (PR 105651).
template <class... Pieces>
std::string text_of(const Pieces&... pieces) {
    std::string text;
    (text.append(pieces), ...);
    return text;
}

/// A piece of a text as a message shows it: at most `bytes_max` bytes, and no control character.
inline std::string shown(std::string_view text, std::size_t bytes_max = 40) {
    std::size_t size = text.size();
    if (size > bytes_max) {
        size = bytes_max;
        while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0u) == 0x80u) --size;
    }
    std::string out;
    for (std::size_t i = 0; i < size; ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        // U+0080 to U+009F, two bytes of UTF-8, are control characters too.
        const bool is_second_set =
            byte == 0xC2 && i + 1 < size && static_cast<unsigned char>(text[i + 1]) < 0xA0;
        if (is_second_set) ++i;
        out += is_second_set || byte < 0x20 || byte == 0x7F ? '?' : static_cast<char>(byte);
    }
    if (size < text.size()) out += "...";
    return out;
}

/// A text in quotes, as a message shows it.
inline std::string quoted(std::string_view text, std::size_t bytes_max = 40) {
    return text_of("\"", shown(text, bytes_max), "\"");
}

/// Adds a name to a list: "pl, core_lock".
inline void add_to_list(std::string& list, std::string_view name) {
    if (!list.empty()) list += ", ";
    list += name;
}

/// "minimum 90 is above maximum 75"
template <class Q>
std::string describe_inverted(const Range<Q>& range) {
    return text_of("minimum ", range.min.text().view(), " is above maximum ",
                   range.max.text().view());
}

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
