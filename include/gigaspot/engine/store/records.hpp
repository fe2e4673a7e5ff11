// gigaspot: the records of a live market: host, bid and run. Layer: engine/store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/int128.hpp>
#include <gigaspot/engine/store/book.hpp>
#include <gigaspot/engine/store/memory.hpp>
#include <gigaspot/engine/store/owner_counts.hpp>
#include <gigaspot/engine/store/top_bid.hpp>
#include <gigaspot/rules/billing.hpp>
#include <gigaspot/rules/packed.hpp>
#include <gigaspot/values/currency.hpp>
#include <gigaspot/values/host.hpp>
#include <gigaspot/values/overclock.hpp>
#include <gigaspot/values/traits.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// Traits for the capabilities of a host whose GPUs are stored elsewhere (`HostGpus`).
template <class Traits>
struct WithoutGpus : Traits {
    static constexpr std::size_t gpus_max = 1;
};

/// A host. The record has three cache lines with the default traits. An edit and a choice read the
/// first two; the third is for new bids and removals. The host's run is in `RunRecord`.
template <class Traits>
struct alignas(64) HostRecord {
    TopBid<Traits> top{};
    Slot running = no_slot;        ///< the bid of its `RunRecord`
    std::uint32_t foreign = 0;     ///< bids in other currencies than the main one
    std::uint32_t box_number = 0;  ///< the box in which `top.interval` holds; only if `foreign`
    Power base_power{};
    EnergyPrice energy_price{};
    Price min_bid{};
    std::int64_t first_expiry = INT64_MAX;  ///< ms; no bid expires before
    Book book{};
    HostStatus status{};
    bool is_used : 1 = false;
    bool must_look : 1 = false;       ///< it is in `Store::to_look`
    bool has_pending : 1 = false;     ///< its running bid has a cancel or an edit that waits
    bool has_former : 1 = false;      ///< its `FormerTops` hold: since then no bid has changed
    bool has_equal_gpus : 1 = false;  ///< all GPUs have the limits `each`
    bool has_top_id : 1 = false;      ///< `top.id` is known
    bool has_top_holder : 1 = false;  ///< `top.id`, `top_account` and `FormerTops::owner` are known
    bool is_at_rate : 1 = false;      ///< `top` is known at one rate, its interval not yet
    std::uint32_t generation = 0;
    RentalLength max_rental_length{};
    typename Traits::HostId id{};
    Slot top_account = no_slot;  ///< the best bid's account, if `has_top_holder`
    std::uint8_t box_level = 0;  ///< the level of the box `box_number`

    /// The limits of each GPU if `has_equal_gpus`; else the limits are in `HostGpus`.
    alignas(64) PackedLimits each{};
    OwnerCounts owners{};

    /// Its capabilities without its GPUs.
    [[nodiscard]] BasicHostCapabilities<WithoutGpus<Traits>> terms() const {
        return {.id = id,
                .energy_price = energy_price,
                .min_bid = min_bid,
                .base_power = base_power,
                .max_rental_length = max_rental_length,
                .status = status};
    }
    void set_terms(const BasicHostCapabilities<WithoutGpus<Traits>>& terms) {
        id = terms.id;
        energy_price = terms.energy_price;
        min_bid = terms.min_bid;
        base_power = terms.base_power;
        max_rental_length = terms.max_rental_length;
        status = terms.status;
    }
};

/// The part of a bid that most commands read besides its entry. It has 32 bytes if ids have 8, so
/// that it lies in one cache line.
template <class Traits>
struct BidRecord {
    Slot host = no_slot;      ///< `no_slot` if the record is free
    std::uint32_t entry = 0;  ///< number of its `BookEntry`; in a free record: the next free slot
    std::uint32_t generation = 0;
    Slot account = no_slot;  ///< its bill in `Store`, once a run of it has been charged and stopped
    typename Traits::BidId id{};
    std::uint64_t sequence = 0;
};

/// The part of a bid that few commands read.
template <class Traits>
struct BidDetails {
    typename Traits::OwnerId owner{};
    std::int64_t expiry = 0;  ///< ms; may be above the maximum of a `Timestamp`
    Timestamp placed{};       ///< when it was placed
};

/// The run on a host. It has all that a charge needs, so that a close reads one array. It has 96
/// bytes if ids have 8.
template <class Traits>
struct alignas(32) RunRecord {
    Slot bid = no_slot;           ///< `no_slot` if nothing runs
    Slot edit = no_slot;          ///< its edit in `PendingEdits`, if one waits
    Slot account_slot = no_slot;  ///< `BidRecord::account`
    Currency currency{};
    bool has_worsened : 1 = false;
    bool is_cancelled : 1 = false;   ///< a cancel waits
    bool was_edited : 1 = false;     ///< in this close an edit has taken effect
    bool is_in_pending : 1 = false;  ///< its host is in `PendingEdits::hosts`
    bool has_won : 1 = false;        ///< it has won a close
    Price price{};                   ///< what the renter pays
    Timestamp first_win{};           ///< the first close that it won, if `has_won`
    Timestamp charged{};             ///< it has been charged up to this time
    typename Traits::BidId bid_id{};
    Account account{};  ///< its bid's bill; `Store` has the sum at the last stop
    typename Traits::HostId host_id{};
    typename Traits::OwnerId owner{};

    [[nodiscard]] bool has_edit() const { return edit != no_slot; }
    /// The first close that it won.
    [[nodiscard]] std::optional<Timestamp> first_won() const {
        return has_won ? std::optional{first_win} : std::nullopt;
    }
    void set_first_won(std::optional<Timestamp> time) {
        has_won = time.has_value();
        first_win = time.value_or(Timestamp{});
    }
};

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
