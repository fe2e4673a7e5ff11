// With exceptions, a failed allocation leaves the engine unchanged. Each command of a long story is
// tried with each of its allocations failing. Then it is repeated, and the rest of the story must
// have the same outcome as without failures.
#include <algorithm>
#include <array>
#include <new>
#include <variant>
#include <vector>

#include <doctest/doctest.h>

#include "commands.hpp"
#include "support/saved_words.hpp"

namespace {

using namespace watch;

constexpr std::int64_t day = 86'400'000;
constexpr Currency second{1};

/// A story with every command, in which every container grows several times. It has over 128 hosts,
/// hosts with up to 32 GPUs, a book of 30 bids and closes with many events, and uses records again.
Script make_story() {
    Script story;
    story.step = 1;
    story.rate(main_currency, 1'000'000'000'000);
    story.rate(second, 2'000'000'000'000);
    const auto gpus_of = [](std::uint64_t host) { return host % 9 == 0 ? 32 : 1 + host % 3; };
    std::uint64_t bid = 1'000;
    for (std::uint64_t host = 130; host > 0; --host) {
        story.host(host, gpus_of(host));
        if (host % 2 == 0)
            story.bid(++bid, host, gpus_of(host), 10, 1, host % 8 == 0 ? second : main_currency);
    }
    for (std::uint64_t i = 0; i < 30; ++i)
        story.bid(10 + i, 1, gpus_of(1), 5 + static_cast<std::int64_t>(i), 1 + i);
    story.time += 1'000;
    story.tell(Close{});
    story.edit(10, 40);                   // it waits: the edit takes effect at once
    story.edit(1'001, 12, gpus_of(130));  // it runs: the edit waits
    story.edit(1'002, 13);
    story.tell(CancelBid{.id = 1'003});  // it runs: the cancel waits
    story.tell(CancelBid{.id = 11});
    story.tell(SetCached{.id = 12, .cached = true});
    story.tell(SetEnergyPrice{.id = 1, .usd = EnergyPrice::unchecked(1'000)});
    story.tell(SetHostStatus{.id = 2, .online = false});
    story.tell(SetHostStatus{.id = 2, .online = true});
    story.tell(RevokeBid{.id = 39});
    story.tell(RevokeBid{.id = 40'000});  // rejected
    story.host(130, gpus_of(130));        // a known host
    story.host(131, 0);                   // rejected
    story.time += 1'000;
    story.tell(Close{});
    story.tell(RemoveHost{.id = 1});  // with all its bids
    for (std::uint64_t host = 20; host < 30; ++host) story.tell(RemoveHost{.id = host});
    story.time += 1'000;
    for (std::uint64_t host = 20; host < 34; ++host) {
        story.host(200 + host, 1 + host % 5);  // in the slots of removed hosts
        story.bid(++bid, 200 + host, 1 + host % 5, 7);
        story.bid(++bid, 200 + host, 1 + host % 5, 8);
    }
    story.rate(main_currency, 900'000'000'000);
    story.time += 10 * day;
    story.tell(Close{});
    story.time += 10 * day;
    story.tell(Close{});  // the first bids have expired
    story.bid(++bid, 3, gpus_of(3), 10);
    return story;
}

/// A story whose closes have the maximum number of events: all runs are charged, stop and are
/// removed, and others start. In the second close, bids that waited expire too.
Script make_busy_story() {
    Script story;
    story.step = 1;
    story.rate(main_currency, 1'000'000'000'000);
    for (std::uint64_t host = 1; host <= 5; ++host) story.host(host, 1);
    for (std::uint64_t bid = 1; bid <= 15; ++bid)
        story.bid(bid, 1 + bid % 5, 1, static_cast<std::int64_t>(100 - bid));
    story.time += 10 * day;
    for (std::uint64_t bid = 1; bid <= 5; ++bid) story.tell(CancelBid{.id = bid});
    story.tell(Close{});
    for (std::uint64_t bid = 21; bid <= 25; ++bid) story.bid(bid, 1 + bid % 5, 1, 10);
    for (std::uint64_t bid = 6; bid <= 10; ++bid) story.tell(CancelBid{.id = bid});
    story.time += 10 * day;
    story.tell(Close{});
    return story;
}

/// The visible state of an engine.
struct State {
    std::vector<std::byte> saved{};
    Conditions conditions{};
    Totals totals{};
    std::uint64_t commands = 0, rejected = 0, rescans = 0;

    friend bool operator==(const State&, const State&) = default;
};

State state_of(const Market& engine) {
    const SavedBytes saved = save(engine);
    const Counters counters = engine.counters();
    return {.saved = {saved.begin(), saved.end()},
            .conditions = engine.conditions(),
            .totals = engine.totals(),
            .commands = counters.commands,
            .rejected = counters.rejected,
            .rescans = counters.rescans};
}

struct Undisturbed {
    std::vector<Outcome> outcomes{};
    State end{};
};

Undisturbed run(const Script& story) {
    Watch memory;
    Market engine = make_engine(memory);
    Undisturbed undisturbed;
    for (const Told& told : story.told) undisturbed.outcomes.push_back(give(engine, told));
    undisturbed.end = state_of(engine);
    return undisturbed;
}

/// An engine after the first commands. It has no memory for events yet, so that every command needs
/// some.
void tell_first(Market& engine, const Script& story, std::size_t commands) {
    for (std::size_t i = 0; i < commands; ++i) give(engine, story.told[i]);
}

/// Whether an action fails if its n-th allocation fails.
template <class Action>
bool fails(Watch& memory, std::size_t n, Action action) {
    memory.fail_from(n);
    bool has_failed = false;
    try {
        action();
    } catch (const std::bad_alloc&) {
        has_failed = true;
    }
    memory.fail_from(0);
    return has_failed;
}

bool goes_on_undisturbed(Market& engine, const Script& story, const Undisturbed& undisturbed,
                         std::size_t from) {
    for (std::size_t i = from; i < story.told.size(); ++i) {
        if (outcome_of(collect(engine, story.told[i])) != undisturbed.outcomes[i]) return false;
    }
    return state_of(engine) == undisturbed.end;
}

/// Lets each allocation of each command fail. Counts the failures by kind of command, and returns
/// the maximum of one command.
std::size_t fail_everywhere(const Script& story,
                            std::array<std::size_t, std::variant_size_v<Command>>& failures) {
    const Undisturbed undisturbed = run(story);
    std::size_t failures_most = 0;
    for (std::size_t at = 0; at < story.told.size(); ++at) {
        CAPTURE(at);
        for (std::size_t n = 1;; ++n) {
            Watch memory;
            {
                Market engine = make_engine(memory);
                tell_first(engine, story, at);
                const State before = state_of(engine);
                if (!fails(memory, n,
                           [&] { static_cast<void>(collect(engine, story.told[at])); })) {
                    failures_most = std::max(failures_most, n - 1);
                    break;
                }
                ++failures[story.told[at].command.index()];
                REQUIRE(state_of(engine) == before);
                REQUIRE(goes_on_undisturbed(engine, story, undisturbed, at));
            }
            REQUIRE(memory.live == 0);
        }
    }
    return failures_most;
}

TEST_CASE("a command whose allocation fails leaves the engine unchanged and can be repeated") {
    std::array<std::size_t, std::variant_size_v<Command>> failures{};
    const std::size_t failures_most = fail_everywhere(make_story(), failures);
    for (const std::size_t count : failures) CHECK(count > 0);
    CHECK(failures_most >= 10);  // one command grows most containers
    CHECK(fail_everywhere(make_busy_story(), failures) >= 10);
}

TEST_CASE("a command whose events find no memory in a list of the caller has not happened") {
    std::size_t failures = 0;
    for (const Script& story : {make_story(), make_busy_story()}) {
        const Undisturbed undisturbed = run(story);
        for (std::size_t at = 0; at < story.told.size(); ++at) {
            CAPTURE(at);
            Watch memory;
            Watch memory_of_list;
            Market engine = make_engine(memory);
            tell_first(engine, story, at);
            const State before = state_of(engine);
            std::vector<Event, Allocator<Event>> events{Allocator<Event>{memory_of_list}};
            const auto act = [&] {
                return engine.apply(story.told[at].command,
                                    Timestamp::unchecked(story.told[at].time), events);
            };
            REQUIRE(fails(memory_of_list, 1, [&] { static_cast<void>(act()); }));
            ++failures;
            REQUIRE(state_of(engine) == before);
            REQUIRE(act().has_value() == undisturbed.outcomes[at].reasons.empty());
            REQUIRE(std::equal(events.begin(), events.end(),
                               undisturbed.outcomes[at].events.begin(),
                               undisturbed.outcomes[at].events.end()));
            REQUIRE(memory_of_list.calls == 1);
        }
    }
    CHECK(failures > 100);
}

TEST_CASE("a command whose allocation fails leaves a copied engine unchanged") {
    std::size_t failures = 0;
    for (const Script& story : {make_story(), make_busy_story()}) {
        const Undisturbed undisturbed = run(story);
        for (std::size_t at = 0; at < story.told.size(); ++at) {
            CAPTURE(at);
            for (std::size_t n = 1;; ++n) {
                Watch memory;
                Market engine = make_engine(memory);
                tell_first(engine, story, at);
                // The copy is assigned to an engine with other contents, and outlives the original.
                Market copy = make_engine(memory);
                tell_first(copy, story, at / 2);
                copy = Market{engine};
                engine = make_engine(memory);
                const State before = state_of(copy);
                if (!fails(memory, n, [&] { static_cast<void>(collect(copy, story.told[at])); }))
                    break;
                ++failures;
                REQUIRE(state_of(copy) == before);
                if (n == 1) REQUIRE(goes_on_undisturbed(copy, story, undisturbed, at));
            }
        }
    }
    CHECK(failures > 100);
}

TEST_CASE("a reserve that fails changes nothing and can be repeated") {
    const Script story = make_story();
    const Undisturbed undisturbed = run(story);
    const EngineLimits size{.hosts = 140, .bids = 200, .bids_per_host = 30, .bids_per_owner = 16};
    for (const std::size_t at : {std::size_t{0}, std::size_t{40}, story.told.size() - 40}) {
        std::size_t n = 1;
        for (;; ++n) {
            Watch memory;
            Market engine = make_engine(memory);
            tell_first(engine, story, at);
            const State before = state_of(engine);
            const bool has_failed = fails(memory, n, [&] { engine.reserve(size, 4); });
            CAPTURE(at);
            CAPTURE(n);
            REQUIRE(state_of(engine) == before);
            // The loop over n is long, so the rest of the story is told only for some.
            if (n % 16 == 1 || !has_failed)
                REQUIRE(goes_on_undisturbed(engine, story, undisturbed, at));
            if (!has_failed) break;
        }
        CHECK(n > 100);
    }
}

TEST_CASE("a question, a digest or a copy that finds no memory leaves the engine unchanged") {
    const Script story = make_story();
    const std::size_t at = story.told.size() - 50;
    Watch memory;
    {
        Market engine = make_engine(memory);
        tell_first(engine, story, at);
        const State before = state_of(engine);
        std::array<Ranked, 4> ranked{};
        std::array<Explanation, 4> explained{};
        const auto each_fails = [&](auto question) {
            std::size_t n = 1;
            while (fails(memory, n, question)) {
                REQUIRE(state_of(engine) == before);
                ++n;
            }
            CHECK(n > 1);
            CHECK(state_of(engine) == before);
        };
        const QuoteRequest request{.power_limits = TotalPower::unchecked(200)};
        each_fails([&] { static_cast<void>(engine.price_to_win(2, request)); });
        each_fails([&] { static_cast<void>(engine.rate_range(2)); });
        each_fails([&] { static_cast<void>(engine.cache_candidates(2, ranked)); });
        each_fails([&] { static_cast<void>(engine.explain(2, explained)); });
        each_fails([&] { static_cast<void>(digest(engine)); });
        each_fails([&] { static_cast<void>(save(engine)); });
        each_fails([&] { const Market copy{engine}; });

        Market other = make_engine(memory);
        tell_first(other, story, at / 2);
        const State of_other = state_of(other);
        std::size_t n = 1;
        for (; fails(memory, n, [&] { other = engine; }); ++n) REQUIRE(state_of(other) == of_other);
        CHECK(n > 1);
        CHECK(state_of(other) == before);

        const SavedBytes saved = save(engine);
        each_fails([&] {
            const auto restored = restore<DefaultTraits, Allocator<unsigned char>>(
                {saved.data(), saved.size()}, at_once, {}, Allocator<unsigned char>{memory});
            CHECK(restored.has_value());
        });
    }
    CHECK(memory.live == 0);
}

TEST_CASE("a save with a wrong number of bids, sequences or hosts does not allocate for them") {
    for (const std::size_t place : {3U, 8U, 73U}) {  // of these numbers
        CAPTURE(place);
        Watch memory;
        saved::Words words = saved::words_of(save(gigaspot::Engine{}));
        REQUIRE(words[place] == 0);
        words.resize(20'000);
        std::size_t rejected = 0;
        for (std::uint64_t count = 1; count < 1'000'000'000; count *= 2) {
            words[place] = count;
            saved::sign(words);
            const auto restored = restore<DefaultTraits, Allocator<unsigned char>>(
                saved::bytes_of(words), {}, {}, Allocator<unsigned char>{memory});
            if (!restored) ++rejected;
        }
        CHECK(rejected == 30);
        CHECK(memory.most < 6 * 8 * 20'000);
        CHECK(memory.live == 0);
    }
}

}  // namespace
