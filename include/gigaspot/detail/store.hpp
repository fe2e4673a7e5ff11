// gigaspot: the records of a live market: hosts, bids and runs, and how they are found. It knows
// no rule. Layer: engine.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include <gigaspot/billing.hpp>
#include <gigaspot/book.hpp>
#include <gigaspot/config.hpp>
#include <gigaspot/currency.hpp>
#include <gigaspot/detail/id_index.hpp>
#include <gigaspot/detail/memory.hpp>
#include <gigaspot/host.hpp>
#include <gigaspot/offer.hpp>
#include <gigaspot/overclock.hpp>
#include <gigaspot/rate_index.hpp>
#include <gigaspot/traits.hpp>
#include <gigaspot/units.hpp>

namespace gigaspot::inline GIGASPOT_ABI::detail {

/// The same market for hosts whose GPUs stand elsewhere.
template <class Traits>
struct WithoutGpus : Traits {
    static constexpr std::size_t gpus_max = 1;
};

/// The bid of a host that leaves it the most, and between which net rates of the main currency that
/// is known. It may be any bid that passes all of section 5 but the reserve; the incumbent counts.
struct TopBid {
    bool is_known = false;
    std::uint32_t rates = 0;  ///< the generation of the rates, where more than the main one matters
    Slot bid = no_slot;
    Interval stands{};
};

/// How many bids on a host its owners have at most, by few bits of the owner's hash: to look at all
/// bids only when it may matter.
class OwnerCounts {
public:
    [[nodiscard]] std::size_t at_most(std::uint32_t tag) const { return counts_[tag % size]; }
    void add(std::uint32_t tag) { ++counts_[tag % size]; }
    void remove(std::uint32_t tag) { --counts_[tag % size]; }
    void clear() { *this = {}; }

private:
    static constexpr std::size_t size = 8;
    std::uint32_t counts_[size]{};
};

template <class Traits, class Allocator>
struct HostRecord {
    explicit HostRecord(const Allocator& allocator) : gpus{allocator}, book{allocator} {}

    BasicHostCapabilities<WithoutGpus<Traits>> terms{};  ///< all but the GPUs
    Vector<BasicGpuLimits<Traits>, Allocator> gpus;
    Book<Allocator> book;
    TopBid top{};
    OwnerCounts owners{};
    std::uint32_t foreign = 0;  ///< bids that are not in the main currency
    std::uint32_t generation = 0;
    bool is_used = false;
    bool must_look = false;  ///< at the next close; it is in `Store::to_look`
};

template <class Traits>
struct BidRecord {
    typename Traits::BidId id{};
    typename Traits::OwnerId owner{};
    std::uint64_t sequence = 0;
    std::int64_t expiry = 0;     ///< ms; may be past the row of a time
    Int128 billed = 0;           ///< the sum of its account, while it does not run
    Slot host = no_slot;         ///< `no_slot`: the record is not in use
    std::uint32_t position = 0;  ///< in its host's book
    std::uint32_t generation = 0;
};

/// An accepted edit of a running bid, until it takes effect. Its profiles stand in the book.
struct PendingEdit {
    Price price{};
    TotalPower watts{};
    std::uint64_t sequence = 0;
    bool is_overclock_valid = true;
};

/// The run on a host. All that a charge needs stands here, so that a close reads one array.
template <class Traits>
struct RunRecord {
    Slot bid = no_slot;  ///< `no_slot`: the host idles
    Currency currency{};
    bool has_worsened = false;
    bool is_cancelled = false;   ///< a cancel waits
    bool has_edit = false;       ///< an edit waits
    bool was_edited = false;     ///< within a close: an edit has just taken effect
    bool is_in_pending = false;  ///< its host is in `Store::pending`
    Price price{};               ///< that won
    std::optional<Timestamp> first_won{};
    Timestamp charged{};  ///< up to this time
    Account account{};
    PendingEdit edit{};
    typename Traits::HostId host_id{};
    typename Traits::BidId bid_id{};
    typename Traits::OwnerId owner{};
};

template <class Traits, class Allocator>
class Store {
public:
    using HostId = typename Traits::HostId;
    using BidId = typename Traits::BidId;
    using Host = HostRecord<Traits, Allocator>;
    using Bid = BidRecord<Traits>;
    using Run = RunRecord<Traits>;

    explicit Store(const Allocator& allocator)
        : hosts{allocator}, runs{allocator}, bids{allocator}, standing{allocator},
          expiries{allocator}, to_look{allocator}, pending{allocator}, touched{allocator},
          victims{allocator}, allocator_{allocator}, host_index_{allocator},
          bid_index_{allocator}, order_{allocator} {}

