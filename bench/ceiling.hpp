// Implements the ceiling: a market made only for the events of events.cpp, as fast as simple code
// can be. The report shows the engine's time relative to it.
//
// It gives the same answers as the engine: exact profits, packed profiles, the first of two equal
// bids, no host that runs at a loss. You name a bid by a handle, which can be stale, or by its id.
// It has no other rule: no validation, owners, expiry, runs, other currencies or moves of rates. It
// allocates all memory in advance.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <gigaspot/base/mix.hpp>
#include <gigaspot/engine/allocator.hpp>
#include <gigaspot/rules/packed.hpp>

#include "market.hpp"

namespace bench {

template <class T>
using LargeVector = std::vector<T, gigaspot::DefaultAllocator<T>>;

inline constexpr std::uint32_t nothing = ~std::uint32_t{0};

/// Fetches a cache line into the second cache: on a Zen 4 the first one waits for fewer lines. For
/// the `asm` see engine/store/memory.hpp: without it, g++ 12 drops calls that only fetch.
inline void fetch(const void* address) {
    asm volatile("");
    __builtin_prefetch(address, 0, 2);
}

/// A market by handles. A bid lies at one place for its whole life, and its handle has this place
/// and its host. So a new price waits once, for two cache lines at the same time.
class Ceiling {
public:
    struct Handle {
        std::uint32_t place = nothing;
        std::uint32_t generation = 0;  ///< how many bids had left the place
        std::uint32_t host = 0;
    };

