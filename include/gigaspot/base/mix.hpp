// gigaspot: mixes a 64-bit word, for hashes and random numbers that are the same on every machine.
// Layer: base.
#pragma once

#include <cstdint>

#include <gigaspot/base/config.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// The distance between two states of the random number generator SplitMix64, see `mix`.
inline constexpr std::uint64_t mix_step = 0x9e37'79b9'7f4a'7c15;

/// Spreads every bit of a word over all 64 bits: the mixing function of SplitMix64 (Steele, Lea,
/// Flood 2014). Different words give different results. For any seed, `mix(seed)`,
/// `mix(seed + mix_step)`, `mix(seed + 2 * mix_step)` and so on are the numbers of SplitMix64.
/// Anybody can predict them: do not use them for keys. The function never changes, because saved
/// markets and shards depend on it.
[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t word) {
    std::uint64_t z = word + mix_step;
    z = (z ^ (z >> 30)) * 0xbf58'476d'1ce4'e5b9;
    z = (z ^ (z >> 27)) * 0x94d0'49bb'1331'11eb;
    return z ^ (z >> 31);
}

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
