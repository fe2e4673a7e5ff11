// gigaspot: a strict, forward-only view of a JSON text. Layer: json/reader.
// Only this header includes simdjson. What a document means is in snapshot.hpp, orders.hpp and
// command_form.hpp, which see no more of the parser than this.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <forward_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <simdjson.h>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/decimal.hpp>
#include <gigaspot/base/result.hpp>
#include <gigaspot/json/document.hpp>
#include <gigaspot/json/document_kind.hpp>
#include <gigaspot/json/reader/escape.hpp>
#include <gigaspot/json/reader/fault.hpp>
#include <gigaspot/values/error.hpp>

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
        const char* end = token();
        while (end > begin && is_space(end[-1])) --end;
        return {begin, static_cast<std::size_t>(end - begin)};
    }

    /// The inside of the string that was passed last. Calls `fail` if the token is not a string.
    [[nodiscard]] [[gnu::always_inline]] std::string_view passed_string(const char* begin) {
        const std::string_view token = passed(begin);
        if (token.size() >= 2 && token.front() == '"' && token.back() == '"')
            return {begin + 1, token.size() - 2};
        fail();
        return {};
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

/// The name of a field, without backslashes, laid out for a quick comparison.
struct JsonName {
    template <std::size_t Size>
    constexpr JsonName(const char (&name)[Size]) : text{name, Size - 1} {
        char first[8]{};
        char used[8]{};
        for (std::size_t i = 0; i < text.size() && i < 8; ++i) {
            first[i] = text[i];
            used[i] = '\xff';
        }
        head = std::bit_cast<std::uint64_t>(first);
        mask = std::bit_cast<std::uint64_t>(used);
    }

    std::string_view text;
    std::uint64_t head = 0;  ///< its first eight characters
    std::uint64_t mask = 0;  ///< the bits of these that count
};

/// The key of a field.
class JsonKey {
public:
    JsonKey(JsonCursor& cursor, std::string_view inside) : cursor_{cursor}, inside_{inside} {}

    /// Whether it is this name. Nearly every key is the one that its reader expects, and then
    /// nobody has to search it for escapes.
    [[nodiscard]] [[gnu::always_inline]] bool is(const JsonName& name) {
        if (!is_plainly(name)) return state_ != State::plain && is_escaped(name);
        state_ = State::plain;
        return true;
    }

    /// The key without escapes, valid as long as the text; nothing if an escape is half a surrogate
    /// pair.
    [[nodiscard]] std::optional<std::string_view> text() {
        finish();
        if (state_ == State::plain) return inside_;
        if (state_ == State::escaped) return text_;
        return std::nullopt;
    }

    /// Checks its escapes, unless that is done.
    void finish() {
        if (state_ != State::unknown) return;
        state_ = State::plain;
        if (inside_.find('\\') == std::string_view::npos) return;
        const auto text = cursor_.without_escapes(inside_);
        state_ = text ? State::escaped : State::half;
        if (text) text_ = *text;
    }

private:
    [[nodiscard]] bool is_escaped(const JsonName& name) {
        finish();
        return state_ == State::escaped && text_ == name.text;
    }

    [[nodiscard]] [[gnu::always_inline]] bool is_plainly(const JsonName& name) const {
        std::uint64_t head;  // the text is followed by enough bytes: document_padding
        std::memcpy(&head, inside_.data(), sizeof head);
        return inside_.size() == name.text.size() && ((head ^ name.head) & name.mask) == 0 &&
               (inside_.size() <= 8 || inside_ == name.text);
    }

    enum class State : unsigned char { unknown, plain, escaped, half };

    JsonCursor& cursor_;
    std::string_view inside_;
    std::string_view text_{};  ///< of an escaped key
    State state_ = State::unknown;
};

/// One value of a text that is read from front to back. It is either read or skipped.
class JsonValue {
public:
    [[gnu::always_inline]] JsonValue(JsonCursor& cursor, std::size_t depth)
        : cursor_{cursor}, begin_{cursor.token()}, depth_{depth}, kind_{kind_of(*begin_)} {
        cursor_.pass();
    }

    [[nodiscard]] JsonKind kind() const { return kind_; }

    /// Bytes of the text before it.
    [[nodiscard]] std::size_t offset() const { return cursor_.offset(begin_); }

    /// The text of a number, a word or a string with its quotes, or of an array or object that was
    /// read. Ask before the next token is read.
    [[nodiscard]] std::string_view token() const { return cursor_.passed(begin_); }

    /// Where the value continues after its first token, for `read_again`. Ask before it is read.
    [[nodiscard]] const std::uint32_t* place() const { return cursor_.place(); }
    /// Lets an array or object that was read be read once more.
    void read_again(const std::uint32_t* place) {
        cursor_.go_to(place);
        is_used_ = false;
    }

    /// Reads a number by its exact value. Gives `wrong_type` for any other kind, `Code::none` on
    /// success.
    template <class Q>
    [[nodiscard]] Code number(Q& quantity, Rounding rounding) {
        if (kind_ != JsonKind::number) return Code::wrong_type;
        is_used_ = true;
        const Result<Q, Code> read = Q::from_text(cursor_.passed(begin_), rounding);
        if (read) {
            quantity = *read;
            return Code::none;
        }
        if (read.error() == Code::malformed) cursor_.fail();
        return read.error();
    }

    /// Reads true or false. Gives `wrong_type` for any other kind, `Code::none` on success.
    [[nodiscard]] Code boolean(bool& flag) {
        if (kind_ != JsonKind::boolean) return Code::wrong_type;
        is_used_ = true;
        const std::string_view word = cursor_.passed(begin_);
        flag = word == "true";
        if (!flag && word != "false") cursor_.fail();
        return Code::none;
    }

    /// Reads a string without escapes, valid as long as the text. Gives `wrong_type` for any other
    /// kind, `malformed` if an escape is half a surrogate pair, `Code::none` on success.
    [[nodiscard]] [[gnu::always_inline]] Code string(std::string_view& text) {
        if (kind_ != JsonKind::string) return Code::wrong_type;
        is_used_ = true;
        const auto read = cursor_.without_escapes(cursor_.passed_string(begin_));
        if (!read) return Code::malformed;
        text = *read;
        return Code::none;
    }

    /// Calls `read(key, value)` for each field; a value that `read` does not read is skipped.
    template <class Read>
    [[gnu::always_inline]] void fields(Read read) {
        if (!enter(JsonKind::object) || cursor_.pass('}')) return;
        do {
            const char* const begin = cursor_.token();
            cursor_.pass();
            JsonKey key{cursor_, cursor_.passed_string(begin)};
            if (cursor_.is_broken() || !cursor_.pass(':')) return cursor_.fail();
            JsonValue value{cursor_, depth_ + 1};
            read(key, value);
            key.finish();
            value.finish();
            if (cursor_.is_broken()) return;
        } while (cursor_.pass(','));
        if (!cursor_.pass('}')) cursor_.fail();
    }

    /// Calls `read(value)` for each item of an array; an item that `read` does not read is skipped.
    template <class Read>
    [[gnu::always_inline]] void items(Read read) {
        if (!enter(JsonKind::array) || cursor_.pass(']')) return;
        do {
            JsonValue value{cursor_, depth_ + 1};
            read(value);
            value.finish();
            if (cursor_.is_broken()) return;
        } while (cursor_.pass(','));
        if (!cursor_.pass(']')) cursor_.fail();
    }

    /// Skips the value unless it was read.
    void finish() {
        if (!is_used_ && !cursor_.is_broken()) skip();
    }

private:
    bool enter(JsonKind kind) {
        is_used_ = true;
        if (kind_ == kind && depth_ < json_depth_max) return true;
        cursor_.fail();
        return false;
    }

    /// Goes to the end of the value and checks all of it.
    void skip() {
        bool is_right = true;
        switch (kind_) {
        case JsonKind::object: return fields([](JsonKey&, JsonValue&) {});
        case JsonKind::array: return items([](JsonValue&) {});
        case JsonKind::string:
            is_right = has_only_known_escapes(cursor_.passed_string(begin_));
            break;
        case JsonKind::number: is_right = split_number(cursor_.passed(begin_)).has_value(); break;
        case JsonKind::boolean: {
            const std::string_view word = cursor_.passed(begin_);
            is_right = word == "true" || word == "false";
            break;
        }
        case JsonKind::null: is_right = cursor_.passed(begin_) == "null"; break;
        }
        if (!is_right) cursor_.fail();
    }

    JsonCursor& cursor_;
    const char* begin_;
    std::size_t depth_;
    JsonKind kind_;
    bool is_used_ = false;
};

/// A JSON text and its parser. Strings read from it live as long as it does.
class JsonText {
public:
    explicit JsonText(std::string text) : text_{std::move(text)} {
        text_.reserve(text_.size() + document_padding);
        begin_ = size_of_mark();
    }

    JsonText() = default;

    /// Takes another text; strings that were read from the previous one are gone.
    void assign(std::string_view text) {
        texts_.clear();
        text_.reserve(text.size() + document_padding);
        text_.assign(text);
        begin_ = size_of_mark();
    }

    /// Reads the whole text by `read(value)`, which gets its one value, an array or an object.
    /// Returns what is wrong with the text as JSON; then nothing that was read counts. `read` is
    /// not called for a text that is only a string, number, true, false or null. A byte-order mark
    /// in front of the text is ignored.
    template <class Read>
    JsonFault read(Read read) {
        const simdjson::error_code error = mark();
        bool is_scalar = false;
        if (error == simdjson::SUCCESS) {
            const std::uint32_t* const marks = parser_->structural_indexes.get();
            JsonCursor cursor{text_.data() + begin_, marks, texts_};
            is_scalar = *cursor.token() != '{' && *cursor.token() != '[';
            if (!is_scalar) {
                JsonValue value{cursor, 0};
                read(value);
                value.finish();
                const bool is_at_end = cursor.is_at(marks + parser_->n_structural_indexes);
                if (is_at_end && !cursor.is_broken()) return {};
            }
        }
        JsonFault fault = JsonScan{view().substr(begin_)}.find_fault();
        if (fault.problem.empty() && !is_scalar) return {0, simdjson::error_message(error)};
        fault.offset += begin_;
        return fault;
    }

    [[nodiscard]] std::string_view view() const { return text_; }

private:
    /// simdjson's first pass: the fastest code for the processor that runs it.
    simdjson::error_code mark() {
        if (!parser_ || parser_->capacity() < text_.size()) {
            // At least twice as much as before, so that growing texts cost few allocations.
            const std::size_t twice = parser_ ? 2 * parser_->capacity() : 256;
            const simdjson::error_code error =
                simdjson::get_active_implementation()->create_dom_parser_implementation(
                    text_.size() < twice ? twice : text_.size(), 1, parser_);
            if (error != simdjson::SUCCESS) return error;
        }
        return parser_->stage1(reinterpret_cast<const std::uint8_t*>(text_.data() + begin_),
                               text_.size() - begin_, simdjson::stage1_mode::regular);
    }

    [[nodiscard]] std::size_t size_of_mark() const {
        return text_.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
    }

    std::string text_;
    std::size_t begin_ = 0;  // of the text after a byte-order mark
    std::unique_ptr<simdjson::internal::dom_parser_implementation> parser_{};
    std::forward_list<std::string> texts_{};  // strings without their escapes
};

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
