// gigaspot-simulate: everything that chance decides in a run, drawn before it begins. Markets under
// different rules run in the same world.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <gigaspot/values/units.hpp>

#include "scenario/facts.hpp"
#include "scenario/scenario.hpp"

namespace simulator {

/// A time in ms since the start of the run.
using Time = std::int64_t;

/// A host as drawn.
struct HostDraw {
    std::size_t kind = 0;  ///< in `Scenario::host_kinds`
    const Card* card = nullptr;
    int gpus = 1;
    std::int64_t energy_price = 0;   ///< its own, 1e-9 USD per kWh
    const Tariff* tariff = nullptr;  ///< adds to the price by the hour

    /// The true price at a time.
    [[nodiscard]] std::int64_t energy_price_at(Time time) const;
    /// Whether its price changes with the hours.
    [[nodiscard]] bool is_hourly() const {
        return !tariff->hours.empty() || !tariff->series.empty();
    }
};

/// A job as drawn. Each has a renter of its own.
struct Job {
    Time arrival = 0;
    std::int64_t work = 0;     ///< ms of an RTX 3090 at its default limit, times a million
    NanoUsd value = 0;         ///< of an hour of this work, 1e-9 USD
    std::size_t workload = 0;  ///< in `Jobs::workloads`
    std::size_t kind = 0;      ///< in `Scenario::renter_kinds`
};

/// A host goes down or comes back.
struct StatusChange {
    Time time = 0;
    std::size_t host = 0;
    bool is_rental = false;  ///< rented on demand, otherwise an outage
    bool begins = false;
};

struct RateMove {
    Time time = 0;
    gigaspot::ExchangeRate rate{};
};

/// A drawn world. It refers to the scenario, which must live longer.
struct World {
    Time end = 0;
    std::vector<HostDraw> hosts{};
    std::vector<Job> jobs{};             ///< by arrival
    std::vector<StatusChange> status{};  ///< by time, then host
    std::vector<RateMove> rates{};       ///< by time; the first is at 0
};

[[nodiscard]] World draw_world(const Scenario& scenario, std::uint64_t seed);

/// The work of a kind of hosts per ms with a curve, in the unit of `Job::work`.
[[nodiscard]] std::int64_t work_rate(const HostKind& kind, Millionths curve_speed);

}  // namespace simulator
