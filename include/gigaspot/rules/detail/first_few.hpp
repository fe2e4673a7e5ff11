// gigaspot: keeps the first few of many items in order, in storage of the caller. Layer:
// rules/detail.
#pragma once

#include <cstddef>
#include <span>

#include <gigaspot/base/config.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// Keeps the first `slots.size()` items in the strict order `before`, in O(log slots) per item. It
/// is a heap with the last item on top. It exists because <algorithm> adds 0.2 s of compile time
/// for every user of the rules.
template <class T, class Before>
class Top {
public:
    constexpr Top(std::span<T> slots, Before before) : slots_{slots}, before_{before} {}

    constexpr void add(const T& item) {
        if (size_ < slots_.size()) {
            slots_[size_] = item;
            rise(size_++);
        } else if (size_ > 0 && before_(item, slots_[0])) {
            slots_[0] = item;
            sink(0, size_);
        }
    }

    /// Sorts the kept items, first to last, and returns them. It must be the last call.
    constexpr std::span<T> in_order() {
        for (std::size_t end = size_; end > 1;) {
            --end;
            swap(0, end);
            sink(0, end);
        }
        return slots_.first(size_);
    }

private:
    constexpr void swap(std::size_t left, std::size_t right) {
        const T item = slots_[left];
        slots_[left] = slots_[right];
        slots_[right] = item;
    }

    constexpr void rise(std::size_t at) {
        while (at > 0) {
            const std::size_t parent = (at - 1) / 2;
            if (!before_(slots_[parent], slots_[at])) return;
            swap(parent, at);
            at = parent;
        }
    }

    constexpr void sink(std::size_t at, std::size_t end) {
        for (std::size_t child = 2 * at + 1; child < end; child = 2 * at + 1) {
            if (child + 1 < end && before_(slots_[child], slots_[child + 1])) ++child;
            if (!before_(slots_[at], slots_[child])) return;
            swap(at, child);
            at = child;
        }
    }

    std::span<T> slots_;
    Before before_;
    std::size_t size_ = 0;
};

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
