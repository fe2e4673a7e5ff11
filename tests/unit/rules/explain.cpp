// Section 10: every bid in rank order with the parts of its profit, whether it is eligible, and
// what it needs to win.
#include <gigaspot/rules/explain.hpp>

#include "support/market.hpp"

namespace {

using namespace market;

// One GPU of 150 .. 400 W at 0.1 USD/kWh and 50 W of base power: 250 W cost (250 + 50) x 0.0024 =
// 0.72 USD per day.
constexpr HostCapabilities host{
    .id = 7, .gpus = {plain_gpu}, .energy_price = 0.1_usd_per_kWh, .base_power = 50_W};
constexpr Conditions at_one_usd{.rates = Rates{1_usd_per_coin}};
constexpr TotalPower watts(TotalPower::rep count) { return TotalPower::unchecked(count); }
constexpr PowerDraw draw(PowerDraw::rep count) { return PowerDraw::unchecked(count); }

constexpr Offer offers[] = {
    {.id = 1, .price = 2_coin_per_day, .power_limits = watts(250), .sequence = 1},
    {.id = 2, .price = 3_coin_per_day, .power_limits = watts(250), .sequence = 2},
    {.id = 3, .price = 0.5_coin_per_day, .power_limits = watts(250), .sequence = 3},
    {.id = 4,
     .price = 9_coin_per_day,
     .power_limits = watts(500),
     .is_overclock_valid = false,
     .sequence = 4},
    {.id = 5,
     .price = 9_coin_per_day,
     .currency = bitcoin,
     .power_limits = watts(250),
     .sequence = 5},
};

// In rank order: profits of 2.28 (the winner) and 1.28, then by id -0.22 (below_reserve),
// overclock_invalid and rate_missing.
constexpr Explanation whole_table[] = {
    {.ranked = {.id = 2, .index = 1, .eligibility = {.profit = 2.28_usd_per_day}, .sequence = 2},
     .parts = ProfitParts{3_usd_per_day, 0.72_usd_per_day},
     .power_draw = draw(300),
     .is_winner = true,
     .price_to_win = 2.0001_coin_per_day},
    {.ranked = {.id = 1, .index = 0, .eligibility = {.profit = 1.28_usd_per_day}, .sequence = 1},
     .parts = ProfitParts{2_usd_per_day, 0.72_usd_per_day},
     .power_draw = draw(300),
     .price_to_win = 3.0001_coin_per_day},
    {.ranked = {.id = 3,
                .index = 2,
                .eligibility = {.reason = Code::below_reserve, .profit = -0.22_usd_per_day},
                .sequence = 3},
     .parts = ProfitParts{0.5_usd_per_day, 0.72_usd_per_day},
     .power_draw = draw(300),
     .price_to_win = 3.0001_coin_per_day},
    // (500 + 50) x 0.0024 = 1.32.
    {.ranked = {.id = 4,
                .index = 3,
                .eligibility = {.reason = Code::overclock_invalid, .profit = 7.68_usd_per_day},
                .sequence = 4},
     .parts = ProfitParts{9_usd_per_day, 1.32_usd_per_day},
     .power_draw = draw(550),
     .price_to_win = Unexpected{Code::overclock_invalid}},
    {.ranked = {.id = 5, .index = 4, .eligibility = {.reason = Code::rate_missing}, .sequence = 5},
     .power_draw = draw(300),
     .price_to_win = Unexpected{Code::rate_missing}},
};

// --- What a bid needs to win, with prices in units equal to profits ---

struct Lack {
    const char* rule;
    FixedVector<Offer, 3> bids;
    BidId asked;
    Result<Price, Code> expected;
    std::optional<Run> run{};
    Conditions conditions{.rates = unit_rate, .policy = {.price_min = {}}};
};

constexpr Offer bid(BidId id, std::int64_t profit, std::uint64_t sequence = 0) {
    return {.id = id, .price = Price::unchecked(profit), .sequence = sequence};
}

constexpr Offer invalid(Offer offer) {
    offer.is_overclock_valid = false;
    return offer;
}

constexpr Offer expired(Offer offer) {
    offer.expiry = at_ms(0);
    return offer;
}

constexpr Price price(std::int64_t count) { return Price::unchecked(count); }

constexpr Run settled{.bid = 1, .first_won = at_ms(0)};
constexpr Conditions policy(Policy of) {
    if (of.price_min == Policy{}.price_min) of.price_min = {};
    return {.rates = unit_rate, .policy = of};
}
constexpr SwitchMargin hundred_units = 0.000000000000000001_usd_per_day;
constexpr Conditions margin = policy({.switch_margin = hundred_units});
constexpr Conditions one_percent = policy({.switch_margin_ppm = 10'000_ppm});
constexpr Conditions dwelling = policy({.dwell_min = 1_ms});

constexpr Lack lacks[] = {
    {"a winning challenger: one unit above the next, because an edit makes it the youngest",
     {bid(2, 77, 1), bid(3, 50, 2), bid(4, 40, 3)},
     2,
     price(51)},
    {"a winning challenger of equal profit: its own price, because an edit would lose",
     {bid(2, 50, 1), bid(3, 50, 2)},
     2,
     price(50)},
    {"a winning challenger one tick above the next: its own price",
     {bid(2, 51, 1), bid(3, 50, 2)},
     2,
     price(51)},
    {"a winning challenger must still beat the incumbent by more than the margin",
     {bid(1, 1'000), bid(2, 2'000), bid(3, 1'050)},
     2,
     price(1'101),
     settled,
     margin},
    {"a winning challenger must still beat the next one",
     {bid(1, 1'000), bid(2, 2'000), bid(3, 1'500)},
     2,
     price(1'501),
     settled,
     margin},
    {"a winning challenger without rivals: the market's minimum",
     {bid(2, 50)},
     2,
     price(7),
     {},
     policy({.price_min = price(7)})},
    {"a winning challenger above the market's maximum: its own price, which takes no edit",
     {bid(2, 900, 1), bid(3, 600, 2)},
     2,
     price(900),
     {},
     policy({.price_max = price(600)})},
    {"an incumbent that wins: as much as the best challenger, because it wins a tie",
     {bid(1, 1'000), bid(2, 800)},
     1,
     price(800),
     settled},
    {"an incumbent that wins because of the margin: the price in force",
     {bid(1, 1'000), bid(2, 1'050)},
     1,
     price(1'000),
     settled,
     margin},
    {"the second bid: one unit above the best, because an edit moves it behind bids of equal "
     "profit",
     {bid(2, 50, 1), bid(3, 40, 2)},
     3,
     price(51)},
    {"a later bid of equal profit: one unit above", {bid(2, 50, 1), bid(3, 50, 2)}, 3, price(51)},
    {"the third bid: above the best", {bid(2, 50, 1), bid(3, 40, 2), bid(4, 30, 3)}, 4, price(51)},
    {"an incumbent with a pending lower price: the price in force, which protects it again",
     {bid(1, 500), bid(2, 1'050)},
     1,
     price(1'000),
     Run{.bid = 1, .first_won = at_ms(0), .price_in_force = price(1'000)},
     margin},
    {"an incumbent with a pending lower price: less than the price in force, if that is enough",
     {bid(1, 500), bid(2, 900)},
     1,
     price(900),
     Run{.bid = 1, .first_won = at_ms(0), .price_in_force = price(1'000)},
     margin},
    {"an incumbent that worsened earlier: as much as the best challenger",
     {bid(1, 500), bid(2, 1'050)},
     1,
     price(1'050),
     Run{.bid = 1, .first_won = at_ms(0), .has_worsened = true},
     margin},
    {"a challenger: above the incumbent by more than the margin",
     {bid(1, 1'000), bid(2, 900)},
     2,
     price(1'101),
     settled,
     margin},
    {"the best challenger, stopped by the margin, is not its own rival",
     {bid(1, 1'000), bid(2, 1'080), bid(3, 1'050)},
     2,
     price(1'101),
     settled,
     margin},
    {"another challenger must also beat the best one",
     {bid(1, 1'000), bid(2, 1'200), bid(3, 1'050)},
     3,
     price(1'201),
     settled,
     margin},
    {"a challenger of a protected incumbent: no price helps",
     {bid(1, 1'000), bid(2, 900)},
     2,
     Unexpected{Code::incumbent_protected},
     settled,
     dwelling},
    {"a protected incumbent itself wins at its price",
     {bid(1, 1'000), bid(2, 9'000)},
     1,
     price(1'000),
     settled,
     dwelling},
    {"a losing incumbent: equal to the challenger is enough",
     {bid(1, 1'000), bid(2, 1'200)},
     1,
     price(1'200),
     settled},
    {"a losing incumbent: within the margin is enough",
     {bid(1, 1'000), bid(2, 1'200)},
     1,
     price(1'100),
     settled,
     margin},
    // The raise is enough once 1,200 - P <= P / 100, so P >= 1,188.1.
    {"a losing incumbent: within the relative margin of its raised profit",
     {bid(1, 1'000), bid(2, 1'200)},
     1,
     price(1'189),
     settled,
     one_percent},
    {"an incumbent below the reserve: the reserve is enough while its dwell protects it",
     {bid(1, 1'000), bid(2, 9'000)},
     1,
     price(2'000),
     settled,
     policy({.reserve = 0.00000000000000002_usd_per_day, .dwell_min = 1_ms})},
    {"an incumbent below the market's minimum: the market's minimum",
     {bid(1, 5)},
     1,
     price(7),
     settled,
     policy({.price_min = price(7)})},
    {"a bid that would need more than the market accepts",
     {bid(2, 50, 1), bid(3, 40, 2)},
     3,
     Unexpected{Code::price_above_market_maximum},
     {},
     policy({.price_max = price(50)})},
    {"a bid with an invalid overclock",
     {invalid(bid(2, 50))},
     2,
     Unexpected{Code::overclock_invalid}},
    {"an incumbent with an invalid overclock",
     {invalid(bid(1, 50))},
     1,
     Unexpected{Code::overclock_invalid},
     settled},
    {"an expired bid", {expired(bid(2, 50))}, 2, Unexpected{Code::bid_expired}},
    {"a bid with an image that is not cached",
     {bid(2, 50)},
     2,
     Unexpected{Code::not_cached},
     {},
     policy({.require_cached = true})},
};

// Rows are taken by value, because g++ 12 cannot copy an empty optional out of a constant table.
constexpr Result<Price, Code> lack(Lack row) {
    Explanation slots[3];
    const std::span<Explanation> explained =
        explain(HostCapabilities{}, row.bids.view(), row.conditions, slots, row.run, price(1));
    for (const Explanation& bid : explained) {
        if (bid.ranked.id == row.asked) return bid.price_to_win;
    }
    return Unexpected{Code::none};
}

constexpr table::Fact facts[] = {
    {"each bid appears in rank order with all its parts",
     [] {
         Explanation slots[5];
         const std::span<Explanation> explained = explain(host, offers, at_one_usd, slots);
         for (std::size_t i = 0; i < std::size(whole_table); ++i) {
             if (!(explained[i] == whole_table[i])) return false;
         }
         return explained.size() == std::size(whole_table);
     }},
    {"the first k rows are those of the whole table",
     [] {
         Explanation slots[2];
         const std::span<Explanation> explained = explain(host, offers, at_one_usd, slots);
         return explained.size() == 2 && explained[0] == whole_table[0] &&
                explained[1] == whole_table[1];
     }},
    {"prices are multiples of the requested tick",
     [] {
         Explanation slots[5];
         const std::span<Explanation> explained =
             explain(host, offers, at_one_usd, slots, {}, 0.7_coin_per_day);
         return explained[1].price_to_win == Result<Price, Code>{3.5_coin_per_day};
     }},
    {"prices are multiples of 0.0001 coin in the main currency and of one unit in another",
     [] {
         const Offer poor[] = {{.id = 1, .price = 3_coin_per_day, .sequence = 1},
                               {.id = 2, .sequence = 2},
                               {.id = 3, .currency = bitcoin, .sequence = 3}};
         Explanation slots[3];
         const Conditions conditions{.rates = two_rates(1_usd_per_coin, 7_usd_per_coin)};
         const std::span<Explanation> explained =
             explain(HostCapabilities{}, poor, conditions, slots);
         // 3 / 7 = 0.428571428..
         return explained[1].price_to_win == Result<Price, Code>{3.0001_coin_per_day} &&
                explained[2].price_to_win == Result<Price, Code>{0.42857143_coin_per_day};
     }},
    {"the incumbent is marked",
     [] {
         Explanation slots[5];
         const std::span<Explanation> explained =
             explain(host, offers, at_one_usd, slots, Run{.bid = 1});
         return explained[1].ranked.is_incumbent && !explained[0].ranked.is_incumbent;
     }},
    {"bids that are not compared are counted, even if they have no slot",
     [] {
         Explanation slots[2];
         return explain(host, offers, at_one_usd, slots).not_compared ==
                NotCompared{.rate_missing = 1};
     }},
    {"without bids there are no rows",
     [] {
         Explanation slots[1];
         return explain(host, std::span<const Offer>{}, at_one_usd, slots).empty();
     }},
};

GIGASPOT_TABLE("section 10, explain: what a bid needs to win", lacks, lack)
GIGASPOT_TABLE("section 10, explain: rows and their parts", facts, table::is_so)

}  // namespace