    explicit Ceiling(const MarketData& data) {
        const std::size_t blocks = data.hosts.size() + data.bids.size() / block_size;
        hosts_.reserve(data.hosts.size());
        blocks_.reserve(blocks);
        bids_.reserve(blocks * block_size);
        std::size_t profiles = data.profiles.size();
        for (const HostData& host : data.hosts) {
            profiles += host.gpus.size() * block_size;
            const std::int64_t energy = host.energy_price.count();
            expect(energy >= 0 && energy < 1'000'000'000, "an energy price is too high");
            hosts_.push_back({.cost_of_watt = 2'400'000'000 * energy,
                              .gpus = static_cast<std::uint32_t>(host.gpus.size())});
        }
        profiles_.reserve(profiles);
    }

    /// Returns a handle of nothing if the number of profiles is wrong.
    Handle place(std::uint32_t to, std::uint64_t id, gigaspot::Price price,
                 std::span<const gigaspot::OverclockProfile> profiles) {
        Host& host = hosts_[to];
        if (profiles.size() != host.gpus) return {};
        if (host.free == nothing) add_block(to);
        const std::uint32_t place = host.free;
        Bid& bid = bids_[place];
        host.free = static_cast<std::uint32_t>(bid.sequence);
        gigaspot::PackedProfile* packed = profiles_.data() + profile_of(place, host.gpus);
        bid.watts = 0;
        for (const gigaspot::OverclockProfile& profile : profiles) {
            *packed++ = gigaspot::PackedProfile{profile};
            bid.watts += profile.power_limit.count();
        }
        bid.id = id;
        set_price(host, bid, place, price);
        return {place, bid.generation, to};
    }
    /// Returns false if the bid has gone.
    bool reprice(Handle handle, gigaspot::Price price) {
        Bid& bid = bids_[handle.place];
        if (bid.generation != handle.generation) return false;
        set_price(hosts_[handle.host], bid, handle.place, price);
        return true;
    }
    /// Returns false if the bid has gone.
    bool cancel(Handle handle) {
        Bid& bid = bids_[handle.place];
        if (bid.generation != handle.generation) return false;
        Host& host = hosts_[handle.host];
        ++bid.generation;
        bid.price = gone;
        bid.sequence = host.free;
        host.free = handle.place;
        if (host.best == handle.place) lose(host);
        return true;
    }

    Choice choice(std::uint32_t number) {
        Host& host = hosts_[number];
        if (host.profit == lost) scan(host);
        return host.best == nothing ? Choice{} : Choice{host.best_id, host.profit};
    }

    [[nodiscard]] std::uint64_t id_at(std::uint32_t place) const { return bids_[place].id; }
    [[nodiscard]] Handle handle_at(std::uint32_t place) const {
        return {place, bids_[place].generation, blocks_[place / block_size].host};
    }

    void fetch_bid(Handle handle) const {
        fetch(&bids_[handle.place]);
        fetch(&hosts_[handle.host]);
    }
    void fetch_host(std::uint32_t number) const { fetch(&hosts_[number]); }
    /// Fetches where the next bid of a host will be.
    void fetch_next(std::uint32_t number) const {
        const Host& host = hosts_[number];
        if (host.free == nothing) return;
        fetch(&bids_[host.free]);
        const gigaspot::PackedProfile* first = profiles_.data() + profile_of(host.free, host.gpus);
        fetch(first);
        fetch(first + host.gpus - 1);
    }

private:
    static constexpr std::uint32_t block_size = 16;
    static constexpr std::int64_t gone = -1;  // a profit below 0
    static constexpr Int128 lost = static_cast<Int128>(~gigaspot::Uint128{0} >> 1);

    struct Bid {
        std::int64_t price = gone;
        std::uint64_t id = 0;
        std::uint64_t sequence = nothing;  ///< if the bid is gone: the host's next free place
        std::int32_t watts = 0;
        std::uint32_t generation = 0;
    };
    struct alignas(64) Host {
        Int128 profit = -1;  ///< of the best bid; -1 if there is none, `lost` if it is not known
        std::uint64_t best_id = 0;
        std::int64_t cost_of_watt = 0;  ///< in 1e-20 USD per day
        std::uint32_t best = nothing;
        std::uint32_t free = nothing;
        std::uint32_t first_block = nothing;
        std::uint32_t gpus = 0;
    };
    /// The places of 16 bids of one host.
    struct Block {
        std::uint32_t host = 0;
        std::uint32_t next = nothing;
        std::uint32_t first_profile = 0;
    };

    [[nodiscard]] std::size_t profile_of(std::uint32_t place, std::uint32_t gpus) const {
        return blocks_[place / block_size].first_profile + place % block_size * gpus;
    }

    void add_block(std::uint32_t number) {
        Host& host = hosts_[number];
        const auto first = static_cast<std::uint32_t>(bids_.size());
        blocks_.push_back({number, host.first_block, static_cast<std::uint32_t>(profiles_.size())});
        host.first_block = first / block_size;
        bids_.resize(bids_.size() + block_size);
        profiles_.resize(profiles_.size() + block_size * host.gpus);
        for (std::uint32_t i = 1; i < block_size; ++i) bids_[first + i - 1].sequence = first + i;
        host.free = first;
    }

    [[nodiscard]] static Int128 profit_of(const Host& host, const Bid& bid) {
        return Int128{bid.price} * coin_rate.count() - Int128{bid.watts} * host.cost_of_watt;
    }
    static void lose(Host& host) {
        host.best = nothing;
        host.profit = lost;
    }
    /// A bid with a new price comes last among equals, so it is the best only if it is better.
    void set_price(Host& host, Bid& bid, std::uint32_t place, gigaspot::Price price) {
        bid.price = price.count();
        bid.sequence = ++sequence_;
        const Int128 profit = profit_of(host, bid);
        if (profit > host.profit) {
            host.profit = profit;
            host.best_id = bid.id;
            host.best = place;
        } else if (host.best == place) {
            lose(host);
        }
    }
    /// Only one event in about eighty needs it, so it has no vectors.
    void scan(Host& host) const {
        host.profit = -1;
        std::uint64_t sequence = 0;
        for (std::uint32_t i = host.first_block; i != nothing; i = blocks_[i].next)
            for (std::uint32_t at = 0; at < block_size; at += 2) fetch(&bids_[i * block_size + at]);
        for (std::uint32_t i = host.first_block; i != nothing; i = blocks_[i].next) {
            for (std::uint32_t at = i * block_size; at < (i + 1) * block_size; ++at) {
                const Bid& bid = bids_[at];
                const Int128 profit = profit_of(host, bid);
                if (profit < host.profit || profit < 0) continue;
                if (profit == host.profit && bid.sequence > sequence) continue;
                host.profit = profit;
                host.best = at;
                sequence = bid.sequence;
            }
        }
        if (host.best != nothing) host.best_id = bids_[host.best].id;
    }

    LargeVector<Host> hosts_{};
    LargeVector<Block> blocks_{};
    LargeVector<Bid> bids_{};
    LargeVector<gigaspot::PackedProfile> profiles_{};
    std::uint64_t sequence_ = 0;
};

/// Finds numbers by id. A cell has half of the hash of an id, and the number. So a line holds eight
/// cells, and the caller has to say which id a number has.
class IdTable {
public:
    explicit IdTable(std::size_t count)
        : shift_{32 - static_cast<int>(std::bit_width(2 * count))},
          cells_((std::size_t{1} << (32 - shift_)) + 64) {}

