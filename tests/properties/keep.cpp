// Section 10, prices to keep a host: an edit to the answer keeps it, and no lower price does. The
// other version of the rules tries the prices, one after the other.
#include "random_market.hpp"

namespace {

using namespace random_market;

/// Whether the bid of the run stays if it is edited to this price. It needs no edit to its own
/// price, so that one may even be above the market's maximum.
bool stays_at(const Market& market, Price price) {
    Market after = market;
    Run& run = *after.run;
    for (Offer& bid : after.bids) {
        if (bid.id != run.bid || bid.price == price) continue;
        if (!run.price_in_force) run.price_in_force = bid.price;
        bid.price = price;
        bid.sequence = 1'000;
        if (price == Price{} || is_worth_more(after, bid, after.conditions.policy.price_max))
            return false;
    }
    const std::optional<BidId> winner = winner_by_the_rules(after);
    RC_ASSERT(winner_of(after) == winner);
    return winner == run.bid;
}

TEST_CASE("section 10, price_to_keep: the bid stays at the answer and at no lower price") {
    property::check("price_to_keep", 30, [] {
        Market market = draw_market(5);
        if (once_in(2)) market.host.status = {};
        if (!market.run && !market.bids.empty()) market.run = Run{.bid = market.bids[0].id};
        const auto step = draw_from<std::int64_t>({100'000'000, 33'333'333, 250'000'000, 7, 1});
        std::optional<Price> tick = Price::unchecked(step);
        if (once_in(8)) tick.reset();
        log(market);
        const auto answer =
            price_to_keep(market.host, market.bids, market.conditions, market.run, tick);
        RC_LOG() << fmt::format("{} in steps of {}\n", answer, step);
        RC_ASSERT(answer.not_compared == not_compared_by_the_rules(market));
        if (market.bids.empty()) {
            RC_ASSERT((answer == Result<Price, Code>{Unexpected{Code::bid_unknown}}));
            return;
        }
        const Offer* bid = nullptr;
        for (const Offer& offer : market.bids) {
            if (offer.id == market.run->bid) bid = &offer;
        }
        const std::int64_t unit =
            tick ? step : (bid->currency == main_currency ? std::int64_t{10'000} : 1);
        const Price in_force = market.run->price_in_force.value_or(bid->price);

        // Prices go up to about 24 coins, so this is far enough if there is no answer.
        const Price end = answer ? *answer : 100_coin_per_day;
        if (answer) {
            RC_ASSERT(stays_at(market, *answer));
            RC_ASSERT(
                (answer->count() % unit == 0 || *answer == bid->price || *answer == in_force));
        }
        for (const Price exact : {bid->price, in_force}) {
            if (exact < end) RC_ASSERT(!stays_at(market, exact));
        }
        const std::int64_t last = (end.count() - 1) / unit;  // in ticks, below the answer
        if (last <= 0) return;
        if (last <= 500) {
            for (std::int64_t ticks = 1; ticks <= last; ++ticks)
                RC_ASSERT(!stays_at(market, Price::unchecked(ticks * unit)));
            return;
        }
        RC_ASSERT(!stays_at(market, Price::unchecked(last * unit)));
        for (int i = 0; i < 20; ++i) {
            const auto ticks = draw<std::int64_t>(once_in(2) ? 1 : last - 50, last);
            RC_ASSERT(!stays_at(market, Price::unchecked(ticks * unit)));
        }
    });
}

}  // namespace
