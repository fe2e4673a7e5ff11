// An allocator that counts and can fail, and a count of allocations without it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace watch {

/// Counts of an allocator.
struct Watch {
    std::size_t calls = 0;
    std::int64_t most = 0;    ///< maximum of `live`
    std::int64_t live = 0;    ///< bytes in use
    std::size_t fail_at = 0;  ///< from this call on, all fail; 0: none fails

    /// Makes the n-th call from now on and all later ones fail.
    void fail_from(std::size_t n) {
        calls = 0;
        fail_at = n;
    }
};

template <class T>
class Allocator {
public:
    using value_type = T;

    explicit Allocator(Watch& watch) : watch_{&watch} {}
    template <class Other>
    Allocator(const Allocator<Other>& other) : watch_{&other.watch()} {}

    T* allocate(std::size_t count) {
        ++watch_->calls;
        if (watch_->fail_at != 0 && watch_->calls >= watch_->fail_at) throw std::bad_alloc{};
        void* memory = std::malloc(count * sizeof(T));
        if (memory == nullptr) throw std::bad_alloc{};
        watch_->live += static_cast<std::int64_t>(count * sizeof(T));
        if (watch_->live > watch_->most) watch_->most = watch_->live;
        return static_cast<T*>(memory);
    }
    void deallocate(T* memory, std::size_t count) {
        watch_->live -= static_cast<std::int64_t>(count * sizeof(T));
        std::free(memory);
    }

    [[nodiscard]] Watch& watch() const { return *watch_; }

    friend bool operator==(const Allocator& left, const Allocator& right) {
        return left.watch_ == right.watch_;
    }

private:
    Watch* watch_;
};

/// Returns the number of calls of the global operator new.
std::size_t global_calls();

/// Makes all calls fail after `count` more. SIZE_MAX means that none fails.
void fail_global_after(std::size_t count);

}  // namespace watch
