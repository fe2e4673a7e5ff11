// gigaspot: how each type of field is read, and a whole document. Layer: json/reader.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/decimal.hpp>
#include <gigaspot/json/document.hpp>
#include <gigaspot/json/document_kind.hpp>
#include <gigaspot/json/names.hpp>
#include <gigaspot/json/reader/cursor.hpp>
#include <gigaspot/json/reader/object.hpp>
#include <gigaspot/json/reader/problem.hpp>
#include <gigaspot/json/reader/tokens.hpp>
#include <gigaspot/json/text/words.hpp>
#include <gigaspot/values/currency.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/overclock.hpp>
#include <gigaspot/values/traits.hpp>
#include <gigaspot/values/units.hpp>
#include <gigaspot/values/workload.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

// How each type of field is read. Another type joins by an overload of its own.

template <class Q>
Code read_number(ReadContext& context, Q& number, JsonValue& value, Rounding rounding) {
    const Code problem = value.number(number, rounding);
    if (problem == Code::none) return problem;
    if (problem == Code::wrong_type) return context.fail_type("a number", value.kind());
    return context.fail(number_problem(problem, row_of<Q>(), value.token()));
}

template <class Row>
Code read_value(ReadContext& context, Quantity<Row>& quantity, JsonValue& value) {
    return read_number(context, quantity, value, context.rounding);
}

/// An id, 0 .. 2^53, as a JSON number. It is never rounded: that would name something else.
template <class Kind>
Code read_value(ReadContext& context, Id<Kind>& id, JsonValue& value) {
    WholeNumber number;
    const Code problem = read_number(context, number, value, Rounding::exact);
    id = Id<Kind>{static_cast<std::uint64_t>(number.count())};
    return problem;
}

inline Code read_value(ReadContext& context, bool& flag, JsonValue& value) {
    const Code problem = value.boolean(flag);
    return problem == Code::none ? problem : context.fail_type("a boolean", value.kind());
}

[[gnu::always_inline]] inline Code read_value(ReadContext& context, std::string_view& text,
                                              JsonValue& value) {
    const Code problem = value.string(text);
    if (problem == Code::none) return problem;
    if (problem == Code::wrong_type) return context.fail_type("a string", value.kind());
    return context.fail(problem, std::string{half_a_pair});
}

inline Code read_value(ReadContext& context, std::string& text, JsonValue& value) {
    std::string_view view;
    const Code problem = read_value(context, view, value);
    text = view;
    return problem;
}

inline Code read_value(ReadContext& context, Currency& currency, JsonValue& value) {
    std::string_view name;
    if (const Code problem = read_value(context, name, value); problem != Code::none)
        return problem;
    const std::optional<Currency> known = context.names.find_or_add_currency(name);
    if (!known) return context.fail(currency_problem(name));
    currency = *known;
    return Code::none;
}

inline Code read_value(ReadContext& context, GpuModel& model, JsonValue& value) {
    std::string_view name;
    if (const Code problem = read_value(context, name, value); problem != Code::none)
        return problem;
    const std::optional<GpuModel> known = context.names.find_or_add_model(name);
    if (!known) return context.fail(model_problem(name));
    model = *known;
    return Code::none;
}

/// Why an array of another length is not a range.
[[gnu::cold]] inline Code fail_range_size(ReadContext& context, std::size_t count) {
    return context.fail(Code::wrong_type,
                        text_of("expected [minimum, maximum], got ", std::to_string(count),
                                count == 1 ? " item" : " items"));
}

/// Reads an array of exactly two values, `[minimum, maximum]`, by `read(item, end)`; `end` is 0
/// or 1.
template <class Read>
Code read_ends(ReadContext& context, JsonValue& value, Read read) {
    if (value.kind() != JsonKind::array)
        return context.fail_type("[minimum, maximum]", value.kind());
    Code problem = Code::none;
    std::size_t count = 0;
    value.items([&](JsonValue& item) {
        if (problem == Code::none && count < 2) problem = read(item, count);
        ++count;
    });
    return problem == Code::none && count != 2 ? fail_range_size(context, count) : problem;
}

/// Reads an environment, an object of strings. If a key appears twice, the first counts.
inline Code read_value(ReadContext& context, std::vector<EnvironmentVariable>& environment,
                       JsonValue& value) {
    if (value.kind() != JsonKind::object) return context.fail_type("an object", value.kind());
    Code problem = Code::none;
    std::set<std::string_view> keys;
    value.fields([&](JsonKey& json_key, JsonValue& text) {
        if (problem != Code::none) return;
        const std::optional<std::string_view> key = json_key.text();
        EnvironmentVariable variable{.key = key.value_or("?")};
        if (!keys.insert(variable.key).second) return;
        problem = key ? read_value(context, variable.value, text)
                      : context.fail(Code::malformed, std::string{half_a_pair});
        if (problem != Code::none) context.put_in_front(variable.key);
        environment.push_back(variable);
    });
    return problem;
}

template <class T>
Code read_value(ReadContext& context, std::optional<T>& field, JsonValue& value) {
    return read_value(context, field.emplace(), value);
}

template <class T>
struct MemberOf;
template <class Owner, class Member>
struct MemberOf<Member Owner::*> {
    using owner = Owner;
};

/// A member, or a member of a member, as in `member<&Machine::host, &HostCapabilities::id>`.
template <auto First, auto... Rest>
auto& member(typename MemberOf<decltype(First)>::owner& target) {
    if constexpr (sizeof...(Rest) == 0) {
        return target.*First;
    } else {
        return member<Rest...>(target.*First);
    }
}

/// Reads a field into a member of the target.
template <auto First, auto... Rest>
Code read_into(ReadContext& context, typename MemberOf<decltype(First)>::owner& target,
               JsonValue& value) {
    return read_value(context, member<First, Rest...>(target), value);
}

/// Why a document of another kind is not what its reader wants.
[[gnu::cold]] inline Code fail_root(ReadContext& context, std::string_view wanted,
                                    JsonValue& root) {
    const JsonKind kind = root.kind();
    root.finish();
    return context.fail(Code::wrong_type,
                        text_of(expected(wanted, kind), other_document(root.token())));
}

/// The kind of a text that is one value.
inline JsonKind kind_of_text(std::string_view text) {
    text = without_utf8_mark(text);
    const std::size_t begin = text.find_first_not_of(" \t\r\n");
    return kind_of(begin == std::string_view::npos ? '\0' : text[begin]);
}

/// Reads a whole document, `wanted`, by `read(root)`, which returns the code of its problem.
/// `Code::none` in the result means that it was read.
template <class Read>
DocumentError read_document(JsonText& json, ReadContext& context, std::string_view wanted,
                            Read read) {
    if (const DocumentKind kind = guess_by_bytes(json.view()); kind != DocumentKind::unknown)
        return {.code = Code::malformed, .detail = std::string{sentence(kind)}};
    Code problem = Code::none;
    bool is_read = false;
    const JsonFault fault = json.read([&](JsonValue& root) {
        is_read = true;
        problem = read(root);
    });
    if (!fault.problem.empty()) {
        DocumentError error = document_error(json.view(), fault);
        // Lines of commands are JSON one by one.
        if (guess_kind(json.view()) == DocumentKind::commands)
            error.detail += other_document(json.view());
        return error;
    }
    // Nobody reads a text that is only a string, a number or a word.
    if (!is_read) problem = context.fail_type(wanted, kind_of_text(json.view()));
    if (problem == Code::none) return {};
    return {.code = problem,
            .path = std::move(context.problem.field),
            .detail = std::move(context.problem.detail)};
}

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
