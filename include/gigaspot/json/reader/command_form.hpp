// gigaspot: the form of each command as text: its fields, and what is kept of them. Layer:
// json/reader. Rules of the market, section 9, stages 1 to 3.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/result.hpp>
#include <gigaspot/json/names.hpp>
#include <gigaspot/json/reader/cursor.hpp>
#include <gigaspot/json/reader/fields.hpp>
#include <gigaspot/values/currency.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/overclock.hpp>
#include <gigaspot/values/traits.hpp>
#include <gigaspot/values/units.hpp>
#include <gigaspot/values/workload.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

enum class Op : std::uint8_t {
    rate,
    host,
    host_status,
    energy_price,
    remove_host,
    bid,
    edit,
    cached,
    cancel,
    revoke,
    close
};

/// A number that its row does not take. Such a problem waits until all of the text has been seen,
/// since a malformed field goes before it, and the first in the order of the rules counts, not the
/// first in the text.
class NumberProblems {
public:
    /// Where a number stands: the field, and within `oc` or `gpus` the entry, its field, and which
    /// end of a range.
    struct Place {
        std::uint32_t field = 0xffff'ffff;
        std::uint32_t entry = 0;
        std::uint32_t inner = 0;
        std::uint32_t end = 0;

        friend constexpr auto operator<=>(const Place&, const Place&) = default;
    };

    void add(Place place, Code code) {
        if (place < place_) {
            place_ = place;
            code_ = code;
        }
    }
    [[nodiscard]] Code code() const { return code_; }
    [[nodiscard]] const Place& place() const { return place_; }

private:
    Place place_{};
    Code code_ = Code::none;
};

/// The fields of any command; which of them mean something depends on `op`. Texts live as long as
/// the line that they were read from.
struct CommandDraft {
    Op op = Op::close;
    Timestamp time{};
    Code time_problem = Code::none;
    NumberProblems problems{};

    Duration id{};  // ids share the row of durations
    Duration host{};
    std::optional<Duration> owner{};
    Price price{};
    Currency currency{};
    std::optional<ExchangeRate> rate{};
    std::optional<Ppm> fee{};
    EnergyPrice energy_price{};
    Price min_bid{};
    Power base_power{};
    std::optional<RentalLength> max_rental_length{};
    std::optional<bool> online{};
    std::optional<bool> on_demand_rented{};
    std::optional<bool> working_properly{};
    bool cached = false;
    bool has_overclock = false;
    std::vector<OverclockProfile> overclock{};
    std::vector<GpuLimits> gpus{};
    std::optional<std::string_view> image{};
    std::vector<EnvironmentVariable> environment{};

    /// Empty again, with the memory of its lists.
    void clear() {
        CommandDraft empty;
        empty.overclock.swap(overclock);
        empty.gpus.swap(gpus);
        empty.environment.swap(environment);
        empty.overclock.clear();
        empty.gpus.clear();
        empty.environment.clear();
        *this = std::move(empty);
    }
};

using Place = NumberProblems::Place;

enum class NumberForm : std::uint8_t {
    whole,   ///< a JSON number
    amount,  ///< money or a rate: a number, or a text of one
};

template <class Q>
Code read_number(NumberProblems& problems, Place place, NumberForm form, Code too_precise,
                 JsonValue& value, Q& number) {
    Code problem = Code::none;
    if (form == NumberForm::amount && value.kind() == JsonKind::string) {
        std::string_view text;
        problem = value.string(text);
        if (problem == Code::none) {
            const Result<Q, Code> read = Q::from_text(text);
            if (read) number = *read;
            if (!read) problem = read.error();
        }
    } else {
        problem = value.number(number, Rounding::exact);
    }
    if (problem == Code::number_out_of_range) {
        problems.add(place, problem);
        return Code::none;
    }
    if (problem == Code::number_too_precise) {
        problems.add(place, too_precise);
        return Code::none;
    }
    return problem;
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

/// A number of the command itself; `field` is its place in the table of its operation.
template <auto Member, std::uint32_t field, NumberForm form = NumberForm::whole,
          Code too_precise = Code::number_too_precise>
Code read_field(ReadContext&, CommandDraft& draft, JsonValue& value) {
    using Number = NumberOf<std::remove_reference_t<decltype(draft.*Member)>>;
    return read_number(draft.problems, {.field = field}, form, too_precise, value,
                       Number::of(draft.*Member));
}

inline Code read_time(ReadContext&, CommandDraft& draft, JsonValue& value) {
    NumberProblems problem;
    const Code wrong = read_number(problem, {.field = 0}, NumberForm::whole,
                                   Code::number_too_precise, value, draft.time);
    draft.time_problem = problem.code();
    return wrong;
}

/// null withdraws a rate.
inline Code read_usd(ReadContext&, CommandDraft& draft, JsonValue& value) {
    if (value.kind() == JsonKind::null) return Code::none;
    return read_number(draft.problems, {.field = 2}, NumberForm::amount, Code::number_too_precise,
                       value, draft.rate.emplace());
}

/// A currency that there is no number left for gets one past the table, which the engine refuses.
inline Code read_currency(ReadContext& context, CommandDraft& draft, JsonValue& value) {
    std::string_view name;
    if (const Code problem = value.string(name); problem != Code::none) return problem;
    draft.currency = context.names.currency(name).value_or(Currency{limits::currencies_max});
    return Code::none;
}

// --- The entries of `oc` and `gpus` ---

struct ProfileDraft {
    CommandDraft& command;
    Place place;
    OverclockProfile profile{};
};

template <auto Member, std::uint32_t inner>
Code read_profile_field(ReadContext&, ProfileDraft& draft, JsonValue& value) {
    using Number = NumberOf<std::remove_reference_t<decltype(draft.profile.*Member)>>;
    Place place = draft.place;
    place.inner = inner;
    return read_number(draft.command.problems, place, NumberForm::whole, Code::number_too_precise,
                       value, Number::of(draft.profile.*Member));
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
            read_object(context, item, command_profile_fields, profile, UnknownFields::refused);
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
Code read_range(ReadContext&, GpuDraft& draft, JsonValue& value) {
    if (value.kind() != JsonKind::array) return Code::wrong_type;
    using RangeField = NumberOf<std::remove_reference_t<decltype(draft.gpu.*Member)>>;
    auto& range = RangeField::of(draft.gpu.*Member);
    Code problem = Code::none;
    std::uint32_t end = 0;
    value.items([&](JsonValue& item) {
        if (problem == Code::none && end < 2) {
            Place place = draft.place;
            place.inner = inner;
            place.end = end;
            problem = read_number(draft.command.problems, place, NumberForm::whole,
                                  Code::number_too_precise, item, end == 0 ? range.min : range.max);
        }
        ++end;
    });
    if (problem == Code::none && end != 2) problem = Code::wrong_type;
    return problem;
}

inline Code read_model(ReadContext& context, GpuDraft& draft, JsonValue& value) {
    std::string_view name;
    if (const Code problem = value.string(name); problem != Code::none) return problem;
    draft.gpu.model = context.names.model(name).value_or(gpu_model_without_number);
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
        const Code problem = read_object(context, item, command_gpu_fields, gpu);
        draft.gpus.push_back(gpu.gpu);
        return problem;
    });
}

