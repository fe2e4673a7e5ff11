// gigaspot: reads objects by tables of their known fields, and keeps the first problem. Layer:
// json/reader.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/decimal.hpp>
#include <gigaspot/json/document.hpp>
#include <gigaspot/json/names.hpp>
#include <gigaspot/json/reader/cursor.hpp>
#include <gigaspot/json/reader/problem.hpp>
#include <gigaspot/json/reader/tokens.hpp>
#include <gigaspot/json/text/words.hpp>
#include <gigaspot/values/error.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// What all readers of a document share. A function that finds a problem returns its code, and
/// keeps the rest of the problem here. Its path grows from the inside: each caller puts its own
/// part in front.
struct ReadContext {
    MarketNames& names;
    Rounding rounding;
    FieldProblem& problem;  ///< a reference, since readers of lines keep theirs: 75 instructions
    std::vector<Note>* notes = nullptr;  ///< null if no field of the document is noted
    std::size_t notes_of_item = 0;       ///< of the item of a list that is being read

    /// Keeps what is wrong, and returns the code.
    [[gnu::cold]] Code fail(FieldProblem found) {
        problem = std::move(found);
        return problem.code;
    }
    [[gnu::cold]] Code fail(Code code, std::string detail) {
        return fail({.code = code, .detail = std::move(detail)});
    }
    [[gnu::cold]] Code fail_type(std::string_view wanted, JsonKind got) {
        return fail(Code::wrong_type, expected(wanted, got));
    }

    void put_in_front(std::string_view name) { put_in_front(problem.field, name); }
    void put_in_front(std::size_t index) { put_in_front(problem.field, index); }

    /// Makes the problem a note, which ends the problem.
    [[gnu::cold]] Code add_note() {
        notes->push_back({.path = std::move(problem.field), .detail = std::move(problem.detail)});
        ++notes_of_item;
        problem = {};
        return Code::none;
    }
    /// Ends an item: puts its place in front of its notes.
    [[gnu::cold]] void put_in_front_of_notes(std::string_view list, std::size_t index) {
        for (; notes_of_item > 0; --notes_of_item) {
            std::string& path = (*notes)[notes->size() - notes_of_item].path;
            put_in_front(path, index);
            put_in_front(path, list);
        }
    }
    /// Ends an item that is skipped.
    [[gnu::cold]] void forget_notes_of_item() {
        notes->resize(notes->size() - notes_of_item);
        notes_of_item = 0;
    }

private:
    [[gnu::cold]] static void put_in_front(std::string& path, std::string_view name) {
        const bool needs_dot = !path.empty() && path[0] != '[';
        path.insert(0, needs_dot ? "." : "");
        path.insert(0, name);
    }
    [[gnu::cold]] static void put_in_front(std::string& path, std::size_t index) {
        if (!path.empty() && path[0] != '[') path.insert(0, ".");
        path.insert(0, "]");
        path.insert(0, to_decimal(static_cast<Int128>(index), 0).view());
        path.insert(0, "[");
    }
};

/// A known field of an object. It holds a function pointer, so that the form of a document is a
/// table that people can read.
template <class Target>
struct JsonField {
    JsonName name;
    bool is_required;
    Code (*read)(ReadContext& context, Target& target, JsonValue& value);
    bool null_is_read = false;  ///< a null is a value to read, not an absent field
    bool is_noted = false;      ///< no rule uses it: what is wrong with it is only a note
};

enum class UnknownFields : std::uint8_t {
    ignored,
    rejected_unless_x,  ///< names that begin with "x_" belong to the sender
    rejected
};

/// An unknown field, and the names that its object knows.
template <class Target, std::size_t Count>
[[gnu::cold]] Code fail_unknown(ReadContext& context, std::string_view name,
                                const JsonField<Target> (&fields)[Count]) {
    std::string names;
    for (const JsonField<Target>& field : fields) add_to_list(names, field.name.text);
    return context.fail(Code::unknown_field,
                        text_of("unknown field ", shown(name), "; expected ", names));
}

/// A required field that is absent or null, and all required fields of its object.
template <class Target, std::size_t Count>
[[gnu::cold]] Code fail_missing(ReadContext& context, bool is_null,
                                const JsonField<Target> (&fields)[Count]) {
    std::string names;
    for (const JsonField<Target>& field : fields) {
        if (field.is_required) add_to_list(names, field.name.text);
    }
    return context.fail(Code::missing, text_of(is_null ? "null counts as not given" : "not given",
                                               "; required: ", names));
}

