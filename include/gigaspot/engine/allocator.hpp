// gigaspot: the default allocator of an engine. Layer: engine.
#pragma once

#include <cstddef>
#include <cstdint>
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

#if defined(__linux__)
    /// Reserves addresses for `count` objects. Memory comes to them when they are first used.
    /// Returns null if there are no such addresses. The engine asks for this once an array is
    /// large, so that the array grows without being copied. An allocator of your own may have this
    /// function and `release_addresses`.
    [[nodiscard]] T* reserve_addresses(std::size_t count) noexcept {
        const std::size_t bytes = range(count);
        void* const found = ::mmap(nullptr, bytes + large_page, PROT_READ | PROT_WRITE,
                                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (found == MAP_FAILED) return nullptr;
        auto* const first = static_cast<unsigned char*>(found);
        const std::size_t past = reinterpret_cast<std::uintptr_t>(first) % large_page;
        const std::size_t before = past == 0 ? 0 : large_page - past;
        if (before != 0) ::munmap(first, before);
        ::munmap(first + before + bytes, large_page - before);
        static_cast<void>(::madvise(first + before, bytes, MADV_HUGEPAGE));
        return reinterpret_cast<T*>(first + before);
    }
    /// Gives back addresses that `reserve_addresses` returned for the same `count`.
    void release_addresses(T* memory, std::size_t count) noexcept {
        ::munmap(memory, range(count));
    }
#endif

    friend bool operator==(const DefaultAllocator&, const DefaultAllocator&) { return true; }

private:
    static constexpr std::size_t cache_line = 64;
    static constexpr std::size_t large_page = std::size_t{2} << 20;

    /// Returns the bytes of `count` objects, in whole pages.
    static std::size_t range(std::size_t count) {
        return (count * sizeof(T) + large_page - 1) / large_page * large_page;
    }
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
