// Markets that are worked by hand: what runs when, who pays what, which work is lost. support.hpp
// has the numbers: a day at 350 W costs 84 coins, a coin is worth 0.01 USD, and there is no fee.
#include "run/simulation.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdio>
#include <string>

#include "support.hpp"

namespace {

using namespace sim;

constexpr Time end = 4 * hour;  // a sixth of a day

/// Two jobs on one host: A of 2 h at 0.10 USD an hour, and an hour later B of 1 h at 0.30.
World two_jobs(const Scenario& scenario, std::size_t kind_of_b = 0) {
    World world = quiet_world(scenario, end);
    world.jobs = {job(10'000, 2, 100'000), job(hour + 10'000, 1, 300'000, kind_of_b)};
    return world;
}

Scenario with(Strategy strategy, Millionths offer = 500'000) {
    Scenario scenario = plain_scenario();
    scenario.renter_kinds[0].strategy = strategy;
    scenario.renter_kinds[0].offer = offer;
    scenario.renter_kinds[0].review_every = gigaspot::Duration::unchecked(minute);
    return scenario;
}

RunResult run(const Scenario& scenario, const World& world, const RunOutput& output = {}) {
    return Simulation{scenario, world, 1, output}.run();
}

/// A measure as a number in its unit.
double of(const RunResult& result, Measure measure) {
    const MeasureInfo& info = measures[static_cast<std::size_t>(measure)];
    return static_cast<double>(result[measure]) / std::pow(10, info.decimals);
}

/// USD of the whole run: the measures are per host and day, and a run lasts a sixth of a day.
double usd(const RunResult& result, Measure measure, int hosts = 1) {
    return of(result, measure) / 6 * hosts;
}

/// The times at which the market got commands of a kind, from the journal of a run.
std::vector<Time> times_of(const Scenario& scenario, const World& world, const std::string& op) {
    std::FILE* journal = std::tmpfile();
    REQUIRE(journal != nullptr);
    (void)run(scenario, world, {.journal = journal});
    std::rewind(journal);
    std::vector<Time> times;
    char line[4096];
    const std::string begin = "{\"op\":\"" + op + "\",\"time\":";
    while (std::fgets(line, sizeof line, journal) != nullptr) {
        const std::string text = line;
        if (text.starts_with(begin)) times.push_back(std::stoll(text.substr(begin.size())));
    }
    std::fclose(journal);
    return times;
}

TEST_CASE("a better bid replaces a run, whose work since the checkpoint is lost") {
    // A offers 84 + (240 - 84) / 2 = 162 coins, B 84 + (720 - 84) / 2 = 402. A runs from minute 1,
    // works from 6 to 61: 30 minutes are kept, 25 lost. B runs from 61 to 126, A again from 126 to
    // 221, with 90 minutes of work left.
    const Scenario scenario = with(Strategy::shade);
    const RunResult result = run(scenario, two_jobs(scenario));
    const double paid = (155 * 1.62 + 65 * 4.02) / 1440;
    const double electricity = 220 * 0.84 / 1440;
    CHECK(usd(result, Measure::paid) == doctest::Approx(paid).epsilon(1e-5));
    CHECK(usd(result, Measure::electricity) == doctest::Approx(electricity).epsilon(1e-5));
    CHECK(usd(result, Measure::welfare) == doctest::Approx(0.5 - electricity).epsilon(1e-5));
    CHECK(usd(result, Measure::host_profit) == doctest::Approx(paid - electricity).epsilon(1e-5));
    CHECK(usd(result, Measure::renter_surplus) == doctest::Approx(0.5 - paid).epsilon(1e-5));
    CHECK(of(result, Measure::switches) == 6);  // one in a sixth of a day
    CHECK(of(result, Measure::outage_stops) == 0);
    CHECK(of(result, Measure::work_lost) == doctest::Approx(100 * 25.0 / 205).epsilon(1e-4));
    CHECK(of(result, Measure::starting_up) == doctest::Approx(100 * 15.0 / 220).epsilon(1e-4));
    CHECK(of(result, Measure::utilisation) == doctest::Approx(100 * 220.0 / 240).epsilon(1e-4));
    CHECK(of(result, Measure::kwh_per_work) == doctest::Approx(0.35 * 220 / 60 / 3).epsilon(1e-5));
    CHECK(of(result, Measure::finished) == 12);
    CHECK(of(result, Measure::given_up) == 0);
    CHECK(of(result, Measure::wait) == doctest::Approx(50.0 / 60).epsilon(1e-3));
    REQUIRE(result.kinds.size() == 1);
    CHECK(result.kinds[0].jobs == 2);
    CHECK(result.kinds[0].work_per_job == 1'500'000);
    CHECK(result.kinds[0].switches_per_job == 500);
    REQUIRE(result.hours.size() == 4);
    // The hour is noted before its close: A has paid for 58 minutes, at 162 coins per day.
    CHECK(static_cast<double>(result.hours[0].income) / 1e6 ==
          doctest::Approx(58 * 1.62 / 60).epsilon(1e-5));
    CHECK(result.hours[3].running == 0);
}

TEST_CASE("the fee goes from the renter to the market") {
    Scenario scenario = with(Strategy::shade);
    scenario.market.fee = gigaspot::Ppm::unchecked(200'000);  // a fifth: 84 coins need 105
    const RunResult result = run(scenario, two_jobs(scenario));
    const double paid = (155 * 1.725 + 65 * 4.125) / 1440;
    CHECK(usd(result, Measure::paid) == doctest::Approx(paid).epsilon(1e-5));
    CHECK(usd(result, Measure::market_income) == doctest::Approx(paid / 5).epsilon(1e-5));
}

TEST_CASE("bots without a margin outbid each other by a tick at every close") {
    // A runs at 84 coins. B takes the host at minute 61, A at 62, and so on to the end: 180
    // switches.
    const Scenario scenario = with(Strategy::price_to_win);
    const RunResult result = run(scenario, two_jobs(scenario));
    CHECK(of(result, Measure::switches) == 6 * 180);
    CHECK(of(result, Measure::finished) == 0);
    // All that is kept are the first 30 minutes of A.
    CHECK(usd(result, Measure::welfare) == doctest::Approx(0.05 - 239 * 0.84 / 1440).epsilon(1e-4));
    CHECK(usd(result, Measure::paid) == doctest::Approx(239 * 0.84 / 1440).epsilon(1e-3));
}

TEST_CASE("with a margin each switch costs a step, so the race ends at the lower value") {
    Scenario scenario = with(Strategy::price_to_win);
    scenario.market.switch_margin = 50'000'000;
    scenario.market.switch_margin_share = gigaspot::Ppm::unchecked(100'000);
    // In ticks of 0.0001 coin, of which 10,000 cents are 100 coins: B's first lead over a profit of
    // 0 is above 5 coins; each next one is above 5 coins and 10 % of the profit. A stops at 240
    // coins.
    std::int64_t profit = 0;
    int switches = 0;
    for (bool is_a = false;; is_a = !is_a) {
        const std::int64_t next = profit + std::max<std::int64_t>(50'000, profit / 10) + 1;
        if (is_a && 840'000 + next > 2'400'000) break;
        profit = next;
        ++switches;
    }
    CHECK(switches > 10);
    const RunResult result = run(scenario, two_jobs(scenario));
    CHECK(of(result, Measure::switches) == 6 * switches);
    CHECK(of(result, Measure::finished) >= 6);
}

TEST_CASE("a sniper bids one millisecond before the close") {
    const Scenario scenario = with(Strategy::snipe);
    const std::vector<Time> edits = times_of(scenario, two_jobs(scenario), "edit");
    CHECK(edits.size() > 100);
    for (const Time time : edits) CHECK(time % minute == minute - 1);
}

TEST_CASE("a raising renter pays as soon as it is enough") {
    // B begins at 84 coins, where A's 84 were first; its step of a tenth of 720 takes it to 156.
    Scenario scenario = with(Strategy::raise);
    scenario.renter_kinds[0].step = 100'000;
    scenario.renter_kinds.push_back(scenario.renter_kinds[0]);
    scenario.renter_kinds[0].strategy = Strategy::shade;
    scenario.renter_kinds[0].offer = 0;
    scenario.renter_kinds[1].share = 0;
    const World world = two_jobs(scenario, 1);
    const RunResult result = run(scenario, world);
    CHECK(of(result, Measure::switches) == 6);
    const std::vector<Time> edits = times_of(scenario, world, "edit");
    REQUIRE(edits.size() == 1);
    const Time start = (edits[0] / minute + 1) * minute;
    CHECK(usd(result, Measure::paid) ==
          doctest::Approx((220 * 0.84 + 65 * (1.56 - 0.84)) / 1440).epsilon(2e-2));
    CHECK(start <= hour + 2 * minute);
}

TEST_CASE("a careful bot leaves a running job alone if it would gain less than a lost run costs") {
    Scenario scenario = with(Strategy::careful);
    // A asks for 84 coins and adds its loss: 240 coins x 20 of 120 minutes = 40. B sees 124.0001
    // and adds 720 x 20 / 60 = 240: 364.0001. A would have to bid 364.0002 + 40 x 2, above its
    // value.
    const RunResult result = run(scenario, two_jobs(scenario));
    CHECK(of(result, Measure::switches) == 6);
    CHECK(usd(result, Measure::paid) ==
          doctest::Approx((155 * 1.24 + 65 * 3.640001) / 1440).epsilon(1e-4));
}

TEST_CASE("second price: the winner pays what would have won") {
    // A alone pays 84 coins; B pays a tick more than A's 240.
    Scenario scenario = with(Strategy::truthful);
    scenario.market.mechanism = Mechanism::second_price;
    const RunResult result = run(scenario, two_jobs(scenario));
    CHECK(usd(result, Measure::paid) ==
          doctest::Approx((155 * 0.84 + 65 * 2.400001) / 1440).epsilon(1e-4));
    CHECK(of(result, Measure::switches) == 6);
}

TEST_CASE("second price with a reserve: a lone bid pays the reserve") {
    Scenario scenario = with(Strategy::truthful);
    scenario.market.mechanism = Mechanism::second_price;
    scenario.market.reserve = 1'000'000'000;  // 1 USD per day: 184 coins
    const RunResult result = run(scenario, two_jobs(scenario));
    CHECK(usd(result, Measure::paid) ==
          doctest::Approx((155 * 1.84 + 65 * 2.400001) / 1440).epsilon(1e-4));
}

TEST_CASE("posted price: first come, first served, at the posted price") {
    Scenario scenario = with(Strategy::truthful);
    scenario.market.mechanism = Mechanism::posted_price;
    scenario.market.posted_over_electricity = 1'000'000'000;
    // A runs from 1 to 126, B from 126 to 191, both at 184 coins.
    const RunResult result = run(scenario, two_jobs(scenario));
    CHECK(of(result, Measure::switches) == 0);
    CHECK(usd(result, Measure::paid) == doctest::Approx(190 * 1.84 / 1440).epsilon(1e-4));
    CHECK(of(result, Measure::wait) ==
          doctest::Approx((50.0 / 60 + 65 + 50.0 / 60) / 2).epsilon(1e-3));
}

TEST_CASE("posted price: nobody rents for more than it is worth") {
    Scenario scenario = with(Strategy::truthful);
    scenario.market.mechanism = Mechanism::posted_price;
    scenario.market.posted_over_electricity = 1'560'010'000;  // 240.001 coins
    const RunResult result = run(scenario, two_jobs(scenario));
    CHECK(of(result, Measure::finished) == 6);
    CHECK(result.kinds[0].work_per_job == 500'000);
}

TEST_CASE("highest price wins whatever it draws; the spot market sees the power") {
    // A offers 432 coins at 350 W and leaves 348. B works at 0.601 of the speed at 200 W, offers
    // 0.28 x 24 x 0.601 USD = 403.872 coins and leaves 355.872.
    Scenario scenario = with(Strategy::truthful);
    scenario.renter_kinds.push_back(scenario.renter_kinds[0]);
    scenario.renter_kinds[1].share = 0;
    scenario.renter_kinds[1].power = PowerChoice::fixed;
    scenario.renter_kinds[1].watts = gigaspot::Power::unchecked(200);
    World world = quiet_world(scenario, end);
    world.jobs = {job(10'000, 2, 180'000), job(hour, 1, 280'000, 1)};
    CHECK(of(run(scenario, world), Measure::switches) == 6);
    scenario.market.mechanism = Mechanism::highest_price;
    CHECK(of(run(scenario, world), Measure::switches) == 0);
}

TEST_CASE("the planner gives a free host to the best waiting job and stops no run") {
    // A runs from 1 to 126; then B of 0.3, though C of 0.2 came before; then C from 191.
    Scenario scenario = with(Strategy::shade);
    scenario.market.mechanism = Mechanism::planner;
    World world = quiet_world(scenario, 6 * hour);
    world.jobs = {job(10'000, 2, 100'000), job(20'000, 1, 200'000), job(hour, 1, 300'000)};
    const RunResult result = run(scenario, world);
    CHECK(of(result, Measure::switches) == 0);
    CHECK(of(result, Measure::finished) == 12);  // three in a quarter of a day
    CHECK(of(result, Measure::paid) == 0);
    // At minute 1 the better of A and C begins: C from 1 to 66, B from 66 to 131, A from 131 to
    // 256.
    CHECK(of(result, Measure::wait) ==
          doctest::Approx((40.0 / 60 + 6 + 131 - 10.0 / 60) / 3).epsilon(1e-3));
}

TEST_CASE("a host that is rented on demand stops its run at once and takes it again later") {
    Scenario scenario = with(Strategy::shade);
    World world = quiet_world(scenario, end);
    world.jobs = {job(10'000, 1, 100'000)};
    world.status = {{20 * minute + 30'000, 0, true, true}, {50 * minute, 0, true, false}};
    // It works from minute 6 to 20.5, which is lost, runs again from 50, works from 55 to 115.
    const RunResult result = run(scenario, world);
    CHECK(of(result, Measure::outage_stops) == 6);
    CHECK(of(result, Measure::switches) == 0);
    CHECK(of(result, Measure::work_lost) == doctest::Approx(100 * 14.5 / 74.5).epsilon(1e-4));
    CHECK(usd(result, Measure::paid) == doctest::Approx((19.5 + 65) * 1.62 / 1440).epsilon(1e-5));
    CHECK(of(result, Measure::finished) == 6);
}

TEST_CASE("a renter without patience leaves while it waits, and not while it runs") {
    Scenario scenario = with(Strategy::shade);
    scenario.jobs.patience = gigaspot::Duration::unchecked(70 * minute);
    // A's patience ends at minute 70, while B runs: it leaves. B's ends at 130, when it is
    // finished.
    const RunResult result = run(scenario, two_jobs(scenario));
    CHECK(of(result, Measure::given_up) == 50);
    CHECK(of(result, Measure::finished) == 6);
    CHECK(usd(result, Measure::paid) ==
          doctest::Approx((60 * 1.62 + 65 * 4.02) / 1440).epsilon(1e-5));
    // Alone, A runs beyond its patience, to the end of its job.
    World alone = quiet_world(scenario, end);
    alone.jobs = {job(10'000, 2, 100'000)};
    CHECK(of(run(scenario, alone), Measure::finished) == 6);
}

TEST_CASE("a bid expires after 20 days, and its renter bids again") {
    Scenario scenario = with(Strategy::shade);
    scenario.jobs.patience = gigaspot::Duration::unchecked(100 * ms_per_day);
    World world = quiet_world(scenario, 42 * ms_per_day);
    // A needs 500 hours. B waits behind it, and its bid expires too.
    world.jobs = {job(10'000, 500, 100'000), job(20'000, 400, 90'000)};
    const RunResult result = run(scenario, world);
    CHECK(of(result, Measure::finished) == doctest::Approx(2.0 / 42).epsilon(1e-2));
    CHECK(of(result, Measure::given_up) == 0);
    CHECK(of(result, Measure::outage_stops) > 0);
}

TEST_CASE("a renter that has spent its budget leaves at the next close") {
    Scenario scenario = with(Strategy::shade);
    scenario.jobs.budget = 100'000;  // a tenth of 0.2 USD, reached by the 18th minute at 162 coins
    World world = quiet_world(scenario, end);
    world.jobs = {job(10'000, 2, 100'000)};
    const RunResult result = run(scenario, world);
    CHECK(of(result, Measure::given_up) == 100);
    CHECK(usd(result, Measure::paid) == doctest::Approx(19 * 1.62 / 1440).epsilon(1e-4));
}

TEST_CASE("a renter on two hosts keeps one run and pays an interval of the other") {
    Scenario scenario = with(Strategy::shade);
    scenario.hosts = 2;
    scenario.renter_kinds[0].bids_on = 2;
    World world = quiet_world(scenario, end);
    world.jobs = {job(10'000, 2, 100'000)};
    const RunResult result = run(scenario, world);
    CHECK(usd(result, Measure::paid, 2) == doctest::Approx(126 * 1.62 / 1440).epsilon(1e-4));
    CHECK(usd(result, Measure::electricity, 2) == doctest::Approx(126 * 0.84 / 1440).epsilon(1e-4));
    CHECK(of(result, Measure::finished) == 3);  // per host
}

TEST_CASE("a renter that moves takes a host that becomes free elsewhere") {
    Scenario scenario = with(Strategy::shade);
    scenario.hosts = 2;
    World world = quiet_world(scenario, end);
    // A (0.3) occupies a host for 3 h, B (0.4) the other for 1 h. C (0.1) waits where it lacks
    // less: behind A. Only if it moves it runs before the end.
    world.jobs = {job(10'000, 3, 300'000), job(minute + 10'000, 1, 400'000),
                  job(3 * minute, 1, 100'000)};
    CHECK(of(run(scenario, world), Measure::finished) == 3 * 2);
    scenario.renter_kinds[0].move_every = gigaspot::Duration::unchecked(10 * minute);
    CHECK(of(run(scenario, world), Measure::finished) == 3 * 3);
}

TEST_CASE("a host that tells twice its tariff asks twice the electricity") {
    Scenario scenario = with(Strategy::shade);
    scenario.host_kinds[0].told_tariff = 2 * one;
    World world = quiet_world(scenario, end);
    world.jobs = {job(10'000, 1, 100'000)};
    const RunResult result = run(scenario, world);  // 168 + (240 - 168) / 2 = 204 coins
    CHECK(usd(result, Measure::paid) == doctest::Approx(65 * 2.04 / 1440).epsilon(1e-5));
    CHECK(usd(result, Measure::electricity) == doctest::Approx(65 * 0.84 / 1440).epsilon(1e-5));
}

TEST_CASE("a renter that may choose sets the limit that leaves it the most") {
    // Per point of the curve: speed x 240 coins less watts x 0.24: 250 W leave 204.72 - 60 =
    // 144.72, 300 W 226.32 - 72 = 154.32, 350 W 156.
    Scenario scenario = with(Strategy::shade);
    scenario.renter_kinds[0].power = PowerChoice::best;
    World world = quiet_world(scenario, end);
    world.jobs = {job(10'000, 1, 100'000)};
    CHECK(usd(run(scenario, world), Measure::electricity) ==
          doctest::Approx(65 * 0.84 / 1440).epsilon(1e-4));
    // At 0.08 USD an hour: 250 W leave 103.776, 300 W 109.056, 350 W 108.
    world.jobs = {job(10'000, 1, 80'000)};
    const double minutes = 5 + 60 / 0.943;
    CHECK(usd(run(scenario, world), Measure::electricity) ==
          doctest::Approx(minutes * 0.72 / 1440).epsilon(5e-3));
}

TEST_CASE("power that costs less than nothing earns money") {
    Scenario scenario = with(Strategy::shade, 0);
    scenario.tariffs[0].low = gigaspot::EnergyPrice::unchecked(-100'000'000);
    scenario.tariffs[0].high = scenario.tariffs[0].low;
    World world = quiet_world(scenario, end);
    world.jobs = {job(10'000, 1, 100'000)};
    const RunResult result = run(scenario, world);  // at the lowest price there is
    CHECK(usd(result, Measure::electricity) == doctest::Approx(-65 * 0.84 / 1440).epsilon(1e-5));
    CHECK(usd(result, Measure::paid) < 1e-6);
    CHECK(usd(result, Measure::host_profit) == doctest::Approx(65 * 0.84 / 1440).epsilon(1e-4));
}

TEST_CASE("a coin that falls lets running renters pay less") {
    Scenario scenario = with(Strategy::shade);
    World world = quiet_world(scenario, end);
    world.jobs = {job(10'000, 3, 100'000)};
    world.rates.push_back({hour, gigaspot::ExchangeRate::unchecked(8'000'000'000)});
    // 162 coins from minute 1 to 186, the first 59 at 0.01 USD, the rest at 0.008 USD. The close at
    // minute 60 comes after the move.
    const RunResult result = run(scenario, world);
    CHECK(usd(result, Measure::paid) ==
          doctest::Approx((58 * 1.62 + 127 * 1.62 * 0.8) / 1440).epsilon(1e-2));
    REQUIRE(result.hours.size() == 4);
    CHECK(result.hours[1].rate == 8'000'000'000);
}

TEST_CASE("the warm-up is not measured") {
    Scenario scenario = with(Strategy::shade);
    scenario.warm_up = gigaspot::Duration::unchecked(2 * hour);
    // Measured are minutes 120 to 240: B until 126, A until 221.
    const RunResult result = run(scenario, two_jobs(scenario));
    const double paid = (6 * 4.02 + 95 * 1.62) / 1440;
    CHECK(of(result, Measure::paid) / 12 == doctest::Approx(paid).epsilon(1e-4));
    CHECK(of(result, Measure::switches) == 0);
    CHECK(of(result, Measure::finished) == 24);
    CHECK(of(result, Measure::utilisation) == doctest::Approx(100 * 101.0 / 120).epsilon(1e-4));
    CHECK(result.kinds[0].jobs == 0);  // both arrived before
}

TEST_CASE("a market has settled when a day's income stays near that without the jump") {
    std::vector<HourPoint> undisturbed(100, HourPoint{.income = 1'000});
    std::vector<HourPoint> hours = undisturbed;
    CHECK(settle_time(hours, undisturbed, 10) == 0);
    // 12 hours without income: the mean of 24 hours is below 95 % from the second one on, until all
    // except one have left the 24 hours: at the end of hour 44.
    for (std::size_t hour = 10; hour < 22; ++hour) hours[hour].income = 0;
    CHECK(settle_time(hours, undisturbed, 10) == 34'000);
    for (std::size_t hour = 10; hour < 22; ++hour) hours[hour].income = 2'000;  // the same upwards
    CHECK(settle_time(hours, undisturbed, 10) == 34'000);
    hours[99].income = -2'000;  // it never settles
    CHECK(settle_time(hours, undisturbed, 10) == 90'000);
}

TEST_CASE("the story tells what happened on a host") {
    const Scenario scenario = with(Strategy::shade);
    std::FILE* story = std::tmpfile();
    REQUIRE(story != nullptr);
    (void)run(scenario, two_jobs(scenario), {.story = story, .story_host = 1});
    std::rewind(story);
    std::string text(20'000, '\0');
    text.resize(std::fread(text.data(), 1, text.size(), story));
    std::fclose(story);
    CHECK(
        text.find("day  0 01:01:00  host   1  stops renter 1 for another; 25.0 minutes of work are "
                  "lost") != std::string::npos);
    CHECK(text.find("renter 2 bids 402.0000 coins per day, and would win now") !=
          std::string::npos);
}

}  // namespace
