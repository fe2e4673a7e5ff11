// Defines the small markets that are searched. One coin is one USD and a kWh costs 0.1 USD, so 100
// W cost 0.24 USD per day and 300 W cost 0.72.
#pragma once

#include <vector>

#include "facts.hpp"
#include "search.hpp"

namespace incentives {

inline constexpr Gpu wide_gpu[] = {{.power_limit = {50_W, 400_W}}};
inline constexpr Gpu narrow_gpu[] = {{.power_limit = {50_W, 200_W}}};
inline constexpr Profile at_100_W[] = {{.power_limit = 100_W}};
inline constexpr Profile at_300_W[] = {{.power_limit = 300_W}};
inline constexpr Currency other_coin{1};

// Two owners whose bids the engine counts together, because a part of their hashes is equal.
inline constexpr OwnerId alice{11};  ///< has the bids 1 to 3
inline constexpr OwnerId bob{23};    ///< has the bids 4 to 6

inline Place bid(std::uint64_t id, Price price, std::span<const Profile> profile,
                 Currency currency = main_currency, std::uint64_t host = 1) {
    return {.id = id,
            .host = host,
            .owner = id <= 3 ? alice : bob,
            .price = price,
            .currency = currency,
            .overclock = profile};
}
inline Edit reprice(std::uint64_t id, Price price) { return {.id = id, .price = price}; }
inline Edit repower(std::uint64_t id, std::span<const Profile> profile) {
    return {.id = id, .overclock = profile};
}
inline Put host(std::span<const Gpu> gpus, Price min_bid = {},
                RentalLength longest = rental_length_max, std::uint64_t id = 1) {
    return {.id = id,
            .gpus = gpus,
            .energy_price = 0.1_usd_per_kWh,
            .min_bid = min_bid,
            .max_rental_length = longest};
}

inline const Step coin_is_1_usd{"a coin is 1 USD", SetRate{.usd = 1_usd_per_coin}};
inline const Step host_comes{"a host comes", host(wide_gpu)};
inline const Step close_after_a_minute{"close", Close{}, 60'000};
inline const Step close_soon{"close", Close{}, 1};

/// Returns each policy with both kinds of refill.
inline std::vector<Policy> with_both_refills(std::vector<Policy> policies) {
    std::vector<Policy> both;
    for (Policy& policy : policies) {
        policy.refill = Refill::at_close;
        both.push_back(policy);
        policy.refill = Refill::at_once;
        both.push_back(policy);
    }
    return both;
}

/// Two renters compete for a host with prices and watts. 19.24 coins at 100 W and 19.72 at 300 W
/// give the host the same profit of 19 USD per day. 21.24 coins at 300 W give 1.52 more, exactly 8
/// %.
inline Game duel() {
    return {.name = "duel",
            .length = 7,
            .setup = {coin_is_1_usd, host_comes},
            .moves = {{"Alice bids 19.24 at 100 W", bid(1, 19.24_coin_per_day, at_100_W)},
                      {"Bob bids 19.72 at 300 W", bid(4, 19.72_coin_per_day, at_300_W)},
                      {"Alice edits to 30", reprice(1, 30_coin_per_day)},
                      {"Alice edits to 10", reprice(1, 10_coin_per_day)},
                      {"Alice edits to 300 W", repower(1, at_300_W)},
                      {"Bob edits to 21.24", reprice(4, 21.24_coin_per_day)},
                      {"Alice cancels", Cancel{.id = 1}},
                      {"Bob cancels", Cancel{.id = 4}},
                      close_after_a_minute,
                      close_soon},
            .policies = with_both_refills({{},
                                           {.dwell_min = 90_s},
                                           {.switch_margin = 1.52_usd_per_day},
                                           {.switch_margin_ppm = 80'000_ppm},
                                           {.switch_margin = 1_usd_per_day,
                                            .switch_margin_ppm = 50'000_ppm,
                                            .dwell_min = 30_s}})};
}

/// Two renters whose bids give the host the same profit, and who edit them without a change.
inline Game ties() {
    return {.name = "ties",
            .length = 7,
            .setup = {coin_is_1_usd, host_comes},
            .moves = {{"Alice bids 19.24 at 100 W", bid(1, 19.24_coin_per_day, at_100_W)},
                      {"Bob bids 19.72 at 300 W", bid(4, 19.72_coin_per_day, at_300_W)},
                      {"Alice edits nothing", Edit{.id = 1}},
                      {"Bob edits nothing", Edit{.id = 4}},
                      {"Alice cancels", Cancel{.id = 1}},
                      {"Bob is revoked", Revoke{.id = 4}},
                      close_after_a_minute},
            .policies =
                with_both_refills({{}, {.dwell_min = 90_s}, {.switch_margin = 1_usd_per_day}})};
}

/// What the host and the marketplace may do to a run while a rival waits.
inline Game rug() {
    return {.name = "the host and the marketplace",
            .length = 6,
            .setup = {coin_is_1_usd, host_comes},
            .moves = {{"Alice bids 20 at 100 W", bid(1, 20_coin_per_day, at_100_W)},
                      {"Bob bids 22 at 300 W", bid(4, 22_coin_per_day, at_300_W)},
                      {"Alice edits to 10", reprice(1, 10_coin_per_day)},
                      {"Bob edits to 100 W", repower(4, at_100_W)},
                      {"Alice cancels", Cancel{.id = 1}},
                      {"Alice is revoked", Revoke{.id = 1}},
                      {"offline", Status{.id = 1, .online = false}},
                      {"online", Status{.id = 1, .online = true}},
                      {"rented on demand", Status{.id = 1, .on_demand_rented = true}},
                      {"at most 200 W", host(narrow_gpu)},
                      {"at least 15 coins", host(wide_gpu, 15_coin_per_day)},
                      {"a kWh costs 3 USD", Energy{.id = 1, .usd = 3_usd_per_kWh}},
                      close_after_a_minute},
            .policies = with_both_refills(
                {{}, {.dwell_min = 90_s}, {.reserve = 5_usd_per_day, .queue_unavailable = true}})};
}

/// Rates rise and fall, come and go, and grow old.
inline Game rates() {
    return {
        .name = "rates",
        .length = 6,
        .setup = {{"a coin is 1 USD less 2.5 %", SetRate{.usd = 1_usd_per_coin, .fee = 25'000_ppm}},
                  host_comes,
                  {"another is 0.5 USD less 15 %",
                   SetRate{.currency = other_coin, .usd = 0.5_usd_per_coin, .fee = 150'000_ppm}}},
        .moves = {{"Alice bids 20", bid(1, 20_coin_per_day, at_100_W)},
                  {"Bob bids 30 others", bid(4, 30_coin_per_day, at_300_W, other_coin)},
                  {"Alice edits to 10", reprice(1, 10_coin_per_day)},
                  {"Bob edits to 60", reprice(4, 60_coin_per_day)},
                  {"Alice cancels", Cancel{.id = 1}},
                  {"Bob cancels", Cancel{.id = 4}},
                  {"a coin is 1 USD", SetRate{.usd = 1_usd_per_coin}},
                  {"a coin is 0.01 USD", SetRate{.usd = 0.01_usd_per_coin}},
                  {"the coin has no rate", SetRate{}},
                  {"another is 0.5 USD",
                   SetRate{.currency = other_coin, .usd = 0.5_usd_per_coin, .fee = 150'000_ppm}},
                  {"the other coin has no rate", SetRate{.currency = other_coin}},
                  close_after_a_minute},
        .policies = with_both_refills(
            {{}, {.dwell_min = 90_s}, {.rate_age_max = 62_s}, {.switch_margin_ppm = 500'000_ppm}})};
}

/// Only bids with a cached image may run.
inline Game caching() {
    return {.name = "caching",
            .length = 7,
            .setup = {coin_is_1_usd, host_comes},
            .moves = {{"Alice bids 20", bid(1, 20_coin_per_day, at_100_W)},
                      {"Bob bids 22", bid(4, 22_coin_per_day, at_100_W)},
                      {"Alice's image is there", Cached{.id = 1, .cached = true}},
                      {"Alice's image is gone", Cached{.id = 1, .cached = false}},
                      {"Bob's image is there", Cached{.id = 4, .cached = true}},
                      {"Alice edits to 10", reprice(1, 10_coin_per_day)},
                      {"Bob cancels", Cancel{.id = 4}},
                      {"Alice is revoked", Revoke{.id = 1}},
                      close_after_a_minute},
            .policies = with_both_refills(
                {{.require_cached = true}, {.dwell_min = 90_s, .require_cached = true}})};
}

/// Three bids per owner on two hosts, where an owner may have two per host. Renters also send
/// commands for bids of others.
inline Game crowd() {
    return {
        .name = "crowd",
        .length = 6,
        .setup = {coin_is_1_usd,
                  host_comes,
                  {"another host comes", host(wide_gpu, {}, rental_length_max, 2)},
                  {"another coin has a name", SetRate{.currency = other_coin}}},
        .moves = {{"Alice bids 20", bid(1, 20_coin_per_day, at_100_W)},
                  {"Alice bids 21", bid(2, 21_coin_per_day, at_100_W)},
                  {"Alice bids 5000", bid(3, 5000_coin_per_day, at_300_W)},
                  {"Bob bids 22", bid(4, 22_coin_per_day, at_100_W)},
                  {"Bob bids 23 elsewhere", bid(4, 23_coin_per_day, at_100_W, main_currency, 2)},
                  {"Bob bids 24 others", bid(5, 24_coin_per_day, at_100_W, other_coin)},
                  {"Alice edits Bob's to 1",
                   Edit{.id = 4, .price = 1_coin_per_day, .owner = alice}},
                  {"Alice cancels Bob's", Cancel{.id = 4, .owner = alice}},
                  {"Alice cancels 1", Cancel{.id = 1, .owner = alice}},
                  {"Alice cancels 3", Cancel{.id = 3, .owner = alice}},
                  {"the host goes", Remove{.id = 2}},
                  close_after_a_minute},
        .policies = with_both_refills({{}, {.dwell_min = 90_s}}),
        .limits = {.bids_per_host = 4, .bids_per_owner = 2}};
}

/// Bids expire after 150 s, so that the third close removes them.
inline Game expiry() {
    return {
        .name = "expiry",
        .length = 7,
        .setup = {{"a coin is 1 USD less 2.5 %", SetRate{.usd = 1_usd_per_coin, .fee = 25'000_ppm}},
                  {"a host comes", host(wide_gpu, {}, RentalLength::unchecked(150))}},
        .moves = {{"Alice bids 20", bid(1, 20_coin_per_day, at_100_W)},
                  {"Bob bids 22", bid(4, 22_coin_per_day, at_100_W)},
                  {"Alice edits to 10", reprice(1, 10_coin_per_day)},
                  {"Alice edits to 30", reprice(1, 30_coin_per_day)},
                  {"Alice cancels", Cancel{.id = 1}},
                  {"Bob is revoked", Revoke{.id = 4}},
                  {"offline", Status{.id = 1, .online = false}},
                  {"online", Status{.id = 1, .online = true}, 100'000},
                  close_after_a_minute},
        .policies = with_both_refills({{}, {.dwell_min = 300_s}})};
}

}  // namespace incentives
