// Section 10, prices to win: at the answer the bid wins, and one tick lower it loses, whether it is
// placed or edited.
#include "random_market.hpp"

namespace {

using namespace random_market;

constexpr std::uint64_t last_sequence = 1'000;

/// Places a bid, or edits its price. An edit changes the price in force at the next close.
Market with_bid(Market market, Offer bid, Price price) {
    const Price before = bid.price;
    bid.price = price;
    bid.sequence = last_sequence;
    const auto replaced =
        std::erase_if(market.bids, [&](const Offer& other) { return other.id == bid.id; });
    market.bids.push_back(bid);
    if (replaced > 0 && market.run && market.run->bid == bid.id && !market.run->price_in_force)
        market.run->price_in_force = before;
    return market;
}

bool is_placed(const Market& market, const Offer& bid) {
    return std::count(market.bids.begin(), market.bids.end(), bid) > 0;
}

/// Whether a bid that is placed, or edited, at this price is valid there and wins. No edit is
/// needed for the price that it has.
bool wins_at(const Market& market, const Offer& bid, Price price) {
    const bool is_unchanged = is_placed(market, bid) && price == bid.price;
    const Market after = is_unchanged ? market : with_bid(market, bid, price);
    const Policy& policy = market.conditions.policy;
    const bool is_accepted =
        is_unchanged ||
        (price > Price{} && !is_worth_more(after, after.bids.back(), policy.price_max));
    return is_accepted && winner_by_the_rules(after) == bid.id && winner_of(after) == bid.id;
}

/// Checks what `answer` promises: the bid wins at that price and not below, or at no price at all.
void check_answer(const Market& market, const Offer& bid, const Result<Price, Code>& answer,
                  Price tick) {
    if (answer) {
        RC_ASSERT(wins_at(market, bid, *answer));
        const bool is_in_force = market.run && market.run->bid == bid.id &&
                                 *answer == market.run->price_in_force.value_or(bid.price);
        const bool is_own = is_placed(market, bid) && *answer == bid.price;
        RC_ASSERT((answer->count() % tick.count() == 0 || is_own || is_in_force));
        const std::int64_t last = (answer->count() - 1) / tick.count();  // the next lower tick
        if (answer->count() == 0 || last == 0) return;
        RC_ASSERT(!wins_at(market, bid, Price::unchecked(last * tick.count())));
        const std::int64_t lower = draw<std::int64_t>(1, last);
        RC_ASSERT(!wins_at(market, bid, Price::unchecked(lower * tick.count())));
        return;
    }
    RC_LOG() << fmt::format("{}", answer.error());
    for (const std::int64_t coins : {1, 10, 100, 1'000, 10'000, 1'000'000}) {
        const std::int64_t count = coins * 100'000'000 / tick.count() * tick.count();
        RC_ASSERT(!wins_at(market, bid, Price::unchecked(count)));
    }
    // The highest price that the market accepts, in ticks.
    const std::optional<Int128> last =
        price_count_at_most(market.conditions.policy.price_max, bid.currency, market.conditions);
    if (last && *last <= Price::highest().count()) {
        const auto ticks = static_cast<std::int64_t>(*last / tick.count());
        RC_ASSERT(!wins_at(market, bid, Price::unchecked(ticks * tick.count())));
    }
}

Price draw_tick() {
    return Price::unchecked(draw_from<std::int64_t>({1, 10'000, 7, 100'000'000, 33'333'333}));
}

TEST_CASE(
    "section 10, price_to_win: a bid placed at the answer wins, and one tick lower it loses") {
    property::check("price_to_win", 20, [] {
        const Market market = draw_market(5);
        log(market);
        const Ignored ignored = draw_ignored(market);
        // Two GPUs of at least 1 W, because 0 W is a missing power limit, and of at most 5 W.
        const TotalPower::rep watts = draw(0, 12);
        const QuoteRequest request{.power_limits = TotalPower::unchecked(watts),
                                   .currency = draw_from({main_currency, bitcoin, doge}),
                                   .tick = draw_tick(),
                                   .is_cached = once_in(2),
                                   .owner = ignored.owner,
                                   .without = ignored.without};
        const Offer bid{.id = 500,
                        .currency = request.currency,
                        .power_limits = request.power_limits,
                        .is_overclock_valid = watts >= 2 && watts <= 10,
                        .is_cached = request.is_cached};
        RC_LOG() << fmt::format("{}\n", request);
        const Market rest = without(market, ignored);
        const auto answer =
            price_to_win(market.host, market.bids, market.conditions, request, market.run);
        check_answer(rest, bid, answer, request.tick);
        RC_ASSERT(answer.not_compared == not_compared_by_the_rules(rest));
    });
}

TEST_CASE("section 10, every answer says which bids it did not compare") {
    property::check("not_compared", 20, [] {
        Market market = draw_market(9);
        if (once_in(2)) market.conditions.rates[bitcoin].usd.reset();
        log(market);
        const auto& [host, bids, conditions, run] = market;
        const NotCompared expected = not_compared_by_the_rules(market);
        RC_LOG() << fmt::format("{}\n", expected);
        std::vector<Explanation> slots(draw<std::size_t>(0, 2));
        const QuoteRequest request{.power_limits = TotalPower::unchecked(draw(0, 12)),
                                   .currency = draw_from({main_currency, bitcoin})};
        RC_ASSERT(not_compared(host, bids, conditions) == expected);
        RC_ASSERT(price_to_win(host, bids, conditions, request, run).not_compared == expected);
        RC_ASSERT(rate_range(host, bids, conditions, run).not_compared == expected);
        RC_ASSERT(explain(host, bids, conditions, slots, run).not_compared == expected);
    });
}

TEST_CASE("section 10, explain: a bid edited to the answer wins, and one tick lower it loses") {
    property::check("explain", 15, [] {
        const Market market = draw_market(5);
        log(market);
        const Price tick = draw_tick();
        std::vector<Explanation> slots(market.bids.size());
        std::vector<Ranked> ranks(market.bids.size());
        explain(market.host, market.bids, market.conditions, slots, market.run, tick);
        rank(market.host, market.bids, market.conditions, ranks, market.run);
        const std::optional<BidId> winner = winner_by_the_rules(market);
        for (std::size_t i = 0; i < slots.size(); ++i) {
            const Explanation& explained = slots[i];
            const Offer& bid = market.bids[explained.ranked.index];
            RC_ASSERT(explained.ranked == ranks[i]);
            RC_ASSERT(explained.parts == profit_parts(bid, market.host, market.conditions));
            RC_ASSERT(explained.is_winner == (winner == bid.id));
            if (explained.is_winner) RC_ASSERT(explained.price_to_win.has_value());
            if (explained.price_to_win)
                RC_ASSERT((*explained.price_to_win <= bid.price) == explained.is_winner);
            check_answer(market, bid, explained.price_to_win, tick);
        }
    });
}

}  // namespace
