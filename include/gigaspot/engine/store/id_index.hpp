// gigaspot: finds the record of an id. Layer: engine/store.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/int128.hpp>
#include <gigaspot/engine/store/memory.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

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

/// A hash table of slots. The ids stand in the records, which are looked at only where 8 bits of
/// the hash agree. Twelve slots with these bits are a bucket and fill a cache line, in which one
/// comparison of a vector finds those that agree. It may be three quarters full, so that few ids
/// find their bucket full, and an id takes 7 to 9 bytes. An id that finds its bucket full stands in
/// one of the next; the buckets that it has passed count it, so that a search knows where to end.
template <class Allocator>
class IdIndex {
    struct NoHint {
        void operator()(Slot) const {}
    };

public:
    explicit IdIndex(const Allocator& allocator) : buckets_{allocator} {}

    IdIndex(const IdIndex&) = default;
    IdIndex(IdIndex&& other) noexcept
        : buckets_{std::move(other.buckets_)}, size_{std::exchange(other.size_, 0)} {}
    IdIndex& operator=(const IdIndex&) = delete;

    [[nodiscard]] std::size_t size() const { return size_; }

    /// Room for so many ids in all; `tag_of_slot(slot)` gives the tag of one that is in the index,
    /// and `fetch_slot(slot)` hints at what that reads.
    template <class TagOfSlot, class FetchSlot = NoHint>
    void make_room(std::size_t count, TagOfSlot tag_of_slot, FetchSlot fetch_slot = {}) {
        if (count <= buckets_.size() * ids_per_bucket) return;
        const std::size_t grown = buckets_.size() + buckets_.size() / 4 + 1;
        const std::size_t needed = count / ids_per_bucket + 1;
        IdIndex larger{Allocator{buckets_.get_stored_allocator()}};
        larger.buckets_.resize(grown > needed ? grown : needed);
        // The records stand anywhere, and each would be a miss of its own.
        constexpr std::size_t ahead = 4;
        for (std::size_t at = 0; at < buckets_.size() + ahead; ++at) {
            if (at < buckets_.size()) buckets_[at].for_each(fetch_slot);
            if (at < ahead) continue;
            buckets_[at - ahead].for_each(
                [&](Slot slot) { larger.insert(tag_of_slot(slot), slot); });
        }
        buckets_.swap(larger.buckets_);
    }

    /// Hints that a tag will be looked for soon.
    void fetch(std::uint32_t tag) const {
        if (!buckets_.empty()) detail::fetch(buckets_.data() + home(tag));
    }

    /// The slot with this tag for which `is_it(slot)` is true, or `no_slot`. `is_it` may be asked
    /// of slots with other tags.
    template <class IsIt>
    [[nodiscard]] Slot find(std::uint32_t tag, IsIt is_it) const {
        if (buckets_.empty()) return no_slot;
        const std::size_t begin = home(tag);
        std::size_t at = begin;
        do {
            const Bucket& bucket = buckets_[at];
            for (std::uint64_t found = bucket.find(mark_of(tag)); found != 0; found &= found - 1) {
                const Slot slot = bucket.slots[place_of(found)];
                if (is_it(slot)) return slot;
            }
            if (bucket.passed == 0) return no_slot;
            at = next(at);
        } while (at != begin);
        return no_slot;
    }

    /// There is room, and the id is not in the index.
    void insert(std::uint32_t tag, Slot slot) {
        std::size_t at = home(tag);
        std::uint64_t free = buckets_[at].find(no_mark);
        for (; free == 0; free = buckets_[at].find(no_mark)) {
            ++buckets_[at].passed;
            at = next(at);
        }
        const std::size_t place = place_of(free);
        buckets_[at].marks[place] = mark_of(tag);
        buckets_[at].slots[place] = slot;
        ++size_;
    }

    /// The slot is in the index under this tag.
    void erase(std::uint32_t tag, Slot slot) {
        for (std::size_t at = home(tag);; at = next(at)) {
            Bucket& bucket = buckets_[at];
            for (std::uint64_t found = bucket.find(mark_of(tag)); found != 0; found &= found - 1) {
                const std::size_t place = place_of(found);
                if (bucket.slots[place] != slot) continue;
                bucket.marks[place] = no_mark;
                --size_;
                return;
            }
            --bucket.passed;
        }
    }

private:
    static constexpr std::size_t places = 12;
    static constexpr std::size_t ids_per_bucket = 9;  ///< on average, at most
    static constexpr std::uint8_t no_mark = 0;        ///< of a place that is free

    struct Bucket {
        std::uint8_t marks[places]{};
        std::uint32_t passed = 0;  ///< ids whose search goes on in the next bucket
        Slot slots[places]{};

        template <class Visit>
        void for_each(Visit visit) const {
            for (std::size_t i = 0; i < places; ++i) {
                if (marks[i] != no_mark) visit(slots[i]);
            }
        }
        /// A bit for each place with this mark, see `place_of`.
        [[nodiscard]] std::uint64_t find(std::uint8_t mark) const {
            using Bytes [[gnu::vector_size(16)]] = signed char;
            using Words [[gnu::vector_size(16)]] = std::uint64_t;
            Bytes bytes;
            std::memcpy(&bytes, this, sizeof bytes);  // the marks, and what follows them
            const auto equal =
                std::bit_cast<Words>(bytes == Bytes{} + static_cast<signed char>(mark));
            std::uint64_t first = equal[0];
            std::uint64_t rest = equal[1];
            if constexpr (std::endian::native == std::endian::big) {
                first = __builtin_bswap64(first);
                rest = __builtin_bswap64(rest);
            }
            return (first & 0x0101'0101'0101'0101) | (rest & 0x0101'0101) << 4;
        }
    };
    static_assert(sizeof(Bucket) == 64);

    /// The place of the lowest bit: bit 8 i is that of the place i, bit 8 i + 4 that of 8 + i.
    static std::size_t place_of(std::uint64_t found) {
        const auto bit = static_cast<std::size_t>(std::countr_zero(found));
        return bit / 8 + bit % 8 * 2;
    }
    static std::uint8_t mark_of(std::uint32_t tag) {
        const auto low = static_cast<std::uint8_t>(tag);
        return low == no_mark ? std::uint8_t{1} : low;
    }
    /// By the high bits of the tag; the mark is of the low ones.
    [[nodiscard]] std::size_t home(std::uint32_t tag) const {
        return static_cast<std::size_t>((std::uint64_t{tag} * buckets_.size()) >> 32);
    }
    [[nodiscard]] std::size_t next(std::size_t at) const {
        return at + 1 == buckets_.size() ? 0 : at + 1;
    }

    Vector<Bucket, Allocator> buckets_;
    std::size_t size_ = 0;
};

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
