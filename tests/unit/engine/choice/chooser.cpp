// Best bids are kept from command to command. These tests count when all bids of a host must be
// scanned again, since scans decide what a command costs. Other tests compare choices with the
// rules.

#include <cstdint>
#include <string>
#include <utility>

#include <gigaspot/engine/engine.hpp>

#include "support/market.hpp"

using namespace market;

namespace {

/// A host with one GPU, bids 1 to 20 in the main currency, and bid 21 in bitcoin.
class Fixture {
public:
    Fixture() {
        REQUIRE(engine.set_rate({.usd = 1_usd_per_coin}, at_ms(0)));
        REQUIRE(engine.set_rate({.currency = bitcoin, .usd = 1000_usd_per_coin}, at_ms(0)));
        REQUIRE(engine.put_host(HostCapabilities{.id = 7, .gpus = {plain_gpu}}, at_ms(0)));
        for (std::uint64_t id = 1; id <= 20; ++id) place(id, 10 + static_cast<int>(id));
        place(21, 1, bitcoin, 1'000'000);
    }

    /// A price as a number of units; by default, a unit is a whole coin.
    void place(std::uint64_t id, int price, Currency currency = main_currency,
               std::int64_t unit = 100'000'000) {
        const Bid bid{.id = id,
                      .host = 7,
                      .owner = id,
                      .price = Price::unchecked(price * unit),
                      .currency = currency,
                      .overclock = {{.power_limit = 200_W}}};
        REQUIRE(engine.place(bid, at_ms(0)));
    }
    std::uint64_t winner() { return engine.choice(HostId{7}).winner.value_or(0).value; }
    /// Returns the number of scans since the last call.
    std::uint64_t rescans() {
        const std::uint64_t before = seen;
        seen = engine.counters().rescans;
        return seen - before;
    }

    Engine engine;
    std::uint64_t seen = 0;
};

}  // namespace

TEST_CASE("a new bid next to one in another currency needs no scan of all bids") {
    Fixture market;
    CHECK(market.winner() == 20);
    CHECK(market.rescans() == 1);

    market.place(22, 5);  // loses
    CHECK(market.winner() == 20);
    market.place(23, 40);  // wins
    CHECK(market.winner() == 23);
    market.place(24, 5, bitcoin, 1'000'000);  // 0.05 bitcoin, 50 USD: wins
    CHECK(market.winner() == 24);
    REQUIRE(market.engine.edit({.id = 23, .price = 60_coin_per_day}, at_ms(0)));  // wins again
    CHECK(market.winner() == 23);
    CHECK(market.rescans() == 0);
}

TEST_CASE("a best bid next to another currency is forgotten when a rate leaves the box") {
    Fixture market;
    CHECK(market.winner() == 20);
    market.place(22, 40);
    CHECK(market.winner() == 22);
    static_cast<void>(market.rescans());

    // From now on, 0.01 bitcoin are worth 50 USD.
    REQUIRE(market.engine.set_rate({.currency = bitcoin, .usd = 5000_usd_per_coin}, at_ms(0)));
    CHECK(market.winner() == 21);
    CHECK(market.rescans() == 1);

    // Without bids in bitcoin, only the main rate counts: bid 22 wins at every rate.
    REQUIRE(market.engine.cancel(BidId{21}, at_ms(0)));
    CHECK(market.winner() == 22);
    CHECK(market.rescans() == 1);
    REQUIRE(market.engine.set_rate({.currency = bitcoin, .usd = 1_usd_per_coin}, at_ms(0)));
    CHECK(market.winner() == 22);
    CHECK(market.rescans() == 0);
}

