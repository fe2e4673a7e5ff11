// gigaspot: the form of each event as text: tables of its fields, and how each field is read.
// Layer: json/reader. Rules of the market, section 9.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/decimal.hpp>
#include <gigaspot/base/result.hpp>
#include <gigaspot/json/document.hpp>
#include <gigaspot/json/event_text.hpp>
#include <gigaspot/json/reader/cursor.hpp>
#include <gigaspot/json/reader/fields.hpp>
#include <gigaspot/json/reader/id_reader.hpp>
#include <gigaspot/json/reader/line_kind.hpp>
#include <gigaspot/json/reader/object.hpp>
#include <gigaspot/json/reader/problem.hpp>
#include <gigaspot/json/reader/tokens.hpp>
#include <gigaspot/json/text/words.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/event.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// The kinds of `EventKind` in their order, and then the one that is not an event of the engine.
inline constexpr JsonName event_names[] = {name(EventKind::accepted), name(EventKind::started),
                                           name(EventKind::changed),  name(EventKind::stopped),
                                           name(EventKind::charged),  name(EventKind::expired),
                                           name(EventKind::removed),  "rejected"};

inline constexpr LineKinds event_kinds{.key = "event",
                                       .front = R"({"event":)",
                                       .names = event_names,
                                       .wanted = "an event, an object with an event"};

// --- Codes by their names ---

struct NamedCode {
    std::string_view name{};
    Code code = Code::none;
};

/// Calls `use` for each code that can be a reason.
template <class Use>
constexpr void for_each_code(Use use) {
    constexpr std::uint16_t numbers = 1'000;
    constexpr std::string_view no_code = describe(static_cast<Code>(numbers)).name;
    for (std::uint16_t number = 1; number < numbers; ++number) {
        const NamedCode named{name(static_cast<Code>(number)), static_cast<Code>(number)};
        if (named.name != no_code) use(named);
    }
}

inline constexpr std::size_t named_code_count = [] {
    std::size_t count = 0;
    for_each_code([&](NamedCode) { ++count; });
    return count;
}();

inline constexpr std::array<NamedCode, named_code_count> named_codes = [] {
    std::array<NamedCode, named_code_count> all{};
    std::size_t at = 0;
    for_each_code([&](NamedCode named) { all[at++] = named; });
    return all;
}();

inline Code read_code(ReadContext& context, Code& code, JsonValue& value) {
    std::string_view text;
    if (const Code problem = read_value(context, text, value); problem != Code::none)
        return problem;
    for (const NamedCode& named : named_codes) {
        if (named.name != text) continue;
        code = named.code;
        return Code::none;
    }
    return context.fail(Code::malformed, text_of("unknown code ", quoted(text)));
}

// --- The reasons of a rejected command ---

/// Reads a number and keeps its text: no reader knows its unit.
template <std::string RejectionReason::*Member>
Code read_number_text(ReadContext& context, RejectionReason& reason, JsonValue& value) {
    std::string_view text = value.token();  // a number is checked when it is passed
    if (value.kind() == JsonKind::string) {
        if (const Code problem = read_value(context, text, value); problem != Code::none)
            return problem;
        if (!split_number(text))
            return context.fail(Code::malformed, text_of(quoted(text), " is not a decimal number"));
        reason.is_decimal = true;
    } else if (value.kind() != JsonKind::number) {
        return context.fail_type("a decimal number", value.kind());
    }
    reason.*Member = text;
    return Code::none;
}

inline Code read_gpu(ReadContext& context, RejectionReason& reason, JsonValue& value) {
    return read_id(context, reason.gpu.emplace(), value);  // 0 .. 255
}

inline Code read_reason_code(ReadContext& context, RejectionReason& reason, JsonValue& value) {
    return read_code(context, reason.code, value);
}

inline constexpr JsonField<RejectionReason> reason_fields[] = {
    {"code", true, read_reason_code},
    {"gpu", false, read_gpu},
    {"field", false, read_into<&RejectionReason::field>},
    {"value", false, read_number_text<&RejectionReason::value>},
    {"bound", false, read_number_text<&RejectionReason::bound>},
    {"unit", false, read_into<&RejectionReason::unit>},
    {"detail", false, read_into<&RejectionReason::detail>},
};

// --- Events ---

/// An event or a rejected command while its line is read.
template <class Traits>
struct EventDraft {
    BasicEvent<Traits> event{};
    RejectedCommand rejected{};  ///< its time and command are in `event`
};

