// Implements peers with the standard library's containers.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "market.hpp"
#include "peer_bid.hpp"

namespace bench {

/// Keeps a std::vector of bids per host and chooses with std::max_element.
class VectorMarket {
public:
    explicit VectorMarket(const MarketData& data)
        : data_{data}, energy_{energy_prices(data)}, hosts_(data.hosts.size()) {
        for (std::size_t i = 0; i < data.placed; ++i) place(data.bids[i]);
    }

    void place(const BidData& bid) {
        hosts_[bid.host].emplace_back(data_, bid, ++sequence_);
        host_of_.emplace(bid.id.value, bid.host);
    }
    void reprice(std::uint64_t id, gigaspot::Price price) {
        PlainBid& bid = *find(hosts_[host_of_.find(id)->second], id);
        bid.price = price.count();
        bid.sequence = ++sequence_;
    }
    void cancel(std::uint64_t id) {
        const auto host = host_of_.find(id);
        Bids& bids = hosts_[host->second];
        const auto bid = find(bids, id);
        if (&*bid != &bids.back()) *bid = std::move(bids.back());
        bids.pop_back();
        host_of_.erase(host);
    }
    void set_rate(gigaspot::ExchangeRate rate) { rates_.of[0] = rate.count(); }
    void set_rates(const PlainRates& rates) { rates_ = rates; }
    void set_energy_price(std::uint32_t host, gigaspot::EnergyPrice price) {
        energy_[host] = price.count();
    }

    [[nodiscard]] Choice choice(std::uint32_t host) const {
        const Bids& bids = hosts_[host];
        if (bids.empty()) return {};
        const std::int64_t energy = energy_[host];
        const auto best = std::max_element(
            bids.begin(), bids.end(), [&](const PlainBid& left, const PlainBid& right) {
                const Int128 of_left = left.profit(rates_, energy);
                const Int128 of_right = right.profit(rates_, energy);
                return of_left < of_right ||
                       (of_left == of_right && left.sequence > right.sequence);
            });
        return choose(*best, best->profit(rates_, energy));
    }

private:
    using Bids = CountedVector<PlainBid>;

    static Bids::iterator find(Bids& bids, std::uint64_t id) {
        return std::find_if(bids.begin(), bids.end(),
                            [&](const PlainBid& bid) { return bid.id == id; });
    }

    const MarketData& data_;
    PlainRates rates_{};
    std::vector<std::int64_t> energy_;
    CountedVector<Bids> hosts_;
    CountedIdMap<std::uint32_t> host_of_{};
    std::uint64_t sequence_ = 0;
};

/// Keeps a std::multimap per host, ordered from the maximum profit, and a hash map of all bids.
class MultimapMarket {
public:
    explicit MultimapMarket(const MarketData& data)
        : data_{data}, energy_{energy_prices(data)}, hosts_(data.hosts.size()) {
        for (std::size_t i = 0; i < data.placed; ++i) place(data.bids[i]);
    }

    void place(const BidData& bid) {
        PlainBid entry{data_, bid, ++sequence_};
        const Key key = key_of(entry, energy_[bid.host]);
        const auto place = hosts_[bid.host].emplace(key, std::move(entry));
        bids_.emplace(bid.id.value, Place{bid.host, place});
    }
    void reprice(std::uint64_t id, gigaspot::Price price) {
        Place& place = bids_.find(id)->second;
        auto node = hosts_[place.host].extract(place.bid);
        node.mapped().price = price.count();
        node.mapped().sequence = ++sequence_;
        node.key() = key_of(node.mapped(), energy_[place.host]);
        place.bid = hosts_[place.host].insert(std::move(node));
    }
    void cancel(std::uint64_t id) {
        const auto place = bids_.find(id);
        hosts_[place->second.host].erase(place->second.bid);
        bids_.erase(place);
    }
    void set_rate(gigaspot::ExchangeRate rate) {
        rates_.of[0] = rate.count();
        for (std::uint32_t host = 0; host < hosts_.size(); ++host) sort(host);
    }
    void set_energy_price(std::uint32_t host, gigaspot::EnergyPrice price) {
        energy_[host] = price.count();
        sort(host);
    }

    [[nodiscard]] Choice choice(std::uint32_t host) const {
        if (hosts_[host].empty()) return {};
        const auto& [key, bid] = *hosts_[host].begin();
        return choose(bid, key.profit);
    }

private:
    struct Key {
        Int128 profit = 0;
        std::uint64_t sequence = 0;

        bool operator<(const Key& other) const {
            return profit > other.profit || (profit == other.profit && sequence < other.sequence);
        }
    };
    using Bids = std::multimap<Key, PlainBid, std::less<>,
                               CountingAllocator<std::pair<const Key, PlainBid>>>;
    struct Place {
        std::uint32_t host = 0;
        Bids::iterator bid{};
    };

    [[nodiscard]] Key key_of(const PlainBid& bid, std::int64_t energy) const {
        return {bid.profit(rates_, energy), bid.sequence};
    }

    /// Sorts a host's bids again. Most keep their position, so each is inserted at the end: a
    /// search happens only where the order changes. The nodes stay the same.
    void sort(std::uint32_t host) {
        Bids sorted;
        while (!hosts_[host].empty()) {
            auto node = hosts_[host].extract(hosts_[host].begin());
            node.key() = key_of(node.mapped(), energy_[host]);
            sorted.insert(sorted.end(), std::move(node));
        }
        hosts_[host].swap(sorted);
    }

    const MarketData& data_;
    PlainRates rates_{};
    std::vector<std::int64_t> energy_;
    CountedVector<Bids> hosts_;
    CountedIdMap<Place> bids_{};
    std::uint64_t sequence_ = 0;
};

}  // namespace bench
