#include "step.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include <fmt/format.h>

#include <gigaspot/rules/billing.hpp>

#include "json.hpp"

namespace market_server {
namespace {

/// Whether a run that ended for this reason was ended by its machine or its provider.
bool is_of_machine(gigaspot::Code reason) {
    using enum gigaspot::Code;
    return reason == host_offline || reason == host_on_demand_rented ||
           reason == host_malfunctioning || reason == host_removed || reason == overclock_invalid ||
           reason == price_below_host_minimum;
}

}  // namespace

void Step::post(PostingKind kind, Side from, Side to, gigaspot::Currency currency, Units amount,
                std::uint64_t order, std::string_view reference) {
    if (amount == 0) return;
    state.ledger.move(from, to, currency, amount);
    outcome.postings.push_back({.record = state.records,
                                .number = static_cast<std::uint32_t>(outcome.postings.size()),
                                .kind = kind,
                                .from = from,
                                .to = to,
                                .currency = std::string{state.market.names().name(currency)},
                                .amount = amount,
                                .order = order,
                                .reference = std::string{reference}});
}

Units Step::reserve_for(gigaspot::Price price) const {
    gigaspot::Account account;
    const auto charge = account.charge(price, state.settings.interval, {});
    return static_cast<Units>(charge.amount.count());
}

Units Step::required(const gigaspot::BidState& bid) const {
    return reserve_for(bid.edit ? std::max(bid.price, bid.edit->price) : bid.price);
}

void Step::set_reserve(std::uint64_t id, Units amount) {
    Order& order = state.orders.at(id);
    const Side available{order.account, Part::available};
    const Side reserved{order.account, Part::reserved};
    if (amount > order.reserved) {
        post(PostingKind::reserve, available, reserved, order.currency, amount - order.reserved,
             id);
    } else {
        post(PostingKind::release, reserved, available, order.currency, order.reserved - amount,
             id);
    }
    order.reserved = amount;
}

void Step::end_order(std::uint64_t id, gigaspot::Code reason) {
    set_reserve(id, 0);
    const auto found = state.orders.find(id);
    const std::uint64_t account = found->second.account;
    outcome.hosts.push_back(found->second.host);
    auto& ended = state.ended_of[account];
    ended.push_back({id, std::move(found->second), record.time, reason});
    if (ended.size() > ended_orders_max) ended.pop_front();
    state.orders.erase(found);
    state.orders_of[account].erase(id);
}

void Step::answer_error(unsigned status, int code, std::string_view error) {
    outcome.answer = {status, fmt::format(R"({{"code":{},"error":{}}})", code, json_text(error))};
}

void Step::settle(std::size_t first, gigaspot::Code reason_if_waiting) {
    std::map<std::uint64_t, gigaspot::Code> gone;  // bids that may have ended, with the reason
    for (std::size_t i = first; i < outcome.events.size(); ++i) {
        const gigaspot::Event& event = outcome.events[i];
        switch (event.kind) {
        case gigaspot::EventKind::charged: charge(event); break;
        case gigaspot::EventKind::started:
        case gigaspot::EventKind::changed: note_run(event); break;
        case gigaspot::EventKind::stopped:
            note_run(event);
            gone[event.bid.value] = event.reason;
            break;
        case gigaspot::EventKind::expired: gone[event.bid.value] = gigaspot::Code::expired; break;
        case gigaspot::EventKind::removed:
            gone.try_emplace(event.bid.value, reason_if_waiting);
            break;
        case gigaspot::EventKind::accepted: break;
        }
    }
    for (const auto& [bid, reason] : gone) {
        if (!state.engine().find_bid(bid)) end_order(bid, reason);
    }
    for (const auto& [bid, reason] : gone) {
        if (state.orders.contains(bid)) hold_or_revoke(bid);
    }
}

void Step::hold_or_revoke(std::uint64_t id) {
    const Order& order = state.orders.at(id);
    const Units wanted = required(*state.engine().bid(gigaspot::BidId{id}));
    const Units available = state.ledger.balance(order.account, order.currency).available;
    if (wanted > order.reserved + available) {
        static_cast<void>(run(gigaspot::RevokeBid{id}));
    } else {
        set_reserve(id, wanted);
    }
}

/// An order holds enough to pay for an interval, so it covers each charge. If it ever did not, the
/// balance would pay, and would show it by falling below 0.
void Step::charge(const gigaspot::Event& event) {
    Order& order = state.orders.at(event.bid.value);
    const auto amount = static_cast<Units>(event.amount.count());
    const auto fee = static_cast<Units>(event.fee.count());
    if (amount > order.reserved) set_reserve(event.bid.value, amount);
    const Side renter{order.account, Part::reserved};
    const Side provider{state.machines.at(event.host.value).account, Part::available};
    post(PostingKind::rent, renter, provider, order.currency, amount - fee, event.bid.value);
    post(PostingKind::fee, renter, {0, Part::fees}, order.currency, fee, event.bid.value);
    order.reserved -= amount;
    order.spent += amount;
}

void Step::note_run(const gigaspot::Event& event) {
    Machine& machine = state.machines.at(event.host.value);
    machine.run_sequence = state.records;
    if (event.kind == gigaspot::EventKind::stopped && is_of_machine(event.reason))
        ++machine.interruptions;
    outcome.hosts.push_back(event.host);
}

}  // namespace market_server
