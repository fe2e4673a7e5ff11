// With GIGASPOT_CHECKED, a program that breaks a promise aborts and says which one.
#undef GIGASPOT_CHECKED
#define GIGASPOT_CHECKED 1

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include <gigaspot/engine/engine.hpp>
#include <gigaspot/json/names.hpp>
#include <gigaspot/rules/explain.hpp>
#include <gigaspot/rules/quote.hpp>
#include <gigaspot/values/literals.hpp>

namespace {

using namespace gigaspot;
using namespace gigaspot::literals;

/// What a process that calls this prints on standard error before it aborts; "goes on" if it does
/// not abort.
template <class Act>
std::string last_words(Act act) {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    std::fflush(nullptr);
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        std::signal(SIGABRT, SIG_DFL);  // doctest's handler would print too
        dup2(ends[1], STDERR_FILENO);
        act();
        _exit(0);
    }
    close(ends[1]);
    std::string words;
    char buffer[512];
    for (ssize_t got = 0; (got = read(ends[0], buffer, sizeof(buffer))) > 0;)
        words.append(buffer, static_cast<std::size_t>(got));
    close(ends[0]);
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    if (WIFEXITED(status)) return WEXITSTATUS(status) == 0 ? "goes on" : "ends without a word";
    CHECK(WTERMSIG(status) == SIGABRT);
    return words;
}

/// Whether the last words name the header and quote the promise.
bool names(const std::string& words, const std::string& header, const std::string& promise) {
    return words.find("/gigaspot/" + header + ":") != std::string::npos &&
           words.find(": gigaspot: broken promise: " + promise) != std::string::npos;
}

