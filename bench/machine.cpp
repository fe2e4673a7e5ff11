// What can this machine do at best, at this moment? The figures of the engine stand beside these.
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

/// Sums words from first to last. Several sums, so that no addition waits for the one before it.
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

/// The memory has been read in the round before: it is as warm as it can be.
void add_read(const char* name, Markets& markets, std::size_t bytes_per_bid) {
    benchmark::RegisterBenchmark(name, [&markets, bytes_per_bid](benchmark::State& state) {
        const std::vector<std::uint64_t> words(
            markets.large().placed * bytes_per_bid / sizeof(std::uint64_t), 1);
        benchmark::DoNotOptimize(sum(words));
        bool is_right = true;
        for ([[maybe_unused]] auto once : state) {
            benchmark::ClobberMemory();  // else the words are known to be the same, and summed once
            is_right = sum(words) == words.size() && is_right;
        }
        expect(is_right, "the words have another sum");
        state.SetBytesProcessed(static_cast<std::int64_t>(words.size() * sizeof(std::uint64_t)) *
                                state.iterations());
    })->Unit(benchmark::kMicrosecond);
}

struct alignas(line_bytes) Line {
    std::size_t next = 0;
};

/// On the pages that an engine's memory is on.
using Lines = std::vector<Line, gigaspot::DefaultAllocator<Line>>;

/// So many lines in which each names the next, in one random ring through all of them (Sattolo's
/// shuffle). Each is in `spacing` lines of its own, not always at the same place in them.
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

/// One step is one load whose address is known only when the last has come.
void add_walk(const std::string& name, std::function<Lines()> make) {
    Lines lines;  // made once: this is called with several numbers of steps
    benchmark::RegisterBenchmark(name.c_str(), [make, lines](benchmark::State& state) mutable {
        if (lines.empty()) lines = make();
        std::size_t at = 0;
        for ([[maybe_unused]] auto once : state) at = lines[at].next;
        benchmark::DoNotOptimize(at);
    })->Unit(benchmark::kNanosecond);
}

/// In memory as large as a market.
void add_miss(const char* name, Markets& markets, Select select) {
    add_walk(name, [&markets, select] {
        return make_ring((markets.*select)().placed * market_bytes_per_bid / line_bytes + 2, 1);
    });
}

/// 8,192 lines, 512 KiB: side by side, or each in 4 KiB of its own. The second cache may hold them
/// in either case; the difference is what it costs to find out where a page is.
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
