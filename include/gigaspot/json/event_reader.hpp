// gigaspot: reads events and rejected commands from their lines of JSON, the inverse of EventText.
// Layer: json. Rules of the market, section 9.
#pragma once

#include <cstddef>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/decimal.hpp>
#include <gigaspot/base/result.hpp>
#include <gigaspot/json/document.hpp>
#include <gigaspot/json/event_text.hpp>
#include <gigaspot/json/id_text.hpp>
#include <gigaspot/json/names.hpp>
#include <gigaspot/json/reader/cursor.hpp>
#include <gigaspot/json/reader/event_form.hpp>
#include <gigaspot/json/reader/fields.hpp>
#include <gigaspot/json/reader/line_kind.hpp>
#include <gigaspot/json/reader/object.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/event.hpp>
#include <gigaspot/values/traits.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// What a line of events says: an event, or that a command was rejected.
template <MarketTraits Traits = DefaultTraits>
using BasicEventLine = std::variant<BasicEvent<Traits>, RejectedCommand>;
using EventLine = BasicEventLine<>;  ///< what a line of events says, with the default traits

/// Reads events, one line after the other, as `EventText` writes them, and reuses the memory of
/// earlier ones. Use it in a program that gets the events of a market in another process. Not for
/// use by two threads at once.
///
/// Fields that it does not know are ignored, since a newer market may write more. A kind of event
/// or a code that it does not know is an error.
template <MarketTraits Traits = DefaultTraits>
class BasicEventReader {
    static_assert(detail::has_json_ids<Traits>());

public:
    /// Reads one line, without its end. A UTF-8 byte-order mark in front is ignored. A currency
    /// that has no name in `names` is added, unless the line is wrong. Numbers of currencies are
    /// those of `names`, which can differ from those of the market. Costs one pass over the line.
    ///
    /// Fails with `malformed`, with what is wrong and where; with `number_out_of_range` or
    /// `number_too_precise`; or with `limit_reached` for a currency that `names` does not take.
    [[nodiscard]] Result<BasicEventLine<Traits>, FieldProblem> read(std::string_view line,
                                                                    MarketNames& names) {
        draft_.event = {};
        draft_.rejected.reasons.clear();
        const MarketNames::Mark mark = names.mark();
        detail::ReadContext context{names, Rounding::exact, problem_};
        std::optional<std::size_t> kind;
        const auto read_fields = [&](std::size_t found, detail::JsonValue& root) {
            return detail::EventForm<Traits>::with_fields(
                found, [&]<const auto & fields>() {
                    return detail::read_object<fields>(context, root, draft_);
                });
        };
        auto problem =
            detail::read_line(json_, line, context, detail::event_kinds, kind, read_fields);
        if (problem) {
            names.forget_since(mark);
            const bool is_form = problem->code < Code::number_out_of_range;
            if (is_form) problem->code = Code::malformed;
            return Unexpected{*std::move(problem)};
        }
        if (*kind + 1 == std::size(detail::event_names)) {
            draft_.rejected.time = draft_.event.time;
            draft_.rejected.command = draft_.event.command;
            return BasicEventLine<Traits>{std::move(draft_.rejected)};
        }
        draft_.event.kind = static_cast<EventKind>(*kind);
        return BasicEventLine<Traits>{draft_.event};
    }

private:
    detail::JsonText json_{};
    detail::EventDraft<Traits> draft_{};
    FieldProblem problem_{};  ///< of the line that is being read
};

using EventReader = BasicEventReader<>;  ///< reads events with the default traits

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
