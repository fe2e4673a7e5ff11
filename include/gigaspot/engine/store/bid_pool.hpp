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
#include <gigaspot/engine/store/growing_array.hpp>
#include <gigaspot/engine/store/memory.hpp>
#include <gigaspot/engine/store/records.hpp>
#include <gigaspot/rules/packed.hpp>
#include <gigaspot/values/limits.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// All bids: an array of records, and a rest for each, which is a bid's details and profiles, which
/// few commands read. Rests are in blocks of 256, which never move. All bids of a block have room
/// for the same number of profiles, the width of the block. Free records form a linked list for
/// each width.
template <class Traits, class Allocator>
class BidPool {
public:
    using Bid = BidRecord<Traits>;
    using Details = BidDetails<Traits>;

    explicit BidPool(const Allocator& allocator)
        : BidPool{Records{allocator}, Arena<Allocator>{allocator}} {}
    BidPool(const BidPool& other) : BidPool{Records{other.bids_}, other.arena_.empty_copy()} {
        blocks_.reserve(other.blocks_.size());
        for (const Block& block : other.blocks_) {
            const auto first = static_cast<Slot>(blocks_.size() * block_size);
            add_rests(block.width);
            for (Slot slot = first; slot < first + block.made; ++slot) {
                make_rest(slot);
                details(slot) = other.details(slot);
                std::copy_n(other.profiles(slot), block.width, profiles(slot));
            }
        }
        lists_ = other.lists_;
    }
    BidPool(BidPool&& other) noexcept
        : bids_{std::move(other.bids_)}, arena_{std::move(other.arena_)}, blocks_{std::move(
                                                                              other.blocks_)} {
        std::swap(lists_, other.lists_);
    }
    BidPool& operator=(const BidPool&) = delete;
    ~BidPool() {
        for (std::size_t block = 0; block < blocks_.size(); ++block) {
            for (std::size_t i = 0; i < blocks_[block].made; ++i)
                details(static_cast<Slot>(block * block_size + i)).~Details();
        }
    }

    /// Makes room for one more bid with `width` profiles, and returns its slot.
    Slot make_room(std::size_t width) {
        const Slot slot = spare(width);
        return slot != no_slot ? slot : add_block(width);
    }
    /// Makes room for `count` bids in all, of any widths up to `width`.
    void reserve(std::size_t count, std::size_t width) {
        const std::size_t widest = width > lists_.reserved_width ? width : lists_.reserved_width;
        std::size_t wide = 0;
        for (const Block& block : blocks_) {
            // A wider block than any reserved one is only for bids of its own width.
            if (block.width >= width && block.width <= widest) wide += block_size;
        }
        const std::size_t needed = count > wide ? (count - wide + block_size - 1) / block_size : 0;
        detail::make_room(blocks_, blocks_.size() + needed);
        bids_.make_room(slots() + needed * block_size);
        for (std::size_t i = 0; i < needed; ++i) static_cast<void>(add_block(width));
        lists_.reserved_width = widest;
    }

    /// Returns a free slot, or `no_slot` if there is no room. A wider record than needed is used
    /// only if it was reserved for all widths: otherwise narrow bids would use
    /// up the wide records.
    [[nodiscard]] Slot spare(std::size_t width) const {
        for (std::size_t each = width; each < lists_.reserved_width; ++each) {
            if (lists_.first[each] != no_slot) return lists_.first[each];
        }
        return lists_.first[width > lists_.reserved_width ? width : lists_.reserved_width];
    }

    /// Takes the record that `spare` has returned. It is unchanged since it was given back.
    [[gnu::always_inline]] void take(Slot slot) {
        const Block& block = blocks_[slot / block_size];
        lists_.first[block.width] = bids_[slot].entry;
        if (slot % block_size == block.made) make_rest(slot);
        ++lists_.in_use;
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
    [[nodiscard]] std::size_t slots() const { return bids_.size(); }

    [[nodiscard]] const Bid* data() const { return bids_.data(); }
    [[nodiscard]] Bid& operator[](Slot slot) { return bids_[slot]; }
    [[nodiscard]] const Bid& operator[](Slot slot) const { return bids_[slot]; }
    [[nodiscard]] Details& details(Slot slot) { return *details_at(slot); }
    [[nodiscard]] const Details& details(Slot slot) const { return *details_at(slot); }
    [[nodiscard]] PackedProfile* profiles(Slot slot) { return profiles_at(slot); }
    [[nodiscard]] const PackedProfile* profiles(Slot slot) const { return profiles_at(slot); }

    [[gnu::always_inline]] void set_profiles(Slot slot, std::span<const PackedProfile> profiles) {
        PackedProfile* to = profiles_at(slot);
        for (const PackedProfile& profile : profiles) {
            *to++ = profile;
            asm("" : "+r"(to));  // a call of `memmove` for so few would take 20 instructions more
        }
    }

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
    using Records = GrowingArray<Bid, Allocator, limits::bids_max + block_size>;
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
    BidPool(Records&& records, Arena<Allocator>&& arena)
        : bids_{std::move(records)}, arena_{std::move(arena)}, blocks_{
                                                                   arena_.get_stored_allocator()} {}

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

    /// Adds a block of free records, and returns the first one.
    [[gnu::noinline]] Slot add_block(std::size_t width) {
        const std::size_t first = slots();
        bids_.make_room(first + block_size);
        detail::make_room(blocks_, blocks_.size() + 1);
        add_rests(width);
        bids_.extend(first + block_size, Bid{});
        for (std::size_t at = first + block_size; at-- > first;) {  // the lowest comes first
            bids_[static_cast<Slot>(at)].entry = lists_.first[width];
            lists_.first[width] = static_cast<Slot>(at);
        }
        return lists_.first[width];
    }

    /// Adds the rests of a block whose records exist. The list of blocks must have room.
    void add_rests(std::size_t width) {
        blocks_.push_back(
            {arena_.take(block_size * size_of_rest(width)), 0, static_cast<std::uint8_t>(width)});
    }

    /// Constructs the rest of a bid, when its record is first taken. That happens in slot order.
    [[gnu::noinline]] void make_rest(Slot slot) {
        Block& block = blocks_[slot / block_size];
        ::new (static_cast<void*>(rest(slot))) Details{};
        for (std::size_t i = 0; i < block.width; ++i)
            ::new (static_cast<void*>(profiles(slot) + i)) PackedProfile{};
        ++block.made;
    }

    Records bids_;
    Arena<Allocator> arena_;  ///< of the rests
    Vector<Block, Allocator> blocks_;
    Lists lists_{};
};

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
