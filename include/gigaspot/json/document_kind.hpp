// gigaspot: what a text is, judged by its first signs: a compressed file, a document of the market,
// or commands. Layer: json. Rules of the market, section 12.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/decimal.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// Which kind of text it is. Those up to `saved_market` are not JSON, and no reader of documents
/// takes them.
enum class DocumentKind : std::uint8_t {
    unknown,       ///< none of the kinds below
    empty,         ///< only white space
    gzip,          ///< data compressed by gzip
    zstd,          ///< data compressed by zstd
    utf16,         ///< text in UTF-16
    utf32,         ///< text in UTF-32
    saved_market,  ///< what `Replay::save` returns
    snapshot,      ///< a snapshot of the market: an object of machines
    orders,        ///< an array of orders
    commands,      ///< one or more lines of commands
    answer,        ///< an answer of the market: an error, or one that names or wraps a snapshot
};

namespace detail {

inline constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// A text without the mark that some programs put in front of UTF-8.
constexpr std::string_view without_utf8_mark(std::string_view text) {
    const bool may_begin = !text.empty() && text[0] == byte_order_mark[0];  // 35 instructions less
    if (may_begin && text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    return text;
}

/// The kind of a text that is not JSON, by its first bytes; else `unknown`.
constexpr DocumentKind guess_by_bytes(std::string_view text) {
    using enum DocumentKind;
    const auto begins_with = [&](auto... bytes) {
        const char wanted[] = {static_cast<char>(bytes)...};
        return text.starts_with(std::string_view{wanted, sizeof...(bytes)});
    };
    if (begins_with(0x1F, 0x8B)) return gzip;
    if (begins_with(0x28, 0xB5, 0x2F, 0xFD)) return zstd;
    if (text.starts_with("gpsnames")) return saved_market;
    if (begins_with(0xFF, 0xFE, 0, 0) || begins_with(0, 0, 0xFE, 0xFF)) return utf32;
    if (begins_with(0xFF, 0xFE) || begins_with(0xFE, 0xFF)) return utf16;
    // JSON begins with two characters of ASCII, whose other bytes are 0.
    if (text.size() >= 4) {
        unsigned zeros = 0;  // a bit per byte, the first is the highest
        for (std::size_t i = 0; i < 4; ++i) zeros = zeros * 2 + (text[i] == '\0' ? 1 : 0);
        if (zeros == 0b0111 || zeros == 0b1110) return utf32;
        if (zeros == 0b0101 || zeros == 0b1010) return utf16;
    }
    const bool is_empty =
        without_utf8_mark(text).find_first_not_of(" \t\r\n") == std::string_view::npos;
    return is_empty ? empty : unknown;
}

/// Walks over the outermost level of a text that looks like JSON. The text may be cut off anywhere,
/// and may be wrong: then the walk ends.
class TopLevel {
public:
    constexpr explicit TopLevel(std::string_view text) : rest_{without_utf8_mark(text)} {}

    /// Calls `visit(item)` for each item of an array until it returns false.
    template <class Visit>
    constexpr void items(Visit visit) {
        if (!take('[')) return;
        do {
            const std::string_view item = take_value();
            if (item.empty() || !visit(item)) return;
        } while (take(','));
    }

    /// Calls `visit(key, value)` for each field of an object until it returns false. Strings keep
    /// their escapes; a value that is a string keeps its quotes.
    template <class Visit>
    constexpr void fields(Visit visit) {
        if (!take('{')) return;
        do {
            std::string_view key = take_value();
            if (!key.starts_with('"') || !take(':')) return;
            const std::string_view value = take_value();
            if (value.empty() || !visit(inside(key), value)) return;
        } while (take(','));
    }

    /// A string without its quotes.
    static constexpr std::string_view inside(std::string_view string) {
        string.remove_prefix(1);
        if (string.ends_with('"')) string.remove_suffix(1);
        return string;
    }

private:
    constexpr void skip_space() {
        const std::size_t size = rest_.find_first_not_of(" \t\r\n");
        rest_.remove_prefix(size == std::string_view::npos ? rest_.size() : size);
    }
    constexpr bool take(char wanted) {
        skip_space();
        if (!rest_.starts_with(wanted)) return false;
        rest_.remove_prefix(1);
        return true;
    }

    /// The next value, or the rest of the text if it ends inside the value.
    constexpr std::string_view take_value() {
        skip_space();
        std::size_t at = 0;
        std::size_t depth = 0;
        do {
            if (at == rest_.size()) break;
            const char c = rest_[at];
            if (c == '"') {
                at = end_of_string(at);
            } else if (c == '{' || c == '[') {
                ++depth, ++at;
            } else if (c == '}' || c == ']') {
                if (depth == 0) break;
                --depth, ++at;
            } else if (depth > 0) {
                ++at;
            } else {
                at = rest_.find_first_of(" \t\r\n,:{}[]\"", at);
                if (at == std::string_view::npos) at = rest_.size();
            }
        } while (depth > 0);
        const std::string_view value = rest_.substr(0, at);
        rest_.remove_prefix(at);
        return value;
    }
    [[nodiscard]] constexpr std::size_t end_of_string(std::size_t at) const {
        for (++at; at < rest_.size(); ++at) {
            if (rest_[at] == '\\') {
                ++at;
            } else if (rest_[at] == '"') {
                return at + 1;
            }
        }
        return rest_.size();
    }

    std::string_view rest_;
};

/// Whether a key is the id of a machine.
constexpr bool is_id(std::string_view key) {
    const auto number = read_decimal(key, 0);
    return number && !number->negative && !number->too_large && number->tail == Tail::none;
}

/// What an object of the market's documents is by one of its fields.
constexpr DocumentKind guess_by_field(std::string_view key, std::string_view value) {
    using enum DocumentKind;
    if (key == "op" && value[0] == '"') return commands;
    if (key == "code" && (is_digit(value[0]) || value[0] == '-')) return answer;
    if (key == "v1_snapshot_url" && value[0] == '"') return answer;
    if (value[0] != '{') return unknown;
    return key == "snapshot" ? answer : is_id(key) ? snapshot : unknown;
}

}  // namespace detail

/// Finds out what a text is. Its first few kilobytes are enough, even if they end inside a value.
/// The first sign counts, so a text that is cut off or wrong has a kind too. A byte-order mark of
/// UTF-8 is ignored. Costs a pass over the text up to that sign.
constexpr DocumentKind guess_kind(std::string_view text) {
    DocumentKind kind = detail::guess_by_bytes(text);
    if (kind != DocumentKind::unknown) return kind;
    detail::TopLevel{text}.fields([&](std::string_view key, std::string_view value) {
        kind = detail::guess_by_field(key, value);
        return kind == DocumentKind::unknown;
    });
    if (kind != DocumentKind::unknown) return kind;
    detail::TopLevel{text}.items([&](std::string_view item) {
        detail::TopLevel{item}.fields([&](std::string_view key, std::string_view) {
            if (key == "renting_server") kind = DocumentKind::orders;
            return kind == DocumentKind::unknown;
        });
        return kind == DocumentKind::unknown;
    });
    return kind;
}

/// Says what a text is and what to do with it, without a full stop; empty for `unknown`.
constexpr std::string_view sentence(DocumentKind kind) {
    switch (kind) {
    case DocumentKind::unknown: break;
    case DocumentKind::empty: return "the text is empty";
    case DocumentKind::gzip: return "this is gzip-compressed data; unpack it first";
    case DocumentKind::zstd: return "this is zstd-compressed data; unpack it first";
    case DocumentKind::utf16: return "this is UTF-16 text; convert it to UTF-8 first";
    case DocumentKind::utf32: return "this is UTF-32 text; convert it to UTF-8 first";
    case DocumentKind::saved_market: return "this is a saved market; use `replay --restore`";
    case DocumentKind::snapshot: return "this looks like a snapshot, use `rank`";
    case DocumentKind::orders: return "this looks like orders, use `check SNAPSHOT ORDERS`";
    case DocumentKind::commands: return "this looks like commands, use `replay`";
    case DocumentKind::answer:
        return "this looks like an answer of the market, use `rank SNAPSHOT --wrapper ANSWER`";
    }
    return {};
}

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
