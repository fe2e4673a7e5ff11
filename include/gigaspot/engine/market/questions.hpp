// gigaspot: questions to a live market: choices, the offers at the next close, totals. Layer:
// engine/market. Rules of the market, sections 6 and 10.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/int128.hpp>
#include <gigaspot/engine/choice/chooser.hpp>
#include <gigaspot/engine/market/live_market.hpp>
#include <gigaspot/engine/store/book.hpp>
#include <gigaspot/engine/store/memory.hpp>
#include <gigaspot/engine/store/pending_edits.hpp>
#include <gigaspot/engine/store/store.hpp>
#include <gigaspot/engine/totals.hpp>
#include <gigaspot/rules/answer.hpp>
#include <gigaspot/rules/cheapest.hpp>
#include <gigaspot/rules/offer.hpp>
#include <gigaspot/rules/profit.hpp>
#include <gigaspot/rules/select.hpp>
#include <gigaspot/values/currency.hpp>
#include <gigaspot/values/host.hpp>
#include <gigaspot/values/policy.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

template <class Traits, class Allocator>
[[nodiscard]] BasicHostCapabilities<Traits> capabilities(const Store<Traits, Allocator>& store,
                                                         Slot slot) {
    const HostRecord<Traits>& record = store.hosts[slot];
    return {.id = record.id,
            .gpus = store.gpus_of(slot),
            .energy_price = record.energy_price,
            .min_bid = record.min_bid,
            .base_power = record.base_power,
            .max_rental_length = record.max_rental_length,
            .status = record.status};
}

/// The arguments of `select` at a host's next close.
template <class Traits, class Allocator>
struct NextClose {
    BasicHostCapabilities<Traits> host;
    Vector<BasicOffer<Traits>, Allocator> offers;
    Conditions conditions;
    std::optional<BasicRun<Traits>> run;

    /// The offers as a span: a vector of Boost 1.74 does not convert to one.
    [[nodiscard]] std::span<const BasicOffer<Traits>> bids() const {
        return {offers.data(), offers.size()};
    }
};

/// Returns a host's offers as if edits and cancels that wait had taken effect. Costs O(bids) and
/// allocates.
template <class Traits, class Allocator>
[[nodiscard]] NextClose<Traits, Allocator> next_close(const LiveMarket<Traits, Allocator>& market,
                                                      Slot slot) {
    const HostRecord<Traits>& record = market.store.hosts[slot];
    const RunRecord<Traits>& run = market.store.runs[slot];
    NextClose<Traits, Allocator> next{
        .host = capabilities(market.store, slot),
        .offers = Vector<BasicOffer<Traits>, Allocator>{market.store.allocator()},
        .conditions = market.conditions,
        .run = {}};
    next.offers.reserve(record.book.bids);
    const BookEntries entries = market.store.entries_of(slot);
    market.store.bids.fetch(entries);
    for (const BookEntry& entry : entries) {
        if (entry.is_gap()) continue;
        const BidRecord<Traits>& bid = market.store.bids[entry.bid()];
        const bool runs = entry.bid() == run.bid;
        if (runs && run.is_cancelled) continue;
        const auto& details = market.store.bids.details(entry.bid());
        BasicOffer<Traits> offer{.id = bid.id,
                                 .owner = details.owner,
                                 .price = entry.price(),
                                 .currency = entry.currency(),
                                 .power_limits = entry.watts(),
                                 .is_overclock_valid = entry.is_overclock_valid(),
                                 .is_cached = entry.is_cached(),
                                 .sequence = bid.sequence};
        if (Timestamp::accepts(details.expiry)) offer.expiry = Timestamp::unchecked(details.expiry);
        if (runs) {
            next.run = BasicRun<Traits>{bid.id, run.first_won(), run.has_worsened};
            if (run.has_edit()) {
                const PendingEdit& edit = market.store.edits.of(run);
                const BookEntry terms = edit.terms;
                if (terms.watts() > entry.watts()) next.run->has_worsened = true;
                if (terms.price() != entry.price()) next.run->price_in_force = entry.price();
                offer.price = terms.price();
                offer.power_limits = terms.watts();
                offer.is_overclock_valid = terms.is_overclock_valid();
                offer.sequence = edit.sequence;
            }
        }
        next.offers.push_back(offer);
    }
    return next;
}

