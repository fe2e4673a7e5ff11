// Measures how long it takes to save a market, to restore it, and to compute its digest.
#include <cstddef>
#include <cstdint>

#include <benchmark/benchmark.h>

#include <gigaspot/engine/save.hpp>

#include "benchmarks.hpp"
#include "market.hpp"
#include "running.hpp"

namespace bench {

using namespace gigaspot;

namespace {

template <class Act>
void add_benchmark(const char* name, Markets& markets, Act act) {
    benchmark::RegisterBenchmark(name, [&markets, act](benchmark::State& state) {
        const MarketData& data = markets.large();
        const Engine& engine = kept<RunningMarket>(data).engine();
        const SavedBytes saved = save(engine);
        const std::uint64_t right = digest(engine);
        bool is_right = true;
        for ([[maybe_unused]] auto once : state) is_right = act(engine, saved, right) && is_right;
        expect(is_right, "a saved market differs from its original");
        state.SetItemsProcessed(static_cast<std::int64_t>(data.placed) * state.iterations());
        state.SetBytesProcessed(static_cast<std::int64_t>(saved.size()) * state.iterations());
        state.counters["saved_bytes_per_bid"] =
            static_cast<double>(saved.size()) / static_cast<double>(data.placed);
    })->Unit(benchmark::kMillisecond);
}

}  // namespace

void add_saves(Markets& markets) {
    add_benchmark("save/save", markets,
                  [](const Engine& engine, const SavedBytes& saved, std::uint64_t) {
                      return save(engine).size() == saved.size();
                  });
    add_benchmark(
        "save/restore", markets, [](const Engine& engine, const SavedBytes& saved, std::uint64_t) {
            const auto restored = restore({saved.data(), saved.size()}, policy, engine.limits());
            return restored.has_value() && restored->now() == engine.now();
        });
    add_benchmark("save/digest", markets,
                  [](const Engine& engine, const SavedBytes&, std::uint64_t right) {
                      return digest(engine) == right;
                  });
}

}  // namespace bench
