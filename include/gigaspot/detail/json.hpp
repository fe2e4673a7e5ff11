// gigaspot: a strict, forward-only view of a JSON text. Layer: edge, the only include of simdjson.
// What the documents mean stands in snapshot.hpp and orders.hpp, which see no more of the parser
// than this.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <simdjson.h>

#include <gigaspot/config.hpp>
#include <gigaspot/detail/decimal.hpp>
#include <gigaspot/detail/json_error.hpp>
#include <gigaspot/document.hpp>
#include <gigaspot/error.hpp>
#include <gigaspot/result.hpp>

namespace gigaspot::inline GIGASPOT_ABI::detail {

enum class JsonKind : unsigned char { object, array, string, number, boolean, null };

/// Whether all escapes in a string are JSON's.
inline bool has_only_known_escapes(std::string_view raw) {
    for (std::size_t at = raw.find('\\'); at != std::string_view::npos;) {
        const std::size_t length = JsonScan::escape_length(raw.substr(at));
        if (length == 0) return false;
        at = raw.find('\\', at + length);
    }
    return true;
}

/// The key of a field.
class JsonKey {
public:
    JsonKey(simdjson::ondemand::field& field, std::string_view raw) : field_{field}, raw_{raw} {}

    /// Whether it is this name, in which no backslash stands. Nearly all keys are what their reader
    /// expects: then nothing has to be looked for in them.
    [[nodiscard]] bool is(std::string_view name) {
        if (raw_ != name) return text() == name;
        is_checked_ = true;
        return true;
    }

    /// The key without escapes; nothing if they stand for half a character. Valid as long as the
    /// text.
    [[nodiscard]] const std::optional<std::string_view>& text() {
        if (is_checked_) return text_;
        is_checked_ = true;
        if (raw_.find('\\') == std::string_view::npos) return text_ = raw_;
        is_broken_ = !has_only_known_escapes(raw_);
        std::string_view unescaped;
        if (!is_broken_ && field_.unescaped_key().get(unescaped) == simdjson::SUCCESS)
            text_ = unescaped;
        return text_;
    }

    /// Whether it has an escape that is none of JSON's.
    [[nodiscard]] bool is_broken() {
        if (!is_checked_) static_cast<void>(text());
        return is_broken_;
    }

private:
    simdjson::ondemand::field& field_;
    std::string_view raw_;
    std::optional<std::string_view> text_{};
    bool is_checked_ = false;
    bool is_broken_ = false;
};

/// One value of a text that is being read front to back. simdjson checks UTF-8, quotes and
/// structure; what it passes over unread it does not check, so every value is either read or
/// skipped here, and tokens are checked.
class JsonValue {
public:
    JsonValue(simdjson::ondemand::value value, bool& broken, std::size_t depth)
        : value_{value}, broken_{broken}, depth_{depth} {
        token_ = value_.raw_json_token();
        switch (token_.empty() ? '\0' : token_[0]) {
        case '{': kind_ = JsonKind::object; break;
        case '[': kind_ = JsonKind::array; break;
        case '"': kind_ = JsonKind::string; break;
        case 't':
        case 'f': kind_ = JsonKind::boolean; break;
        case 'n': kind_ = JsonKind::null; break;
        default: kind_ = JsonKind::number; break;
        }
        while (!token_.empty() && is_space(token_.back())) token_.remove_suffix(1);
        if (kind_ == JsonKind::boolean && token_ != "true" && token_ != "false") broken_ = true;
        if (kind_ == JsonKind::null && token_ != "null") broken_ = true;
    }

    [[nodiscard]] JsonKind kind() const { return kind_; }

    /// Reads a number by its exact value. `wrong_type` if it is none; `Code::none` on success.
    template <class Q>
    [[nodiscard]] Code number(Q& quantity, Rounding rounding) {
        if (kind_ != JsonKind::number) return Code::wrong_type;
        is_used_ = true;
        const Result<Q, Code> read = Q::from_text(token_, rounding);
        if (read) {
            quantity = *read;
            return Code::none;
        }
        if (read.error() == Code::malformed) fail();
        return read.error();
    }

    /// Likewise true or false.
    [[nodiscard]] Code boolean(bool& flag) {
        if (kind_ != JsonKind::boolean) return Code::wrong_type;
        is_used_ = true;
        flag = token_ == "true";
        return Code::none;
    }

    /// Likewise a string, without escapes; it is valid as long as the text. `malformed` if an
    /// escape stands for half a character.
    [[nodiscard]] Code string(std::string_view& text) {
        if (kind_ != JsonKind::string) return Code::wrong_type;
        is_used_ = true;
        const std::string_view raw = token_.substr(1, token_.size() < 2 ? 0 : token_.size() - 2);
        if (raw.find('\\') == std::string_view::npos) {
            text = raw;
            pass_string();
            return Code::none;
        }
        if (!check_escapes(raw) || value_.get_string().get(text) != simdjson::SUCCESS)
            return Code::malformed;
        return Code::none;
    }

