// gigaspot: reads objects by tables of their known fields, and remembers where a problem is. Layer:
// json/reader.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/decimal.hpp>
#include <gigaspot/json/document.hpp>
#include <gigaspot/json/names.hpp>
#include <gigaspot/json/reader/cursor.hpp>
#include <gigaspot/values/currency.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/overclock.hpp>
#include <gigaspot/values/traits.hpp>
#include <gigaspot/values/units.hpp>
#include <gigaspot/values/workload.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// What all readers of a document share. A function that finds a problem returns its code and
/// leaves the path to it here, innermost part first: callers put their own part in front.
struct ReadContext {
    MarketNames& names;
    Rounding rounding;
    std::string path{};

    void put_in_front(std::string_view name) {
        const bool needs_dot = !path.empty() && path[0] != '[';
        path.insert(0, needs_dot ? "." : "");
        path.insert(0, name);
    }
    void put_in_front(std::size_t index) {
        if (!path.empty() && path[0] != '[') path.insert(0, ".");
        path.insert(0, "]");
        path.insert(0, to_decimal(static_cast<Int128>(index), 0).view());
        path.insert(0, "[");
    }
};

/// A known field of an object. A function pointer, so that a document's form is a table that can be
/// read.
template <class Target>
struct JsonField {
    JsonName name;
    bool is_required;
    Code (*read)(ReadContext& context, Target& target, JsonValue& value);
    bool null_is_read = false;  ///< a null is not absence but something to read
};

enum class UnknownFields : std::uint8_t { ignored, refused };

/// Reads an object's known fields into `target`. Null is absent; of a key given twice the first
/// counts, a null too. Returns the first problem in the text, else the first required field of the
/// table that is missing.
template <class Target, std::size_t Count>
Code read_object(ReadContext& context, JsonValue& value, const JsonField<Target> (&fields)[Count],
                 Target& target, UnknownFields unknown = UnknownFields::ignored) {
    static_assert(Count <= 32);
    if (value.kind() != JsonKind::object) return Code::wrong_type;
    Code problem = Code::none;
    std::uint32_t seen = 0;
    std::uint32_t absent = 0;
    std::size_t next = 0;  // fields mostly come in one order: look on behind the last one
    const auto report = [&](Code code, std::string_view name) {
        problem = code;
        if (code != Code::none) context.put_in_front(name);
    };
    value.fields([&](JsonKey & key, JsonValue & field_value) __attribute__((always_inline)) {
        if (problem != Code::none) return;
        for (std::size_t tries = 0; tries < Count; ++tries) {
            const JsonField<Target>& field = fields[next];
            const std::uint32_t bit = std::uint32_t{1} << next;
            next = next + 1 == Count ? 0 : next + 1;
            if (!key.is(field.name)) continue;
            if ((seen & bit) != 0) return;
            seen |= bit;
            if (field_value.kind() == JsonKind::null && !field.null_is_read) {
                absent |= bit;
            } else {
                report(field.read(context, target, field_value), field.name.text);
            }
            return;
        }
        if (unknown == UnknownFields::refused)
            report(Code::unknown_field, key.text().value_or("?"));
    });
    for (std::size_t i = 0; i < Count && problem == Code::none; ++i) {
        if (fields[i].is_required && (seen & ~absent & (std::uint32_t{1} << i)) == 0)
            report(Code::missing, fields[i].name.text);
    }
    return problem;
}

/// Reads an array by `read(item)`, which returns the item's problem; returns the first one.
template <class Read>
Code read_items(ReadContext& context, JsonValue& value, Read read) {
    if (value.kind() != JsonKind::array) return Code::wrong_type;
    Code problem = Code::none;
    std::size_t index = 0;
    value.items([&](JsonValue& item) {
        if (problem == Code::none) {
            problem = read(item);
            if (problem != Code::none) context.put_in_front(index);
        }
        ++index;
    });
    return problem;
}

