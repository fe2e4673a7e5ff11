// Which shard a host belongs to. The answers never change, because a market must find its hosts
// after an update. They were worked out by another program.
#include <gigaspot/engine/shard.hpp>

#include <cstdint>

#include "support/market.hpp"

namespace {

using namespace market;

struct Golden {
    const char* rule;
    std::uint64_t host;
    std::uint32_t shards;
    std::uint32_t expected;
};

constexpr std::uint64_t greatest = ~std::uint64_t{0};

constexpr Golden goldens[] = {
    {"host 0 of 2", 0, 2, 1},
    {"host 0 of 3", 0, 3, 2},
    {"host 0 of 16", 0, 16, 14},
    {"host 0 of 1000", 0, 1'000, 883},
    {"host 0 of the most", 0, 4'294'967'295, 3'793'791'032},
    {"host 1 of 16", 1, 16, 9},
    {"host 1 of 1000", 1, 1'000, 566},
    {"host 2 of 1000", 2, 1'000, 591},
    {"host 7 of 2", 7, 2, 0},
    {"host 7 of 3", 7, 3, 1},
    {"host 7 of 1000", 7, 1'000, 389},
    {"host 7 of the most", 7, 4'294'967'295, 1'674'306'019},
    {"host 1000 of 16", 1'000, 16, 3},
    {"host 2^53 of 1000", std::uint64_t{1} << 53, 1'000, 807},
    {"host 2^64 - 1 of 1000", greatest, 1'000, 893},
    {"host 2^64 - 1 of the most", greatest, 4'294'967'295, 3'839'455'606},
    {"one shard has all", 12'345, 1, 0},
};

constexpr std::uint32_t shard(const Golden& row) { return shard_of(row.host, row.shards); }

GIGASPOT_TABLE("the shard of a host", goldens, shard)

TEST_CASE("hosts are spread evenly, whatever their ids have in common") {
    for (const std::uint64_t step : {1U, 2U, 1'000U, 1U << 20}) {
        std::uint32_t counts[8]{};
        for (std::uint64_t i = 0; i < 80'000; ++i) ++counts[shard_of(i * step, 8)];
        for (const std::uint32_t count : counts) {
            CHECK(count > 9'500);  // 10,000 expected, five deviations are 470
            CHECK(count < 10'500);
        }
    }
}

}  // namespace
