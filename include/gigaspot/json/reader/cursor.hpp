// gigaspot: a strict, forward-only view of a JSON text. Layer: json/reader.
// Only this header includes simdjson. What a document means is in snapshot.hpp, orders.hpp and
// command_form.hpp, which see no more of the parser than this.
#pragma once

#include <cstddef>
#include <cstdint>
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
#include <gigaspot/json/reader/tokens.hpp>
#include <gigaspot/values/error.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// One value of a text that is read from front to back. It is either read or skipped.
class JsonValue {
public:
    [[gnu::always_inline]] JsonValue(JsonCursor& cursor, std::size_t depth)
        : cursor_{&cursor}, begin_{cursor.token()}, depth_{depth} {
        cursor_->pass();
    }

    [[nodiscard]] [[gnu::always_inline]] JsonKind kind() const { return kind_of(*begin_); }

    /// Bytes of the text before it.
    [[nodiscard]] std::size_t offset() const { return cursor_->offset(begin_); }

    /// The text of a number, a word or a string with its quotes, or of an array or object that was
    /// read. Ask before the next token is read.
    [[nodiscard]] std::string_view token() const { return cursor_->passed(begin_); }

    /// Where the value continues after its first token, for `read_again`. Ask before it is read.
    [[nodiscard]] const std::uint32_t* place() const { return cursor_->place(); }
    /// Lets an array or object that was read be read once more.
    void read_again(const std::uint32_t* place) {
        cursor_->go_to(place);
        is_used_ = false;
    }

    /// Passes a string that was read before, in an earlier pass over the text.
    void pass_string_again() { is_used_ = true; }

    /// Reads a whole number or, in a string, an amount, if it is written as nearly all are. If not,
    /// nothing is read, and `number` or `string` reads it.
    template <class Q>
    [[nodiscard]] [[gnu::always_inline]] bool plain_number(Q& quantity) {
        std::optional<std::int64_t> count;
        if constexpr (Q::decimals == 0) {
            constexpr std::size_t digits_max = Q::highest().count() < 100'000'000 ? 8 : 16;
            count = read_padded_whole<digits_max>(begin_, cursor_->token());
        } else {
            const char* const quote = cursor_->token() - 1;
            if (*begin_ != '"' || *quote != '"') return false;
            count = read_padded_decimal<Q::decimals>(begin_ + 1, quote);
        }
        if (!count || *count < Q::lowest().count() || *count > Q::highest().count()) return false;
        quantity = Q::unchecked(static_cast<typename Q::rep>(*count));
        return is_used_ = true;
    }

    /// Reads a number by its exact value. Gives `wrong_type` for any other kind, `Code::none` on
    /// success.
    template <class Q>
    [[nodiscard]] Code number(Q& quantity, Rounding rounding) {
        if (kind() != JsonKind::number) return Code::wrong_type;
        is_used_ = true;
        const Result<Q, Code> read = Q::from_text(cursor_->passed(begin_), rounding);
        if (read) {
            quantity = *read;
            return Code::none;
        }
        if (read.error() == Code::malformed) cursor_->fail();
        return read.error();
    }

    /// Reads true or false. Gives `wrong_type` for any other kind, `Code::none` on success.
    [[nodiscard]] Code boolean(bool& flag) {
        if (kind() != JsonKind::boolean) return Code::wrong_type;
        is_used_ = true;
        const std::string_view word = cursor_->passed(begin_);
        flag = word == "true";
        if (!flag && word != "false") cursor_->fail();
        return Code::none;
    }

    /// Reads a string without escapes, valid as long as the text. Gives `wrong_type` for any other
    /// kind, `malformed` if an escape is half a surrogate pair, `Code::none` on success.
    [[nodiscard]] [[gnu::always_inline]] Code string(std::string_view& text) {
        if (kind() != JsonKind::string) return Code::wrong_type;
        is_used_ = true;
        const auto read = cursor_->without_escapes(cursor_->passed_string(begin_));
        if (!read) return Code::malformed;
        text = *read;
        return Code::none;
    }

    /// Calls `read(key, value)` for each field; a value that `read` does not read is skipped.
    template <class Read>
    [[gnu::always_inline]] void fields(Read read) {
        for (bool has_more = begin_fields(); has_more;) has_more = field(read);
    }

    // The same in steps: each returns whether a field follows.

