// What the journal holds: everything that happened to the market, as one line of text each.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace market_server {

/// What a record asks of the market. The names are those in the journal's text.
enum class Op : std::uint8_t {
    settings,        ///< interval, policy and fees from now on; the first record of each market
    account,         ///< a new account of a renter or of a hosting provider
    token,           ///< a token of an account, by its hash
    revoke_token,    ///< a token is no longer valid
    credit,          ///< money came in
    debit,           ///< money went out
    rate,            ///< the exchange rate of a currency
    create,          ///< a renter's new orders
    edit,            ///< a renter's edits of orders
    cancel,          ///< a renter's cancels
    machine,         ///< a hosting provider registers a machine or changes it
    remove_machine,  ///< a hosting provider takes a machine away, with all bids on it
    beat,            ///< the status that a machine reports
    offline,         ///< a machine has missed its heartbeats
    close,           ///< a billing interval ends
};

/// One thing that happened. The market is a function of its records alone, so all that differs from
/// run to run (times, tokens, random numbers) is in them.
struct Record {
    Op op = Op::close;
    std::int64_t time = 0;      ///< ms since 1970; never decreases
    std::uint64_t account = 0;  ///< who asks; 0: the operator or the server itself
    std::string body{};         ///< a document of JSON; its form depends on `op`

    friend bool operator==(const Record&, const Record&) = default;
};

/// The name of an operation, as in the journal.
[[nodiscard]] std::string_view name(Op op);

/// The text of a record: its operation, time and account, then its body, separated by a space.
[[nodiscard]] std::string to_text(const Record& record);

/// The record of a text; nothing if it is not one.
[[nodiscard]] std::optional<Record> record_of(std::string_view text);

}  // namespace market_server
