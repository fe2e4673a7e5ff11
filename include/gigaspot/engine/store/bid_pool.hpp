// gigaspot: the records, details and profiles of all bids. Layer: engine/store.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
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

/// All bids, in blocks of 256. A block has an array of records and an array of rests; a rest is a
/// bid's details and profiles, which few commands read. All bids of a block have room for the same
/// number of profiles, the width of the block. A slot leads to all parts of a bid, and none of them
/// ever moves. Free records form a linked list for each width.
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
        lists_ = other.lists_;
    }
    BidPool(BidPool&& other) noexcept
        : bids_{std::move(other.bids_)}, blocks_{std::move(other.blocks_)} {
        std::swap(lists_, other.lists_);
    }
    BidPool(const BidPool&) = delete;
    BidPool& operator=(const BidPool&) = delete;
    ~BidPool() {
        for (std::size_t block = 0; block < blocks_.size(); ++block) {
            for (std::size_t i = 0; i < blocks_[block].made; ++i)
                details(static_cast<Slot>(block * block_size + i)).~Details();
        }
    }

    /// Makes room for one more bid with `width` profiles.
    void make_room(std::size_t width, Arena<Allocator>& arena) {
        if (spare(width) == no_slot) add_block(width, arena);
    }
    /// Makes room for `count` bids in all, of any widths up to `width`.
    void reserve(std::size_t count, std::size_t width, Arena<Allocator>& arena) {
        const std::size_t widest = width > lists_.reserved_width ? width : lists_.reserved_width;
        std::size_t wide = 0;
        for (const Block& block : blocks_) {
            // A wider block than any reserved one is only for bids of its own width.
            if (block.width >= width && block.width <= widest) wide += block_size;
        }
        for (; wide < count; wide += block_size) add_block(width, arena);
        lists_.reserved_width = widest;
    }

    /// Returns the slot that `take` would take, or `no_slot` if there is no room. A wider record
    /// than needed is used only if it was reserved for all widths: otherwise narrow bids would use
    /// up the wide records.
    [[nodiscard]] Slot spare(std::size_t width) const {
        for (std::size_t each = width; each < lists_.reserved_width; ++each) {
            if (lists_.first[each] != no_slot) return lists_.first[each];
        }
        return lists_.first[width > lists_.reserved_width ? width : lists_.reserved_width];
    }

    /// Takes a record, which is unchanged since it was given back. Room must have been made.
    Slot take(std::size_t width) {
        const Slot slot = spare(width);
        lists_.first[blocks_[slot / block_size].width] = bids_[slot].entry;
        if (slot % block_size == blocks_[slot / block_size].made) make_rest(slot);
        ++lists_.in_use;
        return slot;
    }
    void give_back(Slot slot) {
        Slot& first = lists_.first[blocks_[slot / block_size].width];
        bids_[slot].entry = first;
        bids_[slot].host = no_slot;
        first = slot;
        --lists_.in_use;
    }

    [[nodiscard]] std::size_t in_use() const { return lists_.in_use; }
    /// Every slot is below this.
    [[nodiscard]] std::size_t slots() const { return blocks_.size() * block_size; }

    [[nodiscard]] Bid& operator[](Slot slot) { return bids_[slot]; }
    [[nodiscard]] const Bid& operator[](Slot slot) const { return bids_[slot]; }
    [[nodiscard]] Details& details(Slot slot) { return *details_at(slot); }
    [[nodiscard]] const Details& details(Slot slot) const { return *details_at(slot); }
    [[nodiscard]] PackedProfile* profiles(Slot slot) { return profiles_at(slot); }
    [[nodiscard]] const PackedProfile* profiles(Slot slot) const { return profiles_at(slot); }

    /// Hints that all parts of a bid will be needed soon.
    void fetch(Slot slot) const {
        detail::fetch(&bids_[slot]);
        fetch_all(rest(slot), size_of_rest(blocks_[slot / block_size].width));
    }
    /// Hints that all parts of a host's bids will be needed soon.
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
        std::byte* rests;    ///< details and profiles of each bid
        std::uint16_t made;  ///< rests that have been constructed
        std::uint8_t width;  ///< profiles of each bid
    };
    struct Lists {
        Lists() { std::fill(std::begin(first), std::end(first), no_slot); }

        Slot first[Traits::gpus_max + 1];  ///< by width: the first free record
        std::size_t in_use = 0;
        std::size_t reserved_width = 0;
    };

    /// Copies delegate to this, so that the destructor runs if they fail.
    BidPool(Records&& records, const Allocator& allocator)
        : bids_{std::move(records)}, blocks_{allocator} {}

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
            bids_[static_cast<Slot>(at)].entry = lists_.first[width];
            lists_.first[width] = static_cast<Slot>(at);
        }
    }

    /// Adds the rests of a block whose records exist. The list of blocks must have room.
    void add_rests(std::size_t width, Arena<Allocator>& arena) {
        blocks_.push_back(
            {arena.take(block_size * size_of_rest(width)), 0, static_cast<std::uint8_t>(width)});
    }

    /// Constructs the rest of a bid, when its record is first taken. That happens in slot order.
    void make_rest(Slot slot) {
        Block& block = blocks_[slot / block_size];
        ::new (static_cast<void*>(rest(slot))) Details{};
        for (std::size_t i = 0; i < block.width; ++i)
            ::new (static_cast<void*>(profiles(slot) + i)) PackedProfile{};
        ++block.made;
    }

    Records bids_;
    Vector<Block, Allocator> blocks_;
    Lists lists_{};
};

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
