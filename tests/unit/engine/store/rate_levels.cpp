// The hosts that depend on a box or on a smaller one.
#include <gigaspot/engine/store/rate_levels.hpp>

#include <cstdint>

#include <doctest/doctest.h>

#include <gigaspot/engine/allocator.hpp>

namespace {

using namespace gigaspot;
using Levels = detail::RateLevels<DefaultAllocator<unsigned char>>;

TEST_CASE("a slot is found from the largest box to its own") {
    Levels levels{DefaultAllocator<unsigned char>{}};
    levels.make_room(70);
    levels.extend(70);
    for (std::uint8_t level = 0; level < detail::rate_levels; ++level)
        CHECK(levels.from(level, 0) == 0);

    levels.set(5, 0);
    levels.set(6, 3);
    levels.set(69, detail::level_of_present);
    CHECK(levels.from(0, 0) == 0b110'0000);
    CHECK(levels.from(1, 0) == 0b100'0000);
    CHECK(levels.from(3, 0) == 0b100'0000);
    CHECK(levels.from(4, 0) == 0);
    CHECK(levels.from(detail::level_of_present, 1) == 0b10'0000);
    CHECK(levels.from(detail::no_level, 0) == 0);  // no box was left
    CHECK(levels.from(detail::no_level, 1) == 0);

    levels.set(6, 1);
    CHECK(levels.from(1, 0) == 0b100'0000);
    CHECK(levels.from(2, 0) == 0);
    levels.set(5, detail::no_level);
    levels.set(6, detail::no_level);
    CHECK(levels.from(0, 0) == 0);
    CHECK(levels.from(0, 1) == 0b10'0000);
}

}  // namespace
