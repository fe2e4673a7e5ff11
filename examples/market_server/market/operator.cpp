// Settings, accounts, tokens, money that comes and goes, and rates.
#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

#include <gigaspot/format/rules.hpp>
#include <gigaspot/json/command_reader.hpp>

#include "json.hpp"
#include "messages.hpp"
#include "operations.hpp"

namespace market_server {
namespace {

/// Lets each order hold what an interval of the new length costs, besides what it owes already.
/// Revokes those whose owner cannot pay that.
void reserve_again(Step& step) {
    std::vector<std::uint64_t> ids;
    for (const auto& [id, order] : step.state.orders) ids.push_back(id);
    for (const std::uint64_t id : ids) {
        const auto bid = step.state.engine().bid(id);
        const Order& order = step.state.orders.at(id);
        Units owed = 0;
        if (const auto run = step.state.engine().run(bid->host); run && run->bid == bid->id)
            owed = static_cast<Units>(run->charge_at(step.now()).amount.count());
        const Units wanted = step.required(*bid) + owed;
        const Units available = step.state.ledger.balance(order.account, order.currency).available;
        if (wanted > order.reserved + available) {
            static_cast<void>(step.run(gigaspot::RevokeBid{id}));
        } else {
            step.set_reserve(id, wanted);
        }
    }
}

struct Transfer {
    std::uint64_t account = 0;
    gigaspot::Currency currency{};
    Units amount = 0;
    std::string reference{};
    std::string text{};  ///< the first part of its answer, which names all of it
};

/// Reads a credit or a debit. If it fails or has counted before, answers and returns nothing.
std::optional<Transfer> read_transfer(Step& step) {
    const Fields fields{step.record.body, {"account", "currency", "amount", "reference"}};
    Transfer transfer;
    transfer.account = static_cast<std::uint64_t>(need(fields.whole("account"), "account"));
    const std::string currency = need(fields.text("currency"), "currency");
    transfer.amount = need(fields.amount("amount"), "amount");
    transfer.reference = need(fields.text("reference"), "reference");
    if (transfer.amount == 0) throw BadInput{"amount: 0 is not an amount; expected more"};
    if (transfer.reference.empty() || transfer.reference.size() > 128)
        throw BadInput{"reference: expected 1 to 128 bytes"};
    const std::string key{transfer.reference};
    transfer.text = fmt::format(
        R"({{"code":0,"transfer":"{}","account":{},"currency":{},"amount":"{}")",
        name(step.record.op), transfer.account, json_text(currency), coins(transfer.amount));
    if (const auto known = step.state.references.find(key); known != step.state.references.end()) {
        if (known->second.body.starts_with(transfer.text)) {
            step.outcome.answer = known->second;
        } else {
            step.answer_error(200, 6, fmt::format("reference {} belongs to another transfer", key));
        }
        return std::nullopt;
    }
    if (!step.state.accounts.contains(transfer.account)) {
        step.answer_error(200, 6, fmt::format("account {} does not exist", transfer.account));
        return std::nullopt;
    }
    const auto number = step.state.market.names().find_currency(currency);
    if (!number) {
        step.answer_error(200, 6,
                          fmt::format("currency {} is unknown; set its rate first", currency));
        return std::nullopt;
    }
    transfer.currency = *number;
    return transfer;
}

void answer_transfer(Step& step, const Transfer& transfer) {
    const Balance balance = step.state.ledger.balance(transfer.account, transfer.currency);
    step.outcome.answer = {
        200, fmt::format(R"({},"balance":"{}"}})", transfer.text, coins(balance.available))};
    step.state.references[transfer.reference] = step.outcome.answer;
}

}  // namespace

std::string command_line(std::string_view fields, std::string_view body) {
    constexpr std::string_view blanks = " \t\r\n";
    const std::size_t start = body.find_first_not_of(blanks);
    if (start == std::string_view::npos || body[start] != '{')
        throw BadInput{"the body must be an object of JSON"};
    body.remove_prefix(start + 1);
    const std::size_t next = body.find_first_not_of(blanks);
    const bool is_empty = next != std::string_view::npos && body[next] == '}';
    return fmt::format("{{{}{}{}", fields, is_empty ? "" : ",", body);
}

void throw_problem(const gigaspot::FieldProblem& problem) {
    throw BadInput{fmt::format("{}: {}{}{}", problem.field.empty() ? "body" : problem.field,
                               sentence(problem.code), problem.detail.empty() ? "" : ": ",
                               problem.detail)};
}

void change_settings(Step& step) {
    Settings settings = settings_of(step.record.body);
    if (settings.policy != step.state.settings.policy) {
        auto market = gigaspot::Replay::restore(step.state.market.save(), settings.policy);
        if (!market) throw std::logic_error{"the market does not restore its own save"};
        step.state.market = *std::move(market);
    }
    const bool is_other_interval = settings.interval != step.state.settings.interval;
    step.state.settings = std::move(settings);
    if (is_other_interval) reserve_again(step);
    step.outcome.answer.body = R"({"code":0})";
}

void add_account(Step& step) {
    const Fields fields{step.record.body, {"name", "kind", "hash", "expires"}};
    Account account{.name = need(fields.text("name"), "name")};
    const std::string kind = need(fields.text("kind"), "kind");
    const std::string hash = need(fields.text("hash"), "hash");
    const std::int64_t expires = fields.whole("expires").value_or(0);
    if (kind != "renter" && kind != "host")
        throw BadInput{fmt::format("kind: {} is not renter or host", json_text(kind))};
    if (account.name.empty() || account.name.size() > 128)
        throw BadInput{"name: expected 1 to 128 bytes"};
    account.kind = kind == "host" ? AccountKind::host : AccountKind::renter;
    const std::uint64_t id = ++step.state.accounts_made;
    step.state.accounts[id] = std::move(account);
    step.state.tokens[hash] = {id, expires};
    step.outcome.has_changed_tokens = true;
    step.outcome.answer.body = fmt::format(R"({{"code":0,"id":{}}})", id);
}

void add_token(Step& step) {
    const Fields fields{step.record.body, {"account", "hash", "expires"}};
    const auto account = static_cast<std::uint64_t>(need(fields.whole("account"), "account"));
    const std::string hash = need(fields.text("hash"), "hash");
    if (!step.state.accounts.contains(account))
        return step.answer_error(200, 6, fmt::format("account {} does not exist", account));
    step.state.tokens[hash] = {account, fields.whole("expires").value_or(0)};
    step.outcome.has_changed_tokens = true;
    step.outcome.answer.body = fmt::format(R"({{"code":0,"id":{}}})", account);
}

/// Revokes one token, by its hash, or all tokens of an account.
void revoke_token(Step& step) {
    const Fields fields{step.record.body, {"account", "hash"}};
    const auto account = fields.whole("account");
    const auto hash = fields.text("hash");
    if (account.has_value() == hash.has_value()) throw BadInput{"expected either account or token"};
    const std::size_t count = std::erase_if(step.state.tokens, [&](const auto& token) {
        return hash ? token.first == *hash
                    : token.second.account == static_cast<std::uint64_t>(*account);
    });
    step.outcome.has_changed_tokens = count != 0;
    step.outcome.answer.body = fmt::format(R"({{"code":0,"revoked":{}}})", count);
}

void credit(Step& step) {
    const auto transfer = read_transfer(step);
    if (!transfer) return;
    const auto& [account, currency, amount, reference, text] = *transfer;
    if (amount > Ledger::deposited_max - step.state.ledger.deposited(currency))
        return step.answer_error(200, 6,
                                 fmt::format("all deposits together would exceed {} coins",
                                             coins(Ledger::deposited_max)));
    step.post(PostingKind::deposit, {0, Part::outside}, {account, Part::available}, currency,
              amount, 0, reference);
    answer_transfer(step, *transfer);
}

void debit(Step& step) {
    const auto transfer = read_transfer(step);
    if (!transfer) return;
    const auto& [account, currency, amount, reference, text] = *transfer;
    const Units available = step.state.ledger.balance(account, currency).available;
    if (amount > available)
        return step.answer_error(200, 6,
                                 fmt::format("account {} has {} coins available, which is less "
                                             "than {}",
                                             account, coins(available), coins(amount)));
    step.post(PostingKind::withdrawal, {account, Part::available}, {0, Part::outside}, currency,
              amount, 0, reference);
    answer_transfer(step, *transfer);
}

void set_rate(Step& step) {
    gigaspot::MarketNames& names = step.state.market.names();
    const auto mark = names.mark();
    gigaspot::BasicCommandReader<> reader;
    const auto read = reader.read(
        command_line(fmt::format(R"("op":"rate","time":{})", step.record.time), step.record.body),
        names);
    if (!read) {
        names.forget_since(mark);
        throw_problem(read.error().problem);
    }
    const auto* rate = std::get_if<gigaspot::SetRate>(&read->command);
    if (rate == nullptr) throw BadInput{"body: the field op belongs to the server"};
    // A name that the table does not take has a number past it; the engine rejects that.
    const bool has_number = rate->currency.number < names.currencies();
    if (has_number && names.name(rate->currency).empty()) {
        names.forget_since(mark);
        throw BadInput{"currency: expected a name"};
    }
    if (const auto done = step.run(*rate); !done) {
        names.forget_since(mark);
        return step.answer_error(200, 6, messages(done.error(), "id"));
    }
    if (step.state.settings.policy.refill == gigaspot::Refill::at_once) {
        // A new rate alone fills no host; a command that names the host does.
        for (const auto& [id, machine] : step.state.machines) {
            if (!step.state.engine().run(gigaspot::HostId{id}))
                static_cast<void>(step.run(gigaspot::SetHostStatus{.id = id}));
        }
    }
    step.outcome.answer.body = R"({"code":0})";
}

}  // namespace market_server
