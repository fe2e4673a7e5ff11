// gigaspot: reads commands of a market, each from its line of JSON. Layer: json. Rules of the
// market, section 9, stages 1 to 3.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/result.hpp>
#include <gigaspot/json/document.hpp>
#include <gigaspot/json/id_text.hpp>
#include <gigaspot/json/names.hpp>
#include <gigaspot/json/reader/command_form.hpp>
#include <gigaspot/json/reader/cursor.hpp>
#include <gigaspot/json/reader/fields.hpp>
#include <gigaspot/json/reader/line_kind.hpp>
#include <gigaspot/json/reader/object.hpp>
#include <gigaspot/json/text/words.hpp>
#include <gigaspot/values/command.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/host.hpp>
#include <gigaspot/values/limits.hpp>
#include <gigaspot/values/traits.hpp>
#include <gigaspot/values/units.hpp>
#include <gigaspot/values/workload.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// A command with its time, as a line has them.
template <MarketTraits Traits = DefaultTraits>
struct BasicTimedCommand {
    BasicCommand<Traits> command = Close{};  ///< the command; its lists are in the reader
    Timestamp time{};                        ///< the time of the command
};
using TimedCommand = BasicTimedCommand<>;  ///< a command with its time, with the default traits

/// Why a line is not a command.
struct CommandProblem {
    FieldProblem problem{};  ///< what is wrong, and in which field
    /// The command's time, if it could be read: an engine that rejects this time does so before it
    /// looks at any other number.
    std::optional<Timestamp> time{};
};

/// Reads commands, one after the other, and reuses the memory of earlier ones. `CommandText` writes
/// them. Not for use by two threads at once.
///
/// If you use traits of your own, each id must be an `Id`, an integer or a type with an `IdText`.
/// Models of GPUs must be `GpuModel`s, which get their numbers from names. A `Workload` must
/// convert to the workload of the traits.
template <MarketTraits Traits = DefaultTraits>
class BasicCommandReader {
    static_assert(detail::has_json_ids<Traits>());
    static_assert(std::is_same_v<typename Traits::GpuModel, GpuModel>,
                  "to read commands, the GpuModel of a market must be that of DefaultTraits: a "
                  "number with a name in MarketNames");
    static_assert(std::is_convertible_v<Workload, typename Traits::Workload>,
                  "to read commands, a gigaspot::Workload must convert to the market's Workload");
    static_assert(std::is_constructible_v<typename Traits::Setting, Frequency>,
                  "to read commands, the market's Setting must be made from a Frequency");

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
    [[nodiscard]] Result<BasicTimedCommand<Traits>, CommandProblem> read(std::string_view line,
                                                                         MarketNames& names) {
        if (std::optional<CommandProblem> problem = try_read(line, names))
            return Unexpected{*std::move(problem)};
        return BasicTimedCommand<Traits>{
            with_command([](const auto& command) { return BasicCommand<Traits>{command}; }),
            draft_.time};
    }

    /// Tells whether the last line had an `op` that is known. If no line of a file has one, the
    /// file holds no commands.
    [[nodiscard]] bool has_known_op() const { return has_op_; }

    /// Returns why a name of the last line has no number: it is too long, its table is full, or it
    /// is the unknown currency of a bid. Nothing if each name has one. The reference is valid until
    /// the next line is read.
    [[nodiscard]] const std::optional<FieldProblem>& name_problem() const {
        return draft_.name_problem;
    }

private:
    using Form = detail::CommandForm<Traits>;
    template <MarketTraits>
    friend class BasicReplay;  // which needs no variant: 150 instructions

    /// Why the line is not a command. Nothing if it is one, which `with_command` then makes.
    std::optional<CommandProblem> try_read(std::string_view line, MarketNames& names) {
        draft_.clear();
        has_op_ = false;
        if (std::optional<FieldProblem> problem = read_line(line, names)) {
            problem->code = Code::malformed;
            return CommandProblem{*std::move(problem), {}};
        }
        if (auto& problem = draft_.time_problem.problem()) {
            problem->field = "time";
            return CommandProblem{*std::move(problem), {}};
        }
        if (auto& problem = draft_.problems.problem()) {
            problem->field = Form::path_of(draft_.op, draft_.problems.place());
            return CommandProblem{*std::move(problem), draft_.time};
        }
        return std::nullopt;
    }

