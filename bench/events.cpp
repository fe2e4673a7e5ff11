// Measures how many changes a market takes per second. The choice of the host is read after each.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include <gigaspot/engine/fetch_ahead.hpp>

#include "benchmarks.hpp"
#include "ceiling.hpp"
#include "market.hpp"
#include "peer_containers.hpp"
#include "peer_multi_index.hpp"
#include "peer_sqlite.hpp"

namespace bench {

using namespace gigaspot;

namespace {

/// Uses the engine by the ids of hosts and bids.
class ById {
public:
    explicit ById(const MarketData& data) : data_{data} {
        put_hosts(engine_, data);
        place_bids(engine_, data);
    }
    Result<Accepted, Rejection> apply(std::size_t number) {
        const ChangeData& change = data_.changes[number];
        switch (change.kind) {
        case Change::add: return engine_.apply(data_.place(data_.bids[change.bid]), start, ignore);
        case Change::reprice:
            return engine_.apply(EditBid{.id = change.bid_id, .price = change.price}, start,
                                 ignore);
        case Change::cancel: break;
        }
        return engine_.apply(CancelBid{.id = change.bid_id}, start, ignore);
    }
    [[nodiscard]] Target target(std::size_t number) const {
        const ChangeData& change = data_.changes[number];
        Target target{.bid = change.bid_id, .is_edit = change.kind == Change::reprice};
        if (change.kind == Change::add) target.host = change.host_id;
        return target;
    }
    Choice choice_after(std::size_t number) {
        return Choice::of(engine_.choice(data_.changes[number].host_id));
    }
    Choice choice(std::uint32_t host) { return Choice::of(engine_.choice(data_.hosts[host].id)); }

    [[nodiscard]] Counters counters() const { return engine_.counters(); }
    Engine& engine() { return engine_; }

private:
    const MarketData& data_;
    Engine engine_{policy};
};

/// The handles that each change needs. A marketplace keeps them in its own records. Here a first
/// run finds them, because the same commands give the same handles.
struct Handles {
    BidHandle bid{};
    HostHandle host{};
};
std::vector<Handles> handles_of_changes(const MarketData& data) {
    ById market{data};
    std::vector<Handles> handles;
    for (std::size_t i = 0; i < data.changes.size(); ++i) {
        const ChangeData& change = data.changes[i];
        const bool is_new = change.kind == Change::add;
        handles.push_back({is_new ? BidHandle{} : *market.engine().find_bid(change.bid_id),
                           *market.engine().find_host(change.host_id)});
        expect(market.apply(i).has_value(), "a change was rejected");
    }
    return handles;
}

/// Uses the engine by handles.
class ByHandle {
public:
    explicit ByHandle(const MarketData& data) : data_{data}, handles_{handles_of_changes(data)} {
        put_hosts(engine_, data);
        for (const HostData& host : data.hosts) hosts_.push_back(*engine_.find_host(host.id));
        place_bids(engine_, data);
    }
    Result<Accepted, Rejection> apply(std::size_t number) {
        const ChangeData& change = data_.changes[number];
        switch (change.kind) {
        case Change::add:
            return engine_.apply(handles_[number].host, data_.place(data_.bids[change.bid]), start,
                                 ignore);
        case Change::reprice:
            return engine_.apply(handles_[number].bid, EditBid{.price = change.price}, start,
                                 ignore);
        case Change::cancel: break;
        }
        return engine_.apply(handles_[number].bid, CancelBid{}, start, ignore);
    }
    [[nodiscard]] Target target(std::size_t number) const {
        const ChangeData& change = data_.changes[number];
        if (change.kind == Change::add)
            return {.bid = change.bid_id, .host_handle = handles_[number].host};
        return {.bid_handle = handles_[number].bid, .is_edit = change.kind == Change::reprice};
    }
    Choice choice_after(std::size_t number) {
        return Choice::of(engine_.choice(handles_[number].host));
    }
    Choice choice(std::uint32_t host) { return Choice::of(engine_.choice(hosts_[host])); }

    [[nodiscard]] Counters counters() const { return engine_.counters(); }
    Engine& engine() { return engine_; }

private:
    const MarketData& data_;
    std::vector<Handles> handles_;
    std::vector<HostHandle> hosts_{};
    Engine engine_{policy};
};

/// Uses an engine or the ceiling in batches: all changes are known, and their memory is fetched
/// ahead.
template <class Market>
class InBatches : public Market {
public:
    using Market::Market;
};

template <class Market, class Act>
void each_fetched_ahead(InBatches<Market>& market, std::size_t count, Act act) {
    if constexpr (requires { market.engine(); }) {
        fetch_ahead(
            market.engine(), count, [&](std::size_t i) { return market.target(i); }, act);
    } else {
        market.fetch_ahead(count, act);
    }
}

/// Uses a peer.
template <class Market>
class Plain {
public:
    explicit Plain(const MarketData& data) : data_{data}, market_{data} {}

    bool apply(std::size_t number) {
        apply_change(market_, data_, data_.changes[number]);
        return true;
    }
    Choice choice_after(std::size_t number) { return market_.choice(data_.changes[number].host); }
    Choice choice(std::uint32_t host) { return market_.choice(host); }
    [[nodiscard]] Counters counters() const { return {}; }

private:
    const MarketData& data_;
    Market market_;
};

struct Outcome {
    std::uint64_t choices_read = 0;   ///< after each change
    std::uint64_t choices_after = 0;  ///< of all hosts, at the end

