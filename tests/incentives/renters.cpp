// Tests what renters can do to each other and to a host, and what it costs whom. docs/incentives.md
// names these tests. Figures are price x time: 40 coins per day for 0.01 day are 0.4 coin.
#include "stage.hpp"

namespace {

using namespace scenarios;

/// Lets a bid win the host at a close now.
void let_win(Stage& stage, const Place& bid) {
    CHECK(stage.tell(bid) == Code::none);
    stage.next_close();
    CHECK(stage.holder() == bid.id.value);
}

TEST_CASE("renters: a bid that cannot pay ends a run and pays nothing") {
    Stage stage;
    let_win(stage, bid(alice, 1, 40_coin_per_day));
    let_win(stage, bid(mallory, 9, 5000_coin_per_day));
    CHECK(stage.tell(Revoke{.id = 9}) == Code::none);  // no money
    CHECK(stage.holder() == 0);
    stage.next_close();
    CHECK(stage.holder() == 1);
    CHECK(stage.paid(9) == 0);
    // Alice ran for one interval. Then the host idled for one, which cost it and Alice 0.4 coin.
    CHECK(stage.paid(1) == 40 * coin / 100);
}

TEST_CASE("renters: with refill at once, the run that it ended starts again at once") {
    Stage stage{{.refill = Refill::at_once}};
    let_win(stage, bid(alice, 1, 40_coin_per_day));
    let_win(stage, bid(mallory, 9, 5000_coin_per_day));
    CHECK(stage.tell(Revoke{.id = 9}) == Code::none);
    CHECK(stage.holder() == 1);
    stage.next_close();
    CHECK(stage.paid(9) == 0);
    CHECK(stage.paid(1) == 3 * 40 * coin / 100);  // all three intervals since she bid
}

TEST_CASE("renters: replacing a run costs an interval at the price that won, even after a cancel") {
    Stage stage;
    let_win(stage, bid(alice, 1, 40_coin_per_day));
    let_win(stage, bid(mallory, 9, 5000_coin_per_day));
    CHECK(stage.tell(Cancel{.id = 9}) == Code::none);
    CHECK(stage.holder() == 9);
    stage.next_close();
    CHECK(stage.holder() == 1);
    CHECK(stage.paid(9) == 50 * coin);  // 5000 / 100
}

TEST_CASE("renters: an interval of a millisecond makes that cheap, and interval_min prevents it") {
    Stage stage;
    let_win(stage, bid(alice, 1, 40_coin_per_day));
    let_win(stage, bid(mallory, 9, 5000_coin_per_day));
    CHECK(stage.tell(Cancel{.id = 9}) == Code::none);
    stage.wait(1_ms);
    CHECK(stage.tell(Close{}) == Code::none);
    CHECK(stage.holder() == 1);
    CHECK(stage.paid(9) == 5'788);  // 5e11 / 86,400,000 = 5787.04, rounded up

    Stage steady{{.interval_min = interval}};
    let_win(steady, bid(alice, 1, 40_coin_per_day));
    let_win(steady, bid(mallory, 9, 5000_coin_per_day));
    CHECK(steady.tell(Cancel{.id = 9}) == Code::none);
    steady.wait(1_ms);
    CHECK(steady.tell(Close{}) == Code::close_too_soon);
    steady.close();
    CHECK(steady.paid(9) == 50 * coin);
}

TEST_CASE("renters: raising the price for a close costs the high price for the whole interval") {
    Stage stage;
    let_win(stage, bid(alice, 1, 40_coin_per_day));
    CHECK(stage.tell(bid(mallory, 9, 10_coin_per_day)) == Code::none);
    for (int i = 0; i < 2; ++i) {
        CHECK(stage.tell(reprice(9, 45_coin_per_day)) == Code::none);
        stage.next_close();
        CHECK(stage.holder() == 9);
        CHECK(stage.tell(reprice(9, 10_coin_per_day)) == Code::none);  // takes effect at the close
        stage.next_close();
        CHECK(stage.holder() == 1);
    }
    // He gets every other interval, and pays more than Alice for each of them.
    CHECK(stage.paid(9) == 2 * 45 * coin / 100);
    stage.next_close();
    CHECK(stage.paid(1) == 3 * 40 * coin / 100);
}

TEST_CASE("renters: a bid in the last millisecond leaves no time for an answer") {
    const auto snipe = [](const Policy& policy, Price price) {
        Stage stage{policy};
        let_win(stage, bid(alice, 1, 40_coin_per_day));  // she would pay up to 60
        stage.wait(863'999_ms);
        CHECK(stage.tell(bid(bob, 4, price)) == Code::none);
        stage.next_close();
        CHECK(stage.tell(reprice(1, 60_coin_per_day)) == Code::none);  // too late
        stage.next_close();
        CHECK(stage.holder() == 1);
        return stage.paid(4);
    };
    // 40.00000001 / 100 coin is 40,000,000.01 units, rounded up. The host got 0.4 coin for an
    // interval that was worth 0.6 to Alice.
    CHECK(snipe({}, 40.00000001_coin_per_day) == 40'000'001);
    // A margin of 10 % of 40 raises the cost above 44, and a dwell keeps him out for a while.
    CHECK(snipe({.switch_margin_ppm = 100'000_ppm}, 44_coin_per_day) == 0);
    CHECK(snipe({.switch_margin_ppm = 100'000_ppm}, 44.00000001_coin_per_day) == 44'000'001);
    CHECK(snipe({.dwell_min = 30_min}, 59_coin_per_day) == 0);
}

TEST_CASE("renters: a bid that is cancelled before the close makes others pay, and costs nothing") {
    Stage stage;
    let_win(stage, bid(alice, 1, 40_coin_per_day));
    CHECK(stage.tell(bid(mallory, 9, 300_coin_per_day)) == Code::none);
    CHECK(stage.tell(reprice(1, 300_coin_per_day)) == Code::none);  // an equal price is enough
    CHECK(stage.tell(Cancel{.id = 9}) == Code::none);
    stage.next_close();
    CHECK(stage.tell(reprice(1, 40_coin_per_day)) == Code::none);  // too late for the next interval
    stage.next_close();
    CHECK(stage.paid(9) == 0);
    // 0.4 and 3 coins: she paid 2.6 coins too much.
    CHECK(stage.paid(1) == (40 + 300) * coin / 100);
}

TEST_CASE("renters: the winner lowers its price to the next bid, and pays only that") {
    Stage stage{{.dwell_min = 1_days}};
    CHECK(stage.tell(bid(bob, 4, 40_coin_per_day)) == Code::none);
    let_win(stage, bid(alice, 1, 60_coin_per_day));
    CHECK(stage.tell(reprice(1, 40_coin_per_day)) == Code::none);  // the incumbent wins a tie
    stage.next_close();
    CHECK(stage.holder() == 1);
    stage.next_close();
    CHECK(stage.paid(1) == (60 + 40) * coin / 100);  // the host loses 0.2 coin per interval
    // One unit less and she loses: she has worsened, so no dwell protects her.
    CHECK(stage.tell(reprice(1, 39.99999999_coin_per_day)) == Code::none);
    stage.next_close();
    CHECK(stage.holder() == 4);
}

TEST_CASE("renters: a renter without rivals pays the minimum that the host accepts") {
    // 100 W at 0.1 USD per kWh cost 0.24 USD per day, so 0.24 coin gives a profit of 0, which is
    // enough.
    const auto is_enough = [](const Policy& policy, Price min_bid, Price price) {
        Stage stage{policy,
                    {},
                    {.id = 1, .gpus = gpus, .energy_price = 0.1_usd_per_kWh, .min_bid = min_bid}};
        let_win(stage, bid(alice, 1, 60_coin_per_day));
        const Code rejection = stage.tell(reprice(1, price));
        stage.next_close();
        return rejection == Code::none && stage.holder() == 1;
    };
    CHECK(is_enough({}, {}, 0.24_coin_per_day));
    CHECK(!is_enough({}, {}, 0.23999999_coin_per_day));
    CHECK(is_enough({.reserve = 5_usd_per_day}, {}, 5.24_coin_per_day));
    CHECK(!is_enough({.reserve = 5_usd_per_day}, {}, 5.23999999_coin_per_day));
    CHECK(is_enough({}, 20_coin_per_day, 20_coin_per_day));
    CHECK(!is_enough({}, 20_coin_per_day, 19.99999999_coin_per_day));
    // Without an energy price, only the market's own minimum remains.
    Stage stage;
    let_win(stage, bid(alice, 1, 60_coin_per_day));
    CHECK(stage.tell(reprice(1, 0.0001_coin_per_day)) == Code::none);
    CHECK(stage.tell(reprice(1, 0.00009999_coin_per_day)) == Code::price_below_market_minimum);
    stage.next_close();
    CHECK(stage.holder() == 1);
    stage.next_close();
    CHECK(stage.paid(1) == 60 * coin / 100 + 100);  // 10,000 / 100 units
}

TEST_CASE("renters: within the margins, the incumbent keeps a host for less") {
    for (const Policy& policy :
         {Policy{.switch_margin = 5_usd_per_day}, Policy{.switch_margin_ppm = 250'000_ppm}}) {
        Stage stage{policy};
        let_win(stage, bid(alice, 1, 20_coin_per_day));
        CHECK(stage.tell(bid(bob, 4, 25_coin_per_day)) == Code::none);  // 5 more, 25 % of 20
        stage.next_close();
        stage.next_close();
        CHECK(stage.holder() == 1);
        CHECK(stage.paid(1) == 2 * 20 * coin / 100);  // 0.05 coin less per interval
        CHECK(stage.tell(reprice(4, 25.00000001_coin_per_day)) == Code::none);
        stage.next_close();
        CHECK(stage.holder() == 4);
    }
    // After a lower price, even by one unit, any lead counts.
    Stage stage{{.switch_margin = 5_usd_per_day}};
    let_win(stage, bid(alice, 1, 20_coin_per_day));
    CHECK(stage.tell(bid(bob, 4, 20_coin_per_day)) == Code::none);
    CHECK(stage.tell(reprice(1, 19.99999999_coin_per_day)) == Code::none);
    stage.next_close();
    CHECK(stage.holder() == 4);
}

TEST_CASE("renters: during its dwell, a run keeps out every bid") {
    Stage stage{{.dwell_min = 1'728_s}};  // two intervals
    let_win(stage, bid(alice, 1, 20_coin_per_day));
    CHECK(stage.tell(bid(bob, 4, 100_coin_per_day)) == Code::none);
    stage.next_close();
    CHECK(stage.holder() == 1);
    stage.next_close();
    CHECK(stage.holder() == 4);
    CHECK(stage.paid(1) == 2 * 20 * coin / 100);  // Bob lost an interval, 0.8 coin more
}

TEST_CASE(
    "renters: a renter renews its dwell by outbidding itself, which a margin makes expensive") {
    // Bob bids 100 just after the third close. Returns how many closes he waits for.
    const auto closes_until_bob = [](const Policy& policy, Price second) {
        Stage stage{policy};
        let_win(stage, bid(alice, 1, 20_coin_per_day));
        stage.next_close();
        CHECK(stage.tell(bid(alice, 2, second)) == Code::none);
        stage.next_close();  // her dwell of two intervals is over: her second bid may win
        CHECK(stage.tell(bid(bob, 4, 100_coin_per_day)) == Code::none);
        int closes = 0;
        for (; stage.holder() != 4 && closes < 9; ++closes) stage.next_close();
        return closes;
    };
    const Policy dwell{.dwell_min = 1'728_s};
    const Policy both{.switch_margin_ppm = 10'000_ppm, .dwell_min = 1'728_s};
    CHECK(closes_until_bob(dwell, 20_coin_per_day) == 1);  // not for the same price
    // One unit per day more is enough: the host gets 20 instead of 100 for an interval, 0.8 coin
    // less.
    CHECK(closes_until_bob(dwell, 20.00000001_coin_per_day) == 2);
    // With a margin of 1 %, only more than 20.2 is enough.
    CHECK(closes_until_bob(both, 20.2_coin_per_day) == 1);
    CHECK(closes_until_bob(both, 20.20000001_coin_per_day) == 2);
}

TEST_CASE("renters: during its dwell, a run stays although its coin falls") {
    const auto holder_after_the_fall = [](const Policy& policy) {
        Stage stage{policy};
        CHECK(stage.tell(SetRate{.currency = other_coin, .usd = 1_usd_per_coin}) == Code::none);
        CHECK(stage.tell(bid(alice, 1, 40_coin_per_day)) == Code::none);
        let_win(stage, bid(mallory, 9, 60_coin_per_day, other_coin));
        CHECK(stage.tell(SetRate{.currency = other_coin, .usd = 0.5_usd_per_coin}) == Code::none);
        stage.next_close();
        // Until then she is charged 0.6 coin, which is now worth 0.3 USD.
        CHECK(stage.paid(9) == 60 * coin / 100);
        return stage.holder();
    };
    CHECK(holder_after_the_fall({}) == 1);
    // 30 USD per day instead of 40: the host loses 0.1 USD per interval.
    CHECK(holder_after_the_fall({.dwell_min = 1'728_s}) == 9);
    CHECK(holder_after_the_fall({.reserve = 35_usd_per_day, .dwell_min = 1'728_s}) == 1);
}

TEST_CASE(
    "renters: with refill at once, the first bid on a free host gets the rest of the interval") {
    const auto paid = [](Price min_bid) {
        Stage stage{{.refill = Refill::at_once}, {}, {.id = 1, .gpus = gpus, .min_bid = min_bid}};
        stage.next_close();
        const Code rejection = stage.tell(bid(mallory, 9, 0.0001_coin_per_day));
        stage.wait(1_ms);
        CHECK(stage.tell(bid(bob, 4, 40_coin_per_day)) == Code::none);
        CHECK(stage.holder() == (rejection == Code::none ? 9 : 4));
        stage.next_close();
        CHECK(stage.holder() == 4);
        return stage.paid(9) + stage.paid(4);
    };
    CHECK(paid({}) == 100);  // 10,000 / 100 units; Bob's bid was worth 0.4 coin
    // 40 coins for 863,999 of 86,400,000 ms are 39,999,953.7 units.
    CHECK(paid(20_coin_per_day) == 39'999'954);
}

TEST_CASE("renters: the maximum price at the minimum power cannot be beaten, and is paid") {
    Stage stage;
    Place greatest = bid(mallory, 9, 5000_coin_per_day);
    greatest.overclock = at_50_W;
    let_win(stage, greatest);
    const auto price = stage.market().price_to_win(HostId{1}, {.power_limits = 50_W});
    CHECK(price.error() == Code::price_above_market_maximum);
    stage.next_close();
    CHECK(stage.paid(9) == 50 * coin);
}

}  // namespace
