// Measures how many lines of JSON a market takes per second.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <benchmark/benchmark.h>

#include <gigaspot/json/replay.hpp>

#include "benchmarks.hpp"
#include "json_lines.hpp"
#include "market.hpp"
#include "peer_bid.hpp"
#include "peer_containers.hpp"

namespace bench {

using namespace gigaspot;

namespace {

void replay(benchmark::State& state, const MarketData& data) {
    const Lines& text = kept<Lines>(data);
    Replay market{policy};
    const auto write = [](std::string_view events) { benchmark::DoNotOptimize(events); };
    for (std::size_t i = 0; i < text.first_change; ++i) market.take(text.lines[i], write);
    std::size_t read = 0;
    for ([[maybe_unused]] auto once : state) {
        for (std::size_t i = text.first_change; i < text.lines.size(); ++i) {
            market.take(text.lines[i], write);
            read += text.lines[i].size() + 1;
        }
    }
    expect(market.engine().counters().rejected == 0, "a line was rejected");
    VectorMarket right{data};
    for (std::size_t i = 0; i < text.changes; ++i) apply_change(right, data, data.changes[i]);
    Checksum choices;
    for (const HostData& host : data.hosts) {
        const Choice choice = Choice::of(market.engine().choice(host.id));
        choices.add(choice.winner, choice.profit);
    }
    if (choices.value() != checksum_of_choices(right, data)) fail(state);
    state.SetItemsProcessed(static_cast<std::int64_t>(text.changes));
    state.SetBytesProcessed(static_cast<std::int64_t>(read));
}

}  // namespace

void add_replays(Markets& markets) {
    benchmark::RegisterBenchmark(
        "replay/small/lines",
        [&markets](benchmark::State& state) { replay(state, markets.small()); })
        ->Iterations(1)
        ->Unit(benchmark::kMillisecond);
}

}  // namespace bench
