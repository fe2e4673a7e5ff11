// Runs a stream of commands and reads choices in between, in the same way for the engine and its
// peers.
//
// A stream is made from a market's data. `run(market, winners)` applies all its commands and
// returns a checksum of the choices that it read. `winners` are the best bids of all hosts at the
// start. `commands()` is the number of commands.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include <benchmark/benchmark.h>

#include "benchmarks.hpp"
#include "market.hpp"
#include "peer_containers.hpp"

namespace bench {

template <class Market>
[[nodiscard]] std::vector<std::uint64_t> winners_of(Market& market, const MarketData& data) {
    std::vector<std::uint64_t> winners;
    for (std::uint32_t host = 0; host < data.hosts.size(); ++host)
        winners.push_back(market.choice(host).winner);
    return winners;
}

/// The choices that must be found. The vectors give them, because they scan all bids each time.
template <class Stream>
struct RightAnswers {
    std::uint64_t choices_read = 0;
    std::uint64_t choices_after = 0;  ///< of all hosts, at the end

    explicit RightAnswers(const MarketData& data) {
        VectorMarket market{data};
        choices_read = kept<Stream>(data).run(market, winners_of(market, data));
        choices_after = checksum_of_choices(market, data);
    }
};

template <class Market, class Stream>
void add_stream(const char* name, Markets& markets, Select select) {
    benchmark::RegisterBenchmark(name,
                                 [&markets, select](benchmark::State& state) {
                                     const MarketData& data = (markets.*select)();
                                     const Stream& stream = kept<Stream>(data);
                                     const auto market = std::make_unique<Market>(data);
                                     std::vector<std::uint64_t> winners = winners_of(*market, data);
                                     std::uint64_t choices_read = 0;
                                     for ([[maybe_unused]] auto once : state)
                                         choices_read = stream.run(*market, std::move(winners));
                                     const auto& right = kept<RightAnswers<Stream>>(data);
                                     if (choices_read != right.choices_read ||
                                         checksum_of_choices(*market, data) != right.choices_after)
                                         fail(state);
                                     state.SetItemsProcessed(
                                         static_cast<std::int64_t>(stream.commands()));
                                 })
        ->Iterations(1)
        ->Unit(benchmark::kMillisecond);
}

}  // namespace bench
