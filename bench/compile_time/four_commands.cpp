// Calls `apply` four times, each time with a sink of its own, as a program does in its handlers.
// The report measures how long this file takes to compile.
#include <cstdint>

#include <gigaspot/gigaspot.hpp>

using namespace gigaspot;

std::uint64_t replay(Engine& market, const Command& command, Timestamp now) {
    std::uint64_t events = 0;
    static_cast<void>(market.apply(command, now, [&](const Event&) { ++events; }));
    return events;
}

std::uint64_t stopped_bid(Engine& market, const Command& command, Timestamp now) {
    std::uint64_t bid = 0;
    static_cast<void>(market.apply(command, now, [&](const Event& event) {
        if (event.kind == EventKind::stopped) bid = event.bid.value;
    }));
    return bid;
}

bool is_applied(Engine& market, const Command& command, Timestamp now) {
    return market.apply(command, now, [](const Event&) {}).has_value();
}

Timestamp last_time(Engine& market, const Command& command, Timestamp now) {
    Timestamp last = now;
    static_cast<void>(market.apply(command, now, [&](const Event& event) { last = event.time; }));
    return last;
}
