// gigaspot: a vector with a fixed capacity and no allocation, usable in constant expressions.
// Layer: base.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <span>

#include <gigaspot/base/config.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// Holds up to `Capacity` items inside the object. Copying it copies the whole storage. Boost's
/// static_vector is not constexpr, and values must be.
template <class T, std::size_t Capacity>
class FixedVector {
public:
    using value_type = T;  ///< the type of the items

    // g++ 12 needs the noexcept for lists of bids in braces: tests/static/lists.cpp.
    constexpr FixedVector() noexcept = default;

    /// Takes at most `Capacity` items. More than that abort the program, or do not compile in a
    /// constant expression.
    constexpr FixedVector(std::initializer_list<T> items) {
        for (const T& item : items) {
            if (!push_back(item))
                detail::assertion_failed("a FixedVector is given at most Capacity items", __FILE__,
                                         __LINE__);
        }
    }

    /// Appends an item. Returns false and changes nothing if the vector is full.
    [[nodiscard]] constexpr bool push_back(const T& item) {
        if (size_ == Capacity) return false;
        items_[size_++] = item;
        return true;
    }

    /// Removes all items, so that the size is 0.
    constexpr void clear() { size_ = 0; }

    /// Returns the maximum number of items.
    [[nodiscard]] static constexpr std::size_t capacity() { return Capacity; }
    /// Returns the number of items.
    [[nodiscard]] constexpr std::size_t size() const { return size_; }
    /// Tells whether there are no items.
    [[nodiscard]] constexpr bool empty() const { return size_ == 0; }

    /// Returns an item. The index must be below `size()`.
    [[nodiscard]] constexpr const T& operator[](std::size_t index) const {
        GIGASPOT_ASSERT(index < size_);
        return items_[index];
    }
    /// Returns an item for writing. The index must be below `size()`.
    [[nodiscard]] constexpr T& operator[](std::size_t index) {
        GIGASPOT_ASSERT(index < size_);
        return items_[index];
    }

    /// Returns a pointer to the first item. It is valid as long as this object.
    [[nodiscard]] constexpr const T* data() const { return items_; }
    /// Returns an iterator at the first item. It is valid as long as this object.
    [[nodiscard]] constexpr const T* begin() const { return items_; }
    /// Returns the iterator past the last item. It is valid until the size changes.
    [[nodiscard]] constexpr const T* end() const { return items_ + size_; }
    /// Returns an iterator for writing at the first item.
    [[nodiscard]] constexpr T* begin() { return items_; }
    /// Returns the iterator for writing past the last item.
    [[nodiscard]] constexpr T* end() { return items_ + size_; }

    /// Returns the items as a span. It is valid until this object changes or is destroyed.
    [[nodiscard]] constexpr std::span<const T> view() const { return {items_, size_}; }

    friend constexpr bool operator==(const FixedVector& left, const FixedVector& right) {
        if (left.size_ != right.size_) return false;
        for (std::size_t i = 0; i < left.size_; ++i) {
            if (!(left.items_[i] == right.items_[i])) return false;
        }
        return true;
    }

private:
    T items_[Capacity]{};
    std::size_t size_ = 0;
};

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
