// gigaspot: the hosts that depend on the rates of other currencies than the main one. Layer:
// engine/store.
#pragma once

#include <cstddef>
#include <cstdint>

#include <gigaspot/base/config.hpp>
#include <gigaspot/engine/store/memory.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// The sizes of the boxes of rates (`RateBoxes`), from the largest to the smallest.
inline constexpr std::uint8_t rate_levels = 8;
/// In this box, only the main currency's rate may move.
inline constexpr std::uint8_t level_of_main = rate_levels - 2;
/// In this box, no rate moves.
inline constexpr std::uint8_t level_of_present = rate_levels - 1;
/// Marks a host that depends on no box.
inline constexpr std::uint8_t no_level = rate_levels;

/// Stores for each host the box that it depends on. When the rates leave a box, they also leave all
/// smaller ones. So a word for each level has a bit for each host of a block that depends on a box
/// of this size or a smaller one. 64 hosts take 64 bytes.
template <class Allocator>
class RateLevels {
public:
    explicit RateLevels(const Allocator& allocator) : blocks_{allocator} {}

    /// Makes room for `slots` slots in all.
    void make_room(std::size_t slots) {
        detail::make_room(blocks_, (slots + block_size - 1) / block_size);
    }
    /// Adds slots until there are at least `slots`. Room must have been made.
    void extend(std::size_t slots) {
        while (blocks_.size() * block_size < slots) blocks_.push_back({});
    }

    void set(Slot slot, std::uint8_t level) {
        if (level == no_level && !is_used_) return;  // a market with one currency
        is_used_ = true;
        std::uint64_t(&words)[rate_levels] = blocks_[slot / block_size].words;
        const std::uint64_t bit = std::uint64_t{1} << (slot % block_size);
        for (std::uint8_t i = 0; i < rate_levels; ++i)
            words[i] = level != no_level && i <= level ? words[i] | bit : words[i] & ~bit;
    }

    /// Returns a bit for each slot of a block that depends on a box of this size or a smaller one.
    [[nodiscard]] std::uint64_t from(std::uint8_t level, std::size_t block) const {
        return level == no_level ? 0 : blocks_[block].words[level];
    }

private:
    static constexpr std::size_t block_size = 64;
    struct Block {
        std::uint64_t words[rate_levels]{};
    };

    Vector<Block, Allocator> blocks_;
    bool is_used_ = false;  ///< a host has depended on a box
};

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