    [[nodiscard]] [[gnu::always_inline]] bool begin_fields() {
        return enter('{') && !cursor_->pass('}');
    }
    /// Whether the next field has this name, written without escapes.
    [[nodiscard]] [[gnu::always_inline]] bool is_next(const JsonName& name) const {
        return *cursor_->token() == '"' && name.is_at(cursor_->token() + 1);
    }
    /// Reads the field that `is_next`, by `read(value)`.
    template <class Read>
    [[nodiscard]] [[gnu::always_inline]] bool next_field(Read read) {
        cursor_->pass();
        if (!cursor_->pass(':')) return fail();
        JsonValue value{*cursor_, depth_ + 1};
        read(value);
        return end_field(value);
    }
    /// Reads any field by `read(key, value)`.
    template <class Read>
    [[nodiscard]] [[gnu::always_inline]] bool field(Read& read) {
        const char* const begin = cursor_->token();
        cursor_->pass();
        JsonKey key{*cursor_, begin, cursor_->token()};
        if (*begin != '"' || !cursor_->pass(':')) return fail();
        JsonValue value{*cursor_, depth_ + 1};
        read(key, value);
        key.finish();
        return end_field(value);
    }

    /// Calls `read(value)` for each item of an array; an item that `read` does not read is skipped.
    template <class Read>
    [[gnu::always_inline]] void items(Read read) {
        if (!enter('[') || cursor_->pass(']')) return;
        do {
            JsonValue value{*cursor_, depth_ + 1};
            read(value);
            value.finish();
            if (cursor_->is_broken()) return;
        } while (cursor_->pass(','));
        if (!cursor_->pass(']')) cursor_->fail();
    }

    /// Skips the value unless it was read.
    void finish() {
        if (!is_used_ && !cursor_->is_broken()) skip();
    }

private:
    bool fail() {
        cursor_->fail();
        return false;
    }
    [[gnu::always_inline]] bool enter(char bracket) {
        is_used_ = true;
        return (*begin_ == bracket && depth_ < json_depth_max) || fail();
    }
    [[gnu::always_inline]] bool end_field(JsonValue& value) {
        value.finish();
        if (cursor_->is_broken()) return false;
        return cursor_->pass(',') || (!cursor_->pass('}') && fail());
    }

    /// Goes to the end of the value and checks all of it.
    void skip() {
        bool is_right = true;
        switch (kind()) {
        case JsonKind::object: return fields([](JsonKey&, JsonValue&) {});
        case JsonKind::array: return items([](JsonValue&) {});
        case JsonKind::string:
            is_right = has_only_known_escapes(cursor_->passed_string(begin_));
            break;
        case JsonKind::number: is_right = split_number(cursor_->passed(begin_)).has_value(); break;
        case JsonKind::boolean: {
            const std::string_view word = cursor_->passed(begin_);
            is_right = word == "true" || word == "false";
            break;
        }
        case JsonKind::null: is_right = cursor_->passed(begin_) == "null"; break;
        }
        if (!is_right) cursor_->fail();
    }

    JsonCursor* cursor_;
    const char* begin_;
    std::size_t depth_;
    bool is_used_ = false;
};

/// A JSON text and its parser. Strings read from it live as long as it does.
class JsonText {
public:
    explicit JsonText(std::string text) : text_{std::move(text)}, size_{text_.size()} {
        text_.reserve(size_ + document_padding);
        begin_ = size_of_mark();
    }

    JsonText() = default;

    /// Takes another text; strings that were read from the previous one are gone.
    void assign(std::string_view text) {
        texts_.clear();
        size_ = text.size();
        // The string only grows: to assign a text to it takes 70 instructions more.
        if (text_.size() < size_ + document_padding) text_.resize(size_ + document_padding);
        text.copy(text_.data(), size_);
        text_[size_] = '\0';
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

    [[nodiscard]] std::string_view view() const { return {text_.data(), size_}; }

private:
    /// simdjson's first pass: the fastest code for the processor that runs it.
    simdjson::error_code mark() {
        if (!parser_ || parser_->capacity() < size_) {
            // At least twice as much as before, so that growing texts cost few allocations.
            const std::size_t twice = parser_ ? 2 * parser_->capacity() : 256;
            const simdjson::error_code error =
                simdjson::get_active_implementation()->create_dom_parser_implementation(
                    size_ < twice ? twice : size_, 1, parser_);
            if (error != simdjson::SUCCESS) return error;
        }
        return parser_->stage1(reinterpret_cast<const std::uint8_t*>(text_.data() + begin_),
                               size_ - begin_, simdjson::stage1_mode::regular);
    }

    [[nodiscard]] std::size_t size_of_mark() const {
        return size_ - without_utf8_mark(view()).size();
    }

    std::string text_;       // behind the text is a zero, and `document_padding` bytes of memory
    std::size_t size_ = 0;   // of the text
    std::size_t begin_ = 0;  // of the text after a byte-order mark
    std::unique_ptr<simdjson::internal::dom_parser_implementation> parser_{};
    std::forward_list<std::string> texts_{};  // strings without their escapes
};

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
