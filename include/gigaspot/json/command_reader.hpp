// gigaspot: reads commands of a market, each from its line of JSON. Layer: json. Rules of the
// market, section 9, stages 1 to 3.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/result.hpp>
#include <gigaspot/json/document.hpp>
#include <gigaspot/json/names.hpp>
#include <gigaspot/json/reader/command_form.hpp>
#include <gigaspot/json/reader/cursor.hpp>
#include <gigaspot/json/reader/fault.hpp>
#include <gigaspot/json/reader/fields.hpp>
#include <gigaspot/json/reader/problem.hpp>
#include <gigaspot/values/command.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/limits.hpp>
#include <gigaspot/values/units.hpp>
#include <gigaspot/values/workload.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// A command and its time.
struct TimedCommand {
    Command command = Close{};
    Timestamp time{};  ///< milliseconds
};

/// Why a line is not a command.
struct CommandProblem {
    FieldProblem problem{};
    /// The command's time, if it could be read: an engine that rejects this time does so before it
    /// looks at any other number.
    std::optional<Timestamp> time{};
};

/// Reads commands, one after the other, and reuses the memory of earlier ones. `CommandText` writes
/// them. Not for use by two threads at once.
class CommandReader {
public:
    /// Reads one line, without its end. A UTF-8 byte-order mark in front is ignored. The lists and
    /// texts of the command are in this reader, and valid until it reads the next line or is moved.
    /// Models and currencies of `rate` are added to `names`; those of a command that is then
    /// rejected should be forgotten (`MarketNames::forget_since`). A name that the table does not
    /// take gets a number past it, which the engine rejects as `limit_reached`. So does a bid's
    /// currency that has no name yet; the engine rejects it as `currency_unknown`.
    ///
    /// Fails with `malformed`, with what is wrong and where; then, for a number of the time or else
    /// for the first other number in the order of the rules, with `number_out_of_range`,
    /// `number_too_precise` or `price_too_precise`. Costs one pass over the line.
    [[nodiscard]] Result<TimedCommand, CommandProblem> read(std::string_view line,
                                                            MarketNames& names) {
        draft_.clear();
        has_op_ = false;
        if (std::optional<FieldProblem> problem = read_line(detail::without_mark(line), names)) {
            problem->code = Code::malformed;
            return Unexpected{CommandProblem{*std::move(problem), {}}};
        }
        if (auto& problem = draft_.time_problem.problem()) {
            problem->field = "time";
            return Unexpected{CommandProblem{*std::move(problem), {}}};
        }
        if (auto& problem = draft_.problems.problem()) {
            problem->field = detail::path_of(draft_.op, draft_.problems.place());
            return Unexpected{CommandProblem{*std::move(problem), draft_.time}};
        }
        return TimedCommand{command(), draft_.time};
    }

    /// Whether the last line had an `op` that is known. If no line of a file has one, the file
    /// holds no commands.
    [[nodiscard]] bool has_known_op() const { return has_op_; }

    /// Why a name of the last line has no number, if so: it is too long, its table is full, or it
    /// is the unknown currency of a bid.
    [[nodiscard]] const std::optional<FieldProblem>& name_problem() const {
        return draft_.name_problem;
    }

private:
    /// What makes a line malformed.
    std::optional<FieldProblem> read_line(std::string_view line, MarketNames& names) {
        if (line.size() > limits::command_bytes_max) return line_too_long(line.size());
        json_.assign(line);
        detail::ReadContext context{names, Rounding::exact};
        std::optional<detail::Op> op = op_in_front(line);
        if (!op) {
            // It is not the first field, or it is written with escapes: find it first.
            Code problem = Code::none;
            bool is_read = false;
            const detail::JsonFault fault = json_.read([&](detail::JsonValue& root) {
                is_read = true;
                problem = find(context, root, op);
            });
            if (!fault.problem.empty()) return not_json(line, fault);
            if (!is_read) problem = context.fail_type(wanted, detail::kind_of_text(line));
            if (problem != Code::none) return std::move(context.problem);
        }
        has_op_ = true;
        draft_.op = *op;
        Code problem = Code::none;
        const detail::JsonFault fault = json_.read([&](detail::JsonValue& root) {
            problem = detail::with_fields(*op, [&](const auto& fields) {
                return detail::read_object(context, root, fields, draft_,
                                           detail::UnknownFields::rejected_unless_x);
            });
        });
        if (!fault.problem.empty()) return not_json(line, fault);
        if (problem != Code::none) return std::move(context.problem);
        return std::nullopt;
    }

    static constexpr std::string_view wanted = "a command, an object with an op";

