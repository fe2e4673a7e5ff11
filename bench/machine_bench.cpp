// Measures the machine's own limits at this moment. The report shows them beside the engine's
// figures.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include <gigaspot/engine/allocator.hpp>

#include "benchmarks.hpp"
#include "market.hpp"

namespace bench {

namespace {

constexpr std::size_t line_bytes = 64;
constexpr std::size_t market_bytes_per_bid = 160;

/// Sums words. It keeps several sums, so that no addition waits for the previous one.
[[gnu::noinline]] std::uint64_t sum(const std::vector<std::uint64_t>& words) {
    constexpr std::size_t lanes = 32;
    std::uint64_t sums[lanes]{};
    std::size_t at = 0;
    for (; at + lanes <= words.size(); at += lanes) {
        for (std::size_t lane = 0; lane < lanes; ++lane) sums[lane] += words[at + lane];
    }
    return std::accumulate(words.begin() + static_cast<std::ptrdiff_t>(at), words.end(),
                           std::accumulate(sums, sums + lanes, std::uint64_t{0}));
}

/// Reads memory that the previous round has read too, so the caches hold as much as they can.
void add_read(const char* name, Markets& markets, std::size_t bytes_per_bid) {
    benchmark::RegisterBenchmark(name, [&markets, bytes_per_bid](benchmark::State& state) {
        const std::vector<std::uint64_t> words(
            markets.large().placed * bytes_per_bid / sizeof(std::uint64_t), 1);
        benchmark::DoNotOptimize(sum(words));
        bool is_right = true;
        for ([[maybe_unused]] auto once : state) {
            benchmark::ClobberMemory();  // otherwise the compiler would sum only once
            is_right = sum(words) == words.size() && is_right;
        }
        expect(is_right, "the sum of the words is wrong");
        state.SetBytesProcessed(static_cast<std::int64_t>(words.size() * sizeof(std::uint64_t)) *
                                state.iterations());
    })->Unit(benchmark::kMicrosecond);
}

struct alignas(line_bytes) Line {
    std::size_t next = 0;
};

/// Uses the same kind of pages as an engine.
using Lines = std::vector<Line, gigaspot::DefaultAllocator<Line>>;

/// Makes `count` cache lines that form one random ring: each names the next (Sattolo's shuffle).
/// Each has a block of `spacing` lines to itself, at varying positions in the block.
Lines make_ring(std::size_t count, std::size_t spacing) {
    std::vector<std::size_t> next(count);
    std::iota(next.begin(), next.end(), std::size_t{0});
    Random random{3};
    for (std::size_t i = count - 1; i > 0; --i)
        std::swap(next[i], next[static_cast<std::size_t>(random.below(i))]);
    const auto place = [&](std::size_t i) { return i * spacing + i * 7 % spacing; };
    Lines lines(count * spacing);
    for (std::size_t i = 0; i < count; ++i) lines[place(i)].next = place(next[i]);
    return lines;
}

/// Each step is one load, whose address is known only after the previous load.
void add_walk(const std::string& name, std::function<Lines()> make) {
    Lines lines;  // made once: the library calls this several times
    benchmark::RegisterBenchmark(name.c_str(), [make, lines](benchmark::State& state) mutable {
        if (lines.empty()) lines = make();
        std::size_t at = 0;
        for ([[maybe_unused]] auto once : state) at = lines[at].next;
        benchmark::DoNotOptimize(at);
    })->Unit(benchmark::kNanosecond);
}

/// Uses memory as large as a market.
void add_miss(const char* name, Markets& markets, Select select) {
    add_walk(name, [&markets, select] {
        return make_ring((markets.*select)().placed * market_bytes_per_bid / line_bytes + 2, 1);
    });
}

/// Reads 8,192 cache lines (512 KiB), side by side or each on a page of 4 KiB. The second cache can
/// hold them in both cases. The difference is the cost of finding a page.
void add_pages() {
    constexpr std::size_t count = 8'192;
    constexpr std::size_t page_lines = 4'096 / line_bytes;
    add_walk("machine/lines/side_by_side", [] { return make_ring(count, 1); });
    add_walk("machine/lines/a_page_each", [] { return make_ring(count, page_lines); });
}

}  // namespace

void add_machine(Markets& markets) {
    add_read("machine/read/prices_and_watts", markets, 12);
    add_read("machine/read/lines", markets, 16);
    add_read("machine/read/memory", markets, 256);  // more than the caches hold
    add_miss("machine/random_miss/large", markets, &Markets::large);
    add_miss("machine/random_miss/small", markets, &Markets::small);
    add_pages();
}

}  // namespace bench
