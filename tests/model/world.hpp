// Draws the settings of a stream: the number of hosts and bids, the size of numbers, the policy.
#pragma once

#include <cstddef>
#include <cstdint>

#include <gigaspot/values/limits.hpp>
#include <gigaspot/values/policy.hpp>
#include <gigaspot/values/units.hpp>

#include "random.hpp"

namespace model {

using namespace gigaspot;

/// The factor in: profit = price x rate - watts x 24e8 x energy price.
inline constexpr std::int64_t watt_day = 2'400'000'000;

enum class Shape {
    tiny,  ///< few hosts and bids, all commands
    duel,  ///< one or two hosts with many bids, and rates that move all the time
    wide,  ///< more hosts than a few blocks of the interval index hold
    busy,  ///< several hosts, all commands, several currencies
};

/// From this seed on, the rates of several currencies move between closes, and a few hosts have
/// many bids in each. Streams of other seeds have the golden hash.
inline constexpr std::uint64_t first_seed_of_rates = std::uint64_t{1} << 32;

enum class Numbers {
    units,     ///< a few whole coins at rates of a few units: many profits are equal
    real,      ///< of the size of real markets
    greatest,  ///< at the ends of their ranges
};

struct World {
    Shape shape = Shape::tiny;
    Numbers numbers = Numbers::units;
    std::int64_t scale = 1;     ///< of rates and energy prices, in units
    bool has_tiny_net = false;  ///< the market keeps nearly all: net rates of 0 to 8 units
    std::size_t hosts = 1;      ///< approximately
    int bids_a_host = 8;        ///< approximately, at the start
    int steps = 60;             ///< after the first hosts and bids
    int gpus_max = 2;
    int currencies = 1;      ///< in use, including the main one
    int foreign_in_ten = 0;  ///< bids in ten that are not in the main currency
    int calm_in_ten = 5;     ///< moods in ten in which almost only rates move
    std::int64_t tick = 10;  ///< ms; usual steps of time are at most this
    std::int64_t start = 0;
    bool has_short_bids = false;  ///< bids expire soon
    bool moves_all_rates = false;
};

inline World draw_world(Random& random) {
    World world;
    const int shape = random.draw(0, 99);
    world.shape = shape < 45   ? Shape::tiny
                  : shape < 75 ? Shape::duel
                  : shape < 78 ? Shape::wide
                               : Shape::busy;
    world.numbers = random.draw_from({Numbers::units, Numbers::units, Numbers::units, Numbers::real,
                                      Numbers::real, Numbers::greatest});
    world.scale = random.draw_from<std::int64_t>({1, 1, 3, 1'000, 999'999'937});
    world.has_tiny_net = world.numbers == Numbers::units && random.once_in(8);
    if (world.has_tiny_net) world.scale = 1;
    world.currencies = random.draw_from({1, 1, 2, 3, 16});
    world.foreign_in_ten = random.draw_from({0, 1, 3, 6});
    world.calm_in_ten = random.draw(3, 6);
    switch (world.shape) {
    case Shape::tiny:
        world.hosts = random.place(3) + 1;
        world.steps = random.draw(20, 200);
        break;
    case Shape::duel:
        world.hosts = random.place(2) + 1;
        world.bids_a_host = random.draw_from({3, 6, 20, 60});
        world.steps = random.draw(50, 600);
        world.calm_in_ten = random.draw(7, 9);
        if (!random.once_in(4)) world.currencies = 1;  // intervals matter most there
        break;
    case Shape::wide:
        world.hosts = random.place(140) + 60;
        world.bids_a_host = random.draw(1, 3);
        world.steps = random.draw(50, 300);
        world.calm_in_ten = 8;
        break;
    case Shape::busy:
        world.hosts = random.place(6) + 2;
        world.bids_a_host = random.draw(2, 12);
        world.steps = random.draw(50, 500);
        break;
    }
    world.gpus_max = world.shape == Shape::wide ? 2 : random.draw_from({1, 2, 3, 8, 32});
    if (world.bids_a_host == 60 && world.gpus_max > 3) world.gpus_max = 3;
    world.tick = random.draw_from<std::int64_t>({3, 10, 1'000, 60'000, 3'600'000});
    world.start = random.draw_from<std::int64_t>({0, 1'700'000'000'000});
    if (random.once_in(8)) world.start = limits::two_to_53 - world.tick * random.draw(10, 400);
    world.has_short_bids = random.once_in(3);
    return world;
}

/// Draws the settings of a stream from `first_seed_of_rates` on.
inline World draw_world_of_rates(Random& random) {
    World world = draw_world(random);
    world.moves_all_rates = true;
    world.currencies = random.draw_from({2, 2, 2, 3, 4});
    world.foreign_in_ten = random.draw_from({1, 3, 6, 9});
    world.calm_in_ten = random.draw(6, 9);
    world.has_short_bids = random.once_in(8);
    if (world.shape == Shape::wide) return world;
    world.hosts = random.place(3) + 1;
    world.bids_a_host = random.draw_from({2, 3, 6, 20});
    world.steps = random.draw(50, 400);
    if (world.gpus_max > 3) world.gpus_max = 3;
    return world;
}

/// Draws a reserve or a margin: often 0, otherwise of the size of a lead.
inline Int128 draw_amount(Random& random, const World& world) {
    if (random.once_in(2)) return 0;
    Int128 amount = 0;
    switch (world.numbers) {
    case Numbers::units: amount = Int128{random.draw(0, 48)} * 100'000'000 * world.scale; break;
    case Numbers::real: amount = Int128{random.draw(0, 1'000)} * 1'000'000'000'000'000; break;
    case Numbers::greatest:
        amount = random.once_in(3)
                     ? Int128{SwitchMargin::highest().count()}
                     : Int128{random.draw(0, 1'000)} * (SwitchMargin::highest().count() / 1'000);
        break;
    }
    amount += random.draw(-1, 1);
    const Int128 highest = SwitchMargin::highest().count();
    return amount < 0 ? 0 : amount > highest ? highest : amount;
}

inline Policy draw_policy(Random& random, const World& world) {
    Policy policy;
    const int reserve = random.draw(0, 7);
    if (reserve >= 5) policy.reserve = Reserve::lowest();
    if (reserve <= 1) {
        const Int128 amount = draw_amount(random, world);
        policy.reserve = Reserve::unchecked(random.once_in(2) ? amount : -amount);
    }
    if (random.once_in(2))
        policy.switch_margin = SwitchMargin::unchecked(draw_amount(random, world));
    policy.switch_margin_ppm = Ppm::unchecked(
        random.draw_from({0, 0, 0, 0, 0, 0, 0, 0, 1, 10'000, 10'000, 250'000, 999'999, 1'000'000}));
    if (random.once_in(3)) policy.dwell_min = Duration::unchecked(world.tick * random.draw(1, 20));
    policy.require_cached = random.once_in(6);
    if (random.once_in(6))
        policy.rate_age_max = Duration::unchecked(world.tick * random.draw(2, 40));
    if (random.once_in(2)) policy.price_min = Price{};
    policy.price_max = Price::highest();
    if (world.numbers == Numbers::units && random.once_in(4)) {
        policy.price_min = Price::unchecked(random.draw(0, 3) * std::int64_t{100'000'000});
        policy.price_max = Price::unchecked(random.draw(20, 60) * std::int64_t{100'000'000});
    }
    if (random.once_in(3)) policy.refill = Refill::at_once;
    policy.queue_unavailable = random.once_in(3);
    if (random.once_in(3))
        policy.interval_min = Duration::unchecked(random.draw(std::int64_t{0}, world.tick));
    if (random.once_in(4)) policy.time_step_max = Duration::unchecked(world.tick * 10);
    return policy;
}

inline EngineLimits draw_limits(Random& random, const World& world) {
    EngineLimits limits;
    if (world.shape == Shape::wide || world.shape == Shape::duel || !random.once_in(5))
        return limits;
    limits.hosts = world.hosts + random.place(2);
    limits.bids = random.place(20) + 5;
    limits.bids_per_host = random.place(8) + 1;
    limits.bids_per_owner = random.place(4) + 1;
    return limits;
}

}  // namespace model
