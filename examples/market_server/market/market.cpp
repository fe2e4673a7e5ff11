#include "market.hpp"

#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <sodium.h>

#include "json.hpp"

namespace market_server {
namespace {

void run(Step& step) {
    switch (step.record.op) {
    case Op::settings: return change_settings(step);
    case Op::account: return add_account(step);
    case Op::token: return add_token(step);
    case Op::revoke_token: return revoke_token(step);
    case Op::credit: return credit(step);
    case Op::debit: return debit(step);
    case Op::rate: return set_rate(step);
    case Op::create: return create_orders(step);
    case Op::edit: return edit_orders(step);
    case Op::cancel: return cancel_orders(step);
    case Op::machine: return put_machine(step);
    case Op::remove_machine: return remove_machine(step);
    case Op::beat: return take_beat(step);
    case Op::offline: return set_offline(step);
    case Op::close: return close_interval(step);
    }
}

/// Whether clients repeat this request when they got no answer.
bool is_repeated(Op op) { return op == Op::create || op == Op::edit || op == Op::cancel; }

void forget_old_requests(State& state) {
    while (!state.request_times.empty() &&
           state.time - state.request_times.front().first > request_memory) {
        state.requests.erase(state.request_times.front().second);
        state.request_times.pop_front();
    }
}

/// The key of a request. Equal requests have equal keys, and others do not.
std::string request_key(const Record& record) {
    const std::string text = fmt::format("{} {} {}", name(record.op), record.account, record.body);
    std::string key(crypto_generichash_BYTES, '\0');
    crypto_generichash(reinterpret_cast<unsigned char*>(key.data()), key.size(),
                       reinterpret_cast<const unsigned char*>(text.data()), text.size(), nullptr,
                       0);
    return key;
}

}  // namespace

Outcome Market::apply(const Record& record) {
    if (record.time < state_.time)
        throw std::logic_error{fmt::format("record {} goes back in time", state_.records + 1)};
    ++state_.records;
    state_.time = record.time;
    Step step{state_, record};
    std::string key;
    if (is_repeated(record.op)) {
        key = request_key(record);
        forget_old_requests(state_);
        if (const auto known = state_.requests.find(key); known != state_.requests.end()) {
            step.outcome.answer = known->second;
            return std::move(step.outcome);
        }
    }
    try {
        run(step);
    } catch (const BadInput& error) {
        step.answer_error(400, 2, error.what());
    }
    if (!key.empty()) {
        state_.requests[key] = step.outcome.answer;
        state_.request_times.emplace_back(record.time, std::move(key));
    }
    return std::move(step.outcome);
}

bool Market::is_balanced() const {
    for (std::size_t number = 0; number < state_.market.names().currencies(); ++number) {
        if (!state_.ledger.totals(gigaspot::Currency{static_cast<std::uint8_t>(number)})
                 .is_balanced())
            return false;
    }
    return true;
}

}  // namespace market_server
