// Puts large pieces of the tool's memory on pages of 2 MiB if the system has them. A text of 26 MB
// and its results are 25,000 pages of 4 KiB, and each of these costs a trap on its first use.
#include <cstdint>
#include <cstdlib>
#include <new>

#include <sys/mman.h>

namespace {

constexpr std::size_t page_bytes = std::size_t{2} << 20;

void* allocate(std::size_t size) {
    if (size < page_bytes) return std::malloc(size == 0 ? 1 : size);
    if (size > SIZE_MAX / 2) return nullptr;
    const std::size_t whole = (size + page_bytes - 1) / page_bytes * page_bytes;
    void* const memory = std::aligned_alloc(page_bytes, whole);
    // A wish: without such pages all works as well.
    if (memory != nullptr) static_cast<void>(::madvise(memory, whole, MADV_HUGEPAGE));
    return memory;
}

}  // namespace

void* operator new(std::size_t size) {
    if (void* const memory = allocate(size)) return memory;
    throw std::bad_alloc{};
}

void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
