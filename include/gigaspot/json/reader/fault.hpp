// gigaspot: where and why a text is not JSON. Layer: json/reader.
// The fast reader notices only that a text is broken; this second, slow scan finds the place for
// people.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/decimal.hpp>
#include <gigaspot/json/reader/escape.hpp>
#include <gigaspot/json/text/words.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// Arrays and objects inside one another, the outermost included. Deeper nesting is rejected; no
/// text of a market has it.
inline constexpr std::size_t json_depth_max = 128;

/// The first thing that is wrong; `problem` is empty if nothing is.
struct JsonFault {
    std::size_t offset = 0;
    std::string problem{};
};

/// Checks a text against RFC 8259, byte by byte, without recursion.
class JsonScan {
public:
    explicit JsonScan(std::string_view text) : text_{text} {}

    JsonFault find_fault() {
        std::vector<char> closers;  // of the open arrays and objects
        skip_space();
        for (;;) {
            // A value begins here.
            if (at_end()) return fault("the text ends where a value is expected");
            const char first = text_[at_];
            if (first == '{' || first == '[') {
                if (closers.size() == json_depth_max)
                    return fault(
                        text_of("nested more than ", std::to_string(json_depth_max), " deep"));
                closers.push_back(first == '{' ? '}' : ']');
                ++at_;
                skip_space();
                if (at_end()) return fault("the text ends inside an array or object");
                if (text_[at_] == closers.back()) {
                    closers.pop_back();
                    ++at_;
                } else {
                    if (first == '{' && !take_key()) return fault_;
                    continue;
                }
            } else if (!take_scalar()) {
                return fault_;
            }
            // A value has ended here.
            for (skip_space(); !closers.empty() && !at_end() && text_[at_] == closers.back();
                 skip_space()) {
                closers.pop_back();
                ++at_;
            }
            if (closers.empty())
                return at_end() ? JsonFault{} : fault("unexpected text after the end of the value");
            if (at_end()) return fault("the text ends inside an array or object");
            if (text_[at_] != ',')
                return fault(closers.back() == '}' ? "expected ',' or '}'" : "expected ',' or ']'");
            const std::size_t comma = at_++;
            skip_space();
            if (!at_end() && text_[at_] == closers.back()) return fault(comma, "trailing comma");
            if (closers.back() == '}' && !take_key()) return fault_;
        }
    }

private:
    [[nodiscard]] bool at_end() const { return at_ == text_.size(); }

    JsonFault fault(std::size_t offset, std::string_view problem) {
        return fault_ = {offset, std::string{problem}};
    }
    JsonFault fault(std::string_view problem) { return fault(at_, problem); }

    bool fail(std::string_view problem) {
        fault(problem);
        return false;
    }

    /// Fails and shows a piece of the text, unless it has bytes that are not ASCII: they may not be
    /// UTF-8.
    bool fail(std::string_view problem, std::string_view link, std::string_view piece) {
        bool is_ascii = !piece.empty();
        for (const char c : piece) is_ascii = is_ascii && static_cast<unsigned char>(c) < 0x80;
        return is_ascii ? fail(text_of(problem, link, shown(piece))) : fail(problem);
    }

    void skip_space() {
        while (!at_end() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' ||
                             text_[at_] == '\t'))
            ++at_;
    }

    bool take_key() {
        if (at_end()) return fail("the text ends where a key is expected");
        if (text_[at_] != '"') return fail("expected a key in quotes");
        if (!take_string()) return false;
        skip_space();
        if (at_end()) return fail("the text ends after a key");
        if (text_[at_] != ':') return fail("expected ':'");
        ++at_;
        skip_space();
        return true;
    }

    bool take_scalar() {
        if (text_[at_] == '"') return take_string();
        std::size_t end = at_;
        while (end < text_.size() &&
               std::string_view{" \n\r\t,:[]{}\""}.find(text_[end]) == std::string_view::npos)
            ++end;
        const std::string_view token = text_.substr(at_, end - at_);
        if (token == "true" || token == "false" || token == "null") {
            at_ = end;
            return true;
        }
        if (token.empty() || (token[0] != '-' && !is_digit(token[0])))
            return fail("expected a value", ", got ", token);
        if (!split_number(token)) return fail("invalid number", " ", token);
        at_ = end;
        return true;
    }

    bool take_string() {
        for (++at_; !at_end();) {
            const auto c = static_cast<unsigned char>(text_[at_]);
            if (c == '"') {
                ++at_;
                return true;
            }
            if (c < 0x20) return fail("a control character in a string must be escaped");
            if (c == '\\') {
                if (!take_escape()) return false;
            } else if (c < 0x80) {
                ++at_;
            } else if (!take_utf8()) {
                return false;
            }
        }
        return fail("the text ends inside a string");
    }

    bool take_escape() {
        const std::size_t length = escape_length(text_.substr(at_));
        if (length == 0 && at_ + 1 == text_.size()) return fail("the text ends inside a string");
        const bool is_hexadecimal = text_.substr(at_).starts_with("\\u");
        if (length == 0 && is_hexadecimal) return fail("\\u needs four hexadecimal digits");
        if (length == 0) return fail("invalid escape", " ", text_.substr(at_, 2));
        at_ += length;
        return true;
    }

    // Well-formed UTF-8 by the table of the Unicode standard: no surrogates, no overlong forms, and
    // no character above U+10FFFF.
    bool take_utf8() {
        const auto byte = [&](std::size_t i) {
            return at_ + i < text_.size() ? static_cast<unsigned char>(text_[at_ + i]) : 0u;
        };
        const auto is_tail = [&](std::size_t i) { return (byte(i) & 0xC0u) == 0x80u; };
        const unsigned first = byte(0);
        std::size_t length = 0;
        if (first >= 0xC2 && first <= 0xDF) {
            length = 2;
        } else if (first >= 0xE0 && first <= 0xEF) {
            length = 3;
            if (first == 0xE0 && byte(1) < 0xA0) length = 0;
            if (first == 0xED && byte(1) > 0x9F) length = 0;
        } else if (first >= 0xF0 && first <= 0xF4) {
            length = 4;
            if (first == 0xF0 && byte(1) < 0x90) length = 0;
            if (first == 0xF4 && byte(1) > 0x8F) length = 0;
        }
        for (std::size_t i = 1; i < length; ++i) {
            if (!is_tail(i)) length = 0;
        }
        if (length == 0) return fail("invalid UTF-8");
        at_ += length;
        return true;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    JsonFault fault_{};
};

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
