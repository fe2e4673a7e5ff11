// Saves and restores a market. All numbers are 8 bytes, all texts have their size in front.
#include <array>
#include <span>
#include <stdexcept>
#include <utility>

#include "market.hpp"

namespace market_server {
namespace {

constexpr std::uint64_t version = 2;

class Writer {
public:
    std::string bytes{};

    void put(std::uint64_t number) {
        std::array<char, 8> digits;
        for (std::size_t i = 0; i < 8; ++i) digits[i] = static_cast<char>(number >> 8 * i & 0xff);
        bytes.append(digits.data(), digits.size());
    }
    void put(std::int64_t number) { put(static_cast<std::uint64_t>(number)); }
    void put(std::string_view text) {
        put(std::uint64_t{text.size()});
        bytes += text;
    }
};

class Reader {
public:
    explicit Reader(std::string_view bytes) : left_{bytes} {}

    std::uint64_t number() {
        std::uint64_t number = 0;
        const std::string_view bytes = take(8);
        for (std::size_t i = 0; i < 8; ++i)
            number |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
        return number;
    }
    std::int64_t whole() { return static_cast<std::int64_t>(number()); }
    std::string text() {
        const std::uint64_t size = number();
        return std::string{take(size)};
    }
    [[nodiscard]] bool is_at_end() const { return left_.empty(); }

private:
    std::string_view take(std::uint64_t size) {
        if (size > left_.size()) throw std::runtime_error{"the save ends too early"};
        const std::string_view taken = left_.substr(0, size);
        left_.remove_prefix(size);
        return taken;
    }

