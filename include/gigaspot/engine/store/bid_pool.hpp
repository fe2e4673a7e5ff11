// gigaspot: the records of all bids, each with room for the profiles of its GPUs. Layer:
// engine/store.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <utility>

#include <gigaspot/base/config.hpp>
#include <gigaspot/engine/store/book.hpp>
#include <gigaspot/engine/store/memory.hpp>
#include <gigaspot/engine/store/records.hpp>
#include <gigaspot/rules/packed.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// Bids in blocks of 256, each with an array of records and an array of what is seldom read,
/// details with profiles. All bids of a block have room for equally many profiles, so that nothing
/// lies between them; a bid's slot leads to all that it has, and none of it ever moves. The free
/// records of each such width are a list, through the records themselves.
template <class Traits, class Allocator>
class BidPool {
public:
    using Bid = BidRecord<Traits>;
    using Details = BidDetails<Traits>;

    explicit BidPool(const Allocator& allocator) : BidPool{Records{allocator}, allocator} {}
    BidPool(const BidPool& other, Arena<Allocator>& arena)
        : BidPool{Records{other.bids_, arena}, other.blocks_.get_stored_allocator()} {
        blocks_.reserve(other.blocks_.size());
        for (const Block& block : other.blocks_) {
            const auto first = static_cast<Slot>(slots());
            add_rests(block.width, arena);
            for (Slot slot = first; slot < first + block.made; ++slot) {
                make_rest(slot);
                details(slot) = other.details(slot);
                std::copy_n(other.profiles(slot), block.width, profiles(slot));
            }
        }
        copy_counts(other);
    }
    BidPool(BidPool&& other) noexcept
        : bids_{std::move(other.bids_)}, blocks_{std::move(other.blocks_)} {
        copy_counts(other);
        other.forget_all();
    }
    BidPool(const BidPool&) = delete;
    BidPool& operator=(const BidPool&) = delete;
    ~BidPool() {
        for (std::size_t block = 0; block < blocks_.size(); ++block) {
            for (std::size_t i = 0; i < blocks_[block].made; ++i)
                details(static_cast<Slot>(block * block_size + i)).~Details();
        }
    }

    /// Room for one more, with so many profiles.
    void make_room(std::size_t width, Arena<Allocator>& arena) {
        if (spare(width) == no_slot) add_block(width, arena);
    }
    /// Room for so many in all, of any width up to this one.
    void reserve(std::size_t count, std::size_t width, Arena<Allocator>& arena) {
        const std::size_t widest = width > reserved_width_ ? width : reserved_width_;
        std::size_t wide = 0;
        for (const Block& block : blocks_) {
            // A wider one is for bids of its own width alone.
            if (block.width >= width && block.width <= widest) wide += block_size;
        }
        for (; wide < count; wide += block_size) add_block(width, arena);
        reserved_width_ = widest;
    }

    /// The next record to be taken; `no_slot` if there is no room. A wider one than needed is taken
    /// only of those that were reserved for all widths: else the narrow bids would use up the wide
    /// records.
    [[nodiscard]] Slot spare(std::size_t width) const {
        for (std::size_t each = width; each < reserved_width_; ++each) {
            if (free_[each] != no_slot) return free_[each];
        }
        return free_[width > reserved_width_ ? width : reserved_width_];
    }

    /// There is room. The record is as it was when it was given back.
    Slot take(std::size_t width) {
        const Slot slot = spare(width);
        free_[blocks_[slot / block_size].width] = bids_[slot].entry;
        if (slot % block_size == blocks_[slot / block_size].made) make_rest(slot);
        ++in_use_;
        return slot;
    }
    void give_back(Slot slot) {
        Slot& first = free_[blocks_[slot / block_size].width];
        bids_[slot].entry = first;
        bids_[slot].host = no_slot;
        first = slot;
        --in_use_;
    }

    [[nodiscard]] std::size_t in_use() const { return in_use_; }
    /// Every slot is below this.
    [[nodiscard]] std::size_t slots() const { return blocks_.size() * block_size; }

