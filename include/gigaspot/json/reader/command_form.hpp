// gigaspot: the form of each command as text: tables of its fields, and how each field is read.
// Layer: json/reader. Rules of the market, section 9, stages 1 to 3.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/result.hpp>
#include <gigaspot/json/names.hpp>
#include <gigaspot/json/reader/command_draft.hpp>
#include <gigaspot/json/reader/cursor.hpp>
#include <gigaspot/json/reader/fields.hpp>
#include <gigaspot/json/reader/line_kind.hpp>
#include <gigaspot/json/reader/problem.hpp>
#include <gigaspot/values/currency.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/overclock.hpp>
#include <gigaspot/values/traits.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

enum class NumberForm : std::uint8_t {
    whole,   ///< a number of JSON
    amount,  ///< money or a rate: a number of JSON, or a string with one
};

/// Rates and energy prices are measured, so they are rounded. All else of a command is exact
/// (section 2).
template <class Q>
constexpr Rounding rounding_of() {
    const bool is_measured = std::is_same_v<Q, ExchangeRate> || std::is_same_v<Q, EnergyPrice>;
    return is_measured ? Rounding::half_even : Rounding::exact;
}

/// Reads a number of a command. A number that its row does not take is not yet a problem of the
/// line: it is kept in `problems`.
template <class Q>
Code read_command_number(ReadContext& context, NumberProblems& problems, Place place,
                         NumberForm form, Code too_precise, JsonValue& value, Q& number) {
    std::string_view text;
    Code problem = Code::none;
    if (form == NumberForm::amount && value.kind() == JsonKind::string) {
        problem = read_value(context, text, value);
        if (problem != Code::none) return problem;
        const Result<Q, Code> read = Q::from_text(text, rounding_of<Q>());
        if (read) number = *read;
        if (!read) problem = read.error();
        if (problem == Code::malformed)
            return context.fail(problem, text_of(quoted(text), " is not a decimal number"));
    } else {
        problem = value.number(number, rounding_of<Q>());
        if (problem == Code::wrong_type)
            return context.fail_type(form == NumberForm::amount ? "a decimal number" : "a number",
                                     value.kind());
        if (problem == Code::malformed) return problem;
        if (problem != Code::none) text = value.token();
    }
    if (problem == Code::none) return problem;
    if (problem == Code::number_too_precise) problem = too_precise;
    problems.add(place, number_problem(problem, row_of<Q>(), text));
    return Code::none;
}

template <class T>
struct NumberOf {
    using type = T;
    static T& of(T& field) { return field; }
};
template <class T>
struct NumberOf<std::optional<T>> {
    using type = T;
    static T& of(std::optional<T>& field) { return field.emplace(); }
};

/// Reads a number of the command itself; `field` is its index in the table of its operation.
template <auto Member, std::uint32_t field, NumberForm form = NumberForm::whole,
          Code too_precise = Code::number_too_precise>
Code read_field(ReadContext& context, CommandDraft& draft, JsonValue& value) {
    using Number = NumberOf<std::remove_reference_t<decltype(draft.*Member)>>;
    return read_command_number(context, draft.problems, {.field = field}, form, too_precise, value,
                               Number::of(draft.*Member));
}

/// Reads a field that is not a number.
template <auto Member>
Code read_plain(ReadContext& context, CommandDraft& draft, JsonValue& value) {
    return read_value(context, draft.*Member, value);
}

/// `op` is read before the other fields, since it decides which of them are known.
inline Code read_op(ReadContext&, CommandDraft&, JsonValue&) { return Code::none; }

inline Code read_time(ReadContext& context, CommandDraft& draft, JsonValue& value) {
    return read_command_number(context, draft.time_problem, {.field = 1}, NumberForm::whole,
                               Code::number_too_precise, value, draft.time);
}

/// Reads the USD of a rate; null withdraws the rate.
inline Code read_usd(ReadContext& context, CommandDraft& draft, JsonValue& value) {
    if (value.kind() == JsonKind::null) return Code::none;
    return read_command_number(context, draft.problems, {.field = 3}, NumberForm::amount,
                               Code::number_too_precise, value, draft.rate.emplace());
}

/// Reads the currency of a rate, which may be a new name. If the table has no number left for it,
/// it gets one past the table, which the engine rejects.
inline Code read_any_currency(ReadContext& context, CommandDraft& draft, JsonValue& value) {
    std::string_view name;
    if (const Code problem = read_value(context, name, value); problem != Code::none)
        return problem;
    const std::optional<Currency> known = context.names.find_or_add_currency(name);
    draft.currency = known.value_or(Currency{limits::currencies_max});
    if (!known) draft.add_name_problem("currency", currency_problem(name));
    return Code::none;
}

