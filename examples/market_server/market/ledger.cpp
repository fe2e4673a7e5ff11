#include "ledger.hpp"

namespace market_server {

Balance Ledger::balance(std::uint64_t account, gigaspot::Currency currency) const {
    const auto found = balances_.find({account, currency.number});
    return found == balances_.end() ? Balance{} : found->second;
}

Units Ledger::deposited(gigaspot::Currency currency) const {
    const auto found = own_.find(currency.number);
    return found == own_.end() ? 0 : found->second.deposited;
}

Units Ledger::fees(gigaspot::Currency currency) const {
    const auto found = own_.find(currency.number);
    return found == own_.end() ? 0 : found->second.fees;
}

Totals Ledger::totals(gigaspot::Currency currency) const {
    Totals totals{.deposited = deposited(currency), .fees = fees(currency)};
    for (const auto& [key, balance] : balances_) {
        if (key.second != currency.number) continue;
        totals.available += balance.available;
        totals.reserved += balance.reserved;
    }
    return totals;
}

void Ledger::move(Side from, Side to, gigaspot::Currency currency, Units amount) {
    const auto add = [&](const Side& side, Units units) {
        switch (side.part) {
        case Part::outside: own_[currency.number].deposited -= units; break;
        case Part::fees: own_[currency.number].fees += units; break;
        case Part::available: balances_[{side.account, currency.number}].available += units; break;
        case Part::reserved: balances_[{side.account, currency.number}].reserved += units; break;
        }
    };
    add(from, -amount);
    add(to, amount);
}

void Ledger::set_balance(std::uint64_t account, gigaspot::Currency currency,
                         const Balance& balance) {
    balances_[{account, currency.number}] = balance;
}

void Ledger::set_market(gigaspot::Currency currency, Units deposited, Units fees) {
    own_[currency.number] = {deposited, fees};
}

}  // namespace market_server
