// gigaspot: how the events of a command reach a sink, and how the lists are marked that an engine
// lends. Layer: engine/market.
#pragma once

#include <concepts>
#include <cstddef>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/list_view.hpp>
#include <gigaspot/base/result.hpp>
#include <gigaspot/engine/market/close.hpp>
#include <gigaspot/engine/market/stages.hpp>
#include <gigaspot/engine/sink_ref.hpp>
#include <gigaspot/engine/store/memory.hpp>
#include <gigaspot/engine/store/store.hpp>
#include <gigaspot/values/command.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/event.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// The maximum number of events of a command for one bid or host: accepted, charged, stopped,
/// removed, started.
inline constexpr std::size_t events_of_one = 5;

/// The maximum number of events that a command makes now.
template <class Traits, class Allocator, class Command>
[[nodiscard]] std::size_t events_max(Stages<Traits, Allocator>& stages, const Command& command,
                                     Timestamp now) {
    auto& market = stages.market;
    if constexpr (std::same_as<Command, BasicRemoveHost<Traits>>) {
        const Slot slot = market.store.find_host(command.id);
        return events_of_one + (slot == no_slot ? 0 : market.store.hosts[slot].book.bids);
    } else if constexpr (std::same_as<Command, Close>) {
        return stages.is_in_time(now) ? close_events_max(market, now) : 1;
    } else {
        return events_of_one;
    }
}

[[nodiscard]] inline Rejection lent(const Rejection& rejection, const Lender& lender) {
    return {rejection.time, rejection.command, {rejection.reasons, lender}};
}

/// Runs a command by `act(function)`, where the function takes its events. Reasons are lent.
template <class Function, class Act>
Result<Accepted, Rejection> run_and_lend(const Lender& lender, Function& function, Act act) {
    Result<Accepted, Rejection> done = act(function);
    if constexpr (GIGASPOT_CHECKED != 0) {
        if (!done) return Unexpected{lent(done.error(), lender)};
    }
    return done;
}

/// Appends the events of a command to a container, in which they have room. Each command has a type
/// of its own: if they shared one, g++ 12 -O3 would inline less, and a cancel would take 5 % more
/// instructions.
template <class Command, class Events>
struct Append {
    Events& events;

    template <class Event>
    void operator()(const Event& event) const {
        events.push_back(event);
    }
};

/// The same with any sink. A container gets room for all events before the command begins.
template <class Traits, class Allocator, class Command, class Sink, class Act>
Result<Accepted, Rejection> run_command(Stages<Traits, Allocator>& stages, Lender& lender,
                                        const Command& command, Timestamp now, Sink& sink,
                                        Act act) {
    const LenderInUse in_use{lender};
    take_back(lender);
    if constexpr (EventFunction<Sink, Traits>) {
        return detail::run_and_lend(lender, sink, act);
    } else {
        make_room(sink, sink.size() + events_max(stages, command, now));
        Append<Command, Sink> append{sink};
        return detail::run_and_lend(lender, append, act);
    }
}
/// The same with a constant `SinkRef`, so that a command is compiled once for all of them.
template <class Traits, class Allocator, class Command, class Act>
Result<Accepted, Rejection> run_command(Stages<Traits, Allocator>& stages, Lender& lender,
                                        const Command& command, Timestamp now,
                                        const BasicSinkRef<Traits>& sink, Act act) {
    BasicSinkRef<Traits> function = sink;
    return run_command(stages, lender, command, now, function, act);
}

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
