// The balances of all accounts. Money only moves from one side to another, so that no unit appears
// or disappears.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gigaspot/values/currency.hpp>

#include "posting.hpp"

namespace market_server {

/// What an account has in one currency.
struct Balance {
    Units available = 0;
    Units reserved = 0;

    friend bool operator==(const Balance&, const Balance&) = default;
};

/// What came in and where it is, in one currency. The first equals the sum of the others.
struct Totals {
    Units deposited = 0;  ///< deposits less withdrawals
    Units available = 0;
    Units reserved = 0;
    Units fees = 0;

    [[nodiscard]] bool is_balanced() const { return deposited == available + reserved + fees; }
    friend bool operator==(const Totals&, const Totals&) = default;
};

/// Balances per account and currency, and the market's own per currency.
class Ledger {
public:
    using Key = std::pair<std::uint64_t, std::uint8_t>;  ///< account, number of the currency

    /// The most that can be deposited per currency, so that no sum overflows: 4.6e10 coins.
    static constexpr Units deposited_max = Units{1} << 62;

    [[nodiscard]] Balance balance(std::uint64_t account, gigaspot::Currency currency) const;
    [[nodiscard]] Units deposited(gigaspot::Currency currency) const;
    [[nodiscard]] Units fees(gigaspot::Currency currency) const;
    /// Sums over all accounts, counted from the balances. O(accounts).
    [[nodiscard]] Totals totals(gigaspot::Currency currency) const;

    /// Moves an amount of at least 0.
    void move(Side from, Side to, gigaspot::Currency currency, Units amount);

    [[nodiscard]] const std::map<Key, Balance>& balances() const { return balances_; }
    void set_balance(std::uint64_t account, gigaspot::Currency currency, const Balance& balance);
    void set_market(gigaspot::Currency currency, Units deposited, Units fees);

private:
    struct Own {
        Units deposited = 0;
        Units fees = 0;
    };

    std::map<Key, Balance> balances_{};
    std::map<std::uint8_t, Own> own_{};
};

}  // namespace market_server
