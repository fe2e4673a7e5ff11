// Asks a live market what it holds: bids, runs, hosts, what was billed and what waits. The numbers
// were worked out by hand: 86.4 coins per day are 100 units of 1e-8 coin per millisecond.
#include <gigaspot/engine/queries.hpp>
#include <gigaspot/engine/save.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "support/live.hpp"

namespace {

using namespace live;

// --- Only an engine can be asked, and as a constant ---

static_assert(std::is_base_of_v<Queries, Engine>);
static_assert(!std::is_default_constructible_v<Queries>);
static_assert(!std::is_copy_constructible_v<Queries> && !std::is_move_constructible_v<Queries>);
static_assert(!std::is_copy_assignable_v<Queries> && !std::is_move_assignable_v<Queries>);
static_assert(!std::is_destructible_v<Queries>);
static_assert(std::is_nothrow_move_constructible_v<Engine>);

constexpr Price steady = 86.4_coin_per_day;  // 100 units per millisecond
constexpr Amount units_of(Int128 count) { return Amount::unchecked(count); }

Profiles profile(Power watts) { return {{.power_limit = watts}}; }

std::optional<Profiles> list(const std::optional<Queries::Overclock>& overclock) {
    if (!overclock) return std::nullopt;
    return Profiles{overclock->begin(), overclock->end()};
}

// --- One bid ---

/// A bid of owner 9 on host 7, which draws 5 W besides its GPU.
BidState first_state() {
    return {.id = 1,
            .host = 7,
            .owner = 9,
            .price = steady,
            .currency = main_currency,
            .power_limits = 300_W,
            .is_overclock_valid = true,
            .placed = at_ms(1'000),
            .expiry = at_ms(1'000 + 20 * day),
            .sequence = 1};
}

Market with_first_bid(const Policy& policy = {}) {
    Market market{policy};
    CHECK(market.tell(0, rate(1_usd_per_coin, main_currency, 25'000_ppm)) == "");
    CHECK(market.tell(0, host({.energy = 0.1_usd_per_kWh, .base_power = 5_W})) == "");
    const bool starts = policy.refill == Refill::at_once;
    CHECK(market.tell(1'000, bid({.id = 1, .price = steady, .watts = 300_W, .owner = 9})) ==
          (starts ? "started 7 1 83.508" : ""));
    return market;
}

TEST_CASE("a bid is shown from its placement to its end, with what it was charged and owes") {
    Market market = with_first_bid();
    const Engine& engine = market.engine;
    BidState state = first_state();
    CHECK(engine.bid(1) == state);

    // 84.24 after the fee, less 305 x 0.024 x 0.1 = 0.732.
    CHECK(market.tell(2'000, close()) == "started 7 1 83.508");
    state.is_running = true;
    CHECK(engine.bid(1) == state);

    CHECK(market.tell(2'500, cached(1)) == "");
    state.is_cached = true;
    state.accrued = units_of(50'000);
    CHECK(engine.bid(1) == state);

    CHECK(market.tell(3'000, close()) == "charged 7 1 0.001 0.000025");
    state.billed = units_of(100'000);
    state.accrued = {};
    CHECK(engine.bid(1) == state);

    CHECK(market.tell(3'001, bid({.id = 2, .price = steady, .owner = 8})) == "");
    state.accrued = units_of(100);
    CHECK(engine.bid(1) == state);
    CHECK(engine.bid(2)->placed == at_ms(3'001));
    CHECK(engine.bid(2)->sequence == 2);
    CHECK(engine.bid(2)->owner == OwnerId{8});
    CHECK(!engine.bid(2)->is_running);
    CHECK(engine.bid(2)->accrued == Amount{});

    CHECK(market.tell(4'000, cancel(1)) == "");
    CHECK(market.tell(4'000, close()).find("removed 7 1") != std::string::npos);
    CHECK(!engine.bid(1));
}

TEST_CASE("an edit of a running bid waits beside the terms in force") {
    Market market = with_first_bid();
    const Engine& engine = market.engine;
    CHECK(market.tell(2'000, close()) == "started 7 1 83.508");
    BidState state = first_state();
    state.is_running = true;

    CHECK(market.tell(2'000, edit({.id = 1, .price = 90_coin_per_day, .watts = 250_W})) == "");
    state.edit = EditToCome{90_coin_per_day, 250_W, 2, true};
    CHECK(engine.bid(1) == state);
    CHECK(list(engine.overclock(1)) == profile(300_W));
    CHECK(list(engine.edited_overclock(1)) == profile(250_W));

    CHECK(market.tell(2'000, edit(1, 91_coin_per_day)) == "");
    state.edit = EditToCome{91_coin_per_day, 250_W, 3, true};
    CHECK(engine.bid(1) == state);
    CHECK(list(engine.edited_overclock(1)) == profile(250_W));

    // 91 x 0.975 = 88.725, less 255 x 0.024 x 0.1 = 0.612.
    CHECK(market.tell(2'001, close()) == "charged 7 1 0.000001 0.00000002; changed 7 1 88.113");
    state.edit.reset();
    state.price = 91_coin_per_day;
    state.power_limits = 250_W;
    state.sequence = 3;
    state.billed = units_of(100);
    CHECK(engine.bid(1) == state);
    CHECK(list(engine.overclock(1)) == profile(250_W));
    CHECK(!engine.edited_overclock(1));
}

TEST_CASE("an edit of the price alone keeps the profiles, and one of a waiting bid does not wait") {
    Market market = with_first_bid();
    const Engine& engine = market.engine;
    CHECK(market.tell(1'500, edit(1, 80_coin_per_day)) == "");
    BidState state = first_state();
    state.price = 80_coin_per_day;
    state.sequence = 2;
    CHECK(engine.bid(1) == state);
    CHECK(list(engine.overclock(1)) == profile(300_W));
    CHECK(!engine.edited_overclock(1));

    CHECK(market.tell(2'000, close()) != "");
    CHECK(market.tell(2'000, edit(1, 81_coin_per_day)) == "");
    CHECK(engine.bid(1)->edit == EditToCome{81_coin_per_day, 300_W, 3, true});
    CHECK(list(engine.edited_overclock(1)) == profile(300_W));
    CHECK(market.tell(2'000, bid(2, 10_coin_per_day)) == "");
    CHECK(!engine.edited_overclock(2));
    CHECK(!engine.bid(2)->edit);
}

TEST_CASE("a narrower host makes profiles invalid: those of a waiting bid, and of an edit") {
    Market market;
    const Engine& engine = market.engine;
    CHECK(market.tell(0, rate(1_usd_per_coin)) == "");
    CHECK(market.tell(0, host()) == "");
    CHECK(market.tell(0, bid(1, 10_coin_per_day, 200_W)) == "");
    CHECK(market.tell(0, bid(2, 9_coin_per_day, 300_W)) == "");
    CHECK(market.tell(0, close()) == "started 7 1 10");
    CHECK(market.tell(0, edit({.id = 1, .watts = 301_W})) == "");
    CHECK(engine.bid(1)->edit->is_overclock_valid);
    CHECK(market.tell(0, host({.gpus = {{.power_limit = {100_W, 299_W}}}})) == "");
    CHECK(engine.bid(1)->is_overclock_valid);
    CHECK(!engine.bid(1)->edit->is_overclock_valid);
    CHECK(!engine.bid(2)->is_overclock_valid);
    CHECK(market.tell(0, host()) == "");
    CHECK(engine.bid(1)->edit->is_overclock_valid);
    CHECK(engine.bid(2)->is_overclock_valid);
}

TEST_CASE("a bid whose cancel waits is found, though commands do not see it") {
    Market market = with_first_bid();
    const Engine& engine = market.engine;
    CHECK(market.tell(2'000, close()) != "");
    CHECK(market.tell(2'000, edit(1, 90_coin_per_day)) == "");
    CHECK(!engine.bid(1)->is_cancelled);
    CHECK(!engine.run(7)->is_cancelled);
    CHECK(market.tell(2'000, cancel(1)) == "");
    CHECK(market.tell(2'500, edit(1, 91_coin_per_day)) == "rejected bid_unknown");
    CHECK(market.tell(2'500, rate(1_usd_per_coin)) == "");
    BidState state = first_state();
    state.is_running = state.is_cancelled = true;
    state.edit = EditToCome{90_coin_per_day, 300_W, 2, true};
    state.accrued = units_of(50'000);
    CHECK(engine.bid(1) == state);
    CHECK(engine.bid(*engine.find_bid(1)) == state);
    CHECK(engine.run(7)->is_cancelled);
    CHECK(engine.run(7)->is_edited);
    CHECK(list(engine.overclock(1)) == profile(300_W));
    std::size_t seen = 0;
    engine.visit_bids([&](const BidState& bid) { seen += bid == state ? 1U : 0U; });
    CHECK(seen == 1);
    CHECK(market.tell(2'500, revoke(1)) ==
          "charged 7 1 0.0005 0.0000125; stopped 7 1 revoked; removed 7 1");
    CHECK(!engine.bid(1));
}

TEST_CASE("a bid that has run keeps its bill: while it waits, and while it runs again") {
    Market market = with_first_bid();
    const Engine& engine = market.engine;
    CHECK(market.tell(2'000, close()) != "");
    CHECK(market.tell(2'500, offline()) ==
          "charged 7 1 0.0005 0.0000125; stopped 7 1 host_offline");
    BidState state = first_state();
    state.billed = units_of(50'000);
    CHECK(engine.bid(1) == state);
    CHECK(!engine.run(7));

    CHECK(market.tell(3'000, online()) == "");
    CHECK(engine.bid(1) == state);
    CHECK(market.tell(4'000, close()) == "started 7 1 83.508");
    CHECK(engine.run(7)->started == at_ms(4'000));
    CHECK(engine.run(7)->first_won == at_ms(4'000));
    CHECK(engine.run(7)->account.due() == units_of(50'000));
    CHECK(market.tell(4'001, cached(1)) == "");
    state.is_running = state.is_cached = true;
    state.accrued = units_of(100);
    CHECK(engine.bid(1) == state);
    CHECK(market.tell(5'000, close()) == "charged 7 1 0.001 0.000025");
    CHECK(engine.bid(1)->billed == units_of(150'000));
}

TEST_CASE("what has accrued is the next charge, since only the whole bill is rounded") {
    // 1 coin per day is 1.157 units per millisecond: 2, 3 and 4 are due after 1, 2 and 3 ms.
    Market market;
    const Engine& engine = market.engine;
    CHECK(market.tell(0, rate(1_usd_per_coin, main_currency, 250'000_ppm)) == "");
    CHECK(market.tell(0, host()) == "");
    CHECK(market.tell(0, bid(1, 1_coin_per_day)) == "");
    CHECK(market.tell(0, close()) == "started 7 1 0.75");
    CHECK(market.tell(1, close()) == "charged 7 1 0.00000002 0");
    CHECK(market.tell(2, cached(1)) == "");
    CHECK(engine.bid(1)->billed == units_of(2));
    CHECK(engine.bid(1)->accrued == units_of(1));
    const RunState run = *engine.run(7);
    CHECK(run.charge_at(at_ms(1)) == Charge{});
    CHECK(run.charge_at(at_ms(2)) == Charge{units_of(1), {}});
    CHECK(run.charge_at(at_ms(3)) == Charge{units_of(2), units_of(1)});
    CHECK(market.tell(3, close()) == "charged 7 1 0.00000002 0.00000001");
}

TEST_CASE("a bid expires after its rental length, or beyond the last valid time") {
    Market market;
    const Engine& engine = market.engine;
    const std::int64_t last = Timestamp::highest().count();
    CHECK(market.tell(last - 5'000, rate(1_usd_per_coin)) == "");
    CHECK(market.tell(last - 5'000, host({.max_rental_length = RentalLength::unchecked(5)})) == "");
    CHECK(market.tell(last - 5'000, bid(1, 10_coin_per_day)) == "");
    CHECK(market.tell(last - 4'999, bid(2, 10_coin_per_day)) == "");
    CHECK(market.tell(last - 4'000, host({.max_rental_length = RentalLength::unchecked(1)})) == "");
    CHECK(engine.bid(1)->expiry == Timestamp::highest());
    CHECK(!engine.bid(2)->expiry);
    CHECK(engine.bid(2)->placed == at_ms(last - 4'999));
}

// --- One run ---

TEST_CASE("a run is shown with its start, its terms in force and its profit") {
    Market market = with_first_bid();
    const Engine& engine = market.engine;
    CHECK(!engine.run(7));
    CHECK(market.tell(2'000, close()) == "started 7 1 83.508");
    RunState state{.host = 7,
                   .bid = 1,
                   .owner = 9,
                   .price = steady,
                   .currency = main_currency,
                   .power_limits = 300_W,
                   .power_draw = PowerDraw::unchecked(305),
                   .started = at_ms(2'000),
                   .first_won = at_ms(2'000),
                   .charged = at_ms(2'000),
                   .profit = 83.508_usd_per_day,
                   .fee = 25'000_ppm};
    CHECK(engine.run(7) == state);

    CHECK(market.tell(3'000, close()) == "charged 7 1 0.001 0.000025");
    state.charged = at_ms(3'000);
    state.account = Account{Int128{steady.count()} * 1'000};
    CHECK(engine.run(7) == state);

    // 84.24 less 305 x 0.024 x 1 = 7.32.
    CHECK(market.tell(3'500, energy(1_usd_per_kWh)) == "");
    state.profit = 76.92_usd_per_day;
    CHECK(engine.run(7) == state);
    CHECK(market.tell(3'500, rate(2_usd_per_coin)) == "");
    state.profit = 161.16_usd_per_day;
    CHECK(engine.run(7) == state);
    CHECK(market.tell(3'500, withdraw()) == "");
    state.profit.reset();
    CHECK(engine.run(7) == state);
    CHECK(market.tell(3'500, rate(1_usd_per_coin)) == "");
    state.profit = 76.92_usd_per_day;

    CHECK(market.tell(3'500, edit({.id = 1, .watts = 301_W})) == "");
    state.is_edited = true;
    CHECK(engine.run(7) == state);
    CHECK(state.charge_at(at_ms(4'000)) == Charge{units_of(100'000), units_of(2'500)});
    // 84.24 less 306 x 0.024 x 1 = 7.344.
    CHECK(market.tell(4'000, close()) == "charged 7 1 0.001 0.000025; changed 7 1 76.896");
    state.is_edited = false;
    state.has_worsened = true;
    state.power_limits = 301_W;
    state.power_draw = PowerDraw::unchecked(306);
    state.profit = 76.896_usd_per_day;
    state.charged = at_ms(4'000);
    state.account = Account{Int128{steady.count()} * 2'000};
    CHECK(engine.run(7) == state);

    // A run in another currency has that currency's fee and rate.
    CHECK(market.tell(4'000, rate(100_usd_per_coin, bitcoin, 500'000_ppm)) == "");
    CHECK(market.tell(4'000, bid({.id = 2, .price = 4_coin_per_day, .currency = bitcoin})) == "");
    CHECK(market.tell(5'000, close()).find("started 7 2") != std::string::npos);
    CHECK(engine.run(7)->bid == BidId{2});
    CHECK(engine.run(7)->owner == OwnerId{1});
    CHECK(engine.run(7)->started == at_ms(5'000));
    CHECK(engine.run(7)->currency == bitcoin);
    CHECK(engine.run(7)->fee == 500'000_ppm);
    CHECK(engine.run(7)->account == Account{});
    CHECK(!engine.run(7)->has_worsened);
    CHECK(engine.run(7)->profit == 197.48_usd_per_day);  // 200 less 105 x 0.024
}

TEST_CASE("a run that a command starts has won no close yet, and keeps its start") {
    Market market = with_first_bid({.refill = Refill::at_once});
    const Engine& engine = market.engine;
    CHECK(engine.run(7)->started == at_ms(1'000));
    CHECK(!engine.run(7)->first_won);
    CHECK(market.tell(3'000, close()) == "charged 7 1 0.002 0.00005");
    CHECK(engine.run(7)->started == at_ms(1'000));
    CHECK(engine.run(7)->first_won == at_ms(3'000));
    CHECK(engine.run(7)->charged == at_ms(3'000));
}

TEST_CASE("a run whose rate is too old has no profit") {
    Market market = with_first_bid({.rate_age_max = 1_s});
    const Engine& engine = market.engine;
    CHECK(market.tell(1'500, rate(1_usd_per_coin)) == "");
    CHECK(market.tell(2'000, close()) == "started 7 1 83.508");
    CHECK(market.tell(2'500, cached(1)) == "");
    CHECK(engine.run(7)->profit == 83.508_usd_per_day);
    CHECK(market.tell(2'501, cached(1)) == "");
    CHECK(!engine.run(7)->profit);
}

// --- What is unknown ---

TEST_CASE("an unknown id or a stale handle has no answer") {
    Market market = with_first_bid();
    Engine& engine = market.engine;
    CHECK(market.tell(2'000, close()) != "");
    const BidHandle bid_handle = *engine.find_bid(1);
    const HostHandle host_handle = *engine.find_host(7);
    const auto is_found = [&](BidHandle bid, HostHandle host) {
        const Engine& constant = engine;
        const bool is_bid = constant.bid(bid).has_value();
        CHECK(constant.overclock(bid).has_value() == is_bid);
        return std::pair{is_bid, constant.run(host).has_value()};
    };
    CHECK(is_found(bid_handle, host_handle) == std::pair{true, true});
    CHECK(is_found({}, {}) == std::pair{false, false});
    const auto check_unknown = [](const Queries& asked, BidId bid, HostId host) {
        CHECK(!asked.bid(bid));
        CHECK(!asked.overclock(bid));
        CHECK(!asked.edited_overclock(bid));
        CHECK(!asked.run(host));
        CHECK(!asked.visit_bids_on(host, [](const BidState&) { CHECK(false); }));
        CHECK(asked.not_compared(host) == NotCompared{});
    };
    check_unknown(engine, 2, 8);

    CHECK(market.tell(2'000, revoke(1)) != "");
    CHECK(is_found(bid_handle, host_handle) == std::pair{false, false});
    CHECK(market.tell(2'000, bid(2, 10_coin_per_day)) == "");  // takes the place of bid 1
    CHECK(is_found(bid_handle, host_handle) == std::pair{false, false});
    CHECK(market.tell(2'001, close()) != "");
    CHECK(is_found(*engine.find_bid(2), host_handle) == std::pair{true, true});
    CHECK(market.tell(2'001, edit(2, 11_coin_per_day)) == "");
    CHECK(!engine.edited_overclock(bid_handle));
    CHECK(engine.edited_overclock(*engine.find_bid(2)));

    CHECK(market.tell(2'001, remove_host()) != "");
    CHECK(market.tell(2'001, host()) == "");  // takes the place of the old one
    CHECK(is_found(bid_handle, host_handle) == std::pair{false, false});
    check_unknown(engine, 2, 8);
    CHECK(engine.visit_bids_on(7, [](const BidState&) { CHECK(false); }));
}

// --- Visits ---

/// Three hosts, seven bids of two owners, two runs, and gaps where bids and a host were.
void make_visited(Market& market) {
    CHECK(market.tell(0, rate(1_usd_per_coin)) == "");
    for (const std::uint64_t id : {7U, 8U, 9U, 10U}) CHECK(market.tell(0, host({.id = id})) == "");
    for (std::uint64_t id = 1; id <= 10; ++id)
        CHECK(market.tell(
                  static_cast<std::int64_t>(id),
                  bid({.id = id, .price = steady, .host = 7 + id % 2, .owner = 1 + id % 3})) == "");
    for (const std::uint64_t id : {3U, 4U, 5U}) CHECK(market.tell(20, cancel(id)) == "");
    CHECK(market.tell(20, remove_host(9)) == "");
    CHECK(market.tell(20, close()) == "started 7 2 86.4; started 8 1 86.4");
    CHECK(market.tell(20, edit(2, 80_coin_per_day)) == "");
    CHECK(market.tell(21, cancel(1)) == "");
}

TEST_CASE("a visit shows each bid, run and host once") {
    const auto check_visits = [](const Queries& engine) {
        std::set<std::uint64_t> bids;
        engine.visit_bids([&](const BidState& state) {
            CHECK(bids.insert(state.id.value).second);
            CHECK(engine.bid(state.id) == state);
        });
        CHECK(bids == std::set<std::uint64_t>{1, 2, 6, 7, 8, 9, 10});

        std::set<std::uint64_t> hosts;
        engine.visit_hosts([&](HostId id, HostHandle handle) {
            CHECK(hosts.insert(id.value).second);
            CHECK(engine.find_host(id) == handle);
        });
        CHECK(hosts == std::set<std::uint64_t>{7, 8, 10});

        std::set<std::uint64_t> runs;
        engine.visit_runs([&](const RunState& state) {
            CHECK(runs.insert(state.host.value).second);
            CHECK(engine.run(state.host) == state);
        });
        CHECK(runs == std::set<std::uint64_t>{7, 8});

        const auto of = [&](auto visit) {
            std::set<std::uint64_t> ids;
            visit([&](const BidState& state) {
                CHECK(ids.insert(state.id.value).second);
                CHECK(engine.bid(state.id) == state);
            });
            return ids;
        };
        const auto on = [&](std::uint64_t host) {
            return of([&](auto see) { CHECK(engine.visit_bids_on(host, see)); });
        };
        CHECK(on(7) == std::set<std::uint64_t>{2, 6, 8, 10});
        CHECK(on(8) == std::set<std::uint64_t>{1, 7, 9});
        CHECK(on(10).empty());
        const auto owned_by = [&](std::uint64_t owner) {
            return of([&](auto see) { engine.visit_bids_of(owner, see); });
        };
        CHECK(owned_by(1) == std::set<std::uint64_t>{6, 9});
        CHECK(owned_by(2) == std::set<std::uint64_t>{1, 7, 10});
        CHECK(owned_by(3) == std::set<std::uint64_t>{2, 8});
        CHECK(owned_by(4).empty());
    };
    Market market;
    make_visited(market);
    check_visits(market.engine);

    const Engine copy{market.engine};
    check_visits(copy);
    const Queries& asked = market.engine;
    CHECK(digest(asked) == digest(market.engine));
    const auto restored = restore(save(asked));
    REQUIRE(restored);
    check_visits(*restored);

    // All parts of a state are in the copy and in the save.
    market.engine.visit_bids([&](const BidState& state) {
        CHECK(copy.bid(state.id) == state);
        CHECK(restored->bid(state.id) == state);
        CHECK(copy.edited_overclock(state.id) == market.engine.edited_overclock(state.id));
        CHECK(restored->overclock(state.id) == market.engine.overclock(state.id));
    });
    market.engine.visit_runs([&](const RunState& state) {
        CHECK(copy.run(state.host) == state);
        CHECK(restored->run(state.host) == state);
        CHECK(state.started == at_ms(20));
    });
    CHECK(restored->bid(2)->placed == at_ms(2));
}

TEST_CASE("an empty market has nothing to visit") {
    const Engine engine;
    engine.visit_hosts([](HostId, HostHandle) { CHECK(false); });
    engine.visit_bids([](const BidState&) { CHECK(false); });
    engine.visit_bids_of(1, [](const BidState&) { CHECK(false); });
    engine.visit_runs([](const RunState&) { CHECK(false); });
}

TEST_CASE("a visitor may ask and visit, and a copy in it is another engine") {
    Market market;
    make_visited(market);
    Engine& engine = market.engine;
    std::map<std::uint64_t, std::size_t> bids;
    engine.visit_hosts([&](HostId host, HostHandle handle) {
        engine.visit_bids_on(host, [&](const BidState&) { ++bids[host.value]; });
        CHECK(std::as_const(engine).choice(handle).winner == engine.choice(host).winner);
        Engine copy{engine};
        CHECK(copy.remove_host(host, at_ms(21)));
        CHECK(!copy.find_host(host));
    });
    CHECK(bids == std::map<std::uint64_t, std::size_t>{{7, 4}, {8, 3}});
    CHECK(market.tell(22, close()) != "");  // after a visit, commands are accepted
}

TEST_CASE("more bids and runs than are fetched ahead, whose sums are those of totals") {
    Market market;
    const Engine& engine = market.engine;
    CHECK(market.tell(0, rate(1_usd_per_coin)) == "");
    for (std::uint64_t id = 1; id <= 70; ++id)
        CHECK(market.tell(0, host({.id = id,
                                   .energy = 0.1_usd_per_kWh,
                                   .base_power = Power::unchecked(static_cast<int>(id))})) == "");
    for (std::uint64_t id = 1; id <= 600; ++id)
        CHECK(market.tell(0, bid({.id = id, .price = steady, .host = 1 + id % 60})) == "");
    static_cast<void>(market.tell(0, close()));
    Totals sums;
    engine.visit_hosts([&](HostId, HostHandle) { ++sums.hosts; });
    engine.visit_bids([&](const BidState&) { ++sums.bids; });
    UsdPerDay profits;
    engine.visit_runs([&](const RunState& run) {
        ++sums.running;
        sums.watts += run.power_draw.count();
        profits = profits + *run.profit;
    });
    const Totals totals = engine.totals();
    CHECK(sums.hosts == 70);
    CHECK(sums.bids == 600);
    CHECK(sums.running == 60);
    CHECK(sums.watts == totals.watts);
    CHECK(profits == totals.income - totals.electricity);
}

// --- Bids that a choice does not compare ---

TEST_CASE("bids without a rate and expired bids are not compared, and are counted") {
    Market market;
    const Engine& engine = market.engine;
    CHECK(market.tell(0, rate(1_usd_per_coin)) == "");
    CHECK(market.tell(0, rate(1_usd_per_coin, bitcoin)) == "");
    CHECK(market.tell(0, host({.max_rental_length = RentalLength::unchecked(1)})) == "");
    CHECK(market.tell(0, bid(1, 10_coin_per_day)) == "");
    CHECK(market.tell(500, host()) == "");
    CHECK(market.tell(500, bid({.id = 2, .price = 9_coin_per_day, .currency = bitcoin})) == "");
    CHECK(market.tell(500, bid({.id = 3, .price = 8_coin_per_day, .currency = bitcoin})) == "");
    CHECK(market.tell(500, bid(4, 7_coin_per_day)) == "");
    CHECK(engine.not_compared(7) == NotCompared{});
    CHECK(market.tell(999, withdraw(bitcoin)) == "");
    CHECK(engine.not_compared(7) == NotCompared{.rate_missing = 2});
    CHECK(market.tell(1'000, cached(4)) == "");
    CHECK(engine.not_compared(7) == NotCompared{.rate_missing = 2, .expired = 1});
    CHECK(engine.choice(7).winner == BidId{4});
    CHECK(market.tell(1'000, offline()) == "");
    CHECK(engine.not_compared(7) == NotCompared{});
    CHECK(market.tell(1'000, online()) == "");
    CHECK(market.tell(1'000, rate(1_usd_per_coin, bitcoin)) == "");
    CHECK(market.tell(1'000, close()) == "expired 7 1; started 7 2 9");
    CHECK(market.tell(1'001, withdraw(bitcoin)) == "");
    CHECK(engine.not_compared(7) == NotCompared{.rate_missing = 2});
    CHECK(market.tell(1'001, cancel(2)) == "");  // it leaves before the next choice
    CHECK(engine.not_compared(7) == NotCompared{.rate_missing = 1});
}

}  // namespace
