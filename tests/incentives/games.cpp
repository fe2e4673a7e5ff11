// Tests whether anybody can cheat: it plays all short sequences of commands in small markets, under
// every policy, and checks the promises in auditor.hpp. docs/incentives.md and the scenarios beside
// this file show what the promises leave open.
#include <doctest/doctest.h>

#include "games.hpp"
#include "search.hpp"

namespace {

using namespace incentives;

/// Plays all sequences of a game and returns what occurred in it.
Seen play(const Game& game) {
    const Search search{game, length_of(game)};
    if (!search.story().empty())
        FAIL_CHECK(std::string{game.name} << ": " << shortest_story(game, length_of(game)));
    MESSAGE(std::string{game.name} << ": " << search.sequences() << " sequences");
    return search.seen();
}

TEST_CASE("nobody cheats in a duel of prices and watts") {
    const Seen seen = play(duel());
    CHECK(seen.outbid > 0);
    CHECK(seen.kept_by_dwell > 0);
    CHECK(seen.kept_by_margin > 0);
    CHECK(seen.lost_protection > 0);
    CHECK(seen.refilled > 0);
    CHECK(seen.ties > 0);
    CHECK(seen.paid > 0);
}

TEST_CASE("nobody cheats with equal bids") {
    const Seen seen = play(ties());
    CHECK(seen.ties > 0);
    CHECK(seen.refilled > 0);
    CHECK(seen.stopped_at_once > 0);
}

TEST_CASE("nobody cheats while hosts change and the marketplace revokes") {
    const Seen seen = play(rug());
    CHECK(seen.stopped_at_once > 0);
    CHECK(seen.refilled > 0);
    CHECK(seen.kept_by_dwell > 0);
    CHECK(seen.rejected > 0);
}

TEST_CASE("nobody cheats while coins rise and fall") {
    const Seen seen = play(rates());
    CHECK(seen.outbid > 0);
    CHECK(seen.kept_by_dwell > 0);
    CHECK(seen.kept_by_margin > 0);
    CHECK(seen.refilled > 0);
    CHECK(seen.paid > 0);
}

TEST_CASE("nobody cheats where only cached images run") {
    const Seen seen = play(caching());
    CHECK(seen.outbid > 0);
    CHECK(seen.refilled > 0);
}

TEST_CASE("nobody keeps another's bid out") {
    const Seen seen = play(crowd());
    CHECK(seen.rejected > 0);
    CHECK(seen.outbid > 0);
}

TEST_CASE("nobody cheats with the expiry of a bid") {
    const Seen seen = play(expiry());
    CHECK(seen.expired > 0);
    CHECK(seen.kept_by_dwell > 0);
    CHECK(seen.stopped_at_once > 0);
}

}  // namespace
