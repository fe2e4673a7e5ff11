// gigaspot: the vectors of the engine, and how they grow. Layer: engine/store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <new>
#include <utility>

// After <iterator>: without exceptions g++ 12 needs it first.
#include <boost/container/allocator_traits.hpp>
#include <boost/container/options.hpp>
#include <boost/container/vector.hpp>

#include <gigaspot/base/config.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

template <class T, class Allocator>
using Vector = boost::container::vector<T, typename boost::container::allocator_traits<
                                               Allocator>::template portable_rebind_alloc<T>::type>;

/// Likewise for fewer than 2^32 items, in 16 bytes instead of 24.
template <class T, class Allocator>
using ShortVector = boost::container::vector<
    T,
    typename boost::container::allocator_traits<Allocator>::template portable_rebind_alloc<T>::type,
    typename boost::container::vector_options<boost::container::stored_size<std::uint32_t>>::type>;

/// Makes room for so many items in all, by half more than before at least. A command makes all the
/// room that it may need before it changes anything: after that nothing can fail.
template <class Items>
void make_room(Items& items, std::size_t count) {
    if (count <= items.capacity()) return;
    const std::size_t grown = items.capacity() + items.capacity() / 2 + 4;
    items.reserve(count > grown ? count : grown);
}

/// Hints that this memory will be needed soon. It need not be there.
inline void fetch(const void* memory) {
    // Into the second cache: the first waits for few entries at a time, and then a hint waits too.
    __builtin_prefetch(memory, 0, 2);
    // Without an effect that it must keep, g++ 12 takes calls of a function that does nothing but
    // hint for useless and drops them, hints and all, unless it has put the function in place.
    asm volatile("");
}
inline void fetch(std::uintptr_t address) { fetch(reinterpret_cast<const void*>(address)); }
inline void fetch_all(const void* memory, std::size_t bytes) {
    const auto begin = reinterpret_cast<std::uintptr_t>(memory);
    for (std::uintptr_t entry = begin / 64 * 64; entry < begin + bytes; entry += 64) fetch(entry);
}

/// The first bytes of a record.
template <std::size_t bytes, class Record>
void fetch_first(const Record& record) {
    const auto* const begin = reinterpret_cast<const std::byte*>(&record);
    for (std::size_t at = 0; at < bytes; at += 64) fetch(begin + at);
    constexpr std::size_t fetched = (bytes + 63) / 64;
    // Wherever it begins within a cache line, does it end in the last of these?
    if constexpr ((64 - alignof(Record) + bytes - 1) / 64 >= fetched) fetch(begin + bytes - 1);
}

/// The number of a record in its pool; `no_slot`: of none.
using Slot = std::uint32_t;
inline constexpr Slot no_slot = 0xffff'ffff;

/// Memory that lives as long as the arena, cut from large chunks: what is read at random then
/// stands on few pages, if the allocator gives large ones. Each chunk is as large as all before it,
/// up to 2 MiB, or what is asked for; a copy begins with one as large as all of the other, up to
/// 2 MiB too. What is left of a chunk where the next piece does not fit is for smaller ones.
template <class Allocator>
class Arena {
public:
    static constexpr std::size_t alignment = 64;  ///< a cache line

    explicit Arena(const Allocator& allocator, std::size_t expected = 0)
        : chunks_{allocator}, expected_{expected} {}
    Arena(Arena&& other) noexcept
        : chunks_{std::move(other.chunks_)}, total_{std::exchange(other.total_, 0)},
          expected_{std::exchange(other.expected_, 0)} {
        for (std::size_t i = 0; i < rests; ++i) rests_[i] = std::exchange(other.rests_[i], {});
    }
    Arena(const Arena&) = delete;
    Arena& operator=(const Arena&) = delete;

    [[nodiscard]] std::size_t total() const { return total_; }

    /// So many bytes, from the beginning of a cache line on.
    [[nodiscard]] std::byte* take(std::size_t bytes) {
        const std::size_t whole = (bytes + alignment - 1) / alignment * alignment;
        for (Rest& rest : rests_) {
            if (whole <= rest.left) return rest.take(whole);
        }
        return add_chunk(whole).take(whole);
    }

private:
    static constexpr std::size_t chunk_max = std::size_t{2} << 20;
    static constexpr std::size_t rests = 4;
    struct alignas(std::max_align_t) CacheLine {
        std::byte bytes[alignment];
    };
    using Chunk = Vector<CacheLine, Allocator>;

    /// What nobody has of a chunk.
    struct Rest {
        std::byte* next = nullptr;
        std::size_t left = 0;

        std::byte* take(std::size_t bytes) {
            left -= bytes;
            return std::exchange(next, next + bytes);
        }
    };

    /// The rest of a new chunk, in the place of the smallest one.
    Rest& add_chunk(std::size_t bytes) {
        std::size_t size = total_ > expected_ ? total_ : expected_;
        if (size > chunk_max) size = chunk_max;
        // One line more: the first may not begin where a cache line does.
        if (size < bytes + alignment) size = bytes + alignment;
        make_room(chunks_, chunks_.size() + 1);
        Chunk chunk{Allocator{chunks_.get_stored_allocator()}};
        chunk.resize(size / alignment, boost::container::default_init);
        auto* const begin = reinterpret_cast<std::byte*>(chunk.data());
        const std::size_t past = reinterpret_cast<std::uintptr_t>(begin) % alignment;
        const std::size_t skipped = past == 0 ? 0 : alignment - past;
        total_ += chunk.size() * alignment;
        Rest* smallest = rests_;
        for (Rest& rest : rests_) {
            if (rest.left < smallest->left) smallest = &rest;
        }
        *smallest = {begin + skipped, chunk.size() * alignment - skipped};
        chunks_.push_back(std::move(chunk));
        return *smallest;
    }