TEST_CASE("a best bid found next to another currency is known at the present rates only") {
    // A watt costs 0.0024 USD per day. At 1 USD, the profits of bids 1 and 3 are 99.04 and 98.64
    // USD; at 0.1 USD, they are 9.04 and 9.54.
    Engine engine;
    const auto place = [&](std::uint64_t id, Price price, Currency currency, Power watts) {
        const Bid bid{.id = id,
                      .host = 7,
                      .price = price,
                      .currency = currency,
                      .overclock = {{.power_limit = watts}}};
        REQUIRE(engine.place(bid, at_ms(0)));
    };
    REQUIRE(engine.set_rate({.usd = 1_usd_per_coin}, at_ms(0)));
    REQUIRE(engine.set_rate({.currency = bitcoin, .usd = 1000_usd_per_coin}, at_ms(0)));
    REQUIRE(engine.put_host(
        HostCapabilities{.id = 7, .gpus = {plain_gpu}, .energy_price = 0.1_usd_per_kWh}, at_ms(0)));
    place(1, 100_coin_per_day, main_currency, 400_W);
    CHECK(engine.choice(HostId{7}).winner == BidId{1});
    place(2, 0.01_coin_per_day, bitcoin, 150_W);
    place(3, 99_coin_per_day, main_currency, 150_W);
    CHECK(engine.choice(HostId{7}).winner == BidId{1});
    REQUIRE(engine.cancel(BidId{2}, at_ms(0)));
    REQUIRE(engine.set_rate({.usd = 0.1_usd_per_coin}, at_ms(0)));
    CHECK(engine.choice(HostId{7}).winner == BidId{3});
}

namespace {

/// A host on which bid 1 in the main currency has 100 USD per day, and bid 2 in bitcoin has 90 USD.
/// The energy costs nothing. After a close that found the boxes, the counters are at 0.
class TwoCurrencies {
public:
    TwoCurrencies() {
        move(1_usd_per_coin);
        move(1000_usd_per_coin, bitcoin);
        REQUIRE(engine.put_host(HostCapabilities{.id = 7, .gpus = {plain_gpu}}, at_ms(0)));
        place(1, 100_coin_per_day);
        place(2, 0.09_coin_per_day, bitcoin);
        close();
        looks();
    }
    void move(ExchangeRate usd, Currency currency = main_currency) {
        REQUIRE(engine.set_rate({.currency = currency, .usd = usd}, at_ms(0)));
    }
    void place(std::uint64_t id, Price price, Currency currency = main_currency) {
        REQUIRE(engine.place(Bid{.id = id,
                                 .host = 7,
                                 .owner = id,
                                 .price = price,
                                 .currency = currency,
                                 .overclock = {{.power_limit = 200_W}}},
                             at_ms(0)));
    }
    void close() { REQUIRE(engine.close(at_ms(0))); }
    std::uint64_t running() { return engine.run(HostId{7}).value().bid.value; }
    /// Returns for how many hosts closes have chosen since the last call.
    std::uint64_t looks() {
        return engine.counters().looks - std::exchange(seen, engine.counters().looks);
    }

    Engine engine{{.interval_min = {}}};
    std::uint64_t seen = 0;
};

}  // namespace

TEST_CASE("a close passes over a host with bids in two currencies while both rates move little") {
    TwoCurrencies market;
    market.move(1030_usd_per_coin, bitcoin);  // 92.7 USD
    market.close();
    market.move(0.97_usd_per_coin);  // 97 USD
    market.close();
    market.move(5_usd_per_coin);  // a rise of the best bid's rate never matters
    market.close();
    market.move(1_usd_per_coin);
    market.close();
    CHECK(market.looks() == 0);
    market.move(1200_usd_per_coin, bitcoin);  // 108 USD
    market.close();
    CHECK(market.looks() == 1);
    CHECK(market.running() == 2);
    market.move(1.2_usd_per_coin);  // 120 USD
    market.close();
    CHECK(market.looks() == 1);
    CHECK(market.running() == 1);
}

TEST_CASE("a former best bid in another currency returns without a scan") {
    TwoCurrencies market;
    for (int i = 0; i < 3; ++i) {
        market.move(0.8_usd_per_coin);
        market.close();
        CHECK(market.running() == 2);
        market.move(1_usd_per_coin);
        market.close();
        CHECK(market.running() == 1);
    }
    CHECK(market.looks() == 6);
    CHECK(market.engine.counters().rescans == 2);
}

