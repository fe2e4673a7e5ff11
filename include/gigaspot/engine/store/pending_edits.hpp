// gigaspot: edits and cancels that wait for a run until the next close. Layer: engine/store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <gigaspot/base/config.hpp>
#include <gigaspot/engine/store/book.hpp>
#include <gigaspot/engine/store/memory.hpp>
#include <gigaspot/engine/store/records.hpp>
#include <gigaspot/rules/packed.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// An accepted edit of a running bid, without its profiles.
struct PendingEdit {
    BookEntry terms{};  ///< with the price, the watts and the validity that the bid will have
    std::uint64_t sequence = 0;
};

/// The edits that wait, with their profiles, and the hosts whose run has an edit or a cancel that
/// waits. A run has at most one edit, `RunRecord::edit`. After a run has ended, its host can stay
/// in the list of hosts until the next close.
template <class Traits, class Allocator>
class PendingEdits {
public:
    using Host = HostRecord<Traits>;
    using Run = RunRecord<Traits>;

    explicit PendingEdits(const Allocator& allocator)
        : edits_{allocator}, profiles_{allocator}, hosts_{allocator} {}

    /// Makes room for `hosts` hosts in all.
    void make_room(std::size_t hosts, const Allocator& allocator) {
        detail::extend(profiles_, hosts, OfHost{allocator});
        detail::make_room(hosts_, hosts);
    }
    /// Makes room for an edit of the run on a host with `gpus` GPUs.
    void make_room(Slot host, const Run& run, std::size_t gpus) {
        if (!run.has_edit()) edits_.make_room(edits_.in_use() + 1, PendingEdit{});
        profiles_[host].list.reserve(gpus);
    }
    /// Makes room for an edit on each of the first `hosts` slots.
    void reserve(std::size_t hosts, std::size_t gpus_each) {
        edits_.make_room(hosts, PendingEdit{});
        for (Slot host = 0; host < hosts; ++host) profiles_[host].list.reserve(gpus_each);
    }

    /// Returns the edit of a run, which must have one.
    [[nodiscard]] PendingEdit& of(const Run& run) { return edits_[run.edit]; }
    [[nodiscard]] const PendingEdit& of(const Run& run) const { return edits_[run.edit]; }
    /// Returns the profiles of the last edit on a host.
    [[nodiscard]] std::span<const PackedProfile> profiles(Slot host) const {
        const auto& list = profiles_[host].list;
        return {list.data(), list.size()};
    }

    /// Stores an edit. Room must have been made.
    void set(Run& run, const PendingEdit& edit) {
        if (!run.has_edit()) run.edit = edits_.take();
        edits_[run.edit] = edit;
    }
    void set_profiles(Slot host, std::span<const PackedProfile> profiles) {
        profiles_[host].list.assign(profiles.begin(), profiles.end());
    }
    void drop(Run& run) {
        if (run.has_edit()) edits_.give_back(run.edit);
        run.edit = no_slot;
    }

    /// Adds a host whose run has an edit or a cancel that waits.
    void wait(Slot slot, Host& host, Run& run) {
        host.has_pending = true;
        if (run.is_in_pending) return;
        run.is_in_pending = true;
        hosts_.push_back(slot);
    }
    /// Returns the hosts in the list, in no order.
    [[nodiscard]] std::span<const Slot> hosts() const { return {hosts_.data(), hosts_.size()}; }
    void clear() { hosts_.clear(); }

private:
    /// A copy has the same capacity.
    struct OfHost {
        explicit OfHost(const Allocator& allocator) : list{allocator} {}
        OfHost(const OfHost& other) : list{other.list} { list.reserve(other.list.capacity()); }
        OfHost(OfHost&&) noexcept = default;
        OfHost& operator=(const OfHost&) = delete;

        ShortVector<PackedProfile, Allocator> list;
    };

    Pool<PendingEdit, Allocator> edits_;
    Vector<OfHost, Allocator> profiles_;  ///< by the slot of the host
    Vector<Slot, Allocator> hosts_;
};

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
