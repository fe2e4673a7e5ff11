// Measures two engines on two threads, each with the hosts of its shard, and the same engines on
// one thread. They share only the memory bus and the last cache, so their ratio says how much a
// second core gains. All times are real time, because a thread's processor time counts only one.
//
// `cores` is how many cores the process had. Below 1.7 on two threads, other programs took the
// rest, and the ratio says nothing.
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <memory>
#include <thread>
#include <vector>

#include <benchmark/benchmark.h>

#include <gigaspot/engine/shard.hpp>

#include "benchmarks.hpp"
#include "market.hpp"
#include "peer_containers.hpp"
#include "running.hpp"

namespace bench {

using namespace gigaspot;

namespace {

constexpr std::uint32_t shards_count = 2;
constexpr std::size_t closes_count = 50;  // so that starting a thread does not count

/// The half of a market that belongs to one engine.
class Shard {
public:
    Shard(const MarketData& data, std::uint32_t number) : data_{data}, number_{number} {
        const auto is_mine = [&](HostId host) { return shard_of(host, shards_count) == number_; };
        put_hosts(engine_, data, is_mine);
        place_bids(engine_, data, is_mine);
        for (const ChangeData& change : data.changes) {
            if (is_mine(change.host_id)) changes_.push_back(change);
        }
    }

    /// Applies all changes by id, and reads the choice of the host after each.
    void apply_changes() {
        bool is_taken = true;
        Checksum read;
        for (const ChangeData& change : changes_) {
            is_taken = apply(change).has_value() && is_taken;
            const Choice choice = Choice::of(engine_.choice(change.host_id));
            read.add(choice.winner, choice.profit);
        }
        expect(is_taken, "a change was rejected");
        read_ = read.value();
    }
    /// Closes several times. Only the time has changed, so each close charges all runs.
    void close_often() {
        for (std::size_t i = 0; i < closes_count; ++i) {
            now_ = Timestamp::unchecked(now_.count() + 1'000);
            EventCounts counts;
            expect(engine_.close(now_, counts).has_value(), "a close was rejected");
            charged_ += counts.charged;
        }
    }

    Choice choice(HostId host) { return Choice::of(engine_.choice(host)); }
    [[nodiscard]] std::size_t changes() const { return changes_.size(); }
    [[nodiscard]] std::size_t charged() const { return charged_; }
    [[nodiscard]] std::uint64_t read() const { return read_; }

private:
    Result<Accepted, Rejection> apply(const ChangeData& change) {
        switch (change.kind) {
        case Change::add: return engine_.apply(data_.place(data_.bids[change.bid]), start, ignore);
        case Change::reprice:
            return engine_.apply(EditBid{.id = change.bid_id, .price = change.price}, start,
                                 ignore);
        case Change::cancel: break;
        }
        return engine_.apply(CancelBid{.id = change.bid_id}, start, ignore);
    }

    const MarketData& data_;
    std::uint32_t number_;
    std::vector<ChangeData> changes_{};
    Timestamp now_ = start;
    std::size_t charged_ = 0;
    std::uint64_t read_ = 0;
    alignas(64) Engine engine_{policy};  // not in a cache line of the other thread
};

class ShardedMarket {
public:
    explicit ShardedMarket(const MarketData& data) : data_{data}, shards_{{{data, 0}, {data, 1}}} {}

    /// Does the work of both shards, the second one on a thread of its own or afterwards.
    template <class Work>
    void run(bool on_two_threads, Work work) {
        if (on_two_threads) {
            std::thread other{[&] { work(shards_[1]); }};
            work(shards_[0]);
            other.join();
        } else {
            work(shards_[0]);
            work(shards_[1]);
        }
    }

    Choice choice(std::uint32_t host) {
        const HostId id = data_.hosts[host].id;
        return shards_[shard_of(id, shards_count)].choice(id);
    }
    [[nodiscard]] std::size_t changes() const {
        return shards_[0].changes() + shards_[1].changes();
    }
    [[nodiscard]] std::size_t charged() const {
        return shards_[0].charged() + shards_[1].charged();
    }
    [[nodiscard]] std::uint64_t read() const { return shards_[0].read() ^ shards_[1].read(); }

private:
    const MarketData& data_;
    std::array<Shard, shards_count> shards_;
};

/// What the shards must find. The vectors give the choices at the end, because they scan all bids
/// each time; the choices read on the way are those of one thread.
struct RightChoices {
    std::uint64_t read = 0;
    std::uint64_t after = 0;

    explicit RightChoices(const MarketData& data) {
        ShardedMarket sharded{data};
        static_cast<void>(checksum_of_choices(sharded, data));
        sharded.run(false, [](Shard& shard) { shard.apply_changes(); });
        read = sharded.read();
        VectorMarket market{data};
        for (const ChangeData& change : data.changes) apply_change(market, data, change);
        after = checksum_of_choices(market, data);
    }
};

/// Counts the cores that the process has, on average from now on.
class CoresUsed {
public:
    [[nodiscard]] double count() const {
        const std::chrono::duration<double> real = std::chrono::steady_clock::now() - real_;
        return static_cast<double>(std::clock() - processor_) / CLOCKS_PER_SEC / real.count();
    }

private:
    std::chrono::steady_clock::time_point real_ = std::chrono::steady_clock::now();
    std::clock_t processor_ = std::clock();
};

void add_shard_events(const char* name, Markets& markets, Select select, bool on_two_threads) {
    benchmark::RegisterBenchmark(
        name,
        [&markets, select, on_two_threads](benchmark::State& state) {
            const MarketData& data = (markets.*select)();
            const auto market = std::make_unique<ShardedMarket>(data);
            benchmark::DoNotOptimize(checksum_of_choices(*market, data));  // as in a live market
            const CoresUsed cores;
            for ([[maybe_unused]] auto once : state)
                market->run(on_two_threads, [](Shard& shard) { shard.apply_changes(); });
            state.counters["cores"] = cores.count();
            const auto& right = kept<RightChoices>(data);
            if (market->read() != right.read || checksum_of_choices(*market, data) != right.after)
                fail(state);
            state.SetItemsProcessed(static_cast<std::int64_t>(market->changes()));
        })
        ->Iterations(1)
        ->UseRealTime()
        ->Unit(benchmark::kMillisecond);
}

void add_shard_closes(const char* name, Markets& markets, bool on_two_threads) {
    benchmark::RegisterBenchmark(name,
                                 [&markets, on_two_threads](benchmark::State& state) {
                                     auto& market = kept<ShardedMarket>(markets.large());
                                     const auto close = [](Shard& shard) { shard.close_often(); };
                                     market.run(false, close);  // starts what wins
                                     const std::size_t before = market.charged();
                                     const CoresUsed cores;
                                     for ([[maybe_unused]] auto once : state)
                                         market.run(on_two_threads, close);
                                     state.counters["cores"] = cores.count();
                                     state.SetItemsProcessed(
                                         static_cast<std::int64_t>(market.charged() - before));
                                 })
        ->UseRealTime()
        ->Unit(benchmark::kMillisecond);
}

}  // namespace

void add_shards(Markets& markets) {
    add_shard_events("shards/large/events/one_thread", markets, &Markets::large, false);
    add_shard_events("shards/large/events/two_threads", markets, &Markets::large, true);
    add_shard_events("shards/small/events/one_thread", markets, &Markets::small, false);
    add_shard_events("shards/small/events/two_threads", markets, &Markets::small, true);
    add_shard_closes("shards/large/close/one_thread", markets, false);
    add_shard_closes("shards/large/close/two_threads", markets, true);
}

}  // namespace bench