    /// `id_of` returns the id of a number.
    template <class IdOf>
    [[nodiscard]] std::uint32_t find(std::uint64_t id, IdOf id_of) const {
        const std::uint32_t hash = hash_of(id);
        for (std::size_t at = hash >> shift_; cells_[at].number != nothing; ++at)
            if (cells_[at].hash == hash && id_of(cells_[at].number) == id) return cells_[at].number;
        return nothing;
    }
    /// The id must not be in the table.
    void insert(std::uint64_t id, std::uint32_t number) {
        const std::uint32_t hash = hash_of(id);
        std::size_t at = hash >> shift_;
        while (cells_[at].number != nothing) ++at;
        cells_[at] = {hash, number};
        expect(++count_ < cells_.size() / 4 * 3 && at + 1 < cells_.size(), "too many ids");
    }
    /// The id must be in the table. Moves cells back, so that none is behind a gap.
    void erase(std::uint64_t id, std::uint32_t number) {
        std::size_t gap = hash_of(id) >> shift_;
        while (cells_[gap].number != number) ++gap;
        for (std::size_t at = gap + 1; cells_[at].number != nothing; ++at) {
            if (cells_[at].hash >> shift_ > gap) continue;
            cells_[gap] = cells_[at];
            gap = at;
        }
        cells_[gap] = {};
        --count_;
    }
    void fetch_cell(std::uint64_t id) const { fetch(&cells_[hash_of(id) >> shift_]); }

private:
    struct Cell {
        std::uint32_t hash = 0;
        std::uint32_t number = nothing;
    };

    static std::uint32_t hash_of(std::uint64_t id) {
        return static_cast<std::uint32_t>(gigaspot::mix(id) >> 32);
    }

    std::size_t count_ = 0;
    int shift_;
    LargeVector<Cell> cells_;
};

/// The ceiling by ids, on the stream of events.cpp.
class CeilingById {
public:
    explicit CeilingById(const MarketData& data)
        : data_{data}, market_{data}, bids_{data.placed}, hosts_{data.hosts.size()} {
        for (std::uint32_t host = 0; host < data.hosts.size(); ++host)
            hosts_.insert(data.hosts[host].id.value, host);
        for (std::size_t i = 0; i < data.placed; ++i)
            expect(place(data.bids[i]), "the ceiling rejects a bid");
    }

    bool apply(std::size_t number) {
        const ChangeData& change = data_.changes[number];
        if (change.kind == Change::add) return place(data_.bids[change.bid]);
        const std::uint32_t place = find(change.bid_id.value);
        if (place == nothing) return false;
        if (change.kind == Change::reprice)
            return market_.reprice(market_.handle_at(place), change.price);
        bids_.erase(change.bid_id.value, place);
        return market_.cancel(market_.handle_at(place));
    }
    Choice choice_after(std::size_t number) {
        const std::uint32_t host = find_host(data_.changes[number].host_id.value);
        return host == nothing ? Choice{} : market_.choice(host);
    }
    Choice choice(std::uint32_t host) { return market_.choice(host); }
    [[nodiscard]] gigaspot::Counters counters() const { return {}; }

