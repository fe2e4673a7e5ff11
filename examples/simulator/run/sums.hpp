// gigaspot-simulate: the sums of a run, exact, from which the measures are made.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <gigaspot/base/int128.hpp>

#include "scenario/scenario.hpp"

namespace simulator {

/// Sums up to a time. All only grow, except that lost work reduces `value`. The difference between
/// two times is what happened between them.
struct Sums {
    gigaspot::Int128 value = 0;  ///< work kept x its value: 1e-9 USD per hour x the unit of work
    gigaspot::Int128 work_done = 0;  ///< in the unit of `Job::work`
    gigaspot::Int128 work_lost = 0;
    gigaspot::Int128 paid = 0;         ///< 1e-9 USD
    gigaspot::Int128 fees = 0;         ///< 1e-9 USD
    gigaspot::Int128 electricity = 0;  ///< W x ms x 1e-9 USD per kWh
    gigaspot::Int128 energy = 0;       ///< W x ms
    gigaspot::Int128 running = 0;      ///< ms of hosts with a run
    gigaspot::Int128 starting = 0;     ///< of these, ms in which the run does no work yet
    gigaspot::Int128 waited = 0;       ///< ms from arrival to the first run
    std::int64_t first_runs = 0;
    std::int64_t replaced = 0;               ///< runs that another bid replaced
    std::int64_t host_stopped = 0;           ///< runs that ended because the host went away
    std::int64_t finished = 0;               ///< jobs
    std::int64_t given_up = 0;               ///< jobs
    std::vector<gigaspot::Int128> income{};  ///< by host: paid less fees, 1e-9 USD
};

/// What happened after `from`, up to `to`.
[[nodiscard]] Sums operator-(const Sums& to, const Sums& from);

/// Work x value in 1e-9 USD.
[[nodiscard]] constexpr gigaspot::Int128 usd_of_value(gigaspot::Int128 value) {
    return value / (gigaspot::Int128{ms_per_hour} * one);
}
/// W x ms x price in 1e-9 USD.
[[nodiscard]] constexpr gigaspot::Int128 usd_of_electricity(gigaspot::Int128 electricity) {
    return electricity / (gigaspot::Int128{ms_per_hour} * 1'000);
}

}  // namespace simulator
