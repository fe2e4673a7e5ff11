// Events, refusals and handles as values.
#include <gigaspot/values/event.hpp>

#include <set>
#include <string>

#include "support/market.hpp"

namespace {

using namespace market;

constexpr Violation reasons[] = {{.code = Code::price_not_positive},
                                 {.code = Code::image_malformed}};

constexpr table::Fact facts[] = {
    {"an event's fields are at their defaults where they mean nothing",
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
    {"a refusal's code is that of its first reason",
     [] { return Refusal{.reasons = reasons}.code() == Code::price_not_positive; }},
    {"one without reasons has none", [] { return Refusal{}.code() == Code::none; }},
    {"a handle that was given by nobody is equal to none that was",
     [] {
         return BidHandle{} == BidHandle{} && BidHandle{} != BidHandle{0, 0} &&
                HostHandle{} != HostHandle{0, 0} && HostHandle{0, 1} != HostHandle{0, 2};
     }},
    {"handles of the same bid are equal, whatever they hint at",
     [] {
         return BidHandle{3, 1, 5, 6} == BidHandle{3, 1, 7, 8} &&
                BidHandle{3, 1, 5, 6} != BidHandle{4, 1, 5, 6} &&
                BidHandle{3, 1, 5, 6} != BidHandle{3, 2, 5, 6};
     }},
    {"events of a command are a range",
     [] {
         const Event events[] = {{.command = 4}, {.kind = EventKind::started, .command = 4}};
         const Events done{{.command = 4}, events};
         std::size_t count = 0;
         for (const Event& event : done) count += event.command == done.command ? 1 : 0;
         return count == 2 && done.size() == 2 && done.begin()->kind == EventKind::accepted;
     }},
};
GIGASPOT_TABLE("events, refusals, handles", facts, table::is_so)

TEST_CASE("each kind has the name of the rules") {
    const char* names[] = {"accepted", "started", "changed", "stopped",
                           "charged",  "expired", "removed", "unknown"};
    for (int kind = 0; kind < 8; ++kind)
        CHECK(std::string{name(static_cast<EventKind>(kind))} == names[kind]);
}

}  // namespace
