// gigaspot: makes handles of bids and hosts, and finds their records. Layer: engine/store.
#pragma once

#include <gigaspot/base/config.hpp>
#include <gigaspot/engine/store/memory.hpp>
#include <gigaspot/values/event.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// A handle has a slot and a generation: how many earlier occupants of the slot were removed. In a
/// restored market, generations begin at `Store::first_generation`, so that handles from before the
/// save are unknown.
template <class Store>
class Handles {
public:
    explicit Handles(const Store& store) : store_{store} {}

    [[nodiscard]] BidHandle of_bid(Slot slot) const {
        const auto& bid = store_.bids[slot];
        return {slot, bid.generation + store_.first_generation, bid.host, bid.entry};
    }
    [[nodiscard]] HostHandle of_host(Slot slot) const {
        return {slot, store_.hosts[slot].generation + store_.first_generation};
    }

    /// Returns the slot, or `no_slot` if what the handle names is gone.
    [[nodiscard]] Slot slot_of(const BidHandle& handle) const {
        const auto& bids = store_.bids;
        const bool is_there =
            handle.slot < bids.slots() && bids[handle.slot].host != no_slot &&
            bids[handle.slot].generation + store_.first_generation == handle.generation;
        return is_there ? handle.slot : no_slot;
    }
    [[nodiscard]] Slot slot_of(HostHandle handle) const {
        const auto& hosts = store_.hosts;
        const bool is_there =
            handle.slot < hosts.slots() && hosts[handle.slot].is_used &&
            hosts[handle.slot].generation + store_.first_generation == handle.generation;
        return is_there ? handle.slot : no_slot;
    }

private:
    const Store& store_;
};

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
