// Renters' orders: create, edit and cancel bids.
#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <gigaspot/format/rules.hpp>
#include <gigaspot/json/orders.hpp>

#include "json.hpp"
#include "messages.hpp"
#include "operations.hpp"

namespace market_server {
namespace {

/// What is wrong with a document as a whole, for people.
std::string text_of(const gigaspot::DocumentError& error) {
    std::string text = error.path.empty() ? "the body" : error.path;
    if (error.line != 0) text += fmt::format(", line {}, column {}", error.line, error.column);
    text += fmt::format(": {}", sentence(error.code));
    if (!error.detail.empty()) text += fmt::format(": {}", error.detail);
    return text;
}

/// Rejects a document if one of its entries could not be read: nothing of it happens then.
void need_all(const std::vector<gigaspot::SkippedEntry>& skipped) {
    if (skipped.empty()) return;
    const gigaspot::SkippedEntry& first = skipped.front();
    throw BadInput{fmt::format("[{}]{}{}: {}{}{}", first.entry, first.path.empty() ? "" : ".",
                               first.path, sentence(first.problem),
                               first.detail.empty() ? "" : ": ", first.detail)};
}

auto read_create(State& state, const std::string& body) {
    auto document = gigaspot::read_create_orders(body, state.market.names());
    if (!document) throw BadInput{text_of(document.error())};
    need_all(document->skipped());
    return document;
}
auto read_edit(const std::string& body) {
    auto document = gigaspot::read_edit_orders(body);
    if (!document) throw BadInput{text_of(document.error())};
    need_all(document->skipped);
    return document;
}
auto read_cancel(const std::string& body) {
    auto ids = gigaspot::read_cancel_orders(body);
    if (!ids) throw BadInput{text_of(ids.error())};
    if (ids->empty()) throw BadInput{"order_ids: expected 1 to 64 ids"};
    return ids;
}

/// Why an order was rejected, sorted into the market's lists.
struct Refusal {
    bool is_overclock = false;
    bool is_too_low = false;
    bool is_other = false;
    std::string text{};

