// Renders what an account may know about itself, and what a machine must run.
#include <map>
#include <set>
#include <string>
#include <string_view>
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

/// Returns what the engine says about an account's bids, by bid. Each host is asked once. Bids that
/// are not compared (cancelled, expired, or without a rate) are absent.
std::map<std::uint64_t, gigaspot::Explanation> explanations(const State& state,
                                                            const std::set<std::uint64_t>& bids) {
    std::set<std::uint64_t> hosts;
    for (const std::uint64_t bid : bids) hosts.insert(state.orders.at(bid).host.value);
    std::map<std::uint64_t, gigaspot::Explanation> found;
    for (const std::uint64_t host : hosts) {
        std::vector<gigaspot::Explanation> room(state.engine().bids_on(host));
        for (const gigaspot::Explanation& each : state.engine().explain(host, room)) {
            if (bids.contains(each.ranked.id.value)) found.emplace(each.ranked.id.value, each);
        }
    }
    return found;
}

std::string_view why_not_compared(const State& state, const gigaspot::BidState& bid) {
    using enum gigaspot::Code;
    if (bid.is_cancelled) return name(cancelled);
    const bool is_expired = bid.expiry && bid.expiry->count() <= state.time;
    return name(is_expired ? bid_expired : rate_missing);
}

void put_live_order(std::string& out, const State& state, std::uint64_t id, const Order& order,
                    const gigaspot::Explanation* explanation) {
    const gigaspot::Engine& engine = state.engine();
    const auto bid = engine.bid(gigaspot::BidId{id});
    put_order(out, state, id, order);
    put(out, R"(,"price":{},"watts":{},"active":{},"cancelled":{},"expires":{},"oc":)",
        bid->price.text().view(), bid->power_limits.count(), bid->is_running, bid->is_cancelled,
        bid->expiry ? std::to_string(bid->expiry->count() / 1'000) : "null");
    put_profiles(out, *engine.overclock(gigaspot::BidId{id}));
    put(out, R"(,"edit":{})",
        bid->edit ? fmt::format(R"({{"price":{}}})", bid->edit->price.text().view()) : "null");
    if (explanation == nullptr) {
        put(out,
            R"(,"wins":false,"profit":null,"why_not":{},"price_to_win":null,"lowest_price":null}})",
            json_text(why_not_compared(state, *bid)));
        return;
    }
    const auto& eligibility = explanation->ranked.eligibility;
    const bool wins = explanation->is_winner;
    const auto& to_win = explanation->price_to_win;
    const std::string price = to_win ? fmt::format(R"("{}")", to_win->text().view()) : "null";
    put(out, R"(,"wins":{},"profit":{},"why_not":{},"price_to_win":{},"lowest_price":{}}})", wins,
        text_or_null(eligibility.profit),
        eligibility.is_eligible() ? "null" : json_text(name(eligibility.reason)),
        wins ? "null" : price, wins ? price : "null");
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
        const auto explained = explanations(state, own->second);
        for (const std::uint64_t id : own->second) {
            out += comma();
            const auto found = explained.find(id);
            put_live_order(out, state, id, state.orders.at(id),
                           found == explained.end() ? nullptr : &found->second);
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