/// The tables of fields. Unknown fields are ignored: a newer market may write more.
template <class Traits>
class EventForm {
    using Draft = EventDraft<Traits>;
    using Event = BasicEvent<Traits>;
    using Field = JsonField<Draft>;

    static Code read_nothing(ReadContext&, Draft&, JsonValue&) { return Code::none; }

    static Code read_time(ReadContext& context, Draft& draft, JsonValue& value) {
        return read_value(context, draft.event.time, value);
    }

    static Code read_command(ReadContext& context, Draft& draft, JsonValue& value) {
        return detail::read_id(context, draft.event.command, value);  // 0 .. 2^53
    }

    template <auto Member>
    static Code read_id(ReadContext& context, Draft& draft, JsonValue& value) {
        return detail::read_id(context, draft.event.*Member, value);
    }

    /// Reads money: a string, or a number of JSON.
    template <auto Member>
    static Code read_amount(ReadContext& context, Draft& draft, JsonValue& value) {
        auto& amount = draft.event.*Member;
        using Amount = std::remove_reference_t<decltype(amount)>;
        if (value.kind() == JsonKind::number) return read_value(context, amount, value);
        if (value.kind() != JsonKind::string)
            return context.fail_type("a decimal number", value.kind());
        std::string_view text;
        if (const Code problem = read_value(context, text, value); problem != Code::none)
            return problem;
        const Result<Amount, Code> read = Amount::from_text(text);
        if (!read && read.error() == Code::malformed)
            return context.fail(Code::malformed, text_of(quoted(text), " is not a decimal number"));
        if (!read) return context.fail(number_problem(read.error(), row_of<Amount>(), text));
        amount = *read;
        return Code::none;
    }

    static Code read_reason(ReadContext& context, Draft& draft, JsonValue& value) {
        return read_code(context, draft.event.reason, value);
    }

    static Code read_currency(ReadContext& context, Draft& draft, JsonValue& value) {
        return read_value(context, draft.event.currency, value);
    }

    static Code read_reasons(ReadContext& context, Draft& draft, JsonValue& value) {
        return read_items(context, value, [&](JsonValue& item) {
            return read_object<reason_fields>(context, item, draft.rejected.reasons.emplace_back());
        });
    }

    static constexpr Field accepted[] = {
        {"event", false, read_nothing},
        {"time", true, read_time},
        {"command", true, read_command},
    };
    static constexpr Field profits[] = {
        {"event", false, read_nothing},      {"time", true, read_time},
        {"command", true, read_command},     {"host", true, read_id<&Event::host>},
        {"bid", true, read_id<&Event::bid>}, {"profit", true, read_amount<&Event::profit>},
    };
    static constexpr Field stopped[] = {
        {"event", false, read_nothing},      {"time", true, read_time},
        {"command", true, read_command},     {"host", true, read_id<&Event::host>},
        {"bid", true, read_id<&Event::bid>}, {"reason", true, read_reason},
    };
    static constexpr Field charged[] = {
        {"event", false, read_nothing},          {"time", true, read_time},
        {"command", true, read_command},         {"host", true, read_id<&Event::host>},
        {"bid", true, read_id<&Event::bid>},     {"owner", true, read_id<&Event::owner>},
        {"currency", true, read_currency},       {"amount", true, read_amount<&Event::amount>},
        {"fee", true, read_amount<&Event::fee>},
    };
    static constexpr Field gone[] = {
        {"event", false, read_nothing},      {"time", true, read_time},
        {"command", true, read_command},     {"host", true, read_id<&Event::host>},
        {"bid", true, read_id<&Event::bid>},
    };
    static constexpr Field rejected[] = {
        {"event", false, read_nothing},
        {"time", true, read_time},
        {"command", true, read_command},
        {"reasons", true, read_reasons},
    };

public:
    /// Calls `use.operator()<fields>()` with the table of a kind; `kind` counts as in
    /// `event_names`.
    template <class Use>
    static auto with_fields(std::size_t kind, Use use) {
        switch (static_cast<EventKind>(kind)) {
        case EventKind::accepted: return use.template operator()<accepted>();
        case EventKind::started:
        case EventKind::changed: return use.template operator()<profits>();
        case EventKind::stopped: return use.template operator()<stopped>();
        case EventKind::charged: return use.template operator()<charged>();
        case EventKind::expired:
        case EventKind::removed: return use.template operator()<gone>();
        }
        return use.template operator()<rejected>();
    }
};

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
