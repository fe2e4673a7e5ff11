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

Answer bad_input(const BadInput& error) {
    return {400, fmt::format(R"({{"code":2,"error":{}}})", json_text(error.what()))};
}

/// Whether clients repeat this request when they got no answer.
bool is_repeated(Op op) { return op == Op::create || op == Op::edit || op == Op::cancel; }

/// Accounts that ask nothing more must not be remembered forever.
void forget_old_requests(State& state) {
    for (auto& [account, requests] : state.requests)
        requests.forget_before(state.time - Requests::memory);
    std::erase_if(state.requests, [](const auto& each) { return each.second.all().empty(); });
}

const Answer* remembered(const State& state, const Record& record, const std::string& key,
                         std::int64_t now) {
    const auto own = state.requests.find(record.account);
    return own == state.requests.end() ? nullptr : own->second.find(key, now);
}

/// Throws BadInput if a renter's or a provider's document is not of the right form.
void need_form(State& state, const Record& record) {
    switch (record.op) {
    case Op::create: return need_form_of_create(state, record.body);
    case Op::edit: return need_form_of_edit(record.body);
    case Op::cancel: return need_form_of_cancel(record.body);
    case Op::machine: return need_form_of_machine(state, record);
    default: return;  // operators are trusted, and the other bodies are the server's own
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
        if (const Answer* known = remembered(state_, record, key, record.time)) {
            step.outcome.answer = *known;
            return std::move(step.outcome);
        }
    }
    try {
        run(step);
    } catch (const BadInput& error) {
        step.outcome.answer = bad_input(error);
    }
    if (!key.empty())
        state_.requests[record.account].add(record.time, std::move(key), step.outcome.answer);
    if (record.op == Op::close) forget_old_requests(state_);
    return std::move(step.outcome);
}

std::optional<Answer> Market::answer_without_record(const Record& record, std::int64_t now) {
    if (is_repeated(record.op)) {
        if (const Answer* known = remembered(state_, record, request_key(record), now))
            return *known;
    }
    try {
        need_form(state_, record);
    } catch (const BadInput& error) {
        return bad_input(error);
    }
    return std::nullopt;
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