    friend bool operator==(const Outcome&, const Outcome&) = default;
};

/// Not inlined, so that a profiler can be limited to this function.
template <class Market>
[[gnu::noinline]] std::uint64_t apply_first(std::size_t count, Market& market) {
    Checksum read;
    bool is_taken = true;
    for (std::size_t i = 0; i < count; ++i) {
        is_taken = static_cast<bool>(market.apply(i)) && is_taken;
        const Choice choice = market.choice_after(i);
        read.add(choice.winner, choice.profit);
    }
    expect(is_taken, "a change was rejected");
    return read.value();
}

template <class Market>
[[gnu::noinline]] std::uint64_t apply_first(std::size_t count, InBatches<Market>& market) {
    Checksum read;
    bool is_taken = true;
    each_fetched_ahead(market, count, [&](std::size_t i) {
        is_taken = static_cast<bool>(market.apply(i)) && is_taken;
        const Choice choice = market.choice_after(i);
        read.add(choice.winner, choice.profit);
    });
    expect(is_taken, "a change was rejected");
    return read.value();
}

/// The choices that must be found. The vectors give them, because they scan all bids each time.
Outcome right_outcome(std::size_t count, const MarketData& data) {
    struct Known {
        const MarketData* data;
        std::size_t count;
        Outcome outcome;
    };
    static std::vector<Known> known;
    for (const Known& one : known) {
        if (one.data == &data && one.count == count) return one.outcome;
    }
    Plain<VectorMarket> market{data};
    const std::uint64_t read = apply_first(count, market);
    return known.emplace_back(Known{&data, count, {read, checksum_of_choices(market, data)}})
        .outcome;
}

/// Registers a benchmark. A peer that is too slow for all changes gets only the first part of them.
template <class Market>
void add_benchmark(const char* name, Markets& markets, Select select, std::size_t part = 1) {
    benchmark::RegisterBenchmark(
        name,
        [&markets, select, part](benchmark::State& state) {
            const MarketData& data = (markets.*select)();
            const std::size_t count = (data.changes.size() + part - 1) / part;
            const auto market = std::make_unique<Market>(data);
            benchmark::DoNotOptimize(checksum_of_choices(*market, data));  // as in a live market
            const Counters before = market->counters();
            Outcome outcome;
            for ([[maybe_unused]] auto once : state)
                outcome.choices_read = apply_first(count, *market);
            const Counters after = market->counters();
            outcome.choices_after = checksum_of_choices(*market, data);
            if (outcome != right_outcome(count, data)) fail(state);
            state.SetItemsProcessed(static_cast<std::int64_t>(count));
            if (after.commands != 0)
                state.counters["rescans_per_event"] =
                    static_cast<double>(after.rescans - before.rescans) /
                    static_cast<double>(count);
            if (count < data.changes.size())
                state.SetLabel("the first " + std::to_string(count) + " events");
        })
        ->Iterations(1)
        ->Unit(benchmark::kMillisecond);
}

}  // namespace

void add_events(Markets& markets) {
    constexpr std::size_t sqlite_part = 20;
    add_benchmark<ById>("events/large/ids", markets, &Markets::large);
    add_benchmark<InBatches<ById>>("events/large/ids_batches", markets, &Markets::large);
    add_benchmark<ByHandle>("events/large/handles", markets, &Markets::large);
    add_benchmark<InBatches<ByHandle>>("events/large/handles_batches", markets, &Markets::large);
    add_benchmark<CeilingById>("events/large/ceiling_ids", markets, &Markets::large);
    add_benchmark<CeilingByHandle>("events/large/ceiling_handles", markets, &Markets::large);
    add_benchmark<InBatches<CeilingByHandle>>("events/large/ceiling_handles_batches", markets,
                                              &Markets::large);
    add_benchmark<Plain<MultimapMarket>>("events/large/multimap", markets, &Markets::large);
    add_benchmark<Plain<VectorMarket>>("events/large/vector", markets, &Markets::large);
    add_benchmark<Plain<MultiIndexMarket>>("events/large/multi_index", markets, &Markets::large);
    add_benchmark<Plain<SqliteMarket>>("events/large/sqlite", markets, &Markets::large,
                                       sqlite_part);
    add_benchmark<ById>("events/bitcoin/ids", markets, &Markets::with_bitcoin);
    add_benchmark<Plain<MultimapMarket>>("events/bitcoin/multimap", markets,
                                         &Markets::with_bitcoin);
    add_benchmark<ById>("events/small/ids", markets, &Markets::small);
    add_benchmark<ByHandle>("events/small/handles", markets, &Markets::small);
    add_benchmark<InBatches<ByHandle>>("events/small/handles_batches", markets, &Markets::small);
    add_benchmark<CeilingById>("events/small/ceiling_ids", markets, &Markets::small);
    add_benchmark<CeilingByHandle>("events/small/ceiling_handles", markets, &Markets::small);
    add_benchmark<InBatches<CeilingByHandle>>("events/small/ceiling_handles_batches", markets,
                                              &Markets::small);
    add_benchmark<Plain<MultimapMarket>>("events/small/multimap", markets, &Markets::small);
    add_benchmark<Plain<VectorMarket>>("events/small/vector", markets, &Markets::small);
    add_benchmark<Plain<MultiIndexMarket>>("events/small/multi_index", markets, &Markets::small);
    add_benchmark<Plain<SqliteMarket>>("events/small/sqlite", markets, &Markets::small,
                                       sqlite_part);
}

}  // namespace bench
