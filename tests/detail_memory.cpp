// The pool of records, and how vectors grow.
#include <gigaspot/detail/memory.hpp>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <random>
#include <set>
#include <vector>

#include <doctest/doctest.h>

#include <gigaspot/allocator.hpp>

namespace {

using namespace gigaspot;
using detail::Slot;

using Allocator = DefaultAllocator<unsigned char>;

struct Record {
    explicit Record(int number) : value{number} {}
    int value;
};
using Pool = detail::Pool<Record, Allocator>;

Slot take(Pool& pool, int value) {
    pool.make_room(pool.in_use() + 1);
    return pool.take(value);
}

TEST_CASE("room is made by half at least, and never lessened") {
    detail::Vector<int, Allocator> items{Allocator{}};
    detail::make_room(items, 1);
    CHECK(items.capacity() >= 4);
    detail::make_room(items, 1'000);
    const std::size_t before = items.capacity();
    CHECK(before >= 1'000);
    detail::make_room(items, before);
    CHECK(items.capacity() == before);
    detail::make_room(items, before + 1);
    CHECK(items.capacity() >= before + before / 2);
    // A million times one more are a few dozen times of room.
    int growths = 0;
    for (std::size_t count = 0; count < 1'000'000; ++count) {
        if (count > items.capacity()) ++growths;
        detail::make_room(items, count);
    }
    CHECK(growths < 30);
}

TEST_CASE("records keep their numbers, and one that is given back is the next to be taken") {
    Pool pool{Allocator{}};
    CHECK(!pool.has_spare());
    const Slot first = take(pool, 10);
    const Slot second = take(pool, 20);
    const Slot third = take(pool, 30);
    CHECK(first == 0);
    CHECK(third == 2);
    CHECK(pool.slots() == 3);
    pool.give_back(second);
    CHECK(pool.in_use() == 2);
    CHECK(pool.has_spare());
    CHECK(pool.spare() == second);
    CHECK(pool[second].value == 20);  // with all that it had
    CHECK(take(pool, 40) == second);
    CHECK(pool[second].value == 20);
    CHECK(pool[first].value == 10);
    CHECK(take(pool, 50) == 3);
    CHECK(pool[3].value == 50);
    CHECK(pool.slots() == 4);
    CHECK(pool.in_use() == 4);
}

TEST_CASE("no two records in use have one number, whatever comes and goes") {
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
