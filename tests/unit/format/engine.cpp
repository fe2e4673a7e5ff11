// The texts of a live market: its events, its answers to commands, and its counts.
#include <gigaspot/format/engine.hpp>

#include <string>
#include <string_view>

#include <gigaspot/engine/engine.hpp>

#include "support/market.hpp"

namespace {

using namespace market;

struct Printed {
    std::string text;
    std::string_view expected;
};

Event event_of(EventKind kind) {
    return {.kind = kind, .time = at_ms(60'000), .command = 3, .host = HostId{7}, .bid = BidId{1}};
}

TEST_CASE("section 9, an event prints as one line") {
    Event started = event_of(EventKind::started);
    started.profit = 1.25_usd_per_day;
    Event changed = event_of(EventKind::changed);
    changed.profit = -0.5_usd_per_day;
    Event stopped = event_of(EventKind::stopped);
    stopped.reason = Code::outbid;
    Event charged = event_of(EventKind::charged);
    charged.owner = OwnerId{2};
    charged.amount = Amount::unchecked(2'012'188);
    charged.fee = Amount::unchecked(50'304);
    Event charged_elsewhere = charged;
    charged_elsewhere.currency = bitcoin;
    charged_elsewhere.fee = {};

    const Printed rows[] = {
        {fmt::format("{}", Event{.time = at_ms(5), .command = 1}), "accepted"},
        {fmt::format("{}", started), "started: host 7, bid 1: profit 1.25 USD/day"},
        {fmt::format("{}", changed), "changed: host 7, bid 1: profit -0.5 USD/day"},
        {fmt::format("{}", stopped), "stopped: host 7, bid 1: outbid"},
        {fmt::format("{}", charged),
         "charged: host 7, bid 1, owner 2: 0.02012188 coin in currency 0, fee 0.00050304 coin"},
        {fmt::format("{}", charged_elsewhere),
         "charged: host 7, bid 1, owner 2: 0.02012188 coin in currency 1, fee 0 coin"},
        {fmt::format("{}", event_of(EventKind::expired)), "expired: host 7, bid 1"},
        {fmt::format("{}", event_of(EventKind::removed)), "removed: host 7, bid 1"},
        {fmt::format("[{:>10}]", Event{}), "[  accepted]"},
    };
    for (const Printed& row : rows) CHECK(row.text == row.expected);
}

TEST_CASE("section 9, a rejection prints all its reasons") {
    const Violation one[] = {{.code = Code::bid_unknown}};
    const Violation two[] = {
        {Code::power_limit_above_host_maximum, std::uint8_t{1}, Unit::watt, 480, 450},
        {.code = Code::price_not_positive}};
    const Printed rows[] = {
        {fmt::format("{}", Rejection{.reasons = one}), "rejected: bid_unknown"},
        {fmt::format("{}", Rejection{.reasons = two}),
         "rejected: gpu 1: power_limit_above_host_maximum (480 W, at most 450 W); "
         "price_not_positive"},
    };
    for (const Printed& row : rows) CHECK(row.text == row.expected);
}

TEST_CASE("counts, limits and enums of a live market print") {
    const Totals totals{.hosts = 3,
                        .running = 2,
                        .bids = 9,
                        .watts = 600,
                        .income = 4.5_usd_per_day,
                        .electricity = 1.5_usd_per_day};
    const Printed rows[] = {
        {fmt::format("{} {}", EventKind::charged, EventKind::removed), "charged removed"},
        {fmt::format("{} {}", Refill::at_close, Refill::at_once), "at_close at_once"},
        {fmt::format("{}", Accepted{.command = 12}), "command 12 accepted"},
        {fmt::format("{}", EngineLimits{.hosts = 1, .bids = 20, .bids_per_host = 300}),
         "at most 1 hosts, 20 bids, 300 a host, 16 of an owner on it"},
        {fmt::format("{}", totals), "2 of 3 hosts run, 9 bids, 600 W, 3 USD/day = 4.5 - 1.5"},
        {fmt::format("{}", Counters{.commands = 10, .rejected = 2, .rescans = 4}),
         "10 commands, 2 rejected, 4 rescans"},
    };
    for (const Printed& row : rows) CHECK(row.text == row.expected);
}

struct IntegerIds : DefaultTraits {
    using HostId = std::uint32_t;
    using BidId = std::uint32_t;
    using OwnerId = std::uint32_t;
};

TEST_CASE("in events, ids of an embedder's own type print as fmt prints them") {
    CHECK(fmt::format("{}", BasicEvent<IntegerIds>{.kind = EventKind::expired, .host = 7u}) ==
          "expired: host 7, bid 0");
}

TEST_CASE("the answer to a command prints, accepted or rejected") {
    Engine engine;
    const auto printed = [](const Result<Accepted, Rejection>& done) {
        return fmt::format("{}", done);
    };
    const auto drop = [](const Event&) {};
    CHECK(printed(engine.apply(SetRate{.usd = 0.0071_usd_per_coin}, at_ms(5), drop)) ==
          "command 1 accepted");
    CHECK(printed(engine.apply(RevokeBid{.id = BidId{9}}, at_ms(6), drop)) ==
          "rejected: bid_unknown");
}

}  // namespace
