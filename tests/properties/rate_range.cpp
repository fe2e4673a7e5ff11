// Section 10, rate_range: exact at both ends, in markets with several currencies, fees, margins,
// losses and near-ties.
#include "random_market.hpp"

namespace {

using namespace random_market;

using Count = ExchangeRate::rep;

TEST_CASE("section 10, rate_range: the same winner everywhere inside, another one unit outside") {
    property::check("rate_range", 50, [] {
        Market market = draw_market(5);
        if (once_in(2)) market.host.status = {};
        log(market);
        const std::optional<Range<ExchangeRate>> range =
            rate_range(market.host, market.bids, market.conditions, market.run);
        const std::optional<ExchangeRate> present = market.conditions.rate(main_currency);
        RC_ASSERT(range.has_value() == present.has_value());
        if (!range) return;
        RC_LOG() << fmt::format("range {}\n", *range);
        RC_ASSERT(range->contains(*present));

        const std::optional<BidId> winner = winner_by_the_rules(market);
        const auto winner_at = [&](Count count) {
            return winner_of(with_main_rate(market, ExchangeRate::unchecked(count)));
        };
        const Count min = range->min.count();
        const Count max = range->max.count();
        RC_ASSERT(winner_at(min) == winner);
        RC_ASSERT(winner_at(max) == winner);
        if (min > ExchangeRate::lowest().count()) RC_ASSERT(winner_at(min - 1) != winner);
        if (max < ExchangeRate::highest().count()) RC_ASSERT(winner_at(max + 1) != winner);
        for (int i = 0; i < 4; ++i) {
            // Rates near the ends, near the present rate, and anywhere.
            const Count from = draw_from({min, present->count(), std::max(min, max - 50)});
            RC_ASSERT(winner_at(draw(from, std::min(max, from + 50))) == winner);
            RC_ASSERT(winner_at(draw(min, max)) == winner);
        }
    });
}

}  // namespace
