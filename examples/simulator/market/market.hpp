// gigaspot-simulate: a market with prices, run by the engine. Other mechanisms than GigaSPOT are
// made from it by what the market is told and by what a winner pays.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include <gigaspot/base/int128.hpp>
#include <gigaspot/engine.hpp>
#include <gigaspot/json/names.hpp>

#include "scenario/scenario.hpp"
#include "world/world.hpp"

namespace simulator {

/// The number of a bid; bids of a run count from 0.
using BidNumber = std::size_t;

/// What a renter paid, exactly.
struct Payment {
    std::size_t host = 0;
    BidNumber bid = 0;
    NanoUsd paid = 0;
    NanoUsd fee = 0;  ///< of it, the market's part
};

/// A run began or ended, or a bid is gone because it expired.
struct RunChange {
    enum class What : std::uint8_t { started, replaced, stopped, expired };
    What what = What::started;  ///< `replaced`: another bid took the host
    std::size_t host = 0;
    BidNumber bid = 0;
};

/// What the last command caused. The lists are in the order of events.
struct Outcome {
    std::vector<Payment> payments{};
    std::vector<RunChange> changes{};
};

/// The market of one run. Every command has a time that does not decrease. The rules of mechanisms:
/// - `spot`: the engine as it is.
/// - `highest_price`: every host tells the market that power costs nothing, so the highest price
/// has
///   the highest profit. So that a host does not run at a loss, its minimum bid pays its
///   electricity at the highest power limit.
/// - `second_price`: the engine chooses; the winner pays the lowest price that would have won,
///   without any incumbent, but never more than its own.
/// - `posted_price`: power costs nothing, and the minimum bid of each host is its posted price. All
///   bids are equal to it, so the bid that came first wins, and nobody replaces it. A posted price
///   is in USD and follows neither the coin nor the hours.
class Market {
public:
    Market(const Scenario& scenario, const World& world, std::FILE* journal);

    // --- Commands. Each clears and fills `outcome()`. ---

    void place(BidNumber bid, std::size_t host, std::size_t renter, gigaspot::Price price,
               gigaspot::Power watts_per_gpu, Time now);
    void edit(BidNumber bid, gigaspot::Price price, Time now);
    void cancel(BidNumber bid, Time now);
    void set_rate(gigaspot::ExchangeRate rate, Time now);
    void set_energy_price(std::size_t host, std::int64_t true_price, Time now);
    void set_status(std::size_t host, bool is_online, bool is_rented, Time now);
    void close(Time now);
    [[nodiscard]] const Outcome& outcome() const { return outcome_; }

    // --- Questions ---

    /// The lowest price that the host accepts for this power, a multiple of the tick, rounded up;
    /// at most what the market accepts, so then nobody wins.
    [[nodiscard]] gigaspot::Price lowest_price(std::size_t number,
                                               gigaspot::Power watts_per_gpu) const;
    /// The lowest price that wins the next close, if the renter's other bids did not exist.
    [[nodiscard]] std::optional<gigaspot::Price> price_to_win(std::size_t host, std::size_t renter,
                                                              gigaspot::Power watts_per_gpu) const;
    [[nodiscard]] std::size_t bids_on(std::size_t host) const;
    /// Whether the host takes one more bid: the engine keeps at most 4,096 on a host.
    [[nodiscard]] bool has_room(std::size_t host) const;
    /// A sum per day in coins, a multiple of the tick, rounded down; at most what the market
    /// accepts.
    [[nodiscard]] gigaspot::Price price_of(NanoUsd usd_per_day) const;
    /// A price in USD per day, rounded down.
    [[nodiscard]] NanoUsd usd_of(gigaspot::Price price) const;
    [[nodiscard]] gigaspot::Price tick() const { return tick_; }
    [[nodiscard]] gigaspot::ExchangeRate rate() const { return rate_; }
    [[nodiscard]] bool is_posted() const { return rules_.mechanism == Mechanism::posted_price; }
    [[nodiscard]] std::uint64_t digest() const;

private:
    struct Host {
        const HostDraw* draw = nullptr;
        const HostKind* kind = nullptr;
        std::int64_t energy_price = 0;  ///< told to the market
        bool is_changed = true;         ///< whether what the winner pays must be found again
        gigaspot::Price to_pay{};
        Time paid_until = 0;
    };

    template <class Command>
    void send(const Command& command, Time now);
    void begin();
    void note(const gigaspot::Event& event);
    void put_host(std::size_t number, Time now);
    void pay(std::size_t host, BidNumber bid, gigaspot::Int128 amount, gigaspot::Int128 fee);
    void find_second_price(std::size_t host);
    void charge_second_price(std::size_t host, const gigaspot::Event& event);
    [[nodiscard]] NanoUsd before_fee(NanoUsd net) const;
    [[nodiscard]] NanoUsd min_bid_of(const Host& host) const;
    [[nodiscard]] gigaspot::Price rounded_up(NanoUsd usd_per_day) const;
    [[nodiscard]] bool counts_power() const {
        return rules_.mechanism != Mechanism::highest_price && !is_posted();
    }

    const MarketRules& rules_;
    gigaspot::Engine engine_;
    gigaspot::ExchangeRate rate_;
    gigaspot::Price tick_;
    std::vector<Host> hosts_{};
    Outcome outcome_{};
    gigaspot::MarketNames names_{};
    std::FILE* journal_;
    std::string text_{};
};

}  // namespace simulator
