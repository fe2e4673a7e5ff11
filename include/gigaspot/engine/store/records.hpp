// gigaspot: the records of a live market: a host, a bid, a run. Layer: engine/store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/int128.hpp>
#include <gigaspot/engine/store/book.hpp>
#include <gigaspot/engine/store/interval_index.hpp>
#include <gigaspot/engine/store/memory.hpp>
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

/// The bid of a host that leaves it the most, with all that the next event wants to know of it, and
/// between which net rates of the main currency it stays so. It may be any bid that passes all of
/// section 5 but the reserve; the incumbent counts.
template <class Traits>
struct TopBid {
    Line line{};  ///< a copy of its line; of `no_slot`: no bid passes
    typename Traits::BidId id{};
    Interval stands = Interval::none();
};

/// What a run takes from its bid, besides the terms in the line.
template <class Traits>
struct Holder {
    typename Traits::BidId id{};
    typename Traits::OwnerId owner{};
    Slot account = no_slot;  ///< as in the `BidRecord`
    bool is_known = false;   ///< else it stands in the records of the bid
};

/// The bids that were a host's best before, at other rates, the last one first: a rate that comes
/// back finds them without a look at all bids, and starts them without a look at their records,
/// which stand anywhere. With ids of 8 bytes these are 120 bytes; on cache lines of their own they
/// were no faster. In the benchmarks' market, with 50 bids a host, three bids are the best of a
/// host at some rate between half and twice the present.
template <class Traits>
struct FormerTops {
    struct Top {
        Line line{};
        Interval stands = Interval::none();
        Holder<Traits> holder{};
    };
    Top last{};
    typename Traits::OwnerId owner{};  ///< of the best now, if the host `has_top_holder`
    Top older{};

    /// The one that is the best at this rate; null if none is known to be.
    [[nodiscard]] Top* find(std::int64_t rate) {
        if (last.stands.contains(rate)) return &last;
        return older.stands.contains(rate) ? &older : nullptr;
    }
    void clear() { last = older = Top{}; }
};

/// How many bids on a host its owners have at most, by some bits of the owner's hash that a line
/// has: to look at all bids only when it may matter. 64 counts of 4 bits, or 16 of 16 where an
/// owner may have many bids, as the store says for all its hosts. A count that has come to its end
/// stays there until somebody counts (`set`).
class OwnerCounts {
public:
    /// The bits of a count where an owner may have so many bids on a host.
    static constexpr std::uint32_t width_for(std::size_t most) { return most <= 16 ? 4 : 16; }
    static constexpr bool are_counted_together(std::uint32_t bits, std::uint32_t others,
                                               std::uint32_t width) {
        return bits % (size / width) == others % (size / width);
    }

    /// SIZE_MAX: somebody must count.
    [[nodiscard]] std::size_t at_most(std::uint32_t bits, std::uint32_t width) const {
        const Place at = place(bits, width);
        const std::uint64_t count = words_[at.word] >> at.shift & end(width);
        return count == end(width) ? SIZE_MAX : static_cast<std::size_t>(count);
    }
    void add(std::uint32_t bits, std::uint32_t width) {
        const Place at = place(bits, width);
        if (at_most(bits, width) != SIZE_MAX) words_[at.word] += std::uint64_t{1} << at.shift;
    }
    void remove(std::uint32_t bits, std::uint32_t width) {
        const Place at = place(bits, width);
        if (at_most(bits, width) != SIZE_MAX) words_[at.word] -= std::uint64_t{1} << at.shift;
    }
    /// So many bids on the host are counted together.
    void set(std::uint32_t bits, std::uint32_t width, std::size_t count) {
        const Place at = place(bits, width);
        words_[at.word] &= ~(end(width) << at.shift);
        words_[at.word] |= (count < end(width) ? count : end(width)) << at.shift;
    }

private:
    static constexpr std::uint32_t size = 256;  ///< bits of all counts
    struct Place {
        std::uint32_t word;
        std::uint32_t shift;
    };
    static constexpr Place place(std::uint32_t bits, std::uint32_t width) {
        const std::uint32_t bit = bits * width % size;
        return {bit / 64, bit % 64};
    }
    static constexpr std::uint64_t end(std::uint32_t width) {
        return (std::uint64_t{1} << width) - 1;
    }

    std::uint64_t words_[size / 64]{};
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

/// What commands read of a bid besides its line: 32 bytes with ids of 8, so that it is in one cache
/// line.
template <class Traits>
struct BidRecord {
    Slot host = no_slot;     ///< `no_slot`: the record is free
    std::uint32_t line = 0;  ///< its number; of a free record: the next free one
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

/// An accepted edit of a running bid, until it takes effect. Its profiles stand in `HostGpus`.
struct PendingEdit {
    Price price{};
    TotalPower watts{};
    std::uint64_t sequence = 0;
    bool is_overclock_valid = true;
};

/// The run on a host. All that a charge needs stands here, so that a close reads one array; with
/// ids of 8 bytes these are 96 bytes, of two cache lines.
template <class Traits>
struct alignas(32) RunRecord {
    Slot bid = no_slot;           ///< `no_slot`: the host idles
    Slot edit = no_slot;          ///< in `Store`, if one waits
    Slot account_slot = no_slot;  ///< as in its `BidRecord`
    Currency currency{};
    bool has_worsened : 1 = false;
    bool is_cancelled : 1 = false;   ///< a cancel waits
    bool was_edited : 1 = false;     ///< within a close: an edit has just taken effect
    bool is_in_pending : 1 = false;  ///< its host is in `Store::pending`
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
