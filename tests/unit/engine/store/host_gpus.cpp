// What is kept of the GPUs of each host, and of the edit that waits for its run.
#include <gigaspot/engine/store/host_gpus.hpp>

#include <cstddef>
#include <vector>

#include <doctest/doctest.h>

#include <gigaspot/engine/allocator.hpp>
#include <gigaspot/engine/store/records.hpp>

#include "support/market.hpp"

namespace {

using namespace market;

using Allocator = DefaultAllocator<unsigned char>;
using Gpus = detail::HostGpus<DefaultTraits, Allocator>;
using Arena = detail::Arena<Allocator>;

std::vector<GpuLimits> as_list(const auto& gpus) { return {gpus.begin(), gpus.end()}; }
std::vector<PackedProfile> as_list(std::span<const PackedProfile> profiles) {
    return {profiles.begin(), profiles.end()};
}

TEST_CASE("the GPUs of a host are told as they came, equal or not, and again after others") {
    Arena arena{Allocator{}};
    Gpus gpus{Allocator{}};
    gpus.make_room(3, Allocator{}, arena);
    const std::vector<GpuLimits> equal(3, {.power_limit = {150_W, 450_W}});
    std::vector<GpuLimits> different = equal;
    different[2].power_limit.max = 300_W;
    for (const auto& given : {equal, different, equal}) {
        gpus.make_room(1, given);
        gpus.set(1, given);
        CHECK(as_list(gpus.of(1, 3)) == given);
        const bool is_alike = Gpus::are_equal(given);
        CHECK(is_alike == (given == equal));
        REQUIRE(gpus.limits(1).size() == (is_alike ? 0 : 3));
        for (std::size_t i = 0; i < gpus.limits(1).size(); ++i)
            CHECK(gpus.limits(1)[i] == PackedLimits{given[i]});
    }
    const Gpus copy{gpus, arena};
    CHECK(as_list(copy.of(1, 3)) == equal);
}

TEST_CASE("the profiles of one edit are kept for each host") {
    Arena arena{Allocator{}};
    Gpus gpus{Allocator{}};
    gpus.make_room(2, Allocator{}, arena);
    for (const Power watts : {300_W, 400_W}) {
        const std::vector<PackedProfile> profiles(2, PackedProfile{OverclockProfile{watts}});
        gpus.make_room_for_edit(1, 2);
        gpus.set_edited_profiles(1, profiles);
        CHECK(as_list(gpus.edited_profiles(1)) == profiles);
        CHECK(gpus.edited_profiles(0).empty());
    }
}

TEST_CASE("a host is three cache lines, and what a change of price reads is two of them") {
    using Host = detail::HostRecord<DefaultTraits>;
    const Host host{};
    CHECK(sizeof(Host) == 192);
    CHECK(alignof(Host) == 64);
    const auto* const begin = reinterpret_cast<const std::byte*>(&host);
    CHECK(reinterpret_cast<const std::byte*>(&host.each) - begin == 128);
}

}  // namespace
