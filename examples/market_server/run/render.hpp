// Texts of JSON about a market: the snapshot that bots read, the data of the live page, and what an
// account may know about itself.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "../market/state.hpp"

namespace market_server {

/// The market's snapshot: all hosts and bids, in the format of the market. O(hosts + bids).
[[nodiscard]] std::string snapshot_text(const State& state);

/// One entry of the page's history: [time, rate, running, watts, profit].
[[nodiscard]] std::string point_text(const HistoryPoint& point);

/// The fields of the page's data that concern the whole market, without braces. `now`: the time in
/// ms; the last record may be older.
[[nodiscard]] std::string market_fields(const State& state, std::int64_t now);
/// One row of the page's table. Costs O(bids of the host).
[[nodiscard]] std::string host_row(const State& state, std::uint64_t id);
/// A host's page; nothing if the host is unknown. `watts_per_gpu`: also says which price wins
/// there.
[[nodiscard]] std::optional<std::string> host_page(const State& state, std::uint64_t id,
                                                   std::optional<std::int64_t> watts_per_gpu);

/// The answers to `my_orders` and `wallets`.
[[nodiscard]] std::string orders_text(const State& state, std::uint64_t account,
                                      bool with_completed);
[[nodiscard]] std::string wallets_text(const State& state, std::uint64_t account);

/// What a machine is to run now, with the sequence number of the last change.
[[nodiscard]] std::string run_text(const State& state, std::uint64_t id);

}  // namespace market_server
