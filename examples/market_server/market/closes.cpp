// The end of a billing interval: who cannot pay for the next one is revoked, the market closes, and
// each order holds the money for the interval that begins.
#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "operations.hpp"

namespace market_server {
namespace {

using Purse = std::pair<std::uint64_t, std::uint8_t>;  ///< account, currency

/// The runs that go on after this close unless a better bid comes, by ascending bid.
std::vector<gigaspot::RunState> runs_to_pay(const Step& step) {
    std::vector<gigaspot::RunState> runs;
    step.state.engine().visit_runs([&](const gigaspot::RunState& run) {
        if (!run.is_cancelled) runs.push_back(run);
    });
    std::erase_if(runs, [&](const gigaspot::RunState& run) {
        const auto bid = step.state.engine().bid(run.bid);
        return bid->expiry && *bid->expiry <= step.now();
    });
    std::sort(runs.begin(), runs.end(),
              [](const auto& left, const auto& right) { return left.bid < right.bid; });
    return runs;
}

/// Revokes the runs whose owner cannot pay for the next interval. It happens before the close, so
/// that the close gives their hosts to others. They pay what they owe until now from what
/// they hold.
void revoke_unpaid(Step& step) {
    std::map<Purse, Units> left;  // available money that no run has claimed yet
    std::vector<std::uint64_t> unpaid;
    for (const gigaspot::RunState& run : runs_to_pay(step)) {
        const auto bid = step.state.engine().bid(run.bid);
        const Order& order = step.state.orders.at(run.bid.value);
        const Units wanted = step.reserve_for(bid->edit ? bid->edit->price : bid->price);
        const auto charge = static_cast<Units>(run.charge_at(step.now()).amount.count());
        const Units held = order.reserved - charge;
        const Purse purse{order.account, order.currency.number};
        const auto available =
            left.try_emplace(purse,
                             step.state.ledger.balance(order.account, order.currency).available)
                .first;
        if (wanted - held > available->second) {
            unpaid.push_back(run.bid.value);
        } else {
            available->second -= wanted - held;
        }
    }
    for (const std::uint64_t bid : unpaid) static_cast<void>(step.run(gigaspot::RevokeBid{bid}));
}

/// Revokes the bids whose image has not arrived in time.
void revoke_without_image(Step& step) {
    if (!step.state.settings.policy.require_cached) return;
    std::vector<std::uint64_t> late;
    step.state.engine().visit_bids([&](const gigaspot::BidState& bid) {
        if (!bid.is_cached && !bid.is_running &&
            step.record.time - bid.placed.count() > step.state.settings.image_wait)
            late.push_back(bid.id.value);
    });
    std::sort(late.begin(), late.end());
    for (const std::uint64_t bid : late) static_cast<void>(step.run(gigaspot::RevokeBid{bid}));
}

void note_history(State& state) {
    const gigaspot::Totals totals = state.engine().totals();
    const auto rate = state.engine().conditions().rate(gigaspot::main_currency);
    state.history.push_back(
        {.time = state.time,
         .rate = rate ? std::string{rate->text().view()} : std::string{},
         .running = totals.running,
         .watts = totals.watts,
         .profit = std::string{(totals.income - totals.electricity).text().view()}});
    if (state.history.size() > history_max) state.history.pop_front();
}

}  // namespace

void close_interval(Step& step) {
    revoke_unpaid(step);
    revoke_without_image(step);
    std::vector<std::uint64_t> paid;  // their holdings change with the close
    step.state.engine().visit_runs(
        [&](const gigaspot::RunState& run) { paid.push_back(run.bid.value); });
    std::sort(paid.begin(), paid.end());
    step.outcome.is_close = true;
    if (const auto done = step.run(gigaspot::Close{}); !done) {
        step.answer_error(200, 6, name(done.error().code()));
        return;
    }
    for (const std::uint64_t id : paid) {
        if (const auto bid = step.state.engine().bid(id)) step.set_reserve(id, step.required(*bid));
    }
    note_history(step.state);
    step.outcome.answer.body = R"({"code":0})";
}

}  // namespace market_server
