// Measures how long all hosts take to choose from scratch among all their bids. How near does that
// come to just reading the bids?
#include <chrono>
#include <cstddef>
#include <cstdint>

#include <benchmark/benchmark.h>

#include "benchmarks.hpp"
#include "engine_market.hpp"
#include "market.hpp"
#include "peer_containers.hpp"

namespace bench {

namespace {

constexpr std::int64_t bytes_per_bid = 12;  // a price and the watts, as in `machine/read`

void choose_anew(benchmark::State& state, const MarketData& data) {
    auto& market = kept<EngineMarket>(data);
    market.set_rate(coin_rate);
    std::uint64_t choices = 0;
    for ([[maybe_unused]] auto once : state) {
        // Setting its energy price makes a host forget its best bid.
        for (std::uint32_t host = 0; host < data.hosts.size(); ++host)
            market.set_energy_price(host, data.hosts[host].energy_price);
        const auto begin = std::chrono::steady_clock::now();
        choices = checksum_of_choices(market, data);
        const std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin;
        state.SetIterationTime(time.count());
    }
    auto& right = kept<VectorMarket>(data);
    right.set_rate(coin_rate);
    if (choices != checksum_of_choices(right, data)) fail(state);
    state.SetBytesProcessed(static_cast<std::int64_t>(data.placed) * bytes_per_bid *
                            state.iterations());
}

}  // namespace

void add_brute_force(Markets& markets) {
    benchmark::RegisterBenchmark(
        "brute_force/large/engine",
        [&markets](benchmark::State& state) { choose_anew(state, markets.large()); })
        ->Unit(benchmark::kMicrosecond)
        ->UseManualTime();
}

}  // namespace bench
