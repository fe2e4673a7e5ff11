// Section 7: when a host that is free chooses again.
#include "support/live.hpp"

namespace {

using namespace live;

constexpr Policy at_once{.refill = Refill::at_once};

/// A host that idles, with two bids that wait for the same thing, which is there by now; only
/// nothing has made the host choose yet.
std::vector<Row> idle_until(std::vector<Row> then) {
    std::vector<Row> rows{{0, withdraw()},
                          {0, bid(1, 10_coin_per_day)},
                          {0, bid(2, 9_coin_per_day)},
                          {0, rate(1_usd_per_coin)}};  // a rate does not
    rows.insert(rows.end(), then.begin(), then.end());
    return rows;
}

const Story refills[] = {
    {"host", idle_until({{0, host(), "started 7 1 10"}}), at_once},
    {"host_status", idle_until({{0, status({.id = 7}), "started 7 1 10"}}), at_once},
    {"energy_price", idle_until({{0, energy(1_usd_per_kWh), "started 7 1 7.6"}}), at_once},
    {"bid", idle_until({{0, bid(3, 8_coin_per_day), "started 7 1 10"}}), at_once},
    {"edit", idle_until({{0, edit(2, 11_coin_per_day), "started 7 2 11"}}), at_once},
    {"cached", idle_until({{0, cached(2), "started 7 1 10"}}), at_once},
    {"cancel", idle_until({{0, cancel(1), "started 7 2 9"}}), at_once},
    {"revoke", idle_until({{0, revoke(1), "removed 7 1; started 7 2 9"}}), at_once},
    {"a close needs no refill, and the run has won it",
     idle_until({{0, close(), "started 7 1 10"}}), at_once},
    {"a refused command refills nothing",
     idle_until({{0, edit(1, 0_coin_per_day), "rejected price_not_positive"},
                 {0, cancel(9), "rejected bid_unknown"}}),
     at_once},
    {"nor does a command for another host",
     idle_until({{0, host({.id = 8})},
                 {0, bid({.id = 3, .price = 5_coin_per_day, .host = 8}), "started 8 3 5"},
                 {0, energy(1_usd_per_kWh, 8)}}),
     at_once},
};
GIGASPOT_STORIES("at once: after each of eight commands a host that is free chooses", refills)

const Story at_close[] = {
    {"by default none of them makes a host choose", idle_until({{0, host()},
                                                                {0, status({.id = 7})},
                                                                {0, energy(1_usd_per_kWh)},
                                                                {0, bid(3, 8_coin_per_day)},
                                                                {0, edit(2, 11_coin_per_day)},
                                                                {0, cached(2)},
                                                                {0, cancel(1)},
                                                                {0, revoke(2), "removed 7 2"},
                                                                {0, close(), "started 7 3 5.6"}})},
    {"and a host that falls free idles until the next close",
     {{0, bid(1, 10_coin_per_day)},
      {0, bid(2, 9_coin_per_day)},
      {0, close(), "started 7 1 10"},
      {0, revoke(1), "stopped 7 1 revoked; removed 7 1"},
      {day, close(), "started 7 2 9"}}},
};
GIGASPOT_STORIES("at close", at_close)

const Story at_once_too[] = {
    {"a host that falls free goes to the next bid",
     {{0, bid(1, 10_coin_per_day), "started 7 1 10"},
      {0, bid(2, 9_coin_per_day)},
      {day, revoke(1), "charged 7 1 10 0; stopped 7 1 revoked; removed 7 1; started 7 2 9"}}},
    {"so it does when new capabilities stop a run",
     {{0, bid(1, 10_coin_per_day), "started 7 1 10"},
      {0, bid(2, 9_coin_per_day, 200_W)},
      {0, host({.gpus = {{.power_limit = {150_W, 400_W}}}}),
       "stopped 7 1 overclock_invalid; started 7 2 9"}}},
    {"or when they stop a run whose valid edit takes effect then: it may start again",
     {{0, bid(1, 10_coin_per_day), "started 7 1 10"},
      {0, edit({.id = 1, .price = 12_coin_per_day, .watts = 200_W})},
      {0, host({.gpus = {{.power_limit = {150_W, 400_W}}}}),
       "stopped 7 1 overclock_invalid; started 7 1 12"}}},
    {"a better bid does not replace a run between closes",
     {{0, bid(1, 10_coin_per_day), "started 7 1 10"},
      {0, bid(2, 20_coin_per_day)},
      {0, energy(1_usd_per_kWh)},
      {day, close(), "charged 7 1 10 0; stopped 7 1 outbid; started 7 2 17.6"}}},
    {"a run whose cancel waits holds its host",
     {{0, bid(1, 10_coin_per_day), "started 7 1 10"},
      {0, bid(2, 9_coin_per_day)},
      {0, cancel(1)},
      {0, bid(3, 11_coin_per_day)},
      {day, close(), "charged 7 1 10 0; stopped 7 1 cancelled; removed 7 1; started 7 3 11"}}},
    {
        "a host that is not available waits until it is",
        {{0, bid(1, 10_coin_per_day), "started 7 1 10"},
         {0, offline(), "stopped 7 1 host_offline"},
         {0, energy(1_usd_per_kWh)},
         {0, status({.id = 7, .working_properly = false})},
         {0, online()},
         {0, status({.id = 7, .working_properly = true}), "started 7 1 7.6"}},
    },
    {"a new host has no bids yet", {{0, host({.id = 8})}}},
    {"selection is that of a close: the reserve holds",
     {{0, energy(5_usd_per_kWh)},
      {0, bid(1, 11.99999999_coin_per_day)},
      {0, bid(2, 12_coin_per_day), "started 7 2 0"}}},
    {"a bid that has expired does not run again, though no close has removed it",
     {{0, bid(1, 10_coin_per_day), "started 7 1 10"},
      {10 * day, bid(2, 9_coin_per_day)},
      {20 * day, offline(), "charged 7 1 200 0; stopped 7 1 host_offline"},
      {20 * day, online(), "started 7 2 9"},
      {20 * day, close(), "expired 7 1"}}},
    {"one millisecond before it does",
     {{0, bid(1, 10_coin_per_day), "started 7 1 10"},
      {10 * day, bid(2, 9_coin_per_day)},
      {20 * day - 1, offline(), "charged 7 1 199.99999989 0; stopped 7 1 host_offline"},
      {20 * day - 1, online(), "started 7 1 10"}}},
};

TEST_CASE("at once: what a host that falls free does") {
    for (Story story : at_once_too) {
        story.policy = at_once;
        check(story);
    }
}

}  // namespace
