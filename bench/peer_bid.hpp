// Defines what the peers have in common. A peer is what you would write without the engine, on the
// same data and with the same answers. Peers validate nothing, charge nothing and have no runs;
// they keep the bids and find the best one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "market.hpp"

namespace bench {

/// Bytes that containers have allocated and not freed.
inline std::size_t counted_bytes = 0;

/// Counts the bytes that it takes from another allocator.
template <class T, template <class> class Of = std::allocator>
struct CountingAllocator {
    using value_type = T;
    template <class U>
    struct rebind {
        using other = CountingAllocator<U, Of>;
    };

    CountingAllocator() = default;
    template <class U>
    CountingAllocator(const CountingAllocator<U, Of>&) {}

    T* allocate(std::size_t count) {
        counted_bytes += count * sizeof(T);
        return Of<T>{}.allocate(count);
    }
    void deallocate(T* place, std::size_t count) {
        counted_bytes -= count * sizeof(T);
        Of<T>{}.deallocate(place, count);
    }
    template <class U>
    friend bool operator==(const CountingAllocator&, const CountingAllocator<U, Of>&) {
        return true;
    }
};

template <class T>
using CountedVector = std::vector<T, CountingAllocator<T>>;
template <class Value>
using CountedIdMap =
    std::unordered_map<std::uint64_t, Value, std::hash<std::uint64_t>, std::equal_to<>,
                       CountingAllocator<std::pair<const std::uint64_t, Value>>>;

/// Net rates by the number of the currency, in 1e-12 USD per coin.
struct PlainRates {
    std::int64_t of[2] = {coin_rate.count(), bitcoin_rate.count()};
};

struct PlainBid {
    std::uint64_t id = 0;
    std::uint64_t owner = 0;
    std::int64_t price = 0;
    std::uint64_t sequence = 0;
    std::int32_t watts = 0;
    std::uint8_t currency = 0;
    CountedVector<gigaspot::OverclockProfile> profiles{};

    PlainBid(const MarketData& data, const BidData& bid, std::uint64_t place)
        : id{bid.id.value}, owner{bid.owner.value}, price{bid.price.count()}, sequence{place},
          watts{bid.watts}, currency{bid.currency.number} {
        const auto its_profiles = data.profiles_of(bid);
        profiles.assign(its_profiles.begin(), its_profiles.end());
    }

    /// The profit in 1e-20 USD per day. A watt uses 0.024 kWh per day; `energy` is 1e-9 USD per
    /// kWh.
    [[nodiscard]] Int128 profit(const PlainRates& rates, std::int64_t energy) const {
        return Int128{price} * rates.of[currency] - Int128{watts} * 2'400'000'000 * energy;
    }
};

inline std::vector<std::int64_t> energy_prices(const MarketData& data) {
    std::vector<std::int64_t> prices;
    for (const HostData& host : data.hosts) prices.push_back(host.energy_price.count());
    return prices;
}

/// Applies reserve 0: a host idles if it would run at a loss.
inline Choice choose(const PlainBid& best, Int128 profit) {
    return profit < 0 ? Choice{} : Choice{best.id, profit};
}

template <class Market>
void apply_change(Market& market, const MarketData& data, const ChangeData& change) {
    switch (change.kind) {
    case Change::add: market.place(data.bids[change.bid]); break;
    case Change::reprice: market.reprice(change.bid_id.value, change.price); break;
    case Change::cancel: market.cancel(change.bid_id.value); break;
    }
}

}  // namespace bench
