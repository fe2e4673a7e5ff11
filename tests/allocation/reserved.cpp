// After `reserve`, no command allocates, with the engine's allocator or without it. With limits of
// the same size, commands beyond them are rejected.
#include <algorithm>
#include <optional>
#include <random>
#include <vector>

#include <doctest/doctest.h>

#include "commands.hpp"

namespace {

using namespace watch;

constexpr std::size_t gpus_reserved = 3;
constexpr EngineLimits size{
    .hosts = 70, .bids = 420, .bids_per_host = 6, .bids_per_owner = 4};  // full hosts

/// An engine that must not allocate.
class Reserved {
public:
    explicit Reserved(const EngineLimits& limits = size) : engine{make_engine(memory_, limits)} {
        engine.reserve(size, gpus_reserved);
        memory_.fail_from(1);
    }

    /// Sends the commands of a script, and returns the outcome of the last.
    Outcome tell(Script& script) {
        Outcome outcome;
        for (const Told& told : script.told) {
            const std::size_t before = global_calls();
            const Result<Events, Rejection> done = collect(engine, told);
            REQUIRE(global_calls() == before);
            REQUIRE(memory_.calls == 0);
            outcome = outcome_of(done);
        }
        script.told.clear();
        return outcome;
    }

private:
    Watch memory_{};

public:
    Market engine;
};

std::uint64_t bid_id(std::uint64_t host, std::uint64_t number) { return host * 100 + number; }

/// Adds all hosts with the maximum number of bids, from the last to the first. Each host has bids
/// of two owners.
void fill(Script& script, std::uint64_t first_host, std::size_t gpus) {
    for (std::uint64_t host = first_host + size.hosts; host-- > first_host;) {
        script.host(host, gpus);
        for (std::uint64_t i = 0; i < size.bids_per_host; ++i)
            script.bid(bid_id(host, i), host, gpus, static_cast<std::int64_t>(10 + i), i % 2,
                       Currency{static_cast<std::uint8_t>(i % 3)});
    }
}

void set_rates(Script& script) {
    script.rate(main_currency, 1'000'000'000'000);
    script.rate(Currency{1}, 1'000'000'000'000);
    script.rate(Currency{2}, 1'100'000'000'000);
}

TEST_CASE("a market that is as large as the reserved size never allocates") {
    Reserved market;
    Script script;
    set_rates(script);
    fill(script, 1, gpus_reserved);
    CHECK(market.tell(script).events.size() == 1);
    CHECK(market.engine.totals().bids == size.bids);
    CHECK(market.engine.totals().running == size.hosts);  // without a close

    // This close has the maximum number of events: all runs are charged, edited or cancelled, and
    // all hosts start another bid.
    script.time += 1'000;
    for (std::uint64_t host = 1; host <= size.hosts; ++host) {
        const auto run = market.engine.run(host);
        REQUIRE(run);
        if (host % 2 == 0) {
            script.tell(CancelBid{.id = run->bid});
        } else {
            script.edit(run->bid.value, 1, gpus_reserved);
        }
    }
    script.time += 1'000;
    script.tell(Close{});
    // One `accepted`. Each host: `charged`, `stopped`, `started`. Every second host: `removed`.
    CHECK(market.tell(script).events.size() == 1 + 3 * size.hosts + size.hosts / 2);

    // Then all bids expire in one close.
    script.time += std::int64_t{20} * 86'400'000;
    script.tell(Close{});
    CHECK(market.tell(script).events.size() == 1 + 2 * size.hosts + size.bids - size.hosts / 2);
    CHECK(market.engine.totals().bids == 0);
}

TEST_CASE("hosts that are removed and added again in any order do not allocate") {
    Reserved market;
    Script script;
    set_rates(script);
    std::mt19937_64 random{7};
    std::uint64_t first = 1;
    for (int round = 0; round < 4; ++round) {
        fill(script, first, 1 + static_cast<std::size_t>(round) % gpus_reserved);
        market.tell(script);
        REQUIRE(market.engine.totals().bids == size.bids);
        std::vector<std::uint64_t> hosts;
        for (std::uint64_t host = first; host < first + size.hosts; ++host) hosts.push_back(host);
        std::shuffle(hosts.begin(), hosts.end(), random);
        for (const std::uint64_t host : hosts) script.tell(RemoveHost{.id = host});
        script.time += 1'000;
        script.tell(Close{});
        CHECK(market.tell(script).events.size() == 1);
        CHECK(market.engine.totals() == Totals{});
        first += size.hosts / 2;  // some ids return in other slots
    }
}

/// Sends the commands of a script to an engine, none of which may allocate.
void tell_without_memory(Market& engine, Watch& memory, const Script& script) {
    memory.fail_from(1);
    for (const Told& told : script.told) {
        const std::size_t before = global_calls();
        REQUIRE(collect(engine, told));
        REQUIRE(global_calls() == before);
        REQUIRE(memory.calls == 0);
    }
    memory.fail_from(0);
}

TEST_CASE("a copy of a reserved market never allocates") {
    Watch memory;
    Market engine = make_engine(memory, size);
    engine.reserve(size, gpus_reserved);
    Script script;
    set_rates(script);
    fill(script, 1, 1);
    tell_without_memory(engine, memory, script);
    Market copy{engine};
    Market assigned = make_engine(memory, size);
    assigned = engine;
    Script more;
    more.time = script.time + 1'000;
    for (std::uint64_t host = 1; host <= size.hosts; ++host) {
        more.edit(engine.run(host)->bid.value, 1, 1);  // it runs: the edit waits
        more.tell(RevokeBid{.id = bid_id(host, 1)});
    }
    more.time += 1'000;
    more.tell(Close{});
    for (std::uint64_t host = 1; host <= size.hosts; host += 3) {
        more.tell(RemoveHost{.id = host});
        more.host(100 + host, gpus_reserved);
        more.bid(bid_id(100 + host, 1), 100 + host, gpus_reserved, 10);
    }
    tell_without_memory(copy, memory, more);
    tell_without_memory(assigned, memory, more);
    tell_without_memory(engine, memory, more);
}

TEST_CASE("a reserve does not count wider records from before it as room") {
    // Records wider than the reserved ones serve only bids of their own width.
    for (std::size_t bids = 1; bids < size.bids; bids += 37) {
        CAPTURE(bids);
        Watch memory;
        Market engine = make_engine(memory);
        Script before;
        set_rates(before);
        before.host(1'000, 8);
        before.bid(1'000'000, 1'000, 8, 10);
        for (const Told& told : before.told) REQUIRE(collect(engine, told));
        EngineLimits larger = size;
        ++larger.hosts;
        larger.bids = bids + 1;
        engine.reserve(larger, gpus_reserved);
        Script script;
        script.time = before.time;
        for (std::uint64_t host = 1; host <= size.hosts; ++host) script.host(host, gpus_reserved);
        for (std::uint64_t bid = 0; bid < bids; ++bid)
            script.bid(bid_id(1 + bid / 6, bid % 6), 1 + bid / 6, gpus_reserved, 10, bid % 2);
        tell_without_memory(engine, memory, script);
    }
}

TEST_CASE("a close that is rejected because of its time makes no room for events") {
    Watch memory;
    Market engine = make_engine(memory);
    Script script;
    set_rates(script);
    fill(script, 1, 1);
    for (const Told& told : script.told) REQUIRE(collect(engine, told));
    memory.fail_from(1);
    const auto rejected = engine.close(Timestamp::highest());
    memory.fail_from(0);
    REQUIRE(!rejected);
    CHECK(rejected.error().reasons[0].code == Code::time_too_far);
    CHECK(memory.calls == 0);
}

TEST_CASE("a reserve for more GPUs than the maximum reserves for the maximum") {
    Watch memory;
    Market engine = make_engine(memory);
    engine.reserve({.hosts = 4, .bids = 16, .bids_per_host = 8, .bids_per_owner = 8}, 1'000);
    Script script;
    script.host(1, limits::gpus_max);
    script.bid(1, 1, limits::gpus_max, 10);
    tell_without_memory(engine, memory, script);
}

/// Adds a command of any kind, which is mostly accepted.
void tell_any(Script& script, std::mt19937_64& random) {
    const auto draw = [&](std::uint64_t count) { return random() % count; };
    const std::uint64_t host = 1 + draw(size.hosts + 2);
    const std::uint64_t bid = bid_id(host, draw(size.bids_per_host + 1));
    const auto coins = static_cast<std::int64_t>(1 + draw(30));
    const std::size_t gpus = 1 + host % gpus_reserved;
    switch (draw(40)) {
    case 0:
        script.rate(main_currency, static_cast<std::int64_t>(1 + draw(1'000'000'000'000)));
        break;
    case 1: script.tell(RemoveHost{.id = host}); break;
    case 2: script.tell(SetHostStatus{.id = host, .online = draw(2) == 0}); break;
    case 3: script.tell(SetEnergyPrice{.id = host, .usd = EnergyPrice::unchecked(coins)}); break;
    case 4: script.tell(RevokeBid{.id = bid}); break;
    case 5: script.tell(CancelBid{.id = bid}); break;
    case 6: script.tell(SetCached{.id = bid, .cached = true}); break;
    case 7: script.edit(bid, coins, draw(2) == 0 ? gpus : 0); break;
    case 8:
        script.time += 1'000;
        script.tell(Close{});
        break;
    case 9: script.time += static_cast<std::int64_t>(draw(40'000'000)); break;
    case 10: script.host(host, gpus_reserved + 1); break;  // of a known host: rejected
    default:
        if (draw(4) == 0) {
            script.host(host, gpus);
        } else {
            script.bid(bid, host, gpus, coins, draw(2),
                       Currency{static_cast<std::uint8_t>(draw(3))});
        }
    }
}

TEST_CASE("a random market within its limits never allocates") {
    Reserved market;
    Script script;
    set_rates(script);
    fill(script, 1, 1);
    market.tell(script);
    std::mt19937_64 random{11};
    std::size_t hosts_most = 0;
    for (int i = 0; i < 60'000; ++i) {
        // A new host with more GPUs than were reserved may allocate.
        tell_any(script, random);
        std::erase_if(script.told, [&](const Told& told) {
            const PutHost* put = std::get_if<PutHost>(&told.command);
            return put != nullptr && put->gpus.size() > gpus_reserved &&
                   !market.engine.find_host(put->id);
        });
        market.tell(script);
        hosts_most = std::max(hosts_most, market.engine.totals().hosts);
    }
    CHECK(hosts_most == size.hosts);
    CHECK(market.engine.rejected(Code::limit_reached) > 100);
    CHECK(market.engine.counters().rejected < market.engine.counters().commands / 2);
}

TEST_CASE("a command beyond limits of the reserved size is rejected") {
    struct Row {
        const char* rule;
        EngineLimits limits;
        std::uint64_t bids;    ///< bids that fit on the first host
        std::uint64_t owners;  ///< their owners, in turn; the next bid is the first owner's
        Violation expected;
    };
    const auto limit = [](Unit unit, int value, int bound) {
        return Violation{Code::limit_reached, std::nullopt, unit, value, bound};
    };
    const Row rows[] = {
        {"bids per host", {2, 9, 3, 9}, 3, 1, limit(Unit::bid, 4, 3)},
        {"bids of one owner on one host", {2, 9, 9, 2}, 2, 1, limit(Unit::bid, 3, 2)},
        {"bids in all", {2, 4, 9, 9}, 4, 1, limit(Unit::bid, 5, 4)},
        {"bids per host before bids of an owner", {2, 9, 3, 2}, 3, 2, limit(Unit::bid, 4, 3)},
        {"bids of an owner before bids in all", {2, 3, 9, 2}, 3, 2, limit(Unit::bid, 3, 2)},
    };
    for (const Row& row : rows) {
        CAPTURE(row.rule);
        Reserved market{row.limits};
        Script script;
        script.host(1, 1);
        for (std::uint64_t i = 0; i < row.bids; ++i) script.bid(i, 1, 1, 10, i % row.owners);
        CHECK(market.tell(script).events.size() == 1);
        script.bid(99, 1, 1, 10, 0);
        CHECK(market.tell(script).reasons == std::vector{row.expected});
        script.tell(RevokeBid{.id = 0});  // makes room again
        script.bid(99, 1, 1, 10, 0);
        CHECK(market.tell(script).events.size() == 1);
        script.host(2, 1);
        script.host(3, 1);
        CHECK(market.tell(script).reasons == std::vector{limit(Unit::host, 3, 2)});
        script.host(2, 1);  // a known host needs no room
        CHECK(market.tell(script).events.size() == 1);
    }
}

TEST_CASE("questions about bids, runs and hosts, and visits of all, do not allocate") {
    Watch memory;
    Market engine = make_engine(memory);
    Script script;
    set_rates(script);
    fill(script, 1, 2);
    for (const Told& told : script.told) REQUIRE(collect(engine, told));
    Script more;
    more.time = script.time + 1'000;
    const BidId running = engine.run(1)->bid;
    more.edit(running.value, 1, 2);
    for (const Told& told : more.told) REQUIRE(collect(engine, told));

    const Market& asked = engine;
    memory.fail_from(1);
    const std::size_t before = global_calls();
    bool is_right = asked.bid(running)->edit.has_value();
    is_right = is_right && asked.bid(*asked.find_bid(running))->is_running;
    is_right = is_right && asked.overclock(running) && asked.edited_overclock(running);
    is_right =
        is_right && asked.run(*asked.find_host(1))->charge_at(engine.now()).amount > Amount{};
    std::size_t hosts = 0;
    std::size_t bids = 0;
    std::size_t runs = 0;
    asked.visit_hosts([&](HostId host, HostHandle) {
        ++hosts;
        asked.visit_bids_on(host, [&](const BidState&) { ++bids; });
    });
    asked.visit_bids([&](const BidState&) { ++bids; });
    for (const OwnerId owner : {OwnerId{0}, OwnerId{1}})
        asked.visit_bids_of(owner, [&](const BidState&) { ++bids; });
    asked.visit_runs([&](const RunState&) { ++runs; });
    const std::size_t calls = memory.calls;
    memory.fail_from(0);
    CHECK(global_calls() == before);
    CHECK(calls == 0);
    CHECK(is_right);
    CHECK(hosts == size.hosts);
    CHECK(runs == size.hosts);
    CHECK(bids == 3 * size.bids);
}

TEST_CASE("without a reserve, both counters see allocations") {
    Watch memory;
    Market engine = make_engine(memory);
    Script script;
    script.host(1, 1);
    CHECK(collect(engine, script.told[0]).has_value());
    CHECK(memory.calls > 5);
    const std::size_t before = global_calls();
    gigaspot::Engine other;
    const auto done = other.put_host(std::get<PutHost>(script.told[0].command), Timestamp{});
    CHECK(done.has_value());
    CHECK(global_calls() > before + 5);
}

}  // namespace
