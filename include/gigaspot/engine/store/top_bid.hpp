// gigaspot: the best bid of a host, and the two that were the best before. Layer: engine/store.
#pragma once

#include <cstdint>

#include <gigaspot/base/config.hpp>
#include <gigaspot/engine/store/book.hpp>
#include <gigaspot/engine/store/interval.hpp>
#include <gigaspot/engine/store/memory.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// The bid of a host that leaves it the most, with all that the next event wants to know of it, and
/// between which net rates of the main currency it stays so. It may be any bid that passes all of
/// section 5 but the reserve; the incumbent counts.
template <class Traits>
struct TopBid {
    BookEntry entry{};  ///< a copy of its entry; of `no_slot`: no bid passes
    typename Traits::BidId id{};
    Interval interval = Interval::none();
};

/// What a run takes from its bid, besides the terms in the entry.
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
        BookEntry entry{};
        Interval interval = Interval::none();
        Holder<Traits> holder{};
    };
    Top last{};
    typename Traits::OwnerId owner{};  ///< of the best now, if the host `has_top_holder`
    Top older{};

    /// The one that is the best at this rate; null if none is known to be.
    [[nodiscard]] Top* find(std::int64_t rate) {
        if (last.interval.contains(rate)) return &last;
        return older.interval.contains(rate) ? &older : nullptr;
    }
    void clear() { last = older = Top{}; }
};

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
