// gigaspot: the best bid of a host, and the two best bids before it. Layer: engine/store.
#pragma once

#include <cstdint>

#include <gigaspot/base/config.hpp>
#include <gigaspot/engine/store/book.hpp>
#include <gigaspot/engine/store/interval.hpp>
#include <gigaspot/engine/store/memory.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// The best bid of a host: the maximum profit of all bids, the incumbent included, that pass
/// section 5 except for the reserve. `interval` holds the net rates of the main currency at which
/// it is known to be the best.
template <class Traits>
struct TopBid {
    BookEntry entry{};  ///< a copy of its entry; its bid is `no_slot` if no bid passes
    typename Traits::BidId id{};
    Interval interval = Interval::none();
};

/// What a run takes from its bid, in addition to the entry.
template <class Traits>
struct Holder {
    typename Traits::BidId id{};
    typename Traits::OwnerId owner{};
    Slot account = no_slot;  ///< `BidRecord::account`
    bool is_known = false;   ///< if not, read the bid's records
};

/// The last two bids that were the best at other rates. When the rate returns to such an interval,
/// the bid is found without a scan and starts without reading its records. Two are enough: of 9,372
/// choices after moves of 10 %, one former bid left 1,222 to a scan, two 142, and three 31. The
/// record has 120 bytes if ids have 8.
template <class Traits>
struct FormerTops {
    struct Top {
        BookEntry entry{};
        Interval interval = Interval::none();
        Holder<Traits> holder{};
    };
    Top last{};
    typename Traits::OwnerId owner{};  ///< the present best bid's, if the host `has_top_holder`
    Top older{};

    /// Returns the bid that is the best at this rate, or null if neither is known to be.
    [[nodiscard]] Top* find(std::int64_t rate) {
        if (last.interval.contains(rate)) return &last;
        return older.interval.contains(rate) ? &older : nullptr;
    }
    void clear() { last = older = Top{}; }
};

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
