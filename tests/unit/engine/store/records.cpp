// The sizes of records, on which the engine's speed depends.
#include <gigaspot/engine/store/records.hpp>

#include <cstddef>

#include <doctest/doctest.h>

namespace {

using namespace gigaspot;

TEST_CASE("a host has three cache lines, of which an edit reads two") {
    using Host = detail::HostRecord<DefaultTraits>;
    const Host host{};
    CHECK(sizeof(Host) == 192);
    CHECK(alignof(Host) == 64);
    const auto* const begin = reinterpret_cast<const std::byte*>(&host);
    CHECK(reinterpret_cast<const std::byte*>(&host.each) - begin == 128);
}

TEST_CASE("a bid has half a cache line, and a run one and a half") {
    CHECK(sizeof(detail::BidRecord<DefaultTraits>) == 32);
    CHECK(sizeof(detail::RunRecord<DefaultTraits>) == 96);
}

}  // namespace
