// The worlds: what a seed decides, and what the rules of the market cannot change.
#include "world/world.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "support.hpp"

namespace {

using namespace sim;

bool are_same(const Job& left, const Job& right) {
    return left.arrival == right.arrival && left.work == right.work && left.value == right.value &&
           left.workload == right.workload && left.kind == right.kind;
}

Scenario busy_scenario() {
    Scenario scenario = plain_scenario();
    scenario.days = 30;
    scenario.hosts = 40;
    scenario.tariffs[0].low = gigaspot::EnergyPrice::unchecked(60'000'000);
    scenario.tariffs[0].high = gigaspot::EnergyPrice::unchecked(330'000'000);
    scenario.host_kinds[0].outages = one;
    scenario.host_kinds[0].rentals = one / 2;
    scenario.rate.volatility = 50'000;
    return scenario;
}

TEST_CASE("the same seed draws the same world, another seed another") {
    const Scenario scenario = busy_scenario();
    const World world = draw_world(scenario, 7);
    const World again = draw_world(scenario, 7);
    REQUIRE(world.jobs.size() == again.jobs.size());
    CHECK(std::ranges::equal(world.jobs, again.jobs, are_same));
    const World other = draw_world(scenario, 8);
    CHECK_FALSE(std::ranges::equal(world.jobs, other.jobs, are_same));
}

TEST_CASE("the rules of the market do not change the world") {
    Scenario scenario = busy_scenario();
    const World world = draw_world(scenario, 7);
    scenario.market.mechanism = Mechanism::second_price;
    scenario.market.fee = gigaspot::Ppm::unchecked(100'000);
    scenario.renter_kinds[0].strategy = Strategy::snipe;
    scenario.market.switch_margin = 50'000'000;
    scenario.market.reserve = 1'000'000'000;
    scenario.renter_kinds[0].power = PowerChoice::best;
    scenario.interval = gigaspot::Duration::unchecked(5 * minute);
    const World other = draw_world(scenario, 7);
    CHECK(std::ranges::equal(world.jobs, other.jobs, are_same));
    CHECK(std::ranges::equal(
        world.hosts, other.hosts, [](const HostDraw& left, const HostDraw& right) {
            return left.kind == right.kind && left.energy_price == right.energy_price;
        }));
    CHECK(std::ranges::equal(world.rates, other.rates,
                             [](const RateMove& left, const RateMove& right) {
                                 return left.time == right.time && left.rate == right.rate;
                             }));
    CHECK(std::ranges::equal(
        world.status, other.status, [](const StatusChange& left, const StatusChange& right) {
            return left.time == right.time && left.host == right.host &&
                   left.is_rental == right.is_rental && left.begins == right.begins;
        }));
}

TEST_CASE("outages and rates do not change who arrives") {
    Scenario scenario = busy_scenario();
    const World world = draw_world(scenario, 7);
    scenario.host_kinds[0].outages = 0;
    scenario.rate.volatility = 0;
    CHECK(std::ranges::equal(world.jobs, draw_world(scenario, 7).jobs, are_same));
}

TEST_CASE("a larger share of bots keeps those who were bots") {
    Scenario scenario = busy_scenario();
    scenario.renter_kinds = {{.name = "people", .share = 900'000},
                             {.name = "bots", .share = 100'000}};
    const World few = draw_world(scenario, 3);
    scenario.renter_kinds[0].share = 750'000;
    scenario.renter_kinds[1].share = 250'000;
    const World many = draw_world(scenario, 3);
    REQUIRE(few.jobs.size() == many.jobs.size());
    std::size_t bots = 0;
    for (std::size_t i = 0; i < few.jobs.size(); ++i) {
        if (few.jobs[i].kind == 1) CHECK(many.jobs[i].kind == 1);
        bots += many.jobs[i].kind;
    }
    const double share = static_cast<double>(bots) / static_cast<double>(many.jobs.size());
    CHECK(std::fabs(share - 0.25) < 0.02);
}

TEST_CASE("the work that arrives is the load's share of what all hosts can do") {
    Scenario scenario = busy_scenario();
    scenario.days = 100;
    scenario.host_kinds[0].gpus = 4;
    scenario.host_kinds[0].speed = 500'000;  // 40 hosts x 4 GPUs x 1/2
    scenario.jobs.load = 1'300'000;
    for (const bool varies : {false, true}) {
        scenario.jobs.length_varies = varies;
        double hours = 0;
        for (const Job& job : draw_world(scenario, 1).jobs)
            hours += static_cast<double>(job.work) / (1e6 * static_cast<double>(hour));
        CHECK(std::fabs(hours / (1.3 * 80 * 24 * 100) - 1) < 0.03);
    }
}

TEST_CASE("kinds of hosts have exactly their shares, and prices lie in the tariff's range") {
    Scenario scenario = busy_scenario();
    scenario.host_kinds.push_back(scenario.host_kinds[0]);
    scenario.host_kinds[0].share = 250'000;
    scenario.host_kinds[1].share = 750'000;
    const World world = draw_world(scenario, 5);
    CHECK(std::ranges::count(world.hosts, std::size_t{0}, &HostDraw::kind) == 10);
    for (const HostDraw& host : world.hosts) {
        CHECK(host.energy_price >= 60'000'000);
        CHECK(host.energy_price <= 330'000'000);
    }
    const auto [low, high] = std::ranges::minmax(world.hosts, {}, &HostDraw::energy_price);
    CHECK(high.energy_price - low.energy_price > 200'000'000);
}

TEST_CASE("hosts draw their prices from a file if the tariff has one") {
    Scenario scenario = busy_scenario();
    scenario.tariffs[0].prices = {-5, 70, 300};
    std::size_t times[3] = {};
    for (const HostDraw& host : draw_world(scenario, 5).hosts) {
        const auto found = std::ranges::find(scenario.tariffs[0].prices, host.energy_price);
        REQUIRE(found != scenario.tariffs[0].prices.end());
        ++times[found - scenario.tariffs[0].prices.begin()];
    }
    for (const std::size_t count : times) CHECK(count > 5);  // of 40
}

TEST_CASE("a load of next to nothing brings next to no jobs") {
    // A job of 10,000 hours for a millionth of one GPU comes every million years.
    Scenario scenario = busy_scenario();
    scenario.hosts = 1;
    scenario.days = 3'650;
    scenario.jobs.hours = 10'000 * one;
    scenario.jobs.load = 1;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) CHECK(draw_world(scenario, seed).jobs.empty());
}

TEST_CASE("a host that goes down comes back before it goes down again") {
    const Scenario scenario = busy_scenario();
    const World world = draw_world(scenario, 5);
    CHECK(std::ranges::is_sorted(world.status, {}, &StatusChange::time));
    for (const bool is_rental : {false, true}) {
        std::vector<int> away(world.hosts.size(), 0);
        std::size_t begins = 0;
        for (const StatusChange& change : world.status) {
            if (change.is_rental != is_rental) continue;
            away[change.host] += change.begins ? 1 : -1;
            begins += change.begins ? 1 : 0;
            CHECK(away[change.host] >= 0);
            CHECK(away[change.host] <= 1);
        }
        // 40 hosts x 30 days, less the time away
        const double expected =
            is_rental ? 40 * 30 * 0.5 / (1 + 0.5 * 6 / 24) : 40 * 30 / (1 + 1.0 / 24);
        CHECK(std::fabs(static_cast<double>(begins) / expected - 1) < 0.12);
    }
}

TEST_CASE("a jump multiplies all later rates, and nothing before") {
    Scenario scenario = busy_scenario();
    const World walk = draw_world(scenario, 9);
    scenario.rate.jump_at = gigaspot::Duration::unchecked(3 * ms_per_day);
    scenario.rate.jump_factor = 700'000;
    const World jump = draw_world(scenario, 9);
    REQUIRE(walk.rates.size() == jump.rates.size());
    for (std::size_t i = 0; i < walk.rates.size(); ++i) {
        const std::int64_t before = walk.rates[i].rate.count();
        const bool is_after = walk.rates[i].time >= 3 * ms_per_day;
        CHECK(jump.rates[i].rate.count() == (is_after ? before * 7 / 10 : before));
    }
}

TEST_CASE("the rate's daily move has the volatility of the scenario") {
    Scenario scenario = busy_scenario();
    scenario.days = 1'500;
    scenario.jobs.load = 0;
    scenario.host_kinds[0].outages = 0;
    scenario.host_kinds[0].rentals = 0;
    scenario.rate.every = gigaspot::Duration::unchecked(6 * hour);
    double squares = 0;
    std::int64_t last = 0;
    int days = 0;
    for (const RateMove& move : draw_world(scenario, 2).rates) {
        if (move.time % ms_per_day != 0) continue;
        if (last != 0) {
            const double log =
                std::log(static_cast<double>(move.rate.count()) / static_cast<double>(last));
            squares += log * log;
            ++days;
        }
        last = move.rate.count();
    }
    CHECK(days > 1'400);
    CHECK(std::fabs(std::sqrt(squares / days) - 0.05) < 0.004);
}

TEST_CASE("rates from a file repeat when it ends") {
    Scenario scenario = plain_scenario();
    scenario.rate.every = gigaspot::Duration::unchecked(6 * hour);
    const auto rate = [](std::int64_t count) { return gigaspot::ExchangeRate::unchecked(count); };
    scenario.rate.series = {rate(3), rate(5), rate(7)};
    const World world = draw_world(scenario, 1);
    REQUIRE(world.rates.size() == 4);
    CHECK(world.rates[2].rate == rate(7));
    CHECK(world.rates[3].rate == rate(3));
    CHECK(world.rates[3].time == 18 * hour);
}

TEST_CASE("a tariff's hours and its series are added to the host's own price") {
    Scenario scenario = plain_scenario();
    scenario.tariffs[0].hours.assign(24, 0);
    scenario.tariffs[0].hours[13] = -150'000'000;
    scenario.tariffs[0].series = {0, 1};
    const World world = draw_world(scenario, 1);
    CHECK(world.hosts[0].energy_price_at(12 * hour) == 100'000'000);
    CHECK(world.hosts[0].energy_price_at(13 * hour) == -49'999'999);  // a negative price
    CHECK(world.hosts[0].energy_price_at(37 * hour + 59 * minute) == -49'999'999);
}

TEST_CASE("jobs from a file arrive as it says, whatever the load and the seed") {
    Scenario scenario = busy_scenario();
    const auto at = [](Time time) { return gigaspot::Duration::unchecked(time); };
    scenario.renter_kinds = {{.name = "people", .share = one / 2},
                             {.name = "bots", .share = one / 2}};
    scenario.jobs.trace = {{.arrival = at(5), .hours = one / 2, .value = 7},
                           {.arrival = at(hour), .hours = 3 * one, .value = 9},
                           {.arrival = at(30 * ms_per_day), .hours = one, .value = 1}};  // too late
    std::size_t bots = 0;
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        const World world = draw_world(scenario, seed);
        REQUIRE(world.jobs.size() == 2);
        CHECK(world.jobs[0].arrival == 5);
        CHECK(world.jobs[0].work == 30 * minute * one);
        CHECK(world.jobs[1].arrival == hour);
        CHECK(world.jobs[1].value == 9);
        bots += world.jobs[0].kind;
    }
    CHECK(bots > 10);  // the kind of the renter is drawn
    CHECK(bots < 40);
}

}  // namespace
