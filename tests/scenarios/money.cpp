// Sections 4, 5 and 8: currencies, the age of rates, fees, energy, and rounding.
#include "support/live.hpp"

namespace {

using namespace live;

const Story currencies[] = {
    {"profits are compared in USD: 0.001 bitcoin at 60,000 are 60",
     {{0, rate(60'000_usd_per_coin, bitcoin)},
      {0, bid(1, 59_coin_per_day)},
      {0, bid({.id = 2, .price = 0.001_coin_per_day, .currency = bitcoin})},
      {0, close(), "started 7 2 60"},
      {0, rate(1.1_usd_per_coin)},
      {day, close(), "charged 7 2 0.001 0 #1; stopped 7 2 outbid; started 7 1 64.9"}}},
    {"the market's minimum of 0.0001 is a quarter of it in a currency worth 4 coins",
     {{0, rate(4_usd_per_coin, bitcoin)},
      {0, bid({.price = 0.00002499_coin_per_day, .currency = bitcoin}),
       "rejected price_below_market_minimum 0.00002499 0.000025 coin/day"},
      {0, bid({.price = 0.000025_coin_per_day, .currency = bitcoin})}}},
    {"the market's maximum of 5,000 is a quarter of it in a currency worth 4 coins",
     {{0, rate(4_usd_per_coin, bitcoin)},
      {0, bid({.price = 1250.00000001_coin_per_day, .currency = bitcoin}),
       "rejected price_above_market_maximum 1250.00000001 1250 coin/day"},
      {0, bid({.price = 1250_coin_per_day, .currency = bitcoin})}}},
    {"the host's minimum of 2 is 2 / 3 in a currency worth 3, which is rounded up",
     {{0, rate(3_usd_per_coin, bitcoin)},
      {0, host({.min_bid = 2_coin_per_day})},
      {0, bid({.price = 0.66666666_coin_per_day, .currency = bitcoin}),
       "rejected price_below_host_minimum 0.66666666 0.66666667 coin/day"},
      {0, bid({.price = 0.66666667_coin_per_day, .currency = bitcoin})},
      {0, close(), "started 7 1 2.00000001"}}},
    {"minima are compared without fees",
     {{0, rate(4_usd_per_coin, bitcoin, 500'000_ppm)},
      {0, host({.min_bid = 2_coin_per_day})},
      {0, bid({.price = 0.5_coin_per_day, .currency = bitcoin})},
      {0, close(), "started 7 1 1"}}},
    {"a bid keeps its host if its currency rises above the market's maximum",
     {{0, rate(4_usd_per_coin, bitcoin)},
      {0, bid({.price = 1250_coin_per_day, .currency = bitcoin})},
      {0, rate(8_usd_per_coin, bitcoin)},
      {0, close(), "started 7 1 10000"}}},
    {"without a rate of its currency, a bid skips the limits of prices and waits",
     {{0, host({.min_bid = 2_coin_per_day})},
      {0, withdraw(bitcoin)},
      {0, bid({.price = 0.00000001_coin_per_day, .currency = bitcoin})},
      {0, bid({.id = 2, .price = 1'000'000_coin_per_day, .currency = bitcoin})},
      {0, close()},
      {1, rate(1_usd_per_coin, bitcoin)},
      {1, close(), "started 7 2 1000000"}}},
    {"without the main rate, a bid in another currency skips the limits and waits",
     {{0, rate(1_usd_per_coin, bitcoin)},
      {0, withdraw()},
      {0, bid({.price = 6'000_coin_per_day, .currency = bitcoin})},
      {0, bid(2, 5'000.1_coin_per_day), "rejected price_above_market_maximum 5000.1 5000 coin/day"},
      {0, bid(2, 1_coin_per_day)},
      {0, close()},
      {1, rate(1_usd_per_coin)},
      {1, close(), "started 7 1 6000"}}},
};
GIGASPOT_STORIES("currencies", currencies)

const Story ages[] = {
    {"a rate counts up to its maximum age, and is missing a millisecond later",
     {{0, bid(1, 10_coin_per_day)},
      {0, close(), "started 7 1 10"},
      {day, close(), "charged 7 1 10 0"},
      {day + 1, close(), "charged 7 1 0.00000012 0; stopped 7 1 rate_missing"},
      {2 * day, rate(1_usd_per_coin)},
      {2 * day, close(), "started 7 1 10"}},
     {.rate_age_max = 1_days}},
    {"the age counts from the last rate command, even if the rate is the same",
     {{0, bid(1, 10_coin_per_day)},
      {0, close(), "started 7 1 10"},
      {day, rate(1_usd_per_coin)},
      {2 * day, close(), "charged 7 1 20 0"}},
     {.rate_age_max = 1_days}},
    {"each rate has its own age, and the main rate's age counts for all bids",
     {{0, bid(1, 10_coin_per_day)},
      {hour, rate(1_usd_per_coin, bitcoin)},
      {hour, bid({.id = 2, .price = 20_coin_per_day, .currency = bitcoin})},
      {hour, close(), "started 7 2 20"},
      {day + hour, rate(1_usd_per_coin)},
      {day + hour, close(), "charged 7 2 20 0 #1"},
      {day + hour + 1, close(),
       "charged 7 2 0.00000024 0 #1; stopped 7 2 rate_missing; started 7 1 10"}},
     {.rate_age_max = 1_days}},
    {"with a rate that is too old, a bid skips the limits of prices",
     {{0, rate(4_usd_per_coin, bitcoin)},
      {day + 1, rate(1_usd_per_coin)},
      {day + 1, bid({.price = 1'251_coin_per_day, .currency = bitcoin})}},
     {.rate_age_max = 1_days}},
    {"by default, a rate never gets too old",
     {{0, bid(1, 10_coin_per_day)}, {19 * day, close(), "started 7 1 10"}}},
};
GIGASPOT_STORIES("the age of rates", ages)

const Story fees[] = {
    {"a fee of 12.5 % goes to the market and lowers the host's profit",
     {{0, rate(1_usd_per_coin, bitcoin, 125'000_ppm)},
      {0, bid({.price = 10_coin_per_day, .currency = bitcoin})},
      {0, close(), "started 7 1 8.75"},
      {day, close(), "charged 7 1 10 1.25 #1"}}},
    {"a fee can decide: 10 less 10 % is below 9.00000001",
     {{0, rate(1_usd_per_coin, bitcoin, 100'000_ppm)},
      {0, bid({.id = 1, .price = 10_coin_per_day, .currency = bitcoin})},
      {0, bid(2, 9.00000001_coin_per_day)},
      {0, close(), "started 7 2 9.00000001"}}},
    {"a bill is rounded up and its fee down, independent of the number of closes",
     {{0, rate(1_usd_per_coin, bitcoin, 500'000_ppm)},
      // 25,920 units per day: 0.3 in each 1,000 ms.
      {0, bid({.price = 0.0002592_coin_per_day, .currency = bitcoin})},
      {0, close(), "started 7 1 0.0001296"},
      {1'000, close(), "charged 7 1 0.00000001 0 #1"},              // 0.3: 1, fee 0.5: 0
      {2'000, close()},                                             // 0.6: 1
      {3'000, close()},                                             // 0.9: 1
      {4'000, close(), "charged 7 1 0.00000001 0.00000001 #1"},     // 1.2: 2, fee 1
      {10'000, close(), "charged 7 1 0.00000001 0 #1"},             // 3.0: 3, fee 1.5: 1
      {10'001, close(), "charged 7 1 0.00000001 0.00000001 #1"},    // 3.0003: 4, fee 2
      {20'000, close(), "charged 7 1 0.00000002 0.00000001 #1"}}},  // 6: 6, fee 3
    {"a net rate is rounded down: half of 3e-12 USD is 1e-12 USD",
     {{0, rate(0.000000000003_usd_per_coin, bitcoin, 500'000_ppm)},
      {0, rate(0.000000000001_usd_per_coin)},
      {0, bid({.price = 10_coin_per_day, .currency = bitcoin})},
      {0, close(), "started 7 1 0.00000000001"}}},
    {"a fee of 100 % makes the profit 0, which meets the reserve",
     {{0, rate(1_usd_per_coin, bitcoin, 1'000'000_ppm)},
      {0, bid({.price = 10_coin_per_day, .currency = bitcoin})},
      {0, close(), "started 7 1 0"},
      {day, close(), "charged 7 1 10 10 #1"}}},
};
GIGASPOT_STORIES("fees", fees)

const Story power[] = {
    {"energy at 0.1 USD/kWh costs 0.72 USD per day for 300 W, and 0.24 USD for 100 W",
     {{0, energy(0.1_usd_per_kWh)},
      {0, bid(1, 10_coin_per_day, 300_W)},
      {0, bid(2, 9.6_coin_per_day, 100_W)},
      {0, close(), "started 7 2 9.36"}}},
    {"a changed energy price counts at the next close",
     {{0, bid(1, 10_coin_per_day, 300_W)},
      {0, bid(2, 9.6_coin_per_day, 100_W)},
      {0, close(), "started 7 1 10"},
      {0, energy(0.1_usd_per_kWh)},
      {day, close(), "charged 7 1 10 0; stopped 7 1 outbid; started 7 2 9.36"},
      {day, energy(0_usd_per_kWh)},
      {2 * day, close(), "charged 7 2 9.6 0; stopped 7 2 outbid; started 7 1 10"}}},
    {"energy below 0: 300 W earn 0.72 USD per day at -0.1 USD/kWh, and 100 W earn 0.24",
     {{0, energy(-0.1_usd_per_kWh)},
      {0, bid(1, 10_coin_per_day, 100_W)},
      {0, bid(2, 9.6_coin_per_day, 300_W)},
      {0, close(), "started 7 2 10.32"},
      {0, energy(0_usd_per_kWh)},
      {day, close(), "charged 7 2 9.6 0; stopped 7 2 outbid; started 7 1 10"},
      {day, energy(-0.1_usd_per_kWh)},
      {2 * day, close(), "charged 7 1 10 0; stopped 7 1 outbid; started 7 2 10.32"}}},
    {"energy below 0 and a fee of 100 %: the most watts win, and the incumbent wins a tie",
     {{0, rate(1_usd_per_coin, main_currency, 1'000'000_ppm)},
      {0, host({.energy = -0.1_usd_per_kWh})},
      {0, bid(1, 20_coin_per_day, 100_W)},
      {0, bid(2, 10_coin_per_day, 300_W)},
      {0, bid(3, 30_coin_per_day, 300_W)},
      {0, close(), "started 7 2 0.72"},
      {0, edit(2, 11_coin_per_day)},
      {day, close(), "charged 7 2 10 10; changed 7 2 0.72"}},
     {},
     {},
     true},
    {"energy below 0: more watts worsen a run, so that its margin is lost",
     {{0, energy(-0.1_usd_per_kWh)},
      {0, bid(1, 10_coin_per_day, 100_W)},
      {0, close(), "started 7 1 10.24"},
      {0, bid(2, 11_coin_per_day, 100_W)},
      {day, close(), "charged 7 1 10 0"},
      {day, edit({.id = 1, .watts = 300_W})},
      {2 * day, close(), "charged 7 1 10 0; stopped 7 1 outbid; started 7 2 11.24"}},
     {.switch_margin = 5_usd_per_day}},
    {"a host command without an energy price sets it to 0",
     {{0, energy(0.1_usd_per_kWh)},
      {0, bid(1, 10_coin_per_day)},
      {0, host()},
      {0, close(), "started 7 1 10"}}},
    {"base power of 50 W is added to the watts of every run",
     {{0, host({.energy = 1_usd_per_kWh, .base_power = 50_W})},
      {0, bid(1, 10_coin_per_day)},
      {0, close(), "started 7 1 6.4"}}},
    {"the watts of all GPUs of a host are added",
     {{0, host({.id = 8, .gpus = {usual_gpu, usual_gpu}, .energy = 1_usd_per_kWh})},
      {0, bid({.price = 10_coin_per_day,
               .host = 8,
               .profiles = Profiles{{.power_limit = 100_W}, {.power_limit = 150_W}}})},
      {0, close(), "started 8 1 4"}}},
    {"the minimum cost counts: 1 W at 1e-9 USD/kWh costs 2.4e-11 USD per day",
     {{0,
       host({.id = 8, .gpus = {{.power_limit = {1_W, 1_W}}}, .energy = 0.000000001_usd_per_kWh})},
      {0, bid({.price = 1_coin_per_day, .watts = 1_W, .host = 8})},
      {0, close(), "started 8 1 0.999999999976"}}},
};
GIGASPOT_STORIES("energy and power", power)

TEST_CASE("a charge event has the owner, the amount and the fee") {
    Market market;
    static_cast<void>(market.tell(0, rate(1_usd_per_coin, main_currency, 10'000_ppm)));
    static_cast<void>(market.tell(0, host()));
    static_cast<void>(market.tell(0, bid({.id = 5, .price = 10_coin_per_day, .owner = 3})));
    static_cast<void>(market.tell(0, close()));
    const auto done = market.engine.close(at_ms(day));
    REQUIRE(done);
    REQUIRE(done->size() == 2);
    CHECK(done->events[1] == Event{.kind = EventKind::charged,
                                   .time = at_ms(day),
                                   .command = 5,
                                   .host = 7,
                                   .bid = 5,
                                   .owner = 3,
                                   .amount = Amount::unchecked(1'000'000'000),
                                   .fee = Amount::unchecked(10'000'000)});
}

}  // namespace
