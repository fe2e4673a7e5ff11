// gigaspot: all hosts, bids and runs of a live market, without any rule. Layer: engine/store.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <utility>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/int128.hpp>
#include <gigaspot/engine/store/bid_pool.hpp>
#include <gigaspot/engine/store/book.hpp>
#include <gigaspot/engine/store/handles.hpp>
#include <gigaspot/engine/store/hints.hpp>
#include <gigaspot/engine/store/host_gpus.hpp>
#include <gigaspot/engine/store/host_order.hpp>
#include <gigaspot/engine/store/id_index.hpp>
#include <gigaspot/engine/store/interval_index.hpp>
#include <gigaspot/engine/store/memory.hpp>
#include <gigaspot/engine/store/pending_edits.hpp>
#include <gigaspot/engine/store/rate_levels.hpp>
#include <gigaspot/engine/store/records.hpp>
#include <gigaspot/rules/offer.hpp>
#include <gigaspot/rules/packed.hpp>
#include <gigaspot/values/currency.hpp>
#include <gigaspot/values/host.hpp>
#include <gigaspot/values/limits.hpp>
#include <gigaspot/values/overclock.hpp>
#include <gigaspot/values/traits.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

template <class Traits, class Allocator>
class Store {
public:
    using HostId = typename Traits::HostId;
    using BidId = typename Traits::BidId;
    using Host = HostRecord<Traits>;
    using Bid = BidRecord<Traits>;
    using Run = RunRecord<Traits>;
    using GpuSpan = std::span<const BasicGpuLimits<Traits>>;

    /// The parts of a bid. Valid until a bid is added or removed.
    struct BidAt {
        Slot slot;
        Bid& bid;
        Host& host;
        BookEntry& entry;

        [[nodiscard]] bool is_running() const { return host.running == slot; }
    };

    explicit Store(const Allocator& allocator)
        : allocator_{allocator}, hosts{allocator}, runs{allocator}, starts{allocator},
          former{allocator}, gpus{allocator}, entries{allocator}, bids{allocator}, edits{allocator},
          rate_ranges{allocator}, rate_boxes{allocator}, expiries{allocator}, to_look{allocator},
          touched{allocator}, victims{allocator}, accounts_{allocator}, host_index_{allocator},
          bid_index_{allocator}, order_{allocator} {}

    /// A copied vector has no spare room, so the copy makes again the room that commands rely on.
    Store(const Store& other)
        : allocator_{other.allocator_}, hosts{other.hosts}, runs{other.runs}, starts{other.starts},
          former{other.former}, gpus{other.gpus}, entries{other.entries}, bids{other.bids},
          edits{other.edits}, rate_ranges{other.rate_ranges},
          rate_boxes{other.rate_boxes}, expiries{other.expiries}, to_look{other.to_look},
          touched{other.touched}, victims{other.victims}, owners_width{other.owners_width},
          first_generation{other.first_generation}, accounts_{other.accounts_},
          host_index_{other.host_index_}, bid_index_{other.bid_index_}, order_{other.order_} {
        make_room_for_hosts(hosts.in_use());
        victims.reserve(other.victims.capacity());
    }
    Store(Store&&) noexcept = default;
    /// Memory and its allocator move together.
    Store& operator=(Store&& other) noexcept {
        if (this == &other) return *this;
        this->~Store();
        return *::new (static_cast<void*>(this)) Store(std::move(other));
    }
    Store& operator=(const Store& other) { return *this = Store{other}; }
    ~Store() = default;

    [[nodiscard]] Slot find_host(const HostId& id) const {
        return host_index_.find(detail::tag_of(id),
                                [&](Slot slot) { return hosts[slot].id == id; });
    }
    [[nodiscard]] Slot find_bid(const BidId& id) const { return find_bid(id, detail::tag_of(id)); }
    [[nodiscard]] Slot find_bid(const BidId& id, std::uint32_t tag) const {
        return bid_index_.find(tag, [&](Slot slot) { return bids[slot].id == id; });
    }

    /// Makes room for `count` hosts in all.
    void make_room_for_hosts(std::size_t count) {
        hosts.make_room(count, Host{});
        const std::size_t slots = hosts.capacity();
        detail::extend(runs, slots, Run{});
        detail::extend(starts, slots, Timestamp{});
        detail::extend(former, slots, FormerTops<Traits>{});
        make_room(to_look, slots);
        make_room(touched, 2 * slots);
        gpus.make_room(slots, allocator_);
        edits.make_room(slots, allocator_);
        order_.make_room(slots);
        rate_ranges.make_room(slots);
        rate_boxes.make_room(slots);
        expiries.make_room(slots);
        make_room_in(host_index_, hosts, count);
    }

