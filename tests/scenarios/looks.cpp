// A close chooses only for hosts whose choice can have changed. These tests count choices (`looks`)
// and scans of all bids of a host (`rescans`); other tests check the winners.
#include "support/market.hpp"

#include <gigaspot/engine/engine.hpp>
#include <gigaspot/values/literals.hpp>

#include <doctest/doctest.h>

using namespace gigaspot;
using namespace gigaspot::literals;

namespace {

/// 200 hosts with energy at 1 USD/kWh. On each, one bid has 100 W and 10 coins. The other has 200
/// W, which cost 2.4 USD more, and 12 coins: both profits are equal at 1.2 USD per coin. On the
/// last 10 hosts it has 11 coins: both profits are equal at 2.4 USD per coin.
struct Fixture {
    Fixture() {
        set_rate(1_usd_per_coin);
        for (std::uint64_t id = 1; id <= 200; ++id) {
            const GpuLimits gpu{.power_limit = {100_W, 400_W}};
            REQUIRE(engine.put_host(
                HostCapabilities{.id = id, .gpus = {gpu}, .energy_price = 1_usd_per_kWh}, at(0)));
            place(2 * id, id, 10_coin_per_day, 100_W);
            place(2 * id + 1, id, id <= 190 ? 12_coin_per_day : 11_coin_per_day, 200_W);
        }
        close();
    }

    static Timestamp at(std::int64_t ms) { return Timestamp::unchecked(ms); }
    void set_rate(ExchangeRate usd) { REQUIRE(engine.set_rate({.usd = usd}, at(time))); }
    void place(std::uint64_t bid, std::uint64_t host, Price price, Power watts) {
        REQUIRE(engine.place(Bid{.id = bid,
                                 .host = host,
                                 .owner = bid,
                                 .price = price,
                                 .overclock = {{.power_limit = watts}}},
                             at(time)));
    }
    /// Closes a minute later, and returns for how many hosts the close chose.
    std::uint64_t close() {
        const std::uint64_t before = engine.counters().looks;
        time += 60'000;
        REQUIRE(engine.close(at(time)));
        return engine.counters().looks - before;
    }

    Engine engine{};
    std::int64_t time = 0;
};

}  // namespace

TEST_CASE("a close does not choose for hosts whose choice a rate move cannot change") {
    Fixture market;
    CHECK(market.close() == 0);
    market.set_rate(1.1_usd_per_coin);
    CHECK(market.close() == 0);
    market.set_rate(0.9_usd_per_coin);
    CHECK(market.close() == 0);
    market.set_rate(1.3_usd_per_coin);  // changes no choice on the last 10 hosts
    CHECK(market.close() == 190);
    CHECK(market.engine.run(HostId{190})->bid == BidId{381});
    CHECK(market.engine.run(HostId{191})->bid == BidId{382});
    market.set_rate(1.4_usd_per_coin);
    CHECK(market.close() == 0);
}

TEST_CASE("a close chooses only for hosts that a command has touched") {
    Fixture market;
    market.place(1'000, 3, 9_coin_per_day, 100_W);
    REQUIRE(market.engine.edit({.id = 8, .price = 10.5_coin_per_day}, market.at(market.time)));
    CHECK(market.close() == 2);
    CHECK(market.close() == 0);
}

TEST_CASE("a new bid, and an edit that improves the best bid, need no scan") {
    Fixture market;
    const std::uint64_t before = market.engine.counters().rescans;
    for (std::uint64_t host = 1; host <= 200; ++host)
        market.place(1'000 + host, host, host % 2 == 0 ? 20_coin_per_day : 9_coin_per_day, 100_W);
    market.close();
    REQUIRE(market.engine.edit({.id = 1'002, .price = 21_coin_per_day}, market.at(market.time)));
    market.close();
    CHECK(market.engine.counters().rescans == before);
    CHECK(market.engine.run(HostId{2})->bid == BidId{1'002});
}
