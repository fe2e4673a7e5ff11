// Section 10: the lowest price with which an incumbent stays. Each expected price is tried with
// `select` to see that the bid stays, and one tick less to see that it goes.
#include <gigaspot/rules/keep.hpp>

#include "support/market.hpp"

namespace {

using namespace market;
using enum Code;

constexpr Price price(std::int64_t count) { return Price::unchecked(count); }

struct World {
    FixedVector<Offer, 3> bids{};
    std::optional<Run> run{};
    Conditions conditions{.rates = unit_rate, .policy = {.price_min = {}}};  // profits equal prices
    std::optional<Price> tick = Price::unchecked(1);
    HostCapabilities host{};
};

struct Keep {
    const char* rule;
    World world;
    std::int64_t expected;  // a count of 1e-8 coin
};

constexpr Offer bid(BidId id, std::int64_t price) {
    return {.id = id, .price = Price::unchecked(price), .sequence = id.value};
}
constexpr Offer in_bitcoin(Offer offer) {
    offer.currency = bitcoin;
    return offer;
}

constexpr Run new_run{.bid = 1};
constexpr Run settled{.bid = 1, .first_won = at_ms(0)};
constexpr Run worsened{.bid = 1, .first_won = at_ms(0), .has_worsened = true};
constexpr Run in_force(std::int64_t count, bool has_worsened = false) {
    return {.bid = 1,
            .first_won = at_ms(0),
            .has_worsened = has_worsened,
            .price_in_force = price(count)};
}

constexpr SwitchMargin hundred_units = 0.000000000000000001_usd_per_day;
constexpr Conditions with_policy(Policy policy) {
    if (policy.price_min == Policy{}.price_min) policy.price_min = {};
    return {.rates = unit_rate, .policy = policy};
}
constexpr Conditions margin = with_policy({.switch_margin = hundred_units});
constexpr Conditions one_percent = with_policy({.switch_margin_ppm = 10'000_ppm});
constexpr Conditions dwelling = with_policy({.dwell_min = 1_ms});
constexpr Conditions up_to(std::int64_t price_max) {
    return with_policy({.switch_margin = hundred_units, .price_max = price(price_max)});
}
constexpr Conditions three_to_seven{
    .rates = two_rates(ExchangeRate::unchecked(3), ExchangeRate::unchecked(7)),
    .policy = {.price_min = {}}};
constexpr Conditions at_one_usd{.rates = Rates{1_usd_per_coin}};

// One GPU of 150 .. 400 W at 0.1 USD/kWh: 250 W cost 0.6 USD per day, 300 W 0.72.
constexpr HostCapabilities at_0_1_usd{.gpus = {plain_gpu}, .energy_price = 0.1_usd_per_kWh};
constexpr Offer drawing(TotalPower::rep watts, BidId id, Price price) {
    return {.id = id, .price = price, .power_limits = TotalPower::unchecked(watts)};
}

constexpr Keep keeps[] = {
    {"a winner at 100 coins beside a rival worth 80: 80, because the incumbent wins a tie",
     {.bids = {drawing(300, 1, 100_coin_per_day), drawing(300, 2, 80_coin_per_day)},
      .run = settled,
      .conditions = at_one_usd,
      .tick = {},
      .host = at_0_1_usd},
     8'000'000'000},
    // The rival's profit is 80 - 0.6 = 79.4, so 79.4 + 0.72 = 80.12.
    {"a rival of fewer watts is worth more",
     {.bids = {drawing(300, 1, 100_coin_per_day), drawing(250, 2, 80_coin_per_day)},
      .run = settled,
      .conditions = at_one_usd,
      .tick = {},
      .host = at_0_1_usd},
     8'012'000'000},
    {"without rivals: one unit, if nothing else asks for more",
     {.bids = {bid(1, 50'000)}, .run = settled},
     1},
    {"without rivals: one tick, by default 0.0001 coin",
     {.bids = {bid(1, 50'000)}, .run = settled, .tick = {}},
     10'000},
    {"without rivals: the market's minimum",
     {.bids = {bid(1, 50'000)},
      .run = settled,
      .conditions = with_policy({.price_min = price(7'001)})},
     7'001},
    {"without rivals: the host's minimum",
     {.bids = {bid(1, 50'000)}, .run = settled, .host = {.min_bid = price(7'002)}},
     7'002},
    {"without rivals: exactly the reserve",
     {.bids = {bid(1, 50'000)},
      .run = settled,
      .conditions = with_policy({.reserve = 0.00000000000000007003_usd_per_day})},
     7'003},
    {"equal to the best rival",
     {.bids = {bid(1, 1'000), bid(2, 700), bid(3, 800)}, .run = settled},
     800},
    {"no close won yet: equal to the best rival",
     {.bids = {bid(1, 1'000), bid(2, 800)}, .run = new_run, .conditions = margin},
     800},
    {"margins do not protect a lower price",
     {.bids = {bid(1, 1'000), bid(2, 950)}, .run = settled, .conditions = margin},
     950},
    {"a rival within the margin: every lower price loses, so the price in force",
     {.bids = {bid(1, 1'000), bid(2, 1'050)}, .run = settled, .conditions = margin},
     1'000},
    {"a protected incumbent: every lower price loses, so the price in force",
     {.bids = {bid(1, 1'000), bid(2, 9'000)}, .run = settled, .conditions = dwelling},
     1'000},
    {"a protected incumbent without a better rival may lower its price",
     {.bids = {bid(1, 1'000), bid(2, 900)}, .run = settled, .conditions = dwelling},
     900},
    {"the price in force is exact, whatever the tick is",
     {.bids = {bid(1, 1'010), bid(2, 9'000)},
      .run = settled,
      .conditions = dwelling,
      .tick = price(300)},
     1'010},
    {"the price in force is exact while another one is pending, too",
     {.bids = {bid(1, 500), bid(2, 1'050)},
      .run = in_force(1'010),
      .conditions = margin,
      .tick = price(300)},
     1'010},
    {"the lowest tick that stays is above the price in force, which stays too",
     {.bids = {bid(1, 980), bid(2, 950)}, .run = settled, .tick = price(100)},
     980},
    {"in whole ticks",
     {.bids = {bid(1, 1'000), bid(2, 750)}, .run = settled, .tick = price(100)},
     800},
    {"a losing incumbent: equal to the challenger",
     {.bids = {bid(1, 1'000), bid(2, 1'200)}, .run = settled},
     1'200},
    {"a losing incumbent: within the margin of the challenger",
     {.bids = {bid(1, 1'000), bid(2, 1'200)}, .run = settled, .conditions = margin},
     1'100},
    // It stays once 1,200 - P <= P / 100, so P >= 1,188.1.
    {"a losing incumbent: within the relative margin of its raised profit",
     {.bids = {bid(1, 1'000), bid(2, 1'200)}, .run = settled, .conditions = one_percent},
     1'189},
    {"an incumbent below the reserve: the reserve",
     {.bids = {bid(1, 1'000), bid(2, 9'000)},
      .run = settled,
      .conditions = with_policy({.reserve = 0.00000000000000002_usd_per_day, .dwell_min = 1_ms})},
     2'000},
    {"a run that has worsened: no margin protects it, at no price",
     {.bids = {bid(1, 1'000), bid(2, 1'050)}, .run = worsened, .conditions = margin},
     1'050},
    {"a pending lower price: the price in force protects it again",
     {.bids = {bid(1, 500), bid(2, 1'050)}, .run = in_force(1'000), .conditions = margin},
     1'000},
    {"a pending lower price: less than the price in force, if that is enough",
     {.bids = {bid(1, 500), bid(2, 900)}, .run = in_force(1'000), .conditions = margin},
     900},
    {"a pending lower price that stays can go lower",
     {.bids = {bid(1, 950), bid(2, 900)}, .run = in_force(1'000), .conditions = margin},
     900},
    {"a pending lower price with more watts: the price in force does not help",
     {.bids = {bid(1, 500), bid(2, 1'050)}, .run = in_force(1'000, true), .conditions = margin},
     1'050},
    {"a pending lower price that stays is exact, whatever the tick is",
     {.bids = {bid(1, 950), bid(2, 950)}, .run = in_force(1'000), .tick = price(100)},
     950},
    {"a pending higher price: less than the price in force, if that is enough",
     {.bids = {bid(1, 2'000), bid(2, 900)}, .run = in_force(1'000), .conditions = margin},
     900},
    {"a pending higher price: the price in force is enough",
     {.bids = {bid(1, 2'000), bid(2, 1'050)}, .run = in_force(1'000), .conditions = margin},
     1'000},
    {"a pending higher price: more than the price in force, within the margin",
     {.bids = {bid(1, 2'000), bid(2, 1'150)}, .run = in_force(1'000), .conditions = margin},
     1'050},
    {"the market's maximum is below the price in force, and enough",
     {.bids = {bid(1, 1'000), bid(2, 900)}, .run = settled, .conditions = up_to(900)},
     900},
    {"the market's maximum is not enough, but the bid's own price takes no edit",
     {.bids = {bid(1, 1'000), bid(2, 901)}, .run = settled, .conditions = up_to(900)},
     1'000},
    // In bitcoin at 7 units, main at 3: 50,000 x 3 = 150,000 = 21,428.57 x 7.
    {"in another currency: in whole units by default",
     {.bids = {in_bitcoin(bid(1, 30'000)), bid(2, 50'000)},
      .run = settled,
      .conditions = three_to_seven,
      .tick = {}},
     21'429},
    // The challenger loses 0.4 USD: 0.32 coins less 0.72 USD. So do 0.2 coins less 0.6 USD.
    {"at a loss, as the reserve allows: equal to the challenger",
     {.bids = {drawing(250, 1, 0.9_coin_per_day), drawing(300, 2, 0.32_coin_per_day)},
      .run = settled,
      .conditions = {.rates = Rates{1_usd_per_coin}, .policy = {.reserve = -1_usd_per_day}},
      .tick = {},
      .host = at_0_1_usd},
     20'000'000},
};

constexpr Answer<Result<Price, Code>> ask(const World& world) {
    return price_to_keep(world.host, world.bids.view(), world.conditions, world.run, world.tick);
}

/// Whether the bid of the run stays if it is edited to this price, or keeps its own.
constexpr bool stays_at(const World& world, Price at) {
    FixedVector<Offer, 3> bids;
    Run run = *world.run;
    bool is_allowed = true;
    for (Offer offer : world.bids) {
        if (offer.id == run.bid && offer.price != at) {
            if (!run.price_in_force) run.price_in_force = offer.price;
            is_allowed = at > Price{} && Int128{at.count()} <=
                                             *price_count_at_most(world.conditions.policy.price_max,
                                                                  offer.currency, world.conditions);
            offer.price = at;
            offer.sequence = 1'000;
        }
        is_allowed = bids.push_back(offer) && is_allowed;
    }
    return is_allowed && select(world.host, bids.view(), world.conditions, run).winner == run.bid;
}

// Rows are taken by value, because g++ 12 cannot copy an empty optional out of a constant table.
constexpr bool is_lowest_price(Keep row) {
    const Price expected = price(row.expected);
    const std::int64_t tick = detail::step(row.world.tick, row.world.bids[0].currency).count();
    const std::int64_t lower = (row.expected - 1) / tick * tick;
    return ask(row.world) == Result<Price, Code>{expected} && stays_at(row.world, expected) &&
           !stays_at(row.world, price(lower));
}

// --- Reasons why no price helps ---

struct Reason {
    const char* rule;
    World world;
    Answer<Result<Price, Code>> expected;
};

constexpr Answer<Result<Price, Code>> no_price(Code code, NotCompared not_compared = {}) {
    return {Unexpected{code}, not_compared};
}

constexpr Offer invalid(Offer offer) {
    offer.is_overclock_valid = false;
    return offer;
}
constexpr Offer overdue(Offer offer) {
    offer.expiry = at_ms(0);
    return offer;
}
constexpr HostCapabilities offline{.status = {.online = false}};

constexpr Reason reasons[] = {
    {"bid_unknown: there is no run", {.bids = {bid(1, 50)}}, no_price(bid_unknown)},
    {"bid_unknown: the bid of the run is not in the list",
     {.bids = {bid(2, 50), overdue(bid(3, 50))}, .run = settled},
     no_price(bid_unknown, {.expired = 1})},
    {"bid_unknown before host_offline",
     {.bids = {bid(2, 50)}, .run = settled, .host = offline},
     no_price(bid_unknown)},
    {"host_offline",
     {.bids = {bid(1, 50), in_bitcoin(bid(2, 50))}, .run = settled, .host = offline},
     no_price(host_offline)},
    {"bid_expired",
     {.bids = {overdue(bid(1, 50))}, .run = settled},
     no_price(bid_expired, {.expired = 1})},
    {"overclock_invalid",
     {.bids = {invalid(bid(1, 50)), in_bitcoin(bid(2, 50))}, .run = settled},
     no_price(overclock_invalid, {.rate_missing = 1})},
    {"not_cached",
     {.bids = {bid(1, 50)}, .run = settled, .conditions = with_policy({.require_cached = true})},
     no_price(not_cached)},
    {"rate_missing",
     {.bids = {in_bitcoin(bid(1, 50))}, .run = settled},
     no_price(rate_missing, {.rate_missing = 1})},
    {"price_above_market_maximum: the challenger is worth more than it",
     {.bids = {bid(1, 500), bid(2, 901)},
      .run = settled,
      .conditions = with_policy({.price_max = price(900)})},
     no_price(price_above_market_maximum)},
    {"price_above_market_maximum: an edit back to the price in force would be rejected",
     {.bids = {bid(1, 500), bid(2, 1'050)}, .run = in_force(1'000), .conditions = up_to(999)},
     no_price(price_above_market_maximum)},
    {"a price, and what was not compared",
     {.bids = {bid(1, 50), in_bitcoin(bid(2, 900)), overdue(bid(3, 900))}, .run = settled},
     {price(1), {.rate_missing = 1, .expired = 1}}},
};

constexpr Answer<Result<Price, Code>> answer(Reason row) { return ask(row.world); }

GIGASPOT_TABLE("section 10, price_to_keep: the lowest price stays, and one tick less does not",
               keeps, is_lowest_price)
GIGASPOT_TABLE("section 10, price_to_keep: why no price helps", reasons, answer)

}  // namespace
