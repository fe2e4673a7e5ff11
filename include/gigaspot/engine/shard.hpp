// gigaspot: which of several engines a host belongs to. Layer: engine.
#pragma once

#include <cstdint>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/int128.hpp>
#include <gigaspot/base/mix.hpp>
#include <gigaspot/values/traits.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// Returns the shard of a host, 0 .. `shards` - 1; `shards` is at least 1. Since no rule spans two
/// hosts, a market can be spread over several engines: send commands for a host and its bids to its
/// shard, and `rate` and `close` to all. The result is the same on every machine and in every
/// version.
[[nodiscard]] constexpr std::uint32_t shard_of(HostId host, std::uint32_t shards) {
    GIGASPOT_ASSERT(shards > 0);
    const std::uint64_t mixed = mix(host.value);
    return static_cast<std::uint32_t>((static_cast<Uint128>(mixed) * shards) >> 64);
}

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
