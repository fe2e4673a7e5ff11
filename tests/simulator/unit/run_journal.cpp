// The journal of a run is a stream of commands that anybody can replay, to the same market.
#include <gigaspot/json/replay.hpp>

#include <doctest/doctest.h>

#include <cstdio>
#include <string>
#include <string_view>

#include <gigaspot/engine/save.hpp>

#include "run/run.hpp"
#include "support.hpp"

namespace {

using namespace sim;

/// A market in which everything happens: several kinds of hosts and renters, outages, rentals,
/// hourly tariffs and a moving rate.
Scenario eventful_scenario() {
    Scenario scenario = plain_scenario();
    scenario.days = 2;
    scenario.hosts = 12;
    scenario.market.fee = gigaspot::Ppm::unchecked(25'000);
    scenario.market.switch_margin = 50'000'000;
    scenario.market.switch_margin_share = gigaspot::Ppm::unchecked(100'000);
    scenario.market.dwell_min = gigaspot::Duration::unchecked(10 * minute);
    scenario.market.min_bid = 100'000'000;
    scenario.rate.volatility = 50'000;
    scenario.tariffs[0].hours.assign(24, 0);
    scenario.tariffs[0].hours[13] = -200'000'000;
    scenario.host_kinds[0].outages = one;
    scenario.host_kinds[0].rentals = one;
    scenario.host_kinds.push_back(scenario.host_kinds[0]);
    scenario.host_kinds[0].share = one / 2;
    scenario.host_kinds[1].share = one / 2;
    scenario.host_kinds[1].gpus = 4;
    scenario.host_kinds[1].base_power = gigaspot::Power::unchecked(90);
    scenario.renter_kinds = {
        {.name = "shade", .share = 300'000, .power = PowerChoice::best, .bids_on = 2},
        {.name = "raise", .share = 200'000, .strategy = Strategy::raise},
        {.name = "price_to_win", .share = 200'000, .strategy = Strategy::price_to_win},
        {.name = "snipe", .share = 200'000, .strategy = Strategy::snipe},
        {.name = "careful", .share = 100'000, .strategy = Strategy::careful}};
    for (RenterKind& kind : scenario.renter_kinds)
        kind.move_every = gigaspot::Duration::unchecked(hour);
    scenario.jobs.budget = 700'000;
    scenario.jobs.length_varies = true;
    return scenario;
}

gigaspot::Policy policy_of(const Scenario& scenario) {
    const MarketRules& rules = scenario.market;
    gigaspot::Policy policy;
    policy.switch_margin =
        gigaspot::SwitchMargin::unchecked(gigaspot::Int128{rules.switch_margin} * 100'000'000'000);
    policy.switch_margin_ppm = rules.switch_margin_share;
    policy.dwell_min = rules.dwell_min;
    policy.price_max = gigaspot::Price::highest();
    policy.refill = rules.refill;
    return policy;
}

TEST_CASE("a replay of the journal gives the same market, under every mechanism") {
    for (const Mechanism mechanism : {Mechanism::spot, Mechanism::highest_price,
                                      Mechanism::second_price, Mechanism::posted_price}) {
        for (const gigaspot::Refill refill :
             {gigaspot::Refill::at_close, gigaspot::Refill::at_once}) {
            Scenario scenario = eventful_scenario();
            scenario.market.mechanism = mechanism;
            scenario.market.refill = refill;
            std::FILE* journal = std::tmpfile();
            REQUIRE(journal != nullptr);
            const RunResult result = simulate(scenario, 5, {.journal = journal});
            std::rewind(journal);
            gigaspot::Replay replay{policy_of(scenario)};
            std::string line(8192, '\0');
            std::size_t lines = 0;
            while (std::fgets(line.data(), static_cast<int>(line.size()), journal) != nullptr) {
                replay.take(std::string_view{line.c_str()}, [](std::string_view) {});
                ++lines;
            }
            std::fclose(journal);
            CHECK(lines > 3'000);
            CHECK(gigaspot::digest(replay.engine()) == result.digest);
            CHECK(replay.engine().counters().rejected == 0);
        }
    }
}

TEST_CASE(
    "the same scenario and seed give the same result, with or without a journal and a story") {
    const Scenario scenario = eventful_scenario();
    const RunResult result = simulate(scenario, 9);
    std::FILE* ignored = std::tmpfile();
    REQUIRE(ignored != nullptr);
    CHECK(simulate(scenario, 9, {.journal = ignored, .story = ignored}) == result);
    std::fclose(ignored);
    CHECK_FALSE(simulate(scenario, 10) == result);
}

TEST_CASE("a planner has no market, and so no digest") {
    Scenario scenario = eventful_scenario();
    scenario.market.mechanism = Mechanism::planner;
    const RunResult result = simulate(scenario, 5);
    CHECK(result.digest == 0);
    CHECK(result[Measure::paid] == 0);
    CHECK(result[Measure::welfare] ==
          result[Measure::host_profit] + result[Measure::renter_surplus]);
    CHECK(result[Measure::finished] > 0);
}

TEST_CASE("a jump of the rate is compared with the same market without it") {
    // Renters who stay where they wait, and keep their price in coins.
    Scenario scenario = plain_scenario();
    scenario.days = 4;
    scenario.hosts = 12;
    scenario.rate.jump_at = gigaspot::Duration::unchecked(36 * hour);
    CHECK(simulate(scenario, 5)[Measure::settle] == 0);  // a factor of 1 changes nothing
    scenario.rate.jump_factor = 300'000;
    CHECK(simulate(scenario, 5)[Measure::settle] > 0);
}

}  // namespace
