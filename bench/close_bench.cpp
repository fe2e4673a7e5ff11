// Measures a close that charges all runs while nothing else has changed.
#include <cstddef>
#include <cstdint>

#include <benchmark/benchmark.h>

#include "benchmarks.hpp"
#include "market.hpp"
#include "running.hpp"

namespace bench {

using namespace gigaspot;

namespace {

void close_quietly(benchmark::State& state, Markets& markets) {
    const MarketData& data = markets.large();
    RunningMarket& market = kept<RunningMarket>(data);
    market.move_rate(coin_rate);
    market.pass_a_second();
    market.close();
    std::size_t charged = 0;
    std::size_t others = 0;
    const Counters before = market.counters();
    for ([[maybe_unused]] auto once : state) {
        market.pass_a_second();
        const EventCounts counts = market.close();
        charged += counts.charged;
        others += counts.started;
    }
    expect(others == 0 && market.counters().rescans == before.rescans,
           "a close without changes started or scanned something");
    state.counters["charged"] =
        benchmark::Counter(static_cast<double>(charged), benchmark::Counter::kAvgIterations);
    state.counters["looked_at"] =
        benchmark::Counter(static_cast<double>(market.counters().looks - before.looks),
                           benchmark::Counter::kAvgIterations);
}

}  // namespace

void add_closes(Markets& markets) {
    benchmark::RegisterBenchmark("close/large/charges", [&markets](benchmark::State& state) {
        close_quietly(state, markets);
    })->Unit(benchmark::kMicrosecond);
}

}  // namespace bench
