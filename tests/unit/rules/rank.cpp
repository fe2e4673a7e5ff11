// Sections 6 and 10: the rank order of a host's bids, and what to cache next.
#include <gigaspot/rules/rank.hpp>

#include "support/market.hpp"

namespace {

using namespace market;
using Ids = FixedVector<BidId, 8>;

constexpr Offer bid(BidId id, std::int64_t profit, std::uint64_t sequence) {
    return {.id = id, .price = Price::unchecked(profit), .sequence = sequence};
}

constexpr Offer invalid(Offer offer) {
    offer.is_overclock_valid = false;
    return offer;
}

constexpr Offer cached(Offer offer) {
    offer.is_cached = true;
    return offer;
}

struct Order {
    const char* rule;
    FixedVector<Offer, 6> bids;
    std::optional<Run> run;
    std::size_t slots;
    Ids expected;
};

constexpr Run run_of(BidId id) { return {.bid = id, .first_won = at_ms(0)}; }

constexpr Order orders[] = {
    {"without bids the rank is empty", {}, {}, 6, {}},
    {"the highest profit comes first",
     {bid(1, 5, 1), bid(2, 9, 2), bid(3, 7, 3)},
     {},
     6,
     {2, 3, 1}},
    {"equal profits are ordered by sequence, not by id",
     {bid(1, 5, 3), bid(2, 5, 1), bid(3, 5, 2)},
     {},
     6,
     {2, 3, 1}},
    {"equal profits: the incumbent comes first",
     {bid(1, 5, 3), bid(2, 5, 1), bid(3, 5, 2)},
     run_of(1),
     6,
     {1, 2, 3}},
    {"an incumbent of lower profit ranks by profit",
     {bid(1, 5, 3), bid(2, 6, 1)},
     run_of(1),
     6,
     {2, 1}},
    {"ineligible bids come last, by id",
     {invalid(bid(9, 99, 1)), bid(4, 5, 2), invalid(bid(3, 1, 3))},
     {},
     6,
     {4, 3, 9}},
    {"an ineligible incumbent has no priority",
     {invalid(bid(9, 9, 1)), invalid(bid(3, 9, 2))},
     run_of(9),
     6,
     {3, 9}},
    {"equal profit and sequence: by place in the list",
     {bid(2, 5, 1), bid(1, 5, 1)},
     {},
     6,
     {2, 1}},
    {"only the first two fit", {bid(1, 5, 1), bid(2, 9, 2), bid(3, 7, 3)}, {}, 2, {2, 3}},
    {"without slots there are no bids", {bid(1, 5, 1)}, {}, 0, {}},
};

constexpr Conditions in_units{.rates = unit_rate, .policy = anything_goes};

constexpr Ids ids_of(std::span<const Ranked> ranked) {
    Ids ids;
    for (const Ranked& one : ranked) {
        if (!ids.push_back(one.id)) return {};
    }
    return ids;
}

constexpr Ids order(const Order& row) {
    Ranked slots[6];
    return ids_of(rank(HostCapabilities{}, row.bids.view(), in_units,
                       std::span{slots}.first(row.slots), row.run));
}

constexpr Conditions cache_only{
    .rates = unit_rate,
    .policy = {.reserve = 10_usd_per_day - 9.9999999999999999999_usd_per_day,
               .require_cached = true,
               .price_min = {}}};

constexpr Ids cache_next(std::initializer_list<Offer> offers, const Conditions& conditions,
                         std::size_t slots, std::optional<Run> run = {}) {
    Ranked storage[6];
    return ids_of(cache_candidates(HostCapabilities{}, std::span{offers.begin(), offers.size()},
                                   conditions, std::span{storage}.first(slots), run));
}

constexpr table::Fact facts[] = {
    {"a rank tells profit, reason, place, incumbent and sequence",
     [] {
         const Offer offers[] = {invalid(bid(3, 7, 4)), bid(5, 9, 6)};
         Ranked slots[2];
         const std::span<Ranked> ranked =
             rank(HostCapabilities{}, offers, in_units, slots, run_of(5));
         return ranked[0] == Ranked{.id = 5,
                                    .index = 1,
                                    .eligibility = {.profit = units(9)},
                                    .is_incumbent = true,
                                    .sequence = 6} &&
                ranked[1] ==
                    Ranked{.id = 3,
                           .eligibility = {.reason = Code::overclock_invalid, .profit = units(7)},
                           .sequence = 4};
     }},
    {"two ineligible bids with the same id keep the order of the list, whatever their profits",
     [] {
         const Offer offers[] = {invalid(bid(9, 1, 2)), invalid(bid(9, 99, 1))};
         Ranked slots[2];
         const std::span<Ranked> ranked = rank(HostCapabilities{}, offers, in_units, slots);
         return ranked[0].index == 0 && ranked[1].index == 1;
     }},
    {"bids rank like their offers",
     [] {
         const Bid bids[] = {
             {.id = 3, .price = 2_coin_per_day, .overclock = {{.power_limit = 300_W}}},
             {.id = 5, .price = 3_coin_per_day}};
         Ranked slots[2];
         return ids_of(rank(HostCapabilities{.gpus = {plain_gpu}}, bids,
                            {.rates = Rates{1_usd_per_coin}}, slots)) == Ids{3, 5};
     }},
};

// A reserve of 10 units. Bids are uncached unless a row says otherwise.
constexpr table::Fact cache_facts[] = {
    {"only uncached bids appear, by profit",
     [] {
         return cache_next({bid(1, 20, 1), bid(2, 30, 2), cached(bid(3, 40, 3))}, cache_only, 6) ==
                Ids{2, 1};
     }},
    {"the only obstacle must be not_cached: an invalid overclock excludes a bid",
     [] {
         return cache_next({invalid(bid(1, 20, 1)), bid(2, 15, 2)}, cache_only, 6) == Ids{2};
     }},
    {"the only obstacle must be not_cached: below_reserve comes later and also excludes a bid",
     [] {
         return cache_next({bid(1, 9, 1), bid(2, 10, 2)}, cache_only, 6) == Ids{2};
     }},
    {"the only obstacle must be not_cached: rate_missing comes later and also excludes a bid",
     [] {
         return cache_next({{.id = 1, .price = Price::unchecked(20), .currency = bitcoin}},
                           cache_only, 6) == Ids{};
     }},
    {"equal profits: the incumbent first, then by sequence",
     [] {
         return cache_next({bid(1, 20, 3), bid(2, 20, 1), bid(3, 20, 2)}, cache_only, 6,
                           run_of(3)) == Ids{3, 2, 1};
     }},
    {"only the first k fit",
     [] {
         return cache_next({bid(1, 20, 1), bid(2, 30, 2), bid(3, 25, 3)}, cache_only, 2) ==
                Ids{2, 3};
     }},
    {"an unavailable host has no candidates",
     [] {
         Ranked slots[1];
         const Offer offers[] = {bid(1, 20, 1)};
         return cache_candidates(HostCapabilities{.status = {.online = false}}, offers, cache_only,
                                 slots)
             .empty();
     }},
    {"without required caching there are no candidates",
     [] { return cache_next({bid(1, 20, 1)}, in_units, 6) == Ids{}; }},
    {"bids that would be candidates, if they had a rate or had not expired, were not compared",
     [] {
         Ranked slots[6];
         const Offer offers[] = {bid(1, 20, 1),
                                 {.id = 2, .currency = bitcoin},
                                 {.id = 3, .currency = bitcoin, .is_cached = true},
                                 {.id = 4, .price = Price::unchecked(20), .expiry = at_ms(0)},
                                 {.id = 5, .is_cached = true, .expiry = at_ms(0)},
                                 bid(6, 5, 6)};
         return cache_candidates(HostCapabilities{}, offers, cache_only, slots).not_compared ==
                    NotCompared{.rate_missing = 1, .expired = 1} &&
                cache_candidates(HostCapabilities{}, offers, in_units, slots).not_compared ==
                    NotCompared{};
     }},
    {"candidates are rated as if they were cached",
     [] {
         Ranked slots[1];
         const Offer offers[] = {bid(1, 20, 4)};
         const std::span<Ranked> next =
             cache_candidates(HostCapabilities{}, offers, cache_only, slots);
         return next.size() == 1 &&
                next[0] == Ranked{.id = 1, .eligibility = {.profit = units(20)}, .sequence = 4};
     }},
};

GIGASPOT_TABLE("section 10, bids in rank order", orders, order)
GIGASPOT_TABLE("section 10, what a rank says about each bid", facts, table::is_so)
GIGASPOT_TABLE("section 10, cache_candidates: bids whose only obstacle is not_cached", cache_facts,
               table::is_so)

}  // namespace
