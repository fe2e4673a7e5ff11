// gigaspot: the form of each command as text: tables of its fields, and how each field is read.
// Layer: json/reader. Rules of the market, section 9, stages 1 to 3.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include <gigaspot/base/config.hpp>
#include <gigaspot/json/document.hpp>
#include <gigaspot/json/reader/command_draft.hpp>
#include <gigaspot/json/reader/command_number.hpp>
#include <gigaspot/json/reader/cursor.hpp>
#include <gigaspot/json/reader/fields.hpp>
#include <gigaspot/json/reader/line_kind.hpp>
#include <gigaspot/json/reader/object.hpp>
#include <gigaspot/json/reader/problem.hpp>
#include <gigaspot/json/text/words.hpp>
#include <gigaspot/values/currency.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/limits.hpp>
#include <gigaspot/values/overclock.hpp>
#include <gigaspot/values/traits.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

inline constexpr LineKinds command_kinds{.key = "op",
                                         .front = R"({"op":)",
                                         .names = op_names,
                                         .wanted = "a command, an object with an op"};

/// How the fields of commands with these traits are read.
template <class Traits>
class CommandForm {
    using Draft = CommandDraft<Traits>;
    using Profile = BasicOverclockProfile<Traits>;
    using Gpu = BasicGpuLimits<Traits>;

    /// Reads a number; `field` is its index in the table of its operation.
    template <auto Member, std::uint32_t field, Code too_precise = Code::number_too_precise>
    [[gnu::always_inline]] static Code read_number(ReadContext& context, Draft& draft,
                                                   JsonValue& value) {
        using Number = NumberOf<std::remove_reference_t<decltype(draft.*Member)>>;
        return read_command_number(context, draft.problems, {.field = field}, value,
                                   Number::of(draft.*Member), too_precise);
    }

    /// Reads an id; `field` is its index in the table of its operation.
    template <auto Member, std::uint32_t field>
    [[gnu::always_inline]] static Code read_id(ReadContext& context, Draft& draft,
                                               JsonValue& value) {
        using AnyId = NumberOf<std::remove_reference_t<decltype(draft.*Member)>>;
        return read_command_id(context, draft.problems, {.field = field}, value,
                               AnyId::of(draft.*Member));
    }

    /// Reads a field that is not a number.
    template <auto Member>
    static Code read_plain(ReadContext& context, Draft& draft, JsonValue& value) {
        return read_value(context, draft.*Member, value);
    }

    /// `op` is read before the other fields, since it decides which of them are known.
    [[gnu::always_inline]] static Code read_op(ReadContext&, Draft&, JsonValue& value) {
        value.pass_string_again();
        return Code::none;
    }

    [[gnu::always_inline]] static Code read_time(ReadContext& context, Draft& draft,
                                                 JsonValue& value) {
        return read_command_number(context, draft.time_problem, {.field = 1}, value, draft.time);
    }

    /// Reads the USD of a rate; null withdraws the rate.
    static Code read_usd(ReadContext& context, Draft& draft, JsonValue& value) {
        if (value.kind() == JsonKind::null) return Code::none;
        return read_command_number(context, draft.problems, {.field = 3}, value,
                                   draft.rate.emplace());
    }

    /// Reads the currency of a rate, which may be a new name. If the table has no number left for
    /// it, it gets one past the table, which the engine rejects.
    static Code read_any_currency(ReadContext& context, Draft& draft, JsonValue& value) {
        std::string_view name;
        if (const Code problem = read_value(context, name, value); problem != Code::none)
            return problem;
        const std::optional<Currency> known = context.names.find_or_add_currency(name);
        draft.currency = known.value_or(Currency{limits::currencies_max});
        if (!known) draft.add_name_problem("currency", currency_problem(name));
        return Code::none;
    }

    /// Reads the currency of a bid, which must have a name already: a renter adds none (section 7).
    static Code read_known_currency(ReadContext& context, Draft& draft, JsonValue& value) {
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
        Draft& command;
        Place place;
        Profile profile{};
    };

    [[gnu::always_inline]] static Code read_power_limit(ReadContext& context, ProfileDraft& draft,
                                                        JsonValue& value) {
        Place place = draft.place;
        place.inner = 0;
        return read_command_number(context, draft.command.problems, place, value,
                                   draft.profile.power_limit);
    }

