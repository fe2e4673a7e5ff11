// The sizes that the engine's speed depends on.
#include <gigaspot/engine/store/records.hpp>

#include <cstddef>

#include <doctest/doctest.h>

namespace {

using namespace gigaspot;

TEST_CASE("a host is three cache lines, and what a change of price reads is two of them") {
    using Host = detail::HostRecord<DefaultTraits>;
    const Host host{};
    CHECK(sizeof(Host) == 192);
    CHECK(alignof(Host) == 64);
    const auto* const begin = reinterpret_cast<const std::byte*>(&host);
    CHECK(reinterpret_cast<const std::byte*>(&host.each) - begin == 128);
}

TEST_CASE("a bid is half a cache line, and a run one and a half") {
    CHECK(sizeof(detail::BidRecord<DefaultTraits>) == 32);
    CHECK(sizeof(detail::RunRecord<DefaultTraits>) == 96);
}

}  // namespace
