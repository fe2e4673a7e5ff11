// gigaspot: an array of records that grows in place if the allocator lets it. Layer: engine/store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

#include <gigaspot/base/config.hpp>
#include <gigaspot/engine/store/memory.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// An allocator that can reserve addresses for an array before it knows how large it will become.
template <class Allocator>
concept ReservesAddresses = requires(Allocator allocator, std::size_t count) {
    allocator.release_addresses(allocator.reserve_addresses(count), count);
};

/// An array of up to `most` records, for the largest arrays of an engine. A record is at the same
/// place after the first one, so that finding it takes no table. Once the array is large, it moves
/// to reserved addresses and grows there. If the allocator reserves none, it is copied when it
/// grows: then some new bids of a million take 30 to 80 ms instead of at most 10.
template <class Record, class Allocator, std::size_t most>
class GrowingArray {
    using Memory = Rebound<Record, Allocator>;

public:
    explicit GrowingArray(const Allocator& allocator) : memory_{allocator} {}
    GrowingArray(const GrowingArray& other) : memory_{other.memory_} {
        if (other.size_ == 0) return;
        GrowingArray copy{Allocator{memory_}};
        copy.allocate(other.size_);
        for (const Record& record : other) copy.add(record);
        swap(copy);
    }
    GrowingArray(GrowingArray&& other) noexcept : memory_{std::move(other.memory_)} { swap(other); }
    GrowingArray& operator=(const GrowingArray&) = delete;
    ~GrowingArray() {
        for (Record& record : *this) record.~Record();
        if constexpr (can_reserve) {
            if (is_reserved_) memory_.release_addresses(records_, room_);
        }
        if (records_ != nullptr && !is_reserved_) memory_.deallocate(records_, room_);
    }

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] Record* data() { return records_; }
    [[nodiscard]] const Record* data() const { return records_; }
    [[nodiscard]] Record* begin() { return records_; }
    [[nodiscard]] const Record* begin() const { return records_; }
    [[nodiscard]] Record* end() { return records_ + size_; }
    [[nodiscard]] const Record* end() const { return records_ + size_; }
    [[nodiscard]] Record& operator[](std::size_t at) {
        GIGASPOT_ASSERT(at < size_);
        return records_[at];
    }
    [[nodiscard]] const Record& operator[](std::size_t at) const {
        GIGASPOT_ASSERT(at < size_);
        return records_[at];
    }

    /// Makes room for `count` records in all. Records can move.
    void make_room(std::size_t count) {
        if (count <= room_) return;
        const std::size_t grown = room_ + room_ / 4 + 4;
        GrowingArray larger{Allocator{memory_}};
        larger.allocate(count > grown ? count : grown);
        for (Record& record : *this) larger.add(std::move_if_noexcept(record));
        swap(larger);
    }
    /// Adds copies of `record` until there are `count` records.
    void extend(std::size_t count, const Record& record) {
        make_room(count);
        while (size_ < count) add(record);
    }

private:
    static constexpr bool can_reserve = ReservesAddresses<Memory> && sizeof(std::size_t) >= 8;
    /// Arrays of up to this many records are copied, which takes less than a millisecond.
    static constexpr std::size_t copied_max = (std::size_t{1} << 20) / sizeof(Record);

    /// Allocates room for `count` records or more, for an empty array.
    void allocate(std::size_t count) {
        if constexpr (can_reserve) {
            if (count > copied_max && count <= most) records_ = memory_.reserve_addresses(most);
            is_reserved_ = records_ != nullptr;
        }
        room_ = is_reserved_ ? most : count;
        if (!is_reserved_) records_ = memory_.allocate(count);
    }
    template <class From>
    void add(From&& from) {
        ::new (static_cast<void*>(records_ + size_)) Record(std::forward<From>(from));
        ++size_;
    }
    void swap(GrowingArray& other) noexcept {
        std::swap(records_, other.records_);
        std::swap(size_, other.size_);
        std::swap(room_, other.room_);
        std::swap(is_reserved_, other.is_reserved_);
    }

    [[no_unique_address]] Memory memory_;
    Record* records_ = nullptr;
    std::size_t size_ = 0;
    std::size_t room_ = 0;  ///< records that fit
    bool is_reserved_ = false;
};

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
