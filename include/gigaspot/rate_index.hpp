// gigaspot: for each host an interval of a number, and which hosts a move of the number can touch.
// Layer: engine.
#pragma once

#include <cstddef>
#include <cstdint>

#include <gigaspot/config.hpp>
#include <gigaspot/detail/memory.hpp>

namespace gigaspot::inline GIGASPOT_ABI {

/// A closed interval; empty if `lo` is above `hi`.
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

/// Holds an interval for each of many slots and finds those that a number is outside of. Blocks of
/// 64 slots have a common interval, inside that of each, so that most are passed over unseen.
///
/// The engine has two: the net rates of the main currency between which a host's choice stands, and
/// the times before the first of its bids expires.
template <class Allocator>
class RateIndex {
public:
    explicit RateIndex(const Allocator& allocator) : intervals_{allocator}, blocks_{allocator} {}

    void make_room(std::size_t slots) {
        detail::make_room(intervals_, slots);
        detail::make_room(blocks_, (intervals_.capacity() + block_size - 1) / block_size);
    }

    /// Makes it `slots` long; there is room. A new slot contains every number.
    void extend(std::size_t slots) {
        while (intervals_.size() < slots) intervals_.push_back(Interval::all());
        while (blocks_.size() * block_size < slots) blocks_.push_back(Interval::all());
    }

    [[nodiscard]] const Interval& operator[](detail::Slot slot) const { return intervals_[slot]; }

    void set(detail::Slot slot, Interval interval) {
        intervals_[slot] = interval;
        narrow(blocks_[slot / block_size], interval);
    }

    /// Calls `visit(slot)` for each slot whose interval does not contain the number. Costs
    /// O(slots / 64) and 64 for each block that has one.
    template <class Visit>
    void sweep(std::int64_t number, Visit visit) {
        for (std::size_t block = 0; block < blocks_.size(); ++block) {
            if (blocks_[block].contains(number)) continue;
            const std::size_t begin = block * block_size;
            const std::size_t end =
                begin + block_size < intervals_.size() ? begin + block_size : intervals_.size();
            Interval common;  // tight again, after intervals that have grown
            for (std::size_t slot = begin; slot < end; ++slot) {
                narrow(common, intervals_[slot]);
                if (!intervals_[slot].contains(number)) visit(static_cast<detail::Slot>(slot));
            }
            blocks_[block] = common;
        }
    }

private:
    static constexpr std::size_t block_size = 64;

    static void narrow(Interval& common, const Interval& interval) {
        if (interval.lo > common.lo) common.lo = interval.lo;
        if (interval.hi < common.hi) common.hi = interval.hi;
    }

    detail::Vector<Interval, Allocator> intervals_;
    detail::Vector<Interval, Allocator> blocks_;
};

}  // namespace gigaspot::inline GIGASPOT_ABI
