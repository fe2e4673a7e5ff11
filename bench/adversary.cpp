// Measures the worst case: somebody always cancels the best bid, so the market must scan all other
// bids of its host. How many commands per second does it still take?
#include <cstddef>
#include <cstdint>
#include <vector>

#include <benchmark/benchmark.h>

#include "benchmarks.hpp"
#include "engine_market.hpp"
#include "market.hpp"
#include "peer_containers.hpp"
#include "stream.hpp"

namespace bench {

namespace {

/// Cancels the best bid of a random host and places a new bid there, so the book keeps its size.
/// Reads the choice after each command.
class Attack {
public:
    explicit Attack(const MarketData& data) : data_{data} {}

    /// Not inlined, so that a profiler can be limited to this function.
    template <class Market>
    [[gnu::noinline]] std::uint64_t run(Market& market, std::vector<std::uint64_t> winners) const {
        Checksum read;
        for (const ChangeData& change : data_.changes) {
            std::uint64_t& winner = winners[change.host];
            expect(winner != 0, "a host with bids idles");
            market.cancel(winner);
            const Choice without = market.choice(change.host);
            read.add(without.winner, without.profit);
            market.place(data_.bids[change.bid]);
            const Choice choice = market.choice(change.host);
            read.add(choice.winner, choice.profit);
            winner = choice.winner;
        }
        return read.value();
    }
    [[nodiscard]] std::size_t commands() const { return 2 * data_.changes.size(); }

private:
    const MarketData& data_;
};

}  // namespace

void add_adversaries(Markets& markets) {
    add_stream<EngineMarket, Attack>("adversary/large/engine", markets, &Markets::attacked);
    add_stream<MultimapMarket, Attack>("adversary/large/multimap", markets, &Markets::attacked);
    add_stream<VectorMarket, Attack>("adversary/large/vector", markets, &Markets::attacked);
    add_stream<EngineMarket, Attack>("adversary/deep/engine", markets, &Markets::attacked_deep);
    add_stream<MultimapMarket, Attack>("adversary/deep/multimap", markets, &Markets::attacked_deep);
    add_stream<VectorMarket, Attack>("adversary/deep/vector", markets, &Markets::attacked_deep);
}

}  // namespace bench
