// gigaspot: hints at the memory that a command or a close will need. Layer: engine/store. Hints
// change nothing. The batches of `events/*` in `bench/` measure their effect.
#pragma once

#include <cstddef>
#include <cstdint>

#include <gigaspot/base/config.hpp>
#include <gigaspot/engine/store/book.hpp>
#include <gigaspot/engine/store/id_index.hpp>
#include <gigaspot/engine/store/memory.hpp>
#include <gigaspot/values/event.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

template <class Store>
class Hints {
public:
    explicit Hints(const Store& store) : store_{store} {}

    // --- The indexes ---

    void index_of_bid_tag(std::uint32_t tag) const { store_.bid_index_.fetch(tag); }
    void index_of_host_tag(std::uint32_t tag) const { store_.host_index_.fetch(tag); }
    void index_of_bid(Slot bid) const {
        if (bid < store_.bids.slots()) index_of_bid_tag(tag_of(store_.bids[bid].id));
    }
    /// Returns a slot whose mark agrees with the tag, or `no_slot`. Reads no record.
    [[nodiscard]] Slot likely_bid(std::uint32_t tag) const {
        return store_.bid_index_.find(tag, [](Slot) { return true; });
    }
    [[nodiscard]] Slot likely_host(std::uint32_t tag) const {
        return store_.host_index_.find(tag, [](Slot) { return true; });
    }

    // --- The records. Any slot is allowed, unless a function says otherwise ---

    void bid(Slot bid) const { fetch_slot(store_.bids.data(), bid); }
    /// Hints at the other records that a command for a bid reads.
    void around_bid(const BidHandle& handle, bool is_edit) const {
        store_.entries.fetch(handle.entry);
        is_edit ? host_terms(handle.host) : host(handle.host);
    }
    void details_of_bid(Slot bid) const {
        if (bid < store_.bids.slots()) fetch(&store_.bids.details(bid));
    }
    /// Hints at what an edit and a choice read of a host.
    void host_terms(Slot host) const { fetch_slot<terms_size>(store_.hosts.data(), host); }
    void host(Slot host) const { fetch_slot(store_.hosts.data(), host); }
    /// Hints at the entry of a bid, and returns the bid's host.
    Slot entry_of_bid(Slot bid) const {
        if (bid >= store_.bids.slots()) return no_slot;
        const auto& record = store_.bids[bid];
        store_.entries.fetch(record.entry);
        return record.host;
    }
    /// Hints at the place of a host's next bid.
    void place_of_next(Slot host) const {
        if (host < store_.hosts.slots()) place_of_next(store_.hosts[host]);
    }
    void place_of_next(const typename Store::Host& host) const {
        const Book& book = host.book;
        store_.entries.fetch(book.first_gap);
        const Slot next = store_.bids.spare(book.gpus);
        if (next != no_slot) store_.bids.fetch(next);
    }
    /// Hints at what a close reads of a host in addition to the record.
    void run(Slot host) const {
        fetch_slot(store_.runs.data(), host);
        fetch_slot(store_.former.data(), host);
    }
    void account(Slot account) const {
        // Many bids have none, and a hint at no memory makes the processor search for its page.
        if (account != no_slot) fetch_slot(store_.accounts_.data(), account);
    }
    /// Hints at all entries of a host, which must exist.
    void book(Slot host) const {
        const BookEntries entries = store_.entries_of(host);
        for (auto at = entries.first_block(); at != no_block; at = entries.after(at))
            fetch_slot(&entries.block(at), 0);
    }

private:
    static constexpr std::size_t terms_size = 128;

    const Store& store_;
};

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