    explicit Refusal(std::string why) : is_other{true}, text{std::move(why)} {}
    explicit Refusal(const gigaspot::Rejection& rejection)
        : text{messages(rejection, "renting_server")} {
        using enum gigaspot::Code;
        for (const gigaspot::Violation& reason : rejection.reasons) {
            const auto code = reason.code;
            if (code >= overclock_missing && code <= mem_offset_above_maximum) {
                is_overclock = true;
            } else if (code == price_not_positive || code == price_below_market_minimum ||
                       code == price_below_host_minimum) {
                is_too_low = true;
            } else {
                is_other = true;
            }
        }
    }
};

std::string why_too_poor(const Step& step, std::uint64_t account, gigaspot::Currency currency,
                         Units wanted) {
    return fmt::format(
        "price: the bid needs {} {} for one interval and fees, and {} are available; "
        "deposit more, or bid less",
        coins(wanted), step.state.market.names().name(currency),
        coins(step.state.ledger.balance(account, currency).available));
}

std::string env_text(std::span<const gigaspot::EnvironmentVariable> environment) {
    std::string text = "{";
    for (const gigaspot::EnvironmentVariable& variable : environment) {
        if (text.size() > 1) text += ',';
        put_string(text, variable.key);
        text += ':';
        put_string(text, variable.value);
    }
    return text + '}';
}

/// Places one bid. Returns nothing if it was accepted.
std::optional<Refusal> place(Step& step, const gigaspot::Bid& wanted) {
    State& state = step.state;
    const std::uint64_t account = step.record.account;
    if (!state.engine().find_host(wanted.host))
        return Refusal{fmt::format(
            "renting_server: {} is not in the market; choose a server of the newest snapshot",
            wanted.host)};
    const std::string_view currency = state.market.names().name(wanted.currency);
    if (!state.engine().conditions().has_rate(wanted.currency))
        return Refusal{fmt::format("currency: {} has no exchange rate now; try again later, or "
                                   "bid in another currency",
                                   currency)};
    const auto fee = state.settings.creation_fees.find(std::string{currency});
    const Units creation_fee = fee == state.settings.creation_fees.end() ? 0 : fee->second;
    const Units reserve = step.reserve_for(wanted.price);
    const Units available = state.ledger.balance(account, wanted.currency).available;
    if (creation_fee > available || reserve > available - creation_fee)
        return Refusal{why_too_poor(step, account, wanted.currency, reserve + creation_fee)};

    const std::uint64_t id = state.orders_made + 1;
    gigaspot::Bid bid = wanted;
    bid.id = id;
    bid.owner = account;
    // The order must be there before the engine takes the bid, which may start at once.
    Order& order = state.orders[id];
    order = {.account = account,
             .host = wanted.host,
             .currency = wanted.currency,
             .price = wanted.price,
             .image = std::string{wanted.workload.image.value_or(std::string_view{})},
             .env = env_text(wanted.workload.environment),
             .created = step.record.time};
    state.orders_of[account].insert(id);
    const auto done = step.run(gigaspot::PlaceBid{.id = bid.id,
                                                  .host = bid.host,
                                                  .owner = bid.owner,
                                                  .price = bid.price,
                                                  .currency = bid.currency,
                                                  .overclock = bid.overclock.view(),
                                                  .workload = &wanted.workload});
    if (!done) {
        state.orders.erase(id);
        state.orders_of[account].erase(id);
        return Refusal{done.error()};
    }
    state.orders_made = id;
    step.set_reserve(id, reserve);
    step.post(PostingKind::creation_fee, {account, Part::available}, {0, Part::fees},
              wanted.currency, creation_fee, id);
    step.outcome.hosts.push_back(wanted.host);
    return std::nullopt;
}

/// Edits one bid. Returns nothing if it was accepted.
std::optional<Refusal> edit(Step& step, const gigaspot::EditOrder& wanted) {
    const auto found = step.state.orders.find(wanted.id.value);
    if (found == step.state.orders.end() || found->second.account != step.record.account)
        return Refusal{
            fmt::format("order_id: {} is not one of your orders; my_orders lists them", wanted.id)};
    const auto before = step.state.engine().bid(wanted.id);
    Order& order = found->second;
    // A run is charged at its present price until the edit takes effect.
    const gigaspot::Price highest =
        before->is_running ? std::max(before->price, wanted.price) : wanted.price;
    const Units reserve = step.reserve_for(highest);
    const Units available = step.state.ledger.balance(order.account, order.currency).available;
    if (reserve > order.reserved && reserve - order.reserved > available)
        return Refusal{why_too_poor(step, order.account, order.currency, reserve - order.reserved)};
    gigaspot::EditBid command{.id = wanted.id, .price = wanted.price, .owner = step.record.account};
    if (wanted.overclock) command.overclock = wanted.overclock->view();
    const auto done = step.run(command);
    if (!done) return Refusal{done.error()};
    order.price = wanted.price;
    if (const auto after = step.state.engine().bid(wanted.id))
        step.set_reserve(wanted.id.value, step.required(*after));
    step.outcome.hosts.push_back(order.host);
    return std::nullopt;
}

}  // namespace

void need_form_of_create(State& state, const std::string& body) {
    static_cast<void>(read_create(state, body));
}
void need_form_of_edit(const std::string& body) { static_cast<void>(read_edit(body)); }
void need_form_of_cancel(const std::string& body) { static_cast<void>(read_cancel(body)); }

void create_orders(Step& step) {
    const auto document = read_create(step.state, step.record.body);
    std::vector<std::uint64_t> overclock;
    std::vector<std::uint64_t> rent;
    std::vector<std::uint64_t> too_low;
    std::string reasons;
    for (const gigaspot::CreateOrder& order : document->orders()) {
        const auto refusal = place(step, order.bid);
        if (!refusal) continue;
        const std::uint64_t server = order.bid.host.value;
        if (refusal->is_overclock) overclock.push_back(server);
        if (refusal->is_too_low) too_low.push_back(server);
        if (refusal->is_other || refusal->is_too_low) rent.push_back(server);
        reasons += fmt::format(R"({}{{"renting_server":{},"error":{}}})",
                               reasons.empty() ? "" : ",", server, json_text(refusal->text));
    }
    step.outcome.answer.body = fmt::format(
        R"({{"code":0,"status":"ok","failed_to_oc_servers":[{}],"failed_to_rent_servers":[{}],)"
        R"("too_low_bids_servers":[{}],"reasons":[{}]}})",
        fmt::join(overclock, ","), fmt::join(rent, ","), fmt::join(too_low, ","), reasons);
}

void edit_orders(Step& step) {
    const auto document = read_edit(step.record.body);
    std::vector<std::uint64_t> success;
    std::vector<std::uint64_t> failed;
    std::vector<std::uint64_t> too_low;
    std::string reasons;
    for (const gigaspot::EditOrder& order : document->orders) {
        const auto refusal = edit(step, order);
        if (!refusal) {
            success.push_back(order.id.value);
            continue;
        }
        failed.push_back(order.id.value);
        if (refusal->is_too_low) too_low.push_back(order.id.value);
        reasons += fmt::format(R"({}{{"order_id":{},"error":{}}})", reasons.empty() ? "" : ",",
                               order.id.value, json_text(refusal->text));
    }
    step.outcome.answer.body = fmt::format(
        R"({{"code":0,"success_to_update_ids":[{}],"failed_to_update_ids":[{}],)"
        R"("too_low_bid_ids":[{}],"reasons":[{}]}})",
        fmt::join(success, ","), fmt::join(failed, ","), fmt::join(too_low, ","), reasons);
}

void cancel_orders(Step& step) {
    const auto ids = read_cancel(step.record.body);
    std::vector<std::uint64_t> failed;
    for (const gigaspot::BidId id : *ids) {
        const auto found = step.state.orders.find(id.value);
        if (found == step.state.orders.end() || found->second.account != step.record.account ||
            !step.run(gigaspot::CancelBid{.id = id, .owner = step.record.account})) {
            failed.push_back(id.value);
            continue;
        }
        step.outcome.hosts.push_back(found->second.host);
        if (!step.state.engine().find_bid(id)) step.end_order(id.value, gigaspot::Code::cancelled);
    }
    step.outcome.answer.body =
        fmt::format(R"({{"code":0,"failed_to_cancel":[{}]}})", fmt::join(failed, ","));
}

}  // namespace market_server
