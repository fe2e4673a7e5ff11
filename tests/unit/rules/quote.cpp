// Section 10: the lowest price that wins. Each expected price is placed to see that it wins, and
// one tick less to see that it loses.
#include <gigaspot/rules/quote.hpp>

#include "support/market.hpp"

namespace {

using namespace market;
using enum Code;

constexpr std::int64_t tick = 10'000;  // the default: 0.0001 coin

struct World {
    FixedVector<Offer, 3> bids{};
    std::optional<Run> run{};
    HostCapabilities host{};
    Conditions conditions{.rates = unit_rate};  // profits equal prices, in units
    QuoteRequest request{};
};

struct Quote {
    const char* rule;
    World world;
    std::int64_t expected;  // a count of 1e-8 coin
};

constexpr Offer bid(BidId id, std::int64_t price) {
    return {.id = id, .price = Price::unchecked(price)};
}

constexpr Offer owned(OwnerId owner, Offer offer) {
    offer.owner = owner;
    return offer;
}

constexpr Offer invalid(Offer offer) {
    offer.is_overclock_valid = false;
    return offer;
}

constexpr Price price(std::int64_t count) { return Price::unchecked(count); }

/// A request that is exact to the last unit.
constexpr QuoteRequest exactly{.tick = Price::unchecked(1)};
constexpr QuoteRequest of_owner_7{.tick = Price::unchecked(1), .owner = 7};
constexpr QuoteRequest of_owner_0{.tick = Price::unchecked(1), .owner = 0};
constexpr BidId one_and_two[] = {1, 2};
constexpr QuoteRequest without_one_and_two{.tick = Price::unchecked(1), .without = one_and_two};
constexpr QuoteRequest of_owner_7_without_one_and_two{
    .tick = Price::unchecked(1), .owner = 7, .without = one_and_two};

constexpr Run new_run{.bid = 1};
constexpr Run settled{.bid = 1, .first_won = at_ms(0)};
constexpr Run worsened{.bid = 1, .first_won = at_ms(0), .has_worsened = true};

constexpr SwitchMargin hundred_units = 0.000000000000000001_usd_per_day;
constexpr Conditions with_policy(Policy policy) { return {.rates = unit_rate, .policy = policy}; }

constexpr Conditions three_to_seven(Ppm fee = {}) {
    Conditions conditions{.rates =
                              two_rates(ExchangeRate::unchecked(3), ExchangeRate::unchecked(7))};
    conditions.rates[bitcoin].fee = fee;
    return conditions;
}
constexpr Conditions three_to_seven_up_to(std::int64_t price_max) {
    Conditions conditions = three_to_seven();
    conditions.policy.price_max = Price::unchecked(price_max);
    return conditions;
}
constexpr Conditions thousand_to_one{
    .rates = two_rates(ExchangeRate::unchecked(1'000), ExchangeRate::unchecked(1))};
constexpr QuoteRequest exactly_in_bitcoin{.currency = bitcoin, .tick = Price::unchecked(1)};

// One GPU of 150 .. 400 W at 0.1 USD/kWh: 250 W cost 0.6 USD per day, 300 W 0.72, 400 W 0.96.
constexpr HostCapabilities at_0_1_usd{.gpus = {plain_gpu}, .energy_price = 0.1_usd_per_kWh};
constexpr HostCapabilities at_minus_0_1_usd{.gpus = {plain_gpu}, .energy_price = -0.1_usd_per_kWh};

constexpr GpuLimits lazy_gpu{.power_limit = {0_W, 5_W}};
constexpr TotalPower watts(TotalPower::rep count) { return TotalPower::unchecked(count); }

constexpr Quote quotes[] = {
    {"an empty host: the market's minimum", {}, tick},
    {"an empty host: cards that allow 0 W, at 1 W each",
     {.host = {.gpus = {lazy_gpu, lazy_gpu}}, .request = {.power_limits = watts(2)}},
     tick},
    {"an empty host: the policy's minimum, in whole ticks",
     {.conditions = with_policy({.price_min = price(tick + 1)})},
     2 * tick},
    {"an empty host: the host's minimum", {.host = {.min_bid = price(7 * tick)}}, 7 * tick},
    {"an empty host: the host's minimum, in whole ticks",
     {.host = {.min_bid = price(7 * tick + 1)}},
     8 * tick},
    {"an empty host: at least one unit, although the market has no minimum",
     {.conditions = with_policy({.price_min = {}}), .request = exactly},
     1},
    {"exactly the reserve is enough",
     {.conditions = with_policy({.reserve = 0.0000000000000003_usd_per_day})},
     3 * tick},
    {"a reserve one unit higher needs one tick more",
     {.conditions = with_policy({.reserve = 0.00000000000000030001_usd_per_day})},
     4 * tick},
    {"above the best challenger, which is older",
     {.bids = {bid(2, 50'000), bid(3, 40'000)}},
     60'000},
    {"above the best challenger, exact to the unit",
     {.bids = {bid(2, 40'000), bid(3, 50'000)}, .request = exactly},
     50'001},
    {"an ineligible challenger is ignored",
     {.bids = {invalid(bid(2, 50'000)), bid(3, 40'000)}, .request = exactly},
     40'001},
    {"a run that has not won a close: any lead",
     {.bids = {bid(1, 50'000)},
      .run = new_run,
      .conditions = with_policy({.switch_margin = hundred_units, .dwell_min = 1_ms}),
      .request = exactly},
     50'001},
    {"a run that has worsened: any lead",
     {.bids = {bid(1, 50'000)},
      .run = worsened,
      .conditions = with_policy({.switch_margin = hundred_units, .dwell_min = 1_ms}),
      .request = exactly},
     50'001},
    {"margins of 0: any lead",
     {.bids = {bid(1, 50'000)}, .run = settled, .request = exactly},
     50'001},
    {"switch_margin: a lead above it",
     {.bids = {bid(1, 50'000)},
      .run = settled,
      .conditions = with_policy({.switch_margin = hundred_units}),
      .request = exactly},
     50'101},
    {"switch_margin_ppm: a lead above 1 %",
     {.bids = {bid(1, 50'000)},
      .run = settled,
      .conditions = with_policy({.switch_margin_ppm = 10'000_ppm}),
      .request = exactly},
     50'501},
    {"both margins: a lead above the larger one",
     {.bids = {bid(1, 50'000)},
      .run = settled,
      .conditions = with_policy({.switch_margin = hundred_units, .switch_margin_ppm = 10'000_ppm}),
      .request = exactly},
     50'501},
    {"a challenger within the margin and the incumbent must both be beaten",
     {.bids = {bid(1, 50'000), bid(2, 50'080)},
      .run = settled,
      .conditions = with_policy({.switch_margin = hundred_units}),
      .request = exactly},
     50'101},
    {"a challenger that replaces the incumbent must be beaten",
     {.bids = {bid(1, 50'000), bid(2, 50'300)},
      .run = settled,
      .conditions = with_policy({.switch_margin = hundred_units}),
      .request = exactly},
     50'301},
    {"an ineligible incumbent is not protected",
     {.bids = {invalid(bid(1, 50'000)), bid(2, 40'000)},
      .run = settled,
      .conditions = with_policy({.dwell_min = 1_ms}),
      .request = exactly},
     40'001},
    {"after the dwell: any lead",
     {.bids = {bid(1, 50'000)},
      .run = settled,
      .conditions = {.rates = unit_rate, .policy = {.dwell_min = 5_ms}, .now = at_ms(5)},
      .request = exactly},
     50'001},
    {"the market's maximum itself is allowed",
     {.bids = {bid(2, 50'000)},
      .conditions = with_policy({.price_max = price(50'001)}),
      .request = exactly},
     50'001},
    // In bitcoin at 7 units, main at 3: 50,000 x 3 = 150,000 = 21,428.57 x 7.
    {"in another currency: above a challenger",
     {.bids = {bid(2, 50'000)}, .conditions = three_to_seven(), .request = exactly_in_bitcoin},
     21'429},
    {"in another currency: in whole ticks",
     {.bids = {bid(2, 50'000)}, .conditions = three_to_seven(), .request = {.currency = bitcoin}},
     30'000},
    // The market's maximum of 50,001 x 3 is exactly 21,429 x 7.
    {"in another currency: the market's maximum itself is a price",
     {.bids = {bid(2, 50'000)},
      .conditions = three_to_seven_up_to(50'001),
      .request = exactly_in_bitcoin},
     21'429},
    // 1,000 of bitcoin for one of the main currency: the market's maximum of 5,000 coins are 5e14
    // units. The row of prices ends at 1e14: a rival of 99,999,999,999 units takes 1,000 less, and
    // one unit.
    {"in another currency: close to the maximum of all prices",
     {.bids = {bid(2, 99'999'999'999)},
      .conditions = thousand_to_one,
      .request = exactly_in_bitcoin},
     99'999'999'999'001},
    // 10,000 x 3 / 7 = 4,285.7; the host's 20,000 x 3 / 7 = 8,571.4.
    {"in another currency: the market's minimum",
     {.conditions = three_to_seven(), .request = exactly_in_bitcoin},
     4'286},
    {"in another currency: the host's minimum",
     {.host = {.min_bid = price(20'000)},
      .conditions = three_to_seven(),
      .request = exactly_in_bitcoin},
     8'572},
    // 7 x (1 - 0.3) = 4.9, so a net rate of 4. 150,000 / 4 = 37,500 is equal and therefore not
    // above.
    {"in another currency: at its net rate, rounded down",
     {.bids = {bid(2, 50'000)},
      .conditions = three_to_seven(300'000_ppm),
      .request = exactly_in_bitcoin},
     37'501},
    {"a fee of 100 %: a profit of 0 is enough on an empty host",
     {.conditions = three_to_seven(1'000'000_ppm), .request = exactly_in_bitcoin},
     4'286},
    // 2 coins at 1 USD less 0.72 leave 1.28. With 250 W, 1.88 is equal and 1.8801 wins. With 400 W,
    // 2.24 is equal and 2.2401 wins.
    {"fewer watts win at a lower price",
     {.bids = {{.id = 2, .price = 2_coin_per_day, .power_limits = watts(300)}},
      .host = at_0_1_usd,
      .conditions = {.rates = Rates{1_usd_per_coin}},
      .request = {.power_limits = watts(250)}},
     188'010'000},
    {"more watts need a higher price",
     {.bids = {{.id = 2, .price = 2_coin_per_day, .power_limits = watts(300)}},
      .host = at_0_1_usd,
      .conditions = {.rates = Rates{1_usd_per_coin}},
      .request = {.power_limits = watts(400)}},
     224'010'000},
    // Where energy is below 0, 2 coins and the 0.72 USD that 300 W earn make 2.72. With 400 W, 1.76
    // is equal and 1.7601 wins. With 250 W, 2.12 is equal and 2.1201 wins.
    {"energy below 0: more watts win at a lower price",
     {.bids = {{.id = 2, .price = 2_coin_per_day, .power_limits = watts(300)}},
      .host = at_minus_0_1_usd,
      .conditions = {.rates = Rates{1_usd_per_coin}},
      .request = {.power_limits = watts(400)}},
     176'010'000},
    {"energy below 0: fewer watts need a higher price",
     {.bids = {{.id = 2, .price = 2_coin_per_day, .power_limits = watts(300)}},
      .host = at_minus_0_1_usd,
      .conditions = {.rates = Rates{1_usd_per_coin}},
      .request = {.power_limits = watts(250)}},
     212'010'000},
    // 10,000 x 3 / 7 = 4,285.7 is the market's minimum.
    {"energy below 0 and a fee of 100 %: more watts win at any price",
     {.bids = {{.id = 2, .price = price(30'000), .power_limits = watts(300)}},
      .host = at_minus_0_1_usd,
      .conditions = three_to_seven(1'000'000_ppm),
      .request = {.power_limits = watts(400), .currency = bitcoin, .tick = Price::unchecked(1)}},
     4'286},
    // The incumbent pays 0.32 coins and costs 0.72 USD: a profit of -0.4. 25 % of |-0.4| is 0.1, so
    // 0.72 - 0.3 = 0.42 must be exceeded.
    {"an incumbent at a loss: the relative margin is a share of the loss",
     {.bids = {{.id = 1, .price = 0.32_coin_per_day, .power_limits = watts(300)}},
      .run = settled,
      .host = at_0_1_usd,
      .conditions = {.rates = Rates{1_usd_per_coin},
                     .policy = {.reserve = -1_usd_per_day, .switch_margin_ppm = 250'000_ppm}},
      .request = {.power_limits = watts(300)}},
     42'010'000},
    {"for an owner: the owner's other bids are ignored",
     {.bids = {owned(7, bid(2, 90'000)), owned(8, bid(3, 50'000)), owned(7, bid(4, 80'000))},
      .request = of_owner_7},
     50'001},
    {"for an owner: the id 0 is an owner too",
     {.bids = {owned(0, bid(2, 90'000)), owned(8, bid(3, 50'000))}, .request = of_owner_0},
     50'001},
    {"without an owner: the owner 0 is a rival like all others",
     {.bids = {owned(0, bid(2, 90'000)), owned(8, bid(3, 50'000))}, .request = exactly},
     90'001},
    {"for an owner: its incumbent protects nobody",
     {.bids = {owned(7, bid(1, 90'000)), bid(2, 50'000)},
      .run = settled,
      .conditions = with_policy({.switch_margin = hundred_units, .dwell_min = 1_ms}),
      .request = of_owner_7},
     50'001},
    {"for an owner: an incumbent of somebody else stays protected",
     {.bids = {bid(1, 50'000), owned(7, bid(2, 90'000))},
      .run = settled,
      .conditions = with_policy({.switch_margin = hundred_units}),
      .request = of_owner_7},
     50'101},
    {"without named bids: they are ignored",
     {.bids = {bid(1, 90'000), bid(2, 80'000), bid(3, 50'000)}, .request = without_one_and_two},
     50'001},
    {"without named bids: an incumbent among them protects nobody",
     {.bids = {bid(1, 90'000), bid(3, 50'000)},
      .run = settled,
      .conditions = with_policy({.dwell_min = 1_ms}),
      .request = without_one_and_two},
     50'001},
    {"for an owner and without named bids: both are ignored",
     {.bids = {bid(2, 90'000), owned(7, bid(3, 80'000)), bid(4, 50'000)},
      .request = of_owner_7_without_one_and_two},
     50'001},
    {"cached, as the policy requires",
     {.conditions = with_policy({.require_cached = true}), .request = {.is_cached = true}},
     tick},
};

constexpr Result<Price, Code> ask(const World& world) {
    return price_to_win(world.host, world.bids.view(), world.conditions, world.request, world.run);
}

/// Whether a bid placed now at this price is selected.
constexpr bool wins_at(const World& world, Price at) {
    FixedVector<Offer, 4> bids;
    for (const Offer& offer : world.bids) {
        bool is_ignored = world.request.owner && offer.owner == *world.request.owner;
        for (const BidId id : world.request.without) is_ignored = is_ignored || id == offer.id;
        if (!is_ignored && !bids.push_back(offer)) return false;
    }
    const bool has_room = bids.push_back({.id = 100,
                                          .price = at,
                                          .currency = world.request.currency,
                                          .power_limits = world.request.power_limits,
                                          .is_cached = world.request.is_cached,
                                          .sequence = 1'000});
    return has_room &&
           select(world.host, bids.view(), world.conditions, world.run).winner == BidId{100};
}

// Rows are taken by value, because g++ 12 cannot copy an empty optional out of a constant table.
constexpr bool is_smallest_price(Quote row) {
    const Price expected = price(row.expected);
    const std::int64_t tick_less = row.expected - row.world.request.tick.count();
    return ask(row.world) == Result<Price, Code>{expected} && wins_at(row.world, expected) &&
           (tick_less == 0 || !wins_at(row.world, price(tick_less)));
}

// --- Reasons why no price helps ---

struct Rejection {
    const char* rule;
    World world;
    Code expected;
};

constexpr Conditions only_bitcoin() {
    Conditions conditions;
    conditions.rates[bitcoin].usd = 1_usd_per_coin;
    return conditions;
}

constexpr Conditions aged{.rates = unit_rate, .policy = {.rate_age_max = 5_ms}, .now = at_ms(6)};
constexpr HostCapabilities host_in(HostStatus status) { return {.status = status}; }

constexpr Rejection rejections[] = {
    {"host_offline", {.host = host_in({.online = false})}, host_offline},
    {"host_on_demand_rented", {.host = host_in({.on_demand_rented = true})}, host_on_demand_rented},
    {"host_malfunctioning", {.host = host_in({.working_properly = false})}, host_malfunctioning},
    {"overclock_invalid: 1 W below what the card needs",
     {.host = at_0_1_usd, .request = {.power_limits = watts(149)}},
     overclock_invalid},
    {"overclock_invalid: 1 W above what the host allows",
     {.host = at_0_1_usd, .request = {.power_limits = watts(401)}},
     overclock_invalid},
    {"overclock_invalid: a card that allows only 0 W accepts no bid, whatever the others allow",
     {.host = {.gpus = {{}, plain_gpu}}, .request = {.power_limits = watts(200)}},
     overclock_invalid},
    {"overclock_invalid: 0 W is a missing power limit, even if the cards allow it",
     {.host = {.gpus = {lazy_gpu, lazy_gpu}}, .request = {.power_limits = watts(1)}},
     overclock_invalid},
    {"not_cached", {.conditions = with_policy({.require_cached = true})}, not_cached},
    {"rate_missing: the main currency has no rate", {.conditions = {}}, rate_missing},
    {"rate_missing: the other currency has no rate",
     {.request = {.currency = bitcoin}},
     rate_missing},
    {"rate_missing: a price in another currency also needs the main rate",
     {.conditions = only_bitcoin(), .request = {.currency = bitcoin}},
     rate_missing},
    {"rate_missing: the rate is too old", {.conditions = aged}, rate_missing},
    {"incumbent_protected",
     {.bids = {bid(1, 5)},
      .run = settled,
      .conditions = with_policy({.dwell_min = 1_ms, .price_min = {}})},
     incumbent_protected},
    {"price_above_market_maximum: one unit more would be needed",
     {.bids = {bid(2, 50'000)},
      .conditions = with_policy({.price_max = price(50'000)}),
      .request = exactly},
     price_above_market_maximum},
    // 50,000 x 3 / 7 = 21,428.57: the rival's profit takes 21,429.
    {"price_above_market_maximum: it would take one unit more, in another currency",
     {.bids = {bid(2, 50'000)},
      .conditions = three_to_seven_up_to(50'000),
      .request = exactly_in_bitcoin},
     price_above_market_maximum},
    {"price_above_market_maximum: more than the maximum of all prices, in another currency",
     {.bids = {bid(2, 100'000'000'000)},
      .conditions = thousand_to_one,
      .request = exactly_in_bitcoin},
     price_above_market_maximum},
    {"price_above_market_maximum: not even one unit of another currency is allowed",
     {.conditions = three_to_seven_up_to(2), .request = exactly_in_bitcoin},
     price_above_market_maximum},
    {"price_above_market_maximum: not even one tick is allowed",
     {.conditions = with_policy({.price_max = price(tick - 1)})},
     price_above_market_maximum},
    {"price_above_market_maximum: the host's minimum is above it",
     {.host = {.min_bid = 5001_coin_per_day}},
     price_above_market_maximum},
    {"price_above_market_maximum: a fee of 100 % leaves no profit above 0",
     {.bids = {{.id = 2, .price = price(30'000), .currency = bitcoin}},
      .conditions = three_to_seven(1'000'000_ppm),
      .request = exactly_in_bitcoin},
     price_above_market_maximum},
    {"price_above_market_maximum: a fee of 100 %, energy below 0, and no more watts than a rival",
     {.bids = {{.id = 2, .price = price(30'000), .power_limits = watts(300)}},
      .host = at_minus_0_1_usd,
      .conditions = three_to_seven(1'000'000_ppm),
      .request = {.power_limits = watts(300), .currency = bitcoin, .tick = Price::unchecked(1)}},
     price_above_market_maximum},
    {"host_offline before host_on_demand_rented",
     {.host = host_in({.online = false, .on_demand_rented = true})},
     host_offline},
    {"host_malfunctioning before overclock_invalid",
     {.host = host_in({.working_properly = false}), .request = {.power_limits = watts(9)}},
     host_malfunctioning},
    {"overclock_invalid before not_cached",
     {.conditions = with_policy({.require_cached = true}), .request = {.power_limits = watts(9)}},
     overclock_invalid},
    {"not_cached before rate_missing",
     {.conditions = {.policy = {.require_cached = true}}},
     not_cached},
    {"rate_missing before incumbent_protected",
     {.bids = {bid(1, 50'000)},
      .run = settled,
      .conditions = with_policy({.dwell_min = 1_ms}),
      .request = {.currency = bitcoin}},
     rate_missing},
    {"incumbent_protected before price_above_market_maximum",
     {.bids = {bid(1, 50'000)},
      .run = settled,
      .conditions = with_policy({.dwell_min = 1_ms, .price_max = {}})},
     incumbent_protected},
};

constexpr Code rejection(Rejection row) {
    const Result<Price, Code> answer = ask(row.world);
    return answer ? none : answer.error();
}

// --- What the answer did not compare ---

constexpr Offer in_bitcoin{.id = 8, .price = price(90'000), .currency = bitcoin};
constexpr Offer overdue{.id = 9, .price = price(90'000), .expiry = at_ms(0)};

struct Gap {
    const char* rule;
    World world;
    Answer<Result<Price, Code>> expected;
};

constexpr Gap gaps[] = {
    {"every bid was compared", {.bids = {bid(2, 50'000)}}, {price(60'000)}},
    {"a price beside bids without a rate and expired bids",
     {.bids = {bid(2, 50'000), in_bitcoin, overdue}},
     {price(60'000), {.rate_missing = 1, .expired = 1}}},
    {"no price is allowed",
     {.bids = {in_bitcoin}, .conditions = with_policy({.price_max = price(1)})},
     {Unexpected{price_above_market_maximum}, {.rate_missing = 1}}},
    {"the incumbent is protected",
     {.bids = {bid(1, 50'000), overdue},
      .run = settled,
      .conditions = with_policy({.dwell_min = 1_ms})},
     {Unexpected{incumbent_protected}, {.expired = 1}}},
    {"the new bid would itself have no rate",
     {.bids = {bid(2, 50'000), in_bitcoin}, .request = {.currency = bitcoin}},
     {Unexpected{rate_missing}, {.rate_missing = 1}}},
    {"the power is not allowed",
     {.bids = {overdue}, .request = {.power_limits = watts(9)}},
     {Unexpected{overclock_invalid}, {.expired = 1}}},
    {"an ignored bid is not missed",
     {.bids = {owned(7, in_bitcoin), overdue}, .request = of_owner_7},
     {price(tick), {.expired = 1}}},
    {"an unavailable host compares no bid",
     {.bids = {in_bitcoin, overdue}, .host = host_in({.online = false})},
     {Unexpected{host_offline}}},
};

constexpr Answer<Result<Price, Code>> whole_answer(Gap row) {
    return price_to_win(row.world.host, row.world.bids.view(), row.world.conditions,
                        row.world.request, row.world.run);
}

GIGASPOT_TABLE("section 10, price_to_win: the lowest price wins, and one tick less does not",
               quotes, is_smallest_price)
// --- Expiry: a bid placed now has none, but `explain` asks for bids that have one ---

struct ExpiryRow {
    const char* rule;
    std::int64_t now;  // ms; the bid expires at 5
    Code expected;
};

constexpr ExpiryRow expiries[] = {
    {"a price may help 1 ms before the bid expires", 4, none},
    {"bid_expired: no price helps in the millisecond of its expiry", 5, bid_expired},
    {"bid_expired: nor after it", 6, bid_expired},
};

constexpr Code why_no_price_wins(const ExpiryRow& row) {
    const Offer offer{.price = price(tick), .expiry = at_ms(5)};
    return detail::why_no_price_wins(offer, HostCapabilities{},
                                     Conditions{.rates = unit_rate, .now = at_ms(row.now)});
}

GIGASPOT_TABLE("section 10, price_to_win: why no price helps", rejections, rejection)
GIGASPOT_TABLE("section 10, price_to_win: a bid that expires", expiries, why_no_price_wins)
GIGASPOT_TABLE("section 10, price_to_win: the bids that were not compared", gaps, whole_answer)

// --- Requests ---

constexpr BidId two_and_one[] = {2, 1};
constexpr BidId one_and_two_again[] = {1, 2};

constexpr table::Fact requests[] = {
    {"two requests are equal if all their parts are",
     [] {
         const QuoteRequest all{.power_limits = watts(9),
                                .currency = bitcoin,
                                .tick = price(7),
                                .is_cached = true,
                                .owner = 7,
                                .without = one_and_two};
         QuoteRequest other = all;
         other.without = one_and_two_again;
         bool is_so = other == all;
         other.without = two_and_one;
         is_so = is_so && other != all;
         other.without = ListView<BidId>{one_and_two}.first(1);
         is_so = is_so && other != all;
         other = all;
         other.power_limits = watts(8);
         is_so = is_so && other != all;
         other = all;
         other.currency = main_currency;
         is_so = is_so && other != all;
         other = all;
         other.tick = price(8);
         is_so = is_so && other != all;
         other = all;
         other.is_cached = false;
         is_so = is_so && other != all;
         other = all;
         other.owner = 8;
         return is_so && other != all;
     }},
    {"braces make a request",
     [] {
         const Offer rival[] = {bid(2, 50'000)};
         return price_to_win(HostCapabilities{}, rival, Conditions{.rates = unit_rate},
                             {.owner = 7, .without = one_and_two}) ==
                Result<Price, Code>{price(tick)};
     }},
};

GIGASPOT_TABLE("section 10, price_to_win: requests", requests, table::is_so)

// --- The search: where it begins must never change what it finds ---

/// How many prices a search for 12,345 ticks tries, and whether it finds them.
constexpr int tries_from(Price::rep first_try) {
    int tries = 0;
    const auto found =
        detail::smallest_price(Offer{}, HostCapabilities{}, Conditions{.rates = unit_rate},
                               price(1), first_try, [&](const Eligibility&, Price tried) {
                                   ++tries;
                                   return tried >= price(12'345);
                               });
    return found == Result<Price, Code>{price(12'345)} ? tries : -1;
}

constexpr detail::Contender with_profit(Int128 count) { return {0, units(count), 1}; }

constexpr UsdPerDay beating(std::optional<Int128> rival, std::optional<Int128> incumbent,
                            Protection protection, const Policy& policy) {
    std::optional<detail::Contender> of_rival, of_incumbent;
    if (rival) of_rival = with_profit(*rival);
    if (incumbent) of_incumbent = with_profit(*incumbent);
    return detail::beating_profit(of_rival, of_incumbent, protection, policy);
}

/// A margin of 100 units, and 20 %.
constexpr Policy margins{.switch_margin = SwitchMargin::unchecked(100),
                         .switch_margin_ppm = Ppm::unchecked(200'000)};

constexpr table::Fact searches[] = {
    {"a right first try leaves two more prices to try: the highest and the one below",
     [] { return tries_from(12'345) == 3; }},
    {"any first try finds the same price",
     [] {
         for (const Price::rep first_try :
              {Price::rep{-1}, Price::rep{0}, Price::rep{1}, Price::rep{12'344}, Price::rep{12'346},
               Price::highest().count(), Price::highest().count() + 1}) {
             if (tries_from(first_try) < 3) return false;
         }
         return true;
     }},
    {"the price for a profit is that profit plus the cost of the power",
     [] {
         const HostCapabilities host{.energy_price = unit_energy};
         const Offer one_watt{.power_limits = watts(1)};
         return detail::ticks_for(units(7), one_watt, host, Conditions{.rates = unit_rate},
                                  price(1)) == 2'400'000'007;
     }},
    {"the price for a profit is rounded up to a tick",
     [] {
         return detail::ticks_for(units(21), Offer{}, HostCapabilities{},
                                  Conditions{.rates = unit_rate}, price(10)) == 3;
     }},
    {"no price is right for a profit if the fee takes the whole income, or power earns more",
     [] {
         Conditions all_fee{.rates = unit_rate};
         all_fee.rates[main_currency].fee = Ppm::highest();
         return detail::ticks_for(units(7), Offer{}, HostCapabilities{}, all_fee, price(1)) == 0 &&
                detail::ticks_for(units(-7), Offer{}, HostCapabilities{},
                                  Conditions{.rates = unit_rate}, price(1)) == 0;
     }},
    {"nobody to beat: the reserve is enough",
     [] { return beating({}, {}, Protection::none, {}) == units(0); }},
    {"a rival is beaten by one unit",
     [] { return beating(1'000, {}, Protection::none, margins) == units(1'001); }},
    {"an incumbent without protection is beaten by one unit",
     [] { return beating(1'000, 1'000, Protection::none, margins) == units(1'001); }},
    {"an incumbent of 400 is beaten by the fixed margin, one of 1000 by the relative one",
     [] {
         return beating({}, 400, Protection::margins, margins) == units(501) &&
                beating({}, 1'000, Protection::margins, margins) == units(1'201);
     }},
    {"the relative margin of an incumbent at a loss is a share of its loss",
     [] {
         Policy policy = margins;
         policy.reserve = Reserve::lowest();
         return beating({}, -1'000, Protection::margins, policy) == units(-799);
     }},
    {"the better of rival and protected incumbent decides",
     [] { return beating(1'300, 1'000, Protection::margins, margins) == units(1'301); }},
};

GIGASPOT_TABLE("section 10, price_to_win: where the search begins", searches, table::is_so)

}  // namespace
