// gigaspot: the GPUs of each host as its owner has told them. Layer: engine.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include <gigaspot/config.hpp>
#include <gigaspot/detail/fixed_vector.hpp>
#include <gigaspot/detail/memory.hpp>
#include <gigaspot/host.hpp>

namespace gigaspot::inline GIGASPOT_ABI::detail {

/// Most hosts have several equal GPUs: of these one is kept.
template <class Traits, class Allocator>
class HostGpus {
public:
    using Gpu = BasicGpuLimits<Traits>;

    explicit HostGpus(const Allocator& allocator) : kept_{allocator} {}
    HostGpus(const HostGpus& other, Arena<Allocator>& arena) : kept_{other.kept_, arena} {}

    /// How many of a host's GPUs are kept.
    [[nodiscard]] static std::size_t kept_of(std::span<const Gpu> gpus) {
        const bool are_equal = std::all_of(gpus.begin(), gpus.end(),
                                           [&](const Gpu& gpu) { return gpu == gpus.front(); });
        return are_equal ? 1 : gpus.size();
    }

    void make_room(std::size_t slots, const Allocator& allocator, Arena<Allocator>& arena) {
        kept_.extend(slots, List{allocator}, arena);
    }
    void make_room_on(Slot host, std::size_t kept) { kept_[host].reserve(kept); }

    /// There is room.
    void set(Slot host, std::span<const Gpu> gpus) {
        kept_[host].assign(gpus.data(), gpus.data() + kept_of(gpus));
    }
    [[nodiscard]] FixedVector<Gpu, Traits::gpus_max> of(Slot host, std::size_t count) const {
        FixedVector<Gpu, Traits::gpus_max> gpus;
        const List& kept = kept_[host];
        for (std::size_t i = 0; i < count; ++i)
            static_cast<void>(gpus.push_back(kept[kept.size() == 1 ? 0 : i]));
        return gpus;
    }

private:
    using List = ShortVector<Gpu, Allocator>;

    Blocks<List, Allocator> kept_;  ///< by the slot of the host
};

}  // namespace gigaspot::inline GIGASPOT_ABI::detail
