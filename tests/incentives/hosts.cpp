// Tests what providers can do to renters, and what happens if the marketplace omits something.
// docs/incentives.md names these tests.
#include "stage.hpp"

namespace {

using namespace scenarios;

/// Alice has just won and is protected for a day. Bob would pay five times as much, at 50 W.
Stage protected_run(Refill refill) {
    Stage stage{{.dwell_min = 1_days, .refill = refill}};
    CHECK(stage.tell(bid(alice, 1, 20_coin_per_day)) == Code::none);
    stage.next_close();
    Place better = bid(bob, 4, 100_coin_per_day);
    better.overclock = at_50_W;
    CHECK(stage.tell(better) == Code::none);
    stage.next_close();
    CHECK(stage.holder() == 1);
    return stage;
}

TEST_CASE("hosts: a provider ends a protected run by going offline for a moment") {
    Stage stage = protected_run(Refill::at_once);
    CHECK(stage.tell(Status{.id = 1, .online = false}) == Code::none);
    CHECK(stage.stopped(1) == Code::host_offline);
    CHECK(stage.tell(Status{.id = 1, .online = true}) == Code::none);
    CHECK(stage.holder() == 4);  // 0.8 coin per interval more for the host
    // Alice has paid for exactly two intervals, one of them before she won a close.
    CHECK(stage.paid(1) == 2 * 20 * coin / 100);

    Stage waiting = protected_run(Refill::at_close);
    CHECK(waiting.tell(Status{.id = 1, .online = false}) == Code::none);
    CHECK(waiting.tell(Status{.id = 1, .online = true}) == Code::none);
    CHECK(waiting.holder() == 0);  // the host loses the rest of the interval
    waiting.next_close();
    CHECK(waiting.holder() == 4);
}

TEST_CASE("hosts: a provider ends a protected run by changing what it allows") {
    Stage stage = protected_run(Refill::at_once);
    const Gpu less[] = {{.power_limit = {50_W, 99_W}}};
    CHECK(stage.tell(Put{.id = 1, .gpus = less}) == Code::none);
    CHECK(stage.stopped(1) == Code::overclock_invalid);
    CHECK(stage.holder() == 4);
    CHECK(stage.tell(Put{.id = 1, .gpus = gpus}) == Code::none);  // as before
    CHECK(stage.holder() == 4);
}

TEST_CASE("hosts: a provider ends a protected run at the next close by raising its minimum bid") {
    Stage stage = protected_run(Refill::at_close);
    CHECK(stage.tell(Put{.id = 1, .gpus = gpus, .min_bid = 20.00000001_coin_per_day}) ==
          Code::none);
    CHECK(stage.holder() == 1);
    stage.next_close();
    CHECK(stage.stopped(1) == Code::price_below_host_minimum);
    CHECK(stage.holder() == 4);
}

TEST_CASE("hosts: a provider bids on its own host and pays itself, minus the fee") {
    for (const Ppm fee : {0_ppm, 25'000_ppm}) {
        Stage stage{{}, {}, {.id = 1, .gpus = gpus}, fee};
        CHECK(stage.tell(bid(alice, 1, 40_coin_per_day)) == Code::none);
        stage.next_close();
        CHECK(stage.tell(bid(provider, 7, 59_coin_per_day)) == Code::none);
        CHECK(stage.tell(reprice(1, 59_coin_per_day)) == Code::none);  // she raises to that price
        stage.next_close();
        CHECK(stage.tell(Cancel{.id = 1}) == Code::none);  // she leaves
        stage.next_close();
        CHECK(stage.paid(1) == (40 + 59) * coin / 100);  // 0.19 coin more than without the bid
        CHECK(stage.paid(7) == 0);
        CHECK(stage.holder() == 7);
        stage.next_close();
        // The provider pays 0.59 coin to itself; the fee of 2.5 % is 1,475,000 units.
        CHECK(stage.paid(7) == 59 * coin / 100);
        CHECK(stage.fee(7) == (fee == 0_ppm ? 0 : 1'475'000));
    }
}

TEST_CASE("marketplace: a new rate alone fills no host; the next command for the host does") {
    Stage stage{
        {.refill = Refill::at_once}, {}, {.id = 1, .gpus = gpus, .energy_price = 0.1_usd_per_kWh}};
    // 40 coins are 0.04 USD, and 100 W cost 0.24.
    CHECK(stage.tell(SetRate{.usd = 0.001_usd_per_coin}) == Code::none);
    CHECK(stage.tell(bid(alice, 1, 40_coin_per_day)) == Code::none);
    CHECK(stage.tell(SetRate{.usd = 1_usd_per_coin}) == Code::none);
    CHECK(stage.holder() == 0);  // up to 0.4 coin per interval, as long as this lasts
    CHECK(stage.tell(Status{.id = 1}) == Code::none);
    CHECK(stage.holder() == 1);
}

TEST_CASE("marketplace: rates that are not renewed stop all runs") {
    Stage stage{{.rate_age_max = 1'000_s}};
    CHECK(stage.tell(bid(alice, 1, 40_coin_per_day)) == Code::none);
    stage.next_close();
    CHECK(stage.holder() == 1);
    stage.next_close();  // the rate is 1728 s old
    CHECK(stage.stopped(1) == Code::rate_missing);
    CHECK(stage.holder() == 0);
}

TEST_CASE("marketplace: a run exceeds its expiry by less than an interval, and pays for it") {
    Stage stage{{.refill = Refill::at_once},
                {},
                {.id = 1, .gpus = gpus, .max_rental_length = RentalLength::unchecked(100)}};
    CHECK(stage.tell(bid(alice, 1, 40_coin_per_day)) == Code::none);
    stage.wait(863'999_ms);
    CHECK(stage.holder() == 1);  // 764 s after its expiry
    stage.close();
    CHECK(stage.holder() == 0);
    CHECK(stage.paid(1) == 40 * coin / 100);
}

TEST_CASE(
    "marketplace: with a new bid for each interval, the fee is short by less than a unit per bid") {
    // 0.0001 coin per day is 100 units per interval; the fee of 2.5 % is 2.5 units.
    const auto fees = [](bool is_cut) {
        Stage stage{{}, {}, {.id = 1, .gpus = gpus}, 25'000_ppm};
        std::uint64_t id = 1;
        CHECK(stage.tell(bid(mallory, id, 0.0001_coin_per_day)) == Code::none);
        stage.next_close();
        if (is_cut) {
            CHECK(stage.tell(Cancel{.id = id}) == Code::none);
            CHECK(stage.tell(bid(mallory, ++id, 0.0001_coin_per_day)) == Code::none);
        }
        stage.next_close();
        stage.next_close();
        CHECK(stage.paid(1) + stage.paid(2) == 200);  // the renter pays the same
        return stage.fee(1) + stage.fee(2);
    };
    CHECK(fees(false) == 5);
    CHECK(fees(true) == 4);
}

TEST_CASE("marketplace: while a host takes no new bids, only old ones can win its return") {
    const auto paid_by_return = [](bool queue_unavailable) {
        Stage stage{{.refill = Refill::at_once, .queue_unavailable = queue_unavailable}};
        CHECK(stage.tell(bid(mallory, 9, 10_coin_per_day)) == Code::none);
        CHECK(stage.tell(Status{.id = 1, .online = false}) == Code::none);
        const Code rejection = stage.tell(bid(bob, 4, 40_coin_per_day));
        CHECK(rejection == (queue_unavailable ? Code::none : Code::host_unavailable));
        stage.next_close();
        CHECK(stage.tell(Status{.id = 1, .online = true}) == Code::none);
        if (!queue_unavailable) CHECK(stage.tell(bid(bob, 4, 40_coin_per_day)) == Code::none);
        stage.next_close();
        return stage.paid(9) + stage.paid(4);
    };
    CHECK(paid_by_return(false) == 10 * coin / 100);  // the host has lost 0.3 coin
    CHECK(paid_by_return(true) == 40 * coin / 100);
}

}  // namespace
