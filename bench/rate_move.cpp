// Measures what a move of the exchange rate costs until all hosts have chosen again.
//
// The engine chooses at a close. Here all closes happen in the same millisecond, so no renter pays
// anything. The cost of the move is the difference between a close with a move and one without.
// close_bench.cpp measures a close with charges.
#include <cstddef>
#include <cstdint>
#include <string>

#include <benchmark/benchmark.h>

#include "benchmarks.hpp"
#include "engine_market.hpp"
#include "market.hpp"
#include "peer_bid.hpp"
#include "peer_containers.hpp"
#include "peer_multi_index.hpp"
#include "peer_sqlite.hpp"
#include "running.hpp"

namespace bench {

using namespace gigaspot;

namespace {

/// Moves a rate up and down in turns, each time by 0.5 to 1.5 times the given parts per million. No
/// rate occurs twice.
class Walk {
public:
    Walk(std::int64_t ppm, std::uint64_t seed) : ppm_{ppm}, random_{seed} {}

    /// Returns the next rate of a currency that had the rate `first`.
    ExchangeRate next(ExchangeRate first) {
        const std::int64_t step = random_.between(ppm_ / 2, ppm_ * 3 / 2);
        at_ = at_ > 0 ? at_ - step : at_ + step;
        return ExchangeRate::unchecked(first.count() / 1'000'000 * (1'000'000 + at_) +
                                       static_cast<std::int64_t>(random_.below(7'000)));
    }

private:
    std::int64_t ppm_;
    std::int64_t at_ = 0;
    Random random_;
};

/// The rates that move.
enum class Moving : std::uint8_t { main, bitcoin, both };

void check(benchmark::State& state, std::uint64_t choices, const MarketData& data,
           const PlainRates& rates) {
    auto& right = kept<VectorMarket>(data);
    right.set_rates(rates);
    if (choices != checksum_of_choices(right, data)) fail(state);
}

void add_engine(const std::string& name, Markets& markets, Select select, std::int64_t ppm,
                Moving moving = Moving::main) {
    benchmark::RegisterBenchmark(("rate_move/" + name).c_str(), [&markets, select, ppm,
                                                                 moving](benchmark::State& state) {
        const MarketData& data = (markets.*select)();
        RunningMarket& market = kept<RunningMarket>(data);
        Walk walk{ppm, 2};
        Walk walk_of_bitcoin{ppm, 3};
        PlainRates rates;
        market.move_rate(coin_rate);
        market.move_rate(bitcoin_rate, bitcoin);
        market.close();
        const auto move = [&](Currency currency, ExchangeRate rate) {
            rates.of[currency.number] = rate.count();
            market.move_rate(rate, currency);
        };
        const Counters before = market.counters();
        std::size_t started = 0;
        for ([[maybe_unused]] auto once : state) {
            if (ppm != 0 && moving != Moving::bitcoin) move(main_currency, walk.next(coin_rate));
            if (ppm != 0 && moving != Moving::main)
                move(bitcoin, walk_of_bitcoin.next(bitcoin_rate));
            started += market.close().started;
        }
        const Counters after = market.counters();
        check(state, checksum_of_choices(market, data), data, rates);
        const auto each = [&](std::uint64_t count) {
            return benchmark::Counter(static_cast<double>(count),
                                      benchmark::Counter::kAvgIterations);
        };
        state.counters["looked_at"] = each(after.looks - before.looks);
        state.counters["rescans"] = each(after.rescans - before.rescans);
        state.counters["switched"] = each(started);
    })->Unit(benchmark::kMicrosecond);
}

/// Measures the same without runs, which all markets can do: it sets the rate, each market sorts
/// what it keeps sorted, and the choices of all hosts are read.
template <class Market>
void add_choices(const std::string& name, Markets& markets, Select select, std::int64_t ppm) {
    benchmark::RegisterBenchmark(("rate_move/" + name).c_str(), [&markets, select,
                                                                 ppm](benchmark::State& state) {
        const MarketData& data = (markets.*select)();
        Market& market = kept<Market>(data);
        Walk walk{ppm, 2};
        PlainRates rates;
        std::uint64_t choices = 0;
        for ([[maybe_unused]] auto once : state) {
            const ExchangeRate rate = walk.next(coin_rate);
            rates.of[0] = rate.count();
            market.set_rate(rate);
            choices = checksum_of_choices(market, data);
        }
        check(state, choices, data, rates);
    })->Unit(benchmark::kMicrosecond);
}

}  // namespace

void add_rate_moves(Markets& markets) {
    struct Move {
        const char* name;
        std::int64_t ppm;
    };
    for (const auto& [name, ppm] :
         {Move{"0.1%", 1'000}, {"1%", 10'000}, {"10%", 100'000}, {"50%", 500'000}}) {
        const std::string large = std::string{"large/"} + name;
        add_engine(large, markets, &Markets::large, ppm);
        add_choices<EngineMarket>(large + "/choices", markets, &Markets::large, ppm);
        add_choices<VectorMarket>(large + "/vector", markets, &Markets::large, ppm);
        const std::string mixed = std::string{"bitcoin/"} + name;
        add_engine(mixed, markets, &Markets::with_bitcoin, ppm);
        add_engine(mixed + "/of_bitcoin", markets, &Markets::with_bitcoin, ppm, Moving::bitcoin);
        add_engine(mixed + "/of_both", markets, &Markets::with_bitcoin, ppm, Moving::both);
    }
    add_engine("large/none", markets, &Markets::large, 0);
    add_choices<MultimapMarket>("large/1%/multimap", markets, &Markets::large, 10'000);
    add_choices<MultimapMarket>("large/50%/multimap", markets, &Markets::large, 500'000);
    add_choices<MultiIndexMarket>("large/1%/multi_index", markets, &Markets::large, 10'000);
    add_choices<SqliteMarket>("large/1%/sqlite", markets, &Markets::large, 10'000);
}

}  // namespace bench
