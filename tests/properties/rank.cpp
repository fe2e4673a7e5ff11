// Section 10: a rank is a sorted permutation, its first few bids do not depend on their number, and
// what to cache next.
#include "random_market.hpp"

namespace {

using namespace random_market;

/// Whether a rank is correct: first the eligible bids, sorted, the incumbent first at equal profit;
/// then the others by id.
std::vector<BidId> ids_in_order(const Market& market) {
    std::vector<Standing> first = sorted(market);
    const auto is_incumbent = [&](const Standing& one) {
        return market.run && one.bid.id == market.run->bid;
    };
    const auto incumbent = std::find_if(first.begin(), first.end(), is_incumbent);
    if (incumbent != first.end()) {
        const auto is_equal = [&](const Standing& one) { return one.profit == incumbent->profit; };
        std::rotate(std::find_if(first.begin(), incumbent, is_equal), incumbent, incumbent + 1);
    }
    std::vector<BidId> ids;
    for (const Standing& one : first) ids.push_back(one.bid.id);
    std::vector<BidId> rest;
    for (const Offer& bid : market.bids) {
        if (!may_run(market, bid)) rest.push_back(bid.id);
    }
    std::sort(rest.begin(), rest.end());
    ids.insert(ids.end(), rest.begin(), rest.end());
    return ids;
}

TEST_CASE("section 10, a rank is a sorted permutation of the bids, and so are its first k") {
    property::check("rank", 20, [] {
        const Market market = draw_market(9);
        log(market);
        const std::vector<BidId> expected = ids_in_order(market);
        for (std::size_t k = 0; k <= market.bids.size() + 1; ++k) {
            std::vector<Ranked> slots(k);
            const std::span<Ranked> ranked =
                rank(market.host, market.bids, market.conditions, slots, market.run);
            RC_ASSERT(ranked.size() == std::min(k, market.bids.size()));
            for (std::size_t i = 0; i < ranked.size(); ++i) {
                RC_ASSERT(ranked[i].id == expected[i]);
                const Offer& bid = market.bids[ranked[i].index];
                RC_ASSERT(bid.id == ranked[i].id && bid.sequence == ranked[i].sequence);
                RC_ASSERT(ranked[i].eligibility ==
                          eligibility(bid, market.host, market.conditions));
                RC_ASSERT(ranked[i].is_incumbent == (market.run && market.run->bid == bid.id));
            }
        }
    });
}

TEST_CASE("section 10, cache_candidates are the bids that only caching would make eligible") {
    property::check("cache_candidates", 20, [] {
        Market market = draw_market(9);
        market.conditions.policy.require_cached = !once_in(8);
        log(market);
        Market all_cached = market;
        all_cached.bids.clear();
        Market uncached = all_cached;
        for (Offer bid : market.bids) {
            const bool was_eligible = may_run(market, bid);
            const bool was_cached = bid.is_cached;
            bid.is_cached = true;
            if (market.conditions.policy.require_cached && !was_cached)
                uncached.bids.push_back(bid);
            if (!was_eligible && may_run(market, bid)) all_cached.bids.push_back(bid);
        }
        const std::vector<BidId> expected = ids_in_order(all_cached);
        const auto k = draw<std::size_t>(0, 5);
        std::vector<Ranked> slots(k);
        const auto next =
            cache_candidates(market.host, market.bids, market.conditions, slots, market.run);
        RC_ASSERT(next.not_compared == not_compared_by_the_rules(uncached));
        RC_ASSERT(next.size() == std::min(k, expected.size()));
        for (std::size_t i = 0; i < next.size(); ++i) {
            RC_ASSERT(next[i].id == expected[i]);
            RC_ASSERT(next[i].eligibility.is_eligible());
            RC_ASSERT(market.bids[next[i].index].id == next[i].id);
        }
    });
}

}  // namespace
