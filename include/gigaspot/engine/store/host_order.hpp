// gigaspot: the hosts in ascending order of their ids. Layer: engine/store.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include <gigaspot/base/config.hpp>
#include <gigaspot/engine/store/memory.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// Keeps all hosts in order, and sorts a few of them without comparing ids: most closes choose for
/// few of many hosts. `Hosts` is a pool of records with `id`.
template <class Hosts, class Allocator>
class HostOrder {
public:
    explicit HostOrder(const Allocator& allocator)
        : order_{allocator}, merging_{allocator}, ranks_{allocator}, marked_{allocator} {}

    HostOrder(const HostOrder&) = default;
    HostOrder(HostOrder&& other) noexcept
        : order_{std::move(other.order_)}, in_order_{std::exchange(other.in_order_, 0)},
          merging_{std::move(other.merging_)}, ranks_{std::move(other.ranks_)},
          marked_{std::move(other.marked_)}, has_ranks_{std::exchange(other.has_ranks_, false)} {}
    HostOrder& operator=(const HostOrder&) = delete;

    void make_room(std::size_t slots) {
        detail::make_room(order_, slots);
        detail::make_room(merging_, slots);
        detail::make_room(ranks_, slots);
        detail::make_room(marked_, slots / 64 + 1);
    }

    /// Adds a host. Room must have been made.
    void add(const Hosts& hosts, Slot slot) {
        const bool is_last = in_order_ == order_.size() &&
                             (order_.empty() || hosts[order_.back()].id < hosts[slot].id);
        order_.push_back(slot);
        if (is_last) ++in_order_;
        if (ranks_.size() <= slot) ranks_.resize(std::size_t{slot} + 1);
        if (marked_.size() <= slot / 64) marked_.resize(std::size_t{slot} / 64 + 1);
        has_ranks_ = false;
    }

    /// Costs O(hosts).
    void remove(Slot slot) {
        const auto place = std::find(order_.begin(), order_.end(), slot);
        if (place < order_.begin() + static_cast<std::ptrdiff_t>(in_order_)) --in_order_;
        order_.erase(place);
        ranks_[slot] = no_rank;
        has_ranks_ = false;
    }

    /// Returns all hosts in order. Costs O(hosts) if hosts have come since the last call.
    [[nodiscard]] std::span<const Slot> all(const Hosts& hosts) {
        if (in_order_ < order_.size()) merge_new(hosts);
        return {order_.data(), order_.size()};
    }

    /// Sorts these hosts and drops duplicates and removed hosts. Costs O(slots), and O(hosts / 64)
    /// if they were not sorted; after a host has come or gone, O(hosts).
    void sort(const Hosts& hosts, Vector<Slot, Allocator>& slots) {
        const std::span<const Slot> order = all(hosts);
        if (!has_ranks_) {
            for (std::size_t rank = 0; rank < order.size(); ++rank)
                ranks_[order[rank]] = static_cast<std::uint32_t>(rank);
            has_ranks_ = true;
        }
        if (are_in_order({slots.data(), slots.size()})) return;
        for (const Slot slot : slots) {
            const std::uint32_t rank = ranks_[slot];
            if (rank != no_rank) marked_[rank / 64] |= std::uint64_t{1} << (rank % 64);
        }
        slots.clear();
        for (std::size_t word = 0; word * 64 < order.size(); ++word) {
            for (std::uint64_t bits = marked_[word]; bits != 0; bits &= bits - 1)
                slots.push_back(order[word * 64 + static_cast<unsigned>(std::countr_zero(bits))]);
            marked_[word] = 0;
        }
    }

private:
    static constexpr std::uint32_t no_rank = UINT32_MAX;

    /// Often true: hosts that were added by ascending id are found by ascending slot.
    [[nodiscard]] bool are_in_order(std::span<const Slot> slots) const {
        std::uint64_t next = 0;  // the minimum rank that may follow
        for (const Slot slot : slots) {
            const std::uint32_t rank = ranks_[slot];  // comparing ids would read records
            if (rank < next || rank == no_rank) return false;
            next = std::uint64_t{rank} + 1;
        }
        return true;
    }

    /// Sorts the new hosts, and merges them from the end.
    void merge_new(const Hosts& hosts) {
        const auto is_before = [&](Slot left, Slot right) {
            return hosts[left].id < hosts[right].id;
        };
        merging_.assign(order_.begin() + static_cast<std::ptrdiff_t>(in_order_), order_.end());
        std::sort(merging_.begin(), merging_.end(), is_before);
        std::size_t end = order_.size();
        while (!merging_.empty()) {
            const bool is_new_last =
                in_order_ == 0 || is_before(order_[in_order_ - 1], merging_.back());
            order_[--end] = is_new_last ? merging_.back() : order_[in_order_ - 1];
            if (is_new_last) merging_.pop_back();
            if (!is_new_last) --in_order_;
        }
        in_order_ = order_.size();
    }

    Vector<Slot, Allocator> order_;
    std::size_t in_order_ = 0;         ///< the first of `order_` are sorted; new hosts follow
    Vector<Slot, Allocator> merging_;  ///< scratch space for the new hosts
    Vector<std::uint32_t, Allocator> ranks_;   ///< by slot: place in `order_`, or `no_rank`
    Vector<std::uint64_t, Allocator> marked_;  ///< a bit for each rank; all 0 between two sorts
    bool has_ranks_ = false;
};

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
