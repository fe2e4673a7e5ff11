// A global operator new that counts, and main.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include "watch.hpp"

namespace {

std::size_t calls = 0;
std::size_t calls_left = SIZE_MAX;  // then all fail

void* counted(std::size_t size, std::size_t alignment = alignof(std::max_align_t)) {
    ++calls;
    if (calls_left == 0) throw std::bad_alloc{};
    if (calls_left != SIZE_MAX) --calls_left;
    const std::size_t whole = (size / alignment + 1) * alignment;  // as `aligned_alloc` wants it
    void* memory = std::aligned_alloc(alignment, whole);
    if (memory == nullptr) throw std::bad_alloc{};
    return memory;
}

}  // namespace

std::size_t watch::global_calls() { return calls; }
void watch::fail_global_after(std::size_t count) { calls_left = count; }

// The other forms call these.
[[gnu::noinline]] void* operator new(std::size_t size) { return counted(size); }
[[gnu::noinline]] void* operator new[](std::size_t size) { return counted(size); }
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete[](void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
[[gnu::noinline]] void* operator new(std::size_t size, std::align_val_t alignment) {
    return counted(size, static_cast<std::size_t>(alignment));
}
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t) noexcept {
    std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
    std::free(memory);
}
