// The engine's own: handles, totals, counters, sinks and copies. Tests of its commands are in
// scenarios/.
#include <gigaspot/engine/engine.hpp>

#include <array>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "support/live.hpp"

namespace {

using namespace live;

/// Applies a command by handle and returns its result as text.
template <class Handle, class Command>
std::string apply(Engine& engine, Handle handle, const Command& command, std::int64_t time = 0) {
    std::string words;
    const auto done = engine.apply(handle, command, at_ms(time), [&](const Event& event) {
        if (event.kind != EventKind::accepted) words += words_of(event) + ";";
    });
    return done ? words : std::string{name(done.error().code())};
}

TEST_CASE("a handle finds what its id finds, and the id in the command is ignored") {
    Engine engine;
    CHECK(rate(1_usd_per_coin)(engine, {}));
    const auto put = host()(engine, {});
    REQUIRE(put);
    REQUIRE(engine.find_host(7));
    CHECK(*engine.find_host(7) == put->host);
    CHECK(!engine.find_host(8));

    const std::array low{OverclockProfile{.power_limit = 100_W}};
    const PlaceBid command{.id = 1, .host = 999, .price = 10_coin_per_day, .overclock = low};
    std::vector<Event> events;
    const auto placed =
        engine.apply(put->host, command, {}, [&](const Event& event) { events.push_back(event); });
    REQUIRE(placed);
    CHECK(events.size() == 1);
    CHECK(*engine.find_bid(1) == placed->bid);
    CHECK(!engine.find_bid(2));
    CHECK(engine.bids_on(7) == 1);

    CHECK(apply(engine, placed->bid, EditBid{.id = 999, .price = 11_coin_per_day}) == "");
    CHECK(apply(engine, placed->bid, SetCached{.id = 999, .cached = true}) == "");
    CHECK(words_of(engine.close({})) == "started 7 1 11");
    CHECK(engine.choice(put->host) == engine.choice(HostId{7}));
    CHECK(apply(engine, placed->bid, CancelBid{.id = 999}) == "");
    CHECK(apply(engine, placed->bid, CancelBid{.id = 999}) == "bid_unknown");  // it is leaving
    CHECK(apply(engine, placed->bid, EditBid{.id = 1}) == "bid_unknown");
    CHECK(apply(engine, placed->bid, RevokeBid{.id = 999}) == "stopped 7 1 revoked;removed 7 1;");
    CHECK(engine.bids_on(7) == 0);
}

TEST_CASE("a stale handle is unknown, even after its place is taken again") {
    Engine engine;
    CHECK(rate(1_usd_per_coin)(engine, {}));
    const HostHandle host_before = (*host()(engine, {})).host;
    const BidHandle bid_before = (*bid(1, 10_coin_per_day)(engine, {})).bid;
    CHECK(cancel(1)(engine, {}));
    CHECK(apply(engine, bid_before, EditBid{}) == "bid_unknown");
    const BidHandle bid_after = (*bid(1, 10_coin_per_day)(engine, {})).bid;  // of the same id
    CHECK(bid_after.slot == bid_before.slot);
    CHECK(bid_after != bid_before);
    for (int i = 0; i < 2; ++i) {
        CHECK(apply(engine, bid_before, EditBid{.id = 1}) == "bid_unknown");
        CHECK(apply(engine, bid_before, SetCached{.id = 1}) == "bid_unknown");
        CHECK(apply(engine, bid_before, CancelBid{.id = 1}) == "bid_unknown");
        CHECK(apply(engine, bid_before, RevokeBid{.id = 1}) == "bid_unknown");
    }
    CHECK(apply(engine, bid_after, EditBid{}) == "");

    const std::array low{OverclockProfile{.power_limit = 100_W}};
    const PlaceBid command{.id = 2, .host = 7, .price = 10_coin_per_day, .overclock = low};
    CHECK(remove_host()(engine, {}));
    CHECK(apply(engine, host_before, command) == "host_unknown");
    const HostHandle host_after = (*host()(engine, {})).host;
    CHECK(host_after != host_before);
    CHECK(apply(engine, host_before, command) == "host_unknown");
    CHECK(!engine.choice(host_before).winner);
    CHECK(apply(engine, bid_after, EditBid{}) == "bid_unknown");  // it went with its host
    CHECK(apply(engine, host_after, command) == "");
}

TEST_CASE("a handle whose hints are wrong does the same") {
    for (const std::uint32_t hint : {0U, 1U, 1'000'000U, 0xffff'ffffU}) {
        CAPTURE(hint);
        Engine engine;
        CHECK(rate(1_usd_per_coin)(engine, {}));
        CHECK(host()(engine, {}));
        BidHandle handle = (*bid(1, 10_coin_per_day)(engine, {})).bid;
        CHECK(bid(2, 20_coin_per_day)(engine, {}));
        handle.host = hint;
        handle.entry = hint;
        CHECK(apply(engine, handle, EditBid{.price = 30_coin_per_day}) == "");
        CHECK(engine.choice(7).winner == BidId{1});
        CHECK(apply(engine, handle, CancelBid{}) == "");
        CHECK(engine.choice(7).winner == BidId{2});
        CHECK(apply(engine, handle, CancelBid{}) == "bid_unknown");
    }
}

TEST_CASE("a handle is good after the bids of its host have been moved together") {
    Engine engine{{}, {.bids_per_owner = 100}};
    CHECK(rate(1_usd_per_coin)(engine, {}));
    CHECK(host()(engine, {}));
    std::vector<BidHandle> handles;
    for (std::uint64_t id = 1; id <= 100; ++id)
        handles.push_back((*bid(id, 10_coin_per_day)(engine, {})).bid);
    for (std::size_t i = 1; i < 100; ++i) CHECK(apply(engine, handles[i], CancelBid{}) == "");
    CHECK(handles[0].entry != engine.find_bid(1)->entry);  // or this tests nothing
    CHECK(handles[0].host == engine.find_host(7)->slot);
    CHECK(handles[0] == engine.find_bid(1));
    CHECK(apply(engine, handles[0], EditBid{.price = 30_coin_per_day}) == "");
    CHECK(engine.choice(7).winner == BidId{1});
}

TEST_CASE("a handle that nobody gave is unknown") {
    Engine engine;
    const std::array low{OverclockProfile{.power_limit = 100_W}};
    const PlaceBid command{.id = 2, .host = 7, .price = 10_coin_per_day, .overclock = low};
    for (int i = 0; i < 2; ++i) {
        CHECK(apply(engine, BidHandle{}, EditBid{}) == "bid_unknown");
        CHECK(apply(engine, BidHandle{0, 0}, EditBid{}) == "bid_unknown");
        CHECK(apply(engine, HostHandle{}, command) == "host_unknown");
        CHECK(apply(engine, HostHandle{5, 0}, command) == "host_unknown");
        engine.reserve({.hosts = 10, .bids = 10, .bids_per_host = 2}, 1);  // places of nobody
    }
    CHECK(apply(engine, HostHandle{0, 0}, command) == "host_unknown");
}

TEST_CASE("totals: what runs, draws and earns") {
    Market market;
    CHECK(market.engine.totals() == Totals{});
    const Row rows[] = {
        {0, rate(2_usd_per_coin)},
        {0, rate(4_usd_per_coin, bitcoin, 250'000_ppm)},
        {0, host({.id = 7, .energy = 1_usd_per_kWh, .base_power = 20_W})},
        {0, host({.id = 8, .energy = 0.5_usd_per_kWh})},
        {0, host({.id = 9})},
        {0, bid({.id = 1, .price = 10_coin_per_day, .host = 7})},
        {0, bid({.id = 2, .price = 5_coin_per_day, .host = 7})},
        {0,
         bid({.id = 3, .price = 10_coin_per_day, .watts = 300_W, .host = 8, .currency = bitcoin})},
        // 20 - 120 x 0.024; 10 x 3 - 300 x 0.024 / 2
        {0, close(), "started 7 1 17.12; started 8 3 26.4"},
    };
    for (const Row& row : rows) CHECK(market.tell(row.time, row.act) == row.events);
    Totals expected{.hosts = 3,
                    .running = 2,
                    .bids = 3,
                    .watts = 420,
                    .income = 50_usd_per_day,
                    .electricity = 6.48_usd_per_day};  // 2.88 + 3.6
    CHECK(market.engine.totals() == expected);

    // At present rates, by the terms that won: neither an edit nor a cancel that waits counts.
    CHECK(market.tell(1, edit({.id = 1, .price = 20_coin_per_day, .watts = 400_W})) == "");
    CHECK(market.tell(1, cancel(3)) == "");
    CHECK(market.tell(1, rate(3_usd_per_coin)) == "");
    expected.income = 60_usd_per_day;
    CHECK(market.engine.totals() == expected);

    // A missing rate adds nothing, and the power is drawn all the same.
    CHECK(market.tell(1, withdraw(bitcoin)) == "");
    expected.income = 30_usd_per_day;
    CHECK(market.engine.totals() == expected);
}

TEST_CASE("counters: commands seen, rejected, and by which reason") {
    Market market;
    CHECK(market.tell(0, rate(1_usd_per_coin)) == "");
    CHECK(market.tell(0, cancel(1)) == "rejected bid_unknown");
    CHECK(market.tell(0, revoke(1)) == "rejected bid_unknown");
    CHECK(market.tell(0, host()) == "");
    CHECK(market.tell(0, bid({.profiles = Profiles{}})) ==
          "rejected overclock_missing, price_not_positive");
    CHECK(market.tell(31 * day, close()).starts_with("rejected time_too_far"));
    CHECK(market.engine.counters().commands == 6);
    CHECK(market.engine.counters().rejected == 4);
    CHECK(market.engine.rejected(Code::bid_unknown) == 2);
    CHECK(market.engine.rejected(Code::overclock_missing) == 1);
    CHECK(market.engine.rejected(Code::price_not_positive) == 0);  // not the first
    CHECK(market.engine.rejected(Code::time_too_far) == 1);
    CHECK(market.engine.rejected(static_cast<Code>(65'535)) == 0);
}

TEST_CASE("what an adapter rejects is counted, with the time that it gives") {
    Engine engine;
    CHECK(engine.time_problem(at_ms(std::int64_t{1} << 53)).code == Code::none);
    const Rejection first = engine.reject({.code = Code::malformed});
    CHECK(first.time == Timestamp{});
    CHECK(first.command == 1);
    CHECK(engine.close(at_ms(100)));
    CHECK(engine.time_problem(at_ms(99)).code == Code::time_went_backwards);
    CHECK(engine.time_problem(at_ms(100)).code == Code::none);
    CHECK(engine.time_problem(at_ms(100 + 30 * day)).code == Code::none);
    CHECK(engine.time_problem(at_ms(101 + 30 * day)).code == Code::time_too_far);
    const Rejection second = engine.reject({.code = Code::malformed});
    CHECK(second.time == at_ms(100));  // the market's
    CHECK(second.command == 3);
    CHECK(second.code() == Code::malformed);
    CHECK(engine.reject({.code = Code::price_too_precise}, at_ms(107)).time == at_ms(107));
    CHECK(engine.now() == at_ms(100));
    CHECK(engine.counters().commands == 4);
    CHECK(engine.rejected(Code::malformed) == 2);
}

TEST_CASE("a close gives its events to a sink, or keeps them until the next command") {
    Market market;
    Market twin;
    for (Market* each : {&market, &twin}) {
        CHECK(each->tell(0, rate(1_usd_per_coin)) == "");
        CHECK(each->tell(0, host()) == "");
        CHECK(each->tell(0, bid(1, 10_coin_per_day)) == "");
    }
    std::vector<Event> events;
    const auto closed =
        market.engine.close({}, [&](const Event& event) { events.push_back(event); });
    REQUIRE(closed);
    CHECK(closed->command == 4);
    const auto kept = twin.engine.close({});
    CHECK(events == std::vector<Event>{kept->begin(), kept->end()});
    CHECK(events.size() == 2);

    events.clear();
    const auto rejected =
        market.engine.close({}, [&](const Event& event) { events.push_back(event); });
    REQUIRE(!rejected);
    CHECK(rejected.error().code() == Code::close_too_soon);
    CHECK(events.empty());
}

TEST_CASE("a container gets the events behind what it held, and more commands can follow") {
    Engine engine;
    std::vector<Event> events;
    CHECK(engine.apply(SetRate{.usd = 1_usd_per_coin}, {}, events));
    for (const std::uint64_t id : {7U, 8U}) {
        CHECK(host({.id = id})(engine, {}));
        CHECK(bid({.id = id, .price = 10_coin_per_day, .host = id})(engine, {}));
    }
    CHECK(engine.close({}, events));
    REQUIRE(events.size() == 4);  // set_rate accepted; close accepted; two runs started
    for (std::size_t i = 2; i < 4; ++i) {
        REQUIRE(events[i].kind == EventKind::started);
        CHECK(events[i].bid == BidId{5 + i});
    }
    // The events of the loop's commands go to another list, since this one must not grow in it.
    std::vector<Event> revoked;
    for (const Event& event : events) {
        if (event.kind == EventKind::started)
            CHECK(engine.apply(RevokeBid{.id = event.bid}, {}, revoked));
    }
    CHECK(events.size() == 4);
    CHECK(revoked.size() == 6);  // of each: accepted, stopped, removed
    CHECK(engine.totals().bids == 0);

    const auto rejected = engine.apply(Command{RevokeBid{.id = 7}}, {}, events);
    REQUIRE(!rejected);
    CHECK(rejected.error().code() == Code::bid_unknown);
    CHECK(events.size() == 4);
    const auto placed = engine.apply(*engine.find_host(7), PlaceBid{.id = 9}, {}, events);
    CHECK(!placed);
    CHECK(events.size() == 4);
}

/// Counts what it is asked for.
struct Counted {
    std::size_t room = 0, used = 0, reserves = 0, grown = 0;

    [[nodiscard]] std::size_t size() const { return used; }
    [[nodiscard]] std::size_t capacity() const { return room; }
    void reserve(std::size_t count) {
        ++reserves;
        room = count;
    }
    void push_back(const Event&) {
        if (used == room) ++grown;
        ++used;
    }
};

TEST_CASE("a container has room for all events before a command begins") {
    Engine engine;
    Counted events;
    const auto take = [&](const auto& command) { return engine.apply(command, {}, events); };
    CHECK(take(SetRate{.usd = 1_usd_per_coin}));
    CHECK(events.reserves == 1);
    const std::array gpus{usual_gpu};
    const std::array low{OverclockProfile{.power_limit = 100_W}};
    for (const std::uint64_t id : {1U, 2U, 3U}) {
        CHECK(take(PutHost{.id = id, .gpus = gpus}));
        for (std::uint64_t i = 0; i < 20; ++i)
            CHECK(take(PlaceBid{.id = 100 * id + i,
                                .host = id,
                                .owner = i,
                                .price = 10_coin_per_day,
                                .overclock = low}));
    }
    CHECK(take(Close{}));
    CHECK(take(RemoveHost{.id = 1}));
    CHECK(engine.close(at_ms(21 * day), events));  // all other bids expire
    CHECK(engine.totals().bids == 0);
    CHECK(events.grown == 0);
    CHECK(events.reserves < 20);  // by more each time: 67 commands in all
}

static_assert(EventSink<std::vector<Event>&, DefaultTraits>);
static_assert(!EventSink<std::vector<Event>, DefaultTraits>, "its events would end with it");
static_assert(!EventSink<const std::vector<Event>&, DefaultTraits>);
static_assert(!EventSink<FixedVector<Event, 4>&, DefaultTraits>, "events could be lost");
static_assert(EventSink<void (*)(const Event&), DefaultTraits>);
static_assert(!EventSink<int&, DefaultTraits>);

TEST_CASE("a copy goes its own way, and a moved engine goes on") {
    Market market;
    CHECK(market.tell(0, rate(1_usd_per_coin)) == "");
    CHECK(market.tell(0, host()) == "");
    CHECK(market.tell(0, bid(1, 10_coin_per_day)) == "");
    Engine copy{market.engine};
    CHECK(words_of(copy.revoke(1, {})) == "removed 7 1");
    CHECK(words_of(copy.close({})) == "");
    CHECK(market.tell(0, close()) == "started 7 1 10");
    Engine moved{std::move(market.engine)};
    CHECK(words_of(moved.close(at_ms(day))) == "charged 7 1 10 0");
    copy = moved;
    CHECK(words_of(copy.close(at_ms(2 * day))) == "charged 7 1 10 0");
    CHECK(words_of(moved.close(at_ms(3 * day))) == "charged 7 1 20 0");
    Engine& same = moved;  // assigned to itself, it stays what it is
    moved = same;
    moved = std::move(same);
    CHECK(words_of(moved.close(at_ms(4 * day))) == "charged 7 1 10 0");
}

TEST_CASE("an engine that was moved away is empty, and can be used again") {
    Market market;
    for (const std::uint64_t id : {2U, 4U}) CHECK(market.tell(0, host({.id = id})) == "");
    const auto ids_of = [](Engine& engine) {
        std::vector<std::uint64_t> ids;
        engine.choices([&](HostId id, const Selection&) { ids.push_back(id.value); });
        return ids;
    };
    CHECK(ids_of(market.engine) == std::vector<std::uint64_t>{2, 4});
    Engine moved{std::move(market.engine)};
    CHECK(ids_of(market.engine).empty());
    for (const std::uint64_t id : {3U, 1U, 2U}) CHECK(market.tell(0, host({.id = id})) == "");
    CHECK(ids_of(market.engine) == std::vector<std::uint64_t>{1, 2, 3});
    CHECK(words_of(market.engine.remove_host(HostId{2}, {})) == "");
    CHECK(ids_of(market.engine) == std::vector<std::uint64_t>{1, 3});
    CHECK(ids_of(moved) == std::vector<std::uint64_t>{2, 4});
}

TEST_CASE("a bid and a host as values are placed as their commands are") {
    Engine engine;
    CHECK(rate(1_usd_per_coin)(engine, {}));
    HostCapabilities capabilities{.id = 7,
                                  .gpus = {full_gpu, plain_gpu},
                                  .energy_price = 0.1_usd_per_kWh,
                                  .min_bid = 2_coin_per_day,
                                  .base_power = 10_W,
                                  .max_rental_length = RentalLength::unchecked(5),
                                  .status = {.online = false, .on_demand_rented = true}};
    CHECK(engine.put_host(capabilities, {}));
    REQUIRE(engine.host(7));
    CHECK(*engine.host(7) == capabilities);
    capabilities.status = {};
    CHECK(engine.put_host(capabilities, {}));  // all its flags are said
    CHECK(*engine.host(7) == capabilities);

    const Bid offer{.id = 1,
                    .host = 7,
                    .owner = 4,
                    .price = 1_coin_per_day,
                    .overclock = {{.power_limit = 150_W}, {.power_limit = 150_W}},
                    .workload = {.image = "x"}};
    CHECK(words_of(engine.place(offer, {})) ==
          "rejected price_below_host_minimum 1 2 coin/day, image_malformed");
    Bid better = offer;
    better.price = 2_coin_per_day;
    better.workload = {};
    CHECK(engine.place(better, {}));
    CHECK(words_of(engine.close({})) == "started 7 1 1.256");  // 2 - 310 x 0.0024
}

TEST_CASE("bids that most others have left are found, changed and chosen as before") {
    Market market;
    CHECK(market.tell(0, rate(1_usd_per_coin)) == "");
    CHECK(market.tell(0, host()) == "");
    for (std::uint64_t id = 1; id <= 60; ++id)
        CHECK(market.tell(
                  0, bid({.id = id,
                          .price = Price::unchecked(static_cast<std::int64_t>(id) * 100'000'000),
                          .owner = id})) == "");
    // All except 10, 20, .. 60 go, so that the gaps of the book are closed on the way.
    for (std::uint64_t id = 1; id <= 60; ++id) {
        if (id % 10 != 0) CHECK(market.tell(0, cancel(id)) == "");
    }
    CHECK(market.engine.bids_on(7) == 6);
    CHECK(market.engine.choice(HostId{7}).winner == BidId{60});
    CHECK(market.tell(0, edit({.id = 60, .price = 5_coin_per_day})) == "");
    CHECK(market.engine.choice(HostId{7}).winner == BidId{50});
    CHECK(market.tell(0, edit({.id = 10, .price = 55_coin_per_day})) == "");
    CHECK(market.engine.choice(HostId{7}).winner == BidId{10});
    CHECK(market.tell(0, cancel(10)) == "");
    CHECK(market.tell(0, cancel(50)) == "");
    CHECK(market.engine.choice(HostId{7}).winner == BidId{40});
    CHECK(market.tell(0, bid({.id = 61, .price = 41_coin_per_day, .owner = 9})) == "");
    CHECK(market.engine.choice(HostId{7}).winner == BidId{61});
    CHECK(market.tell(0, close()) == "started 7 61 41");
}

TEST_CASE(
    "a host of any number of GPUs is rejected, with a reason for as many as there is room for") {
    Market market;
    const std::vector<GpuLimits> many(300, usual_gpu);
    CHECK(market.tell(0, host({.gpus = many})) == "rejected limit_reached 300 32 GPUs");
    const std::vector<GpuLimits> inverted(300, GpuLimits{.power_limit = {400_W, 100_W}});
    const auto rejected = host({.gpus = inverted})(market.engine, {});
    REQUIRE(!rejected);
    std::size_t gpu = 0;
    for (const Violation& reason : rejected.error().reasons) {
        CHECK(reason.code == Code::range_inverted);
        CHECK(reason.gpu == gpu++);  // a GPU's number has 8 bits: none comes twice
    }
    CHECK(gpu >= 32);
}

TEST_CASE("the bids of one owner on one host are counted, however many they are") {
    constexpr std::uint64_t most = 65'537;  // more than 16 bits count
    Engine engine{{}, {.bids_per_host = 2 * most, .bids_per_owner = most}};
    REQUIRE(host()(engine, {}));
    const auto place = [&](std::uint64_t id) {
        return words_of(bid({.id = id, .price = 1_coin_per_day, .owner = 5})(engine, {}));
    };
    for (std::uint64_t id = 1; id <= most; ++id) REQUIRE(place(id) == "");
    CHECK(place(most + 1) == "rejected limit_reached 65538 65537 bids");
    for (const std::uint64_t id : {1U, 2U, 3U}) REQUIRE(engine.cancel(BidId{id}, {}));
    for (const std::uint64_t id : {1U, 2U, 3U}) CHECK(place(id) == "");
    CHECK(place(most + 1) == "rejected limit_reached 65538 65537 bids");
    CHECK(engine.bids_on(7) == most);
}

TEST_CASE("an owner may have bids again after many of them have gone") {
    constexpr std::uint64_t most = 16;
    Engine engine;
    REQUIRE(host()(engine, {}));
    // Others whom the engine counts together with some of each other, so that it has to look.
    for (std::uint64_t id = 1'000; id < 3'000; ++id)
        REQUIRE(words_of(bid({.id = id, .price = 1_coin_per_day, .owner = id})(engine, {})) == "");
    const auto place = [&](std::uint64_t id) {
        return words_of(bid({.id = id, .price = 1_coin_per_day, .owner = 5})(engine, {}));
    };
    for (int round = 0; round < 3; ++round) {
        for (std::uint64_t id = 1; id <= most; ++id) REQUIRE(place(id) == "");
        CHECK(place(most + 1) == "rejected limit_reached 17 16 bids");
        for (std::uint64_t id = 1; id <= most; ++id) REQUIRE(engine.cancel(BidId{id}, {}));
        if (round == 0) {
            for (std::uint64_t id = 1'000; id < 3'000; ++id) REQUIRE(engine.cancel(BidId{id}, {}));
        }
    }
}

TEST_CASE("owners whom the engine counts together have each as many bids as the limit says") {
    const auto bits = [](std::uint64_t owner) {
        return detail::BookEntry::owner_bits_of(detail::tag_of(OwnerId{owner}));
    };
    struct Pair {
        std::uint64_t one, other;
    };
    REQUIRE(bits(11) == bits(23));  // or this tests nothing
    REQUIRE(bits(1) != bits(38));
    REQUIRE(detail::OwnerCounts::are_counted_together(bits(1), bits(38), 4));
    for (const Pair& pair : {Pair{11, 23}, Pair{1, 38}, Pair{38, 1}}) {
        CAPTURE(pair.one);
        Engine engine;
        REQUIRE(host()(engine, {}));
        std::uint64_t id = 0;
        const auto place = [&](std::uint64_t owner) {
            return words_of(bid({.id = ++id, .price = 1_coin_per_day, .owner = owner})(engine, {}));
        };
        for (int i = 0; i < 16; ++i) REQUIRE(place(pair.one) == "");
        for (int i = 0; i < 16; ++i) {
            CHECK(place(pair.other) == "");
            CHECK(place(pair.one) == "rejected limit_reached 17 16 bids");
        }
        CHECK(place(pair.other) == "rejected limit_reached 17 16 bids");
    }
}

TEST_CASE("of many owners each has as many bids as the limit says, however they come and go") {
    for (const std::uint64_t most : {3U, 16U, 17U, 40U}) {
        CAPTURE(most);
        Engine engine{{}, {.bids_per_owner = most}};
        REQUIRE(host()(engine, {}));
        std::mt19937_64 random{most};
        std::map<std::uint64_t, std::uint64_t> counts;
        std::vector<std::pair<std::uint64_t, std::uint64_t>> bids;  // with their owners
        std::uint64_t rejected = 0;
        for (std::uint64_t id = 1; id <= 5'000; ++id) {
            // Few owners have many bids, many have few.
            const std::uint64_t owner = random() % (1 + random() % 120);
            const auto placed =
                bid({.id = id, .price = 1_coin_per_day, .owner = owner})(engine, {});
            REQUIRE(placed.has_value() == (counts[owner] < most));
            if (placed) {
                ++counts[owner];
                bids.emplace_back(id, owner);
            } else {
                ++rejected;
            }
            while (!bids.empty() && random() % 3 == 0) {
                auto& one = bids[random() % bids.size()];
                REQUIRE(engine.cancel(BidId{one.first}, {}));
                --counts[one.second];
                one = bids.back();
                bids.pop_back();
            }
        }
        CHECK(rejected > 100);
    }
}

TEST_CASE("a count of owners' bids is right again once somebody has counted") {
    Engine engine;
    REQUIRE(host()(engine, {}));
    const auto place = [&](std::uint64_t id) {
        return words_of(bid({.id = id, .price = 1_coin_per_day, .owner = 5})(engine, {}));
    };
    const auto at_most = [&] {
        auto& store = detail::EngineAccess::stages(engine).market.store;
        return store.hosts[0].owners.at_most(
            detail::BookEntry::owner_bits_of(detail::tag_of(OwnerId{5})), store.owners_width);
    };
    for (std::uint64_t id = 1; id <= 16; ++id) REQUIRE(place(id) == "");
    CHECK(at_most() == SIZE_MAX);
    for (std::uint64_t id = 1; id <= 14; ++id) REQUIRE(engine.cancel(BidId{id}, {}));
    CHECK(at_most() == SIZE_MAX);
    // In a book of no more bids than one owner may have nobody has to count.
    for (std::uint64_t id = 100; id < 120; ++id)
        REQUIRE(words_of(bid({.id = id, .price = 1_coin_per_day, .owner = id})(engine, {})) == "");
    CHECK(place(17) == "");
    CHECK(at_most() < 15);
}

TEST_CASE("a second close in a millisecond sees what came since the first: hosts and a cancel") {
    Engine engine{{.interval_min = {}}};
    REQUIRE(engine.set_rate({.usd = 1_usd_per_coin}, at_ms(0)));
    REQUIRE(engine.put_host(HostCapabilities{.id = 7, .gpus = {plain_gpu}}, at_ms(0)));
    const Bid bid{
        .id = 1, .host = 7, .price = 10_coin_per_day, .overclock = {{.power_limit = 200_W}}};
    REQUIRE(engine.place(bid, at_ms(0)));
    REQUIRE(engine.close(at_ms(5)));
    REQUIRE(engine.run(HostId{7}));

    // Ids below and above, so that the order of hosts has to be built again.
    for (const std::uint64_t id : {9U, 3U, 8U, 1U})
        REQUIRE(engine.put_host(HostCapabilities{.id = id, .gpus = {plain_gpu}}, at_ms(5)));
    REQUIRE(engine.cancel(BidId{1}, at_ms(5)));
    const auto closed = engine.close(at_ms(5));
    REQUIRE(closed);
    REQUIRE(closed->size() == 3);
    CHECK(closed->events[1].kind == EventKind::stopped);
    CHECK(closed->events[1].reason == Code::cancelled);
    CHECK(closed->events[2].kind == EventKind::removed);
    CHECK(!engine.run(HostId{7}));
    CHECK(engine.totals().bids == 0);
}

}  // namespace
