// Section 9: every rejection by the engine, with its numbers and in the order of the stages. Stages
// 1 and 3 are about text; the tests of replay have them.
#include <string>

#include "support/live.hpp"

namespace {

using namespace live;

const GpuLimits narrow_gpu{.power_limit = {100_W, 400_W},
                           .core_lock = {{200_MHz, 2000_MHz}},
                           .mem_lock = {{400_MHz, 9000_MHz}},
                           .core_offset = {{-100_MHz, 100_MHz}},
                           .mem_offset = {{-200_MHz, 200_MHz}}};

const Story times[] = {
    {"the first command sets the clock, to any time",
     {{std::int64_t{1} << 53, close()},
      {(std::int64_t{1} << 53) - 1, close(),
       "rejected time_went_backwards 9007199254740991 9007199254740992 ms"}},
     {},
     {},
     true},
    {"times can be equal but never decrease",
     {{5, rate(1_usd_per_coin)},
      {5, rate(1_usd_per_coin)},
      {4, rate(1_usd_per_coin), "rejected time_went_backwards 4 5 ms"},
      {5, rate(1_usd_per_coin)}}},
    {"time can advance by 30 days, but not by a millisecond more",
     {{30 * day, close()},
      {60 * day + 1, close(), "rejected time_too_far 5184000001 5184000000 ms"},
      {60 * day, close()}}},
    {"time can advance by the policy's maximum step",
     {{11, close(), "rejected time_too_far 11 10 ms"}, {10, close()}},
     {.time_step_max = 10_ms}},
    {"a rejected command does not move the clock",
     {{5, rate(1_usd_per_coin)},
      {20 * day, cancel(1), "rejected bid_unknown"},
      {5, rate(1_usd_per_coin)},
      {20 * day, host({.id = 8, .gpus = {}}), "rejected gpus_missing"},
      {6, close()}}},
    {"a rejected first command does not set the clock",
     {{100 * day, cancel(1), "rejected bid_unknown"}, {0, close()}},
     {},
     {},
     true},
};
GIGASPOT_STORIES("stage 2: the time", times)

const Story names[] = {
    {"host_unknown: every command that names a host",
     {{0, status({.id = 9}), "rejected host_unknown"},
      {0, energy(1_usd_per_kWh, 9), "rejected host_unknown"},
      {0, remove_host(9), "rejected host_unknown"},
      {0, bid({.price = 1_coin_per_day, .host = 9}), "rejected host_unknown"},
      {0, remove_host()},
      {0, remove_host(), "rejected host_unknown"},
      {0, bid(1, 1_coin_per_day), "rejected host_unknown"}}},
    {"bid_unknown: every command that names a bid",
     {{0, edit(1, 1_coin_per_day), "rejected bid_unknown"},
      {0, cached(1), "rejected bid_unknown"},
      {0, cancel(1), "rejected bid_unknown"},
      {0, revoke(1), "rejected bid_unknown"}}},
    {"a bid whose cancel waits is unknown to all commands except revoke, and its id is in use",
     {{0, bid(1, 10_coin_per_day)},
      {0, close(), "started 7 1 10"},
      {0, cancel(1)},
      {0, edit(1, 11_coin_per_day), "rejected bid_unknown"},
      {0, cached(1), "rejected bid_unknown"},
      {0, cancel(1), "rejected bid_unknown"},
      {0, cancel(1, OwnerId{2}), "rejected bid_unknown"},
      {0, bid(1, 10_coin_per_day), "rejected bid_exists"},
      {0, revoke(1), "stopped 7 1 revoked; removed 7 1"},
      {0, bid(1, 10_coin_per_day)}}},
    {"bid_exists counts before host_unknown",
     {{0, bid(1, 10_coin_per_day)},
      {0, bid({.id = 1, .price = 10_coin_per_day, .host = 9}), "rejected bid_exists"}}},
    {"not_owner: only if the command has an owner, and after bid_unknown",
     {{0, bid({.id = 1, .price = 10_coin_per_day, .owner = 3})},
      {0, edit({.id = 1, .owner = OwnerId{4}}), "rejected not_owner"},
      {0, cancel(1, OwnerId{4}), "rejected not_owner"},
      {0, cancel(2, OwnerId{4}), "rejected bid_unknown"},
      {0, edit({.id = 1, .owner = OwnerId{3}})},
      {0, edit({.id = 1})},
      {0, cancel(1, OwnerId{3})}}},
    {"not_owner counts before violations of the edit",
     {{0, bid({.id = 1, .price = 10_coin_per_day, .owner = 3})},
      {0, edit({.id = 1, .watts = 1_W, .owner = OwnerId{4}}), "rejected not_owner"}}},
    {"fee_changed: the first rate command fixes the fee, at 0 if it has none",
     {{0, rate(1_usd_per_coin, main_currency, 1_ppm), "rejected fee_changed 1 0 ppm"},
      {0, rate(1_usd_per_coin, main_currency, 0_ppm)},
      {0, rate(1_usd_per_coin, bitcoin, 500_ppm)},
      {0, rate(1_usd_per_coin, bitcoin)},
      {0, rate(1_usd_per_coin, bitcoin, 499_ppm), "rejected fee_changed 499 500 ppm"},
      {0, withdraw(bitcoin, 501_ppm), "rejected fee_changed 501 500 ppm"},
      {0, withdraw(bitcoin, 500_ppm)},
      {0, rate(1_usd_per_coin, bitcoin, 1_ppm), "rejected fee_changed 1 500 ppm"}}},
    {"fee_changed: a first rate command that withdraws the rate fixes the fee too",
     {{0, withdraw(bitcoin, 7_ppm)},
      {0, rate(1_usd_per_coin, bitcoin, 8_ppm), "rejected fee_changed 8 7 ppm"}}},
    {"gpus_changed: a host keeps the number and the models of its GPUs",
     {{0, host({.gpus = {usual_gpu, usual_gpu}}), "rejected gpus_changed 2 1 GPUs"},
      {0, host({.gpus = {{.power_limit = {100_W, 400_W}, .model = 1}}}), "rejected gpus_changed"},
      {0, host({.id = 8, .gpus = {{.model = 1}, {.model = 2}}})},
      {0, host({.id = 8, .gpus = {{.model = 2}, {.model = 1}}}), "rejected gpus_changed"},
      {0, host({.id = 8, .gpus = {{.model = 1}, {}}}), "rejected gpus_changed"},
      {0, host({.id = 8, .gpus = {{.power_limit = {1_W, 2_W}, .model = 1}, {.model = 2}}})},
      {0, remove_host(8)},
      {0, host({.id = 8, .gpus = {{.model = 2}, {.model = 1}}})}}},
    {"gpus_changed counts before violations of the host",
     {{0, host({.gpus = {}}), "rejected gpus_changed 0 1 GPUs"},
      {0, host({.gpus = {{.power_limit = {2_W, 1_W}, .model = 1}}}), "rejected gpus_changed"}}},
    {"close_too_soon: two closes cannot have the same time",
     {{5, close()}, {5, close(), "rejected close_too_soon 5 6 ms"}, {6, close()}}},
    {"close_too_soon: the interval counts from the last accepted close",
     {{0, close()}, {9'999, close(), "rejected close_too_soon 9999 10000 ms"}, {10'000, close()}},
     {.interval_min = 10_s}},
};
GIGASPOT_STORIES("stage 4: what a command names", names)

const Story unavailable[] = {
    {"a host that is not available rejects new bids",
     {{0, offline()},
      {0, bid(1, 10_coin_per_day), "rejected host_unavailable"},
      {0, online()},
      {0, status({.id = 7, .on_demand_rented = true})},
      {0, bid(1, 10_coin_per_day), "rejected host_unavailable"},
      {0, status({.id = 7, .on_demand_rented = false, .working_properly = false})},
      {0, bid(1, 10_coin_per_day), "rejected host_unavailable"},
      {0, status({.id = 7, .working_properly = true})},
      {0, bid(1, 10_coin_per_day)}}},
    {"host_unavailable counts before violations of the bid",
     {{0, offline()}, {0, bid({.profiles = Profiles{}}), "rejected host_unavailable"}}},
    {"bid_exists counts before host_unavailable",
     {{0, bid(1, 10_coin_per_day)},
      {0, offline()},
      {0, bid(1, 10_coin_per_day), "rejected bid_exists"}}},
    {"a host that is not available accepts all other commands",
     {{0, bid(1, 10_coin_per_day)},
      {0, offline()},
      {0, edit(1, 11_coin_per_day)},
      {0, cached(1)},
      {0, energy(1_usd_per_kWh)},
      {0, host()},  // keeps its status
      {1, close()},
      {1, cancel(1)}}},
    {"with queue_unavailable, a new bid waits until the host is available",
     {{0, offline()},
      {0, bid(1, 10_coin_per_day)},
      {0, close()},
      {1, online()},
      {1, close(), "started 7 1 10"}},
     {.queue_unavailable = true}},
    {"with queue_unavailable, a new bid is validated",
     {{0, offline()}, {0, bid(1, 0_coin_per_day), "rejected price_not_positive"}},
     {.queue_unavailable = true}},
};
GIGASPOT_STORIES("stage 5: host_unavailable", unavailable)

const std::string long_key(129, 'k');
const std::string long_value(1'537, 'v');
const std::string large_value(1'528, 'v');
const EnvironmentVariable bad_variables[] = {{long_key, long_value}, {"", "1"}};
// As JSON, the first eight have 6 bytes and the value each; with 7 commas and 2 braces they have
// 12,281 bytes. The ninth adds 7.
const EnvironmentVariable many_variables[] = {
    {"a", large_value}, {"b", large_value}, {"c", large_value},
    {"d", large_value}, {"e", large_value}, {"f", large_value},
    {"g", large_value}, {"h", large_value}, {"i", ""}};

const Story violations[] = {
    {"a host needs a GPU, and its ranges must not be inverted",
     {{0, host({.id = 8, .gpus = {}}), "rejected gpus_missing"},
      {0, host({.gpus = {{.power_limit = {401_W, 400_W}}}}), "rejected range_inverted@0"},
      {0,
       host({.id = 8,
             .gpus = {{.core_lock = {{2_MHz, 1_MHz}}},
                      usual_gpu,
                      {.power_limit = {2_W, 1_W}, .mem_lock = {{2_MHz, 1_MHz}}},
                      {.core_offset = {{2_MHz, 1_MHz}}},
                      {.mem_offset = {{2_MHz, 1_MHz}}}}}),
       "rejected range_inverted@0, range_inverted@2, range_inverted@3, range_inverted@4"}}},
    {"without profiles, a bid has one violation of the overclock, and its price is checked too",
     {{0, bid({.profiles = Profiles{}}), "rejected overclock_missing, price_not_positive"}}},
    {"with a wrong number of profiles, a bid has no other violation of the overclock",
     {{0, bid({.price = 1_coin_per_day, .profiles = Profiles{{}, {}}}),
       "rejected overclock_count_mismatch 2 1 GPUs"}}},
    {"each GPU is checked in order: below its ranges, above them, and without ranges",
     {{0, host({.id = 8, .gpus = {narrow_gpu, narrow_gpu, usual_gpu}})},
      {0,
       bid({.price = 1_coin_per_day,
            .host = 8,
            .profiles = Profiles{{99_W, 199_MHz, 399_MHz, -101_MHz, -201_MHz},
                                 {401_W, 2001_MHz, 9001_MHz, 101_MHz, 201_MHz},
                                 {0_W, 0_MHz, 0_MHz, 0_MHz, 0_MHz}}}),
       "rejected power_limit_below_card_minimum@0 99 100 W, core_lock_below_minimum@0 199 200 MHz, "
       "mem_lock_below_minimum@0 399 400 MHz, core_offset_below_minimum@0 -101 -100 MHz, "
       "mem_offset_below_minimum@0 -201 -200 MHz, "
       "power_limit_above_host_maximum@1 401 400 W, core_lock_above_maximum@1 2001 2000 MHz, "
       "mem_lock_above_maximum@1 9001 9000 MHz, core_offset_above_maximum@1 101 100 MHz, "
       "mem_offset_above_maximum@1 201 200 MHz, "
       "power_limit_missing@2, core_lock_not_supported@2, mem_lock_not_supported@2, "
       "core_offset_not_supported@2, mem_offset_not_supported@2"},
      {0, bid({.price = 1_coin_per_day,
               .host = 8,
               .profiles = Profiles{{100_W, 200_MHz, 400_MHz, -100_MHz, -200_MHz},
                                    {400_W, 2000_MHz, 9000_MHz, 100_MHz, 200_MHz},
                                    {100_W, {}, {}, {}, {}}}})}}},
    {"a price is checked against 0, the market's limits and the host's minimum",
     {{0, host({.min_bid = 2_coin_per_day})},
      {0, bid(1, 0_coin_per_day), "rejected price_not_positive"},
      {0, bid(1, 0.00009999_coin_per_day),
       "rejected price_below_market_minimum 0.00009999 0.0001 coin/day, "
       "price_below_host_minimum 0.00009999 2 coin/day"},
      {0, bid(1, 1.99999999_coin_per_day),
       "rejected price_below_host_minimum 1.99999999 2 coin/day"},
      {0, bid(1, 5000.00000001_coin_per_day),
       "rejected price_above_market_maximum 5000.00000001 5000 coin/day"},
      {0, bid(1, 2_coin_per_day)},
      {0, bid(2, 5000_coin_per_day)}}},
    {"the workload is checked after the price",
     {{0, bid({.workload = {.image = "c9a4", .environment = bad_variables}}),
       "rejected price_not_positive, environment_key_too_long 129 128 bytes, "
       "environment_value_too_long 1537 1536 bytes, environment_key_empty, image_malformed"},
      {0, bid({.price = 1_coin_per_day, .workload = {.environment = many_variables}}),
       "rejected environment_too_long 12288 12287 bytes"},
      {0, bid({.price = 1_coin_per_day,
               .workload = {.image = "C9a4e2f6b7d488d8f0bab0ff",
                            .environment = std::span{many_variables}.first(8)}})}}},
    {"an edit is validated as the whole bid with its new terms",
     {{0, bid(1, 10_coin_per_day)},
      {0, edit({.id = 1, .price = 0_coin_per_day, .profiles = Profiles{}}),
       "rejected overclock_missing, price_not_positive"},
      {0, host({.gpus = {{.power_limit = {150_W, 400_W}}}, .min_bid = 11_coin_per_day})},
      {0, edit(1, 12_coin_per_day), "rejected power_limit_below_card_minimum@0 100 150 W"},
      {0, edit({.id = 1, .watts = 150_W}), "rejected price_below_host_minimum 10 11 coin/day"},
      {0, edit({.id = 1}),
       "rejected power_limit_below_card_minimum@0 100 150 W, "
       "price_below_host_minimum 10 11 coin/day"},
      {0, edit({.id = 1, .price = 12_coin_per_day, .watts = 150_W})}}},
    {"an edit is validated with the terms of the edit that waits, not of the run",
     {{0, bid(1, 10_coin_per_day)},
      {0, close(), "started 7 1 10"},
      {0, edit({.id = 1, .watts = 400_W})},
      {0, host({.gpus = {{.power_limit = {100_W, 300_W}}}})},
      {0, edit(1, 12_coin_per_day), "rejected power_limit_above_host_maximum@0 400 300 W"}}},
};
GIGASPOT_STORIES("stage 6: violations of a bid or a host", violations)

std::vector<Row> filled(std::size_t bids, std::size_t owners, std::vector<Row> more) {
    std::vector<Row> rows;
    for (std::size_t i = 0; i < bids; ++i)
        rows.push_back({0, bid({.id = 100 + i, .price = 1_coin_per_day, .owner = i % owners})});
    rows.insert(rows.end(), more.begin(), more.end());
    return rows;
}

const Story limits_reached[] = {
    {"a bid within its host's limit but above its owner's names the owner's limit",
     {{0, bid({.id = 1, .price = 1_coin_per_day, .owner = 5})},
      {0, bid({.id = 2, .price = 1_coin_per_day, .owner = 5})},
      {0, bid({.id = 3, .price = 1_coin_per_day, .owner = 5}), "rejected limit_reached 3 2 bids"},
      {0, bid({.id = 3, .price = 1_coin_per_day, .owner = 6})},
      {0, bid({.id = 4, .price = 1_coin_per_day, .owner = 6}), "rejected limit_reached 4 3 bids"}},
     {},
     {.bids_per_host = 3, .bids_per_owner = 2}},
    {"an owner can have 16 bids on one host",
     filled(16, 1,
            {{0, bid({.id = 1, .price = 1_coin_per_day, .owner = 0}),
              "rejected limit_reached 17 16 bids"},
             {0, host({.id = 8})},
             {0, bid({.id = 1, .price = 1_coin_per_day, .host = 8, .owner = 0})},
             {0, bid({.id = 2, .price = 1_coin_per_day, .owner = 1})},
             {0, cancel(100)},
             {0, bid({.id = 3, .price = 1_coin_per_day, .owner = 0})}})},
    {"a bid whose cancel waits still counts for the limit",
     filled(16, 1,
            {{0, close(), "started 7 100 1"},
             {0, cancel(100)},
             {0, bid({.id = 1, .price = 1_coin_per_day, .owner = 0}),
              "rejected limit_reached 17 16 bids"}})},
    {"a host can have 4,096 bids",
     filled(4'096, 1'000,
            {{0, bid({.id = 1, .price = 1_coin_per_day, .owner = 5'000}),
              "rejected limit_reached 4097 4096 bids"}})},
    {"an engine can have as many hosts as its limits say",
     {{0, host({.id = 8})}, {0, host({.id = 9}), "rejected limit_reached 3 2 hosts"}, {0, host()}},
     {},
     {.hosts = 2}},
    {"an engine can have as many bids as its limits say",
     filled(3, 3,
            {{0, host({.id = 8})},
             {0, bid({.id = 1, .price = 1_coin_per_day, .host = 8}),
              "rejected limit_reached 4 3 bids"}}),
     {},
     {.bids = 3}},
    {"rates and bids can use 16 currencies",
     {{0, rate(1_usd_per_coin, Currency{15})},
      {0, rate(1_usd_per_coin, Currency{16}), "rejected limit_reached 17 16 currencies"},
      {0, bid({.price = 1_coin_per_day, .currency = Currency{255}}),
       "rejected limit_reached 256 16 currencies"},
      {0, bid({.price = 1_coin_per_day, .currency = Currency{15}})}}},
    {"a host can have 32 GPUs",
     {{0, host({.id = 8, .gpus = std::vector<GpuLimits>(33)}), "rejected limit_reached 33 32 GPUs"},
      {0, host({.id = 8, .gpus = std::vector<GpuLimits>(32)})}}},
    {"violations of the bid or the host count before limits",
     filled(16, 1,
            {{0, bid({.id = 1, .owner = 0}), "rejected price_not_positive"},
             {0, host({.id = 8, .gpus = std::vector<GpuLimits>(33, {.power_limit = {1_W, 0_W}})}),
              [] {
                  std::string all = "rejected range_inverted@0";
                  for (int gpu = 1; gpu < 33; ++gpu)
                      all += ", range_inverted@" + std::to_string(gpu);
                  return all;
              }()}})},
    {"a GPU model without a number reaches the limit of models",
     {{0, host({.id = 8, .gpus = {{.model = gpu_model_without_number}}}),
       "rejected limit_reached"}}},
};
GIGASPOT_STORIES("stage 7: limits", limits_reached)

}  // namespace
