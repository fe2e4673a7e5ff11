// gigaspot: memory in pages of 2 MiB, for an engine with a large market on Linux. Layer: edge.
#pragma once

#include <cstddef>
#include <new>

#include <sys/mman.h>

#include <gigaspot/allocator.hpp>
#include <gigaspot/config.hpp>

namespace gigaspot::inline GIGASPOT_ABI {

/// As `DefaultAllocator`, but what is larger than a page of 2 MiB begins on one, and the kernel is
/// asked for such pages: a market of a million bids touches a page of 4 KiB for nearly every record
/// that it looks at, and finding that page costs as much as the record. The kernel may say no (see
/// `/sys/kernel/mm/transparent_hugepage/enabled`); then nothing is won.
template <class T>
class LargePageAllocator {
public:
    using value_type = T;

    LargePageAllocator() = default;
    template <class Other>
    LargePageAllocator(const LargePageAllocator<Other>&) {}

    [[nodiscard]] T* allocate(std::size_t count) {
        const std::size_t bytes = count * sizeof(T);
        if (bytes < page) return DefaultAllocator<T>{}.allocate(count);
        void* memory = ::operator new (bytes, std::align_val_t{page});
        static_cast<void>(::madvise(memory, bytes, MADV_HUGEPAGE));
        return static_cast<T*>(memory);
    }
    void deallocate(T* memory, std::size_t count) {
        if (count * sizeof(T) < page) return DefaultAllocator<T>{}.deallocate(memory, count);
        ::operator delete (memory, std::align_val_t{page});
    }

    friend bool operator==(const LargePageAllocator&, const LargePageAllocator&) { return true; }

private:
    static constexpr std::size_t page = std::size_t{2} << 20;
};

}  // namespace gigaspot::inline GIGASPOT_ABI
