// Fetching ahead changes the time that commands take, and nothing else: whatever it is told that
// they will touch.
#include <gigaspot/engine/fetch_ahead.hpp>

#include <cstdint>
#include <random>
#include <vector>

#include <doctest/doctest.h>

#include <gigaspot/engine/save.hpp>

#include "support/market.hpp"

namespace {

using namespace market;

/// A market of a few hosts, on which bids come, go and change all the time.
class Market {
public:
    Market() {
        REQUIRE(engine.set_rate({.usd = 1_usd_per_coin}, at_ms(0)));
        for (std::uint64_t id = 1; id <= hosts; ++id) {
            const HostCapabilities host{.id = id, .gpus = {plain_gpu, plain_gpu}};
            const auto put = engine.put_host(host, at_ms(0));
            REQUIRE(put);
            handles.push_back(put->host);
        }
    }

    static constexpr std::uint64_t hosts = 5;
    Engine engine;
    std::vector<HostHandle> handles{};
};

struct Change {
    std::uint32_t kind;
    std::uint64_t bid;
    std::uint64_t host;
    Price price;
};

std::vector<Change> some_changes(std::size_t count) {
    std::mt19937 random{11};
    std::vector<Change> changes;
    for (std::size_t i = 0; i < count; ++i) {
        changes.push_back({static_cast<std::uint32_t>(random() % 3), 1 + random() % 40,
                           1 + random() % Market::hosts,
                           Price::unchecked(100'000'000 + static_cast<int>(random() % 1'000))});
    }
    return changes;
}

/// Applies a change and returns what the host chooses then. Many are rejected.
BidId apply(Market& market, const Change& change) {
    const OverclockProfile profiles[] = {{.power_limit = 200_W}, {.power_limit = 150_W}};
    const auto ignore = [](const Event&) {};
    if (change.kind == 0) {
        static_cast<void>(market.engine.apply(PlaceBid{.id = change.bid,
                                                       .host = change.host,
                                                       .owner = change.bid,
                                                       .price = change.price,
                                                       .overclock = profiles},
                                              at_ms(0), ignore));
    } else if (change.kind == 1) {
        static_cast<void>(market.engine.apply(EditBid{.id = change.bid, .price = change.price},
                                              at_ms(0), ignore));
    } else {
        static_cast<void>(market.engine.apply(CancelBid{.id = change.bid}, at_ms(0), ignore));
    }
    return market.engine.choice(HostId{change.host}).winner.value_or(BidId{0});
}

/// All changes with a kind of hint, against the same changes one by one.
template <class TargetOf>
void check_same(std::size_t count, TargetOf target_of) {
    const std::vector<Change> changes = some_changes(count);
    Market plain;
    Market fetched;
    std::vector<BidId> expected;
    for (const Change& change : changes) expected.push_back(apply(plain, change));
    std::vector<BidId> found;
    std::size_t asked = 0;
    fetch_ahead(
        fetched.engine, count,
        [&](std::size_t i) {
            CHECK(i == asked);
            ++asked;
            return target_of(fetched, changes[i]);
        },
        [&](std::size_t i) {
            CHECK(i == found.size());
            CHECK(asked > i);
            found.push_back(apply(fetched, changes[i]));
        });
    CHECK(asked == count);
    CHECK(found == expected);
    CHECK(digest(fetched.engine) == digest(plain.engine));
    CHECK(fetched.engine.counters().rejected == plain.engine.counters().rejected);
}

TEST_CASE("commands do the same with their memory fetched ahead, in their order") {
    for (const std::size_t count : {0U, 1U, 7U, 8U, 9U, 31U, 32U, 33U, 3'000U}) {
        CAPTURE(count);
        check_same(count, [](Market&, const Change& change) {
            Target target{.bid = BidId{change.bid}};
            if (change.kind == 0) target.host = HostId{change.host};
            return target;
        });
        check_same(count, [](Market& market, const Change& change) {
            if (change.kind == 0)
                return Target{.bid = BidId{change.bid},
                              .host_handle = market.handles[change.host - 1]};
            return Target{.bid_handle = market.engine.find_bid(change.bid).value_or(BidHandle{}),
                          .is_edit = change.kind == 1};
        });
    }
}

TEST_CASE("a wrong target does no harm") {
    check_same(500, [](Market&, const Change&) { return Target{}; });
    check_same(500, [](Market&, const Change&) {
        return Target{.bid = BidId{987'654}, .host = HostId{987'654}};
    });
    check_same(500, [](Market&, const Change&) {
        return Target{.bid_handle = {1'000'000, 7}, .host_handle = {1'000'000, 7}};
    });
    check_same(500, [](Market& market, const Change& change) {  // none of them is an edit
        const BidHandle handle = market.engine.find_bid(change.bid).value_or(BidHandle{});
        return Target{.bid_handle = handle, .is_edit = change.kind != 1};
    });
    check_same(500, [](Market&, const Change& change) {  // of a bid that may be gone by then
        return Target{.bid_handle = {static_cast<std::uint32_t>(change.bid), 0},
                      .host_handle = {static_cast<std::uint32_t>(change.host), 0}};
    });
}

TEST_CASE("an engine without anything in it can be fetched from") {
    Engine engine;
    int acts = 0;
    fetch_ahead(
        engine, 40, [](std::size_t i) { return Target{.bid = BidId{i}, .host = HostId{i}}; },
        [&](std::size_t) { ++acts; });
    CHECK(acts == 40);
}

}  // namespace