/// Finds a field by its key, and searches from `first` on. Returns the number of fields if none has
/// this key. A key with escapes differs from all names as it is written, so it is compared last.
template <class Target, std::size_t Count>
[[gnu::noinline]] std::size_t find_field(JsonKey& key, const JsonField<Target> (&fields)[Count],
                                         std::size_t first) {
    for (std::size_t tries = 0, i = first; tries < Count; ++tries, ++i) {
        if (i == Count) i = 0;
        if (key.is_plainly(fields[i].name)) return i;
    }
    const std::optional<std::string_view> text = key.text();
    std::size_t found = 0;
    while (found < Count && text != fields[found].name.text) ++found;
    return found;
}

/// The bits of the fields that an object must have.
template <class Target, std::size_t Count>
consteval std::uint32_t required_bits(const JsonField<Target> (&fields)[Count]) {
    static_assert(Count <= 32);
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < Count; ++i) bits |= std::uint32_t{fields[i].is_required} << i;
    return bits;
}

/// Reads the known fields of an object into `target`. Null counts as absent. If a key appears
/// twice, the first counts, even if it is null. Returns the first problem in the text, else the
/// first required field of the table that is missing.
///
/// Fields that come in the order of the table, as they mostly do, are read by code without a loop,
/// in which names and readers are constants: 300 instructions less for a line of the benchmarks.
/// Objects with unknown fields leave that code soon, and it would cost 3 s of compiling.
template <const auto& fields, UnknownFields unknown = UnknownFields::ignored, class Target>
Code read_object(ReadContext& context, JsonValue& value, Target& target) {
    constexpr std::size_t count = std::size(fields);
    if (value.kind() != JsonKind::object) return context.fail_type("an object", value.kind());
    Code problem = Code::none;
    std::uint32_t seen = 0;
    std::uint32_t absent = 0;
    std::size_t next = 0;  // after the field that was read last
    const auto report = [&](Code code, std::string_view name) {
        problem = code;
        context.put_in_front(name);
    };
    const auto read = [&](std::size_t index, JsonValue & field_value)
        __attribute__((always_inline)) {
        const JsonField<Target>& field = fields[index];
        const std::uint32_t bit = std::uint32_t{1} << index;
        next = index + 1;
        if ((seen & bit) != 0) return;
        seen |= bit;
        if (field_value.kind() == JsonKind::null && !field.null_is_read) {
            absent |= bit;
            return;
        }
        const Code found = field.read(context, target, field_value);
        if (found == Code::none) return;
        report(found, field.name.text);
        if (field.is_noted) problem = context.add_note();
    };
    bool has_more = value.begin_fields();
    const auto read_if_next = [&](auto index) __attribute__((always_inline)) {
        if (!has_more || problem != Code::none || !value.is_next(fields[index].name)) return;
        has_more = value.next_field([&](JsonValue & field_value) __attribute__((always_inline)) {
            read(index, field_value);
        });
    };
    if constexpr (unknown != UnknownFields::ignored) {
        [&]<std::size_t... index>(std::index_sequence<index...>) {
            (read_if_next(std::integral_constant<std::size_t, index>{}), ...);
        }
        (std::make_index_sequence<count>{});
    }
    auto read_any = [&](JsonKey & key, JsonValue & field_value) __attribute__((always_inline)) {
        if (problem != Code::none) return;
        const std::size_t found = find_field(key, fields, next);
        if (found != count) return read(found, field_value);
        if (unknown == UnknownFields::ignored) return;
        const std::string_view name = key.text().value_or("?");
        if (unknown == UnknownFields::rejected_unless_x && name.starts_with("x_")) return;
        report(fail_unknown(context, name, fields), name);
    };
    while (has_more) has_more = value.field(read_any);
    const std::uint32_t missing = required_bits(fields) & ~(seen & ~absent);
    if (problem == Code::none && missing != 0) {
        const auto first = static_cast<std::size_t>(std::countr_zero(missing));
        const bool is_null = (absent & (missing & (0 - missing))) != 0;
        report(fail_missing(context, is_null, fields), fields[first].name.text);
    }
    return problem;
}

/// Reads an array by `read(item)`, which returns the code of the item's problem. Returns the first
/// one.
template <class Read>
Code read_items(ReadContext& context, JsonValue& value, Read read) {
    if (value.kind() != JsonKind::array) return context.fail_type("an array", value.kind());
    Code problem = Code::none;
    std::size_t index = 0;
    value.items([&](JsonValue & item) __attribute__((always_inline)) {
        if (problem == Code::none) {
            problem = read(item);
            if (problem != Code::none) context.put_in_front(index);
        }
        ++index;
    });
    return problem;
}

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
