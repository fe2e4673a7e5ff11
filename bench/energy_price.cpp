// Measures how many changes of an energy price the market takes per second. The choice of the host
// is read after each.
#include <algorithm>
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

using namespace gigaspot;

namespace {

/// Changes the energy price of random hosts to at most a tenth below or above their first price.
class EnergyPrices {
public:
    explicit EnergyPrices(const MarketData& data) {
        Random random{4};
        for (std::size_t i = 0; i < data.changes.size() / 10 + 1; ++i) {
            const auto host = static_cast<std::uint32_t>(random.below(data.hosts.size()));
            const std::int64_t first = data.hosts[host].energy_price.count();
            moves_.push_back(
                {host, EnergyPrice::unchecked(random.between(first * 9 / 10, first * 11 / 10))});
        }
    }

    /// Not inlined, so that a profiler can be limited to this function.
    template <class Market>
    [[gnu::noinline]] std::uint64_t run(Market& market, std::vector<std::uint64_t>) const {
        Checksum read;
        for (const Move& move : moves_) {
            market.set_energy_price(move.host, move.price);
            const Choice choice = market.choice(move.host);
            read.add(choice.winner, choice.profit);
        }
        return read.value();
    }
    [[nodiscard]] std::size_t commands() const { return moves_.size(); }

private:
    struct Move {
        std::uint32_t host = 0;
        EnergyPrice price{};
    };
    std::vector<Move> moves_{};
};

}  // namespace

void add_energy_prices(Markets& markets) {
    add_stream<EngineMarket, EnergyPrices>("energy_price/large/engine", markets, &Markets::large);
    add_stream<MultimapMarket, EnergyPrices>("energy_price/large/multimap", markets,
                                             &Markets::large);
    add_stream<VectorMarket, EnergyPrices>("energy_price/large/vector", markets, &Markets::large);
}

}  // namespace bench
