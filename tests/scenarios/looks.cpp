// What a close does not look at. The winners are proved elsewhere; here it is counted how many
// hosts chose anew (`looks`) and how often all bids of a host had to be looked at (`rescans`).
#include "support/market.hpp"

#include <gigaspot/engine/engine.hpp>
#include <gigaspot/values/literals.hpp>

#include <doctest/doctest.h>

using namespace gigaspot;
using namespace gigaspot::literals;

namespace {

/// 200 hosts, with electricity of 1 USD per kWh. On each a bid of 100 W, which pays 10 coins, and
/// one of 200 W, which pays 2.4 USD more electricity and 2 coins more: they meet at 1.2 USD a coin.
/// On the last 10 hosts it pays 1 coin more: they meet at 2.4.
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
    /// A close a minute later; how many hosts chose anew.
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

TEST_CASE("a close looks at no host whose choice a move of the rate leaves") {
    Fixture market;
    CHECK(market.close() == 0);
    market.set_rate(1.1_usd_per_coin);
    CHECK(market.close() == 0);
    market.set_rate(0.9_usd_per_coin);
    CHECK(market.close() == 0);
    market.set_rate(1.3_usd_per_coin);  // bids 1 coin apart still stand
    CHECK(market.close() == 190);
    CHECK(market.engine.run(HostId{190})->bid == BidId{381});
    CHECK(market.engine.run(HostId{191})->bid == BidId{382});
    market.set_rate(1.4_usd_per_coin);
    CHECK(market.close() == 0);
}

TEST_CASE("a close looks at the hosts that a command named, and at no other") {
    Fixture market;
    market.place(1'000, 3, 9_coin_per_day, 100_W);
    REQUIRE(market.engine.edit({.id = 8, .price = 10.5_coin_per_day}, market.at(market.time)));
    CHECK(market.close() == 2);
    CHECK(market.close() == 0);
}

TEST_CASE("a bid that comes, and an edit that makes the best better, need no look at all bids") {
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
