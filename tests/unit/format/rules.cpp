// The texts of values and rules: exact decimals, units, and sentences for people. fmt formats only
// at run time, so the compiler does not evaluate these tables.
#include <gigaspot/format/rules.hpp>

#include <string>
#include <string_view>

#include "support/market.hpp"

namespace {

using namespace market;

struct Printed {
    std::string text;
    std::string_view expected;
};

constexpr EnvironmentVariable environment[] = {{"TOKEN", "secret"}, {"B", "2"}};

constexpr Bid bid{.id = 41,
                  .host = 7,
                  .owner = 2,
                  .price = 28.9755_coin_per_day,
                  .currency = bitcoin,
                  .overclock = {{.power_limit = 300_W},
                                {.power_limit = 250_W,
                                 .core_lock = 1500_MHz,
                                 .mem_lock = 9501_MHz,
                                 .core_offset = -10_MHz,
                                 .mem_offset = 0_MHz}},
                  .workload = {.image = "c9a4e2f6b7d488d8f0bab0ff", .environment = environment}};
constexpr HostCapabilities host{.id = 7,
                                .gpus = {full_gpu, plain_gpu},
                                .energy_price = 0.11_usd_per_kWh,
                                .min_bid = 2_coin_per_day,
                                .base_power = 60_W};
constexpr Offer offer{
    .id = 41, .price = 3_coin_per_day, .power_limits = TotalPower::unchecked(550)};

Rates with_fee() {
    Rates rates = two_rates(0.0071_usd_per_coin, 60'000_usd_per_coin);
    rates[bitcoin].fee = 25'000_ppm;
    return rates;
}

TEST_CASE("section 2, a quantity prints as an exact decimal, and on request with its unit") {
    const Reserve reserve = -0.5_usd_per_day;
    const Printed rows[] = {
        {fmt::format("{}", 300_W), "300"},
        {fmt::format("{}", -10_MHz), "-10"},
        {fmt::format("{}", 1.50_coin_per_day), "1.5"},
        {fmt::format("{}", 0.000000001_usd_per_kWh), "0.000000001"},
        {fmt::format("{}", -0.3696_usd_per_day), "-0.3696"},
        {fmt::format("{}", UsdPerDay{}), "0"},
        {fmt::format("{}", reserve), "-0.5"},
        {fmt::format("{}", Timestamp::highest()), "9007199254740992"},
        {fmt::format("{}", with_unit(300_W)), "300 W"},
        {fmt::format("{}", with_unit(-10_MHz)), "-10 MHz"},
        {fmt::format("{}", with_unit(28.9755_coin_per_day)), "28.9755 coin/day"},
        {fmt::format("{}", with_unit(0.11_usd_per_kWh)), "0.11 USD/kWh"},
        {fmt::format("{}", with_unit(-0.05_usd_per_kWh)), "-0.05 USD/kWh"},
        {fmt::format("{}", with_unit(0.0071_usd_per_coin)), "0.0071 USD/coin"},
        {fmt::format("{}", with_unit(1.25_usd_per_day)), "1.25 USD/day"},
        {fmt::format("{}", with_unit(20'000_ppm)), "20000 ppm"},
        {fmt::format("{}", with_unit(rental_length_max)), "1728000 s"},
        {fmt::format("{}", with_unit(20_min)), "1200000 ms"},
        {fmt::format("{}", rounded(1.255_usd_per_day, 2)), "1.26"},
        {fmt::format("{}", rounded(1.245_usd_per_day, 2)), "1.24"},
        {fmt::format("{}", rounded(1.2450000001_usd_per_day, 2)), "1.25"},
        {fmt::format("{}", rounded(-1.245_usd_per_day, 2)), "-1.24"},
        {fmt::format("{}", rounded(-0.004_usd_per_day, 2)), "0.00"},
        {fmt::format("{}", rounded(2.5_coin_per_day, 0)), "2"},
        {fmt::format("{}", rounded(300_W, 2)), "300.00"},
    };
    for (const Printed& row : rows) CHECK(row.text == row.expected);
}

TEST_CASE("every type takes a width, a fill and an alignment") {
    const Printed rows[] = {
        {fmt::format("[{:6}]", 300_W), "[300   ]"},
        {fmt::format("[{:>6}]", 300_W), "[   300]"},
        {fmt::format("[{:^7}]", 300_W), "[  300  ]"},
        {fmt::format("[{:*>9}]", with_unit(300_W)), "[****300 W]"},
        {fmt::format("[{:.>8}]", rounded(1.5_usd_per_day, 2)), "[....1.50]"},
        {fmt::format("[{:<14}]", Code::not_cached), "[not_cached    ]"},
        {fmt::format("[{:>5}]", BidId{41}), "[   41]"},
        {fmt::format("[{:>12}]", Range<Power>{1_W, 2_W}), "[        1..2]"},
        {fmt::format("[{:>{}}]", 300_W, 5), "[  300]"},
        {fmt::format("[{:2}]", 300_W), "[300]"},
        {fmt::format("[{:_^12}]", Selection{}), "[____idle____]"},
    };
    for (const Printed& row : rows) CHECK(row.text == row.expected);
}

TEST_CASE("a precision is rejected, so that no digit is cut off") {
    const Power power = 300_W;
    for (const std::string_view spec : {"{:.2}", "{:8.2}", "{:*<8.2}", "{:.>8.2}"})
        CHECK_THROWS_AS(static_cast<void>(fmt::vformat(spec, fmt::make_format_args(power))),
                        fmt::format_error);
}

TEST_CASE("section 3, a violation prints with its GPU, its value and its limit") {
    const Printed rows[] = {
        {fmt::format("{}", Violation{Code::power_limit_above_host_maximum, std::uint8_t{1},
                                     Unit::watt, 480, 450}),
         "gpu 1: power_limit_above_host_maximum (480 W, at most 450 W)"},
        {fmt::format("{}", Violation{Code::mem_offset_below_minimum, std::uint8_t{0},
                                     Unit::megahertz, -2001, -2000}),
         "gpu 0: mem_offset_below_minimum (-2001 MHz, at least -2000 MHz)"},
        {fmt::format("{}",
                     Violation{.code = Code::core_lock_not_supported, .gpu = std::uint8_t{31}}),
         "gpu 31: core_lock_not_supported"},
        {fmt::format(
             "{}",
             Violation{Code::price_below_market_minimum, {}, Unit::coin_per_day, 9'999, 10'000}),
         "price_below_market_minimum (0.00009999 coin/day, at least 0.0001 coin/day)"},
        {fmt::format("{}", Violation{Code::overclock_count_mismatch, {}, Unit::gpu, 1, 2}),
         "overclock_count_mismatch (1 GPUs, exactly 2 GPUs)"},
        {fmt::format("{}", Violation{Code::gpus_changed, {}, Unit::gpu, 2, 1}),
         "gpus_changed (2 GPUs, exactly 1 GPUs)"},
        {fmt::format("{}", Violation{Code::fee_changed, {}, Unit::ppm, 2'000, 1'000}),
         "fee_changed (2000 ppm, exactly 1000 ppm)"},
        {fmt::format("{}", Violation{Code::environment_too_long, {}, Unit::byte, 12'288, 12'287}),
         "environment_too_long (12288 bytes, at most 12287 bytes)"},
        {fmt::format("{}", Violation{.code = Code::price_not_positive}), "price_not_positive"},
    };
    for (const Printed& row : rows) CHECK(row.text == row.expected);
}

TEST_CASE("every public type prints") {
    const BidId two_bids[] = {4, 5};
    const Bid simple{.id = 1, .host = 2, .owner = 3, .price = 4_coin_per_day};
    const ProfitParts parts{4.402_usd_per_day, 1.584_usd_per_day};
    const Ranked ranked{
        .id = 41, .eligibility = {.profit = 2.818_usd_per_day}, .is_incumbent = true};
    const Explanation explanation{.ranked = ranked,
                                  .parts = parts,
                                  .power_draw = PowerDraw::unchecked(600),
                                  .price_to_win = 5_coin_per_day};
    Explanation winner = explanation;
    winner.is_winner = true;
    const Explanation hopeless{.ranked = {.id = 5, .eligibility = {.reason = Code::rate_missing}},
                               .price_to_win = Unexpected{Code::rate_missing}};
    const Policy strict{.reserve = 0.5_usd_per_day, .require_cached = true, .rate_age_max = 5_min};
    const Policy live{.refill = Refill::at_once,
                      .queue_unavailable = true,
                      .interval_min = 1_min,
                      .time_step_max = 1_h};

    const Printed rows[] = {
        {fmt::format("{}", Code::power_limit_missing), "power_limit_missing"},
        {fmt::format("{}", Unit::megahertz), "MHz"},
        {fmt::format("{} {} {} {}", Rounding::exact, Rounding::half_even, Rounding::up,
                     Rounding::down),
         "exact half_even up down"},
        {fmt::format("{}", HostId{7}), "7"},
        {fmt::format("{}", bitcoin), "currency 1"},
        {fmt::format("{}", Range<Power>{100_W, 450_W}), "100..450"},
        {fmt::format("{}", Power::from_text("300")), "300"},
        {fmt::format("{}", Power::from_text("-1")), "number_out_of_range"},
        {fmt::format("{}", FixedVector<Power, 3>{1_W, 2_W}), "[1; 2]"},
        {fmt::format("{}", bid.overclock[0]), "300 W"},
        {fmt::format("{}", bid.overclock[1]), "250 W, core lock 1500 MHz, memory lock 9501 MHz, "
                                              "core offset -10 MHz, memory offset 0 MHz"},
        {fmt::format("{}", plain_gpu), "150..400 W"},
        {fmt::format("{}", full_gpu),
         "100..450 W, core lock 210..2520 MHz, memory lock 405..10501 MHz, core offset -1000..200 "
         "MHz, memory offset -2000..2000 MHz"},
        {fmt::format("{}", HostStatus{}), "available"},
        {fmt::format("{}", HostStatus{.online = false}), "host_offline"},
        {fmt::format("{}", HostCapabilities{.id = 7, .gpus = {plain_gpu}}),
         "host 7: available, 0 USD/kWh, minimum bid 0 coin/day, base power 0 W, at most 1728000 s, "
         "GPUs [150..400 W]"},
        {fmt::format("{}", simple), "bid 1 of 3 on host 2: 4 coin/day in currency 0, GPUs []"},
        {fmt::format("{}", offer), "bid 41: 3 coin/day in currency 0, 550 W"},
        {fmt::format("{}", QuotedRate{.usd = 0.0071_usd_per_coin, .fee = 25'000_ppm}),
         "0.0071 USD/coin, fee 25000 ppm"},
        {fmt::format("{}", QuotedRate{}), "no rate, fee 0 ppm"},
        {fmt::format("{}", Rates{}), "no rates"},
        {fmt::format("{}", with_fee()),
         "currency 0: 0.0071 USD/coin, fee 0 ppm; currency 1: 60000 USD/coin, fee 25000 ppm"},
        {fmt::format("{}", Policy{}), "reserve 0 USD/day, switch margin 0 USD/day and 0 ppm, dwell "
                                      "0 ms, price 0.0001..5000 coin/day"},
        {fmt::format("{}", strict),
         "reserve 0.5 USD/day, switch margin 0 USD/day and 0 ppm, dwell 0 ms, price 0.0001..5000 "
         "coin/day, rates at most 300000 ms old, cached images only"},
        {fmt::format("{}", live),
         "reserve 0 USD/day, switch margin 0 USD/day and 0 ppm, dwell 0 ms, price 0.0001..5000 "
         "coin/day, refill at once, bids wait for hosts, closes at least 60000 ms apart, commands "
         "at "
         "most 3600000 ms apart"},
        {fmt::format("{}", Conditions{.now = at_ms(5)}),
         "at 5 ms: no rates; reserve 0 USD/day, switch margin 0 USD/day and 0 ppm, dwell 0 ms, "
         "price 0.0001..5000 coin/day"},
        {fmt::format("{}", parts), "2.818 USD/day = 4.402 - 1.584"},
        {fmt::format("{}", Eligibility{.profit = 1.25_usd_per_day}),
         "eligible, profit 1.25 USD/day"},
        {fmt::format("{}", Eligibility{.reason = Code::rate_missing}), "rate_missing"},
        {fmt::format("{} {} {}", Protection::none, Protection::margins, Protection::dwell),
         "none margins dwell"},
        {fmt::format("{}", Run{.bid = 41}), "run of bid 41"},
        {fmt::format("{}", Run{.bid = 41, .first_won = at_ms(5), .has_worsened = true}),
         "run of bid 41, first won at 5 ms, worsened"},
        {fmt::format("{}", Run{.bid = 41, .price_in_force = 7_coin_per_day}),
         "run of bid 41, price in force 7 coin/day"},
        {fmt::format("{}", Selection{.winner = 42, .index = 1, .profit = 2.9892_usd_per_day}),
         "bid 42, profit 2.9892 USD/day"},
        {fmt::format("{}", Selection{}), "idle"},
        {fmt::format("{}", ranked), "bid 41: eligible, profit 2.818 USD/day, incumbent"},
        {fmt::format("{}", explanation),
         "bid 41: eligible, profit 2.818 USD/day, incumbent, 600 W, 2.818 USD/day = 4.402 - 1.584, "
         "would win at 5 coin/day"},
        {fmt::format("{}", winner), "bid 41: eligible, profit 2.818 USD/day, incumbent, 600 W, "
                                    "2.818 USD/day = 4.402 - 1.584, wins down to 5 coin/day"},
        {fmt::format("{}", hopeless), "bid 5: rate_missing, 0 W, no price wins: rate_missing"},
        {fmt::format("{}", QuoteRequest{.power_limits = TotalPower::unchecked(550)}),
         "550 W in currency 0, tick 0.0001 coin/day"},
        {fmt::format("{}", QuoteRequest{.is_cached = true, .owner = 7, .without = two_bids}),
         "0 W in currency 0, tick 0.0001 coin/day, cached, ignoring owner 7, ignoring 2 bids"},
        {fmt::format("{}", QuoteRequest{.without = ListView<BidId>{two_bids}.first(1)}),
         "0 W in currency 0, tick 0.0001 coin/day, ignoring 1 bid"},
        {fmt::format("{} {}", CostBy::gpu, CostBy::host), "by price per GPU by price per host"},
        {fmt::format("{}", SearchRequest{.profile = {.power_limit = 280_W}}),
         "per GPU 280 W in currency 0, tick 0.0001 coin/day, by price per GPU"},
        {fmt::format("{}", SearchRequest{.profile = {.power_limit = 280_W, .core_lock = 900_MHz},
                                         .owner = 7,
                                         .without = two_bids,
                                         .model = 8,
                                         .gpus = 2,
                                         .by = CostBy::host}),
         "per GPU 280 W, core lock 900 MHz in currency 0, tick 0.0001 coin/day, ignoring owner 7, "
         "ignoring 2 bids, all GPUs of model 8, exactly 2 GPUs, by price per host"},
        {fmt::format("{}", HostQuote{.host = 7,
                                     .gpus = 2,
                                     .power_limits = TotalPower::unchecked(400),
                                     .bids = 3,
                                     .price = {5_coin_per_day, {.expired = 1}}}),
         "host 7: 2 GPUs, 400 W, 3 bids, would win at 5 coin/day (1 bid not compared: 1 expired)"},
        {fmt::format(
             "{}",
             HostQuote{.host = 7, .gpus = 1, .bids = 1, .price = {Unexpected{Code::not_cached}}}),
         "host 7: 1 GPU, 0 W, 1 bid, no price wins: not_cached"},
        {fmt::format("{}", NotCompared{}), ""},
        {fmt::format("{}", NotCompared{.expired = 1}), "1 bid not compared: 1 expired"},
        {fmt::format("{}", NotCompared{.rate_missing = 2, .unreadable = 1}),
         "3 bids not compared: 2 without a rate, 1 unreadable"},
        {fmt::format("{}", NotCompared{.rate_missing = 1, .expired = 1}),
         "2 bids not compared: 1 without a rate, 1 expired"},
        {fmt::format("{}", Answer<Result<Price, Code>>{5_coin_per_day}), "5"},
        {fmt::format("{}", Answer<Result<Price, Code>>{5_coin_per_day, {.expired = 1}}),
         "5 (1 bid not compared: 1 expired)"},
        {fmt::format("{}", Answer<Result<Price, Code>>{Unexpected{Code::not_cached}}),
         "not_cached"},
        {fmt::format("{}", environment[1]), "B=2"},
    };
    for (const Printed& row : rows) CHECK(row.text == row.expected);
}

TEST_CASE("a workload prints without the values of its environment, which can be secrets") {
    CHECK(fmt::format("{}", bid.workload) == "image c9a4e2f6b7d488d8f0bab0ff, variables 2");
    CHECK(fmt::format("{}", Workload{}) == "image none, variables 0");
    CHECK(fmt::format("{}", bid).find("secret") == std::string::npos);
}

TEST_CASE("the violations that validate finds print as a list") {
    const Bid broken{.price = 3_coin_per_day,
                     .overclock = {{.power_limit = 99_W}, {.power_limit = 480_W}}};
    CHECK(fmt::format("{}", validate(broken, host)) ==
          "[gpu 0: power_limit_below_card_minimum (99 W, at least 100 W); "
          "gpu 1: power_limit_above_host_maximum (480 W, at most 400 W)]");
}

struct IntegerIds : DefaultTraits {
    using HostId = std::uint32_t;
    using BidId = std::uint32_t;
    using OwnerId = std::uint32_t;
};

TEST_CASE("ids of an embedder's own type print as fmt prints them") {
    const BasicBid<IntegerIds> own{.id = 41, .host = 7, .owner = 2, .price = 3_coin_per_day};
    CHECK(fmt::format("{}", own) == "bid 41 of 2 on host 7: 3 coin/day in currency 0, GPUs []");
    CHECK(fmt::format("{}", BasicRun<IntegerIds>{.bid = 5}) == "run of bid 5");
    CHECK(fmt::format("{}", BasicSelection<IntegerIds>{.winner = 5u}) == "bid 5, profit 0 USD/day");
    CHECK(fmt::format("{}", BasicQuoteRequest<IntegerIds>{.owner = 7u}) ==
          "0 W in currency 0, tick 0.0001 coin/day, ignoring owner 7");
    CHECK(fmt::format("{}", BasicHostQuote<IntegerIds>{.host = 7}).starts_with("host 7: 0 GPUs"));
    CHECK(fmt::format("{}", BasicHostCapabilities<IntegerIds>{.id = 9})
              .starts_with("host 9: available"));
}

}  // namespace
