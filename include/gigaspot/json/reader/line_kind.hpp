// gigaspot: the field that says what a line is: `op` of a command, `event` of an event. Layer:
// json/reader. Rules of the market, section 9.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <gigaspot/base/config.hpp>
#include <gigaspot/json/document.hpp>
#include <gigaspot/json/reader/cursor.hpp>
#include <gigaspot/json/reader/fault.hpp>
#include <gigaspot/json/reader/fields.hpp>
#include <gigaspot/json/reader/object.hpp>
#include <gigaspot/json/reader/problem.hpp>
#include <gigaspot/json/reader/tokens.hpp>
#include <gigaspot/json/text/words.hpp>
#include <gigaspot/values/error.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// The kinds of lines of one document.
struct LineKinds {
    JsonName key;    ///< the field that names the kind: "op"
    JsonName front;  ///< `{"op":`, with which nearly every line begins, and a quote
    std::span<const JsonName> names;
    std::string_view wanted;  ///< what a line should be: "a command, an object with an op"

    /// The number of a name.
    [[nodiscard]] constexpr std::optional<std::size_t> find(std::string_view name) const {
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (names[i].text == name) return i;
        }
        return std::nullopt;
    }
    /// The kind of a line that begins with it, unless it is written with escapes. The line is
    /// followed by a zero and `document_padding`, so that none of these names lies across its end.
    [[nodiscard]] std::optional<std::size_t> find_in_front(const char* line) const {
        if (!front.is_at(line)) return std::nullopt;
        const char* const inside = line + front.text.size() + 1;
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (names[i].is_at(inside)) return i;
        }
        return std::nullopt;
    }
    [[nodiscard]] [[gnu::cold]] std::string list() const {
        std::string all;
        for (const JsonName& name : names) add_to_list(all, name.text);
        return all;
    }
};

[[gnu::cold]] inline Code fail_unknown_kind(ReadContext& context, const LineKinds& kinds,
                                            std::string_view name) {
    return context.fail(Code::malformed, text_of("unknown ", kinds.key.text, " ", quoted(name),
                                                 "; expected ", kinds.list()));
}

[[gnu::cold]] inline Code fail_missing_kind(ReadContext& context, const LineKinds& kinds,
                                            bool is_null, bool is_first_object) {
    return context.fail(Code::missing,
                        text_of(is_null ? "null counts as not given" : "not given", "; expected ",
                                kinds.list(),
                                is_first_object ? looks_like_snapshot : std::string_view{}));
}

/// Finds the kind of a line, wherever it is and however it is written.
inline Code find_kind(ReadContext& context, const LineKinds& kinds, JsonValue& root,
                      std::optional<std::size_t>& kind) {
    if (root.kind() != JsonKind::object) return fail_root(context, kinds.wanted, root);
    Code problem = Code::none;
    bool is_seen = false;
    bool is_null = false;
    bool has_first = false;
    bool is_first_object = false;
    root.fields([&](JsonKey& key, JsonValue& value) {
        if (!has_first) is_first_object = value.kind() == JsonKind::object;
        has_first = true;
        if (is_seen || !key.is(kinds.key)) return;
        is_seen = true;
        is_null = value.kind() == JsonKind::null;
        if (is_null) return;
        std::string_view name;
        problem = read_value(context, name, value);
        if (problem != Code::none) return;
        kind = kinds.find(name);
        if (!kind) problem = fail_unknown_kind(context, kinds, name);
    });
    if (!is_seen || is_null) problem = fail_missing_kind(context, kinds, is_null, is_first_object);
    if (problem != Code::none) context.put_in_front(kinds.key.text);
    return problem;
}

[[gnu::cold]] inline FieldProblem not_json(std::string_view line, const JsonFault& fault) {
    const DocumentError error = document_error(line, fault);
    return {.code = Code::malformed,
            .detail =
                text_of("not JSON: column ", std::to_string(error.column), ": ", error.detail)};
}

/// Reads a line by `read(kind, root)`, which returns the code of its problem. `kind` stays what was
/// found, even if the line is wrong.
template <class Read>
std::optional<FieldProblem> read_line(JsonText& json, std::string_view line, ReadContext& context,
                                      const LineKinds& kinds, std::optional<std::size_t>& kind,
                                      Read read) {
    json.assign(line);
    kind = kinds.find_in_front(json.view().data());
    if (!kind) {
        // It is not the first field, or it is written with escapes: find it first.
        Code problem = Code::none;
        bool is_read = false;
        const JsonFault fault = json.read([&](JsonValue& root) {
            is_read = true;
            problem = find_kind(context, kinds, root, kind);
        });
        if (!fault.problem.empty()) {
            kind.reset();
            return not_json(line, fault);
        }
        if (!is_read) problem = context.fail_type(kinds.wanted, kind_of_text(line));
        if (problem != Code::none) return std::move(context.problem);
    }
    Code problem = Code::none;
    const JsonFault fault = json.read([&](JsonValue& root) { problem = read(*kind, root); });
    if (!fault.problem.empty()) return not_json(line, fault);
    if (problem != Code::none) return std::move(context.problem);
    return std::nullopt;
}

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
