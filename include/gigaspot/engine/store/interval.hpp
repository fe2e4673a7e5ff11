// gigaspot: a closed interval of rates or times. Layer: engine/store.
#pragma once

#include <cstdint>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/int128.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// A closed interval. It is empty if `lo` is above `hi`.
struct Interval {
    std::int64_t lo = INT64_MIN;
    std::int64_t hi = INT64_MAX;

    [[nodiscard]] constexpr bool contains(std::int64_t number) const {
        return lo <= number && number <= hi;
    }
    [[nodiscard]] static constexpr Interval all() { return {}; }
    [[nodiscard]] static constexpr Interval none() { return {INT64_MAX, INT64_MIN}; }

    friend constexpr bool operator==(Interval, Interval) = default;
};

[[nodiscard]] inline bool contains(const Interval& interval, const Interval& other) {
    return interval.lo <= other.lo && other.hi <= interval.hi;
}

inline void intersect(Interval& interval, const Interval& other) {
    if (other.lo > interval.lo) interval.lo = other.lo;
    if (other.hi < interval.hi) interval.hi = other.hi;
}

/// Returns exactly the rates r from 0 on at which slope x r + offset is at most 0.
inline Interval at_most_zero(Int128 slope, Int128 offset) {
    Interval interval{0, Interval::all().hi};
    if (slope == 0) return offset <= 0 ? interval : Interval::none();
    const auto clip = [](Int128 bound) {
        constexpr Int128 highest = ExchangeRate::highest().count();
        return static_cast<std::int64_t>(bound < -1        ? Int128{-1}
                                         : bound > highest ? highest + 1
                                                           : bound);
    };
    if (slope > 0) {
        interval.hi = clip(floor_div(-offset, slope));
    } else {
        const std::int64_t lo = clip(ceil_div(offset, -slope));
        if (lo > interval.lo) interval.lo = lo;
    }
    return interval;
}

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
