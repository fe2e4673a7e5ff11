// What the made-up market and the made-up commands share: random numbers and cards. Whole numbers
// only, and a generator of our own: the same seed gives the same bytes on every machine.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include <gigaspot/base/mix.hpp>

#include "tool.hpp"

namespace tool {

/// Random numbers that are the same on every machine (SplitMix64).
class Random {
public:
    explicit Random(std::uint64_t seed) : state_{seed} {}

    std::uint64_t next() {
        return gigaspot::mix(std::exchange(state_, state_ + gigaspot::mix_step));
    }

    /// A number from `min` to `max`, both included.
    std::int64_t between(std::int64_t min, std::int64_t max) {
        const auto count = static_cast<std::uint64_t>(max - min) + 1;
        const gigaspot::Uint128 product = static_cast<gigaspot::Uint128>(next()) * count;
        return min + static_cast<std::int64_t>(product >> 64);
    }

    bool chance(std::int64_t percent) { return between(1, 100) <= percent; }

private:
    std::uint64_t state_;
};

/// Power limits are the vendors' published ranges, approximately; the hashing value only sets
/// prices apart.
struct Model {
    std::string_view name;
    std::int64_t watts_min, watts_max, core_max, mem_max, core_offset_max;
    std::int64_t centicoins;  // what a day of this card is about worth, 0.01 coin
};

inline constexpr std::array<Model, 12> models{{
    {"GTX 1080 Ti", 125, 250, 1911, 5505, 200, 3600},
    {"GTX 1660 SUPER", 70, 125, 2100, 7001, 100, 2000},
    {"RTX 2080 Ti", 100, 280, 2100, 7000, 200, 5200},
    {"RTX 3060", 100, 170, 2115, 7501, 200, 4000},
    {"RTX 3070", 100, 240, 2100, 7001, 200, 6000},
    {"RTX 3080", 100, 340, 2100, 9501, 200, 9600},
    {"RTX 3090", 100, 350, 2100, 9751, 200, 12000},
    {"RTX 4070 Ti", 100, 285, 3120, 10501, 200, 12800},
    {"RTX 4080", 150, 320, 3105, 11201, 200, 16800},
    {"RTX 4090", 150, 450, 3105, 10501, 200, 26000},
    {"RTX A4000", 100, 140, 2100, 7001, 150, 4800},
    {"RTX A5000", 100, 230, 2100, 8001, 150, 8800},
}};

template <class T, std::size_t Count>
const T& choose(Random& random, const std::array<T, Count>& from) {
    return from[static_cast<std::size_t>(random.between(0, Count - 1))];
}

/// A GPU in the form that a snapshot's machine and a `host` command share.
void put_gpu(fmt::memory_buffer& out, const Model& model, std::int64_t watts_max);

}  // namespace tool
