// gigaspot: what a host of a live market would run if it closed now. Layer: engine/market. Rules of
// the market, section 6.
#pragma once

#include <cstddef>
#include <cstdint>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/int128.hpp>
#include <gigaspot/engine/choice/chooser.hpp>
#include <gigaspot/engine/market/live_market.hpp>
#include <gigaspot/engine/market/next_close.hpp>
#include <gigaspot/engine/store/store.hpp>
#include <gigaspot/rules/select.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// Where the next close first removes bids, or lets an edit take effect.
template <class Traits, class Allocator>
[[nodiscard, gnu::noinline]] BasicSelection<Traits> choice_to_come(
    const LiveMarket<Traits, Allocator>& market, Slot slot) {
    const auto next = next_close(market, slot);
    BasicSelection<Traits> selection =
        gigaspot::select(next.host, next.bids(), next.conditions, next.run);
    selection.index = 0;
    return selection;
}

/// Where another bid runs than the best.
template <class Traits, class Allocator>
[[nodiscard, gnu::noinline]] BasicSelection<Traits> choice_beside_run(
    LiveMarket<Traits, Allocator>& market, Slot slot) {
    const Verdict verdict =
        market.chooser().decide(slot, market.store.hosts[slot], market.store.runs[slot]);
    if (verdict.winner == no_slot) return {};
    return {.winner = market.store.bids[verdict.winner].id,
            .profit = UsdPerDay::unchecked(verdict.profit)};
}

/// The choice of a host. The usual case alone is inlined: it is asked after each command.
template <class Traits, class Allocator>
[[nodiscard, gnu::always_inline]] inline BasicSelection<Traits> choice(
    LiveMarket<Traits, Allocator>& market, Slot slot) {
    auto& host = market.store.hosts[slot];
    const std::int64_t now = market.clock ? market.clock->count() : 0;
    if ((host.has_pending && host.running != no_slot) || now >= host.first_expiry)
        return choice_to_come(market, slot);
    if (!host.status.is_available()) return {};
    const Line& best = market.chooser().top(slot, host);
    if (host.running != no_slot && host.running != best.bid())
        return choice_beside_run(market, slot);
    // Nothing stands in the way of the best but the reserve.
    if (best.bid() == no_slot) return {};
    const Int128 profit = market.chooser().profit(host, best);
    if (profit < market.conditions.policy.reserve.count()) return {};
    return {.winner = market.chooser().top_id(host), .profit = UsdPerDay::unchecked(profit)};
}

/// The choices of all hosts, by ascending id.
template <class Traits, class Allocator, class Visit>
void all_choices(LiveMarket<Traits, Allocator>& market, Visit& visit) {
    market.chooser().walk(market.store.in_order(), [&](Slot slot) {
        visit(market.store.hosts[slot].id, choice(market, slot));
    });
}

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