    [[nodiscard]] Ceiling::Handle handle_of(std::uint64_t id) const {
        return market_.handle_at(find(id));
    }

private:
    [[nodiscard]] std::uint32_t find(std::uint64_t id) const {
        return bids_.find(id, [&](std::uint32_t place) { return market_.id_at(place); });
    }
    [[nodiscard]] std::uint32_t find_host(std::uint64_t id) const {
        return hosts_.find(id, [&](std::uint32_t host) { return data_.hosts[host].id.value; });
    }
    bool place(const BidData& bid) {
        const std::uint32_t host = find_host(bid.host_id.value);
        if (host == nothing || find(bid.id.value) != nothing) return false;
        const Ceiling::Handle placed =
            market_.place(host, bid.id.value, bid.price, data_.profiles_of(bid));
        if (placed.place == nothing) return false;
        bids_.insert(bid.id.value, placed.place);
        return true;
    }

    const MarketData& data_;
    Ceiling market_;
    IdTable bids_;
    IdTable hosts_;
};

/// The ceiling by handles, on the stream of events.cpp. It has no ids to find bids by. The handles
/// are those of a first run by ids, because the same commands give the same handles.
class CeilingByHandle {
public:
    explicit CeilingByHandle(const MarketData& data) : data_{data}, market_{data} {
        CeilingById first_run{data};
        for (std::size_t i = 0; i < data.changes.size(); ++i) {
            const ChangeData& change = data.changes[i];
            const bool is_new = change.kind == Change::add;
            handles_.push_back(is_new ? Ceiling::Handle{}
                                      : first_run.handle_of(change.bid_id.value));
            expect(first_run.apply(i), "the ceiling rejects a change");
        }
        for (std::size_t i = 0; i < data.placed; ++i) place(data.bids[i]);
    }

    bool apply(std::size_t number) {
        const ChangeData& change = data_.changes[number];
        switch (change.kind) {
        case Change::add: return place(data_.bids[change.bid]);
        case Change::reprice: return market_.reprice(handles_[number], change.price);
        case Change::cancel: break;
        }
        return market_.cancel(handles_[number]);
    }
    Choice choice_after(std::size_t number) { return market_.choice(data_.changes[number].host); }
    Choice choice(std::uint32_t host) { return market_.choice(host); }
    [[nodiscard]] gigaspot::Counters counters() const { return {}; }

    /// Calls `act(i)` for all changes in order, and fetches their memory in two steps before.
    template <class Act>
    void fetch_ahead(std::size_t count, Act act) const {
        constexpr std::size_t distance = 12;
        for (std::size_t i = 0; i < count + 2 * distance; ++i) {
            if (i < count) start_to_fetch(i);
            // Before the first change, the number wraps to a large one.
            if (i - distance < count) go_on_to_fetch(i - distance);
            if (i - 2 * distance < count) act(i - 2 * distance);
        }
    }

private:
    bool place(const BidData& bid) {
        return market_.place(bid.host, bid.id.value, bid.price, data_.profiles_of(bid)).place !=
               nothing;
    }
    void start_to_fetch(std::size_t number) const {
        const ChangeData& change = data_.changes[number];
        if (change.kind == Change::add) {
            market_.fetch_host(change.host);
        } else {
            market_.fetch_bid(handles_[number]);
        }
    }
    void go_on_to_fetch(std::size_t number) const {
        const ChangeData& change = data_.changes[number];
        if (change.kind == Change::add) market_.fetch_next(change.host);
    }

    const MarketData& data_;
    Ceiling market_;
    std::vector<Ceiling::Handle> handles_{};
};

}  // namespace bench
