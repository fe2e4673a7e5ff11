// Section 7: when a host without a run chooses.
#include "support/live.hpp"

namespace {

using namespace live;

constexpr Policy at_once{.refill = Refill::at_once};

/// A host without a run, with two bids that could start. Nothing has made the host choose yet.
std::vector<Row> idle_until(std::vector<Row> then) {
    std::vector<Row> rows{{0, withdraw()},
                          {0, bid(1, 10_coin_per_day)},
                          {0, bid(2, 9_coin_per_day)},
                          {0, rate(1_usd_per_coin)}};  // a rate does not make it choose
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
    {"a close chooses without a refill", idle_until({{0, close(), "started 7 1 10"}}), at_once},
    {"a rejected command does not make a host choose",
     idle_until({{0, edit(1, 0_coin_per_day), "rejected price_not_positive"},
                 {0, cancel(9), "rejected bid_unknown"}}),
     at_once},
    {"a command for another host does not make this host choose",
     idle_until({{0, host({.id = 8})},
                 {0, bid({.id = 3, .price = 5_coin_per_day, .host = 8}), "started 8 3 5"},
                 {0, energy(1_usd_per_kWh, 8)}}),
     at_once},
};
GIGASPOT_STORIES("at once: a host without a run chooses after each of eight commands", refills)

const Story at_close[] = {
    {"by default, none of these commands makes a host choose",
     idle_until({{0, host()},
                 {0, status({.id = 7})},
                 {0, energy(1_usd_per_kWh)},
                 {0, bid(3, 8_coin_per_day)},
                 {0, edit(2, 11_coin_per_day)},
                 {0, cached(2)},
                 {0, cancel(1)},
                 {0, revoke(2), "removed 7 2"},
                 {0, close(), "started 7 3 5.6"}})},
    {"by default, a host that loses its run waits until the next close",
     {{0, bid(1, 10_coin_per_day)},
      {0, bid(2, 9_coin_per_day)},
      {0, close(), "started 7 1 10"},
      {0, revoke(1), "stopped 7 1 revoked; removed 7 1"},
      {day, close(), "started 7 2 9"}}},
};
GIGASPOT_STORIES("at close", at_close)

const Story at_once_too[] = {
    {"a host whose run is revoked starts the next bid",
     {{0, bid(1, 10_coin_per_day), "started 7 1 10"},
      {0, bid(2, 9_coin_per_day)},
      {day, revoke(1), "charged 7 1 10 0; stopped 7 1 revoked; removed 7 1; started 7 2 9"}}},
    {"a host whose run stops because of new capabilities starts the next bid",
     {{0, bid(1, 10_coin_per_day), "started 7 1 10"},
      {0, bid(2, 9_coin_per_day, 200_W)},
      {0, host({.gpus = {{.power_limit = {150_W, 400_W}}}}),
       "stopped 7 1 overclock_invalid; started 7 2 9"}}},
    {"a run that new capabilities stop can start again with its edit",
     {{0, bid(1, 10_coin_per_day), "started 7 1 10"},
      {0, edit({.id = 1, .price = 12_coin_per_day, .watts = 200_W})},
      {0, host({.gpus = {{.power_limit = {150_W, 400_W}}}}),
       "stopped 7 1 overclock_invalid; started 7 1 12"}}},
    {"a better bid does not replace a run between closes",
     {{0, bid(1, 10_coin_per_day), "started 7 1 10"},
      {0, bid(2, 20_coin_per_day)},
      {0, energy(1_usd_per_kWh)},
      {day, close(), "charged 7 1 10 0; stopped 7 1 outbid; started 7 2 17.6"}}},
    {"a run whose cancel waits keeps its host",
     {{0, bid(1, 10_coin_per_day), "started 7 1 10"},
      {0, bid(2, 9_coin_per_day)},
      {0, cancel(1)},
      {0, bid(3, 11_coin_per_day)},
      {day, close(), "charged 7 1 10 0; stopped 7 1 cancelled; removed 7 1; started 7 3 11"}}},
    {
        "a host that is not available chooses when it is available again",
        {{0, bid(1, 10_coin_per_day), "started 7 1 10"},
         {0, offline(), "stopped 7 1 host_offline"},
         {0, energy(1_usd_per_kWh)},
         {0, status({.id = 7, .working_properly = false})},
         {0, online()},
         {0, status({.id = 7, .working_properly = true}), "started 7 1 7.6"}},
    },
    {"a new host has no bid to start", {{0, host({.id = 8})}}},
    {"a host that chooses at once starts no bid below the reserve",
     {{0, energy(5_usd_per_kWh)},
      {0, bid(1, 11.99999999_coin_per_day)},
      {0, bid(2, 12_coin_per_day), "started 7 2 0"}}},
    {"a bid that has expired does not start, even if no close has removed it",
     {{0, bid(1, 10_coin_per_day), "started 7 1 10"},
      {10 * day, bid(2, 9_coin_per_day)},
      {20 * day, offline(), "charged 7 1 200 0; stopped 7 1 host_offline"},
      {20 * day, online(), "started 7 2 9"},
      {20 * day, close(), "expired 7 1"}}},
    {"a bid starts up to the millisecond before its expiry",
     {{0, bid(1, 10_coin_per_day), "started 7 1 10"},
      {10 * day, bid(2, 9_coin_per_day)},
      {20 * day - 1, offline(), "charged 7 1 199.99999989 0; stopped 7 1 host_offline"},
      {20 * day - 1, online(), "started 7 1 10"}}},
};

TEST_CASE("at once: a host that loses its run chooses again") {
    for (Story story : at_once_too) {
        story.policy = at_once;
        check(story);
    }
}

}  // namespace
