// The index finds the same slots as a loop over all intervals.
#include <gigaspot/engine/store/interval_index.hpp>

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include <doctest/doctest.h>

#include <gigaspot/engine/allocator.hpp>

namespace {

using namespace gigaspot;
using detail::Interval;
using detail::IntervalIndex;

using Allocator = DefaultAllocator<unsigned char>;
using Index = IntervalIndex<Allocator>;

std::vector<std::uint32_t> swept(Index& index, std::int64_t number) {
    std::vector<std::uint32_t> found;
    index.sweep(number, [&](detail::Slot slot) { found.push_back(slot); });
    return found;
}

Index make_index(std::size_t slots) {
    Index index{Allocator{}};
    index.make_room(slots);
    index.extend(slots);
    return index;
}

TEST_CASE("an interval contains its ends, and can be empty or contain every number") {
    constexpr Interval some{3, 5};
    CHECK(!some.contains(2));
    CHECK(some.contains(3));
    CHECK(some.contains(5));
    CHECK(!some.contains(6));
    CHECK(Interval::all().contains(INT64_MIN));
    CHECK(Interval::all().contains(INT64_MAX));
    for (const std::int64_t number : {INT64_MIN, std::int64_t{0}, INT64_MAX})
        CHECK(!Interval::none().contains(number));
}

TEST_CASE("a new slot contains every number, and an empty interval contains none") {
    Index index = make_index(200);
    CHECK(swept(index, INT64_MIN).empty());
    CHECK(swept(index, INT64_MAX).empty());
    index.set(130, Interval::none());
    CHECK(swept(index, 0) == std::vector<std::uint32_t>{130});
    CHECK(swept(index, 0) == std::vector<std::uint32_t>{130});  // a sweep changes nothing
    index.set(130, Interval::all());
    CHECK(swept(index, 0).empty());
}

TEST_CASE("a sweep finds the slots whose interval does not contain a number, in ascending order") {
    Index index = make_index(3);
    index.set(0, {10, 20});
    index.set(1, {15, 30});
    index.set(2, {20, 20});
    CHECK(swept(index, 20).empty());
    CHECK(swept(index, 21) == std::vector<std::uint32_t>{0, 2});
    CHECK(swept(index, 14) == std::vector<std::uint32_t>{1, 2});
    CHECK(swept(index, 9) == std::vector<std::uint32_t>{0, 1, 2});
    CHECK(index[1] == Interval{15, 30});
}

TEST_CASE("after any changes, a sweep finds what a loop over all intervals finds") {
    std::mt19937_64 random{5};
    const auto draw = [&](std::int64_t count) {
        return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(count));
    };
    for (int round = 0; round < 40; ++round) {
        // Half of the indexes end near the end of a block.
        std::size_t slots = round % 2 == 0 ? 60 + static_cast<std::size_t>(draw(10))
                                           : static_cast<std::size_t>(draw(400));
        Index index = make_index(slots);
        std::vector<Interval> plain(slots, Interval::all());
        for (int step = 0; step < 400; ++step) {
            if (draw(40) == 0) {
                slots += static_cast<std::size_t>(draw(80));
                index.make_room(slots);
                index.extend(slots);
                plain.resize(slots, Interval::all());
            }
            for (std::int64_t changes = draw(6); changes > 0 && slots > 0; --changes) {
                const auto slot =
                    static_cast<std::uint32_t>(draw(static_cast<std::int64_t>(slots)));
                const std::int64_t lo = draw(100);
                Interval interval{lo, lo + draw(100)};
                if (draw(8) == 0) interval = Interval::all();
                if (draw(30) == 0) interval = Interval::none();
                index.set(slot, interval);
                plain[slot] = interval;
            }
            const std::int64_t number = draw(10) == 0 ? INT64_MAX : 70 + draw(60);
            std::vector<std::uint32_t> expected;
            for (std::uint32_t slot = 0; slot < slots; ++slot) {
                if (number < plain[slot].lo || number > plain[slot].hi) expected.push_back(slot);
            }
            REQUIRE(swept(index, number) == expected);
        }
        for (std::uint32_t slot = 0; slot < slots; ++slot) REQUIRE(index[slot] == plain[slot]);
    }
}

TEST_CASE("a sweep also visits the slots that the caller names, each once") {
    Index index = make_index(130);
    index.set(3, {10, 20});
    index.set(63, {10, 20});
    const auto visited = [&](std::int64_t number) {
        std::vector<std::uint32_t> found;
        index.sweep(
            number,
            [](std::size_t block) {
                return block == 0 ? std::uint64_t{1} << 3 : std::uint64_t{block == 2} << 1;
            },
            [&](detail::Slot slot) { found.push_back(slot); });
        return found;
    };
    CHECK(visited(15) == std::vector<std::uint32_t>{3, 129});
    CHECK(visited(21) == std::vector<std::uint32_t>{3, 63, 129});
}

TEST_CASE("a sweep finds a slot after the common interval of its block has grown") {
    for (std::uint32_t slot = 0; slot < 64; ++slot) {
        CAPTURE(slot);
        Index index = make_index(64);
        index.set(slot, {10, 20});
        index.set(slot ^ 1, {12, 13});
        index.set(slot ^ 1, Interval::all());
        CHECK(swept(index, 15).empty());  // the common interval becomes 10 .. 20
        CHECK(swept(index, 21) == std::vector<std::uint32_t>{slot});
    }
}

#if defined(__x86_64__)
TEST_CASE("both kinds of loops over a block give the same result") {
    if (!__builtin_cpu_supports("avx2")) return;
    std::mt19937_64 random{6};
    std::vector<Interval> intervals(detail::intervals_in_block);
    for (int round = 0; round < 2'000; ++round) {
        for (Interval& one : intervals) {
            one.lo = static_cast<std::int64_t>(random() % 8);
            one.hi = static_cast<std::int64_t>(random() % 8);
            if (random() % 9 == 0) one = Interval::all();
            if (random() % 9 == 0) one = Interval::none();
        }
        const auto number = static_cast<std::int64_t>(random() % 8);
        REQUIRE(detail::intervals_without_by_four(intervals.data(), number) ==
                detail::intervals_without(intervals.data(), number));
    }
}
#endif

}  // namespace