    std::string_view left_;
};

void put(Writer& out, const Order& order) {
    out.put(order.account);
    out.put(order.host.value);
    out.put(std::uint64_t{order.currency.number});
    out.put(order.price.count());
    out.put(order.image);
    out.put(order.env);
    out.put(order.reserved);
    out.put(order.spent);
    out.put(order.created);
}

Order order_of(Reader& in) {
    Order order;
    order.account = in.number();
    order.host = in.number();
    order.currency.number = static_cast<std::uint8_t>(in.number());
    order.price = gigaspot::Price::unchecked(in.whole());
    order.image = in.text();
    order.env = in.text();
    order.reserved = in.whole();
    order.spent = in.whole();
    order.created = in.whole();
    return order;
}

void put(Writer& out, const Answer& answer) {
    out.put(std::uint64_t{answer.status});
    out.put(answer.body);
}

Answer answer_of(Reader& in) {
    const auto status = static_cast<unsigned>(in.number());
    return {status, in.text()};
}

void put_accounts(Writer& out, const State& state) {
    out.put(state.accounts_made);
    out.put(std::uint64_t{state.accounts.size()});
    for (const auto& [id, account] : state.accounts) {
        out.put(id);
        out.put(std::uint64_t{account.kind == AccountKind::host ? 1u : 0u});
        out.put(account.name);
    }
    out.put(std::uint64_t{state.tokens.size()});
    for (const auto& [hash, token] : state.tokens) {
        out.put(hash);
        out.put(token.account);
        out.put(token.expires);
    }
}

void get_accounts(Reader& in, State& state) {
    state.accounts_made = in.number();
    for (std::uint64_t left = in.number(); left != 0; --left) {
        Account& account = state.accounts[in.number()];
        account.kind = in.number() == 1 ? AccountKind::host : AccountKind::renter;
        account.name = in.text();
    }
    for (std::uint64_t left = in.number(); left != 0; --left) {
        Token& token = state.tokens[in.text()];
        token.account = in.number();
        token.expires = in.whole();
    }
}

void put_orders(Writer& out, const State& state) {
    out.put(state.orders_made);
    out.put(std::uint64_t{state.orders.size()});
    for (const auto& [id, order] : state.orders) {
        out.put(id);
        put(out, order);
    }
    std::uint64_t ended_orders = 0;
    for (const auto& [account, ended] : state.ended_of) ended_orders += ended.size();
    out.put(ended_orders);
    for (const auto& [account, ended] : state.ended_of) {
        for (const EndedOrder& order : ended) {
            out.put(order.id);
            put(out, order.order);
            out.put(order.ended);
            out.put(static_cast<std::uint64_t>(order.reason));
        }
    }
}

void get_orders(Reader& in, State& state) {
    state.orders_made = in.number();
    for (std::uint64_t left = in.number(); left != 0; --left) {
        const std::uint64_t id = in.number();
        const Order& order = state.orders[id] = order_of(in);
        state.orders_of[order.account].insert(id);
    }
    for (std::uint64_t left = in.number(); left != 0; --left) {
        EndedOrder ended;
        ended.id = in.number();
        ended.order = order_of(in);
        ended.ended = in.whole();
        ended.reason = static_cast<gigaspot::Code>(in.number());
        state.ended_of[ended.order.account].push_back(std::move(ended));
    }
}

void put_machines(Writer& out, const State& state) {
    out.put(std::uint64_t{state.machines.size()});
    for (const auto& [id, machine] : state.machines) {
        out.put(id);
        out.put(machine.account);
        out.put(machine.run_sequence);
        out.put(machine.interruptions);
    }
}

void get_machines(Reader& in, State& state) {
    for (std::uint64_t left = in.number(); left != 0; --left) {
        Machine& machine = state.machines[in.number()];
        machine.account = in.number();
        machine.run_sequence = in.number();
        machine.interruptions = in.number();
    }
}

void put_money(Writer& out, const State& state) {
    out.put(std::uint64_t{state.ledger.balances().size()});
    for (const auto& [key, balance] : state.ledger.balances()) {
        out.put(key.first);
        out.put(std::uint64_t{key.second});
        out.put(balance.available);
        out.put(balance.reserved);
    }
    const std::size_t currencies = state.market.names().currencies();
    out.put(std::uint64_t{currencies});
    for (std::size_t number = 0; number < currencies; ++number) {
        const gigaspot::Currency currency{static_cast<std::uint8_t>(number)};
        out.put(state.ledger.deposited(currency));
        out.put(state.ledger.fees(currency));
    }
    out.put(std::uint64_t{state.references.size()});
    for (const auto& [reference, answer] : state.references) {
        out.put(reference);
        put(out, answer);
    }
}

void get_money(Reader& in, State& state) {
    for (std::uint64_t left = in.number(); left != 0; --left) {
        const std::uint64_t account = in.number();
        const gigaspot::Currency currency{static_cast<std::uint8_t>(in.number())};
        const Units available = in.whole();
        state.ledger.set_balance(account, currency, {available, in.whole()});
    }
    const std::uint64_t currencies = in.number();
    for (std::uint64_t number = 0; number < currencies; ++number) {
        const Units deposited = in.whole();
        state.ledger.set_market(gigaspot::Currency{static_cast<std::uint8_t>(number)}, deposited,
                                in.whole());
    }
    for (std::uint64_t left = in.number(); left != 0; --left) {
        const std::string reference = in.text();
        state.references[reference] = answer_of(in);
    }
}

void put_requests(Writer& out, const State& state) {
    out.put(std::uint64_t{state.requests.size()});
    for (const auto& [account, requests] : state.requests) {
        out.put(account);
        out.put(std::uint64_t{requests.all().size()});
        for (const Requests::Answered& request : requests.all()) {
            out.put(request.time);
            out.put(request.key);
            put(out, request.answer);
        }
    }
}

void get_requests(Reader& in, State& state) {
    for (std::uint64_t accounts = in.number(); accounts != 0; --accounts) {
        Requests& requests = state.requests[in.number()];
        for (std::uint64_t left = in.number(); left != 0; --left) {
            const std::int64_t time = in.whole();
            std::string key = in.text();
            requests.add(time, std::move(key), answer_of(in));
        }
    }
}

void put_history(Writer& out, const State& state) {
    out.put(std::uint64_t{state.history.size()});
    for (const HistoryPoint& point : state.history) {
        out.put(point.time);
        out.put(point.rate);
        out.put(point.running);
        out.put(point.watts);
        out.put(point.profit);
    }
}

void get_history(Reader& in, State& state) {
    for (std::uint64_t left = in.number(); left != 0; --left) {
        HistoryPoint point;
        point.time = in.whole();
        point.rate = in.text();
        point.running = in.number();
        point.watts = in.whole();
        point.profit = in.text();
        state.history.push_back(std::move(point));
    }
}

}  // namespace

std::string Market::save() const {
    Writer out;
    out.put(version);
    out.put(state_.records);
    out.put(state_.time);
    out.put(to_text(state_.settings));
    const gigaspot::SavedBytes engine = state_.market.save();
    out.bytes.reserve(3 * engine.size());  // orders take about as much again
    out.put(std::string_view{reinterpret_cast<const char*>(engine.data()), engine.size()});
    put_accounts(out, state_);
    put_orders(out, state_);
    put_machines(out, state_);
    put_money(out, state_);
    put_requests(out, state_);
    put_history(out, state_);
    return std::move(out.bytes);
}

Market Market::restore(std::string_view bytes) {
    Reader in{bytes};
    if (in.number() != version)
        throw std::runtime_error{"the save is of another version of this program"};
    Market market;
    State& state = market.state_;
    state.records = in.number();
    state.time = in.whole();
    state.settings = settings_of(in.text());
    const std::string engine = in.text();
    auto restored =
        gigaspot::Replay::restore(std::as_bytes(std::span{engine}), state.settings.policy);
    if (!restored) throw std::runtime_error{std::string{sentence(restored.error())}};
    state.market = *std::move(restored);
    get_accounts(in, state);
    get_orders(in, state);
    get_machines(in, state);
    get_money(in, state);
    get_requests(in, state);
    get_history(in, state);
    if (!in.is_at_end()) throw std::runtime_error{"the save has bytes after its end"};
    return market;
}

}  // namespace market_server
