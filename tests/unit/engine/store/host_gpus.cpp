// The GPUs of each host are stored and returned.
#include <gigaspot/engine/store/host_gpus.hpp>

#include <cstddef>
#include <vector>

#include <doctest/doctest.h>

#include <gigaspot/engine/allocator.hpp>

#include "support/market.hpp"

namespace {

using namespace market;

using Allocator = DefaultAllocator<unsigned char>;
using Gpus = detail::HostGpus<DefaultTraits, Allocator>;

std::vector<GpuLimits> as_list(const auto& gpus) { return {gpus.begin(), gpus.end()}; }

TEST_CASE(
    "a host's GPUs are returned as they were set, equal or different, also after a replacement") {
    Gpus gpus{Allocator{}};
    gpus.make_room(3, Allocator{});
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
    const Gpus copy{gpus};
    CHECK(as_list(copy.of(1, 3)) == equal);
}

}  // namespace
