// Measures how many bids can be validated per second, from public values and from packed profiles,
// each against a random host or host by host.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include <gigaspot/rules/packed.hpp>
#include <gigaspot/rules/validate.hpp>

#include "benchmarks.hpp"
#include "market.hpp"

namespace bench {

using namespace gigaspot;

namespace {

/// Traits for at most 8 GPUs per host: a bid has room for that many profiles.
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

/// Returns the bids of the large market. One in twenty is broken: 1 W above its host's limit.
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

/// The same bids with packed profiles.
struct Packed {
    struct Bid {
        std::uint32_t host;
        std::uint32_t first_profile;
        std::uint8_t gpus;
    };
    struct Host {
        std::uint32_t first_profile = 0;  ///< index in `grouped`
        std::uint32_t bids = 0;
        std::uint32_t gpus = 0;
    };

    std::vector<PackedProfile> profiles;  ///< in the order of the bids
    std::vector<PackedProfile> grouped;   ///< in the order of the hosts
    std::vector<Bid> bids;
    std::vector<Host> hosts;
    std::vector<PackedLimits> limits;  ///< one per host, because its GPUs are equal
};

Packed packed_of(const Values& values) {
    Packed packed;
    packed.hosts.resize(values.hosts.size());
    for (const auto& host : values.hosts) packed.limits.emplace_back(host.gpus[0]);
    for (std::size_t i = 0; i < values.bids.size(); ++i) {
        const auto& overclock = values.bids[i].overclock;
        packed.bids.push_back({values.host_of[i],
                               static_cast<std::uint32_t>(packed.profiles.size()),
                               static_cast<std::uint8_t>(overclock.size())});
        packed.hosts[values.host_of[i]].bids += 1;
        for (const auto& profile : overclock) packed.profiles.emplace_back(profile);
    }
    std::uint32_t first_profile = 0;
    for (std::size_t i = 0; i < packed.hosts.size(); ++i) {
        Packed::Host& host = packed.hosts[i];
        host.gpus = static_cast<std::uint32_t>(values.hosts[i].gpus.size());
        host.first_profile = first_profile;
        first_profile += host.bids * host.gpus;
    }
    packed.grouped.resize(packed.profiles.size());
    std::vector<std::uint32_t> next;
    for (const Packed::Host& host : packed.hosts) next.push_back(host.first_profile);
    for (const Packed::Bid& bid : packed.bids) {
        for (std::uint32_t i = 0; i < bid.gpus; ++i)
            packed.grouped[next[bid.host]++] = packed.profiles[bid.first_profile + i];
    }
    return packed;
}

struct Made {
    Values values;
    Packed packed;
};

/// Asks the processor for all cache lines of an object.
template <class T>
void prefetch(const T& object) {
    const char* bytes = reinterpret_cast<const char*>(&object);
    for (std::size_t i = 0; i < sizeof(T); i += 64) __builtin_prefetch(bytes + i);
}

/// How many bids ahead memory is fetched: a program that goes through a list knows what comes next.
constexpr std::size_t ahead = 12;

template <class IsValid>
std::size_t count_values(const Values& values, bool looks_ahead, IsValid is_valid) {
    std::size_t valid = 0;
    const std::size_t last = values.bids.size() - 1;
    for (std::size_t i = 0; i <= last; ++i) {
        if (looks_ahead) prefetch(values.hosts[values.host_of[std::min(i + ahead, last)]]);
        valid += is_valid(values.bids[i], values.hosts[values.host_of[i]]) ? 1U : 0U;
    }
    return valid;
}

/// Packs the profiles of each bid when it arrives, and checks them against limits that are kept.
std::size_t count_packing(const Values& values, const Packed& packed) {
    std::size_t valid = 0;
    std::array<PackedProfile, EightGpus::gpus_max> profiles;
    for (std::size_t i = 0; i < values.bids.size(); ++i) {
        const auto& overclock = values.bids[i].overclock;
        for (std::size_t gpu = 0; gpu < overclock.size(); ++gpu)
            profiles[gpu] = PackedProfile{overclock[gpu]};
        const std::uint32_t host = values.host_of[i];
        const std::span<const PackedProfile> of_bid{profiles.data(), overclock.size()};
        valid += is_overclock_valid(of_bid, packed.limits[host], packed.hosts[host].gpus) ? 1U : 0U;
    }
    return valid;
}

std::size_t count_packed(const Packed& packed, bool looks_ahead) {
    std::size_t valid = 0;
    const std::size_t last = packed.bids.size() - 1;
    for (std::size_t i = 0; i <= last; ++i) {
        if (looks_ahead) {
            const Packed::Bid& next = packed.bids[std::min(i + ahead, last)];
            prefetch(packed.limits[next.host]);
            prefetch(packed.profiles[next.first_profile]);
        }
        const Packed::Bid& bid = packed.bids[i];
        const std::span<const PackedProfile> profiles{packed.profiles.data() + bid.first_profile,
                                                      bid.gpus};
        valid += is_overclock_valid(profiles, packed.limits[bid.host], bid.gpus) ? 1U : 0U;
    }
    return valid;
}

std::size_t count_grouped(const Packed& packed) {
    std::size_t valid = 0;
    static std::vector<std::uint8_t> is_valid;
    for (std::size_t i = 0; i < packed.hosts.size(); ++i) {
        const Packed::Host& host = packed.hosts[i];
        if (is_valid.size() < host.bids) is_valid.resize(host.bids);
        const std::span<const PackedProfile> profiles{packed.grouped.data() + host.first_profile,
                                                      std::size_t{host.bids} * host.gpus};
        valid += mark_overclock_valid(profiles, packed.limits[i], host.gpus,
                                      {is_valid.data(), host.bids});
    }
    return valid;
}

/// Reads an array and does nothing else. No scan of the bids can be faster than this.
template <class T>
void read_all(const std::vector<T>& items) {
    const char* bytes = reinterpret_cast<const char*>(items.data());
    std::uint64_t all = 0;
    for (std::size_t i = 0; i < items.size() * sizeof(T) / sizeof(all); ++i) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes + i * sizeof(word), sizeof(word));
        all |= word;
    }
    benchmark::DoNotOptimize(all);
}

