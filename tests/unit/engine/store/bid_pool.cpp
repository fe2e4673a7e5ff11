// Bids of several widths come and go, with and without a reserve.
#include <gigaspot/engine/store/bid_pool.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <gigaspot/engine/allocator.hpp>
#include <gigaspot/values/overclock.hpp>
#include <gigaspot/values/traits.hpp>

namespace {

using namespace gigaspot;
using detail::no_slot;
using detail::Slot;

using Allocator = DefaultAllocator<unsigned char>;
using Bids = detail::BidPool<DefaultTraits, Allocator>;

PackedProfile profile(std::uint64_t watts) {
    return PackedProfile{
        OverclockProfile{.power_limit = Power::unchecked(static_cast<std::int32_t>(watts))}};
}

/// Fills all parts of a bid with values derived from `number`.
void fill(Bids& bids, Slot slot, std::size_t width, std::uint64_t number) {
    bids[slot].host = 1;
    bids[slot].id = number;
    bids.details(slot).owner = number + 1;
    for (std::size_t i = 0; i < width; ++i) bids.profiles(slot)[i] = profile(number + i);
}
bool holds(const Bids& bids, Slot slot, std::size_t width, std::uint64_t number) {
    bool is_right = bids[slot].id == number && bids.details(slot).owner == number + 1;
    for (std::size_t i = 0; i < width; ++i)
        is_right = is_right && bids.profiles(slot)[i] == profile(number + i);
    return is_right;
}

struct Present {
    std::size_t width = 0;
    std::uint64_t number = 0;
};

TEST_CASE("each bid keeps its values while others come and go, also in a copy") {
    std::mt19937 random{3};
    Bids bids{Allocator{}};
    std::map<Slot, Present> present;
    for (std::uint64_t step = 1; step < 20'000; ++step) {
        if (present.empty() || random() % 100 < (step / 5'000 % 2 == 0 ? 70U : 45U)) {
            const std::size_t width = random() % 2 == 0 ? 1 : 1 + random() % 32;
            const Slot slot = bids.make_room(width);
            CHECK(slot == bids.spare(width));
            bids.take(slot);
            CHECK(bids[slot].host == no_slot);
            const bool is_new = present.emplace(slot, Present{width, step}).second;
            REQUIRE(is_new);
            fill(bids, slot, width, step);
        } else {
            const auto gone =
                std::next(present.begin(), static_cast<std::ptrdiff_t>(random() % present.size()));
            bids.give_back(gone->first);
            CHECK(bids[gone->first].host == no_slot);
            present.erase(gone);
        }
        REQUIRE(bids.in_use() == present.size());
    }
    Bids copy{bids};
    for (const auto& [slot, one] : present) {
        CHECK(holds(bids, slot, one.width, one.number));
        fill(bids, slot, one.width, 7);
        CHECK(holds(copy, slot, one.width, one.number));
    }
    CHECK(copy.in_use() == present.size());
    CHECK(copy.spare(5) == bids.spare(5));
    const Bids moved{std::move(copy)};
    for (const auto& [slot, one] : present) CHECK(holds(moved, slot, one.width, one.number));
    CHECK(copy.in_use() == 0);
    CHECK(copy.slots() == 0);
    CHECK(copy.spare(5) == no_slot);
}

TEST_CASE("reserved records serve bids of every width up to the reserved one") {
    std::mt19937 random{5};
    Bids bids{Allocator{}};
    bids.take(bids.make_room(1));  // earlier records do not count
    bids.give_back(0);
    bids.reserve(700, 4);
    const std::size_t slots = bids.slots();
    std::vector<Slot> present;
    for (int round = 0; round < 20; ++round) {
        while (present.size() < 700) {
            const std::size_t width = round % 4 == 3 ? 1 + random() % 4 : 1 + random() % 4 % 3;
            present.push_back(bids.spare(width));
            REQUIRE(present.back() != no_slot);
            bids.take(present.back());
            bids[present.back()].host = 1;
        }
        for (std::size_t i = 0; i < 500; ++i) {
            std::swap(present[random() % present.size()], present.back());
            bids.give_back(present.back());
            present.pop_back();
        }
    }
    CHECK(bids.slots() == slots);
}

TEST_CASE("without a reserve, a narrow bid never takes a wide record") {
    Bids bids{Allocator{}};
    CHECK(bids.make_room(8) == 0);
    CHECK(bids.spare(8) == 0);
    CHECK(bids.spare(1) == no_slot);
    CHECK(bids.make_room(1) == 256);
    CHECK(bids.spare(1) == 256);
}

}  // namespace
