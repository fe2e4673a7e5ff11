// gigaspot: the default allocator of an engine. Layer: engine.
#pragma once

#include <cstddef>
#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

#include <gigaspot/base/config.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// Allocates with `operator new`, aligned for speed. An engine also takes `std::allocator` or an
/// allocator with state. It does not take one that constructs objects itself, such as
/// `pmr::polymorphic_allocator`.
///
/// Blocks of more than a few cache lines begin on a cache line, so that a bid's record is in one
/// line. Blocks of more than 2 MiB begin on a page of that size, and Linux is asked for such pages:
/// in a market of a million bids, finding a record's page of 4 KiB costs as much as the record. If
/// Linux has no large pages, the market is only slower.
template <class T>
class DefaultAllocator {
public:
    using value_type = T;  ///< the type of the objects that it makes room for

    DefaultAllocator() = default;
    /// Converts an allocator of another type; all are interchangeable.
    template <class Other>
    DefaultAllocator(const DefaultAllocator<Other>&) {}

    /// Allocates room for `count` objects. Fails as `operator new` does.
    [[nodiscard]] T* allocate(std::size_t count) {
        const std::size_t bytes = count * sizeof(T);
        if (is_small(bytes)) return static_cast<T*>(::operator new(bytes));
        void* memory = ::operator new (bytes, std::align_val_t{alignment(bytes)});
#if defined(__linux__)
        if (bytes >= large_page) static_cast<void>(::madvise(memory, bytes, MADV_HUGEPAGE));
#endif
        return static_cast<T*>(memory);
    }
    /// Frees memory that `allocate` returned for the same `count`.
    void deallocate(T* memory, std::size_t count) {
        const std::size_t bytes = count * sizeof(T);
        if (is_small(bytes)) return ::operator delete(memory);
        ::operator delete (memory, std::align_val_t{alignment(bytes)});
    }

    friend bool operator==(const DefaultAllocator&, const DefaultAllocator&) { return true; }

private:
    static constexpr std::size_t cache_line = 64;
    static constexpr std::size_t large_page = std::size_t{2} << 20;

    static bool is_small(std::size_t bytes) {
        return bytes < 4 * cache_line && alignof(T) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__;
    }
    static std::size_t alignment(std::size_t bytes) {
        if (bytes >= large_page) return large_page;
        return alignof(T) > cache_line ? alignof(T) : cache_line;
    }
};

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
