// gigaspot: the tokens of a JSON text that simdjson has marked, and keys. Layer: json/reader.
#pragma once

#include <cstddef>
#include <cstdint>
#include <forward_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/decimal.hpp>
#include <gigaspot/json/reader/escape.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

enum class JsonKind : unsigned char { object, array, string, number, boolean, null };

/// The kind of a value by its first character, if the text is JSON.
[[gnu::always_inline]] inline JsonKind kind_of(char first) {
    switch (first) {
    case '{': return JsonKind::object;
    case '[': return JsonKind::array;
    case '"': return JsonKind::string;
    case 't':
    case 'f': return JsonKind::boolean;
    case 'n': return JsonKind::null;
    default: return JsonKind::number;
    }
}

/// A place in a text whose tokens simdjson has marked: brackets, commas, colons, and the starts of
/// strings, numbers and words. simdjson has checked that the text is UTF-8, and that strings end
/// and hold no control character. It has not checked what lies between the marks, so each token is
/// checked when it is read or skipped.
class JsonCursor {
public:
    JsonCursor(const char* text, const std::uint32_t* marks, std::forward_list<std::string>& texts)
        : text_{text}, next_{marks}, texts_{texts} {}

    /// The next token; after the last one it is the end of the text.
    [[nodiscard]] const char* token() const { return text_ + *next_; }
    [[nodiscard]] bool is_at(const std::uint32_t* mark) const { return next_ == mark; }
    [[nodiscard]] std::size_t offset(const char* token) const {
        return static_cast<std::size_t>(token - text_);
    }

    void pass() { ++next_; }

    [[nodiscard]] const std::uint32_t* place() const { return next_; }
    void go_to(const std::uint32_t* place) { next_ = place; }

    /// Passes a token of one character, if it is this one.
    [[nodiscard]] bool pass(char expected) {
        if (*token() != expected) return false;
        pass();
        return true;
    }

    /// The token that was passed last, which begins at `begin`, without the space after it.
    [[nodiscard]] [[gnu::always_inline]] std::string_view passed(const char* begin) const {
        return without_space(begin, token());
    }
    [[nodiscard]] [[gnu::always_inline]] static std::string_view without_space(const char* begin,
                                                                               const char* end) {
        while (end > begin && is_space(end[-1])) --end;
        return {begin, static_cast<std::size_t>(end - begin)};
    }

    /// The inside of the string that was passed last. Calls `fail` if the token is not a string.
    [[nodiscard]] [[gnu::always_inline]] std::string_view passed_string(const char* begin) {
        return inside_of(passed(begin));
    }
    /// The key that lies between these places, without escapes, as `without_escapes` gives it.
    [[nodiscard]] std::optional<std::string_view> key(const char* begin, const char* colon) {
        return without_escapes(inside_of(without_space(begin, colon)));
    }

    /// A string from its inside; nothing if an escape is half a surrogate pair. Calls `fail` if
    /// JSON has no such escape.
    [[nodiscard]] [[gnu::always_inline]] std::optional<std::string_view> without_escapes(
        std::string_view inside) {
        if (inside.find('\\') == std::string_view::npos) return inside;
        return read_escapes(inside);
    }

    /// Marks the text as not JSON: nothing that was read counts, and no more is read.
    void fail() { is_broken_ = true; }
    [[nodiscard]] bool is_broken() const { return is_broken_; }

private:
    [[nodiscard]] std::string_view inside_of(std::string_view token) {
        if (token.size() >= 2 && token.front() == '"' && token.back() == '"')
            return token.substr(1, token.size() - 2);
        fail();
        return {};
    }

    static bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

    [[gnu::cold]] std::optional<std::string_view> read_escapes(std::string_view inside) {
        if (!has_only_known_escapes(inside)) {
            fail();
            return std::nullopt;
        }
        std::optional<std::string> text = detail::without_escapes(inside);
        if (!text) return std::nullopt;
        return texts_.emplace_front(*std::move(text));
    }

    const char* text_;
    const std::uint32_t* next_;
    std::forward_list<std::string>& texts_;
    bool is_broken_ = false;
};

/// A name without backslashes, laid out for a quick comparison with a string of JSON.
struct JsonName {
    template <std::size_t Size>
    constexpr JsonName(const char (&name)[Size]) : JsonName{std::string_view{name, Size - 1}} {}
    constexpr JsonName(std::string_view name) : text{name} {
        const std::size_t size = name.size() + 1;
        const auto byte = [&](std::size_t i) {
            return std::uint64_t{static_cast<unsigned char>(i < name.size() ? name[i] : '"')};
        };
        for (std::size_t i = 0; i < size && i < 8; ++i) {
            head |= byte(i) << (8 * i);
            mask |= std::uint64_t{0xff} << (8 * i);
            if (size > 8) tail |= byte(size - 8 + i) << (8 * i);
        }
    }

    /// Whether the inside of a string is this name. It begins here. The quote behind it counts, so
    /// that its size needs no comparison.
    [[nodiscard]] [[gnu::always_inline]] bool is_at(const char* inside) const {
        const std::size_t size = text.size() + 1;
        return ((eight_bytes(inside) ^ head) & mask) == 0 &&
               (size <= 8 || eight_bytes(inside + size - 8) == tail) &&
               (size <= 16 || std::string_view{inside, text.size()} == text);
    }

    std::string_view text;
    std::uint64_t head = 0;  ///< its first eight bytes, of which the quote behind it is one
    std::uint64_t mask = 0;  ///< the bits of these that count
    std::uint64_t tail = 0;  ///< its last eight bytes, if it has more than eight
};

/// The key of a field: a token that begins with a quote, and the colon behind it. It holds no text,
/// so that the compiler keeps it in registers.
class JsonKey {
public:
    JsonKey(JsonCursor& cursor, const char* begin, const char* colon)
        : cursor_{&cursor}, begin_{begin}, colon_{colon} {}

    /// Whether it is this name, written without escapes. Nearly every key is one that its reader
    /// expects, and then nobody has to look for its end or for escapes.
    [[nodiscard]] [[gnu::always_inline]] bool is_plainly(const JsonName& name) {
        if (!name.is_at(begin_ + 1)) return false;
        return is_checked_ = true;
    }
    /// Whether it is this name.
    [[nodiscard]] bool is(const JsonName& name) { return is_plainly(name) || text() == name.text; }

    /// The key without escapes, valid as long as the text; nothing if an escape is half a surrogate
    /// pair.
    [[nodiscard]] [[gnu::always_inline]] std::optional<std::string_view> text() {
        is_checked_ = true;
        return cursor_->key(begin_, colon_);
    }
    /// Checks its end and its escapes, unless that is done.
    [[gnu::always_inline]] void finish() {
        if (!is_checked_) static_cast<void>(text());
    }

private:
    JsonCursor* cursor_;
    const char* begin_;
    const char* colon_;
    bool is_checked_ = false;
};

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