// --- The form of each operation: fields in the order in which their numbers are judged ---

using CommandField = JsonField<CommandDraft>;
using enum NumberForm;

inline constexpr CommandField rate_fields[] = {
    {"time", true, read_time},
    {"currency", true, read_currency},
    {"usd", true, read_usd, true},
    {"fee_ppm", false, read_field<&CommandDraft::fee, 3>},
};
inline constexpr CommandField host_fields[] = {
    {"time", true, read_time},
    {"id", true, read_field<&CommandDraft::id, 1>},
    {"energy_price", true, read_field<&CommandDraft::energy_price, 2, amount>},
    {"min_bid", false, read_field<&CommandDraft::min_bid, 3, amount>},
    {"base_power", false, read_field<&CommandDraft::base_power, 4>},
    {"max_rental_length", false, read_field<&CommandDraft::max_rental_length, 5>},
    {"online", false, read_into<&CommandDraft::online>},
    {"on_demand_rented", false, read_into<&CommandDraft::on_demand_rented>},
    {"working_properly", false, read_into<&CommandDraft::working_properly>},
    {"gpus", true, read_command_gpus<9>},
};
inline constexpr CommandField host_status_fields[] = {
    {"time", true, read_time},
    {"id", true, read_field<&CommandDraft::id, 1>},
    {"online", false, read_into<&CommandDraft::online>},
    {"on_demand_rented", false, read_into<&CommandDraft::on_demand_rented>},
    {"working_properly", false, read_into<&CommandDraft::working_properly>},
};
inline constexpr CommandField energy_price_fields[] = {
    {"time", true, read_time},
    {"id", true, read_field<&CommandDraft::id, 1>},
    {"usd", true, read_field<&CommandDraft::energy_price, 2, amount>},
};
inline constexpr CommandField id_fields[] = {
    {"time", true, read_time},
    {"id", true, read_field<&CommandDraft::id, 1>},
};
inline constexpr CommandField bid_command_fields[] = {
    {"time", true, read_time},
    {"id", true, read_field<&CommandDraft::id, 1>},
    {"host", true, read_field<&CommandDraft::host, 2>},
    {"owner", true, read_field<&CommandDraft::owner, 3>},
    {"price", true, read_field<&CommandDraft::price, 4, amount, Code::price_too_precise>},
    {"currency", true, read_currency},
    {"oc", false, read_overclock<6>},
    {"image", false, read_into<&CommandDraft::image>},
    {"env", false, read_into<&CommandDraft::environment>},
};
inline constexpr CommandField edit_command_fields[] = {
    {"time", true, read_time},
    {"id", true, read_field<&CommandDraft::id, 1>},
    {"price", true, read_field<&CommandDraft::price, 2, amount, Code::price_too_precise>},
    {"oc", false, read_overclock<3>},
    {"owner", false, read_field<&CommandDraft::owner, 4>},
};
inline constexpr CommandField cached_fields[] = {
    {"time", true, read_time},
    {"id", true, read_field<&CommandDraft::id, 1>},
    {"cached", true, read_into<&CommandDraft::cached>},
};
inline constexpr CommandField cancel_command_fields[] = {
    {"time", true, read_time},
    {"id", true, read_field<&CommandDraft::id, 1>},
    {"owner", false, read_field<&CommandDraft::owner, 2>},
};
inline constexpr CommandField close_fields[] = {{"time", true, read_time}};

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

inline std::optional<Op> find_op(std::string_view name) {
    constexpr std::string_view names[] = {"rate",        "host",   "host_status", "energy_price",
                                          "remove_host", "bid",    "edit",        "cached",
                                          "cancel",      "revoke", "close"};
    for (std::size_t i = 0; i < std::size(names); ++i) {
        if (names[i] == name) return static_cast<Op>(i);
    }
    return std::nullopt;
}

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
