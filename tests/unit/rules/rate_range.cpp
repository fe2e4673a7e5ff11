// Section 10: the rates of the main currency at which a host keeps its present choice, exact to
// 1e-12 USD. Each row is also checked with select: the same winner at both ends, and another one
// unit outside.
#include <gigaspot/rules/rate_range.hpp>

#include "support/market.hpp"

namespace {

using namespace market;

struct RangeRow {
    const char* rule;
    FixedVector<Offer, 3> bids;
    Conditions conditions;
    ExchangeRate least;
    ExchangeRate greatest;
    std::optional<Run> run{};
    HostCapabilities host{.energy_price = 1_usd_per_kWh};
};

constexpr TotalPower watts(TotalPower::rep count) { return TotalPower::unchecked(count); }

/// A bid in the main currency. 1,000 W cost 24 USD per day at 1 USD/kWh, and 100 W cost 2.4.
constexpr Offer bid(BidId id, Price price, TotalPower::rep power, std::uint64_t sequence) {
    return {.id = id, .price = price, .power_limits = watts(power), .sequence = sequence};
}
constexpr Offer in_bitcoin(BidId id, Price price, std::uint64_t sequence) {
    return {.id = id, .price = price, .currency = bitcoin, .sequence = sequence};
}
constexpr Offer invalid(Offer offer) {
    offer.is_overclock_valid = false;
    return offer;
}

constexpr HostCapabilities one_usd{.energy_price = 1_usd_per_kWh};
constexpr HostCapabilities earning{.energy_price = -1_usd_per_kWh};
constexpr ExchangeRate least = ExchangeRate::lowest();
constexpr ExchangeRate greatest = ExchangeRate::highest();
constexpr Run settled{.bid = 1, .first_won = at_ms(0)};

constexpr Conditions at(ExchangeRate rate, Policy policy = {}) {
    return {.rates = rate, .policy = policy};
}

/// Conditions with bitcoin at 1 USD.
constexpr Conditions with_bitcoin(ExchangeRate rate, Policy policy = {}) {
    return {.rates = two_rates(rate, 1_usd_per_coin), .policy = policy};
}

/// Conditions with a fee of 50 % on the main currency and bitcoin at 5 units.
constexpr Conditions half_kept(ExchangeRate::rep rate) {
    Conditions conditions{.rates =
                              two_rates(ExchangeRate::unchecked(rate), ExchangeRate::unchecked(5))};
    conditions.rates[main_currency].fee = 500'000_ppm;
    return conditions;
}
constexpr ExchangeRate rate_units(ExchangeRate::rep count) {
    return ExchangeRate::unchecked(count);
}

constexpr RangeRow ranges[] = {
    {"without bids: any rate", {}, at(1_usd_per_coin), least, greatest},
    {"a bid that is never eligible: any rate",
     {invalid(bid(1, 2_coin_per_day, 0, 1))},
     at(1_usd_per_coin),
     least,
     greatest},
    {"a bid without cost: any rate",
     {bid(1, 2_coin_per_day, 0, 1)},
     at(1_usd_per_coin),
     least,
     greatest},
    {"the winner must pass the reserve: 2.4 USD for 1 coin",
     {bid(1, 1_coin_per_day, 100, 1)},
     at(5_usd_per_coin),
     2.4_usd_per_coin,
     greatest},
    {"the limit is rounded up: 2.4 USD for 7 coins",
     {bid(1, 7_coin_per_day, 100, 1)},
     at(5_usd_per_coin),
     0.342857142858_usd_per_coin,
     greatest},
    {"an idle host stays idle below the limit: 2.4 USD for 7 coins",
     {bid(1, 7_coin_per_day, 100, 1)},
     at(0.1_usd_per_coin),
     least,
     0.342857142857_usd_per_coin},
    {"an idle host: the first bid that pays off counts",
     {bid(1, 1_coin_per_day, 100, 1), bid(2, 2_coin_per_day, 100, 2)},
     at(0.1_usd_per_coin),
     least,
     1.199999999999_usd_per_coin},
    {"the winner must pass a reserve above 0",
     {bid(1, 1_coin_per_day, 100, 1)},
     at(5_usd_per_coin, {.reserve = 0.6_usd_per_day}),
     3_usd_per_coin,
     greatest},
    // 2r against 3r - 2.4: equal at 2.4.
    {"two lines cross at 2.4: the flat one with the lower sequence wins up to 2.4",
     {bid(1, 2_coin_per_day, 0, 1), bid(2, 3_coin_per_day, 100, 2)},
     at(2_usd_per_coin),
     least,
     2.4_usd_per_coin},
    {"two lines cross at 2.4: the flat one with the higher sequence wins up to one unit below",
     {bid(1, 2_coin_per_day, 0, 2), bid(2, 3_coin_per_day, 100, 1)},
     at(2_usd_per_coin),
     least,
     2.399999999999_usd_per_coin},
    {"two lines cross at 2.4: the steep one with the lower sequence wins from 2.4",
     {bid(1, 2_coin_per_day, 0, 2), bid(2, 3_coin_per_day, 100, 1)},
     at(3_usd_per_coin),
     2.4_usd_per_coin,
     greatest},
    {"two lines cross at 2.4: the steep one with the higher sequence wins from one unit above",
     {bid(1, 2_coin_per_day, 0, 1), bid(2, 3_coin_per_day, 100, 2)},
     at(3_usd_per_coin),
     2.400000000001_usd_per_coin,
     greatest},
    // 2r, 3r - 2.4, 5r - 12: the middle one wins from 2.4 to 4.8.
    {"a winner between two rivals",
     {bid(1, 2_coin_per_day, 0, 1), bid(2, 3_coin_per_day, 100, 2), bid(3, 5_coin_per_day, 500, 3)},
     at(3_usd_per_coin),
     2.400000000001_usd_per_coin,
     4.8_usd_per_coin},
    {"an ineligible rival is ignored",
     {bid(1, 2_coin_per_day, 0, 1), invalid(bid(2, 3_coin_per_day, 100, 2))},
     at(2_usd_per_coin),
     least,
     greatest},
    // 5 coins at 1 USD against 2r; 5 against the market's 0.0001 r.
    {"bitcoin wins while its rival is cheaper: equal at 2.5",
     {in_bitcoin(1, 5_coin_per_day, 1), bid(2, 2_coin_per_day, 0, 2)},
     with_bitcoin(1_usd_per_coin),
     least,
     2.5_usd_per_coin},
    {"bitcoin loses from 2.5 on",
     {in_bitcoin(1, 5_coin_per_day, 1), bid(2, 2_coin_per_day, 0, 2)},
     with_bitcoin(3_usd_per_coin),
     2.500000000001_usd_per_coin,
     greatest},
    {"bitcoin alone falls below the market's minimum of 0.0001 coin above 50,000 USD",
     {in_bitcoin(1, 5_coin_per_day, 1)},
     with_bitcoin(1_usd_per_coin),
     least,
     50'000_usd_per_coin},
    {"bitcoin alone falls below the host's minimum of 2 coins above 2.5 USD",
     {in_bitcoin(1, 5_coin_per_day, 1)},
     with_bitcoin(1_usd_per_coin),
     least,
     2.5_usd_per_coin,
     {},
     {.min_bid = 2_coin_per_day}},
    {"a host idles while bitcoin is below its minimum",
     {in_bitcoin(1, 5_coin_per_day, 1)},
     with_bitcoin(3_usd_per_coin),
     2.500000000001_usd_per_coin,
     greatest,
     {},
     {.min_bid = 2_coin_per_day}},
    {"a rival in bitcoin drops below the minimum, and the winner stays",
     {in_bitcoin(1, 5_coin_per_day, 1), bid(2, 2_coin_per_day, 0, 2)},
     with_bitcoin(3_usd_per_coin),
     2.500000000001_usd_per_coin,
     greatest,
     {},
     {.min_bid = 2_coin_per_day}},
    {"a rival in a currency without a rate is ignored",
     {{.id = 1, .price = 9_coin_per_day, .currency = doge}, bid(2, 2_coin_per_day, 0, 2)},
     with_bitcoin(3_usd_per_coin),
     least,
     greatest},
    // The incumbent's 2r against 3r - 2.4.
    {"an incumbent stays at equal profit, even against an older bid",
     {bid(1, 2_coin_per_day, 0, 2), bid(2, 3_coin_per_day, 100, 1)},
     at(2_usd_per_coin),
     least,
     2.4_usd_per_coin,
     settled},
    {"an ineligible challenger does not threaten an incumbent",
     {bid(1, 2_coin_per_day, 0, 1), invalid(bid(2, 3_coin_per_day, 100, 2))},
     at(2_usd_per_coin),
     least,
     greatest,
     settled},
    {"an ineligible incumbent does not threaten a challenger",
     {invalid(bid(1, 2_coin_per_day, 0, 1)), bid(2, 3_coin_per_day, 0, 2)},
     at(2_usd_per_coin, {.switch_margin = 1_usd_per_day}),
     least,
     greatest,
     settled},
    {"an incumbent with a margin of 1 USD stays up to 3.4",
     {bid(1, 2_coin_per_day, 0, 1), bid(2, 3_coin_per_day, 100, 2)},
     at(3_usd_per_coin, {.switch_margin = 1_usd_per_day}),
     least,
     3.4_usd_per_coin,
     settled},
    {"a challenger beats a margin of 1 USD above 3.4",
     {bid(1, 2_coin_per_day, 0, 1), bid(2, 3_coin_per_day, 100, 2)},
     at(4_usd_per_coin, {.switch_margin = 1_usd_per_day}),
     3.400000000001_usd_per_coin,
     greatest,
     settled},
    // r - 2.4 > 0.1 x 2r from 3 on.
    {"an incumbent with a margin of 10 % stays up to 3",
     {bid(1, 2_coin_per_day, 0, 1), bid(2, 3_coin_per_day, 100, 2)},
     at(2.5_usd_per_coin, {.switch_margin_ppm = 100'000_ppm}),
     least,
     3_usd_per_coin,
     settled},
    {"a run that has not won a close: margins do not protect it",
     {bid(1, 2_coin_per_day, 0, 1), bid(2, 3_coin_per_day, 100, 2)},
     at(2_usd_per_coin, {.switch_margin = 1_usd_per_day}),
     least,
     2.4_usd_per_coin,
     Run{.bid = 1}},
    {"a protected incumbent stays while it is eligible",
     {bid(1, 1_coin_per_day, 100, 1), bid(2, 5_coin_per_day, 100, 2)},
     at(5_usd_per_coin, {.dwell_min = 1_ms}),
     2.4_usd_per_coin,
     greatest,
     settled},
    {"an ineligible incumbent wins again where it is eligible, because it is protected",
     {bid(1, 1_coin_per_day, 100, 1), bid(2, 5_coin_per_day, 100, 2)},
     at(1_usd_per_coin, {.dwell_min = 1_ms}),
     0.48_usd_per_coin,
     2.399999999999_usd_per_coin,
     settled},
    // The incumbent's profit is r - 2.4 and the lead is r, which exceeds half of |r - 2.4| if r >
    // 0.8.
    {"an incumbent at a loss with a margin of 50 % of the loss",
     {bid(1, 1_coin_per_day, 100, 1), bid(2, 2_coin_per_day, 100, 2)},
     at(0.5_usd_per_coin, {.reserve = -9_usd_per_day, .switch_margin_ppm = 500'000_ppm}),
     least,
     0.8_usd_per_coin,
     settled},
    {"a challenger beats a margin of 50 % of the incumbent's loss, later of its profit",
     {bid(1, 1_coin_per_day, 100, 1), bid(2, 2_coin_per_day, 100, 2)},
     at(1_usd_per_coin, {.reserve = -9_usd_per_day, .switch_margin_ppm = 500'000_ppm}),
     0.800000000001_usd_per_coin,
     greatest,
     settled},
    // The incumbent pays 5 coins of r and costs 12 USD: 5r - 12. The challenger pays 3 USD in
    // bitcoin. 3 - (5r - 12) > |5r - 12| if r < 2.7.
    {"a challenger in bitcoin against 100 % of a loss and of a profit",
     {bid(1, 5_coin_per_day, 500, 1), in_bitcoin(2, 3_coin_per_day, 2)},
     with_bitcoin(2.5_usd_per_coin,
                  {.reserve = -99_usd_per_day, .switch_margin_ppm = 1'000'000_ppm}),
     least,
     2.699999999999_usd_per_coin,
     settled},
    {"the incumbent wins from 2.7 on",
     {bid(1, 5_coin_per_day, 500, 1), in_bitcoin(2, 3_coin_per_day, 2)},
     with_bitcoin(2.8_usd_per_coin,
                  {.reserve = -99_usd_per_day, .switch_margin_ppm = 1'000'000_ppm}),
     2.7_usd_per_coin,
     greatest,
     settled},
    // At -1 USD/kWh, 100 W earn 2.4 USD per day: r + 2.4 against 2r, equal at 2.4.
    {"energy below 0: more watts win up to the rate at which the price pays for them",
     {bid(1, 1_coin_per_day, 100, 1), bid(2, 2_coin_per_day, 0, 2)},
     at(2_usd_per_coin),
     least,
     2.4_usd_per_coin,
     {},
     earning},
    {"energy below 0: the higher price wins above it",
     {bid(1, 1_coin_per_day, 100, 1), bid(2, 2_coin_per_day, 0, 2)},
     at(3_usd_per_coin),
     2.400000000001_usd_per_coin,
     greatest,
     {},
     earning},
    {"energy below 0: a profit is above 0 at each rate",
     {bid(1, 1_coin_per_day, 100, 1)},
     at(1_usd_per_coin),
     least,
     greatest,
     {},
     earning},
    {"energy below 0: a reserve of 3 USD needs 0.6 USD for 1 coin",
     {bid(1, 1_coin_per_day, 100, 1)},
     at(1_usd_per_coin, {.reserve = 3_usd_per_day}),
     0.6_usd_per_coin,
     greatest,
     {},
     earning},
    // 3r - (r + 2.4) > (r + 2.4) / 2 if r > 2.4.
    {"energy below 0: an incumbent with a margin of 50 % of its profit",
     {bid(1, 1_coin_per_day, 100, 1), bid(2, 3_coin_per_day, 0, 2)},
     at(2_usd_per_coin, {.switch_margin_ppm = 500'000_ppm}),
     least,
     2.4_usd_per_coin,
     settled,
     earning},
    // Bitcoin has a net rate of 5 units. The net rate of the main currency is floor(r / 2): 5 for
    // 10 and 11, and 6 from 12.
    {"rounding the net rate down makes steps: a challenger wins from 12",
     {in_bitcoin(1, 1_coin_per_day, 1), bid(2, 1_coin_per_day, 0, 2)},
     half_kept(13),
     rate_units(12),
     greatest,
     {},
     {}},
    {"rounding the net rate down makes steps: with the lower sequence it wins from 10",
     {in_bitcoin(1, 1_coin_per_day, 2), bid(2, 1_coin_per_day, 0, 1)},
     half_kept(13),
     rate_units(10),
     greatest,
     {},
     {}},
    {"rounding the net rate down makes steps: the other wins up to 11",
     {in_bitcoin(1, 1_coin_per_day, 1), bid(2, 1_coin_per_day, 0, 2)},
     half_kept(9),
     least,
     rate_units(11),
     {},
     {}},
};

constexpr std::optional<BidId> winner_at(const RangeRow& row, ExchangeRate::rep rate) {
    Conditions conditions = row.conditions;
    conditions.rates[main_currency].usd = rate_units(rate);
    return select(row.host, row.bids.view(), conditions, row.run).winner;
}

// Rows are taken by value, because g++ 12 cannot copy an empty optional out of a constant table.
constexpr bool is_range_as_expected(RangeRow row) {
    const std::optional<Range<ExchangeRate>> range =
        rate_range(row.host, row.bids.view(), row.conditions, row.run);
    if (range != Range<ExchangeRate>{row.least, row.greatest}) return false;
    const std::optional<BidId> winner =
        winner_at(row, row.conditions.rates[main_currency].usd->count());
    if (winner_at(row, row.least.count()) != winner ||
        winner_at(row, row.greatest.count()) != winner)
        return false;
    if (row.least > least && winner_at(row, row.least.count() - 1) == winner) return false;
    return row.greatest == greatest || winner_at(row, row.greatest.count() + 1) != winner;
}

constexpr Offer any[] = {bid(1, 2_coin_per_day, 0, 1)};

constexpr table::Fact no_ranges[] = {
    {"without a rate of the main currency there is no range",
     [] { return !rate_range(one_usd, any, Conditions{}); }},
    {"a rate that is too old counts as missing",
     [] {
         return !rate_range(one_usd, any,
                            Conditions{.rates = Rates{1_usd_per_coin},
                                       .policy = {.rate_age_max = 1_ms},
                                       .now = at_ms(2)});
     }},
    {"bids that are not compared are counted, with a range and without",
     [] {
         const Offer bids[] = {bid(1, 2_coin_per_day, 0, 1), in_bitcoin(2, 9_coin_per_day, 2)};
         const auto range = rate_range(one_usd, bids, at(1_usd_per_coin));
         const auto no_range = rate_range(one_usd, bids, Conditions{});
         return range && range.not_compared == NotCompared{.rate_missing = 1} && !no_range &&
                no_range.not_compared == NotCompared{.rate_missing = 2};
     }},
    {"bids have the same range as their offers",
     [] {
         const Bid bids[] = {
             {.id = 1, .price = 1_coin_per_day, .overclock = {{.power_limit = 200_W}}}};
         const HostCapabilities host{.gpus = {plain_gpu}, .energy_price = 1_usd_per_kWh};
         return rate_range(host, bids, at(9_usd_per_coin)) ==
                Range<ExchangeRate>{4.8_usd_per_coin, greatest};
     }},
};

GIGASPOT_TABLE("section 10, rate_range: the rates at which the choice remains, exact to the unit",
               ranges, is_range_as_expected)
GIGASPOT_TABLE("section 10, rate_range: when there is a range", no_ranges, table::is_so)

}  // namespace