    /// Calls `read(key, value)` for each field; a value that it leaves unread is skipped.
    template <class Read>
    void fields(Read read) {
        is_used_ = true;
        simdjson::ondemand::object object;
        if (!enter() || value_.get_object().get(object) != simdjson::SUCCESS) return fail();
        for (auto result : object) {
            simdjson::ondemand::field field;
            if (std::move(result).get(field) != simdjson::SUCCESS) return fail();
            JsonValue value{field.value(), broken_, depth_ + 1};
            const std::optional<std::string_view> raw = raw_key(field, value);
            if (!raw || broken_) return fail();
            JsonKey key{field, *raw};
            read(key, value);
            value.finish();
            if (key.is_broken()) fail();
            if (broken_) return;
        }
    }

    /// Calls `read(value)` for each item of an array; one that it leaves unread is skipped.
    template <class Read>
    void items(Read read) {
        is_used_ = true;
        simdjson::ondemand::array array;
        if (!enter() || value_.get_array().get(array) != simdjson::SUCCESS) return fail();
        for (auto result : array) {
            simdjson::ondemand::value item;
            if (std::move(result).get(item) != simdjson::SUCCESS) return fail();
            JsonValue value{item, broken_, depth_ + 1};
            if (broken_) return;
            read(value);
            value.finish();
            if (broken_) return;
        }
    }

    /// Reads on to the end of the value, checking all of it.
    void skip() {
        switch (kind_) {
        case JsonKind::object:
            return fields([](JsonKey&, JsonValue&) {});
        case JsonKind::array: return items([](JsonValue&) {});
        case JsonKind::string:
            check_escapes(token_);
            pass_string();
            break;
        case JsonKind::number:
            if (!split_number(token_)) fail();
            break;
        case JsonKind::boolean:
        case JsonKind::null: break;
        }
        is_used_ = true;
    }

    /// Skips the value unless it was read.
    void finish() {
        if (!is_used_ && !broken_) skip();
    }

private:
    static bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

    void fail() { broken_ = true; }

    // simdjson takes a string that it passes over itself for a key if a colon follows.
    void pass_string() {
        if (value_.get_raw_json_string().error() != simdjson::SUCCESS) fail();
    }

    [[nodiscard]] bool enter() const { return depth_ < json_depth_max; }

    bool check_escapes(std::string_view raw) {
        if (has_only_known_escapes(raw)) return true;
        fail();
        return false;
    }

    // From its value backwards, so that nothing is searched: only a colon and space stand between.
    static std::optional<std::string_view> raw_key(simdjson::ondemand::field& field,
                                                   const JsonValue& value) {
        const char* const begin = field.key().raw();
        const char* end = value.token_.data();
        const auto pass = [&](char expected) {
            do {
                if (--end < begin) return false;
            } while (is_space(*end));
            return *end == expected;
        };
        if (!pass(':') || !pass('"')) return std::nullopt;
        return std::string_view{begin, static_cast<std::size_t>(end - begin)};
    }

    simdjson::ondemand::value value_;
    bool& broken_;
    std::size_t depth_;
    std::string_view token_;
    JsonKind kind_;
    bool is_used_ = false;
};

/// A JSON text and its parser. Strings read from it live as long as it does.
class JsonText {
public:
    explicit JsonText(std::string text) : text_{std::move(text)} {
        static_assert(document_padding >= simdjson::SIMDJSON_PADDING);
        text_.reserve(text_.size() + document_padding);
    }

    JsonText() = default;

    /// Another text; strings read from the one before are gone.
    void assign(std::string_view text) {
        text_.reserve(text.size() + document_padding);
        text_.assign(text);
    }

    /// Reads the whole text by `read(value)`, which gets its one value: an array or an object.
    /// Returns what is wrong with the text as JSON; then nothing that was read counts. A text that
    /// is only a string, number, true, false or null is not passed to `read`.
    template <class Read>
    JsonFault read(Read read) {
        bool broken = false;
        const simdjson::padded_string_view padded{text_.data(), text_.size(), text_.capacity()};
        simdjson::ondemand::document document;
        simdjson::ondemand::value root;
        simdjson::error_code error = parser_.iterate(padded).get(document);
        bool is_scalar = false;
        if (error == simdjson::SUCCESS) {
            error = document.get_value().get(root);
            is_scalar = error == simdjson::SCALAR_DOCUMENT_AS_VALUE;
        }
        if (error == simdjson::SUCCESS) {
            JsonValue value{root, broken, 0};
            read(value);
            value.finish();
            const char* rest = nullptr;
            if (!broken && document.current_location().get(rest) == simdjson::SUCCESS)
                broken = true;
        }
        if (error == simdjson::SUCCESS && !broken) return {};
        const JsonFault fault = JsonScan{text_}.find_fault();
        if (fault.problem.empty() && !is_scalar) return {0, simdjson::error_message(error)};
        return fault;
    }

    [[nodiscard]] std::string_view view() const { return text_; }

private:
    std::string text_;
    simdjson::ondemand::parser parser_;
};

}  // namespace gigaspot::inline GIGASPOT_ABI::detail
