// gigaspot: a small buffer in front of a string, for lines of JSON. Layer: json/text.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/decimal.hpp>
#include <gigaspot/json/id_text.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// Text on its way into a string. Small pieces are collected here first, since a string checks its
/// room and moves its end with each piece.
class TextBuffer {
public:
    explicit TextBuffer(std::string& out) : out_{out} {}
    TextBuffer(const TextBuffer&) = delete;
    TextBuffer& operator=(const TextBuffer&) = delete;

    [[gnu::always_inline]] void put(std::string_view text) {
        if (text.size() > sizeof bytes_ - size_) {
            flush();
            if (text.size() > sizeof bytes_) {
                out_ += text;
                return;
            }
        }
        if (text.empty()) return;  // its data may be null, which memcpy does not take
        std::memcpy(bytes_ + size_, text.data(), text.size());
        size_ += text.size();
    }
    /// Writes two digits at a time: with `std::to_chars`, a number of four digits takes 50
    /// instructions more.
    void put(std::uint64_t number) {
        constexpr std::size_t digits_max = 20;
        if (digits_max > sizeof bytes_ - size_) flush();
        size_ += count_digits(number);
        char* at = bytes_ + size_;
        for (; number >= 100; number /= 100) std::memcpy(at -= 2, two_digits(number % 100), 2);
        if (number >= 10) {
            std::memcpy(at - 2, two_digits(number), 2);
        } else {
            at[-1] = static_cast<char>('0' + number);
        }
    }
    void put(std::int64_t number) {
        if (number >= 0) return put(static_cast<std::uint64_t>(number));
        put("-");
        put(std::uint64_t{0} - static_cast<std::uint64_t>(number));
    }

    /// A text in quotes, with the escapes of JSON.
    void put_json(std::string_view text) {
        put("\"");
        constexpr std::string_view digits = "0123456789abcdef";
        std::size_t begin = 0;  // of the bytes that need no escape
        for (std::size_t at = 0; at < text.size(); ++at) {
            const auto byte = static_cast<unsigned char>(text[at]);
            if (byte >= 0x20 && byte != '"' && byte != '\\') continue;
            put(text.substr(begin, at - begin));
            begin = at + 1;
            if (byte < 0x20) {
                const char escape[] = {'\\', 'u', '0', '0', digits[byte >> 4], digits[byte & 15]};
                put({escape, sizeof escape});
            } else {
                const char escape[] = {'\\', text[at]};
                put({escape, sizeof escape});
            }
        }
        put(text.substr(begin));
        put("\"");
    }
    /// Hands everything over to the string.
    void flush() {
        out_.append(bytes_, size_);
        size_ = 0;
    }

private:
    static std::size_t count_digits(std::uint64_t number) {
        // A bit is 0.30103 of a digit.
        const auto about = static_cast<std::size_t>(std::bit_width(number | 1)) * 1233 >> 12;
        return about + ((number | 1) >= powers_of_ten[about] ? 1 : 0);
    }
    static const char* two_digits(std::uint64_t number) {
        static constexpr std::array<char, 200> all = [] {
            std::array<char, 200> digits{};
            for (std::size_t i = 0; i < digits.size(); ++i)
                digits[i] = static_cast<char>('0' + (i % 2 == 0 ? i / 20 : i / 2 % 10));
            return digits;
        }();
        return all.data() + 2 * number;
    }

    std::string& out_;
    std::size_t size_ = 0;
    char bytes_[512];
};

/// Writes an id as a number or, if it has an `IdText`, as a string.
template <class AnyId>
void put_id(TextBuffer& out, const AnyId& id) {
    static_assert(JsonId<AnyId>, "an id in JSON must be an Id, an integer, or a type with an "
                                 "IdText that has form, read and write");
    if constexpr (TextId<AnyId>) {
        const auto& text = IdText<AnyId>::write(id);
        out.put_json(text);
    } else if constexpr (std::is_integral_v<AnyId>) {
        out.put(static_cast<std::uint64_t>(id));
    } else if constexpr (NumberId<AnyId>) {
        out.put(std::uint64_t{id.value});
    }
}

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
