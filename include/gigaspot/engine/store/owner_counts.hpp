// gigaspot: upper limits for the bids of each owner on a host. Layer: engine/store.
#pragma once

#include <cstddef>
#include <cstdint>

#include <gigaspot/base/config.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// Counts a host's bids by some bits of the owner's hash. An owner has at most as many bids as
/// their count, so that a scan is needed only if the count reaches the limit. There are 64 counts
/// of 4 bits, or 16 counts of 16 bits if the limit is above 16; the store passes this width. A
/// count that reaches its maximum stays there until `set`.
class OwnerCounts {
public:
    /// Returns the bits of a count if an owner may have `most` bids on a host.
    static constexpr std::uint32_t width_for(std::size_t most) { return most <= 16 ? 4 : 16; }
    static constexpr bool are_counted_together(std::uint32_t bits, std::uint32_t others,
                                               std::uint32_t width) {
        return bits % (size / width) == others % (size / width);
    }

    /// Returns an upper limit; SIZE_MAX if it is unknown and the bids must be scanned.
    [[nodiscard]] std::size_t at_most(std::uint32_t bits, std::uint32_t width) const {
        const Place at = place(bits, width);
        const std::uint64_t count = words_[at.word] >> at.shift & end(width);
        return count == end(width) ? SIZE_MAX : static_cast<std::size_t>(count);
    }
    void add(std::uint32_t bits, std::uint32_t width) {
        const Place at = place(bits, width);
        if (at_most(bits, width) != SIZE_MAX) words_[at.word] += std::uint64_t{1} << at.shift;
    }
    void remove(std::uint32_t bits, std::uint32_t width) {
        const Place at = place(bits, width);
        if (at_most(bits, width) != SIZE_MAX) words_[at.word] -= std::uint64_t{1} << at.shift;
    }
    /// Sets the count of these bits to the number of bids that a scan found.
    void set(std::uint32_t bits, std::uint32_t width, std::size_t count) {
        const Place at = place(bits, width);
        words_[at.word] &= ~(end(width) << at.shift);
        words_[at.word] |= (count < end(width) ? count : end(width)) << at.shift;
    }

private:
    static constexpr std::uint32_t size = 256;  ///< bits in total
    struct Place {
        std::uint32_t word;
        std::uint32_t shift;
    };
    static constexpr Place place(std::uint32_t bits, std::uint32_t width) {
        const std::uint32_t bit = bits * width % size;
        return {bit / 64, bit % 64};
    }
    static constexpr std::uint64_t end(std::uint32_t width) {
        return (std::uint64_t{1} << width) - 1;
    }

    std::uint64_t words_[size / 64]{};
};

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
