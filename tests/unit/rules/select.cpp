// Section 6: which bid wins, and when a challenger replaces the bid that holds the host.
#include <gigaspot/rules/select.hpp>

#include <array>
#include <utility>
#include <vector>

#include "support/market.hpp"

namespace {

using namespace market;

// --- A market of up to four bids, whose profits are their prices in units of 1e-20 USD ---

struct Choice {
    const char* rule;
    FixedVector<Offer, 4> bids;
    std::optional<BidId> expected;
    std::optional<Run> run{};
    Policy policy = anything_goes;
    Timestamp now{};
};

constexpr Offer bid(BidId id, std::int64_t profit, std::uint64_t sequence) {
    return {.id = id, .price = Price::unchecked(profit), .sequence = sequence};
}

constexpr Offer invalid(Offer offer) {
    offer.is_overclock_valid = false;
    return offer;
}

/// A run of bid 1 that has won a close, by default long ago.
constexpr Run incumbent(std::int64_t first_won = 0) {
    return {.bid = 1, .first_won = at_ms(first_won)};
}
constexpr Run new_incumbent{.bid = 1};
constexpr Run worsened_incumbent{.bid = 1, .first_won = at_ms(0), .has_worsened = true};
constexpr Run in_force(std::int64_t price) {
    return {.bid = 1, .first_won = at_ms(0), .price_in_force = Price::unchecked(price)};
}

constexpr Policy policy_with(Policy policy) {
    policy.reserve = Reserve::lowest();
    policy.price_min = {};
    return policy;
}

constexpr Policy plain = anything_goes;
constexpr Policy margin_100 =
    policy_with({.switch_margin = 0.000000000000000001_usd_per_day});      // 100 units
constexpr Policy ppm_10 = policy_with({.switch_margin_ppm = 10'000_ppm});  // 1 %
constexpr Policy both_margins = policy_with(
    {.switch_margin = 0.000000000000000001_usd_per_day, .switch_margin_ppm = 10'000_ppm});
constexpr Policy dwell_50 = policy_with({.dwell_min = 50_ms});
constexpr Policy all_protections = policy_with({.switch_margin = 0.000000000000000001_usd_per_day,
                                                .switch_margin_ppm = 1'000'000_ppm,
                                                .dwell_min = 50_ms});

constexpr Choice choices[] = {
    {"no bids: the host idles", {}, {}},
    {"no eligible bid: the host idles", {invalid(bid(1, 9, 1)), invalid(bid(2, 8, 2))}, {}},
    {"no incumbent: the highest profit wins", {bid(1, 7, 1), bid(2, 9, 2), bid(3, 8, 3)}, 2},
    {"no incumbent: an ineligible bid of higher profit does not win",
     {bid(1, 7, 1), invalid(bid(2, 9, 2)), bid(3, 8, 3)},
     3},
    {"no incumbent: at equal profit the lower sequence wins",
     {bid(1, 9, 30), bid(2, 9, 10), bid(3, 9, 20)},
     2},
    {"no incumbent: the lower sequence counts, not the lower id or the earlier place",
     {bid(9, 9, 2), bid(3, 9, 3), bid(7, 9, 1)},
     7},
    {"no incumbent: margins and dwell protect nobody",
     {bid(1, 7, 1), bid(2, 8, 2)},
     2,
     {},
     all_protections},
    {"a run whose bid is gone is ignored",
     {bid(2, 7, 1), bid(3, 8, 2)},
     3,
     incumbent(),
     all_protections},
    {"the incumbent is not eligible: the best challenger runs, whatever the protection",
     {invalid(bid(1, 9, 1)), bid(2, 8, 2), bid(3, 7, 3)},
     2,
     incumbent(0),
     all_protections,
     at_ms(1)},
    {"the incumbent is not eligible and there is no challenger: the host idles",
     {invalid(bid(1, 9, 1)), invalid(bid(2, 9, 2))},
     {},
     incumbent()},
    {"an incumbent without a challenger stays",
     {bid(1, 1, 1), invalid(bid(2, 9, 2))},
     1,
     incumbent()},

    {"equal profits: the incumbent stays, even against an older challenger",
     {bid(2, 9, 1), bid(1, 9, 2)},
     1,
     incumbent()},
    {"a lead of one unit exceeds margins of 0", {bid(1, 9, 1), bid(2, 10, 2)}, 2, incumbent()},
    {"the best challenger is compared; at equal profit, the one with the lower sequence",
     {bid(1, 8, 1), bid(2, 10, 3), bid(3, 10, 2), bid(4, 9, 0)},
     3,
     incumbent()},
    {"a lower profit does not replace", {bid(1, 10, 2), bid(2, 9, 1)}, 1, incumbent()},

    {"switch_margin: a lead of exactly the margin does not replace",
     {bid(1, 1'000, 1), bid(2, 1'100, 2)},
     1,
     incumbent(),
     margin_100},
    {"switch_margin: one unit above replaces",
     {bid(1, 1'000, 1), bid(2, 1'101, 2)},
     2,
     incumbent(),
     margin_100},
    {"switch_margin_ppm: a lead of exactly 1 % does not replace",
     {bid(1, 1'000, 1), bid(2, 1'010, 2)},
     1,
     incumbent(),
     ppm_10},
    {"switch_margin_ppm: one unit above replaces",
     {bid(1, 1'000, 1), bid(2, 1'011, 2)},
     2,
     incumbent(),
     ppm_10},
    {"switch_margin_ppm: 1 % of 1,099 is 10.99 units, so 10 do not replace",
     {bid(1, 1'099, 1), bid(2, 1'109, 2)},
     1,
     incumbent(),
     ppm_10},
    {"switch_margin_ppm: 1 % of 1,099 is 10.99 units, so 11 replace",
     {bid(1, 1'099, 1), bid(2, 1'110, 2)},
     2,
     incumbent(),
     ppm_10},
    {"both margins: above the absolute one is not enough",
     {bid(1, 20'000, 1), bid(2, 20'150, 2)},
     1,
     incumbent(),
     both_margins},
    {"both margins: above the relative one is not enough",
     {bid(1, 1'000, 1), bid(2, 1'050, 2)},
     1,
     incumbent(),
     both_margins},
    {"both margins: above both replaces",
     {bid(1, 1'000, 1), bid(2, 1'101, 2)},
     2,
     incumbent(),
     both_margins},

    {"no close won yet: any lead replaces, whatever dwell and margins are",
     {bid(1, 9, 1), bid(2, 10, 2)},
     2,
     new_incumbent,
     all_protections},
    {"no close won yet: equal profits keep the incumbent",
     {bid(1, 9, 2), bid(2, 9, 1)},
     1,
     new_incumbent,
     all_protections},
    {"worsened: any lead replaces, whatever dwell and margins are",
     {bid(1, 9, 1), bid(2, 10, 2)},
     2,
     worsened_incumbent,
     all_protections},
    {"worsened: equal profits keep the incumbent",
     {bid(1, 9, 2), bid(2, 9, 1)},
     1,
     worsened_incumbent,
     all_protections},
    {"a pending price below the one in force worsens it: any lead replaces",
     {bid(1, 9, 1), bid(2, 10, 2)},
     2,
     in_force(10),
     all_protections},
    {"a pending price above the one in force: the run stays protected",
     {bid(1, 9, 1), bid(2, 10, 2)},
     1,
     in_force(8),
     all_protections},
    {"a pending price equal to the one in force: the run stays protected",
     {bid(1, 9, 1), bid(2, 10, 2)},
     1,
     in_force(9),
     all_protections},
    {"a price in force does not restore the protection of a run that has worsened",
     {bid(1, 9, 1), bid(2, 10, 2)},
     2,
     Run{.bid = 1,
         .first_won = at_ms(0),
         .has_worsened = true,
         .price_in_force = Price::unchecked(9)},
     all_protections},

    {"protected: the first won close is 1 ms after now - dwell_min",
     {bid(1, 1, 1), bid(2, 10'000, 2)},
     1,
     incumbent(951),
     dwell_50,
     at_ms(1'000)},
    {"protected: the first won close is this one",
     {bid(1, 1, 1), bid(2, 10'000, 2)},
     1,
     incumbent(1'000),
     dwell_50,
     at_ms(1'000)},
    {"not protected: the first won close is exactly dwell_min ago",
     {bid(1, 1, 1), bid(2, 10'000, 2)},
     2,
     incumbent(950),
     dwell_50,
     at_ms(1'000)},
    {"not protected: the dwell is 0, even at the first won close",
     {bid(1, 1, 1), bid(2, 10'000, 2)},
     2,
     incumbent(1'000),
     plain,
     at_ms(1'000)},
    {"protected: now - dwell_min is before 1970",
     {bid(1, 1, 1), bid(2, 10'000, 2)},
     1,
     incumbent(0),
     dwell_50,
     at_ms(49)},
    {"a run is protected only while its bid is eligible",
     {invalid(bid(1, 1, 1)), bid(2, 2, 2)},
     2,
     incumbent(1'000),
     dwell_50,
     at_ms(1'000)},
};

/// The winner with the bids in this order and in the opposite one, because the order of a list
/// decides nothing.
constexpr std::optional<BidId> winner(const Choice& row) {
    const Conditions conditions{.rates = unit_rate, .policy = row.policy, .now = row.now};
    const Selection forward = select(HostCapabilities{}, row.bids.view(), conditions, row.run);
    FixedVector<Offer, 4> reversed;
    for (std::size_t i = row.bids.size(); i > 0; --i) {
        if (!reversed.push_back(row.bids[i - 1])) return 0;
    }
    const Selection backward = select(HostCapabilities{}, reversed.view(), conditions, row.run);
    if (forward.winner != backward.winner) return 0;
    if (!forward.winner) return forward == Selection{} ? std::nullopt : std::optional<BidId>{0};
    const Offer& won = row.bids[forward.index];
    const bool is_told_right =
        won.id == *forward.winner && reversed[backward.index].id == *forward.winner &&
        forward.profit == units(won.price.count()) && backward.profit == forward.profit;
    return is_told_right ? forward.winner : std::optional<BidId>{0};
}

// --- The comparison alone, with any profits ---

struct Replacement {
    const char* rule;
    Int128 challenger;
    Int128 incumbent;
    Protection protection;
    Policy policy;
    bool is_replaced;
};

constexpr Policy margins(Int128 margin, Ppm ppm) {
    return {.switch_margin = *SwitchMargin::from_count(margin), .switch_margin_ppm = ppm};
}

constexpr Int128 billion_usd = Reserve::highest().count();
// The maximum income is 1e12 USD per day. At 1,000 USD/kWh the maximum power of 1.001e9 W costs
// 2.4024e10 USD per day, and at -1,000 it earns as much. So no profit is above or below these.
constexpr Int128 most = 1'025 * billion_usd;
constexpr Int128 least = -25 * billion_usd;

constexpr Replacement replacements[] = {
    {"unprotected: one unit more", 11, 10, Protection::none, margins(5, 1'000'000_ppm), true},
    {"unprotected: equal", 10, 10, Protection::none, margins(0, 0_ppm), false},
    {"unprotected: less", 9, 10, Protection::none, margins(0, 0_ppm), false},
    {"unprotected: one unit more, both negative", -10, -11, Protection::none,
     margins(5, 1'000'000_ppm), true},
    {"protected: the maximum lead does not replace", most, least, Protection::dwell,
     margins(0, 0_ppm), false},
    {"margins of 0: one unit more", 11, 10, Protection::margins, margins(0, 0_ppm), true},
    {"margins of 0: equal", 10, 10, Protection::margins, margins(0, 0_ppm), false},
    {"margins of 0: less", 9, 10, Protection::margins, margins(0, 0_ppm), false},
    {"an incumbent of profit 0: the relative margin is 0, one unit more", 1, 0, Protection::margins,
     margins(0, 1'000'000_ppm), true},
    {"an incumbent of profit 0: equal", 0, 0, Protection::margins, margins(0, 1'000'000_ppm),
     false},
    {"switch_margin exactly", 15, 10, Protection::margins, margins(5, 0_ppm), false},
    {"switch_margin and one unit", 16, 10, Protection::margins, margins(5, 0_ppm), true},
    {"switch_margin across zero, exactly", 2, -3, Protection::margins, margins(5, 0_ppm), false},
    {"switch_margin across zero and one unit", 3, -3, Protection::margins, margins(5, 0_ppm), true},
    {"25 % of 400 exactly", 500, 400, Protection::margins, margins(0, 250'000_ppm), false},
    {"25 % of 400 and one unit", 501, 400, Protection::margins, margins(0, 250'000_ppm), true},
    {"25 % of |-400| exactly", -300, -400, Protection::margins, margins(0, 250'000_ppm), false},
    {"25 % of |-400| and one unit", -299, -400, Protection::margins, margins(0, 250'000_ppm), true},
    {"100 % of |-400| exactly", 0, -400, Protection::margins, margins(0, 1'000'000_ppm), false},
    {"100 % of |-400| and one unit", 1, -400, Protection::margins, margins(0, 1'000'000_ppm), true},
    {"1 ppm of 999,999 is below one unit", 1'000'000, 999'999, Protection::margins,
     margins(0, 1_ppm), true},
    {"1 ppm of 1,000,000 is one unit", 1'000'001, 1'000'000, Protection::margins, margins(0, 1_ppm),
     false},
    {"both margins: the absolute one alone is not enough", 500, 400, Protection::margins,
     margins(99, 250'000_ppm), false},
    {"both margins: the relative one alone is not enough", 501, 400, Protection::margins,
     margins(101, 250'000_ppm), false},
    {"both margins: a lead above both replaces", 501, 400, Protection::margins,
     margins(100, 250'000_ppm), true},
    {"the maximum lead does not overflow", most, least, Protection::margins,
     margins(billion_usd, 1'000'000_ppm), true},
    {"the maximum lead in the other direction does not overflow", least, most, Protection::margins,
     margins(billion_usd, 1'000'000_ppm), false},
    {"100 % of the maximum profit does not overflow", most, most - 1, Protection::margins,
     margins(0, 1'000'000_ppm), false},
    {"100 % of half of the maximum profit, exactly", most, most / 2, Protection::margins,
     margins(0, 1'000'000_ppm), false},
    {"100 % of half of the maximum profit less one unit", most, most / 2 - 1, Protection::margins,
     margins(0, 1'000'000_ppm), true},
    {"the maximum margin exactly", 2 * billion_usd, billion_usd, Protection::margins,
     margins(billion_usd, 0_ppm), false},
    {"the maximum margin and one unit", 2 * billion_usd + 1, billion_usd, Protection::margins,
     margins(billion_usd, 0_ppm), true},
};

constexpr bool is_replaced_as_expected(const Replacement& row) {
    return replaces(units(row.challenger), units(row.incumbent), row.protection, row.policy) ==
           row.is_replaced;
}

struct ProtectedRun {
    const char* rule;
    std::optional<std::int64_t> first_won;
    bool has_worsened;
    Duration dwell_min;
    Timestamp now;
    Protection is;
};

constexpr ProtectedRun protections[] = {
    {"has not won a close yet", {}, false, 50_ms, at_ms(100), Protection::none},
    {"has worsened, within its dwell", 100, true, 50_ms, at_ms(100), Protection::none},
    {"has worsened, after its dwell", 0, true, 50_ms, at_ms(100), Protection::none},
    {"protected at the close that it won", 100, false, 50_ms, at_ms(100), Protection::dwell},
    {"protected until 1 ms before its dwell is over", 100, false, 50_ms, at_ms(149),
     Protection::dwell},
    {"no longer protected at the end of its dwell", 100, false, 50_ms, at_ms(150),
     Protection::margins},
    {"not protected with a dwell of 0", 100, false, 0_ms, at_ms(100), Protection::margins},
    {"the maximum times do not overflow", Timestamp::highest().count(), false, Duration::highest(),
     Timestamp::highest(), Protection::dwell},
};

constexpr bool is_protected_as_expected(const ProtectedRun& row) {
    std::optional<Timestamp> first_won;
    if (row.first_won) first_won = at_ms(*row.first_won);
    return protection(first_won, row.has_worsened,
                      {.policy = {.dwell_min = row.dwell_min}, .now = row.now}) == row.is;
}

// --- Profits from all parts of section 4 ---

constexpr HostCapabilities two_gpus{
    .id = 7, .gpus = {plain_gpu, plain_gpu}, .energy_price = 0.11_usd_per_kWh};
constexpr Conditions at_0_0071{.rates = Rates{0.0071_usd_per_coin}};

// 600 W cost 1.584 USD, and 320 W cost 0.8448. 620 coins are 4.402 USD, and 540 are 3.834. The
// profits are 2.818 and 2.9892.
constexpr Bid bids[] = {
    {.id = 41,
     .price = 620_coin_per_day,
     .overclock = {{.power_limit = 300_W}, {.power_limit = 300_W}}},
    {.id = 42,
     .price = 540_coin_per_day,
     .overclock = {{.power_limit = 160_W}, {.power_limit = 160_W}}},
};

constexpr table::Fact facts[] = {
    {"fewer watts can beat a higher price",
     [] {
         return select(two_gpus, bids, at_0_0071) ==
                Selection{.winner = 42, .index = 1, .profit = 2.9892_usd_per_day};
     }},
    // At -0.11 USD/kWh, 600 W earn 1.584 USD, and 320 W earn 0.8448. With these the profits are
    // 5.986 and 4.6788. 540 coins for 600 W would have 5.418.
    {"below an energy price of 0, more watts can beat a higher price",
     [] {
         HostCapabilities host = two_gpus;
         host.energy_price = -0.11_usd_per_kWh;
         if (select(host, bids, at_0_0071) !=
             Selection{.winner = 41, .index = 0, .profit = 5.986_usd_per_day})
             return false;
         Bid hungry[] = {bids[0], bids[1]};
         std::swap(hungry[0].overclock, hungry[1].overclock);  // 5.2468 and 5.418
         return select(host, hungry, at_0_0071) ==
                Selection{.winner = 42, .index = 1, .profit = 5.418_usd_per_day};
     }},
    // Nothing is left of the price: 2 W earn 48e8 units at the maximum energy price below 0.
    {"a fee of 100 %, energy below 0: the most watts win, then the lower sequence",
     [] {
         Conditions conditions{.rates = unit_rate};
         conditions.rates[main_currency].fee = 1'000'000_ppm;
         const HostCapabilities host{.energy_price = EnergyPrice::unchecked(-1)};
         const Offer offers[] = {{.id = 1,
                                  .price = 9_coin_per_day,
                                  .power_limits = TotalPower::unchecked(1),
                                  .sequence = 1},
                                 {.id = 2,
                                  .price = 1_coin_per_day,
                                  .power_limits = TotalPower::unchecked(2),
                                  .sequence = 3},
                                 {.id = 3,
                                  .price = 2_coin_per_day,
                                  .power_limits = TotalPower::unchecked(2),
                                  .sequence = 2}};
         return select(host, offers, conditions) ==
                Selection{.winner = 3, .index = 2, .profit = units(2 * unit_watt_day)};
     }},
    {"profits are compared in USD across currencies, after fees: 3 coins at 1 USD, 2 at 2 less 25 "
     "%",
     [] {
         Conditions conditions{.rates = two_rates(1_usd_per_coin, 2_usd_per_coin)};
         const Offer offers[] = {{.id = 1, .price = 3_coin_per_day, .sequence = 1},
                                 {.id = 2, .price = 2_coin_per_day, .currency = bitcoin}};
         if (select(HostCapabilities{}, offers, conditions).winner != BidId{2}) return false;
         conditions.rates[bitcoin].fee = 250'000_ppm;
         if (select(HostCapabilities{}, offers, conditions).winner != BidId{2})
             return false;  // 3 each: lower sequence
         conditions.rates[bitcoin].fee = 250'001_ppm;
         return select(HostCapabilities{}, offers, conditions).winner == BidId{1};
     }},
    {"in a list of bids, the earlier place wins at equal profit",
     [] {
         const Bid equal[] = {
             {.id = 9, .price = 2_coin_per_day, .overclock = {{.power_limit = 300_W}}},
             {.id = 3, .price = 2_coin_per_day, .overclock = {{.power_limit = 300_W}}}};
         return select(HostCapabilities{.gpus = {plain_gpu}}, equal, at_0_0071).winner == BidId{9};
     }},
    {"a bid whose overclock is invalid on this host is not chosen",
     [] { return !select(HostCapabilities{.gpus = {plain_gpu}}, bids, at_0_0071).winner; }},
    {"equal profits and equal sequences: the first in the list wins",
     [] {
         const Offer equal[] = {bid(4, 5, 0), bid(3, 5, 0), bid(2, 5, 0)};
         return select(HostCapabilities{}, equal, {.rates = unit_rate, .policy = plain}).index == 0;
     }},
    {"an array, a std::array and a span of bids all work",
     [] {
         const std::array<Bid, 2> array{bids[0], bids[1]};
         const std::span<const Bid> span{bids};
         return select(two_gpus, array, at_0_0071) == select(two_gpus, bids, at_0_0071) &&
                select(two_gpus, span, at_0_0071) == select(two_gpus, bids, at_0_0071) &&
                !select(two_gpus, span.first(0), at_0_0071).winner;
     }},
};

GIGASPOT_TABLE("section 6, which bid wins", choices, winner)
GIGASPOT_TABLE("section 6, when a challenger replaces the incumbent", replacements,
               is_replaced_as_expected)
GIGASPOT_TABLE("section 6, what protects an incumbent", protections, is_protected_as_expected)
GIGASPOT_TABLE("section 6, profits are compared across watts, prices and currencies", facts,
               table::is_so)

TEST_CASE("section 6, a vector of bids works too") {
    const std::vector<Bid> vector(std::begin(bids), std::end(bids));
    CHECK(select(two_gpus, vector, at_0_0071) == select(two_gpus, bids, at_0_0071));
    CHECK(!select(two_gpus, std::vector<Offer>{}, at_0_0071).winner);
}

}  // namespace
