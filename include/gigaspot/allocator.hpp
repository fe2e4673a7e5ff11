// gigaspot: where an engine's memory comes from, unless it is told otherwise. Layer: engine.
#pragma once

#include <cstddef>
#include <new>

#include <gigaspot/config.hpp>

namespace gigaspot::inline GIGASPOT_ABI {

/// From `operator new`. What is larger than a few cache lines begins on one: the engine's records
/// are one to three lines long, and one that is split costs a second miss. Any other allocator will
/// do too; only that is lost.
template <class T>
class DefaultAllocator {
public:
    using value_type = T;

    DefaultAllocator() = default;
    template <class Other>
    DefaultAllocator(const DefaultAllocator<Other>&) {}

    [[nodiscard]] T* allocate(std::size_t count) {
        const std::size_t bytes = count * sizeof(T);
        return static_cast<T*>(is_aligned(bytes) ? ::operator new(bytes, alignment)
                                                 : ::operator new(bytes));
    }
    void deallocate(T* memory, std::size_t count) {
        if (is_aligned(count * sizeof(T))) return ::operator delete(memory, alignment);
        ::operator delete(memory);
    }

    friend bool operator==(const DefaultAllocator&, const DefaultAllocator&) { return true; }

private:
    static constexpr std::align_val_t alignment{64};

    static bool is_aligned(std::size_t bytes) {
        return bytes >= 4 * static_cast<std::size_t>(alignment);
    }
};

}  // namespace gigaspot::inline GIGASPOT_ABI
