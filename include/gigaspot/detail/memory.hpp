// gigaspot: the vectors of the engine, and how they grow. Layer: engine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>

// After <iterator>: without exceptions g++ 12 needs it first.
#include <boost/container/allocator_traits.hpp>
#include <boost/container/options.hpp>
#include <boost/container/vector.hpp>

#include <gigaspot/config.hpp>

namespace gigaspot::inline GIGASPOT_ABI::detail {

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
    __builtin_prefetch(memory);
    // Without an effect that it must keep, g++ 12 takes calls of a function that does nothing but
    // hint for useless and drops them, hints and all, unless it has put the function in place.
    asm volatile("");
}
inline void fetch(std::uintptr_t address) { fetch(reinterpret_cast<const void*>(address)); }
inline void fetch_all(const void* memory, std::size_t bytes) {
    const auto begin = reinterpret_cast<std::uintptr_t>(memory);
    for (std::uintptr_t line = begin / 64 * 64; line < begin + bytes; line += 64) fetch(line);
}

/// The number of a record in its pool; `no_slot`: of none.
using Slot = std::uint32_t;
inline constexpr Slot no_slot = 0xffff'ffff;

/// Records that keep their number while they live. A record that is given back is used again, with
/// what it has allocated.
template <class Record, class Allocator>
class Pool {
public:
    explicit Pool(const Allocator& allocator) : records_{allocator}, free_{allocator} {}

    /// Room for so many records in use at the same time.
    void make_room(std::size_t count) {
        detail::make_room(records_, count);
        if (free_.capacity() < records_.capacity()) free_.reserve(records_.capacity());
    }

    /// There is room. A record that is new is made of `args`.
    template <class... Args>
    Slot take(const Args&... args) {
        ++in_use_;
        if (free_.empty()) {
            records_.emplace_back(args...);
            return static_cast<Slot>(records_.size() - 1);
        }
        const Slot slot = free_.back();
        free_.pop_back();
        return slot;
    }

    void give_back(Slot slot) {
        --in_use_;
        free_.push_back(slot);
    }

    /// Whether the next record to be taken exists already, and which it is.
    [[nodiscard]] bool has_spare() const { return !free_.empty(); }
    [[nodiscard]] Slot spare() const { return free_.back(); }

    [[nodiscard]] std::size_t in_use() const { return in_use_; }
    /// Every slot is below this.
    [[nodiscard]] std::size_t slots() const { return records_.size(); }
    [[nodiscard]] std::size_t capacity() const { return records_.capacity(); }

    [[nodiscard]] Record& operator[](Slot slot) {
        GIGASPOT_ASSERT(slot < records_.size());
        return records_[slot];
    }
    [[nodiscard]] const Record& operator[](Slot slot) const {
        GIGASPOT_ASSERT(slot < records_.size());
        return records_[slot];
    }

private:
    Vector<Record, Allocator> records_;
    Vector<Slot, Allocator> free_;
    std::size_t in_use_ = 0;
};

}  // namespace gigaspot::inline GIGASPOT_ABI::detail
