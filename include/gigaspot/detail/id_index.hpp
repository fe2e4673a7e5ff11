// gigaspot: finds the record of an id. Layer: engine.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <gigaspot/config.hpp>
#include <gigaspot/detail/int128.hpp>
#include <gigaspot/detail/memory.hpp>

namespace gigaspot::inline GIGASPOT_ABI {

/// An id that the engine can look up. A type of one's own specialises `std::hash`.
template <class T>
concept HashableId = requires(const T& id) {
    { std::hash<T>{}(id) } -> std::convertible_to<std::size_t>;
};

namespace detail {

/// 32 well-mixed bits of an id's hash, which may be the id itself.
template <HashableId T>
[[nodiscard]] std::uint32_t tag_of(const T& id) {
    const auto hash = static_cast<std::uint64_t>(std::hash<T>{}(id));
    const Uint128 product =
        static_cast<Uint128>(hash ^ 0x9e37'79b9'7f4a'7c15) * 0xd6e8'feb8'6659'fd93;
    const auto folded =
        static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
    return static_cast<std::uint32_t>(folded ^ (folded >> 32));
}

/// Open addressing with linear probing. An entry holds 32 bits of the hash and a slot; the ids
/// stand in the records, which are looked at only when those bits are equal.
template <class Allocator>
class IdIndex {
public:
    explicit IdIndex(const Allocator& allocator) : entries_{allocator} {}

    [[nodiscard]] std::size_t size() const { return size_; }

    /// Room for so many ids in all; at most three of four entries are taken.
    void make_room(std::size_t count) {
        std::size_t places = entries_.empty() ? 16 : entries_.size();
        while (count > places / 4 * 3) places *= 2;
        if (places == entries_.size()) return;
        IdIndex larger{Allocator{entries_.get_stored_allocator()}};
        larger.entries_.resize(places);
        for (const Entry& entry : entries_) {
            if (entry.slot != no_slot) larger.insert(entry.tag, entry.slot);
        }
        entries_.swap(larger.entries_);
    }

    /// Hints that a tag will be looked for soon.
    void fetch(std::uint32_t tag) const {
        if (!entries_.empty()) detail::fetch(entries_.data() + home(tag));
    }

    /// The slot with this tag for which `is_it(slot)` is true, or `no_slot`.
    template <class IsIt>
    [[nodiscard]] Slot find(std::uint32_t tag, IsIt is_it) const {
        if (entries_.empty()) return no_slot;
        for (std::size_t at = home(tag);; at = next(at)) {
            const Entry& entry = entries_[at];
            if (entry.slot == no_slot) return no_slot;
            if (entry.tag == tag && is_it(entry.slot)) return entry.slot;
        }
    }

    /// There is room, and the id is not in the index.
    void insert(std::uint32_t tag, Slot slot) {
        std::size_t at = home(tag);
        while (entries_[at].slot != no_slot) at = next(at);
        entries_[at] = {tag, slot};
        ++size_;
    }

    /// The slot is in the index under this tag.
    void erase(std::uint32_t tag, Slot slot) {
        std::size_t gap = home(tag);
        while (entries_[gap].slot != slot) gap = next(gap);
        // What follows without a break moves up, unless that would put it before its home.
        for (std::size_t at = next(gap); entries_[at].slot != no_slot; at = next(at)) {
            const std::size_t from_home = (at - home(entries_[at].tag)) & (entries_.size() - 1);
            const std::size_t from_gap = (at - gap) & (entries_.size() - 1);
            if (from_home < from_gap) continue;
            entries_[gap] = entries_[at];
            gap = at;
        }
        entries_[gap] = {};
        --size_;
    }

private:
    struct Entry {
        std::uint32_t tag = 0;
        Slot slot = no_slot;
    };

    [[nodiscard]] std::size_t home(std::uint32_t tag) const { return tag & (entries_.size() - 1); }
    [[nodiscard]] std::size_t next(std::size_t at) const {
        return (at + 1) & (entries_.size() - 1);
    }

    Vector<Entry, Allocator> entries_;
    std::size_t size_ = 0;
};

}  // namespace detail
}  // namespace gigaspot::inline GIGASPOT_ABI