TEST_CASE("a former best bid is forgotten when a rate leaves its box, which is a small one") {
    TwoCurrencies market;
    REQUIRE(market.engine.revoke(BidId{1}, at_ms(0)));  // nothing runs, so the best bid wins
    market.place(4, 100_coin_per_day);
    market.place(3, 0.0995_coin_per_day, bitcoin);  // 99.5 USD
    const auto winner = [&] { return market.engine.choice(HostId{7}).winner.value_or(0).value; };
    CHECK(winner() == 4);
    market.move(1.001_usd_per_coin);
    CHECK(winner() == 4);
    market.move(0.8_usd_per_coin);
    CHECK(winner() == 3);
    market.move(1010_usd_per_coin, bitcoin);  // 100.495 USD
    CHECK(winner() == 3);
    market.move(1_usd_per_coin);
    CHECK(winner() == 3);
}

TEST_CASE("a minimum price in the main currency moves with both rates") {
    TwoCurrencies market;
    market.place(3, 0.11_coin_per_day, bitcoin);  // 110 USD
    market.close();
    CHECK(market.running() == 3);
    // The minimum becomes 105 coins. Bid 1 is below it at all rates.
    REQUIRE(market.engine.put_host(
        HostCapabilities{.id = 7, .gpus = {plain_gpu}, .min_bid = 105_coin_per_day}, at_ms(0)));
    market.close();
    market.looks();
    market.move(1.01_usd_per_coin);  // 106.05 USD
    market.close();
    CHECK(market.looks() == 0);
    market.move(970_usd_per_coin, bitcoin);  // bid 3 has 106.7 USD
    market.close();
    CHECK(market.running() == 3);
    market.move(1.02_usd_per_coin);  // 107.1 USD: no bid remains
    market.close();
    CHECK(!market.engine.run(HostId{7}));
    market.move(971_usd_per_coin, bitcoin);  // 106.81 USD
    market.close();
    CHECK(!market.engine.run(HostId{7}));
    market.move(1.01_usd_per_coin);  // the minimum is 106.05 USD
    market.close();
    CHECK(market.running() == 3);
    market.move(1.02_usd_per_coin);
    market.close();
    CHECK(!market.engine.run(HostId{7}));
    market.move(974_usd_per_coin, bitcoin);  // 107.14 USD
    market.close();
    CHECK(market.running() == 3);
}

TEST_CASE("two bids in different currencies are equal at one rate, and the older one wins there") {
    Engine engine;
    const auto move = [&](std::int64_t units, Currency currency = main_currency) {
        const SetRate rate{.currency = currency, .usd = ExchangeRate::unchecked(units)};
        REQUIRE(engine.set_rate(rate, at_ms(0)));
    };
    const auto winner = [&] { return engine.choice(HostId{7}).winner.value_or(0).value; };
    move(9);
    move(10, bitcoin);  // too small for a box in which it moves
    REQUIRE(engine.put_host(HostCapabilities{.id = 7, .gpus = {plain_gpu}}, at_ms(0)));
    for (const std::uint64_t id : {1U, 2U}) {
        REQUIRE(engine.place(Bid{.id = id,
                                 .host = 7,
                                 .price = 1_coin_per_day,
                                 .currency = id == 1 ? main_currency : bitcoin,
                                 .overclock = {{.power_limit = 200_W}}},
                             at_ms(0)));
    }
    CHECK(winner() == 2);
    move(8);
    CHECK(winner() == 2);  // now it is known at all rates up to 9
    const std::uint64_t before = engine.counters().rescans;
    move(9);
    CHECK(winner() == 2);
    CHECK(engine.counters().rescans == before);
    move(10);
    CHECK(winner() == 1);
}