    static std::optional<detail::Op> op_in_front(std::string_view line) {
        constexpr std::string_view start = R"({"op":")";
        if (!line.starts_with(start)) return std::nullopt;
        line.remove_prefix(start.size());
        return detail::find_op(line.substr(0, line.find('"')));
    }

    static Code find(detail::ReadContext& context, detail::JsonValue& root,
                     std::optional<detail::Op>& op) {
        if (root.kind() != detail::JsonKind::object)
            return detail::fail_root(context, wanted, root);
        Code problem = Code::none;
        bool is_seen = false;
        bool is_null = false;
        bool has_first = false;
        bool is_first_object = false;
        root.fields([&](detail::JsonKey& key, detail::JsonValue& value) {
            if (!has_first) is_first_object = value.kind() == detail::JsonKind::object;
            has_first = true;
            if (is_seen || !key.is("op")) return;
            is_seen = true;
            is_null = value.kind() == detail::JsonKind::null;
            if (is_null) return;
            std::string_view name;
            problem = detail::read_value(context, name, value);
            if (problem != Code::none) return;
            op = detail::find_op(name);
            if (!op) problem = unknown_op(context, name);
        });
        if (!is_seen || is_null) problem = missing_op(context, is_null, is_first_object);
        if (problem != Code::none) context.put_in_front("op");
        return problem;
    }

    // --- What is wrong with a line ---

    [[gnu::cold]] static std::string names_of_ops() {
        std::string names;
        for (const std::string_view name : detail::op_names) detail::add_to_list(names, name);
        return names;
    }
    [[gnu::cold]] static Code unknown_op(detail::ReadContext& context, std::string_view name) {
        return context.fail(Code::malformed, detail::text_of("unknown op ", detail::quoted(name),
                                                             "; expected ", names_of_ops()));
    }
    [[gnu::cold]] static Code missing_op(detail::ReadContext& context, bool is_null,
                                         bool is_first_object) {
        return context.fail(
            Code::missing,
            detail::text_of(is_null ? "null counts as not given" : "not given", "; expected ",
                            names_of_ops(),
                            is_first_object ? detail::looks_like_snapshot : std::string_view{}));
    }
    [[gnu::cold]] static FieldProblem line_too_long(std::size_t bytes) {
        return {.detail =
                    detail::text_of("the line has ", std::to_string(bytes), " bytes; at most ",
                                    std::to_string(limits::command_bytes_max))};
    }
    [[gnu::cold]] static FieldProblem not_json(std::string_view line,
                                               const detail::JsonFault& fault) {
        const DocumentError error = detail::document_error(line, fault);
        return {.detail = detail::text_of("not JSON: column ", std::to_string(error.column), ": ",
                                          error.detail)};
    }

    // --- What a line becomes ---

    template <class Id>
    static Id id_of(WholeNumber number) {
        return Id{static_cast<std::uint64_t>(number.count())};
    }

    Command command() {
        const auto host = id_of<HostId>(draft_.id);
        const auto bid = id_of<BidId>(draft_.id);
        std::optional<OwnerId> owner;
        if (draft_.owner) owner = id_of<OwnerId>(*draft_.owner);
        using detail::Op;
        switch (draft_.op) {
        case Op::rate:
            return SetRate{.currency = draft_.currency, .usd = draft_.rate, .fee = draft_.fee};
        case Op::host:
            return PutHost{.id = host,
                           .gpus = draft_.gpus,
                           .energy_price = draft_.energy_price,
                           .min_bid = draft_.min_bid,
                           .base_power = draft_.base_power,
                           .max_rental_length =
                               draft_.max_rental_length.value_or(rental_length_max),
                           .online = draft_.online,
                           .on_demand_rented = draft_.on_demand_rented,
                           .working_properly = draft_.working_properly};
        case Op::host_status:
            return SetHostStatus{.id = host,
                                 .online = draft_.online,
                                 .on_demand_rented = draft_.on_demand_rented,
                                 .working_properly = draft_.working_properly};
        case Op::energy_price: return SetEnergyPrice{.id = host, .usd = draft_.energy_price};
        case Op::remove_host: return RemoveHost{.id = host};
        case Op::bid:
            workload_ = {.image = draft_.image, .environment = draft_.environment};
            return PlaceBid{.id = bid,
                            .host = id_of<HostId>(draft_.host),
                            .owner = owner.value_or(OwnerId{}),
                            .price = draft_.price,
                            .currency = draft_.currency,
                            .overclock = draft_.overclock,
                            .workload = &workload_};
        case Op::edit: {
            EditBid edit{.id = bid, .price = draft_.price, .owner = owner};
            if (draft_.has_overclock) edit.overclock = std::span{draft_.overclock};
            return edit;
        }
        case Op::cached: return SetCached{.id = bid, .cached = draft_.cached};
        case Op::cancel: return CancelBid{.id = bid, .owner = owner};
        case Op::revoke: return RevokeBid{.id = bid};
        case Op::close: break;
        }
        return Close{};
    }

    detail::JsonText json_{};
    detail::CommandDraft draft_{};
    Workload workload_{};
    bool has_op_ = false;
};

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