    [[nodiscard]] Slot find_host(const HostId& id) const {
        return host_index_.find(detail::tag_of(id),
                                [&](Slot slot) { return hosts[slot].terms.id == id; });
    }
    [[nodiscard]] Slot find_bid(const BidId& id) const {
        return bid_index_.find(detail::tag_of(id), [&](Slot slot) { return bids[slot].id == id; });
    }

    /// Room for so many hosts in all.
    void make_room_for_hosts(std::size_t count) {
        hosts.make_room(count);
        const std::size_t slots = hosts.capacity();
        make_room(runs, slots);
        make_room(to_look, slots);
        make_room(pending, slots);
        make_room(touched, 2 * slots);
        make_room(order_, slots);
        standing.make_room(slots);
        expiries.make_room(slots);
        host_index_.make_room(count);
    }

    /// Room for one more host, with so many GPUs.
    void make_room_for_host(std::size_t gpus) {
        make_room_for_hosts(hosts.in_use() + 1);
        if (!hosts.has_spare()) hosts.give_back(take_host_slot());
        Host& next = hosts[hosts.spare()];
        next.gpus.reserve(gpus);
        next.book.make_room(0, gpus);
    }

    /// Room for so many bids in all.
    void make_room_for_bids(std::size_t count) {
        bids.make_room(count);
        bid_index_.make_room(count);
    }

    /// Room in a host's book for one more bid.
    void make_room_on(Slot host) {
        Book<Allocator>& book = hosts[host].book;
        book.make_room();
        detail::make_room(victims, book.size() + 1);
    }

    /// All slots of hosts from now on have so much room, those of hosts to come too.
    void make_room_in_books(std::size_t hosts_count, std::size_t bids_per_host, std::size_t gpus) {
        Vector<Slot, Allocator> taken{allocator_};
        taken.reserve(hosts_count);
        while (hosts.in_use() < hosts_count) taken.push_back(take_host_slot());
        while (!taken.empty()) {  // the lowest slots are used first
            hosts.give_back(taken.back());
            taken.pop_back();
        }
        // Only now, since it may fail.
        for (Slot slot = 0; slot < hosts.slots(); ++slot) {
            hosts[slot].gpus.reserve(gpus);
            hosts[slot].book.make_room(bids_per_host, gpus);
        }
        detail::make_room(victims, bids_per_host);
    }

    /// Adds a host without bids; there is room for it.
    Slot add_host(const BasicHostCapabilities<WithoutGpus<Traits>>& terms,
                  std::span<const BasicGpuLimits<Traits>> gpus) {
        const Slot slot = take_host_slot();
        Host& host = hosts[slot];
        host.terms = terms;
        host.gpus.assign(gpus.begin(), gpus.end());
        host.book.reset(host.gpus.size());
        host.top = {};
        host.owners.clear();
        host.foreign = 0;
        host.is_used = true;
        runs[slot].bid = no_slot;
        runs[slot].host_id = terms.id;
        standing.set(slot, Interval::all());
        expiries.set(slot, Interval::all());
        host_index_.insert(detail::tag_of(terms.id), slot);
        const bool is_last = in_order_ == order_.size() &&
                             (order_.empty() || hosts[order_.back()].terms.id < terms.id);
        order_.push_back(slot);
        if (is_last) ++in_order_;
        return slot;
    }

    /// Removes a host; its bids and its run are gone.
    void remove_host(Slot slot) {
        Host& host = hosts[slot];
        GIGASPOT_ASSERT(host.book.size() == 0 && runs[slot].bid == no_slot);
        host_index_.erase(detail::tag_of(host.terms.id), slot);
        const auto place = std::find(order_.begin(), order_.end(), slot);
        if (place < order_.begin() + static_cast<std::ptrdiff_t>(in_order_)) --in_order_;
        order_.erase(place);
        standing.set(slot, Interval::all());
        expiries.set(slot, Interval::all());
        host.is_used = false;
        ++host.generation;
        hosts.give_back(slot);
    }

    /// Adds a bid to a host's book; there is room for it.
    Slot add_bid(const Bid& bid, Price price, Currency currency,
                 std::span<const BasicOverclockProfile<Traits>> profiles) {
        Host& host = hosts[bid.host];
        const Slot slot = bids.take(Bid{});
        const std::uint32_t generation = bids[slot].generation;
        bids[slot] = bid;
        bids[slot].generation = generation;
        bids[slot].position = static_cast<std::uint32_t>(host.book.size());
        host.book.push(Line{slot, price, currency, total_power_limit(profiles)}, profiles);
        host.owners.add(detail::tag_of(bid.owner));
        if (currency != main_currency) ++host.foreign;
        bid_index_.insert(detail::tag_of(bid.id), slot);
        if (bid.expiry - 1 < expiries[bid.host].hi)
            expiries.set(bid.host, {Interval{}.lo, bid.expiry - 1});
        return slot;
    }

