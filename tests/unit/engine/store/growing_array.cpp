// An array that grows in place or by copying, and never loses a record.
#include <gigaspot/engine/store/growing_array.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <gigaspot/engine/allocator.hpp>

namespace {

using namespace gigaspot;

/// Counts what its copies reserve and allocate, and can have no addresses.
struct Counts {
    std::size_t reserved = 0;
    std::size_t released = 0;
    std::size_t allocated = 0;  ///< at present
    bool has_none = false;
    bool fails = false;
};

template <class T>
struct Counting {
    using value_type = T;

    Counts* counts;

    explicit Counting(Counts& given) : counts{&given} {}
    template <class Other>
    Counting(const Counting<Other>& other) : counts{other.counts} {}

    T* allocate(std::size_t count) {
        if (counts->fails) throw std::bad_alloc{};
        counts->allocated += count;
        return DefaultAllocator<T>{}.allocate(count);
    }
    void deallocate(T* memory, std::size_t count) {
        counts->allocated -= count;
        DefaultAllocator<T>{}.deallocate(memory, count);
    }
    T* reserve_addresses(std::size_t count) {
        if (counts->has_none) return nullptr;
        counts->reserved += count;
        return std::allocator<T>{}.allocate(count);
    }
    void release_addresses(T* memory, std::size_t count) {
        counts->released += count;
        std::allocator<T>{}.deallocate(memory, count);
    }

    friend bool operator==(Counting left, Counting right) { return left.counts == right.counts; }
};

/// Large, so that few of them are more than a megabyte, and with memory of its own.
struct Record {
    std::string name{};
    char rest[4'000]{};
};
constexpr std::size_t most = 1'000;
constexpr std::size_t small = (std::size_t{1} << 20) / sizeof(Record);

template <class Allocator>
using Array = detail::GrowingArray<Record, Allocator, most>;

std::string name_of(std::size_t at) { return "record number " + std::to_string(at); }

template <class Array>
void fill_to(Array& array, std::size_t count) {
    while (array.size() < count) array.extend(array.size() + 1, Record{name_of(array.size())});
}
template <class Array>
bool holds(const Array& array, std::size_t count) {
    bool is_right = array.size() == count;
    for (std::size_t at = 0; is_right && at < count; ++at) is_right = array[at].name == name_of(at);
    return is_right;
}

TEST_CASE("a large array moves once to reserved addresses, and then never again") {
    Counts counts;
    {
        Array<Counting<unsigned char>> array{Counting<unsigned char>{counts}};
        fill_to(array, small / 2);
        CHECK(counts.reserved == 0);
        fill_to(array, small + 1);
        CHECK(counts.reserved == most);
        CHECK(counts.allocated == 0);
        const Record* const first = array.data();
        fill_to(array, most);
        CHECK(array.data() == first);
        CHECK(counts.reserved == most);
        CHECK(holds(array, most));
    }
    CHECK(counts.released == most);
}

TEST_CASE("an array is copied when it grows if no addresses are reserved") {
    Counts counts{.has_none = true};
    {
        Array<Counting<unsigned char>> array{Counting<unsigned char>{counts}};
        fill_to(array, most);
        CHECK(holds(array, most));
        CHECK(counts.allocated >= most);
    }
    CHECK(counts.reserved == 0);
    CHECK(counts.allocated == 0);
    Array<std::allocator<unsigned char>> plain{std::allocator<unsigned char>{}};
    fill_to(plain, most);
    CHECK(holds(plain, most));
}

TEST_CASE("the default allocator reserves addresses for more records than there is memory") {
    detail::GrowingArray<std::uint64_t, DefaultAllocator<unsigned char>, std::size_t{1} << 36>
        array{{}};
    array.extend(200'000, 7);
    const std::uint64_t* const first = array.data();
    array.extend(3'000'000, 8);
    CHECK(array.data() == first);
    CHECK(reinterpret_cast<std::uintptr_t>(first) % (std::size_t{2} << 20) == 0);
    CHECK(array[199'999] == 7);
    CHECK(array[2'999'999] == 8);
    auto copy = array;
    array[0] = 1;
    CHECK(copy[0] == 7);
    CHECK(copy.size() == 3'000'000);
}

TEST_CASE("a copy has its own records, and a moved array is empty") {
    for (const std::size_t count : {std::size_t{0}, std::size_t{3}, most}) {
        CAPTURE(count);
        Array<DefaultAllocator<unsigned char>> array{DefaultAllocator<unsigned char>{}};
        fill_to(array, count);
        Array<DefaultAllocator<unsigned char>> copy{array};
        for (Record& record : array) record.name = "changed";
        CHECK(holds(copy, count));
        Array<DefaultAllocator<unsigned char>> moved{std::move(copy)};
        CHECK(holds(moved, count));
        CHECK(copy.size() == 0);
        CHECK(copy.data() == nullptr);
    }
}

TEST_CASE("a failed allocation leaves an array unchanged") {
    Counts counts{.has_none = true};
    Array<Counting<unsigned char>> array{Counting<unsigned char>{counts}};
    fill_to(array, 10);
    array.make_room(20);
    counts.fails = true;
    array.extend(20, Record{"in the room"});
    CHECK_THROWS_AS(array.make_room(1'000), std::bad_alloc);
    CHECK(array.size() == 20);
    CHECK(array[9].name == name_of(9));
    CHECK(array[19].name == "in the room");
}

}  // namespace
