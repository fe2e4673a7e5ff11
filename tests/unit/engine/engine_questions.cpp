// Section 10: the questions of a live market. The tests of the rules prove the
// answers; these prove that the engine asks about the host as its next close will find it.
#include <gigaspot/engine/engine.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <tuple>
#include <vector>

#include "support/live.hpp"

namespace {

using namespace live;

/// The winner of a host now, 0 for none.
std::uint64_t winner(Engine& engine, HostId host = 7) {
    return engine.choice(host).winner.value_or(BidId{}).value;
}

std::optional<Price> quote(const Engine& engine, Power watts = 100_W) {
    const auto price = engine.price_to_win(7, {.power_limits = watts});
    return price ? std::optional{*price} : std::nullopt;
}
Code why_not(const Engine& engine, const QuoteRequest& request = {.power_limits = 100_W}) {
    const auto price = engine.price_to_win(7, request);
    return price ? Code::none : price.error();
}

TEST_CASE("of a host that is unknown there is nothing to say") {
    Engine engine;
    std::array<Ranked, 2> ranked{};
    std::array<Explanation, 2> explained{};
    for (int i = 0; i < 2; ++i) {
        CHECK(!engine.choice(HostId{7}).winner);
        CHECK(!engine.choice(HostHandle{}).winner);
        CHECK(!engine.run(7));
        CHECK(why_not(engine) == Code::host_unknown);
        CHECK(!engine.rate_range(7));
        CHECK(engine.cache_candidates(7, ranked).empty());
        CHECK(engine.explain(7, explained).empty());
        CHECK(!engine.host(7));
        CHECK(engine.bids_on(7) == 0);
        CHECK(!engine.find_host(7));
        CHECK(host({.id = 8})(engine, {}));  // another is there
    }
}

TEST_CASE("a constant engine tells the same choice, and remembers nothing") {
    Market market;
    for (const std::uint64_t id : {7U, 8U}) CHECK(market.tell(0, host({.id = id})) == "");
    CHECK(market.tell(0, rate(1_usd_per_coin)) == "");
    CHECK(market.tell(0, bid(1, 10_coin_per_day)) == "");
    CHECK(market.tell(0, close()) == "started 7 1 10");
    CHECK(market.tell(0, bid(2, 12_coin_per_day)) == "");
    CHECK(market.tell(0, energy(1_usd_per_kWh)) == "");  // forgets the best bid
    const Engine& constant = market.engine;
    const std::uint64_t rescans = constant.counters().rescans;
    CHECK(constant.choice(7).winner == BidId{2});
    CHECK(constant.choice(*constant.find_host(7)) == constant.choice(7));
    CHECK(!constant.choice(8).winner);
    CHECK(!constant.choice(999).winner);
    CHECK(!constant.choice(HostHandle{}).winner);
    CHECK(constant.counters().rescans == rescans);
    CHECK(market.engine.choice(7) == constant.choice(7));
    CHECK(constant.counters().rescans == rescans + 1);
}

TEST_CASE("the choices of all hosts come by ascending id, each as if it were asked for alone") {
    using Told = std::tuple<std::uint64_t, std::uint64_t, UsdPerDay>;  // host, winner, profit
    Market market;
    Engine& engine = market.engine;
    const auto choices = [&] {
        std::vector<Told> told;
        engine.choices([&](HostId host, const Selection& choice) {
            told.emplace_back(host.value, choice.winner.value_or(BidId{}).value, choice.profit);
        });
        return told;
    };
    CHECK(choices().empty());
    CHECK(market.tell(0, rate(1_usd_per_coin)) == "");
    // More hosts than are fetched ahead, in no order. Each second one has a bid of as many coins
    // as its id.
    for (std::uint64_t i = 0; i < 40; ++i) {
        const std::uint64_t id = 1 + i * 7 % 40;
        CHECK(host({.id = id})(engine, {}));
        const auto coins = static_cast<std::int64_t>(id) * (1_coin_per_day).count();
        if (id % 2 != 0)
            CHECK(bid({.id = 100 + id, .price = Price::unchecked(coins), .host = id})(engine, {}));
    }
    std::vector<Told> expected;
    for (std::uint64_t id = 1; id <= 40; ++id) {
        if (id % 2 == 0) {
            expected.emplace_back(id, 0, UsdPerDay{});
        } else {
            const auto usd = static_cast<std::int64_t>(id) * (1_usd_per_day).count();
            expected.emplace_back(id, 100 + id, UsdPerDay::unchecked(usd));
        }
    }
    CHECK(choices() == expected);
    CHECK(choices() == expected);
}

TEST_CASE("a choice is what a close would make of what is known, and of what waits") {
    Market market;
    Engine& engine = market.engine;
    CHECK(market.tell(0, rate(1_usd_per_coin)) == "");
    CHECK(market.tell(0, host()) == "");
    CHECK(winner(engine) == 0);
    CHECK(market.tell(0, bid(1, 10_coin_per_day)) == "");
    CHECK(market.tell(0, bid(2, 9_coin_per_day)) == "");
    CHECK(winner(engine) == 1);
    CHECK(engine.choice(HostId{7}).profit == 10_usd_per_day);
    CHECK(market.tell(0, close()) == "started 7 1 10");
    CHECK(winner(engine) == 1);

    CHECK(market.tell(0, edit(1, 8_coin_per_day)) == "");  // it waits, and would lose
    CHECK(winner(engine) == 2);
    CHECK(engine.choice(HostId{7}).profit == 9_usd_per_day);
    CHECK(market.tell(0, edit(1, 11_coin_per_day)) == "");
    CHECK(winner(engine) == 1);
    CHECK(engine.choice(HostId{7}).profit == 11_usd_per_day);
    CHECK(market.tell(0, cancel(1)) == "");
    CHECK(winner(engine) == 2);
    CHECK(market.tell(0, withdraw()) == "");
    CHECK(winner(engine) == 0);
    CHECK(market.tell(0, rate(1_usd_per_coin)) == "");
    CHECK(market.tell(0, offline()) == "stopped 7 1 host_offline; removed 7 1");
    CHECK(winner(engine) == 0);
    CHECK(market.tell(0, online()) == "");
    CHECK(winner(engine) == 2);
    CHECK(market.tell(20 * day, energy(0_usd_per_kWh)) == "");  // it has expired, and is there
    CHECK(engine.bids_on(7) == 1);
    CHECK(winner(engine) == 0);
}

TEST_CASE("a run is told with the terms that won") {
    Market market{{.refill = Refill::at_once}};
    CHECK(market.tell(0, rate(1_usd_per_coin)) == "");
    CHECK(market.tell(0, host()) == "");
    CHECK(!market.engine.run(7));
    CHECK(market.tell(5, bid({.id = 1, .price = 10_coin_per_day, .owner = 3})) == "started 7 1 10");
    REQUIRE(market.engine.run(7));
    CHECK(market.engine.run(7)->bid == BidId{1});
    CHECK(market.engine.run(7)->owner == OwnerId{3});
    CHECK(!market.engine.run(7)->first_won);
    CHECK(market.engine.run(7)->charged == at_ms(5));
    CHECK(market.tell(10, close()) == "charged 7 1 0.00000058 0");
    CHECK(market.engine.run(7)->first_won == at_ms(10));
    CHECK(market.engine.run(7)->charged == at_ms(10));
    CHECK(market.tell(11, edit(1, 12_coin_per_day)) == "");
    CHECK(market.engine.run(7)->price == 10_coin_per_day);
    CHECK(market.engine.run(7)->is_edited);
    CHECK(!market.engine.run(7)->is_cancelled);
    CHECK(market.tell(12, cancel(1)) == "");
    CHECK(market.engine.run(7)->is_cancelled);
    CHECK(market.tell(13, close()) ==
          "charged 7 1 0.00000035 0; stopped 7 1 cancelled; removed 7 1");
    CHECK(!market.engine.run(7));
}

TEST_CASE("the price to win a host: 100 W cost 2.4 USD per day") {
    Market market{{.switch_margin = 1_usd_per_day, .dwell_min = 2_days}};
    Engine& engine = market.engine;
    CHECK(market.tell(0, host({.energy = 1_usd_per_kWh})) == "");
    CHECK(why_not(engine) == Code::rate_missing);
    CHECK(market.tell(0, rate(1_usd_per_coin)) == "");
    CHECK(quote(engine) == 2.4_coin_per_day);
    CHECK(market.tell(0, bid(1, 10_coin_per_day)) == "");
    CHECK(quote(engine) == 10.0001_coin_per_day);  // the other bid is older
    CHECK(quote(engine, 200_W) == 12.4001_coin_per_day);
    CHECK(market.tell(0, close()) == "started 7 1 7.6");
    CHECK(why_not(engine) == Code::incumbent_protected);
    CHECK(market.tell(2 * day, energy(1_usd_per_kWh)) == "");
    CHECK(quote(engine) == 11.0001_coin_per_day);  // the margin too
    CHECK(market.tell(2 * day, edit(1, 9_coin_per_day)) == "");
    CHECK(quote(engine) == 9.0001_coin_per_day);  // it will have worsened
    CHECK(market.tell(2 * day, cancel(1)) == "");
    CHECK(quote(engine) == 2.4_coin_per_day);  // and then be gone
    CHECK(market.tell(2 * day, offline()) ==
          "charged 7 1 20 0; stopped 7 1 host_offline; removed 7 1");
    CHECK(why_not(engine) == Code::host_offline);
}

TEST_CASE("the quoted price wins the next close, and a tick less does not") {
    for (const bool wins : {true, false}) {
        Market market{{.switch_margin_ppm = 50'000_ppm}};
        CHECK(market.tell(0, rate(0.37_usd_per_coin)) == "");
        CHECK(market.tell(0, host({.energy = 0.1_usd_per_kWh})) == "");
        CHECK(market.tell(0, bid(1, 10_coin_per_day, 333_W)) == "");
        CHECK(market.tell(0, close()) == "started 7 1 2.9008");  // 3.7 - 333 x 0.0024
        CHECK(market.tell(0, bid(2, 7_coin_per_day)) == "");     // 2.35
        const std::optional<Price> price = quote(market.engine);
        REQUIRE(price);
        CHECK(market.tell(1, bid(3, wins ? *price : Price::unchecked(price->count() - 10'000))) ==
              "");
        const std::string events = market.tell(2, close());
        CHECK((events.find("started 7 3") != std::string::npos) == wins);
    }
}

TEST_CASE("the range of rates in which a choice remains") {
    Market market;
    CHECK(market.tell(0, rate(1_usd_per_coin)) == "");
    CHECK(market.tell(0, host({.energy = 0.1_usd_per_kWh})) == "");
    CHECK(market.tell(0, bid(1, 10_coin_per_day, 300_W)) == "");
    CHECK(market.tell(0, bid(2, 9_coin_per_day, 100_W)) == "");
    // 10 r - 0.72 and 9 r - 0.24 meet at 0.48, where bid 1 is older.
    const auto range = market.engine.rate_range(7);
    REQUIRE(range);
    CHECK(range->min == 0.48_usd_per_coin);
    CHECK(range->max == ExchangeRate::highest());
    CHECK(market.tell(0, rate(0.48_usd_per_coin)) == "");
    CHECK(winner(market.engine) == 1);
    CHECK(market.tell(0, rate(0.479999999999_usd_per_coin)) == "");
    CHECK(winner(market.engine) == 2);
    // Once bid 1 runs, an edit that waits counts: 10 W less of a lead.
    CHECK(market.tell(0, rate(1_usd_per_coin)) == "");
    CHECK(market.tell(0, close()) == "started 7 1 9.28");
    CHECK(market.tell(0, edit({.id = 1, .watts = 200_W})) == "");
    CHECK(market.engine.rate_range(7)->min == 0.24_usd_per_coin);
}

TEST_CASE("what to cache next: those whose image alone is missing, the best first") {
    Market market{{.require_cached = true}};
    CHECK(market.tell(0, rate(1_usd_per_coin)) == "");
    CHECK(market.tell(0, host({.energy = 1_usd_per_kWh})) == "");
    CHECK(market.tell(0, bid(1, 9_coin_per_day)) == "");
    CHECK(market.tell(0, bid(2, 10_coin_per_day)) == "");
    CHECK(market.tell(0, bid(3, 2_coin_per_day)) == "");  // below the reserve
    CHECK(market.tell(0, bid(4, 20_coin_per_day)) == "");
    CHECK(market.tell(0, cached(4)) == "");
    std::array<Ranked, 8> out{};
    const auto candidates = market.engine.cache_candidates(7, out);
    REQUIRE(candidates.size() == 2);
    CHECK(candidates[0].id == BidId{2});
    CHECK(candidates[1].id == BidId{1});
    CHECK(market.engine.cache_candidates(7, std::span{out}.first(1)).size() == 1);
    // A new bid's image is not cached.
    CHECK(why_not(market.engine) == Code::not_cached);
    CHECK(market.engine.price_to_win(7, {.power_limits = 100_W, .is_cached = true}) ==
          Result<Price, Code>{20.0001_coin_per_day});
}

TEST_CASE("an explanation of every bid, as the next close will find them") {
    Market market;
    CHECK(market.tell(0, rate(1_usd_per_coin)) == "");
    CHECK(market.tell(0, withdraw(bitcoin)) == "");
    CHECK(market.tell(0, host({.energy = 1_usd_per_kWh, .base_power = 10_W})) == "");
    CHECK(market.tell(0, bid(1, 10_coin_per_day)) == "");
    CHECK(market.tell(0, bid(2, 9_coin_per_day)) == "");
    CHECK(market.tell(0, bid({.id = 3, .price = 9_coin_per_day, .currency = bitcoin})) == "");
    CHECK(market.tell(0, close()) == "started 7 1 7.36");
    std::array<Explanation, 8> out{};
    auto explained = market.engine.explain(7, out);
    REQUIRE(explained.size() == 3);
    CHECK(explained[0].ranked.id == BidId{1});
    CHECK(explained[0].is_winner);
    CHECK(explained[0].ranked.is_incumbent);
    CHECK(explained[0].power_draw.count() == 110);
    // It runs, so it wins a tie with bid 2.
    CHECK(explained[0].price_to_win == Result<Price, Code>{9_coin_per_day});
    CHECK(explained[1].ranked.id == BidId{2});
    CHECK(explained[1].ranked.eligibility.profit == 6.36_usd_per_day);
    CHECK(explained[1].price_to_win == Result<Price, Code>{10.0001_coin_per_day});
    CHECK(explained[2].ranked.id == BidId{3});
    CHECK(explained[2].ranked.eligibility.reason == Code::rate_missing);

    CHECK(market.tell(0, edit(1, 8_coin_per_day)) == "");
    explained = market.engine.explain(7, out);
    CHECK(explained[0].ranked.id == BidId{2});
    CHECK(explained[0].is_winner);
    CHECK(market.tell(0, cancel(1)) == "");
    CHECK(market.engine.explain(7, out).size() == 2);
}

TEST_CASE("an incumbent whose lower price waits gets its protection back with the price in force") {
    Market market{{.dwell_min = 1'000_s}};
    CHECK(market.tell(0, rate(1_usd_per_coin)) == "");
    CHECK(market.tell(0, host({.gpus = {{.power_limit = {100_W, 300_W}}}})) == "");
    CHECK(market.tell(0, bid(1, 100_coin_per_day)) == "");
    CHECK(market.tell(0, close()) == "started 7 1 100");
    CHECK(market.tell(1, bid(2, 150_coin_per_day)) == "");
    CHECK(market.tell(1, edit(1, 50_coin_per_day)) == "");
    std::array<Explanation, 2> out{};
    const auto to_win = [&] { return market.engine.explain(7, out)[1].price_to_win; };
    CHECK(to_win() == Result<Price, Code>{100_coin_per_day});
    for (const Price price : {99.9999_coin_per_day, 100_coin_per_day}) {
        Market other = market;
        CHECK(other.tell(1, edit(1, price)) == "");
        CHECK(other.engine.choice(7).winner == BidId{price == 100_coin_per_day ? 1U : 2U});
    }
    // More watts worsen it at any price.
    CHECK(market.tell(1, edit({.id = 1, .price = 50_coin_per_day, .watts = 200_W})) == "");
    CHECK(to_win() == Result<Price, Code>{150_coin_per_day});
}

TEST_CASE("price_to_keep: the run keeps its host down to the best challenger's profit") {
    Market market;
    const auto keep = [&](HostId host = 7) { return market.engine.price_to_keep(host); };
    const auto fails_with = [](Code code) { return Result<Price, Code>{Unexpected{code}}; };
    CHECK(market.tell(0, rate(1_usd_per_coin)) == "");
    CHECK(market.tell(0, host()) == "");
    CHECK(keep() == fails_with(Code::bid_unknown));  // nothing runs yet
    CHECK(keep(8) == fails_with(Code::host_unknown));
    CHECK(market.tell(0, bid(1, 100_coin_per_day)) == "");
    CHECK(market.tell(0, close()) == "started 7 1 100");
    CHECK(market.tell(0, bid(2, 80_coin_per_day)) == "");
    CHECK(keep() == Result<Price, Code>{80_coin_per_day});  // the incumbent wins a tie
    CHECK(market.engine.price_to_keep(7, 30_coin_per_day) ==
          Result<Price, Code>{90_coin_per_day});            // multiples of 30
    CHECK(market.tell(0, edit(1, 79_coin_per_day)) == "");  // it would lose
    CHECK(keep() == Result<Price, Code>{80_coin_per_day});
    for (const Price price : {79.9999_coin_per_day, 80_coin_per_day}) {
        Market other = market;
        CHECK(other.tell(0, edit(1, price)) == "");
        CHECK(other.engine.choice(7).winner == BidId{price == 80_coin_per_day ? 1U : 2U});
    }
    CHECK(market.tell(0, cancel(1)) == "");
    CHECK(keep() == fails_with(Code::bid_unknown));
}

TEST_CASE(
    "cheapest: the hosts of the market by the price that wins, and a filter of the caller's") {
    Market market{{.switch_margin = 1_usd_per_day}};
    CHECK(market.tell(0, rate(1_usd_per_coin)) == "");
    for (const std::uint64_t id : {7U, 8U, 9U, 10U}) CHECK(market.tell(0, host({.id = id})) == "");
    CHECK(market.tell(0, bid({.id = 1, .price = 30_coin_per_day, .host = 7})) == "");
    CHECK(market.tell(0, bid({.id = 2, .price = 10_coin_per_day, .host = 8})) == "");
    CHECK(market.tell(0, bid({.id = 3, .price = 20_coin_per_day, .host = 9})) == "");
    CHECK(market.tell(0, status({.id = 10, .online = false})) == "");
    const SearchRequest request{.profile = {.power_limit = 100_W}};
    std::array<HostQuote, 4> room{};
    const auto hosts = [](const auto& quotes) {
        std::vector<std::uint64_t> ids;
        for (const HostQuote& quote : quotes) ids.push_back(quote.host.value);
        return ids;
    };
    const auto all = market.engine.cheapest(request, room);
    CHECK(hosts(all) == std::vector<std::uint64_t>{8, 9, 7, 10});
    CHECK(all[0].price == Result<Price, Code>{10.0001_coin_per_day});
    CHECK(all[3].price == Result<Price, Code>{Unexpected{Code::host_offline}});
    CHECK(hosts(market.engine.cheapest(request, std::span{room}.first(1))) ==
          std::vector<std::uint64_t>{8});
    const auto is_not_8 = [](const HostCapabilities& one) { return one.id != HostId{8}; };
    CHECK(hosts(market.engine.cheapest(request, room, is_not_8)) ==
          std::vector<std::uint64_t>{9, 7, 10});
    // An edit that waits counts, and a bid without a rate is not compared.
    CHECK(market.tell(0, close()) == "started 7 1 30; started 8 2 10; started 9 3 20");
    CHECK(market.tell(0, edit(2, 40_coin_per_day)) == "");
    CHECK(market.tell(0, withdraw(bitcoin)) == "");
    CHECK(market.tell(0, bid({.id = 4, .price = 1_coin_per_day, .host = 9, .currency = bitcoin})) ==
          "");
    const auto later = market.engine.cheapest(request, room);
    CHECK(hosts(later) == std::vector<std::uint64_t>{9, 7, 8, 10});
    CHECK(later[0].price == Result<Price, Code>{21.0001_coin_per_day});  // above the margin
    CHECK(later.not_compared == NotCompared{.rate_missing = 1});
}

TEST_CASE("a question changes nothing") {
    Market market;
    Engine& engine = market.engine;
    CHECK(market.tell(0, rate(1_usd_per_coin)) == "");
    CHECK(market.tell(0, host()) == "");
    CHECK(market.tell(0, bid(1, 10_coin_per_day)) == "");
    CHECK(market.tell(0, close()) == "started 7 1 10");
    CHECK(market.tell(0, bid(2, 11_coin_per_day)) == "");
    CHECK(market.tell(0, edit(1, 10.5_coin_per_day)) == "");
    const SavedBytes before = save(engine);
    std::array<Explanation, 2> explanations;
    for (int i = 0; i < 3; ++i) {
        CHECK(winner(engine) == 2);
        CHECK(quote(engine) == 11.0001_coin_per_day);
        CHECK(engine.rate_range(7));
        CHECK(engine.explain(7, explanations).size() == 2);
    }
    CHECK((save(engine) == before));
    CHECK(market.tell(day, close()) == "charged 7 1 10 0; stopped 7 1 outbid; started 7 2 11");
}

}  // namespace
