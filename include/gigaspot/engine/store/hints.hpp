// gigaspot: hints at the memory that a live market will need. Layer: engine/store. They change
// nothing, and what they hint at need not be there; `bench/`, `events/*`, measures what they are
// worth.
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

/// Of a slot that is none, nothing is fetched.
template <class Store>
class Hints {
public:
    explicit Hints(const Store& store) : store_{store} {}

    // --- The indexes ---

    void bid_entry(std::uint32_t tag) const { store_.bid_index_.fetch(tag); }
    void host_entry(std::uint32_t tag) const { store_.host_index_.fetch(tag); }
    void entry_of_bid(Slot bid) const {
        if (bid < store_.bids.slots()) bid_entry(tag_of(store_.bids[bid].id));
    }
    /// A bid with this tag, if there is one; no record is looked at.
    [[nodiscard]] Slot likely_bid(std::uint32_t tag) const {
        return store_.bid_index_.find(tag, [](Slot) { return true; });
    }
    [[nodiscard]] Slot likely_host(std::uint32_t tag) const {
        return store_.host_index_.find(tag, [](Slot) { return true; });
    }

    // --- The records ---

    void bid(Slot bid) const {
        if (bid < store_.bids.slots()) fetch(&store_.bids[bid]);
    }
    /// All that a command for a bid reads first.
    void bid(const BidHandle& handle, bool is_edit) const {
        bid(handle.slot);
        store_.lines.fetch(handle.line);
        is_edit ? host_terms(handle.host) : host(handle.host);
    }
    void details_of_bid(Slot bid) const {
        if (bid < store_.bids.slots()) fetch(&store_.bids.details(bid));
    }
    /// What a change of price and a choice read of a host.
    void host_terms(Slot host) const {
        if (host < store_.hosts.slots()) fetch_first<terms_size>(store_.hosts[host]);
    }
    void host(Slot host) const {
        if (host < store_.hosts.slots())
            fetch_first<sizeof(typename Store::Host)>(store_.hosts[host]);
    }
    /// The line of a bid, whose host it returns.
    Slot line_of_bid(Slot bid) const {
        if (bid >= store_.bids.slots()) return no_slot;
        const auto& record = store_.bids[bid];
        store_.lines.fetch(record.line);
        return record.host;
    }
    /// Where the next bid of a host will be put.
    void place_of_next(Slot host) const {
        if (host < store_.hosts.slots()) place_of_next(store_.hosts[host]);
    }
    void place_of_next(const typename Store::Host& host) const {
        const Book& book = host.book;
        store_.lines.fetch(book.first_gap);
        const Slot next = store_.bids.spare(book.gpus);
        if (next != no_slot) store_.bids.fetch(next);
    }

    // --- For a close: of hosts that are there ---

    /// What it reads of a host besides the record.
    void run(Slot host) const {
        fetch_first<sizeof(typename Store::Run)>(store_.runs[host]);
        fetch_first<sizeof(store_.former[host])>(store_.former[host]);
    }
    void account(Slot account) const {
        if (account < store_.accounts_.slots()) fetch(&store_.accounts_[account]);
    }
    /// All lines of a host.
    void book(Slot host) const {
        const BookLines lines = store_.lines_of(host);
        for (auto at = lines.first_block(); at != no_block; at = lines.after(at))
            fetch_first<sizeof(LineBlock)>(lines.block(at));
    }

private:
    static constexpr std::size_t terms_size = 128;

    const Store& store_;
};

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
