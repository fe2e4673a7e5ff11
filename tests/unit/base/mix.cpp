// Tests that `mix` gives the published numbers of SplitMix64, since saved markets, shards and test
// markets depend on each of them.
#include <cstdint>

#include <gigaspot/base/mix.hpp>

#include "support/table.hpp"

namespace {

using gigaspot::mix;
using gigaspot::mix_step;

/// The test values that are published with implementations of SplitMix64 in other languages.
struct Number {
    const char* rule;
    std::uint64_t seed;
    std::uint64_t index;
    std::uint64_t expected;
};

constexpr Number numbers[] = {
    {"seed 0, the first number", 0, 0, 0xe220'a839'7b1d'cdaf},
    {"seed 0, the second number", 0, 1, 0x6e78'9e6a'a1b9'65f4},
    {"seed 0, the third number", 0, 2, 0x06c4'5d18'8009'454f},
    {"seed 1234567, the first number", 1'234'567, 0, 6'457'827'717'110'365'317U},
    {"seed 1234567, the second number", 1'234'567, 1, 3'203'168'211'198'807'973U},
    {"seed 1234567, the third number", 1'234'567, 2, 9'817'491'932'198'370'423U},
    {"seed 1234567, the fourth number", 1'234'567, 3, 4'593'380'528'125'082'431U},
    {"seed 1234567, the fifth number", 1'234'567, 4, 16'408'922'859'458'223'821U},
};

constexpr bool is_published(const Number& row) {
    return mix(row.seed + row.index * mix_step) == row.expected;
}

GIGASPOT_TABLE("mix gives the published numbers of SplitMix64", numbers, is_published)

}  // namespace
