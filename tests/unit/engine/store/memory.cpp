// Growth of vectors, memory of arenas, and pools of records.
#include <gigaspot/engine/store/memory.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <random>
#include <set>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <gigaspot/engine/allocator.hpp>

namespace {

using namespace gigaspot;
using detail::Slot;

using Allocator = DefaultAllocator<unsigned char>;

using Arena = detail::Arena<Allocator>;

struct Record {
    int value = 0;
    std::vector<int> own{};  // so that a sanitizer reports a record that is not destroyed
};
using Pool = detail::Pool<Record, Allocator>;

Slot take(Pool& pool, int value) {
    pool.make_room(pool.in_use() + 1, Record{});
    const Slot slot = pool.take();
    if (pool[slot].value == 0) pool[slot] = {value, {value}};
    return slot;
}

TEST_CASE("room grows by at least a quarter, and never shrinks") {
    detail::Vector<int, Allocator> items{Allocator{}};
    detail::make_room(items, 1);
    CHECK(items.capacity() >= 4);
    detail::make_room(items, 1'000);
    const std::size_t before = items.capacity();
    CHECK(before >= 1'000);
    detail::make_room(items, before);
    CHECK(items.capacity() == before);
    detail::make_room(items, before + 1);
    CHECK(items.capacity() >= before + before / 4);
    // A million times one more item takes fewer than 60 allocations.
    int growths = 0;
    for (std::size_t count = 0; count < 1'000'000; ++count) {
        if (count > items.capacity()) ++growths;
        detail::make_room(items, count);
    }
    CHECK(growths < 60);
}

TEST_CASE("pieces of an arena begin at cache lines and do not overlap") {
    Arena arena{Allocator{}};
    std::vector<std::pair<std::byte*, std::size_t>> pieces;
    for (const std::size_t bytes : {1U, 64U, 65U, 200'000U, 64U, 3'000'000U, 1U}) {
        std::byte* const piece = arena.take(bytes);
        CHECK(reinterpret_cast<std::uintptr_t>(piece) % 64 == 0);
        std::memset(piece, static_cast<int>(pieces.size()), bytes);
        pieces.emplace_back(piece, bytes);
    }
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        for (std::size_t at = 0; at < pieces[i].second; ++at)
            REQUIRE(pieces[i].first[at] == static_cast<std::byte>(i));
    }
}

TEST_CASE("pieces come from one chunk while they fit into it") {
    Arena arena{Allocator{}};
    static_cast<void>(arena.take(10'000));
    const std::byte* const small = arena.take(1'000);  // in a chunk as large as the first one
    const std::size_t total = arena.total();
    CHECK(arena.take(8'000) == small + 1'024);
    CHECK(arena.total() == total);
}

TEST_CASE("records keep their slots, and one that is given back is taken next") {
    Pool pool{Allocator{}};
    const Slot first = take(pool, 10);
    const Slot second = take(pool, 20);
    const Slot third = take(pool, 30);
    CHECK(first == 0);
    CHECK(third == 2);
    CHECK(pool.slots() == 3);
    CHECK(pool.spare() == 3);
    pool.give_back(second);
    CHECK(pool.in_use() == 2);
    CHECK(pool.spare() == second);
    CHECK(pool[second].value == 20);  // it keeps its value
    CHECK(take(pool, 40) == second);
    CHECK(pool[second].value == 20);
    CHECK(pool[first].value == 10);
    CHECK(take(pool, 50) == 3);
    CHECK(pool[3].value == 50);
    CHECK(pool.slots() == 4);
    CHECK(pool.in_use() == 4);
}

TEST_CASE(
    "a record keeps its values when the pool grows, and a copy has its own and the same room") {
    Pool pool{Allocator{}};
    for (int value = 1; value <= 1'000; ++value) take(pool, value);
    for (Slot slot = 0; slot < 1'000; ++slot) {
        REQUIRE(pool[slot].value == static_cast<int>(slot) + 1);
        REQUIRE(pool[slot].own == std::vector{pool[slot].value});
    }
    pool.give_back(500);
    Pool copy{pool};
    CHECK(copy.capacity() == pool.capacity());
    CHECK(copy.in_use() == 999);
    CHECK(copy.spare() == 500);
    pool[7].own.push_back(0);
    CHECK(copy[7].own == std::vector{8});
    Pool moved{std::move(copy)};
    CHECK(moved[7].own == std::vector{8});
    CHECK(moved.in_use() == 999);
    CHECK(copy.in_use() == 0);
    CHECK(copy.slots() == 0);
}

TEST_CASE("no two records in use have the same slot while others come and go") {
    std::mt19937 random{6};
    Pool pool{Allocator{}};
    std::set<Slot> in_use;
    std::size_t most = 0;
    for (int step = 0; step < 20'000; ++step) {
        if (in_use.empty() || random() % 100 < (step / 5'000 % 2 == 0 ? 60U : 40U)) {
            CHECK(in_use.insert(take(pool, step)).second);
        } else {
            const auto gone =
                std::next(in_use.begin(), static_cast<std::ptrdiff_t>(random() % in_use.size()));
            pool.give_back(*gone);
            in_use.erase(gone);
        }
        most = in_use.size() > most ? in_use.size() : most;
        CHECK(pool.in_use() == in_use.size());
    }
    CHECK(pool.slots() == most);
}

}  // namespace
