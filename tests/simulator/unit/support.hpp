// Scenarios and worlds that tests of the simulator share. The numbers are round, so that a market
// can be worked by hand: the coin is worth 0.01 USD, so 1 USD is 100 coins; there is no fee.
#pragma once

#include <cstdint>
#include <vector>

#include "scenario/scenario.hpp"
#include "world/world.hpp"

namespace sim {

using namespace simulator;

inline constexpr Time minute = 60'000;
inline constexpr Time hour = ms_per_hour;

/// Hosts with one RTX 3090 at 0.10 USD per kWh: at 350 W a day costs 0.84 USD, or 84 coins.
inline Scenario plain_scenario() {
    Scenario scenario;
    scenario.days = 1;
    scenario.warm_up = {};
    scenario.market.fee = {};
    scenario.hosts = 1;
    const auto price = gigaspot::EnergyPrice::unchecked(100'000'000);
    scenario.tariffs = {{.name = "flat", .low = price, .high = price}};
    scenario.host_kinds = {{.name = "home", .card = "rtx3090", .tariff = "flat"}};
    scenario.jobs.workloads = {{.workload = "llm_prefill"}};
    scenario.renter_kinds = {{.name = "people"}};
    return scenario;
}

/// A world without jobs, in which nothing changes.
inline World quiet_world(const Scenario& scenario, Time end) {
    World world{.end = end};
    for (int i = 0; i < scenario.hosts; ++i)
        world.hosts.push_back({.kind = 0,
                               .card = find_card(scenario.host_kinds[0].card),
                               .gpus = scenario.host_kinds[0].gpus,
                               .energy_price = scenario.tariffs[0].low.count(),
                               .tariff = &scenario.tariffs[0]});
    world.rates = {{0, scenario.rate.start}};
    return world;
}

/// A job of some hours that is worth this much an hour, in millionths of a USD.
inline Job job(Time arrival, std::int64_t hours, std::int64_t micro_usd, std::size_t kind = 0) {
    return {.arrival = arrival,
            .work = hours * hour * one,
            .value = micro_usd * 1'000,
            .workload = 0,
            .kind = kind};
}

}  // namespace sim
