// The offers and runs that the rules see for the bids of a snapshot.
#include <gigaspot/json/machine.hpp>

#include <cstdint>
#include <utility>

#include "support/market.hpp"

namespace {

using namespace market;

TEST_CASE("a snapshot's bid is an offer: its id is its sequence, its power is one sum") {
    const HostCapabilities host{
        .gpus = {GpuLimits{.power_limit = {70_W, 100_W}}, GpuLimits{.power_limit = {75_W, 90_W}}}};
    SnapshotBid bid{.id = 17,
                    .owner = 2,
                    .price = 28.9755_coin_per_day,
                    .currency = bitcoin,
                    .is_active = true,
                    .is_cached = true};
    for (const auto& [watts, is_valid] :
         {std::pair{0, false}, {144, false}, {145, true}, {150, true}, {190, true}, {191, false}}) {
        bid.power_limits = TotalPower::unchecked(watts);
        CHECK(as_offer(bid, host, 5) == Offer{.id = 17,
                                              .owner = 2,
                                              .price = 28.9755_coin_per_day,
                                              .currency = bitcoin,
                                              .power_limits = TotalPower::unchecked(watts),
                                              .is_overclock_valid = is_valid,
                                              .is_cached = true,
                                              .sequence = 17});
    }
}

TEST_CASE("the run in place belongs to the active bid with the lowest id") {
    const auto bid = [](std::uint64_t id, bool is_active) {
        return SnapshotBid{.id = BidId{id}, .is_active = is_active};
    };
    CHECK(run_in_place({}) == std::nullopt);
    const SnapshotBid none[] = {bid(1, false), bid(2, false)};
    CHECK(run_in_place(none) == std::nullopt);
    const SnapshotBid several[] = {bid(1, false), bid(9, true), bid(4, true), bid(5, true)};
    // It has won closes before, so margins protect it.
    CHECK(run_in_place(several) == Run{.bid = 4, .first_won = Timestamp{}});
}

TEST_CASE("a machine is found by its id, and has its own bids") {
    Snapshot snapshot;
    CHECK(snapshot.find(1) == nullptr);
    snapshot.bids = {{.id = 1}, {.id = 2}, {.id = 3}};
    snapshot.machines = {{.host = {.id = 4}, .bids_begin = 1, .bids_count = 2},
                         {.host = {.id = 8}, .bids_begin = 3},
                         {.host = {.id = 9}, .bids_count = 1}};
    for (const Machine& machine : snapshot.machines)
        CHECK(snapshot.find(machine.host.id) == &machine);
    for (const std::uint64_t id : {0u, 3u, 5u, 10u}) CHECK(snapshot.find(HostId{id}) == nullptr);
    CHECK(snapshot.bids_of(snapshot.machines[0])[1].id == BidId{3});
    CHECK(snapshot.bids_of(snapshot.machines[1]).empty());
    CHECK(snapshot.bids_of(snapshot.machines[2])[0].id == BidId{1});
}

}  // namespace