    template <auto Member, std::uint32_t inner>
    [[gnu::always_inline]] static Code read_setting(ReadContext& context, ProfileDraft& draft,
                                                    JsonValue& value) {
        Place place = draft.place;
        place.inner = inner;
        return read_command_setting(context, draft.command.problems, place, value,
                                    draft.profile.*Member);
    }

    static constexpr JsonField<ProfileDraft> profile_fields[] = {
        {"pl", false, read_power_limit},
        {"core_lock", false, read_setting<&Profile::core_lock, 1>},
        {"mem_lock", false, read_setting<&Profile::mem_lock, 2>},
        {"core_offset", false, read_setting<&Profile::core_offset, 3>},
        {"mem_offset", false, read_setting<&Profile::mem_offset, 4>},
    };

    template <std::uint32_t field>
    static Code read_overclock(ReadContext& context, Draft& draft, JsonValue& value) {
        draft.has_overclock = true;
        return read_items(context, value, [&](JsonValue& item) {
            const auto entry = static_cast<std::uint32_t>(draft.overclock.size());
            ProfileDraft profile{draft, {.field = field, .entry = entry}};
            const Code problem =
                read_object<profile_fields, UnknownFields::rejected>(context, item, profile);
            draft.overclock.push_back(profile.profile);
            return problem;
        });
    }

    struct GpuDraft {
        Draft& command;
        Place place;
        Gpu gpu{};
    };

    template <auto Member, std::uint32_t inner>
    static Code read_range(ReadContext& context, GpuDraft& draft, JsonValue& value) {
        using RangeField = NumberOf<std::remove_reference_t<decltype(draft.gpu.*Member)>>;
        auto& ends = RangeField::of(draft.gpu.*Member);
        return read_ends(context, value, [&](JsonValue& item, std::size_t end) {
            Place place = draft.place;
            place.inner = inner;
            place.end = static_cast<std::uint32_t>(end);
            const Code problem = read_command_number(context, draft.command.problems, place, item,
                                                     end == 0 ? ends.min : ends.max);
            if (problem != Code::none) context.put_in_front(end);
            return problem;
        });
    }

    static Code read_model(ReadContext& context, GpuDraft& draft, JsonValue& value) {
        std::string_view name;
        if (const Code problem = read_value(context, name, value); problem != Code::none)
            return problem;
        const std::optional<GpuModel> known = context.names.find_or_add_model(name);
        draft.gpu.model = known.value_or(gpu_model_without_number);
        if (!known)
            draft.command.add_name_problem(
                text_of("gpus[", std::to_string(draft.place.entry), "].model"),
                model_problem(name));
        return Code::none;
    }

    static constexpr JsonField<GpuDraft> gpu_fields[] = {
        {"model", false, read_model},
        {"pl", true, read_range<&Gpu::power_limit, 1>},
        {"core_lock", false, read_range<&Gpu::core_lock, 2>},
        {"mem_lock", false, read_range<&Gpu::mem_lock, 3>},
        {"core_offset", false, read_range<&Gpu::core_offset, 4>},
        {"mem_offset", false, read_range<&Gpu::mem_offset, 5>},
    };

    template <std::uint32_t field>
    static Code read_gpus(ReadContext& context, Draft& draft, JsonValue& value) {
        return read_items(context, value, [&](JsonValue& item) {
            const auto entry = static_cast<std::uint32_t>(draft.gpus.size());
            GpuDraft gpu{draft, {.field = field, .entry = entry}};
            const Code problem =
                read_object<gpu_fields, UnknownFields::rejected_unless_x>(context, item, gpu);
            draft.gpus.push_back(gpu.gpu);
            return problem;
        });
    }

    // --- The form of each operation: fields in the order in which their numbers are judged ---

    using Field = JsonField<Draft>;

