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
    BidId id{};
    OwnerId owner{};
    Price price{};
    Currency currency = main_currency;
    TotalPower power_limits{};
    bool is_active = false;    ///< it runs on the host
    bool is_to_cache = false;  ///< chosen to be cached
    bool is_cached = false;

    friend bool operator==(const SnapshotBid&, const SnapshotBid&) = default;
};

/// A bid of a snapshot that could not be read, and the first thing that is wrong with it.
struct SkippedBid {
    HostId host{};
    std::size_t entry = 0;      ///< its index in `bids` of its machine, from 0
    std::optional<BidId> id{};  ///< if it could be read
    std::string path{};         ///< within the machine, "bids[3].pl"
    Code problem = Code::none;
    std::string detail{};  ///< for people: what is allowed and what was given

    friend bool operator==(const SkippedBid&, const SkippedBid&) = default;
};

/// Facts of a machine that no rule uses.
struct MachineFacts {
    std::string cpu{};
    std::string cuda{};
    std::string country{};
    WholeNumber cores{};
    WholeNumber threads{};
    DecimalNumber ram_gb{};
    DecimalNumber reliability{};  ///< 0 .. 1
    OwnerId account{};            ///< of the hosting provider

    friend bool operator==(const MachineFacts&, const MachineFacts&) = default;
};

/// A machine of a snapshot. `Snapshot::bids_of` gives its bids.
struct Machine {
    HostCapabilities host{};
    MachineFacts facts{};
    std::size_t bids_begin = 0;
    std::size_t bids_count = 0;
    std::size_t bids_skipped = 0;  ///< how many others could not be read: `Snapshot::skipped_bids`
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

    /// The bids of one of `machines`, in the snapshot's order; valid while `bids` is unchanged.
    [[nodiscard]] std::span<const SnapshotBid> bids_of(const Machine& machine) const {
        return std::span{bids}.subspan(machine.bids_begin, machine.bids_count);
    }

    /// The machine with this id; null if there is none. O(log machines).
    [[nodiscard]] const Machine* find(HostId id) const {
        const auto found = std::lower_bound(
            machines.begin(), machines.end(), id,
            [](const Machine& machine, HostId key) { return machine.host.id < key; });
        return found != machines.end() && found->host.id == id ? &*found : nullptr;
    }
};

/// The offer that the rules see for a bid of a snapshot. Its id is its sequence (section 6), and
/// its overclock is valid if its power is between the sums of the GPUs' minima and maxima (section
/// 4).
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

/// The run in place: that of the active bid, or of the one with the lowest id if several are
/// active. Its start is unknown, so it counts as if it won its first close at the time 0.
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
