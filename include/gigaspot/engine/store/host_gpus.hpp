// gigaspot: the GPUs of each host, with their limits. Layer: engine/store.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/fixed_vector.hpp>
#include <gigaspot/engine/store/memory.hpp>
#include <gigaspot/rules/packed.hpp>
#include <gigaspot/values/host.hpp>
#include <gigaspot/values/overclock.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// Unpacked profiles, as the rules read them.
template <class Traits>
using Profiles = FixedVector<BasicOverclockProfile<Traits>, Traits::gpus_max>;

template <class Traits>
[[nodiscard]] Profiles<Traits> unpack(std::span<const PackedProfile> packed) {
    Profiles<Traits> profiles;
    for (const PackedProfile& profile : packed)
        static_cast<void>(profiles.push_back(profile.unpack<Traits>()));
    return profiles;
}

/// The GPUs of each host. If all GPUs of a host are equal, as on most hosts, only one is stored
/// here, and its packed limits are in `HostRecord::each`.
template <class Traits, class Allocator>
class HostGpus {
public:
    using Gpu = BasicGpuLimits<Traits>;
    using GpuSpan = std::span<const Gpu>;

    explicit HostGpus(const Allocator& allocator) : hosts_{allocator} {}

    [[nodiscard]] static bool are_equal(GpuSpan gpus) {
        return std::all_of(gpus.begin(), gpus.end(),
                           [&](const Gpu& gpu) { return gpu == gpus.front(); });
    }

    /// Makes room for `hosts` hosts in all.
    void make_room(std::size_t hosts, const Allocator& allocator) {
        detail::extend(hosts_, hosts, OfHost{allocator});
    }
    /// Makes room for these GPUs on one host.
    void make_room(Slot host, GpuSpan gpus) { make_room(host, are_equal(gpus) ? 1 : gpus.size()); }
    /// Makes room for `gpus` different GPUs on one host.
    void make_room(Slot host, std::size_t gpus) {
        hosts_[host].gpus.reserve(gpus);
        if (gpus > 1) hosts_[host].limits.reserve(gpus);
    }

    /// Stores a host's GPUs. Room must have been made.
    void set(Slot host, GpuSpan gpus) {
        OfHost& kept = hosts_[host];
        const GpuSpan different = gpus.first(are_equal(gpus) ? 1 : gpus.size());
        kept.gpus.assign(different.begin(), different.end());
        kept.limits.clear();
        if (different.size() == 1) return;
        for (const Gpu& gpu : gpus) kept.limits.push_back(PackedLimits{gpu});
    }
    [[nodiscard]] FixedVector<Gpu, Traits::gpus_max> of(Slot host, std::size_t count) const {
        FixedVector<Gpu, Traits::gpus_max> gpus;
        const auto& kept = hosts_[host].gpus;
        for (std::size_t i = 0; i < count; ++i)
            static_cast<void>(gpus.push_back(kept[kept.size() == 1 ? 0 : i]));
        return gpus;
    }
    /// Returns the limits of each GPU, or an empty span if all GPUs are equal.
    [[nodiscard]] std::span<const PackedLimits> limits(Slot host) const {
        return {hosts_[host].limits.data(), hosts_[host].limits.size()};
    }

private:
    struct OfHost {
        explicit OfHost(const Allocator& allocator) : gpus{allocator}, limits{allocator} {}
        /// A copy has the same capacity.
        OfHost(const OfHost& other) : gpus{other.gpus}, limits{other.limits} {
            gpus.reserve(other.gpus.capacity());
            limits.reserve(other.limits.capacity());
        }
        OfHost(OfHost&&) noexcept = default;
        OfHost& operator=(const OfHost&) = delete;

        ShortVector<Gpu, Allocator> gpus;
        ShortVector<PackedLimits, Allocator> limits;
    };

    Vector<OfHost, Allocator> hosts_;
};

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
