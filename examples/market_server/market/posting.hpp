// One movement of money between two sides, and the names of the sides.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace market_server {

/// 1e-8 coin.
using Units = std::int64_t;

/// A part of the money in the books.
enum class Part : std::uint8_t {
    outside,    ///< the world; negative: what was deposited and not paid out
    fees,       ///< what the market has earned
    available,  ///< an account's balance
    reserved,   ///< an account's money that its bids hold
};

/// One side of a posting. `outside` and `fees` belong to account 0.
struct Side {
    std::uint64_t account = 0;
    Part part = Part::outside;

    friend bool operator==(const Side&, const Side&) = default;
};

enum class PostingKind : std::uint8_t {
    deposit,       ///< outside to available
    withdrawal,    ///< available to outside
    reserve,       ///< available to reserved
    release,       ///< reserved to available
    rent,          ///< a renter's reserved to a provider's available
    fee,           ///< a renter's reserved to fees
    creation_fee,  ///< a renter's available to fees
};

/// Moves an amount from one side to another.
struct Posting {
    std::uint64_t record = 0;  ///< the number of the journal's record that caused it
    std::uint32_t number = 0;  ///< its place among the postings of the record, from 0
    PostingKind kind = PostingKind::deposit;
    Side from{};
    Side to{};
    std::string currency{};
    Units amount = 0;         ///< above 0
    std::uint64_t order = 0;  ///< the bid that it is about; 0: none
    std::string reference{};  ///< the operator's, for deposits and withdrawals

    friend bool operator==(const Posting&, const Posting&) = default;
};

[[nodiscard]] std::string_view name(Part part);
[[nodiscard]] std::string_view name(PostingKind kind);

}  // namespace market_server