TEST_CASE("a run behind a better bid stops when a move of its rate makes its price too low") {
    Engine engine{{.switch_margin = 50_usd_per_day, .interval_min = {}}};
    REQUIRE(engine.set_rate({.usd = 1_usd_per_coin}, at_ms(0)));
    REQUIRE(engine.set_rate({.currency = bitcoin, .usd = 1000_usd_per_coin}, at_ms(0)));
    REQUIRE(engine.put_host(
        HostCapabilities{.id = 7, .gpus = {plain_gpu}, .min_bid = 95_coin_per_day}, at_ms(0)));
    const auto place = [&](std::uint64_t id, Price price, Currency currency) {
        REQUIRE(engine.place(Bid{.id = id,
                                 .host = 7,
                                 .price = price,
                                 .currency = currency,
                                 .overclock = {{.power_limit = 200_W}}},
                             at_ms(0)));
    };
    place(2, 0.1_coin_per_day, bitcoin);  // 100 USD
    REQUIRE(engine.close(at_ms(0)));
    place(1, 130_coin_per_day, main_currency);  // does not lead by 50 USD
    // All bids are compared again, so that the largest box is found.
    REQUIRE(engine.set_energy_price(HostId{7}, EnergyPrice{}, at_ms(0)));
    REQUIRE(engine.close(at_ms(0)));
    CHECK(engine.run(HostId{7}).value().bid == BidId{2});
    REQUIRE(engine.set_rate({.currency = bitcoin, .usd = 945_usd_per_coin}, at_ms(0)));  // 94.5 USD
    REQUIRE(engine.close(at_ms(0)));
    CHECK(engine.run(HostId{7}).value().bid == BidId{1});
}

namespace {

/// A watt costs 0.0024 USD per day. Bid 1 (100 coins, 400 W) and bid 2 (99 coins, 150 W) have equal
/// profits at 0.6 USD per coin. Above it bid 1 is the best, and below it bid 2.
class TwoRates {
public:
    TwoRates() {
        set_rate(1_usd_per_coin);
        REQUIRE(engine.put_host(
            HostCapabilities{.id = 7, .gpus = {plain_gpu}, .energy_price = 0.1_usd_per_kWh},
            at_ms(0)));
        place(1, 100_coin_per_day, 400_W);
        place(2, 99_coin_per_day, 150_W);
        CHECK(winner() == 1);  // known at this rate only
        set_rate(0.5_usd_per_coin);
        CHECK(winner() == 2);
        set_rate(1_usd_per_coin);
        CHECK(winner() == 1);
        set_rate(0.5_usd_per_coin);
        CHECK(winner() == 2);
        before = engine.counters().rescans;
    }
    void set_rate(ExchangeRate usd) { REQUIRE(engine.set_rate({.usd = usd}, at_ms(0))); }
    void place(std::uint64_t id, Price price, Power watts) {
        REQUIRE(engine.place(Bid{.id = id,
                                 .host = 7,
                                 .owner = id,
                                 .price = price,
                                 .overclock = {{.power_limit = watts}}},
                             at_ms(0)));
    }
    std::uint64_t winner() { return engine.choice(HostId{7}).winner.value_or(0).value; }
    std::uint64_t rescans() const { return engine.counters().rescans - before; }

    Engine engine;
    std::uint64_t before = 0;
};

}  // namespace

TEST_CASE("a rate that returns finds the former best without a scan") {
    TwoRates market;
    for (int i = 0; i < 3; ++i) {
        market.set_rate(1_usd_per_coin);
        CHECK(market.winner() == 1);
        market.set_rate(0.5_usd_per_coin);
        CHECK(market.winner() == 2);
    }
    CHECK(market.rescans() == 0);
}