    Vector<Chunk, Allocator> chunks_;
    Rest rests_[rests]{};       ///< of some chunks, the last one among them
    std::size_t total_ = 0;     ///< bytes of all chunks
    std::size_t expected_ = 0;  ///< bytes of all chunks of the arena that this one is a copy of
};

/// Records that stand where they were made, in blocks of so many: more of them move none, and cost
/// the memory of a block at most. They are copied into an arena, and moved with theirs.
template <class Record, class Allocator, std::size_t block_size = 64>
class Blocks {
public:
    explicit Blocks(const Allocator& allocator) : blocks_{allocator} {}
    Blocks(const Blocks& other, Arena<Allocator>& arena)
        : Blocks{Allocator{other.blocks_.get_stored_allocator()}} {
        blocks_.reserve(other.blocks_.size());
        for (const Record* const block : other.blocks_) {
            add_block(arena);
            const std::size_t end =
                size_ + block_size < other.size_ ? size_ + block_size : other.size_;
            for (std::size_t i = 0; size_ < end; ++i, ++size_)
                ::new (static_cast<void*>(blocks_.back() + i)) Record(block[i]);
        }
    }
    Blocks(Blocks&& other) noexcept
        : blocks_{std::move(other.blocks_)}, size_{std::exchange(other.size_, 0)} {}
    Blocks(const Blocks&) = delete;
    Blocks& operator=(const Blocks&) = delete;
    ~Blocks() {
        for (std::size_t i = 0; i < size_; ++i) at(i)->~Record();
    }

    /// So many records in all, the new ones like this one. No more than that are made: to copy a
    /// small engine costs little.
    void extend(std::size_t count, const Record& record, Arena<Allocator>& arena) {
        while (size_ < count) add(record, arena);
    }

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] const Record* const* data() const { return blocks_.data(); }
    [[nodiscard]] Record& operator[](Slot slot) {
        GIGASPOT_ASSERT(slot < size());
        return blocks_[slot / block_size][slot % block_size];
    }
    [[nodiscard]] const Record& operator[](Slot slot) const {
        GIGASPOT_ASSERT(slot < size());
        return blocks_[slot / block_size][slot % block_size];
    }

private:
    static_assert(alignof(Record) <= Arena<Allocator>::alignment);

    [[nodiscard]] Record* at(std::size_t i) const {
        return blocks_[i / block_size] + i % block_size;
    }
    /// There is room in the list.
    void add_block(Arena<Allocator>& arena) {
        blocks_.push_back(reinterpret_cast<Record*>(arena.take(block_size * sizeof(Record))));
    }
    void add(const Record& record, Arena<Allocator>& arena) {
        if (size_ == blocks_.size() * block_size) {
            detail::make_room(blocks_, blocks_.size() + 1);
            add_block(arena);
        }
        ::new (static_cast<void*>(at(size_))) Record(record);
        ++size_;
    }

    Vector<Record*, Allocator> blocks_;
    std::size_t size_ = 0;
};

/// Records that keep their number while they live. A record that is given back is used again, with
/// what it has allocated.
template <class Record, class Allocator>
class Pool {
public:
    explicit Pool(const Allocator& allocator) : records_{allocator}, free_{allocator} {}
    Pool(const Pool& other, Arena<Allocator>& arena)
        : records_{other.records_, arena}, free_{other.free_}, slots_{other.slots_},
          in_use_{other.in_use_} {
        free_.reserve(capacity());
    }
    Pool(Pool&& other) noexcept
        : records_{std::move(other.records_)}, free_{std::move(other.free_)},
          slots_{std::exchange(other.slots_, 0)}, in_use_{std::exchange(other.in_use_, 0)} {}
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    /// Room for so many records in use at the same time; new ones are like this one.
    void make_room(std::size_t count, const Record& record, Arena<Allocator>& arena) {
        if (count <= capacity()) return;
        detail::make_room(free_, count);
        records_.extend(count, record, arena);
    }

    /// There is room.
    Slot take() {
        ++in_use_;
        const Slot slot = spare();
        if (free_.empty()) {
            ++slots_;
        } else {
            free_.pop_back();
        }
        return slot;
    }

    void give_back(Slot slot) {
        --in_use_;
        free_.push_back(slot);
    }

    [[nodiscard]] std::size_t in_use() const { return in_use_; }
    /// Every slot is below this.
    [[nodiscard]] std::size_t slots() const { return slots_; }
    [[nodiscard]] std::size_t capacity() const { return records_.size(); }

    [[nodiscard]] Record& operator[](Slot slot) { return records_[slot]; }
    [[nodiscard]] const Record& operator[](Slot slot) const { return records_[slot]; }
    /// The next to be taken; there is room.
    [[nodiscard]] Slot spare() const {
        return free_.empty() ? static_cast<Slot>(slots_) : free_.back();
    }

private:
    static constexpr std::size_t block_size = 64;

    Blocks<Record, Allocator, block_size> records_;
    Vector<Slot, Allocator> free_;
    std::size_t slots_ = 0;
    std::size_t in_use_ = 0;
};

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