/// Reads the currency of a bid, which must have a name already: a renter adds none (section 7).
inline Code read_known_currency(ReadContext& context, CommandDraft& draft, JsonValue& value) {
    std::string_view name;
    if (const Code problem = read_value(context, name, value); problem != Code::none)
        return problem;
    const std::optional<Currency> known = context.names.find_currency(name);
    draft.currency = known.value_or(Currency{limits::currencies_max});
    if (!known) draft.add_name_problem("currency", unknown_currency(name, context.names));
    return Code::none;
}

// --- The entries of `oc` and `gpus` ---

struct ProfileDraft {
    CommandDraft& command;
    Place place;
    OverclockProfile profile{};
};

template <auto Member, std::uint32_t inner>
Code read_profile_field(ReadContext& context, ProfileDraft& draft, JsonValue& value) {
    using Number = NumberOf<std::remove_reference_t<decltype(draft.profile.*Member)>>;
    Place place = draft.place;
    place.inner = inner;
    return read_command_number(context, draft.command.problems, place, NumberForm::whole,
                               Code::number_too_precise, value, Number::of(draft.profile.*Member));
}

inline constexpr JsonField<ProfileDraft> command_profile_fields[] = {
    {"pl", false, read_profile_field<&OverclockProfile::power_limit, 0>},
    {"core_lock", false, read_profile_field<&OverclockProfile::core_lock, 1>},
    {"mem_lock", false, read_profile_field<&OverclockProfile::mem_lock, 2>},
    {"core_offset", false, read_profile_field<&OverclockProfile::core_offset, 3>},
    {"mem_offset", false, read_profile_field<&OverclockProfile::mem_offset, 4>},
};

template <std::uint32_t field>
Code read_overclock(ReadContext& context, CommandDraft& draft, JsonValue& value) {
    draft.has_overclock = true;
    return read_items(context, value, [&](JsonValue& item) {
        const auto entry = static_cast<std::uint32_t>(draft.overclock.size());
        ProfileDraft profile{draft, {.field = field, .entry = entry}};
        const Code problem =
            read_object(context, item, command_profile_fields, profile, UnknownFields::rejected);
        draft.overclock.push_back(profile.profile);
        return problem;
    });
}

struct GpuDraft {
    CommandDraft& command;
    Place place;
    GpuLimits gpu{};
};

template <auto Member, std::uint32_t inner>
Code read_range(ReadContext& context, GpuDraft& draft, JsonValue& value) {
    using RangeField = NumberOf<std::remove_reference_t<decltype(draft.gpu.*Member)>>;
    auto& range = RangeField::of(draft.gpu.*Member);
    return read_ends(context, value, [&](JsonValue& item, std::size_t end) {
        Place place = draft.place;
        place.inner = inner;
        place.end = static_cast<std::uint32_t>(end);
        const Code problem =
            read_command_number(context, draft.command.problems, place, NumberForm::whole,
                                Code::number_too_precise, item, end == 0 ? range.min : range.max);
        if (problem != Code::none) context.put_in_front(end);
        return problem;
    });
}

inline Code read_model(ReadContext& context, GpuDraft& draft, JsonValue& value) {
    std::string_view name;
    if (const Code problem = read_value(context, name, value); problem != Code::none)
        return problem;
    const std::optional<GpuModel> known = context.names.find_or_add_model(name);
    draft.gpu.model = known.value_or(gpu_model_without_number);
    if (!known)
        draft.command.add_name_problem(
            text_of("gpus[", std::to_string(draft.place.entry), "].model"), model_problem(name));
    return Code::none;
}

inline constexpr JsonField<GpuDraft> command_gpu_fields[] = {
    {"model", false, read_model},
    {"pl", true, read_range<&GpuLimits::power_limit, 1>},
    {"core_lock", false, read_range<&GpuLimits::core_lock, 2>},
    {"mem_lock", false, read_range<&GpuLimits::mem_lock, 3>},
    {"core_offset", false, read_range<&GpuLimits::core_offset, 4>},
    {"mem_offset", false, read_range<&GpuLimits::mem_offset, 5>},
};

template <std::uint32_t field>
Code read_command_gpus(ReadContext& context, CommandDraft& draft, JsonValue& value) {
    return read_items(context, value, [&](JsonValue& item) {
        const auto entry = static_cast<std::uint32_t>(draft.gpus.size());
        GpuDraft gpu{draft, {.field = field, .entry = entry}};
        const Code problem =
            read_object(context, item, command_gpu_fields, gpu, UnknownFields::rejected_unless_x);
        draft.gpus.push_back(gpu.gpu);
        return problem;
    });
}

// --- The form of each operation: fields in the order in which their numbers are judged ---

using CommandField = JsonField<CommandDraft>;
using enum NumberForm;