/// Searches all hosts for which `wanted(capabilities)` is true. Costs O(bids) of these hosts.
template <class Traits, class Allocator, class Wanted>
[[nodiscard]] Answer<std::span<BasicHostQuote<Traits>>> cheapest(
    const LiveMarket<Traits, Allocator>& market, const BasicSearchRequest<Traits>& request,
    std::span<BasicHostQuote<Traits>> room, Wanted& wanted) {
    BasicCheapest<Traits> search{request, market.conditions, room};
    for (Slot slot = 0; slot < market.store.hosts.slots(); ++slot) {
        if (!market.store.hosts[slot].is_used) continue;
        const BasicHostCapabilities<Traits> host = capabilities(market.store, slot);
        if (!search.includes(host) || !wanted(host)) continue;
        const auto next = next_close(market, slot);
        search.add(host, next.bids(), next.run);
    }
    return search.in_order();
}

template <class Traits, class Allocator>
[[nodiscard]] Totals totals(const LiveMarket<Traits, Allocator>& market) {
    // `Totals` promises that the sums of a million hosts fit.
    static_assert(Int128{Price::highest().count()} * ExchangeRate::highest().count() <=
                  int128_max / 1'000'000);
    Totals totals{.hosts = market.store.hosts.in_use(), .bids = market.store.bids.in_use()};
    for (Slot slot = 0; slot < market.store.hosts.slots(); ++slot) {
        const RunRecord<Traits>& run = market.store.runs[slot];
        if (run.bid == no_slot) continue;
        const HostRecord<Traits>& host = market.store.hosts[slot];
        const PowerDraw power = PowerDraw::unchecked(market.store.entry(run.bid).watts().count() +
                                                     host.base_power.count());
        ++totals.running;
        totals.watts += power.count();
        totals.electricity = totals.electricity + electricity_cost(power, host.energy_price);
        if (const auto rate = market.conditions.rate(run.currency)) {
            const Int128 net = net_rate_count(*rate, market.conditions.rates[run.currency].fee);
            totals.income = totals.income + UsdPerDay::unchecked(run.price.count() * net);
        }
    }
    return totals;
}

/// The choice of a host whose next close will first remove bids or apply an edit.
template <class Traits, class Allocator>
[[nodiscard, gnu::noinline]] BasicSelection<Traits> choice_to_come(
    const LiveMarket<Traits, Allocator>& market, Slot slot) {
    const auto next = next_close(market, slot);
    BasicSelection<Traits> selection =
        gigaspot::select(next.host, next.bids(), next.conditions, next.run);
    selection.index = 0;
    return selection;
}

/// The choice of a host whose incumbent is not its best bid.
template <class Traits, class Allocator>
[[nodiscard, gnu::noinline]] BasicSelection<Traits> choice_beside_run(
    LiveMarket<Traits, Allocator>& market, Slot slot) {
    const Verdict verdict =
        market.chooser().decide(slot, market.store.hosts[slot], market.store.runs[slot]);
    if (verdict.winner == no_slot) return {};
    return {.winner = market.store.bids[verdict.winner].id,
            .profit = UsdPerDay::unchecked(verdict.profit)};
}

/// Returns the choice of a host. Only the usual case is inlined, since programs ask this after each
/// command.
template <class Traits, class Allocator>
[[nodiscard, gnu::always_inline]] inline BasicSelection<Traits> choice(
    LiveMarket<Traits, Allocator>& market, Slot slot) {
    auto& host = market.store.hosts[slot];
    if ((host.has_pending && host.running != no_slot) ||
        market.conditions.now.count() >= host.first_expiry)
        return choice_to_come(market, slot);
    if (!host.status.is_available()) return {};
    const BookEntry& best = market.chooser().top(slot, host);
    if (host.running != no_slot && host.running != best.bid())
        return choice_beside_run(market, slot);
    // The best bid wins unless it is below the reserve.
    if (best.bid() == no_slot) return {};
    const Int128 profit = market.chooser().profit(host, best);
    if (profit < market.conditions.policy.reserve.count()) return {};
    return {.winner = market.chooser().top_id(host), .profit = UsdPerDay::unchecked(profit)};
}

/// Calls `visit(id, choice)` for all hosts by ascending id.
template <class Traits, class Allocator, class Visit>
void all_choices(LiveMarket<Traits, Allocator>& market, Visit& visit) {
    market.chooser().walk(market.store.in_order(), [&](Slot slot) {
        visit(market.store.hosts[slot].id, choice(market, slot));
    });
}

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
