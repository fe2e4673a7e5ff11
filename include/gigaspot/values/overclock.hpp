// gigaspot: what a bid asks of a GPU, and what a GPU allows. Layer: values. Rules of the market,
// sections 1 and 3.
#pragma once

#include <optional>

#include <gigaspot/base/config.hpp>
#include <gigaspot/values/fwd.hpp>
#include <gigaspot/values/traits.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// A closed range, both ends inside.
template <class T>
struct Range {
    T min{};
    T max{};

    /// Whether a value is inside, ends included.
    [[nodiscard]] constexpr bool contains(T value) const { return min <= value && value <= max; }
    /// Whether nothing can be inside.
    [[nodiscard]] constexpr bool is_inverted() const { return max < min; }

    friend constexpr bool operator==(const Range&, const Range&) = default;
};

/// What a bid sets on one GPU. The power limit is mandatory, 0 means that it is missing; it counts
/// as the power that the workload draws. A setting that is absent is allowed, and the renter gets
/// no promise on it.
template <MarketTraits Traits>
struct BasicOverclockProfile {
    Power power_limit{};                   ///< W; 0: missing
    typename Traits::Setting core_lock{};  ///< MHz, like all that follow
    typename Traits::Setting mem_lock{};
    typename Traits::Setting core_offset{};
    typename Traits::Setting mem_offset{};

    friend constexpr bool operator==(const BasicOverclockProfile&,
                                     const BasicOverclockProfile&) = default;
};

/// What one GPU of a host allows. The power limit runs from the card's minimum to the maximum that
/// the host set. A lock or an offset without a range cannot be set on this GPU.
template <MarketTraits Traits>
struct BasicGpuLimits {
    Range<Power> power_limit{};                   ///< W
    std::optional<Range<Frequency>> core_lock{};  ///< MHz, like all that follow
    std::optional<Range<Frequency>> mem_lock{};
    std::optional<Range<Frequency>> core_offset{};
    std::optional<Range<Frequency>> mem_offset{};
    typename Traits::GpuModel model{};  ///< no rule looks at it, but a host keeps it

    friend constexpr bool operator==(const BasicGpuLimits&, const BasicGpuLimits&) = default;
};

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