inline constexpr CommandField rate_fields[] = {
    {"op", false, read_op},
    {"time", true, read_time},
    {"currency", true, read_any_currency},
    {"usd", true, read_usd, true},
    {"fee_ppm", false, read_field<&CommandDraft::fee, 4>},
};
inline constexpr CommandField host_fields[] = {
    {"op", false, read_op},
    {"time", true, read_time},
    {"id", true, read_field<&CommandDraft::id, 2>},
    {"energy_price", true, read_field<&CommandDraft::energy_price, 3, amount>},
    {"min_bid", false, read_field<&CommandDraft::min_bid, 4, amount>},
    {"base_power", false, read_field<&CommandDraft::base_power, 5>},
    {"max_rental_length", false, read_field<&CommandDraft::max_rental_length, 6>},
    {"online", false, read_plain<&CommandDraft::online>},
    {"on_demand_rented", false, read_plain<&CommandDraft::on_demand_rented>},
    {"working_properly", false, read_plain<&CommandDraft::working_properly>},
    {"gpus", true, read_command_gpus<10>},
};
inline constexpr CommandField host_status_fields[] = {
    {"op", false, read_op},
    {"time", true, read_time},
    {"id", true, read_field<&CommandDraft::id, 2>},
    {"online", false, read_plain<&CommandDraft::online>},
    {"on_demand_rented", false, read_plain<&CommandDraft::on_demand_rented>},
    {"working_properly", false, read_plain<&CommandDraft::working_properly>},
};
inline constexpr CommandField energy_price_fields[] = {
    {"op", false, read_op},
    {"time", true, read_time},
    {"id", true, read_field<&CommandDraft::id, 2>},
    {"usd", true, read_field<&CommandDraft::energy_price, 3, amount>},
};
inline constexpr CommandField id_fields[] = {
    {"op", false, read_op},
    {"time", true, read_time},
    {"id", true, read_field<&CommandDraft::id, 2>},
};
inline constexpr CommandField bid_command_fields[] = {
    {"op", false, read_op},
    {"time", true, read_time},
    {"id", true, read_field<&CommandDraft::id, 2>},
    {"host", true, read_field<&CommandDraft::host, 3>},
    {"owner", true, read_field<&CommandDraft::owner, 4>},
    {"price", true, read_field<&CommandDraft::price, 5, amount, Code::price_too_precise>},
    {"currency", true, read_known_currency},
    {"oc", false, read_overclock<7>},
    {"image", false, read_plain<&CommandDraft::image>},
    {"env", false, read_plain<&CommandDraft::environment>},
};
inline constexpr CommandField edit_command_fields[] = {
    {"op", false, read_op},
    {"time", true, read_time},
    {"id", true, read_field<&CommandDraft::id, 2>},
    {"price", true, read_field<&CommandDraft::price, 3, amount, Code::price_too_precise>},
    {"oc", false, read_overclock<4>},
    {"owner", false, read_field<&CommandDraft::owner, 5>},
};
inline constexpr CommandField cached_fields[] = {
    {"op", false, read_op},
    {"time", true, read_time},
    {"id", true, read_field<&CommandDraft::id, 2>},
    {"cached", true, read_plain<&CommandDraft::cached>},
};
inline constexpr CommandField cancel_command_fields[] = {
    {"op", false, read_op},
    {"time", true, read_time},
    {"id", true, read_field<&CommandDraft::id, 2>},
    {"owner", false, read_field<&CommandDraft::owner, 3>},
};
inline constexpr CommandField close_fields[] = {{"op", false, read_op}, {"time", true, read_time}};

inline constexpr LineKinds command_kinds{.key = "op",
                                         .front = R"({"op":")",
                                         .names = op_names,
                                         .wanted = "a command, an object with an op"};

/// Calls `use(fields)` with the table of an operation.
template <class Use>
auto with_fields(Op op, Use use) {
    switch (op) {
    case Op::rate: return use(rate_fields);
    case Op::host: return use(host_fields);
    case Op::host_status: return use(host_status_fields);
    case Op::energy_price: return use(energy_price_fields);
    case Op::remove_host:
    case Op::revoke: return use(id_fields);
    case Op::bid: return use(bid_command_fields);
    case Op::edit: return use(edit_command_fields);
    case Op::cached: return use(cached_fields);
    case Op::cancel: return use(cancel_command_fields);
    case Op::close: break;
    }
    return use(close_fields);
}

/// The path of a place, "oc[1].core_lock" or "gpus[0].pl[1]".
[[gnu::cold]] inline std::string path_of(Op op, const Place& place) {
    std::string path = with_fields(
        op, [&](const auto& fields) { return std::string{fields[place.field].name.text}; });
    const bool is_gpu = path == "gpus";
    if (!is_gpu && path != "oc") return path;
    path += text_of("[", std::to_string(place.entry), "].");
    path += is_gpu ? command_gpu_fields[place.inner].name.text
                   : command_profile_fields[place.inner].name.text;
    if (is_gpu) path += text_of("[", std::to_string(place.end), "]");
    return path;
}

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
