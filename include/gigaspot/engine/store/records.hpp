// gigaspot: the records of a live market: a host, a bid, a run. Layer: engine/store.
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

/// The same market for hosts whose GPUs stand elsewhere.
template <class Traits>
struct WithoutGpus : Traits {
    static constexpr std::size_t gpus_max = 1;
};

/// A host: with the default traits and allocator three cache lines. What a change of price and a
/// choice read is the first two; the third serves bids that come and go. Its run is in `RunRecord`.
template <class Traits>
struct alignas(64) HostRecord {
    TopBid<Traits> top{};
    Slot running = no_slot;              ///< as in its `RunRecord`
    std::uint32_t foreign = 0;           ///< bids that are not in the main currency
    std::uint32_t rates_generation = 0;  ///< that `top` is known at, if `foreign`
    Power base_power{};
    EnergyPrice energy_price{};
    Price min_bid{};
    std::int64_t first_expiry = INT64_MAX;  ///< ms: none of its bids expires before
    Book book{};
    HostStatus status{};
    bool is_used : 1 = false;
    bool must_look : 1 = false;       ///< at the next close; it is in `Store::to_look`
    bool has_pending : 1 = false;     ///< a cancel or an edit waits for its run
    bool has_former : 1 = false;      ///< no bid has come, gone or changed since its `FormerTops`
    bool has_equal_gpus : 1 = false;  ///< all allow the same
    bool has_top_id : 1 = false;      ///< `top.id` is known
    bool has_top_holder : 1 = false;  ///< so is all of its `Holder`
    bool is_at_rate : 1 = false;      ///< `top` is known at one rate, and its interval not yet
    std::uint32_t generation = 0;
    RentalLength max_rental_length{};
    typename Traits::HostId id{};
    Slot top_account = no_slot;  ///< of the best bid; it means nothing without `has_top_holder`

    /// What each of its GPUs allows, if that is the same; else that stands in `HostGpus`.
    alignas(64) PackedLimits each{};
    OwnerCounts owners{};

    /// All but its GPUs.
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

/// What commands read of a bid besides its entry: 32 bytes with ids of 8, so that it is in one
/// cache line.
template <class Traits>
struct BidRecord {
    Slot host = no_slot;      ///< `no_slot`: the record is free
    std::uint32_t entry = 0;  ///< its number; of a free record: the next free one
    std::uint32_t generation = 0;
    Slot account = no_slot;  ///< in `Store`, from its first stop after a charge on
    typename Traits::BidId id{};
    std::uint64_t sequence = 0;
};

/// What few commands ask of it.
template <class Traits>
struct BidDetails {
    typename Traits::OwnerId owner{};
    std::int64_t expiry = 0;  ///< ms; may be past the row of a time
};

/// The run on a host. All that a charge needs stands here, so that a close reads one array; with
/// ids of 8 bytes these are 96 bytes, of two cache lines.
template <class Traits>
struct alignas(32) RunRecord {
    Slot bid = no_slot;           ///< `no_slot`: the host idles
    Slot edit = no_slot;          ///< in `PendingEdits`, if one waits
    Slot account_slot = no_slot;  ///< as in its `BidRecord`
    Currency currency{};
    bool has_worsened : 1 = false;
    bool is_cancelled : 1 = false;   ///< a cancel waits
    bool was_edited : 1 = false;     ///< within a close: an edit has just taken effect
    bool is_in_pending : 1 = false;  ///< its host is in `PendingEdits::hosts`
    bool has_won : 1 = false;        ///< at a close: it has not just been put in between two
    Price price{};                   ///< that won
    Timestamp first_win{};           ///< if it has won
    Timestamp charged{};             ///< up to this time
    typename Traits::BidId bid_id{};
    Account account{};  ///< of its bid; without the last charges it stands in `Store` too
    typename Traits::HostId host_id{};
    typename Traits::OwnerId owner{};

    [[nodiscard]] bool has_edit() const { return edit != no_slot; }
    /// The first close that it has won.
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
