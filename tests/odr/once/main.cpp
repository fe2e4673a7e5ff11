// Uses the engine in a second file: commands that return their events, questions, copies and saves.
// Returns 0 if the answers are right.

#include "market.hpp"

using namespace gigaspot;
using namespace gigaspot::literals;

int main() {
    Engine market;
    const std::vector<Event> events = events_of(market);
    if (events.size() != 5 || events.back().kind != EventKind::started) return 1;

    const Engine copy = market;
    const auto restored = restore(save(copy));
    if (!restored || digest(*restored) != digest(market)) return 1;
    if (copy.choice(HostId{7}).winner != 41 || market.choice(HostId{7}).winner != 41) return 1;
    if (!copy.price_to_win(HostId{7}, {.power_limits = 300_W})) return 1;

    if (!market.cancel(BidId{41}, at_ms(60'001))) return 1;
    const auto closed = market.close(at_ms(120'000));
    if (!closed || closed->size() != 4) return 1;
    return market.remove_host(HostId{7}, at_ms(120'001)) ? 0 : 1;
}
