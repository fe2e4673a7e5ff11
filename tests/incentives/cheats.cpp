// Tests that the search finds cheating. Each market here differs from its policy, and the search
// must catch it by the promise that it breaks.
#include <string_view>

#include <doctest/doctest.h>

#include "games.hpp"
#include "search.hpp"

namespace {

using namespace incentives;

struct Cheat {
    const char* words = "";
    const char* promise = "";
    Game (*game)() = duel;
    Policy (*policy)(Policy) = Honest::policy;
    EngineLimits (*limits)(const EngineLimits&) = Honest::limits;
    Move (*move)(const Move&) = Honest::move;
    void (*tamper)(std::vector<MarketEvent>&) = Honest::tamper;
};

/// Changes the first event of a kind.
template <EventKind kind, class Change>
void change(std::vector<MarketEvent>& events, Change change) {
    for (MarketEvent& event : events) {
        if (event.kind == kind) return change(event);
    }
}

/// Changes commands of one kind, and keeps all others.
template <class Command, class Change>
Move changed(const Move& move, Change change) {
    const auto* command = std::get_if<Command>(&move);
    return command == nullptr ? move : change(*command);
}

Amount one_less(Amount amount) { return Amount::unchecked(amount.count() - 1); }

const Cheat cheats[] = {
    {.words = "a host that becomes free is never filled at once",
     .promise = "(c)",
     .policy =
         [](Policy policy) {
             policy.refill = Refill::at_close;
             return policy;
         }},
    {.words = "a host is filled between closes although it should wait",
     .promise = "(c)",
     .policy =
         [](Policy policy) {
             policy.refill = Refill::at_once;
             return policy;
         }},
    {.words = "runs are protected although they should not be",
     .promise = "(a)",
     .policy =
         [](Policy policy) {
             policy.dwell_min = 1_h;
             return policy;
         }},
    {.words = "runs are not protected although they should be",
     .promise = "(d)",
     .policy =
         [](Policy policy) {
             policy.dwell_min = {};
             return policy;
         }},
    {.words = "incumbents stay within a margin that the policy does not have",
     .promise = "(a)",
     .policy =
         [](Policy policy) {
             policy.switch_margin = 5_usd_per_day;
             return policy;
         }},
    {.words = "incumbents are replaced within the margins",
     .promise = "(d)",
     .policy =
         [](Policy policy) {
             policy.switch_margin = {};
             policy.switch_margin_ppm = {};
             return policy;
         }},
    {.words = "hosts run at a loss",
     .promise = "(a)",
     .game = rates,
     .policy =
         [](Policy policy) {
             policy.reserve = Reserve::lowest();
             return policy;
         }},
    {.words = "hosts idle although a bid is good enough",
     .promise = "(c)",
     .policy =
         [](Policy policy) {
             policy.reserve = 20_usd_per_day;
             return policy;
         }},
    {.words = "bids without a cached image run",
     .promise = "(a)",
     .game = caching,
     .policy =
         [](Policy policy) {
             policy.require_cached = false;
             return policy;
         }},
    {.words = "rates that are too old count",
     .promise = "(a)",
     .game = rates,
     .policy =
         [](Policy policy) {
             policy.rate_age_max.reset();
             return policy;
         }},
    {.words = "a book is full before its owners have filled it",
     .promise = "(e)",
     .game = crowd,
     .limits =
         [](const EngineLimits& limits) {
             return EngineLimits{.bids_per_host = 2, .bids_per_owner = limits.bids_per_owner};
         }},
    {.words = "one owner fills a book",
     .promise = "(e)",
     .game = crowd,
     .limits = [](const EngineLimits&) { return EngineLimits{.bids_per_host = 4}; }},
    {.words = "anybody edits anybody's bids",
     .promise = "(e)",
     .game = crowd,
     .move =
         [](const Move& move) {
             return changed<Edit>(move, [](Edit edit) {
                 edit.owner.reset();
                 return edit;
             });
         }},
    {.words = "anybody cancels anybody's bids",
     .promise = "(e)",
     .game = crowd,
     .move =
         [](const Move& move) {
             return changed<Cancel>(move, [](Cancel cancel) {
                 cancel.owner.reset();
                 return cancel;
             });
         }},
    {.words = "a cancel ends a run at once",
     .promise = "(a)",
     .move =
         [](const Move& move) {
             return changed<Cancel>(move,
                                    [](const Cancel& cancel) { return Revoke{.id = cancel.id}; });
         }},
    {.words = "an edited price is one unit lower",
     .promise = "(a)",
     .move =
         [](const Move& move) {
             return changed<Edit>(move, [](Edit edit) {
                 if (edit.price) edit.price = Price::unchecked(edit.price->count() - 1);
                 return edit;
             });
         }},
    {.words = "an accepted bid has a price one unit lower",
     .promise = "(a)",
     .move =
         [](const Move& move) {
             return changed<Place>(move, [](Place place) {
                 place.price = Price::unchecked(place.price.count() - 1);
                 return place;
             });
         }},
    {.words = "a charge is one unit short",
     .promise = "(b)",
     .tamper =
         [](std::vector<MarketEvent>& events) {
             change<EventKind::charged>(
                 events, [](MarketEvent& event) { event.amount = one_less(event.amount); });
         }},
    {.words = "the marketplace keeps one unit less of a charge",
     .promise = "(b)",
     .game = expiry,
     .tamper =
         [](std::vector<MarketEvent>& events) {
             change<EventKind::charged>(
                 events, [](MarketEvent& event) { event.fee = one_less(event.fee); });
         }},
    {.words = "somebody else pays",
     .promise = "(b)",
     .tamper =
         [](std::vector<MarketEvent>& events) {
             change<EventKind::charged>(events, [](MarketEvent& event) { event.owner = bob; });
         }},
    {.words = "a charge is omitted",
     .promise = "(b)",
     .tamper =
         [](std::vector<MarketEvent>& events) {
             std::erase_if(
                 events, [](const MarketEvent& event) { return event.kind == EventKind::charged; });
         }},
    {.words = "a run reports a profit one unit higher",
     .promise = "(a)",
     .tamper =
         [](std::vector<MarketEvent>& events) {
             change<EventKind::started>(events, [](MarketEvent& event) {
                 event.profit = UsdPerDay::unchecked(event.profit.count() + 1);
             });
         }},
};

TEST_CASE("a market that cheats is caught, and by the promise that it breaks") {
    for (const Cheat& cheat : cheats) {
        INFO(std::string{cheat.words});
        const Game game = cheat.game();
        const std::string story = shortest_story(game, game.length, cheat);
        INFO(story);
        CHECK(story.substr(0, 3) == cheat.promise);
    }
}

}  // namespace
