// A name whose allocation fails is not added, and can be added again.
#include <gigaspot/json/names.hpp>

#include <new>
#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "watch.hpp"

namespace {

using namespace gigaspot;

/// A name that is too long for a string without an allocation.
std::string model_name(int number) {
    return "a card whose name takes memory, number " + std::to_string(number);
}

GpuModel number_of(int number) { return GpuModel{static_cast<std::uint64_t>(number) + 1}; }

/// Whether adding a name fails if only this many allocations succeed.
bool fails(MarketNames& names, const std::string& name, std::size_t allocations) {
    watch::fail_global_after(allocations);
    bool has_failed = false;
    try {
        static_cast<void>(names.find_or_add_model(name));
    } catch (const std::bad_alloc&) {
        has_failed = true;
    }
    watch::fail_global_after(SIZE_MAX);
    return has_failed;
}

TEST_CASE("a name whose allocation fails is not added, and can be added again") {
    MarketNames names;
    std::size_t failures = 0;
    for (int i = 0; i < 50; ++i) {
        const std::string name = model_name(i);
        CAPTURE(name);
        for (std::size_t allocations = 0; fails(names, name, allocations); ++allocations) {
            ++failures;
            // The next name gets the number that this one would have got.
            MarketNames copy = names;
            REQUIRE(copy.find_or_add_model("another") == number_of(i));
            for (int before = 0; before < i; ++before)
                REQUIRE(copy.find_or_add_model(model_name(before)) == number_of(before));
        }
        REQUIRE(names.find_or_add_model(name) == number_of(i));
        REQUIRE(names.name(*names.find_or_add_model(name)) == name);
    }
    CHECK(failures >= 100);  // the text, a node, and sometimes the list
}

}  // namespace
