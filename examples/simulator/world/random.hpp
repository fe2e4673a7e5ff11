// gigaspot-simulate: random numbers that are the same on every machine. Each purpose and entity has
// a stream of its own, so that markets under different rules see the same world.
#pragma once

#include <cstdint>

#include <gigaspot/base/int128.hpp>
#include <gigaspot/base/mix.hpp>

#include "scenario/scenario.hpp"
#include "world/tables.hpp"

namespace simulator {

/// What a stream is for. The numbers decide what is drawn, so they never change.
enum class Purpose : std::uint64_t {
    arrival = 1,
    job = 2,
    kind = 3,
    choice_of_hosts = 4,
    tariff = 6,
    outage = 8,
    rental = 9,
    rate = 10,
};

/// A stream of random numbers. Streams of different seeds, purposes and entities are independent.
class Random {
public:
    Random(std::uint64_t seed, Purpose purpose, std::uint64_t entity)
        : state_{gigaspot::mix(
              gigaspot::mix(gigaspot::mix(seed) + static_cast<std::uint64_t>(purpose)) + entity)} {}

    std::uint64_t next() {
        const std::uint64_t number = gigaspot::mix(state_);
        state_ += gigaspot::mix_step;
        return number;
    }

    /// Evenly from 0 to `end` - 1. `end` is above 0. The bias is below `end` / 2^64.
    std::int64_t below(std::int64_t end) {
        const auto wide = static_cast<gigaspot::Int128>(next()) * end;
        return static_cast<std::int64_t>(wide >> 64);
    }
    /// Evenly from `low` to `high`, both included.
    std::int64_t between(std::int64_t low, std::int64_t high) {
        return low + below(high - low + 1);
    }
    /// True with this probability.
    bool chance(Millionths probability) { return below(one) < probability; }

    /// A normal variable with mean 0 and deviation 1, in units of 2^-24: the sum of twelve even
    /// ones, which lies within 6 deviations.
    std::int64_t normal() {
        std::int64_t sum = 0;
        for (int i = 0; i < 6; ++i) {
            const std::uint64_t word = next();
            sum += static_cast<std::int64_t>((word & 0xff'ffff) + (word >> 40));
        }
        return sum - 6 * ((std::int64_t{1} << 24) - 1);
    }
    /// `median` x e^(sigma x normal).
    std::int64_t lognormal(std::int64_t median, Millionths sigma) {
        return scaled_exp(median, sigma * normal() / one);
    }
    /// Exponentially distributed with this mean; at least 1.
    std::int64_t exponential(std::int64_t mean) {
        const auto number = scaled_log(mean, next());
        return number < 1 ? 1 : number;
    }

private:
    std::uint64_t state_;
};

}  // namespace simulator