/// `bytes` counts what all validations read: all bids, and the limits once per bid.
template <class Count, class Bytes>
void add_benchmark(const char* name, Markets& markets, Count count, Bytes bytes) {
    benchmark::RegisterBenchmark(name, [&markets, count, bytes](benchmark::State& state) {
        static std::vector<Made> all;
        if (all.empty()) {
            Values values = values_of(markets.large());
            Packed packed = packed_of(values);
            all.push_back({std::move(values), std::move(packed)});
        }
        const Made& made = all.front();
        for ([[maybe_unused]] auto once : state)
            expect(count(made) == made.values.valid, "the number of valid bids is wrong");
        const auto bids = static_cast<std::int64_t>(made.values.bids.size());
        state.SetItemsProcessed(bids * state.iterations());
        state.SetBytesProcessed(static_cast<std::int64_t>(bytes(made)) * state.iterations());
    })->Unit(benchmark::kMillisecond);
}

}  // namespace

void add_validations(Markets& markets) {
    const auto bytes_of_bids = [](const Made& made) {
        return made.values.bids.size() * (sizeof(made.values.bids[0]) + sizeof(std::uint32_t));
    };
    const auto bytes_of_profiles = [](const Made& made) {
        return made.packed.profiles.size() * sizeof(PackedProfile);
    };
    const auto bytes_of_values = [=](const Made& made) {
        return bytes_of_bids(made) +
               made.packed.profiles.size() * sizeof(BasicGpuLimits<EightGpus>);
    };
    const auto bytes_of_packed = [=](const Made& made) {
        return bytes_of_profiles(made) +
               made.packed.bids.size() * (sizeof(Packed::Bid) + sizeof(PackedLimits));
    };
    const auto is_without_violation = [](const auto& bid, const auto& host) {
        return validate(bid, host).empty();
    };
    const auto is_valid_bid = [](const auto& bid, const auto& host) { return is_valid(bid, host); };
    add_benchmark(
        "validate/read_structs", markets,
        [](const Made& made) {
            read_all(made.values.bids);
            return made.values.valid;
        },
        [](const Made& made) { return made.values.bids.size() * sizeof(made.values.bids[0]); });
    add_benchmark(
        "validate/read_packed", markets,
        [](const Made& made) {
            read_all(made.packed.profiles);
            return made.values.valid;
        },
        bytes_of_profiles);
    add_benchmark(
        "validate/structs", markets,
        [=](const Made& made) { return count_values(made.values, false, is_valid_bid); },
        bytes_of_values);
    add_benchmark(
        "validate/structs_ahead", markets,
        [=](const Made& made) { return count_values(made.values, true, is_valid_bid); },
        bytes_of_values);
    add_benchmark(
        "validate/structs_all_violations", markets,
        [=](const Made& made) { return count_values(made.values, false, is_without_violation); },
        bytes_of_values);
    add_benchmark(
        "validate/structs_packed_limits", markets,
        [](const Made& made) { return count_packing(made.values, made.packed); },
        [=](const Made& made) {
            return bytes_of_bids(made) + made.values.bids.size() * sizeof(PackedLimits);
        });
    add_benchmark(
        "validate/packed", markets,
        [](const Made& made) { return count_packed(made.packed, false); }, bytes_of_packed);
    add_benchmark(
        "validate/packed_ahead", markets,
        [](const Made& made) { return count_packed(made.packed, true); }, bytes_of_packed);
    add_benchmark(
        "validate/packed_grouped", markets,
        [](const Made& made) { return count_grouped(made.packed); }, bytes_of_profiles);
}

}  // namespace bench
