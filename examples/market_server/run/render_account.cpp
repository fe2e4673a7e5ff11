// What an account may know of itself, and what a machine is to run.
#include <string>
#include <vector>

#include "render.hpp"
#include "render_parts.hpp"

namespace market_server {
namespace {

void put_order(std::string& out, const State& state, std::uint64_t id, const Order& order) {
    put(out,
        R"({{"id":{},"renting_server":{},"currency":{},"image":{},"env":{},"created":{},)"
        R"("spent":"{}","reserved":"{}")",
        id, order.host.value, json_text(state.market.names().name(order.currency)),
        order.image.empty() ? "null" : json_text(order.image), order.env, order.created / 1'000,
        coins(order.spent), coins(order.reserved));
}

void put_live_order(std::string& out, const State& state, std::uint64_t id, const Order& order) {
    const gigaspot::Engine& engine = state.engine();
    const auto bid = engine.bid(gigaspot::BidId{id});
    put_order(out, state, id, order);
    put(out, R"(,"price":{},"watts":{},"active":{},"cancelled":{},"expires":{},"oc":)",
        bid->price.text().view(), bid->power_limits.count(), bid->is_running, bid->is_cancelled,
        bid->expiry ? std::to_string(bid->expiry->count() / 1'000) : "null");
    put_profiles(out, *engine.overclock(gigaspot::BidId{id}));
    put(out, R"(,"edit":{})",
        bid->edit ? fmt::format(R"({{"price":{}}})", bid->edit->price.text().view()) : "null");
    std::vector<gigaspot::Explanation> room(engine.bids_on(order.host));
    for (const gigaspot::Explanation& each : engine.explain(order.host, room)) {
        if (each.ranked.id.value != id) continue;
        const auto& eligibility = each.ranked.eligibility;
        const std::string price =
            each.price_to_win ? fmt::format(R"("{}")", each.price_to_win->text().view()) : "null";
        put(out, R"(,"wins":{},"profit":{},"why_not":{},"price_to_win":{},"lowest_price":{}}})",
            each.is_winner, text_or_null(eligibility.profit),
            eligibility.is_eligible() ? "null" : json_text(name(eligibility.reason)),
            each.is_winner ? "null" : price, each.is_winner ? price : "null");
    }
}

}  // namespace

std::string run_text(const State& state, std::uint64_t id) {
    std::string out;
    put(out, R"({{"code":0,"sequence":{},"run":)", state.machines.at(id).run_sequence);
    const auto run = state.engine().run(gigaspot::HostId{id});
    if (!run) return out + "null}";
    const Order& order = state.orders.at(run->bid.value);
    put(out, R"({{"bid":{},"image":{},"env":{},"oc":)", run->bid.value,
        order.image.empty() ? "null" : json_text(order.image), order.env);
    put_profiles(out, *state.engine().overclock(run->bid));
    return out + "}}";
}

std::string orders_text(const State& state, std::uint64_t account, bool with_completed) {
    std::string out;
    put(out, R"({{"code":0,"limit":{},"orders":[)", ended_orders_max);
    Comma comma;
    if (const auto own = state.orders_of.find(account); own != state.orders_of.end()) {
        for (const std::uint64_t id : own->second) {
            out += comma();
            put_live_order(out, state, id, state.orders.at(id));
        }
    }
    const auto ended = state.ended_of.find(account);
    if (with_completed && ended != state.ended_of.end()) {
        for (const EndedOrder& order : ended->second) {
            out += comma();
            put_order(out, state, order.id, order.order);
            put(out, R"(,"price":{},"active":false,"ended":{},"reason":"{}"}})",
                order.order.price.text().view(), order.ended / 1'000, name(order.reason));
        }
    }
    return out + "]}";
}

std::string wallets_text(const State& state, std::uint64_t account) {
    std::string out = R"({"code":0,"wallets":[)";
    Comma comma;
    const gigaspot::MarketNames& names = state.market.names();
    for (std::size_t number = 0; number < names.currencies(); ++number) {
        const gigaspot::Currency currency{static_cast<std::uint8_t>(number)};
        const Balance balance = state.ledger.balance(account, currency);
        put(out, R"({}{{"name":{},"deposit":"","balance":{},"reserved":"{}","withdrawal_fee":0}})",
            comma(), json_text(names.name(currency)), coins(balance.available),
            coins(balance.reserved));
    }
    return out + "]}";
}

}  // namespace market_server
