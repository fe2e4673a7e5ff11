// How many bids an owner has at most: never fewer than there are, however many come and go.
#include <gigaspot/detail/records.hpp>

#include <cstddef>
#include <cstdint>

#include <doctest/doctest.h>

namespace {

using namespace gigaspot;

TEST_CASE("bids of an owner are counted, and those of an owner with other bits are not") {
    detail::OwnerCounts counts;
    CHECK(counts.at_most(3) == 0);
    counts.add(3);
    counts.add(3);
    counts.add(4);
    CHECK(counts.at_most(3) == 2);
    CHECK(counts.at_most(4) == 1);
    counts.remove(3);
    CHECK(counts.at_most(3) == 1);
    CHECK(counts.at_most(5) == 0);
}

TEST_CASE("what 16 bits cannot count is any number from then on") {
    detail::OwnerCounts counts;
    for (int i = 0; i < 65'534; ++i) counts.add(3);
    CHECK(counts.at_most(3) == 65'534);
    for (int i = 0; i < 10; ++i) counts.add(3);
    CHECK(counts.at_most(3) == SIZE_MAX);
    for (int i = 0; i < 65'500; ++i) counts.remove(3);
    CHECK(counts.at_most(3) == SIZE_MAX);  // 44 are left, and nobody knows
    CHECK(counts.at_most(4) == 0);
}

}  // namespace
