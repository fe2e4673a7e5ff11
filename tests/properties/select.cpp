// Sections 4 to 6 compared with the same rules in fractions, in markets full of near-ties.
#include "random_market.hpp"

namespace {

using namespace random_market;

TEST_CASE("section 4, a profit equals its formulas in fractions, to the last digit") {
    property::check("profit", 20, [] {
        Offer bid{.price = Price::unchecked(draw<std::int64_t>(0, Price::highest().count())),
                  .currency = draw_from({main_currency, bitcoin}),
                  .power_limits = TotalPower::unchecked(draw(0, 255'000'000))};
        Market market;
        market.host.energy_price = EnergyPrice::unchecked(
            draw<std::int64_t>(EnergyPrice::lowest().count(), EnergyPrice::highest().count()));
        market.host.base_power = Power::unchecked(draw(0, Power::highest().count()));
        market.conditions.rates[bid.currency] = {
            .usd = ExchangeRate::unchecked(draw<std::int64_t>(1, ExchangeRate::highest().count())),
            .fee = Ppm::unchecked(draw(0, 1'000'000))};
        const std::optional<UsdPerDay> profit =
            gigaspot::profit(bid, market.host, market.conditions);
        RC_ASSERT(profit && fraction(*profit) == *profit_of(market, bid));
    });
    property::check("profit of small markets", 5, [] {
        const Market market = draw_market(4);
        log(market);
        for (const Offer& bid : market.bids) {
            const std::optional<UsdPerDay> profit =
                gigaspot::profit(bid, market.host, market.conditions);
            const std::optional<Fraction> expected = profit_of(market, bid);
            RC_ASSERT(profit.has_value() == expected.has_value());
            if (profit) RC_ASSERT(fraction(*profit) == *expected);
        }
    });
}

TEST_CASE("section 5, a bid is eligible exactly if all conditions hold") {
    property::check("eligibility", 20, [] {
        const Market market = draw_market(4);
        log(market);
        for (const Offer& bid : market.bids)
            RC_ASSERT(eligibility(bid, market.host, market.conditions).is_eligible() ==
                      may_run(market, bid));
    });
}

TEST_CASE("section 3, comparing a price with a limit in another currency agrees with fractions") {
    property::check("price rows", 20, [] {
        const Market market = draw_market(0);
        const Policy& policy = market.conditions.policy;
        Bid bid{.price = draw_price(60), .currency = draw_from({main_currency, bitcoin, doge})};
        const std::optional<Fraction> own = rate_of(market, bid.currency);
        const std::optional<Fraction> main = rate_of(market, main_currency);
        if (own && main && !once_in(4)) {  // one of the limits, or one unit off
            const Price bound =
                draw_from({policy.price_min, policy.price_max, market.host.min_bid});
            const auto nearest = static_cast<std::int64_t>(floor(bound.count() * *main / *own));
            bid.price = Price::from_count(nearest + draw(-1, 1)).value_or(bid.price);
        }
        const Offer offer{.price = bid.price, .currency = bid.currency};
        bool below_market = false, above_market = false, below_host = false;
        for (const Violation& violation : validate(bid, market.host, market.conditions)) {
            below_market = below_market || violation.code == Code::price_below_market_minimum;
            above_market = above_market || violation.code == Code::price_above_market_maximum;
            below_host = below_host || violation.code == Code::price_below_host_minimum;
        }
        log(market);
        const bool is_positive = bid.price > Price{};
        RC_ASSERT(below_market == (is_positive && is_worth_less(market, offer, policy.price_min)));
        RC_ASSERT(above_market == (is_positive && is_worth_more(market, offer, policy.price_max)));
        RC_ASSERT(below_host == (is_positive && is_worth_less(market, offer, market.host.min_bid)));
    });
}

TEST_CASE("section 6, the winner is the one that sorting all bids gives") {
    property::check("select", 40, [] {
        const Market market = draw_market(6);
        log(market);
        RC_ASSERT(winner_of(market) == winner_by_the_rules(market));
    });
}

TEST_CASE("section 6, replaces agrees with fractions, up to the maximum profits") {
    property::check("replaces", 40, [] {
        const auto draw_profit = [] {
            const auto digits = draw(0, 32);
            Int128 size = 1;
            for (int i = 0; i < digits; ++i) size *= 10;
            return (size * draw(1, 9) / 10 + draw(-3, 3)) * draw_from({1, -1});
        };
        const Int128 incumbent = draw_profit();
        const auto ppm = draw_from({0, 1, 3, 250'000, 999'999, 1'000'000});
        const Int128 margin =
            once_in(2) ? 0
                       : SwitchMargin::from_count(draw_profit()).value_or(SwitchMargin{}).count();
        // A challenger near the point where the answer changes, or anywhere.
        const Int128 size = incumbent < 0 ? -incumbent : incumbent;
        const Int128 share = size / 1'000'000 * ppm + size % 1'000'000 * ppm / 1'000'000;
        const Int128 challenger =
            once_in(3) ? draw_profit() : incumbent + (once_in(2) ? margin : share) + draw(-2, 2);

        const Policy policy{.switch_margin = *SwitchMargin::from_count(margin),
                            .switch_margin_ppm = Ppm::unchecked(ppm)};
        const Integer lead = integer(challenger) - integer(incumbent);
        const bool expected =
            lead > integer(margin) && lead * 1'000'000 > Integer{ppm} * abs(integer(incumbent));
        RC_ASSERT(replaces(units(challenger), units(incumbent), Protection::margins, policy) ==
                  expected);
        RC_ASSERT(replaces(units(challenger), units(incumbent), Protection::none, policy) ==
                  (lead > 0));
        RC_ASSERT(!replaces(units(challenger), units(incumbent), Protection::dwell, policy));
    });
}

}  // namespace
