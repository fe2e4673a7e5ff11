// What providers can do to renters, and what follows from what the marketplace leaves undone.
// docs/incentives.md names these tests.
#include "stage.hpp"

namespace {

using namespace scenarios;

/// Alice has just won and is protected for a day; Bob would pay five times as much, at 50 W.
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

TEST_CASE("hosts: a provider ends a protected run by a moment offline") {
    Stage stage = protected_run(Refill::at_once);
    CHECK(stage.tell(Status{.id = 1, .online = false}) == Code::none);
    CHECK(stage.stopped(1) == Code::host_offline);
    CHECK(stage.tell(Status{.id = 1, .online = true}) == Code::none);
    CHECK(stage.holder() == 4);  // 0.8 coin an interval more for the host
    // Alice has paid for two intervals, one of them before she won a close, and not more.
    CHECK(stage.paid(1) == 2 * 20 * coin / 100);

    Stage waiting = protected_run(Refill::at_close);
    CHECK(waiting.tell(Status{.id = 1, .online = false}) == Code::none);
    CHECK(waiting.tell(Status{.id = 1, .online = true}) == Code::none);
    CHECK(waiting.holder() == 0);  // it costs the host the rest of the interval
    waiting.next_close();
    CHECK(waiting.holder() == 4);
}

TEST_CASE("hosts: a provider ends a protected run by what it allows") {
    Stage stage = protected_run(Refill::at_once);
    const Gpu less[] = {{.power_limit = {50_W, 99_W}}};
    CHECK(stage.tell(Put{.id = 1, .gpus = less}) == Code::none);
    CHECK(stage.stopped(1) == Code::overclock_invalid);
    CHECK(stage.holder() == 4);
    CHECK(stage.tell(Put{.id = 1, .gpus = gpus}) == Code::none);  // as before
    CHECK(stage.holder() == 4);
}

TEST_CASE("hosts: a provider ends a protected run by its minimum bid, at the next close") {
    Stage stage = protected_run(Refill::at_close);
    CHECK(stage.tell(Put{.id = 1, .gpus = gpus, .min_bid = 20.00000001_coin_per_day}) ==
          Code::none);
    CHECK(stage.holder() == 1);
    stage.next_close();
    CHECK(stage.stopped(1) == Code::price_below_host_minimum);
    CHECK(stage.holder() == 4);
}

TEST_CASE("hosts: a provider bids on its own host and pays itself, less the fee") {
    for (const Ppm fee : {0_ppm, 25'000_ppm}) {
        Stage stage{{}, {}, {.id = 1, .gpus = gpus}, fee};
        CHECK(stage.tell(bid(alice, 1, 40_coin_per_day)) == Code::none);
        stage.next_close();
        CHECK(stage.tell(bid(provider, 7, 59_coin_per_day)) == Code::none);
        CHECK(stage.tell(reprice(1, 59_coin_per_day)) == Code::none);  // she meets it
        stage.next_close();
        CHECK(stage.tell(Cancel{.id = 1}) == Code::none);  // and then she leaves
        stage.next_close();
        CHECK(stage.paid(1) == (40 + 59) * coin / 100);  // 0.19 coin more than without it
        CHECK(stage.paid(7) == 0);
        CHECK(stage.holder() == 7);
        stage.next_close();
        // 0.59 coin from the provider to itself; 2.5 % of that are 1,475,000 units.
        CHECK(stage.paid(7) == 59 * coin / 100);
        CHECK(stage.fee(7) == (fee == 0_ppm ? 0 : 1'475'000));
    }
}

TEST_CASE("marketplace: a new rate alone fills no host, the next word on the host does") {
    Stage stage{
        {.refill = Refill::at_once}, {}, {.id = 1, .gpus = gpus, .energy_price = 0.1_usd_per_kWh}};
    // 40 coins are 0.04 USD, and 100 W cost 0.24.
    CHECK(stage.tell(SetRate{.usd = 0.001_usd_per_coin}) == Code::none);
    CHECK(stage.tell(bid(alice, 1, 40_coin_per_day)) == Code::none);
    CHECK(stage.tell(SetRate{.usd = 1_usd_per_coin}) == Code::none);
    CHECK(stage.holder() == 0);  // up to 0.4 coin an interval, if it stays so
    CHECK(stage.tell(Status{.id = 1}) == Code::none);
    CHECK(stage.holder() == 1);
}

TEST_CASE("marketplace: rates that are not renewed stop everybody") {
    Stage stage{{.rate_age_max = 1'000_s}};
    CHECK(stage.tell(bid(alice, 1, 40_coin_per_day)) == Code::none);
    stage.next_close();
    CHECK(stage.holder() == 1);
    stage.next_close();  // the rate is 1728 s old
    CHECK(stage.stopped(1) == Code::rate_missing);
    CHECK(stage.holder() == 0);
}

TEST_CASE("marketplace: a run outlives its time by less than an interval, and pays for it") {
    Stage stage{{.refill = Refill::at_once},
                {},
                {.id = 1, .gpus = gpus, .max_rental_length = RentalLength::unchecked(100)}};
    CHECK(stage.tell(bid(alice, 1, 40_coin_per_day)) == Code::none);
    stage.wait(863'999_ms);
    CHECK(stage.holder() == 1);  // 764 s after its end
    stage.close();
    CHECK(stage.holder() == 0);
    CHECK(stage.paid(1) == 40 * coin / 100);
}

TEST_CASE("marketplace: with a new bid for each interval its fee is less than a unit a bid short") {
    // 0.0001 coin a day are 100 units an interval, of which 2.5 % are 2.5.
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
        CHECK(stage.paid(1) + stage.paid(2) == 200);  // and he pays the same
        return stage.fee(1) + stage.fee(2);
    };
    CHECK(fees(false) == 5);
    CHECK(fees(true) == 4);
}

TEST_CASE("marketplace: while a host takes no new bids, the old ones have its return") {
    const auto paid_by_return = [](bool queue_unavailable) {
        Stage stage{{.refill = Refill::at_once, .queue_unavailable = queue_unavailable}};
        CHECK(stage.tell(bid(mallory, 9, 10_coin_per_day)) == Code::none);
        CHECK(stage.tell(Status{.id = 1, .online = false}) == Code::none);
        const Code refusal = stage.tell(bid(bob, 4, 40_coin_per_day));
        CHECK(refusal == (queue_unavailable ? Code::none : Code::host_unavailable));
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