TEST_CASE("a changed cache flag causes a scan only if the policy requires cached images") {
    for (const bool decides : {false, true}) {
        Engine engine{{.require_cached = decides}};
        REQUIRE(engine.set_rate({.usd = 1_usd_per_coin}, at_ms(0)));
        REQUIRE(engine.put_host(HostCapabilities{.id = 7, .gpus = {plain_gpu}}, at_ms(0)));
        const Bid bid{
            .id = 1, .host = 7, .price = 10_coin_per_day, .overclock = {{.power_limit = 200_W}}};
        REQUIRE(engine.place(bid, at_ms(0)));
        for (const bool cached : {true, false, true}) {
            REQUIRE(engine.set_cached(BidId{1}, cached, at_ms(0)));
            CHECK(engine.choice(HostId{7}).winner.has_value() == (cached || !decides));
        }
        CHECK(engine.counters().rescans == (decides ? 2 : 1));
    }
}

TEST_CASE("a best bid found after a command is known at one rate until more is asked") {
    TwoRates market;
    market.place(3, 50_coin_per_day, 150_W);
    REQUIRE(market.engine.cancel(BidId{2}, at_ms(0)));
    CHECK(market.winner() == 1);
    CHECK(market.rescans() == 1);
    SUBCASE("a close finds the interval of the best bid") {
        REQUIRE(market.engine.close(at_ms(60'000)));
        for (const ExchangeRate usd : {0.6_usd_per_coin, 2_usd_per_coin, 0.4_usd_per_coin}) {
            REQUIRE(market.engine.set_rate({.usd = usd}, at_ms(60'000)));
            CHECK(market.winner() == 1);
        }
        CHECK(market.rescans() == 1);
    }
    SUBCASE("the first rate move scans once more, and then the interval is known") {
        market.set_rate(0.6_usd_per_coin);
        CHECK(market.winner() == 1);
        CHECK(market.rescans() == 2);
        market.set_rate(2_usd_per_coin);
        CHECK(market.winner() == 1);
        CHECK(market.rescans() == 2);
    }
    SUBCASE("new bids are compared with the best bid in the meantime") {
        market.place(4, 100.5_coin_per_day, 400_W);
        CHECK(market.winner() == 4);
        market.place(5, 100.4_coin_per_day, 400_W);
        CHECK(market.winner() == 4);
        REQUIRE(market.engine.edit({.id = 4, .price = 101_coin_per_day}, at_ms(0)));
        CHECK(market.winner() == 4);
        CHECK(market.rescans() == 1);
        market.set_rate(0.01_usd_per_coin);  // 400 W cost 0.96 USD per day, 150 W 0.36
        CHECK(market.winner() == 3);
    }
}

TEST_CASE("a former best is forgotten when a bid comes, goes or changes, or the host changes") {
    SUBCASE("a bid comes that is the best at the old rate only") {
        TwoRates market;
        market.place(3, 100.1_coin_per_day, 400_W);
        CHECK(market.winner() == 2);
        market.set_rate(1_usd_per_coin);
        CHECK(market.winner() == 3);
    }
    SUBCASE("the former best goes") {
        TwoRates market;
        REQUIRE(market.engine.cancel(BidId{1}, at_ms(0)));
        market.set_rate(1_usd_per_coin);
        CHECK(market.winner() == 2);
    }
    SUBCASE("the former best gets a lower price") {
        TwoRates market;
        REQUIRE(market.engine.edit({.id = 1, .price = 50_coin_per_day}, at_ms(0)));
        market.set_rate(1_usd_per_coin);
        CHECK(market.winner() == 2);
    }
    SUBCASE("the present best gets a higher price") {
        TwoRates market;
        REQUIRE(market.engine.edit({.id = 2, .price = 200_coin_per_day}, at_ms(0)));
        market.set_rate(1_usd_per_coin);
        CHECK(market.winner() == 2);
    }
    SUBCASE("the energy price rises") {
        TwoRates market;  // at 1 USD/kWh a watt costs 0.024 USD: 90.4 against 95.4 USD
        REQUIRE(market.engine.set_energy_price(HostId{7}, 1_usd_per_kWh, at_ms(0)));
        CHECK(market.winner() == 2);
        market.set_rate(1_usd_per_coin);
        CHECK(market.winner() == 2);
    }
}

TEST_CASE("a bid in the slot of a removed best bid runs for its own owner") {
    // At 0.1 USD/kWh, 150 W cost 0.36 USD per day and 400 W 0.96. At 0.04 USD per coin, the profit
    // of bid 1 is 0.04 USD and that of bid 2 is negative. At 1 USD, bid 2 is better.
    constexpr ExchangeRate low = 0.04_usd_per_coin;
    Engine engine{{.refill = Refill::at_once, .interval_min = {}}};
    REQUIRE(engine.set_rate({.usd = low}, at_ms(0)));
    REQUIRE(engine.put_host(HostCapabilities{.id = 7,
                                             .gpus = {plain_gpu},
                                             .energy_price = 0.1_usd_per_kWh,
                                             .max_rental_length = RentalLength::unchecked(1'000)},
                            at_ms(0)));
    const auto place = [&](std::uint64_t id, Price price, Power watts, std::int64_t now) {
        const Bid bid{.id = id,
                      .host = 7,
                      .owner = 10 + id,
                      .price = price,
                      .overclock = {{.power_limit = watts}}};
        REQUIRE(engine.place(bid, at_ms(now)));
    };
    const auto bid_after_close = [&](ExchangeRate usd, std::int64_t now) {
        REQUIRE(engine.set_rate({.usd = usd}, at_ms(now)));
        REQUIRE(engine.close(at_ms(now)));
        return engine.run(HostId{7}).value().bid.value;
    };
    place(2, 20_coin_per_day, 400_W, 0);
    place(1, 10_coin_per_day, 150_W, 500'000);
    CHECK(bid_after_close(low, 510'000) == 1);
    CHECK(bid_after_close(1_usd_per_coin, 520'000) == 2);
    CHECK(bid_after_close(low, 530'000) == 1);  // a former best, with its holder

    // Bid 2 has expired, but no close has removed it: so the host scans all bids.
    REQUIRE(engine.revoke(BidId{1}, at_ms(1'000'000)));
    place(3, 10_coin_per_day, 150_W, 1'000'000);
    CHECK(engine.run(HostId{7}).value().bid == 3);
    CHECK(engine.run(HostId{7}).value().owner == 13);
}

TEST_CASE("a bid that is the best again and stops keeps its bill") {
    TwoRates market;
    const auto close = [&](std::int64_t now) { REQUIRE(market.engine.close(at_ms(now))); };
    const auto set_online = [&](bool online, std::int64_t now) {
        REQUIRE(market.engine.set_host_status({.id = 7, .online = online}, at_ms(now)));
    };
    close(0);  // bid 2 runs, with a profit of 99 * 0.5 - 0.36 USD
    REQUIRE(market.engine.set_rate({.usd = 1_usd_per_coin}, at_ms(0)));
    CHECK(market.winner() == 1);
    REQUIRE(market.engine.set_rate({.usd = 0.5_usd_per_coin}, at_ms(0)));
    CHECK(market.winner() == 2);  // a former best, which has run but has not stopped
    set_online(false, 43'200'000);
    set_online(true, 43'200'000);
    close(43'200'000);  // bid 2 runs again
    // Two halves of a day at 99 coins per day.
    CHECK(market.engine.bid(BidId{2}).value().billed == Amount::unchecked(4'950'000'000));
    close(86'400'000);
    CHECK(market.engine.bid(BidId{2}).value().billed == Amount::unchecked(9'900'000'000));
}

TEST_CASE("a close chooses once for a host that a command and a rate move have touched") {
    Engine engine{{.interval_min = {}}};
    REQUIRE(engine.set_rate({.usd = 1_usd_per_coin}, at_ms(0)));
    REQUIRE(engine.put_host(
        HostCapabilities{.id = 7, .gpus = {plain_gpu}, .energy_price = 0.1_usd_per_kWh}, at_ms(0)));
    const Bid bid{
        .id = 1, .host = 7, .price = 1_coin_per_day, .overclock = {{.power_limit = 200_W}}};
    REQUIRE(engine.place(bid, at_ms(0)));
    REQUIRE(engine.close(at_ms(0)));
    const std::uint64_t before = engine.counters().looks;
    // 200 W cost 0.48 USD per day: at 0.1 USD per coin, the bid is below the reserve.
    REQUIRE(engine.set_rate({.usd = 0.1_usd_per_coin}, at_ms(0)));
    REQUIRE(engine.edit({.id = 1, .price = 2_coin_per_day}, at_ms(0)));
    REQUIRE(engine.close(at_ms(0)));
    CHECK(engine.counters().looks - before == 1);
}

TEST_CASE(
    "a best bid stays the best without a scan if it pays more and costs no more than before") {
    struct Row {
        const char* rule;
        EnergyPrice energy;
        Price rival_price;
        Power rival_watts;
        Price new_price;
        Power new_watts;
        std::uint64_t winner;
        std::uint64_t rescans;
    };
    // At 0.1 USD/kWh, a watt costs 0.0024 USD per day. At 1 USD per coin, bid 1 has a profit of
    // 100.6 - 0.48 = 100.12 USD, and its rival 100.2 - 0.36 = 99.84. At -0.1 USD/kWh, bid 1 has
    // 100.6 + 0.48 = 101.08 USD, and its rival 100.3 + 0.72 = 101.02.
    constexpr EnergyPrice above = 0.1_usd_per_kWh;
    constexpr Price one = 100.2_coin_per_day;
    constexpr Price other = 100.3_coin_per_day;
    const Row rows[] = {
        {"fewer watts: 100.34", above, one, 150_W, 100.7_coin_per_day, 150_W, 1, 0},
        {"more watts, still the best: 100.28", above, one, 150_W, 101_coin_per_day, 300_W, 1, 1},
        {"more watts, beaten: 99.74", above, one, 150_W, 100.7_coin_per_day, 400_W, 2, 1},
        {"energy below 0, more watts: 101.66", -above, other, 300_W, 100.7_coin_per_day, 400_W, 1,
         0},
        {"energy below 0, equal watts: 101.18", -above, other, 300_W, 100.7_coin_per_day, 200_W, 1,
         0},
        {"energy below 0, fewer watts, still the best: 101.06", -above, other, 300_W,
         100.7_coin_per_day, 150_W, 1, 1},
        {"energy below 0, fewer watts, beaten: 100.97", -above, other, 300_W, 100.61_coin_per_day,
         150_W, 2, 1},
    };
    for (const Row& row : rows) {
        INFO(std::string{row.rule});
        Engine engine;
        const HostCapabilities host{.id = 7, .gpus = {plain_gpu}, .energy_price = row.energy};
        REQUIRE(engine.set_rate({.usd = 1_usd_per_coin}, at_ms(0)));
        REQUIRE(engine.put_host(host, at_ms(0)));
        const auto place = [&](std::uint64_t id, Price price, Power watts) {
            const Bid bid{
                .id = id, .host = 7, .price = price, .overclock = {{.power_limit = watts}}};
            REQUIRE(engine.place(bid, at_ms(0)));
        };
        place(1, 100.6_coin_per_day, 200_W);
        place(2, row.rival_price, row.rival_watts);
        CHECK(engine.choice(HostId{7}).winner == BidId{1});
        const std::uint64_t before = engine.counters().rescans;
        const OverclockProfile profiles[] = {{.power_limit = row.new_watts}};
        const EditBid edit{.id = 1, .price = row.new_price, .overclock = profiles};
        REQUIRE(engine.edit(edit, at_ms(0)));
        CHECK(engine.choice(HostId{7}).winner == BidId{row.winner});
        CHECK(engine.counters().rescans - before == row.rescans);
    }
}
