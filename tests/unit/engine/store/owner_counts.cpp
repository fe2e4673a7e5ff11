// The count of an owner's bids is never too low while bids come and go.
#include <gigaspot/engine/store/owner_counts.hpp>

#include <cstddef>
#include <cstdint>

#include <doctest/doctest.h>

namespace {

using namespace gigaspot;

struct Row {
    std::uint32_t width;  ///< bits of a count
    std::uint32_t counts;
    std::size_t end;  ///< the maximum count
};
constexpr Row rows[] = {{4, 64, 15}, {16, 16, 65'535}};

TEST_CASE("counts have 4 bits if an owner may have at most 16 bids") {
    CHECK(detail::OwnerCounts::width_for(1) == 4);
    CHECK(detail::OwnerCounts::width_for(16) == 4);
    CHECK(detail::OwnerCounts::width_for(17) == 16);
    CHECK(detail::OwnerCounts::width_for(SIZE_MAX) == 16);
}

TEST_CASE("a count has the bids of owners with the same bits only") {
    for (const Row& row : rows) {
        CAPTURE(row.width);
        detail::OwnerCounts counts;
        CHECK(counts.at_most(3, row.width) == 0);
        counts.add(3, row.width);
        counts.add(3, row.width);
        counts.add(4, row.width);
        CHECK(counts.at_most(3, row.width) == 2);
        CHECK(counts.at_most(4, row.width) == 1);
        counts.remove(3, row.width);
        CHECK(counts.at_most(3, row.width) == 1);
        CHECK(counts.at_most(5, row.width) == 0);
    }
}

TEST_CASE("a count at its maximum is unknown until it is set") {
    for (const Row& row : rows) {
        CAPTURE(row.width);
        detail::OwnerCounts counts;
        const auto at_most = [&] { return counts.at_most(3, row.width); };
        for (std::size_t i = 0; i < row.end - 1; ++i) counts.add(3, row.width);
        CHECK(at_most() == row.end - 1);
        for (int i = 0; i < 10; ++i) counts.add(3, row.width);
        CHECK(at_most() == SIZE_MAX);
        for (int i = 0; i < 12; ++i) counts.remove(3, row.width);
        CHECK(at_most() == SIZE_MAX);  // fewer bids are left, but the count does not know
        counts.set(3, row.width, 4);
        CHECK(at_most() == 4);
        counts.set(3, row.width, row.end - 1);
        CHECK(at_most() == row.end - 1);
        counts.set(3, row.width, row.end);
        CHECK(at_most() == SIZE_MAX);
        counts.set(3, row.width, 100'000);
        CHECK(at_most() == SIZE_MAX);
        counts.set(3, row.width, 0);
        CHECK(at_most() == 0);
    }
}

TEST_CASE("counts are independent, and owners that differ in higher bits share one") {
    for (const Row& row : rows) {
        const std::uint32_t width = row.width;
        const std::uint32_t size = row.counts;
        CAPTURE(width);
        detail::OwnerCounts counts;
        for (std::uint32_t bits = 0; bits < size; ++bits) counts.set(bits, width, bits % 15);
        for (std::uint32_t bits = 0; bits < size; ++bits) {
            CHECK(counts.at_most(bits, width) == bits % 15);
            CHECK(counts.at_most(bits + size, width) == bits % 15);
            CHECK(detail::OwnerCounts::are_counted_together(bits, bits + size, width));
            CHECK(!detail::OwnerCounts::are_counted_together(bits, bits + size / 2, width));
        }
        counts.add(2, width);
        CHECK(counts.at_most(1, width) == 1);
        CHECK(counts.at_most(2, width) == 3);
        CHECK(counts.at_most(3, width) == 3);
        const std::uint32_t last =
            64 / width - 1;  // the last count of a word must not overflow into the next
        for (std::size_t i = 0; i < row.end + 5; ++i) counts.add(last, width);
        CHECK(counts.at_most(last, width) == SIZE_MAX);
        CHECK(counts.at_most(last + 1, width) == (last + 1) % 15);
        CHECK(counts.at_most(last - 1, width) == (last - 1) % 15 + (last - 1 == 2 ? 1 : 0));
    }
}

}  // namespace