// How each type of field is read. Another type joins by an overload of its own.

template <class Row>
Code read_value(ReadContext& context, Quantity<Row>& quantity, JsonValue& value) {
    return value.number(quantity, context.rounding);
}

/// An id, 0 .. 2^53, as a JSON number. It is never rounded: that would name something else.
template <class Kind>
Code read_value(ReadContext&, Id<Kind>& id, JsonValue& value) {
    Duration number;  // the same row of section 2
    const Code problem = value.number(number, Rounding::exact);
    id = Id<Kind>{static_cast<std::uint64_t>(number.count())};
    return problem;
}

inline Code read_value(ReadContext&, bool& flag, JsonValue& value) { return value.boolean(flag); }

inline Code read_value(ReadContext&, std::string_view& text, JsonValue& value) {
    return value.string(text);
}

inline Code read_value(ReadContext&, std::string& text, JsonValue& value) {
    std::string_view view;
    const Code problem = value.string(view);
    text = view;
    return problem;
}

inline Code read_value(ReadContext& context, Currency& currency, JsonValue& value) {
    std::string_view name;
    if (const Code problem = value.string(name); problem != Code::none) return problem;
    const std::optional<Currency> known = context.names.currency(name);
    if (!known) return Code::limit_reached;
    currency = *known;
    return Code::none;
}

inline Code read_value(ReadContext& context, GpuModel& model, JsonValue& value) {
    std::string_view name;
    if (const Code problem = value.string(name); problem != Code::none) return problem;
    const std::optional<GpuModel> known = context.names.model(name);
    if (!known) return Code::limit_reached;
    model = *known;
    return Code::none;
}

/// An array of exactly two numbers, `[min, max]`. The path stays at the array.
template <class Q>
Code read_value(ReadContext& context, Range<Q>& range, JsonValue& value) {
    if (value.kind() != JsonKind::array) return Code::wrong_type;
    Code problem = Code::none;
    std::size_t count = 0;
    value.items([&](JsonValue& item) {
        if (problem == Code::none && count < 2)
            problem = read_value(context, count == 0 ? range.min : range.max, item);
        ++count;
    });
    if (problem == Code::none && count != 2) problem = Code::wrong_type;
    if (problem == Code::none && range.is_inverted()) problem = Code::range_inverted;
    return problem;
}

/// An environment: texts only, of a key given twice the first.
inline Code read_value(ReadContext& context, std::vector<EnvironmentVariable>& environment,
                       JsonValue& value) {
    if (value.kind() != JsonKind::object) return Code::wrong_type;
    Code problem = Code::none;
    std::set<std::string_view> keys;
    value.fields([&](JsonKey& json_key, JsonValue& text) {
        if (problem != Code::none) return;
        const std::optional<std::string_view> key = json_key.text();
        EnvironmentVariable variable{.key = key.value_or("?")};
        if (!keys.insert(variable.key).second) return;
        problem = key ? text.string(variable.value) : Code::malformed;
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

/// Reads a field into a member, or into a member of a member: `read_into<&Machine::host,
/// &HostCapabilities::id>`.
template <auto First, auto... Rest>
Code read_into(ReadContext& context, typename MemberOf<decltype(First)>::owner& target,
               JsonValue& value) {
    if constexpr (sizeof...(Rest) == 0) {
        return read_value(context, target.*First, value);
    } else {
        return read_into<Rest...>(context, target.*First, value);
    }
}

/// Reads a whole document by `read(root)`, which returns its problem; `Code::none` in the answer:
/// it was read.
template <class Read>
DocumentError read_document(JsonText& json, ReadContext& context, Read read) {
    Code problem = Code::wrong_type;  // of a text that is a mere scalar, which nobody reads
    const JsonFault fault = json.read([&](JsonValue& root) { problem = read(root); });
    if (!fault.problem.empty()) return document_error(json.view(), fault);
    if (problem == Code::none) return {};
    return {.code = problem, .path = context.path};
}

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
