// gigaspot: where an engine's memory comes from, unless it is told otherwise. Layer: engine.
#pragma once

#include <cstddef>
#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

#include <gigaspot/base/config.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// From `operator new`, as an engine likes it best. `std::allocator` will do too, or one with a
/// state of its own; one that constructs what it allocates, as a `pmr::polymorphic_allocator` does,
/// does not compile.
///
/// What is larger than a few cache lines begins on one, so that the record of a bid is one line and
/// not two halves. What is larger than 2 MiB begins on a page of that size, and
/// Linux is asked for such pages: in a market of a million bids nearly every record is on another
/// page of 4 KiB, and to find that page costs as much as the record. Linux may say no; then only
/// that is lost.
template <class T>
class DefaultAllocator {
public:
    using value_type = T;

    DefaultAllocator() = default;
    template <class Other>
    DefaultAllocator(const DefaultAllocator<Other>&) {}

    [[nodiscard]] T* allocate(std::size_t count) {
        const std::size_t bytes = count * sizeof(T);
        if (is_small(bytes)) return static_cast<T*>(::operator new(bytes));
        void* memory = ::operator new (bytes, std::align_val_t{alignment(bytes)});
#if defined(__linux__)
        if (bytes >= large_page) static_cast<void>(::madvise(memory, bytes, MADV_HUGEPAGE));
#endif
        return static_cast<T*>(memory);
    }
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