    /// What makes a line malformed.
    std::optional<FieldProblem> read_line(std::string_view line, MarketNames& names) {
        if (line.size() > limits::command_bytes_max) return line_too_long(line.size());
        detail::ReadContext context{names, Rounding::exact, problem_};
        std::optional<std::size_t> kind;
        const auto read = [&](std::size_t op, detail::JsonValue& root) {
            draft_.op = static_cast<detail::Op>(op);
            return Form::with_fields(
                draft_.op, [&]<const auto & fields>() {
                    return detail::read_object<fields, detail::UnknownFields::rejected_unless_x>(
                        context, root, draft_);
                });
        };
        auto problem = detail::read_line(json_, line, context, detail::command_kinds, kind, read);
        has_op_ = kind.has_value();
        return problem;
    }

    [[gnu::cold]] static FieldProblem line_too_long(std::size_t bytes) {
        return {.detail =
                    detail::text_of("the line has ", std::to_string(bytes), " bytes; at most ",
                                    std::to_string(limits::command_bytes_max))};
    }

    // --- What a line becomes ---

    /// Calls `use` with the command that was read.
    template <class Use>
    auto with_command(Use use) {
        const auto& host = draft_.host;
        const auto& bid = draft_.bid;
        const auto& owner = draft_.owner;
        using detail::Op;
        switch (draft_.op) {
        case Op::rate:
            return use(SetRate{.currency = draft_.currency, .usd = draft_.rate, .fee = draft_.fee});
        case Op::host:
            return use(BasicPutHost<Traits>{
                .id = host,
                .gpus = draft_.gpus,
                .energy_price = draft_.energy_price,
                .min_bid = draft_.min_bid,
                .base_power = draft_.base_power,
                .max_rental_length = draft_.max_rental_length.value_or(rental_length_max),
                .online = draft_.online,
                .on_demand_rented = draft_.on_demand_rented,
                .working_properly = draft_.working_properly});
        case Op::host_status:
            return use(BasicSetHostStatus<Traits>{.id = host,
                                                  .online = draft_.online,
                                                  .on_demand_rented = draft_.on_demand_rented,
                                                  .working_properly = draft_.working_properly});
        case Op::energy_price:
            return use(BasicSetEnergyPrice<Traits>{.id = host, .usd = draft_.energy_price});
        case Op::remove_host: return use(BasicRemoveHost<Traits>{.id = host});
        case Op::bid:
            workload_ = Workload{.image = draft_.image, .environment = draft_.environment};
            return use(BasicPlaceBid<Traits>{.id = bid,
                                             .host = host,
                                             .owner = owner.value_or(typename Traits::OwnerId{}),
                                             .price = draft_.price,
                                             .currency = draft_.currency,
                                             .overclock = draft_.overclock,
                                             .workload = &workload_});
        case Op::edit:
            edit_.id = bid;
            edit_.price = draft_.price;
            edit_.overclock.reset();
            if (draft_.has_overclock) edit_.overclock = std::span{draft_.overclock};
            edit_.owner = owner;
            return use(edit_);
        case Op::cached: return use(BasicSetCached<Traits>{.id = bid, .cached = draft_.cached});
        case Op::cancel: return use(BasicCancelBid<Traits>{.id = bid, .owner = owner});
        case Op::revoke: return use(BasicRevokeBid<Traits>{.id = bid});
        case Op::close: break;
        }
        return use(Close{});
    }

    detail::JsonText json_{};
    detail::CommandDraft<Traits> draft_{};
    typename Traits::Workload workload_{};
    /// The last edit. If it is local, g++ 12 warns falsely that a member without a value is read.
    BasicEditBid<Traits> edit_{};
    FieldProblem problem_{};  ///< of the line that is being read
    bool has_op_ = false;
};

using CommandReader = BasicCommandReader<>;  ///< reads commands with the default traits

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