    [[nodiscard]] Bid& operator[](Slot slot) { return bids_[slot]; }
    [[nodiscard]] const Bid& operator[](Slot slot) const { return bids_[slot]; }
    [[nodiscard]] Details& details(Slot slot) { return *details_at(slot); }
    [[nodiscard]] const Details& details(Slot slot) const { return *details_at(slot); }
    [[nodiscard]] PackedProfile* profiles(Slot slot) { return profiles_at(slot); }
    [[nodiscard]] const PackedProfile* profiles(Slot slot) const { return profiles_at(slot); }

    /// Hints that all of a bid will be needed soon.
    void fetch(Slot slot) const {
        detail::fetch(&bids_[slot]);
        fetch_all(rest(slot), size_of_rest(blocks_[slot / block_size].width));
    }
    /// Likewise all bids of a host: they stand anywhere.
    void fetch(const BookEntries& entries) const {
        for (const BookEntry& entry : entries) {
            if (!entry.is_gap()) fetch(entry.bid());
        }
    }

private:
    static constexpr std::size_t block_size = 256;
    using Records = Blocks<Bid, Allocator, block_size>;
    static_assert(sizeof(Details) % alignof(PackedProfile) == 0 &&
                  sizeof(PackedProfile) % alignof(Details) == 0);

    struct Block {
        std::byte* rests;    ///< details and profiles
        std::uint16_t made;  ///< of so many bids
        std::uint8_t width;  ///< profiles of each
    };

    BidPool(Records&& records, const Allocator& allocator)
        : bids_{std::move(records)}, blocks_{allocator} {
        forget_all();
    }

    static std::size_t size_of_rest(std::size_t width) {
        return sizeof(Details) + width * sizeof(PackedProfile);
    }
    [[nodiscard]] std::byte* rest(Slot slot) const {
        const Block& block = blocks_[slot / block_size];
        return block.rests + slot % block_size * size_of_rest(block.width);
    }

    [[nodiscard]] Details* details_at(Slot slot) const {
        return reinterpret_cast<Details*>(rest(slot));
    }
    [[nodiscard]] PackedProfile* profiles_at(Slot slot) const {
        return reinterpret_cast<PackedProfile*>(rest(slot) + sizeof(Details));
    }

    void add_block(std::size_t width, Arena<Allocator>& arena) {
        const std::size_t first = slots();
        detail::make_room(blocks_, blocks_.size() + 1);
        bids_.extend(first + block_size, Bid{}, arena);
        add_rests(width, arena);
        for (std::size_t at = first + block_size; at-- > first;) {  // the lowest comes first
            bids_[static_cast<Slot>(at)].entry = free_[width];
            free_[width] = static_cast<Slot>(at);
        }
    }

    /// Of a block whose records are there; there is room in the list of blocks.
    void add_rests(std::size_t width, Arena<Allocator>& arena) {
        blocks_.push_back(
            {arena.take(block_size * size_of_rest(width)), 0, static_cast<std::uint8_t>(width)});
    }

    /// Those of a block are made in their order, each when it is first taken.
    void make_rest(Slot slot) {
        Block& block = blocks_[slot / block_size];
        ::new (static_cast<void*>(rest(slot))) Details{};
        for (std::size_t i = 0; i < block.width; ++i)
            ::new (static_cast<void*>(profiles(slot) + i)) PackedProfile{};
        ++block.made;
    }

    void copy_counts(const BidPool& other) {
        for (std::size_t width = 0; width <= Traits::gpus_max; ++width)
            free_[width] = other.free_[width];
        in_use_ = other.in_use_;
        reserved_width_ = other.reserved_width_;
    }
    void forget_all() {
        for (Slot& first : free_) first = no_slot;
        in_use_ = 0;
        reserved_width_ = 0;
    }

    Records bids_;
    Vector<Block, Allocator> blocks_;
    Slot free_[Traits::gpus_max + 1];  ///< the first of each width
    std::size_t in_use_;
    std::size_t reserved_width_;
};

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
