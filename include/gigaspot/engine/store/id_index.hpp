// gigaspot: a hash table from ids to slots. Layer: engine/store.
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

/// An id that the engine can look up. Specialise `std::hash` for your own type.
template <class T>
concept HashableId = requires(const T& id) {
    { std::hash<T>{}(id) } -> std::convertible_to<std::size_t>;
};

namespace detail {

/// Returns 32 well-mixed bits of the id's hash. `std::hash` of an integer is often the integer.
template <HashableId T>
[[nodiscard]] std::uint32_t tag_of(const T& id) {
    const auto hash = static_cast<std::uint64_t>(std::hash<T>{}(id));
    const Uint128 product =
        static_cast<Uint128>(hash ^ 0x9e37'79b9'7f4a'7c15) * 0xd6e8'feb8'6659'fd93;
    const auto folded =
        static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
    return static_cast<std::uint32_t>(folded ^ (folded >> 32));
}

/// A hash table of slots. Ids are only in the records, which are read where 8 bits of the tag, the
/// mark, agree. A bucket has 12 slots with their marks. It fills a cache line, and one vector
/// comparison finds the slots with a mark. The table is at most three quarters full, so that few
/// ids find their bucket full; an id takes 7 to 9 bytes. Such an id goes into a later bucket. The
/// buckets that it passed count it, so that a search knows where to end.
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

    /// Whether there is room for `count` ids in all.
    [[nodiscard]] bool has_room(std::size_t count) const {
        return count <= buckets_.size() * ids_per_bucket;
    }
    /// Makes room for `count` ids in all. `tag_of_slot(slot)` returns the tag of a slot in the
    /// index, and `fetch_slot(slot)` hints at what that reads.
    template <class TagOfSlot, class FetchSlot = NoHint>
    [[gnu::noinline]] void make_room(std::size_t count, TagOfSlot tag_of_slot,
                                     FetchSlot fetch_slot = {}) {
        if (has_room(count)) return;
        const std::size_t grown = buckets_.size() + buckets_.size() / 4 + 1;
        const std::size_t needed = count / ids_per_bucket + 1;
        IdIndex larger{Allocator{buckets_.get_stored_allocator()}};
        larger.buckets_.resize(grown > needed ? grown : needed);
        // Records lie at random places: without hints, each is a cache miss.
        constexpr std::size_t ahead = 4;
        for (std::size_t at = 0; at < buckets_.size() + ahead; ++at) {
            if (at < buckets_.size()) buckets_[at].for_each(fetch_slot);
            if (at < ahead) continue;
            buckets_[at - ahead].for_each(
                [&](Slot slot) { larger.insert(tag_of_slot(slot), slot); });
        }
        buckets_.swap(larger.buckets_);
    }

    /// Hints that a tag will be looked up soon.
    void fetch(std::uint32_t tag) const {
        if (!buckets_.empty()) detail::fetch(buckets_.data() + home(tag));
    }

    /// Returns the slot with this tag for which `is_it(slot)` is true, or `no_slot`. May call
    /// `is_it` for slots with other tags.
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

    /// Adds an id that is not in the index. Room must have been made.
    [[gnu::always_inline]] void insert(std::uint32_t tag, Slot slot) {
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

    /// Removes a slot that is in the index with this tag.
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
    static constexpr std::uint8_t no_mark = 0;        ///< of a free place

    struct Bucket {
        std::uint8_t marks[places]{};
        std::uint32_t passed = 0;  ///< ids that found it full and went on
        Slot slots[places]{};

        template <class Visit>
        void for_each(Visit visit) const {
            for (std::size_t i = 0; i < places; ++i) {
                if (marks[i] != no_mark) visit(slots[i]);
            }
        }
        /// Returns a bit for each place with this mark; `place_of` gives the place.
        [[nodiscard]] std::uint64_t find(std::uint8_t mark) const {
            using Bytes [[gnu::vector_size(16)]] = char;
            Bytes bytes;
            std::memcpy(&bytes, this, sizeof bytes);  // the marks, and what follows them
            const auto equal = bytes == Bytes{} + static_cast<char>(mark);
#if defined(__SSE2__)
            return static_cast<std::uint64_t>(
                __builtin_ia32_pmovmskb128(reinterpret_cast<Bytes>(equal)) & 0xfff);
#else
            using Words [[gnu::vector_size(16)]] = std::uint64_t;
            const auto words = std::bit_cast<Words>(equal);
            std::uint64_t first = words[0];
            std::uint64_t rest = words[1];
            if constexpr (std::endian::native == std::endian::big) {
                first = __builtin_bswap64(first);
                rest = __builtin_bswap64(rest);
            }
            return (first & 0x0101'0101'0101'0101) | (rest & 0x0101'0101) << 4;
#endif
        }
    };
    static_assert(sizeof(Bucket) == 64);

    /// Returns the place of the lowest bit. With SSE2, bit i is place i. Without it, bit 8 i is
    /// place i, and bit 8 i + 4 is place 8 + i.
    static std::size_t place_of(std::uint64_t found) {
        const auto bit = static_cast<std::size_t>(std::countr_zero(found));
#if defined(__SSE2__)
        return bit;
#else
        return bit / 8 + bit % 8 * 2;
#endif
    }
    static std::uint8_t mark_of(std::uint32_t tag) {
        const auto low = static_cast<std::uint8_t>(tag);
        return low == no_mark ? std::uint8_t{1} : low;
    }
    /// Uses the high bits of the tag; the mark is its low bits.
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
