// gigaspot: many commands in a row, each with its memory fetched before its turn. Layer: engine.
//
// A market that is larger than the caches waits for memory most of the time: a command walks from
// the index to the bid, to its host, to its line, and each step is a miss. Where several commands
// are known, their walks can be taken side by side. In a market that fits the caches this only
// costs time; `bench/`, `events/*`, measures both.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include <gigaspot/config.hpp>
#include <gigaspot/detail/store.hpp>
#include <gigaspot/engine.hpp>
#include <gigaspot/event.hpp>
#include <gigaspot/fwd.hpp>

namespace gigaspot::inline GIGASPOT_ABI {

/// What a command will touch, as far as its sender knows: the handles or the ids in it. A new bid
/// names its own id and its host; any other command for a bid names the bid alone.
template <MarketTraits Traits = DefaultTraits>
struct BasicTarget {
    std::optional<typename Traits::BidId> bid{};
    std::optional<typename Traits::HostId> host{};
    BidHandle bid_handle{};
    HostHandle host_handle{};
};
using Target = BasicTarget<>;

namespace detail {

/// The walk of one command, a step a call. It only hints at memory: whatever else happens between
/// two steps, it changes nothing and reads nothing that is not there.
template <class Traits, class Allocator>
class Walk {
public:
    using StoreType = Store<Traits, Allocator>;

    void start(const StoreType& store, const BasicTarget<Traits>& target) {
        bid_ = target.bid_handle.slot;
        host_ = target.host_handle.slot;
        has_bid_id_ = target.bid.has_value();
        has_host_id_ = target.host.has_value();
        if (has_bid_id_) bid_tag_ = tag_of(*target.bid);
        if (has_host_id_) host_tag_ = tag_of(*target.host);
        if (has_bid_id_) store.fetch_bid_entry(bid_tag_);
        if (has_host_id_) store.fetch_host_entry(host_tag_);
        store.fetch_bid(bid_);
        store.fetch_host(host_);
    }

    void find(const StoreType& store) {
        if (has_host_id_) host_ = store.likely_host(host_tag_);
        if (has_bid_id_ && host_ == no_slot) bid_ = store.likely_bid(bid_tag_);
        store.fetch_host(host_);
        if (has_bid_id_) store.fetch_bid(bid_);
        if (!has_bid_id_) store.fetch_entry_of(bid_);
    }

    void go_to_host(const StoreType& store) {
        if (bid_ != no_slot) host_ = store.host_of(bid_);
        if (bid_ != no_slot) store.fetch_host(host_);
    }

    void go_to_line(const StoreType& store) const { store.fetch_line(host_, bid_); }

private:
    Slot bid_ = no_slot;
    Slot host_ = no_slot;
    std::uint32_t bid_tag_ = 0;
    std::uint32_t host_tag_ = 0;
    bool has_bid_id_ = false;
    bool has_host_id_ = false;
};

}  // namespace detail

/// Calls `act(i)` for each i from 0 to `count` - 1 in order, to give an engine one command each and
/// to read what comes of it. Before that it has called `target_of(i)`, which tells what the command
/// will touch, and has fetched it. The targets are hints: a wrong one costs time and nothing else.
template <class Traits, class Allocator, class TargetOf, class Act>
void fetch_ahead(const BasicEngine<Traits, Allocator>& engine, std::size_t count,
                 TargetOf target_of, Act act) {
    constexpr std::size_t distance = 8;  // of two steps, in commands
    constexpr std::size_t steps = 4;
    const auto& store = detail::EngineAccess::commands(engine).market.store;
    detail::Walk<Traits, Allocator> walks[distance * (steps + 1)];
    const auto is_due = [&](std::size_t now, std::size_t step) {
        return now >= step * distance && now - step * distance < count;
    };
    for (std::size_t now = 0; now < count + steps * distance; ++now) {
        const auto walk = [&](std::size_t step) -> auto& {
            return walks[(now - step * distance) % (distance * (steps + 1))];
        };
        if (is_due(now, 0)) walk(0).start(store, target_of(now));
        if (is_due(now, 1)) walk(1).find(store);
        if (is_due(now, 2)) walk(2).go_to_host(store);
        if (is_due(now, 3)) walk(3).go_to_line(store);
        if (is_due(now, 4)) act(now - steps * distance);
    }
}

}  // namespace gigaspot::inline GIGASPOT_ABI
