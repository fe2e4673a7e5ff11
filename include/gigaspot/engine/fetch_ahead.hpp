// gigaspot: runs many commands in a row and fetches the memory of each ahead. Layer: engine.
//
// In a market larger than the caches, a command mostly waits for memory: it goes from the index to
// the bid, to its host and to its entry, and each step is a cache miss. If several commands are
// known, their misses can overlap. In a market that fits the caches this only costs time. The
// benchmarks `events/*` measure both.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include <gigaspot/base/config.hpp>
#include <gigaspot/engine/engine.hpp>
#include <gigaspot/engine/store/hints.hpp>
#include <gigaspot/engine/store/store.hpp>
#include <gigaspot/values/event.hpp>
#include <gigaspot/values/fwd.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// Names the bid or host that a command will touch, by handle or by id. For a new bid give its id
/// and its host, for any other command for a bid give only the bid.
template <MarketTraits Traits = DefaultTraits>
struct BasicTarget {
    std::optional<typename Traits::BidId> bid{};    ///< the bid, by id
    std::optional<typename Traits::HostId> host{};  ///< the host, by id
    BidHandle bid_handle{};                         ///< the bid, by handle
    HostHandle host_handle{};                       ///< the host, by handle
    bool is_edit = false;  ///< whether the command is an edit, for which less is fetched
};
using Target = BasicTarget<>;  ///< what a command will touch, with the default traits

namespace detail {

/// Fetches the memory of one command, one step per call. It only gives hints, so other commands may
/// run between two steps.
template <class Traits, class Allocator>
class Walk {
public:
    using StoreType = Store<Traits, Allocator>;

    void start(const Hints<StoreType>& hints, const BasicTarget<Traits>& target) {
        bid_ = target.bid_handle.slot;
        host_ = target.host_handle.slot;
        is_edit_ = target.is_edit;
        has_bid_id_ = target.bid.has_value();
        has_host_id_ = target.host.has_value();
        if (has_bid_id_) hints.index_of_bid_tag(bid_tag_ = tag_of(*target.bid));
        if (has_host_id_) hints.index_of_host_tag(host_tag_ = tag_of(*target.host));
        if (bid_ != no_slot) {
            hints.bid(bid_);
            hints.around_bid(target.bid_handle, is_edit_);
        }
        hints.host(host_);
    }

    /// The last step of a command by handle.
    void find(const Hints<StoreType>& hints) {
        if (has_host_id_) {
            hints.host(host_ = hints.likely_host(host_tag_));
        } else if (host_ != no_slot) {
            hints.place_of_next(host_);
        } else if (has_bid_id_) {
            hints.bid(bid_ = hints.likely_bid(bid_tag_));
        } else if (!is_edit_) {
            hints.index_of_bid(bid_);
        }
    }

    void go_on(const Hints<StoreType>& hints) const {
        if (has_host_id_) {
            hints.place_of_next(host_);
        } else if (has_bid_id_ && host_ == no_slot) {
            const Slot host = hints.entry_of_bid(bid_);
            is_edit_ ? hints.host_terms(host) : hints.host(host);
        }
    }

private:
    Slot bid_ = no_slot;
    Slot host_ = no_slot;
    std::uint32_t bid_tag_ = 0;
    std::uint32_t host_tag_ = 0;
    bool is_edit_ = false;
    bool has_bid_id_ = false;
    bool has_host_id_ = false;
};

}  // namespace detail

/// Runs many commands in a row and fetches the memory of each ahead. It calls `act(i)` for each i
/// from 0 to `count` - 1 in order; `act(i)` runs command i. Up to 24 commands earlier it calls
/// `target_of(i)`, which says what command i will touch, and fetches that. So `target_of` cannot
/// use the results of those commands. Targets are hints: a wrong one only costs time. `act` must
/// not move or assign the engine.
template <class Traits, class Allocator, class TargetOf, class Act>
void fetch_ahead(const BasicEngine<Traits, Allocator>& engine, std::size_t count,
                 TargetOf target_of, Act act) {
    constexpr std::size_t distance = 8;  // between two steps, in commands
    constexpr std::size_t ring = 4 * distance;
    const auto hints = detail::EngineAccess::stages(engine).market.store.hints();
    detail::Walk<Traits, Allocator> walks[ring];
    // False before the first command, whose negative number wraps to a large one, and past the
    // last.
    const auto is_due = [&](std::size_t at) { return at < count; };
    for (std::size_t now = 0; now < count + 3 * distance; ++now) {
        const std::size_t first = now;
        const std::size_t second = first - distance;
        const std::size_t third = second - distance;
        const std::size_t last = third - distance;
        if (is_due(first)) walks[first % ring].start(hints, target_of(first));
        if (is_due(second)) walks[second % ring].find(hints);
        if (is_due(third)) walks[third % ring].go_on(hints);
        if (is_due(last)) act(last);
    }
}

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
