// The strategies: what each offers, worked by hand.
#include "agents/bidding.hpp"

#include <doctest/doctest.h>

namespace {

using namespace simulator;
using gigaspot::Price;

/// Coins per day.
constexpr Price coins(std::int64_t whole) { return Price::unchecked(whole * 100'000'000); }

/// A host that is worth 240 coins per day and accepts 84, where 100.0001 wins.
const Sight sight{.value = coins(240),
                  .lowest = coins(84),
                  .to_win = Price::unchecked(10'000'010'000),
                  .tick = Price::unchecked(10'000)};

RenterKind renter(Strategy strategy) { return {.strategy = strategy}; }

TEST_CASE("a truthful renter offers what the host is worth to it") {
    CHECK(price_for(renter(Strategy::truthful), sight) == coins(240));
}

TEST_CASE("a shading renter offers its part of what is left after the lowest price") {
    RenterKind kind = renter(Strategy::shade);
    kind.offer = 250'000;
    CHECK(price_for(kind, sight) == coins(84 + 39));  // (240 - 84) / 4
    kind.offer = one;
    CHECK(price_for(kind, sight) == coins(240));
    kind.offer = 0;
    CHECK(price_for(kind, sight) == coins(84));
}

TEST_CASE("an offer is rounded down to a tick") {
    RenterKind kind = renter(Strategy::shade);
    kind.offer = 1;  // a millionth of 156 coins is 0.000156
    CHECK(price_for(kind, sight) == Price::unchecked(8'400'010'000));
}

TEST_CASE("a raising renter begins at the lowest price and adds its step up to its value") {
    RenterKind kind = renter(Strategy::raise);
    kind.step = 100'000;
    Sight seen = sight;
    CHECK(price_for(kind, seen) == coins(84));
    seen.own = coins(84);
    CHECK(price_for(kind, seen) == coins(108));
    seen.own = coins(230);
    CHECK(price_for(kind, seen) == coins(240));
    kind.step = 0;  // it still moves, by a tick
    seen.own = coins(84);
    CHECK(price_for(kind, seen) == Price::unchecked(8'400'010'000));
}

TEST_CASE("bots offer the price that wins, unless it is above their value") {
    for (const Strategy strategy : {Strategy::price_to_win, Strategy::snipe}) {
        Sight seen = sight;
        CHECK(price_for(renter(strategy), seen) == seen.to_win);
        seen.to_win = coins(240);
        CHECK(price_for(renter(strategy), seen) == coins(240));
        seen.to_win = Price::unchecked(24'000'010'000);
        CHECK_FALSE(price_for(renter(strategy), seen));
        seen.to_win.reset();
        CHECK_FALSE(price_for(renter(strategy), seen));
    }
}

TEST_CASE("a careful bot adds what a lost run costs, and does not bid if that is above its value") {
    Sight seen = sight;
    seen.loss = coins(16);
    CHECK(price_for(renter(Strategy::careful), seen) == Price::unchecked(11'600'010'000));
    seen.to_win = coins(224);
    CHECK(price_for(renter(Strategy::careful), seen) == coins(240));
    seen.to_win = Price::unchecked(22'400'010'000);
    CHECK_FALSE(price_for(renter(Strategy::careful), seen));
}

TEST_CASE("nobody bids where the lowest price is above the value") {
    Sight seen = sight;
    seen.lowest = Price::unchecked(24'000'010'000);
    seen.to_win = seen.lowest;
    for (const Strategy strategy : {Strategy::truthful, Strategy::shade, Strategy::raise,
                                    Strategy::price_to_win, Strategy::snipe, Strategy::careful})
        CHECK_FALSE(price_for(renter(strategy), seen));
}

}  // namespace
