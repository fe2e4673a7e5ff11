// Events, rejections and handles are plain values.
#include <gigaspot/values/event.hpp>

#include <set>
#include <string>

#include "support/market.hpp"

namespace {

using namespace market;

constexpr Violation reasons[] = {{.code = Code::price_not_positive},
                                 {.code = Code::image_malformed}};

constexpr table::Fact facts[] = {
    {"the unused fields of an event have their defaults",
     [] {
         const Event event{};
         return event.kind == EventKind::accepted && event.reason == Code::none &&
                event.currency == main_currency && event.command == 0 && event.host == HostId{} &&
                event.profit == UsdPerDay{} && event.amount == Amount{} && event.fee == Amount{};
     }},
    {"events are compared by all their fields",
     [] {
         return Event{.kind = EventKind::started, .host = 1, .bid = 2, .profit = units(3)} ==
                    Event{.kind = EventKind::started, .host = 1, .bid = 2, .profit = units(3)} &&
                Event{.kind = EventKind::started, .host = 1, .bid = 2, .profit = units(3)} !=
                    Event{.kind = EventKind::started, .host = 1, .bid = 2, .profit = units(4)} &&
                Event{.owner = 1} != Event{.owner = 2};
     }},
    {"the code of a rejection is its first reason",
     [] { return Rejection{.reasons = reasons}.code() == Code::price_not_positive; }},
    {"a rejection without reasons has no code", [] { return Rejection{}.code() == Code::none; }},
    {"a default handle differs from every handle of an engine",
     [] {
         return BidHandle{} == BidHandle{} && BidHandle{} != BidHandle{0, 0} &&
                HostHandle{} != HostHandle{0, 0} && HostHandle{0, 1} != HostHandle{0, 2};
     }},
    {"handles of the same bid are equal, whatever their hints",
     [] {
         return BidHandle{3, 1, 5, 6} == BidHandle{3, 1, 7, 8} &&
                BidHandle{3, 1, 5, 6} != BidHandle{4, 1, 5, 6} &&
                BidHandle{3, 1, 5, 6} != BidHandle{3, 2, 5, 6};
     }},
    {"the events of a command are a range",
     [] {
         const Event events[] = {{.command = 4}, {.kind = EventKind::started, .command = 4}};
         const Events done{{.command = 4}, events};
         std::size_t count = 0;
         for (const Event& event : done) count += event.command == done.command ? 1 : 0;
         return count == 2 && done.size() == 2 && done.begin()->kind == EventKind::accepted;
     }},
};
GIGASPOT_TABLE("events, rejections and handles", facts, table::is_so)

TEST_CASE("each kind of event has the name that the rules give it") {
    const char* names[] = {"accepted", "started", "changed", "stopped",
                           "charged",  "expired", "removed", "unknown"};
    for (int kind = 0; kind < 8; ++kind)
        CHECK(std::string{name(static_cast<EventKind>(kind))} == names[kind]);
}

}  // namespace