    /// Makes room for one more host with these GPUs.
    void make_room_for_host(GpuSpan its_gpus) {
        make_room_for_hosts(hosts.in_use() + 1);
        gpus.make_room(hosts.spare(), its_gpus);
    }

    /// Makes room for `count` bids in all with up to `gpus_each` profiles each.
    void make_room_for_bids(std::size_t count, std::size_t gpus_each) {
        bids.reserve(count, gpus_each);
        make_room_for_ids_of_bids(count);
        accounts_.make_room(count, 0);
    }

    /// Makes room in the index for the ids of `count` bids in all.
    void make_room_for_ids_of_bids(std::size_t count) { make_room_in(bid_index_, bids, count); }

    /// Makes room for one more bid on a host, and returns the slot that it will have.
    [[gnu::always_inline]] Slot make_room_for_bid(Host& host) {
        Book& book = host.book;
        const Slot bid = bids.make_room(book.gpus);
        make_room_for_ids_of_bids(bids.in_use() + 1);
        entries.make_room(book);
        detail::make_room(victims, std::size_t{book.bids} + 1);
        return bid;
    }

    /// Makes room for an edit of a host's run.
    void make_room_for_edit(Slot host) { edits.make_room(host, runs[host], hosts[host].book.gpus); }

    /// Makes room for the accounts of `count` runs that stop.
    void make_room_for_stops(std::size_t count) {
        count += accounts_.in_use();
        accounts_.make_room(count < bids.in_use() ? count : bids.in_use(), 0);
    }

    /// Makes room for a market of this size with up to `gpus_each` GPUs on each host.
    void reserve(const EngineLimits& size, std::size_t gpus_each) {
        make_room_for_hosts(size.hosts);
        make_room_for_bids(size.bids, gpus_each);
        edits.reserve(hosts.capacity(), gpus_each);
        for (Slot slot = 0; slot < hosts.capacity(); ++slot) gpus.make_room(slot, gpus_each);
        entries.reserve(Book::entries_max(hosts.capacity(), size.bids));
        detail::make_room(victims, size.bids_per_host);
    }

    /// Adds a host without bids. Room must have been made.
    Slot add_host(const BasicHostCapabilities<WithoutGpus<Traits>>& terms, GpuSpan its_gpus) {
        const Slot slot = take_host_slot();
        Host& host = hosts[slot];
        host.set_terms(terms);
        host.book = {.gpus = static_cast<std::uint32_t>(its_gpus.size())};
        set_gpus(slot, its_gpus);
        host.top = {};
        host.running = no_slot;
        host.first_expiry = Interval::all().hi;
        host.owners = {};
        host.foreign = 0;
        host.has_pending = false;
        host.has_former = host.has_top_holder = false;
        host.is_used = true;
        runs[slot].bid = no_slot;
        edits.drop(runs[slot]);
        runs[slot].host_id = terms.id;
        rate_ranges.set(slot, Interval::all());
        rate_boxes.set(slot, no_level);
        expiries.set(slot, Interval::all());
        host_index_.insert(detail::tag_of(terms.id), slot);
        order_.add(hosts, slot);
        return slot;
    }

    [[nodiscard]] auto gpus_of(Slot host) const { return gpus.of(host, hosts[host].book.gpus); }
    /// Replaces a host's GPUs. Room must have been made.
    void set_gpus(Slot slot, GpuSpan its_gpus) {
        gpus.set(slot, its_gpus);
        hosts[slot].each = PackedLimits{its_gpus.front()};
        hosts[slot].has_equal_gpus = gpus.limits(slot).empty();
    }
    /// Whether a host's GPUs allow these profiles.
    [[nodiscard, gnu::always_inline]] bool allows(Slot slot,
                                                  std::span<const PackedProfile> profiles) const {
        const Host& host = hosts[slot];
        return host.has_equal_gpus ? is_overclock_valid(profiles, host.each, host.book.gpus)
                                   : is_overclock_valid(profiles, gpus.limits(slot));
    }
    /// Packs one profile for each of a host's GPUs, and checks their limits.
    [[gnu::always_inline]] PackedSum pack(Slot slot, const Host& host,
                                          const BasicOverclockProfile<Traits>* profiles,
                                          PackedProfile* packed) const {
        return host.has_equal_gpus
                   ? PackedCheck::pack<0>(profiles, &host.each, host.book.gpus, packed)
                   : PackedCheck::pack<1>(profiles, gpus.limits(slot).data(), host.book.gpus,
                                          packed);
    }

