// Measures how fast a whole market is built, in bids per second, and how many bytes a bid takes.
#include <cstddef>
#include <cstdint>
#include <vector>

#if defined(__linux__)
#include <sys/mman.h>
#endif

#include <benchmark/benchmark.h>

#include <gigaspot/engine/allocator.hpp>

#include "benchmarks.hpp"
#include "market.hpp"
#include "peer_bid.hpp"
#include "peer_containers.hpp"
#include "peer_multi_index.hpp"
#include "peer_sqlite.hpp"

namespace bench {

using namespace gigaspot;

namespace {

struct Range {
    void* first;
    std::size_t bytes;
};
std::vector<Range> reserved_ranges;

/// Returns the bytes of the pages of reserved addresses that have been used.
std::size_t used_of_reserved() {
    std::size_t pages = 0;
#if defined(__linux__)
    constexpr std::size_t page = 4'096;
    for (const Range& range : reserved_ranges) {
        std::vector<unsigned char> is_used((range.bytes + page - 1) / page);
        expect(::mincore(range.first, range.bytes, is_used.data()) == 0, "mincore fails");
        for (const unsigned char flags : is_used) pages += flags & 1;
    }
    return pages * page;
#else
    return pages;
#endif
}

/// Counts the memory of an engine: what it allocates, and the pages that it has used of the
/// addresses that it reserves.
template <class T>
struct EngineAllocator : CountingAllocator<T, DefaultAllocator> {
    template <class U>
    struct rebind {
        using other = EngineAllocator<U>;
    };

    EngineAllocator() = default;
    template <class U>
    EngineAllocator(const EngineAllocator<U>&) {}

#if defined(__linux__)
    T* reserve_addresses(std::size_t count) {
        T* const first = DefaultAllocator<T>{}.reserve_addresses(count);
        if (first != nullptr) reserved_ranges.push_back({first, count * sizeof(T)});
        return first;
    }
    void release_addresses(T* first, std::size_t count) {
        std::erase_if(reserved_ranges, [&](const Range& range) { return range.first == first; });
        DefaultAllocator<T>{}.release_addresses(first, count);
    }
#endif
};

/// Reports the allocated bytes per bid. They include the hosts and the spare room of containers.
void report(benchmark::State& state, const MarketData& data, std::size_t bytes) {
    state.SetItemsProcessed(static_cast<std::int64_t>(data.placed) * state.iterations());
    state.counters["bytes_per_bid"] = static_cast<double>(bytes) / static_cast<double>(data.placed);
}

void build_engine(benchmark::State& state, const MarketData& data, bool is_reserved) {
    std::size_t bytes = 0;
    for ([[maybe_unused]] auto once : state) {
        const std::size_t before = counted_bytes;
        BasicEngine<DefaultTraits, EngineAllocator<unsigned char>> engine{policy};
        if (is_reserved)
            engine.reserve({.hosts = data.hosts.size(), .bids = data.placed, .bids_per_host = 0},
                           8);
        put_hosts(engine, data);
        place_bids(engine, data);
        bytes = counted_bytes - before + used_of_reserved();
    }
    report(state, data, bytes);
}

template <class Market>
void build_plain(benchmark::State& state, const MarketData& data) {
    std::size_t bytes = 0;
    for ([[maybe_unused]] auto once : state) {
        const std::size_t before = counted_bytes;
        const Market market{data};
        bytes = counted_bytes - before;
    }
    report(state, data, bytes);
}

void build_sqlite(benchmark::State& state, const MarketData& data) {
    std::size_t bytes = 0;
    for ([[maybe_unused]] auto once : state) {
        const std::size_t before = SqliteMarket::bytes();
        const SqliteMarket market{data};
        bytes = SqliteMarket::bytes() - before;
    }
    report(state, data, bytes);
}

template <class Build>
void add_benchmark(const char* name, Markets& markets, Build build) {
    benchmark::RegisterBenchmark(name, [&markets, build](benchmark::State& state) {
        build(state, markets.large());
    })->Unit(benchmark::kMillisecond);
}

}  // namespace

void add_builds(Markets& markets) {
    add_benchmark("build/engine", markets, [](benchmark::State& state, const MarketData& data) {
        build_engine(state, data, false);
    });
    add_benchmark(
        "build/engine_reserved", markets,
        [](benchmark::State& state, const MarketData& data) { build_engine(state, data, true); });
    add_benchmark("build/multimap", markets, build_plain<MultimapMarket>);
    add_benchmark("build/vector", markets, build_plain<VectorMarket>);
    add_benchmark("build/multi_index", markets, build_plain<MultiIndexMarket>);
    add_benchmark("build/sqlite", markets, build_sqlite);
}

}  // namespace bench
