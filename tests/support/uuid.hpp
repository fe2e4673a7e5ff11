// Ids of 16 bytes, which are strings in JSON: "6ba7b810-9dad-11d1-80b4-00c04fd430c8".
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <gigaspot/json/id_text.hpp>

namespace uuids {

struct Uuid {
    std::array<std::byte, 16> bytes{};

    friend constexpr auto operator<=>(const Uuid&, const Uuid&) = default;
};

/// The id whose last byte is this one.
constexpr Uuid uuid(unsigned last) {
    Uuid id;
    id.bytes[15] = static_cast<std::byte>(last);
    return id;
}

}  // namespace uuids

template <>
struct std::hash<uuids::Uuid> {
    std::size_t operator()(const uuids::Uuid& id) const {
        std::size_t mixed = 0;
        for (const std::byte byte : id.bytes) mixed = mixed * 257 + std::to_integer<unsigned>(byte);
        return mixed;
    }
};

template <>
struct gigaspot::IdText<uuids::Uuid> {
    static constexpr std::string_view form = "a UUID";
    static constexpr std::string_view digits = "0123456789abcdef";

    static std::optional<uuids::Uuid> read(std::string_view text) {
        if (text.size() != 36) return std::nullopt;
        uuids::Uuid id;
        std::size_t at = 0;
        for (std::size_t i = 0; i < 16; ++i) {
            const bool is_behind_dash = i == 4 || i == 6 || i == 8 || i == 10;
            if (is_behind_dash && text[at++] != '-') return std::nullopt;
            const std::size_t high = digits.find(text[at++]);
            const std::size_t low = digits.find(text[at++]);
            if (high > 15 || low > 15) return std::nullopt;
            id.bytes[i] = static_cast<std::byte>(16 * high + low);
        }
        return id;
    }
    static std::string write(const uuids::Uuid& id) {
        std::string text;
        for (std::size_t i = 0; i < 16; ++i) {
            if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
            const auto byte = std::to_integer<std::size_t>(id.bytes[i]);
            text += digits[byte / 16];
            text += digits[byte % 16];
        }
        return text;
    }
};
