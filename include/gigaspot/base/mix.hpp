// gigaspot: the hash of a 64-bit word, on which saved markets and shards depend. Layer: base.
#pragma once

#include <cstdint>

#include <gigaspot/base/config.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// Hashes a word with the mixing function of SplitMix64. The result must never change, because
/// saved markets and shards depend on it.
[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t z) {
    z += 0x9e37'79b9'7f4a'7c15;
    z = (z ^ (z >> 30)) * 0xbf58'476d'1ce4'e5b9;
    z = (z ^ (z >> 27)) * 0x94d0'49bb'1331'11eb;
    return z ^ (z >> 31);
}

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
