// Everything that the market's records have brought about.
#pragma once

#include <cstdint>
#include <deque>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gigaspot/json/replay.hpp>

#include "ledger.hpp"
#include "posting.hpp"
#include "record.hpp"
#include "requests.hpp"
#include "settings.hpp"

namespace market_server {

enum class AccountKind : std::uint8_t { renter, host };

struct Account {
    AccountKind kind = AccountKind::renter;
    std::string name{};
};

struct Token {
    std::uint64_t account = 0;
    std::int64_t expires = 0;  ///< ms; 0: never
};

/// A bid that is in the market: what the engine does not keep.
struct Order {
    std::uint64_t account = 0;
    gigaspot::HostId host{};
    gigaspot::Currency currency{};
    gigaspot::Price price{};  ///< as last accepted
    std::string image{};
    std::string env = "{}";  ///< an object of JSON
    Units reserved = 0;
    Units spent = 0;
    std::int64_t created = 0;
};

/// A bid that is gone.
struct EndedOrder {
    std::uint64_t id = 0;
    Order order{};
    std::int64_t ended = 0;
    gigaspot::Code reason = gigaspot::Code::none;
};

struct Machine {
    std::uint64_t account = 0;
    std::uint64_t run_sequence = 0;   ///< the record that last changed what it runs; 0: none
    std::uint64_t interruptions = 0;  ///< runs that ended because of the machine or its provider
};

/// The market just after a close, for charts.
struct HistoryPoint {
    std::int64_t time = 0;
    std::string rate{};         ///< USD per main coin; empty: none
    std::uint64_t running = 0;  ///< hosts
    std::int64_t watts = 0;
    std::string profit{};  ///< of all hosts, in USD per day
};

struct State {
    /// The engine with the names of currencies and models.
    gigaspot::Replay market{default_policy()};
    Settings settings{};
    std::uint64_t records = 0;  ///< how many it has taken
    std::int64_t time = 0;      ///< of the last one
    std::uint64_t accounts_made = 0;
    std::uint64_t orders_made = 0;
    std::map<std::uint64_t, Account> accounts{};
    std::map<std::string, Token, std::less<>> tokens{};  ///< by hash, in hexadecimal
    std::map<std::uint64_t, Machine> machines{};
    std::map<std::uint64_t, Order> orders{};
    std::map<std::uint64_t, std::set<std::uint64_t>> orders_of{};  ///< by account
    std::map<std::uint64_t, std::deque<EndedOrder>> ended_of{};    ///< by account, oldest first
    std::map<std::string, Answer, std::less<>> references{};       ///< of deposits and withdrawals
    std::map<std::uint64_t, Requests> requests{};  ///< of the last minute, by account
    Ledger ledger{};
    std::deque<HistoryPoint> history{};  ///< one per close, oldest first

    [[nodiscard]] gigaspot::Engine& engine() { return market.engine(); }
    [[nodiscard]] const gigaspot::Engine& engine() const { return market.engine(); }
};

/// When the next interval ends, in ms. Closes come at multiples of the interval, so that a server
/// that was down closes at the same times as one that was not. A market without records never
/// closes.
[[nodiscard]] inline std::int64_t next_close(const State& state) {
    if (state.records == 0) return std::numeric_limits<std::int64_t>::max();
    return (state.time / state.settings.interval + 1) * state.settings.interval;
}

inline constexpr std::size_t ended_orders_max = 64;  ///< kept per account
inline constexpr std::size_t history_max = 1'440;

}  // namespace market_server
