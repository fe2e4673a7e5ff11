// A global operator new that counts, and main.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include "watch.hpp"

namespace {

std::size_t calls = 0;
std::size_t calls_left = SIZE_MAX;  // then all fail

void* counted(std::size_t size) {
    ++calls;
    if (calls_left == 0) throw std::bad_alloc{};
    if (calls_left != SIZE_MAX) --calls_left;
    void* memory = std::malloc(size == 0 ? 1 : size);
    if (memory == nullptr) throw std::bad_alloc{};
    return memory;
}

}  // namespace

std::size_t watch::global_calls() { return calls; }
void watch::fail_global_after(std::size_t count) { calls_left = count; }

// The other forms call these. No type here is over-aligned.
[[gnu::noinline]] void* operator new(std::size_t size) { return counted(size); }
[[gnu::noinline]] void* operator new[](std::size_t size) { return counted(size); }
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete[](void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