    /// Removes a host that has no bids.
    void remove_host(Slot slot) {
        Host& host = hosts[slot];
        GIGASPOT_ASSERT(host.book.bids == 0 && host.running == no_slot);
        host_index_.erase(detail::tag_of(host.id), slot);
        order_.remove(slot);
        rate_ranges.set(slot, Interval::all());
        rate_boxes.set(slot, no_level);
        expiries.set(slot, Interval::all());
        entries.clear(host.book);
        host.is_used = false;
        ++host.generation;
        hosts.give_back(slot);
    }

    /// A new bid without its entry and profiles.
    struct NewBid {
        const BidId& id;
        const typename Traits::OwnerId& owner;
        std::uint64_t sequence = 0;
        std::int64_t expiry = 0;
        Timestamp placed{};
    };

    /// Adds the bid of an entry to a host. The entry's slot is that of `make_room_for_bid`, and
    /// `tag` is that of the id. Returns the bid's handle.
    [[gnu::always_inline]] BidHandle add_bid(Slot host_slot, Host& host, BookEntry entry,
                                             const NewBid& terms, std::uint32_t tag,
                                             std::span<const PackedProfile> profiles) {
        const Slot slot = entry.bid();
        bids.take(slot);
        Bid& bid = bids[slot];
        bid.host = host_slot;
        bid.sequence = terms.sequence;
        bid.id = terms.id;
        bids.details(slot) = {.owner = terms.owner, .expiry = terms.expiry, .placed = terms.placed};
        bid.entry = entries.add(host.book, entry);
        host.owners.add(entry.owner_bits(), owners_width);
        bids.set_profiles(slot, profiles);
        if (!entry.is_in_main()) ++host.foreign;
        bid_index_.insert(tag, slot);
        if (terms.expiry < host.first_expiry) set_first_expiry(host_slot, terms.expiry);
        return {slot, bid.generation + first_generation, host_slot, bid.entry};
    }

    /// Removes a bid that does not run. Closes the gaps of its book if it is sparse.
    [[gnu::always_inline]] void remove_bid(const BidAt& at) {
        if (at.entry.currency() != main_currency) --at.host.foreign;
        at.host.owners.remove(at.entry.owner_bits(), owners_width);
        Book& book = at.host.book;
        entries.remove(book, at.bid.entry);
        if (book.is_sparse()) close_gaps(book);
        bid_index_.erase(detail::tag_of(at.bid.id), at.slot);
        if (at.bid.account != no_slot) accounts_.give_back(at.bid.account);
        at.bid.account = no_slot;
        ++at.bid.generation;
        bids.give_back(at.slot);
    }

    /// Returns the sum of an account. It is 0 for `no_slot`.
    [[nodiscard]] Int128 billed(Slot account) const {
        return account == no_slot ? Int128{0} : accounts_[account];
    }
    /// Stores the sum of a bid's account, which may be `no_slot`, and returns the account. A bid
    /// without one gets one if the sum is not 0. Room must have been made.
    Slot set_billed(Slot bid, Slot account, Int128 sum) {
        if (account == no_slot && sum == 0) return account;
        if (account == no_slot) bids[bid].account = account = accounts_.take();
        accounts_[account] = sum;
        return account;
    }

    [[nodiscard]] std::span<const PackedProfile> profiles(Slot bid) const {
        return {bids.profiles(bid), hosts[bids[bid].host].book.gpus};
    }

    /// Notes the time in ms before which none of a host's bids expires.
    void set_first_expiry(Slot host, std::int64_t time) {
        hosts[host].first_expiry = time;
        expiries.set(host, {Interval::all().lo, time - 1});
    }

    [[nodiscard]] BidAt at(Slot slot) {
        Bid& bid = bids[slot];
        return {slot, bid, hosts[bid.host], entries[bid.entry]};
    }

    [[nodiscard]] BookEntry& entry(Slot bid) { return entries[bids[bid].entry]; }
    const BookEntry& entry(Slot bid) const { return entries[bids[bid].entry]; }
    [[nodiscard]] BookEntries entries_of(Slot host) const { return entries.of(hosts[host].book); }

