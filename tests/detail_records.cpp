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

TEST_CASE("a count that has come to 15 is any number until somebody counts") {
    detail::OwnerCounts counts;
    for (int i = 0; i < 14; ++i) counts.add(3);
    CHECK(counts.at_most(3) == 14);
    for (int i = 0; i < 10; ++i) counts.add(3);
    CHECK(counts.at_most(3) == SIZE_MAX);
    for (int i = 0; i < 20; ++i) counts.remove(3);
    CHECK(counts.at_most(3) == SIZE_MAX);  // 4 are left, and nobody knows
    counts.set(3, 4);
    CHECK(counts.at_most(3) == 4);
    counts.set(3, 14);
    CHECK(counts.at_most(3) == 14);
    counts.set(3, 15);
    CHECK(counts.at_most(3) == SIZE_MAX);
    counts.set(3, 1'000);
    CHECK(counts.at_most(3) == SIZE_MAX);
    counts.set(3, 0);
    CHECK(counts.at_most(3) == 0);
}

TEST_CASE("each count is its own, and owners that differ in higher bits are counted together") {
    detail::OwnerCounts counts;
    for (std::uint32_t bits = 0; bits < 64; ++bits) counts.set(bits, bits % 15);
    for (std::uint32_t bits = 0; bits < 64; ++bits) {
        CHECK(counts.at_most(bits) == bits % 15);
        CHECK(counts.at_most(bits + 64) == bits % 15);
        CHECK(detail::OwnerCounts::are_counted_together(bits, bits + 64));
        CHECK(!detail::OwnerCounts::are_counted_together(bits, bits + 32));
    }
    counts.add(17);
    CHECK(counts.at_most(16) == 1);
    CHECK(counts.at_most(17) == 3);
    CHECK(counts.at_most(18) == 3);
    for (int i = 0; i < 20; ++i) counts.add(31);  // the last of its word: none runs over
    CHECK(counts.at_most(31) == SIZE_MAX);
    CHECK(counts.at_most(32) == 2);
    CHECK(counts.at_most(30) == 0);
}

}  // namespace
