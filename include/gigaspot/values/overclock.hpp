// gigaspot: what a bid sets on a GPU, and what a GPU allows. Layer: values. Rules of the market,
// sections 1 and 3.
#pragma once

#include <optional>

#include <gigaspot/base/config.hpp>
#include <gigaspot/values/fwd.hpp>
#include <gigaspot/values/traits.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// A closed range: both ends belong to it.
template <class T>
struct Range {
    T min{};  ///< the lowest value in the range
    T max{};  ///< the highest value in the range

    /// Tells whether a value lies in the range, ends included.
    [[nodiscard]] constexpr bool contains(T value) const { return min <= value && value <= max; }
    /// Tells whether the minimum is above the maximum, so that the range contains nothing.
    [[nodiscard]] constexpr bool is_inverted() const { return max < min; }

    friend constexpr bool operator==(const Range&, const Range&) = default;
};

/// The settings of a bid for one GPU. The power limit is mandatory and counts as the power that the
/// workload draws. Locks and offsets are optional; the renter is promised nothing about one that is
/// absent.
template <MarketTraits Traits>
struct BasicOverclockProfile {
    Power power_limit{};                     ///< in W; 0 means that it is missing
    typename Traits::Setting core_lock{};    ///< the fixed core clock in MHz, if any
    typename Traits::Setting mem_lock{};     ///< the fixed memory clock in MHz, if any
    typename Traits::Setting core_offset{};  ///< the shift of the core clock in MHz, if any
    typename Traits::Setting mem_offset{};   ///< the shift of the memory clock in MHz, if any

    friend constexpr bool operator==(const BasicOverclockProfile&,
                                     const BasicOverclockProfile&) = default;
};

/// The settings that one GPU of a host allows. The power limit ranges from the card's minimum to
/// the maximum that the host set. A lock or an offset without a range cannot be set.
template <MarketTraits Traits>
struct BasicGpuLimits {
    Range<Power> power_limit{};                     ///< allowed power limits in W
    std::optional<Range<Frequency>> core_lock{};    ///< allowed core locks in MHz; nothing: none
    std::optional<Range<Frequency>> mem_lock{};     ///< allowed memory locks in MHz; nothing: none
    std::optional<Range<Frequency>> core_offset{};  ///< allowed core offsets in MHz; nothing: none
    std::optional<Range<Frequency>> mem_offset{};  ///< allowed memory offsets in MHz; nothing: none
    typename Traits::GpuModel model{};  ///< ignored by all choices; a host cannot change it

    friend constexpr bool operator==(const BasicGpuLimits&, const BasicGpuLimits&) = default;
};

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