    static constexpr Field rate_fields[] = {
        {"op", false, read_op},
        {"time", true, read_time},
        {"currency", true, read_any_currency},
        {"usd", true, read_usd, true},
        {"fee_ppm", false, read_number<&Draft::fee, 4>},
    };
    static constexpr Field host_fields[] = {
        {"op", false, read_op},
        {"time", true, read_time},
        {"id", true, read_id<&Draft::host, 2>},
        {"energy_price", true, read_number<&Draft::energy_price, 3>},
        {"min_bid", false, read_number<&Draft::min_bid, 4>},
        {"base_power", false, read_number<&Draft::base_power, 5>},
        {"max_rental_length", false, read_number<&Draft::max_rental_length, 6>},
        {"online", false, read_plain<&Draft::online>},
        {"on_demand_rented", false, read_plain<&Draft::on_demand_rented>},
        {"working_properly", false, read_plain<&Draft::working_properly>},
        {"gpus", true, read_gpus<10>},
    };
    static constexpr Field host_status_fields[] = {
        {"op", false, read_op},
        {"time", true, read_time},
        {"id", true, read_id<&Draft::host, 2>},
        {"online", false, read_plain<&Draft::online>},
        {"on_demand_rented", false, read_plain<&Draft::on_demand_rented>},
        {"working_properly", false, read_plain<&Draft::working_properly>},
    };
    static constexpr Field energy_price_fields[] = {
        {"op", false, read_op},
        {"time", true, read_time},
        {"id", true, read_id<&Draft::host, 2>},
        {"usd", true, read_number<&Draft::energy_price, 3>},
    };
    static constexpr Field remove_host_fields[] = {
        {"op", false, read_op},
        {"time", true, read_time},
        {"id", true, read_id<&Draft::host, 2>},
    };
    static constexpr Field revoke_fields[] = {
        {"op", false, read_op},
        {"time", true, read_time},
        {"id", true, read_id<&Draft::bid, 2>},
    };
    static constexpr Field bid_fields[] = {
        {"op", false, read_op},
        {"time", true, read_time},
        {"id", true, read_id<&Draft::bid, 2>},
        {"host", true, read_id<&Draft::host, 3>},
        {"owner", true, read_id<&Draft::owner, 4>},
        {"price", true, read_number<&Draft::price, 5, Code::price_too_precise>},
        {"currency", true, read_known_currency},
        {"oc", false, read_overclock<7>},
        {"image", false, read_plain<&Draft::image>},
        {"env", false, read_plain<&Draft::environment>},
    };
    static constexpr Field edit_fields[] = {
        {"op", false, read_op},
        {"time", true, read_time},
        {"id", true, read_id<&Draft::bid, 2>},
        {"price", true, read_number<&Draft::price, 3, Code::price_too_precise>},
        {"oc", false, read_overclock<4>},
        {"owner", false, read_id<&Draft::owner, 5>},
    };
    static constexpr Field cached_fields[] = {
        {"op", false, read_op},
        {"time", true, read_time},
        {"id", true, read_id<&Draft::bid, 2>},
        {"cached", true, read_plain<&Draft::cached>},
    };
    static constexpr Field cancel_fields[] = {
        {"op", false, read_op},
        {"time", true, read_time},
        {"id", true, read_id<&Draft::bid, 2>},
        {"owner", false, read_id<&Draft::owner, 3>},
    };
    static constexpr Field close_fields[] = {{"op", false, read_op}, {"time", true, read_time}};

public:
    /// Calls `use.operator()<fields>()` with the table of an operation.
    template <class Use>
    static auto with_fields(Op op, Use use) {
        switch (op) {
        case Op::rate: return use.template operator()<rate_fields>();
        case Op::host: return use.template operator()<host_fields>();
        case Op::host_status: return use.template operator()<host_status_fields>();
        case Op::energy_price: return use.template operator()<energy_price_fields>();
        case Op::remove_host: return use.template operator()<remove_host_fields>();
        case Op::bid: return use.template operator()<bid_fields>();
        case Op::edit: return use.template operator()<edit_fields>();
        case Op::cached: return use.template operator()<cached_fields>();
        case Op::cancel: return use.template operator()<cancel_fields>();
        case Op::revoke: return use.template operator()<revoke_fields>();
        case Op::close: break;
        }
        return use.template operator()<close_fields>();
    }

    /// The path of a place, "oc[1].core_lock" or "gpus[0].pl[1]".
    [[gnu::cold]] static std::string path_of(Op op, const Place& place) {
        std::string path = with_fields(
            op, [&]<const auto & fields>() { return std::string{fields[place.field].name.text}; });
        const bool is_gpu = path == "gpus";
        if (!is_gpu && path != "oc") return path;
        path += text_of("[", std::to_string(place.entry), "].");
        path += is_gpu ? gpu_fields[place.inner].name.text : profile_fields[place.inner].name.text;
        if (is_gpu) path += text_of("[", std::to_string(place.end), "]");
        return path;
    }
};

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
