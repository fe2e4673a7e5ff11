// Implements a peer with Boost.MultiIndex: one container of all bids, by id and by profit.
#pragma once

#include <cstdint>
#include <vector>

#include <boost/multi_index/hashed_index.hpp>
#include <boost/multi_index/identity.hpp>
#include <boost/multi_index/member.hpp>
#include <boost/multi_index/ordered_index.hpp>
#include <boost/multi_index_container.hpp>

#include "market.hpp"
#include "peer_bid.hpp"

namespace bench {

class MultiIndexMarket {
public:
    explicit MultiIndexMarket(const MarketData& data) : data_{data}, energy_{energy_prices(data)} {
        for (std::size_t i = 0; i < data.placed; ++i) place(data.bids[i]);
    }

    void place(const BidData& bid) {
        PlainBid entry{data_, bid, ++sequence_};
        const Int128 profit = entry.profit(rates_, energy_[bid.host]);
        bids_.emplace(std::move(entry), bid.host, profit);
    }
    void reprice(std::uint64_t id, gigaspot::Price price) {
        bids_.modify(bids_.find(id), [&](Entry& bid) {
            bid.price = price.count();
            bid.sequence = ++sequence_;
            bid.its_profit = bid.profit(rates_, energy_[bid.host]);
        });
    }
    void cancel(std::uint64_t id) { bids_.erase(bids_.find(id)); }
    /// Sorts all bids again, host by host. A bid that stays between its neighbours keeps its links.
    void set_rate(gigaspot::ExchangeRate rate) {
        rates_.of[0] = rate.count();
        auto& ordered = bids_.template get<1>();
        std::vector<decltype(ordered.begin())> of_host;
        for (auto at = ordered.begin(); at != ordered.end();) {
            const std::uint32_t host = at->host;
            for (of_host.clear(); at != ordered.end() && at->host == host; ++at)
                of_host.push_back(at);
            for (const auto bid : of_host)
                ordered.modify(bid, [&](Entry& entry) {
                    entry.its_profit = entry.profit(rates_, energy_[host]);
                });
        }
    }

    [[nodiscard]] Choice choice(std::uint32_t host) const {
        const auto& ordered = bids_.template get<1>();
        const auto best = ordered.lower_bound(host, ByHost{});
        if (best == ordered.end() || best->host != host) return {};
        return choose(*best, best->its_profit);
    }

private:
    struct Entry : PlainBid {
        std::uint32_t host = 0;
        Int128 its_profit = 0;

        Entry(PlainBid&& bid, std::uint32_t its_host, Int128 profit)
            : PlainBid{std::move(bid)}, host{its_host}, its_profit{profit} {}
    };
    /// Orders by host, and within a host from the maximum profit.
    struct BestFirst {
        bool operator()(const Entry& left, const Entry& right) const {
            if (left.host != right.host) return left.host < right.host;
            if (left.its_profit != right.its_profit) return left.its_profit > right.its_profit;
            return left.sequence < right.sequence;
        }
    };
    struct ByHost {
        bool operator()(const Entry& bid, std::uint32_t host) const { return bid.host < host; }
    };
    using Bids = boost::multi_index_container<
        Entry,
        boost::multi_index::indexed_by<
            boost::multi_index::hashed_unique<
                boost::multi_index::member<PlainBid, std::uint64_t, &PlainBid::id>>,
            boost::multi_index::ordered_unique<boost::multi_index::identity<Entry>, BestFirst>>,
        CountingAllocator<Entry>>;

    const MarketData& data_;
    PlainRates rates_{};
    std::vector<std::int64_t> energy_;
    Bids bids_{};
    std::uint64_t sequence_ = 0;
};

}  // namespace bench