    /// Returns a number that an owner's bids on a host do not exceed. Costs O(1).
    [[nodiscard]] std::size_t bids_of_at_most(std::uint32_t owner_tag, const Host& host) const {
        return host.owners.at_most(BookEntry::owner_bits_of(owner_tag), owners_width);
    }
    /// Returns the number of an owner's bids on a host. Costs O(bids).
    [[nodiscard]] std::size_t count_bids_of(const typename Traits::OwnerId& owner, Host& host) {
        const std::uint32_t tag = detail::tag_of(owner);
        const std::uint32_t bits = BookEntry::owner_bits_of(tag);
        std::size_t count = 0;
        std::size_t together = 0;
        for (const BookEntry& entry : entries.of(host.book)) {
            if (entry.is_gap()) continue;
            if (!OwnerCounts::are_counted_together(entry.owner_bits(), bits, owners_width))
                continue;
            ++together;
            if (entry.may_be_of(tag) && bids.details(entry.bid()).owner == owner) ++count;
        }
        host.owners.set(bits, owners_width, together);
        return count;
    }

    /// Returns all hosts by ascending id.
    [[nodiscard]] std::span<const Slot> in_order() { return order_.all(hosts); }
    /// Sorts hosts by id, and drops duplicates and removed hosts.
    void sort_hosts(Vector<Slot, Allocator>& slots) { order_.sort(hosts, slots); }
    void sort_bids(std::span<Slot> slots) const {
        std::sort(slots.begin(), slots.end(),
                  [&](Slot left, Slot right) { return bids[left].id < bids[right].id; });
    }

    /// Makes the next close choose for a host.
    void must_look(Slot slot) { must_look(slot, hosts[slot]); }
    void must_look(Slot slot, Host& host) {
        if (host.must_look) return;
        host.must_look = true;
        to_look.push_back(slot);
    }

    [[nodiscard]] Handles<Store> handles() const { return Handles<Store>{*this}; }
    [[nodiscard]] Hints<Store> hints() const { return Hints<Store>{*this}; }

private:
    Allocator allocator_;

public:
    Pool<Host, Allocator> hosts;
    Vector<Run, Allocator> runs;                   ///< by the slot of the host
    Vector<Timestamp, Allocator> starts;           ///< by the slot of the host: when its run began
    Vector<FormerTops<Traits>, Allocator> former;  ///< by the slot of the host
    HostGpus<Traits, Allocator> gpus;
    EntryPool<Allocator> entries;
    BidPool<Traits, Allocator> bids;
    PendingEdits<Traits, Allocator> edits;
    /// By host: the net rates of the main currency at which the next close changes nothing.
    IntervalIndex<Allocator> rate_ranges;
    /// By host: the box of other rates in which `rate_ranges` holds, if it has bids in other
    /// currencies.
    RateLevels<Allocator> rate_boxes;
    IntervalIndex<Allocator> expiries;  ///< by host: the times before the first bid expires
    Vector<Slot, Allocator> to_look;    ///< hosts for which the next close must choose
    Vector<Slot, Allocator> touched;    ///< scratch space for hosts in a close, some twice
    Vector<Slot, Allocator> victims;    ///< scratch space for the bids of one host
    std::uint32_t owners_width = OwnerCounts::width_for(limits::bids_per_owner_max);
    std::uint32_t first_generation = 0;  ///< added to each generation in a handle

    [[nodiscard]] const Allocator& allocator() const { return allocator_; }

private:
    friend class Hints<Store>;

    [[gnu::noinline]] void close_gaps(Book& book) {
        entries.close_gaps(book, [&](const BookEntry& entry, std::uint32_t number) {
            bids[entry.bid()].entry = number;
        });
    }

    Slot take_host_slot() {
        const Slot slot = hosts.take();
        rate_ranges.extend(std::size_t{slot} + 1);
        rate_boxes.extend(std::size_t{slot} + 1);
        expiries.extend(std::size_t{slot} + 1);
        return slot;
    }

    template <class Records>
    static void make_room_in(IdIndex<Allocator>& index, const Records& of, std::size_t count) {
        if (index.has_room(count)) return;
        const auto tag = [&](Slot slot) { return detail::tag_of(of[slot].id); };
        index.make_room(count, tag, [&](Slot slot) { fetch(&of[slot].id); });
    }

    Pool<Int128, Allocator> accounts_;  ///< bills of bids that have been charged and stopped
    IdIndex<Allocator> host_index_;
    IdIndex<Allocator> bid_index_;
    HostOrder<Pool<Host, Allocator>, Allocator> order_;
};

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
