// gigaspot: a snapshot of the market, as values. Layer: json.
// Rules of the market, sections 4 and 6.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <gigaspot/base/config.hpp>
#include <gigaspot/json/document.hpp>
#include <gigaspot/rules/offer.hpp>
#include <gigaspot/rules/select.hpp>
#include <gigaspot/values/currency.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/host.hpp>
#include <gigaspot/values/traits.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// A bid of a snapshot. It has no times and no profiles, only the sum of its power limits.
struct SnapshotBid {
    BidId id{};                         ///< the id of the bid
    OwnerId owner{};                    ///< the renter
    Price price{};                      ///< coins of `currency` per day
    Currency currency = main_currency;  ///< the currency of the price
    TotalPower power_limits{};          ///< the sum of its power limits, 0 .. 1,000,000 W
    bool is_active = false;             ///< whether it runs on the host
    bool is_to_cache = false;           ///< whether it is chosen to be cached
    bool is_cached = false;             ///< whether the host has its image

    friend bool operator==(const SnapshotBid&, const SnapshotBid&) = default;
};

/// A bid of a snapshot that could not be read, and the first thing that is wrong with it.
struct SkippedBid {
    HostId host{};              ///< the id of its machine
    std::size_t entry = 0;      ///< its index in `bids` of its machine, from 0
    std::optional<BidId> id{};  ///< its id, if that could be read
    std::string path{};         ///< its field within the machine, "bids[3].pl"
    Code problem = Code::none;  ///< what is wrong
    std::string detail{};       ///< for people: what is allowed and what was given

    friend bool operator==(const SkippedBid&, const SkippedBid&) = default;
};

/// Facts of a machine that no rule uses.
struct MachineFacts {
    std::string cpu{};            ///< the model of the processor
    std::string cuda{};           ///< the version of CUDA
    std::string country{};        ///< the code of the country
    WholeNumber cores{};          ///< the number of processor cores
    WholeNumber threads{};        ///< the number of processor threads
    DecimalNumber ram_gb{};       ///< the memory in GB
    DecimalNumber reliability{};  ///< the share of time in which it worked, 0 .. 1
    OwnerId account{};            ///< the account of the hosting provider

    friend bool operator==(const MachineFacts&, const MachineFacts&) = default;
};

/// A machine of a snapshot. `Snapshot::bids_of` gives its bids.
struct Machine {
    HostCapabilities host{};       ///< what the rules need
    MachineFacts facts{};          ///< what no rule uses
    std::size_t bids_begin = 0;    ///< the place of its first bid in `Snapshot::bids`
    std::size_t bids_count = 0;    ///< the number of its bids that could be read
    std::size_t bids_skipped = 0;  ///< the number of its bids in `Snapshot::skipped_bids`
};

/// A market at one moment.
struct Snapshot {
    std::vector<Machine> machines{};        ///< by ascending id; those that could be read
    std::vector<SnapshotBid> bids{};        ///< of all machines, in any order
    std::vector<SkippedMachine> skipped{};  ///< the others, in the order of the text
    /// The bids of `machines` that could not be read, in the order of the text.
    std::vector<SkippedBid> skipped_bids{};
    /// What was not read of `machines` and their bids although no rule needs it, in the order of
    /// the text.
    std::vector<Note> notes{};

    /// Returns the bids of one of `machines`, in the snapshot's order. The span is valid while
    /// `bids` is unchanged.
    [[nodiscard]] std::span<const SnapshotBid> bids_of(const Machine& machine) const {
        return std::span{bids}.subspan(machine.bids_begin, machine.bids_count);
    }

    /// Finds the machine with this id; null if there is none. The pointer is valid while `machines`
    /// is unchanged. Costs O(log machines).
    [[nodiscard]] const Machine* find(HostId id) const {
        const auto found = std::lower_bound(
            machines.begin(), machines.end(), id,
            [](const Machine& machine, HostId key) { return machine.host.id < key; });
        return found != machines.end() && found->host.id == id ? &*found : nullptr;
    }
};

/// Converts a bid of a snapshot into an offer, so that lists can hold bids of a snapshot. Its id is
/// its sequence, and its overclock is valid if its power is between the sums of the GPUs' minimums
/// and maximums. Costs O(GPUs). Sections 4 and 6.
inline Offer as_offer(const SnapshotBid& bid, const HostCapabilities& host, std::size_t) {
    return {.id = bid.id,
            .owner = bid.owner,
            .price = bid.price,
            .currency = bid.currency,
            .power_limits = bid.power_limits,
            .is_overclock_valid = is_total_power_valid(bid.power_limits, host),
            .is_cached = bid.is_cached,
            .sequence = bid.id.value};
}

/// Finds the present run of a machine: that of its active bid, or of the one with the lowest id if
/// several are active. Nothing if no bid is active. The start of a run is unknown, so it counts as
/// if it won its first close at the time 0. Costs O(bids). Section 6.
[[nodiscard]] inline std::optional<Run> run_in_place(std::span<const SnapshotBid> bids) {
    std::optional<Run> run;
    for (const SnapshotBid& bid : bids) {
        if (bid.is_active && (!run || bid.id < run->bid))
            run = Run{.bid = bid.id, .first_won = Timestamp{}};
    }
    return run;
}

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
