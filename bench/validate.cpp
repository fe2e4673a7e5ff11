// How many bids a second can be validated, from the public values, each against a random host?
#include <cstddef>
#include <cstdint>
#include <vector>

#include <benchmark/benchmark.h>

#include <gigaspot/validate.hpp>

#include "benchmarks.hpp"
#include "market.hpp"

namespace bench {

using namespace gigaspot;

namespace {

/// A bid holds its profiles inside itself, for as many GPUs as the traits say.
struct EightGpus : DefaultTraits {
    static constexpr std::size_t gpus_max = 8;
};

struct Values {
    std::vector<BasicHostCapabilities<EightGpus>> hosts;
    std::vector<BasicBid<EightGpus>> bids;
    std::vector<std::uint32_t> host_of;
    std::size_t valid = 0;
};

BasicGpuLimits<EightGpus> limits_of(const GpuLimits& gpu) {
    return {.power_limit = gpu.power_limit,
            .core_lock = gpu.core_lock,
            .mem_lock = gpu.mem_lock,
            .core_offset = gpu.core_offset,
            .mem_offset = gpu.mem_offset,
            .model = gpu.model};
}
BasicOverclockProfile<EightGpus> profile_of(const OverclockProfile& profile) {
    return {.power_limit = profile.power_limit,
            .core_lock = profile.core_lock,
            .mem_lock = profile.mem_lock,
            .core_offset = profile.core_offset,
            .mem_offset = profile.mem_offset};
}

/// The bids of the large market, one of twenty of them broken: 1 W above what its host allows.
Values values_of(const MarketData& data) {
    Values values;
    for (const HostData& host : data.hosts) {
        BasicHostCapabilities<EightGpus> copy{
            .id = host.id, .energy_price = host.energy_price, .min_bid = host.min_bid};
        for (const GpuLimits& gpu : host.gpus)
            expect(copy.gpus.push_back(limits_of(gpu)), "too many GPUs");
        values.hosts.push_back(copy);
    }
    values.bids.reserve(data.placed);
    for (std::size_t i = 0; i < data.placed; ++i) {
        const BidData& bid = data.bids[i];
        BasicBid<EightGpus> copy{.id = bid.id,
                                 .host = bid.host_id,
                                 .owner = bid.owner,
                                 .price = bid.price,
                                 .currency = bid.currency};
        for (const OverclockProfile& profile : data.profiles_of(bid))
            expect(copy.overclock.push_back(profile_of(profile)), "too many profiles");
        const bool is_broken = i % 20 == 19;
        if (is_broken) {
            const Power most = data.hosts[bid.host].gpus[0].power_limit.max;
            copy.overclock[0].power_limit = Power::unchecked(most.count() + 1);
        } else {
            ++values.valid;
        }
        values.bids.push_back(copy);
        values.host_of.push_back(bid.host);
    }
    return values;
}

template <class IsValid>
void add_benchmark(const char* name, Markets& markets, IsValid is_valid) {
    benchmark::RegisterBenchmark(name, [&markets, is_valid](benchmark::State& state) {
        static std::vector<Values> made;
        if (made.empty()) made.push_back(values_of(markets.large()));
        const Values& values = made.front();
        for ([[maybe_unused]] auto once : state) {
            std::size_t valid = 0;
            for (std::size_t i = 0; i < values.bids.size(); ++i)
                valid += is_valid(values.bids[i], values.hosts[values.host_of[i]]) ? 1U : 0U;
            expect(valid == values.valid, "another number of bids is valid");
        }
        state.SetItemsProcessed(static_cast<std::int64_t>(values.bids.size()) * state.iterations());
    })->Unit(benchmark::kMillisecond);
}

}  // namespace

void add_validations(Markets& markets) {
    add_benchmark("validate/is_valid", markets,
                  [](const auto& bid, const auto& host) { return is_valid(bid, host); });
    add_benchmark("validate/all_violations", markets,
                  [](const auto& bid, const auto& host) { return validate(bid, host).empty(); });
}

}  // namespace bench