    /// Removes a bid that does not run.
    void remove_bid(Slot slot) {
        Bid& bid = bids[slot];
        Host& host = hosts[bid.host];
        if (line(slot).currency() != main_currency) --host.foreign;
        host.owners.remove(detail::tag_of(bid.owner));
        const Slot moved = host.book.erase(bid.position);
        if (moved != no_slot) bids[moved].position = bid.position;
        bid_index_.erase(detail::tag_of(bid.id), slot);
        bid.host = no_slot;
        ++bid.generation;
        bids.give_back(slot);
    }

    [[nodiscard]] Line& line(Slot bid) { return hosts[bids[bid].host].book[bids[bid].position]; }
    [[nodiscard]] const Line& line(Slot bid) const {
        return hosts[bids[bid].host].book[bids[bid].position];
    }

    /// Bids of one owner on a host. Looks at all bids only if they may be `enough` or more; below
    /// that the answer may be too high.
    [[nodiscard]] std::size_t bids_of(const typename Traits::OwnerId& owner, Slot host,
                                      std::size_t enough) const {
        const std::size_t at_most = hosts[host].owners.at_most(detail::tag_of(owner));
        if (at_most < enough) return at_most;
        std::size_t count = 0;
        for (const Line& line : hosts[host].book.lines()) count += bids[line.bid()].owner == owner;
        return count;
    }

    /// Hosts in ascending order of their ids.
    [[nodiscard]] std::span<const Slot> in_order() {
        if (in_order_ < order_.size()) merge_new_hosts();
        return {order_.data(), order_.size()};
    }
    void sort_hosts(std::span<Slot> slots) const {
        std::sort(slots.begin(), slots.end(), IdOrder{*this});
    }
    void sort_bids(std::span<Slot> slots) const {
        std::sort(slots.begin(), slots.end(),
                  [&](Slot left, Slot right) { return bids[left].id < bids[right].id; });
    }

    void must_look(Slot host) {
        if (hosts[host].must_look) return;
        hosts[host].must_look = true;
        to_look.push_back(host);
    }

    Pool<Host, Allocator> hosts;
    Vector<Run, Allocator> runs;  ///< by the slot of the host
    Pool<Bid, Allocator> bids;
    RateIndex<Allocator> standing;  ///< net rates between which a host's next close changes nothing
    RateIndex<Allocator> expiries;  ///< times before any of its bids expires
    Vector<Slot, Allocator> to_look;  ///< hosts that the next close must look at
    Vector<Slot, Allocator> pending;  ///< hosts with a run whose edit or cancel waits
    Vector<Slot, Allocator> touched;  ///< room for hosts that a close removes bids from, some twice
    Vector<Slot, Allocator> victims;  ///< room for the bids of one host

    [[nodiscard]] const Allocator& allocator() const { return allocator_; }

private:
    struct IdOrder {
        const Store& store;
        bool operator()(Slot left, Slot right) const {
            return store.hosts[left].terms.id < store.hosts[right].terms.id;
        }
    };

    /// Sorts the new hosts alone, and merges them from behind: `touched` has room for a copy.
    void merge_new_hosts() {
        const IdOrder is_before{*this};
        touched.assign(order_.begin() + static_cast<std::ptrdiff_t>(in_order_), order_.end());
        std::sort(touched.begin(), touched.end(), is_before);
        std::size_t end = order_.size();
        while (!touched.empty()) {
            const bool is_new_last =
                in_order_ == 0 || is_before(order_[in_order_ - 1], touched.back());
            order_[--end] = is_new_last ? touched.back() : order_[in_order_ - 1];
            if (is_new_last) touched.pop_back();
            if (!is_new_last) --in_order_;
        }
        in_order_ = order_.size();
    }

    Slot take_host_slot() {
        const Slot slot = hosts.take(allocator_);
        if (runs.size() <= slot) runs.resize(std::size_t{slot} + 1);
        standing.extend(std::size_t{slot} + 1);
        expiries.extend(std::size_t{slot} + 1);
        return slot;
    }

    Allocator allocator_;
    IdIndex<Allocator> host_index_;
    IdIndex<Allocator> bid_index_;
    Vector<Slot, Allocator> order_;
    std::size_t in_order_ = 0;  ///< so many of `order_` are; behind them stand new hosts
};

}  // namespace gigaspot::inline GIGASPOT_ABI::detail