TEST_CASE("a broken promise aborts the program, and the message names it") {
    SUBCASE("a count outside its range") {
        const auto words = last_words([] { static_cast<void>(Price::unchecked(-1)); });
        CHECK(names(words, "values/quantity.hpp", "accepts(count)"));
        CHECK(words.back() == '\n');
        CHECK(last_words([] { static_cast<void>(Price::unchecked(0)); }) == "goes on");
    }
    SUBCASE("limits of an engine above the library's maximum") {
        const auto ends_with = [](EngineLimits most) {
            return last_words([&] { const Engine engine{Policy{}, most}; });
        };
        CHECK(ends_with({}) == "goes on");
        CHECK(ends_with({.hosts = limits::hosts_max, .bids = limits::bids_max}) == "goes on");
        CHECK(names(ends_with({.hosts = limits::hosts_max + 1}), "engine/engine.hpp",
                    "limits.hosts"));
        CHECK(names(ends_with({.bids = limits::bids_max + 1}), "engine/engine.hpp", "limits.bids"));
    }
    SUBCASE("a number without a name") {
        const auto name_of_number = [](std::size_t number) {
            return last_words([&] {
                static_cast<void>(NameTable{2, "CLORE-Blockchain"}.name(number));
            });
        };
        CHECK(name_of_number(0) == "goes on");
        CHECK(names(name_of_number(1), "json/names.hpp", "number < names_.size()"));
    }
    SUBCASE("the rate of a currency outside the table") {
        const auto set_rate_of = [](std::uint8_t number) {
            return last_words([&] { Rates{}[Currency{number}].usd = 1_usd_per_coin; });
        };
        CHECK(set_rate_of(15) == "goes on");
        CHECK(names(set_rate_of(16), "values/currency.hpp",
                    "currency.number < limits::currencies_max"));
    }
    SUBCASE("an item beyond the end of a list") {
        const auto item = [](std::size_t number) {
            return last_words([&] {
                const HostCapabilities host{.gpus = {GpuLimits{}}};
                static_cast<void>(host.gpus[number]);
            });
        };
        CHECK(item(0) == "goes on");
        CHECK(names(item(1), "base/fixed_vector.hpp", "index < size_"));
    }
    SUBCASE("more decimal places than the maximum") {
        CHECK(last_words([] { static_cast<void>(to_decimal(1, 0)); }) == "goes on");
        CHECK(names(last_words([] { static_cast<void>(to_decimal(1, -1)); }), "base/decimal.hpp",
                    "decimals >= 0"));
        CHECK(names(last_words([] { static_cast<void>(to_decimal_rounded(1, 0, 1'000)); }),
                    "base/decimal.hpp", "digits >= 0"));
    }
}

constexpr GpuLimits one_gpu[]{{.power_limit = {100_W, 450_W}}};
constexpr OverclockProfile low[]{{.power_limit = 100_W}};

/// A market of hosts with a bid each, before its first close.
Engine make_market(std::uint64_t hosts) {
    Engine market;
    CHECK(market.set_rate({.usd = 1_usd_per_coin}, {}));
    for (std::uint64_t id = 1; id <= hosts; ++id) {
        CHECK(market.put_host(PutHost{.id = id, .gpus = one_gpu}, {}));
        CHECK(market.place(
            PlaceBid{.id = id, .host = id, .price = 10_coin_per_day, .overclock = low}, {}));
    }
    return market;
}

const std::string too_late = "events and reasons are read before the engine's next command";

TEST_CASE("events that are read after the next command are a broken promise") {
    Engine market = make_market(50);
    SUBCASE("a loop that sends a command for each event") {
        const auto words = last_words([&] {
            const auto closed = market.close({});
            for (const Event& event : *closed) static_cast<void>(market.revoke(event.bid, {}));
        });
        CHECK(names(words, "base/list_view.hpp", too_late));
    }
    const auto closed = market.close({});
    REQUIRE(closed);
    const auto read = [&] {
        CHECK(last_words([&] { static_cast<void>(closed->begin()); }) ==
              last_words([&] { static_cast<void>(closed->size()); }));
        CHECK(last_words([&] { static_cast<void>(closed->begin()); }) ==
              last_words([&] { static_cast<void>(closed->events[0]); }));
        return last_words([&] { static_cast<void>(closed->size()); });
    };
    CHECK(read() == "goes on");
    SUBCASE("a question is not a command") {
        static_cast<void>(market.choice(HostId{1}));
        static_cast<void>(market.totals());
        CHECK(read() == "goes on");
    }
    SUBCASE("a command that is rejected") {
        CHECK(!market.revoke(1'000, {}));
        CHECK(names(read(), "base/list_view.hpp", too_late));
    }
    SUBCASE("a command with a sink") {
        std::vector<Event> events;
        CHECK(market.apply(RevokeBid{.id = 1}, {}, events));
        CHECK(names(read(), "base/list_view.hpp", too_late));
    }
    SUBCASE("a command by handle") {
        CHECK(market.apply(*market.find_bid(1), RevokeBid{}, {}, [](const Event&) {}));
        CHECK(names(read(), "base/list_view.hpp", too_late));
    }
    SUBCASE("a command that was rejected elsewhere") {
        market.reject({.code = Code::malformed});
        CHECK(names(read(), "base/list_view.hpp", too_late));
    }
    SUBCASE("a reserve, which moves them") {
        market.reserve({.hosts = 1'000, .bids = 1'000});
        CHECK(names(read(), "base/list_view.hpp", too_late));
    }
    SUBCASE("an engine that is moved or assigned") {
        const Engine moved = std::move(market);
        CHECK(names(read(), "base/list_view.hpp", too_late));
        market = moved;
        CHECK(names(read(), "base/list_view.hpp", too_late));
    }
    SUBCASE("a copy goes its own way") {
        Engine copy = market;
        CHECK(copy.revoke(1, {}));
        CHECK(read() == "goes on");
    }
}

TEST_CASE("reasons that are read after the next command are a broken promise") {
    Engine market = make_market(1);
    const auto rejected = market.revoke(7, {});
    REQUIRE(!rejected);
    const auto of_edge = market.reject({.code = Code::malformed});
    CHECK(of_edge.code() == Code::malformed);
    const auto words = last_words([&] { static_cast<void>(rejected.error().code()); });
    CHECK(names(words, "base/list_view.hpp", too_late));
    CHECK(market.revoke(1, {}));
    CHECK(names(last_words([&] { static_cast<void>(of_edge.reasons.size()); }),
                "base/list_view.hpp", too_late));
}

TEST_CASE("a function that is called by an engine and changes it is a broken promise") {
    Engine market = make_market(1);
    const auto words = last_words([&] {
        static_cast<void>(
            market.close({}, [&](const Event&) { static_cast<void>(market.revoke(1, {})); }));
    });
    const std::string in_use = "a function that an engine calls does not use it";
    CHECK(names(words, "base/list_view.hpp", in_use));
    CHECK(names(last_words([&] {
                    market.choices(
                        [&](HostId, const Selection&) { static_cast<void>(market.revoke(1, {})); });
                }),
                "base/list_view.hpp", in_use));
    market.choices([&](HostId id, const Selection& choice) {
        CHECK(std::as_const(market).choice(id).winner == choice.winner);
    });
    CHECK(market.close({}));  // the children's commands did not happen here
}

TEST_CASE("a visitor that changes the engine is a broken promise") {
    Engine market = make_market(1);
    const std::string changed = "a visitor does not change the engine";
    const auto visit_and = [&](auto act) {
        const std::string words =
            last_words([&] { market.visit_bids([&](const BidState&) { act(); }); });
        CHECK(last_words([&] { market.visit_hosts([&](HostId, HostHandle) { act(); }); }) == words);
        CHECK(last_words([&] { market.visit_bids_on(1, [&](const BidState&) { act(); }); }) ==
              words);
        CHECK(last_words([&] { market.visit_bids_of({}, [&](const BidState&) { act(); }); }) ==
              words);
        return words;
    };
    CHECK(names(visit_and([&] { static_cast<void>(market.revoke(1, {})); }), "base/list_view.hpp",
                changed));
    CHECK(names(visit_and([&] { market.reserve({.hosts = 100, .bids = 100}); }),
                "base/list_view.hpp", changed));
    CHECK(visit_and([&] {
              market.visit_runs([](const RunState&) {});
              market.visit_bids([](const BidState&) {});
              static_cast<void>(market.choice(HostId{1}));
              Engine copy = market;
              static_cast<void>(copy.revoke(1, {}));
          }) == "goes on");
    CHECK(market.close({}));  // all visits have ended
    CHECK(names(last_words([&] {
                    market.visit_runs(
                        [&](const RunState&) { static_cast<void>(market.revoke(1, {})); });
                }),
                "base/list_view.hpp", changed));
    CHECK(market.run(1));
}

TEST_CASE("a close that has been is a broken promise of a question about a charge") {
    const RunState run{.charged = Timestamp::unchecked(5)};
    const auto charge_at = [&](std::int64_t time) {
        return last_words([&] { static_cast<void>(run.charge_at(Timestamp::unchecked(time))); });
    };
    CHECK(charge_at(5) == "goes on");
    CHECK(names(charge_at(4), "engine/states.hpp", "time >= charged"));
}

TEST_CASE("a tick of 0 is a broken promise in every question") {
    const HostCapabilities host{.gpus = {GpuLimits{.power_limit = {100_W, 450_W}}}};
    const Conditions conditions{.rates = 0.0071_usd_per_coin};
    const Offer bids[]{
        {.id = 1, .price = 100_coin_per_day, .power_limits = TotalPower::unchecked(100)},
        {.id = 2, .price = 90_coin_per_day, .power_limits = TotalPower::unchecked(100)}};
    const auto quote_by = [&](Price tick) {
        return last_words([&] {
            const QuoteRequest request{.power_limits = TotalPower::unchecked(100), .tick = tick};
            static_cast<void>(price_to_win(host, bids, conditions, request));
        });
    };
    CHECK(quote_by(Price::unchecked(1)) == "goes on");
    CHECK(names(quote_by(0_coin_per_day), "rules/quote.hpp", "tick > Price{}"));
    const auto explain_by = [&](Price tick) {
        return last_words([&] {
            Explanation out[2];
            static_cast<void>(explain(host, bids, conditions, std::span{out}, {}, tick));
        });
    };
    CHECK(explain_by(Price::unchecked(1)) == "goes on");
    CHECK(names(explain_by(0_coin_per_day), "rules/quote.hpp", "tick > Price{}"));
}

}  // namespace
