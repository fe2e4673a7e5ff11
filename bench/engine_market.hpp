// Gives the engine the same functions as the peers, for benchmarks that compare them. It names
// hosts by handle, as the peers name a host by its position, and bids by id. No host has a run.
#pragma once

#include <cstdint>
#include <vector>

#include "market.hpp"

namespace bench {

class EngineMarket {
public:
    explicit EngineMarket(const MarketData& data) : data_{data} {
        put_hosts(engine_, data);
        for (const HostData& host : data.hosts) hosts_.push_back(*engine_.find_host(host.id));
        place_bids(engine_, data);
    }

    void place(const BidData& bid) {
        take(engine_.apply(hosts_[bid.host], data_.place(bid), start, ignore));
    }
    void cancel(std::uint64_t id) {
        take(engine_.apply(gigaspot::CancelBid{.id = gigaspot::BidId{id}}, start, ignore));
    }
    void set_rate(gigaspot::ExchangeRate rate) {
        take(engine_.apply(gigaspot::SetRate{.usd = rate}, start, ignore));
    }
    void set_energy_price(std::uint32_t host, gigaspot::EnergyPrice price) {
        take(engine_.apply(gigaspot::SetEnergyPrice{data_.hosts[host].id, price}, start, ignore));
    }

    [[nodiscard]] Choice choice(std::uint32_t host) {
        return Choice::of(engine_.choice(hosts_[host]));
    }

    template <class Visit>
    void choices(Visit visit) {
        engine_.choices([&](gigaspot::HostId, const gigaspot::Selection& selection) {
            visit(Choice::of(selection));
        });
    }

private:
    template <class Answer>
    static void take(const Answer& answer) {
        expect(answer.has_value(), "a command was rejected");
    }

    const MarketData& data_;
    std::vector<gigaspot::HostHandle> hosts_{};
    gigaspot::Engine engine_{policy};
};

}  // namespace bench
