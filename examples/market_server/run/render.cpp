#include "render.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "../market/json.hpp"

namespace market_server {
namespace {

using gigaspot::BidState;
using gigaspot::HostId;

/// Appends formatted text.
template <class... Arguments>
void put(std::string& out, fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    fmt::format_to(std::back_inserter(out), format, std::forward<Arguments>(arguments)...);
}

/// Writes a comma before each item except the first.
class Comma {
public:
    std::string_view operator()() { return std::exchange(next_, ","); }

private:
    std::string_view next_{};
};

template <class Q>
void put_range(std::string& out, std::string_view key,
               const std::optional<gigaspot::Range<Q>>& range) {
    if (range) put(out, R"(,"{}":[{},{}])", key, range->min.count(), range->max.count());
}

void put_gpus(std::string& out, const gigaspot::HostCapabilities& host,
              const gigaspot::MarketNames& names) {
    out += "[";
    Comma comma;
    for (const gigaspot::GpuLimits& gpu : host.gpus) {
        put(out, R"({}{{"model":{},"pl":[{},{}])", comma(), json_text(names.name(gpu.model)),
            gpu.power_limit.min.count(), gpu.power_limit.max.count());
        put_range(out, "core_lock", gpu.core_lock);
        put_range(out, "mem_lock", gpu.mem_lock);
        put_range(out, "core_offset", gpu.core_offset);
        put_range(out, "mem_offset", gpu.mem_offset);
        out += "}";
    }
    out += "]";
}

void put_profiles(std::string& out, const gigaspot::Engine::Overclock& profiles) {
    out += "[";
    Comma comma;
    for (const gigaspot::OverclockProfile& profile : profiles) {
        put(out, R"({}{{"pl":{})", comma(), profile.power_limit.count());
        const auto put_setting = [&](std::string_view key, const auto& setting) {
            if (setting.has_value()) put(out, R"(,"{}":{})", key, (*setting).count());
        };
        put_setting("core_lock", profile.core_lock);
        put_setting("mem_lock", profile.mem_lock);
        put_setting("core_offset", profile.core_offset);
        put_setting("mem_offset", profile.mem_offset);
        out += "}";
    }
    out += "]";
}

std::vector<BidState> bids_of(const State& state, HostId host) {
    std::vector<BidState> bids;
    static_cast<void>(
        state.engine().visit_bids_on(host, [&](const BidState& bid) { bids.push_back(bid); }));
    std::sort(bids.begin(), bids.end(),
              [](const BidState& left, const BidState& right) { return left.id < right.id; });
    return bids;
}

/// The bids that a host should cache next.
std::vector<gigaspot::BidId> to_cache(const State& state, HostId host) {
    std::vector<gigaspot::BidId> ids;
    if (!state.settings.policy.require_cached) return ids;
    std::array<gigaspot::Ranked, 4> room{};
    for (const gigaspot::Ranked& ranked : state.engine().cache_candidates(host, room))
        ids.push_back(ranked.id);
    return ids;
}

void put_machine(std::string& out, const State& state, std::uint64_t id, const Machine& machine) {
    const auto host = state.engine().host(id);
    const auto caching = to_cache(state, id);
    put(out, R"("{}":{{"bids":[)", id);
    Comma comma;
    for (const BidState& bid : bids_of(state, id)) {
        const bool is_to_cache = std::find(caching.begin(), caching.end(), bid.id) != caching.end();
        put(out,
            R"({}{{"owner":{},"id":{},"active":{},"to_cache":{},"cached":{},"price":{},)"
            R"("currency":{},"pl":{}}})",
            comma(), bid.owner.value, bid.id.value, bid.is_running, is_to_cache, bid.is_cached,
            bid.price.text().view(), json_text(state.market.names().name(bid.currency)),
            bid.power_limits.count());
    }
    put(out, R"(],"on_demand_rented":{},"online":{},"working_properly":{},"gpus":)",
        host->status.on_demand_rented, host->status.online, host->status.working_properly);
    put_gpus(out, *host, state.market.names());
    put(out,
        R"(,"max_rental_length":{},"host":{},"min_bid":{},"energy_price":{},"base_power":{}}})",
        host->max_rental_length.count(), machine.account, host->min_bid.text().view(),
        host->energy_price.text().view(), host->base_power.count());
}

std::string_view state_name(const gigaspot::HostStatus& status) {
    if (!status.online) return "offline";
    if (status.on_demand_rented) return "rented";
    return status.working_properly ? "online" : "broken";
}

/// "2 x RTX 3090", or several of these.
std::string gpu_summary(const gigaspot::HostCapabilities& host,
                        const gigaspot::MarketNames& names) {
    std::vector<std::pair<gigaspot::GpuModel, int>> models;
    for (const gigaspot::GpuLimits& gpu : host.gpus) {
        const auto found = std::find_if(models.begin(), models.end(),
                                        [&](const auto& each) { return each.first == gpu.model; });
        if (found == models.end()) {
            models.emplace_back(gpu.model, 1);
        } else {
            ++found->second;
        }
    }
    std::string text;
    for (const auto& [model, count] : models)
        put(text, "{}{} x {}", text.empty() ? "" : ", ", count, names.name(model));
    return text;
}

/// A quantity in quotes, or null.
template <class Q>
std::string text_or_null(const std::optional<Q>& quantity) {
    return quantity ? fmt::format(R"("{}")", quantity->text().view()) : "null";
}

/// By how much a run leads the best other bid.
std::optional<gigaspot::UsdPerDay> margin(const State& state, HostId host) {
    const auto run = state.engine().run(host);
    if (!run || !run->profit) return std::nullopt;
    std::array<gigaspot::Explanation, 2> room{};
    for (const gigaspot::Explanation& bid : state.engine().explain(host, room)) {
        if (!bid.ranked.is_incumbent && bid.ranked.eligibility.is_eligible())
            return *run->profit - *bid.ranked.eligibility.profit;
    }
    return std::nullopt;
}

void put_quotes(std::string& out, const State& state, const gigaspot::HostCapabilities& host,
                std::optional<std::int64_t> watts_per_gpu) {
    std::int64_t lowest = 1;
    std::int64_t highest = gigaspot::Power::highest().count();
    for (const gigaspot::GpuLimits& gpu : host.gpus) {
        lowest = std::max<std::int64_t>(lowest, gpu.power_limit.min.count());
        highest = std::min<std::int64_t>(highest, gpu.power_limit.max.count());
    }
    std::vector<std::int64_t> asked{lowest, highest};
    if (watts_per_gpu) asked.push_back(*watts_per_gpu);
    out += R"(,"to_win":[)";
    Comma comma;
    for (const std::int64_t watts : asked) {
        const auto total =
            gigaspot::TotalPower::from_count(watts * static_cast<std::int64_t>(host.gpus.size()));
        gigaspot::QuoteRequest request;
        request.is_cached = true;
        if (total) request.power_limits = *total;
        const auto price = state.engine().price_to_win(host.id, request);
        put(out, R"({}{{"watts_per_gpu":{},"price":{},"reason":{}}})", comma(), watts,
            price ? fmt::format(R"("{}")", price->text().view()) : "null",
            price ? "null" : json_text(name(price.error())));
    }
    out += "]";
}

void put_explanation(std::string& out, const State& state, const gigaspot::Explanation& bid) {
    const auto terms = state.engine().bid(bid.ranked.id);
    const auto& eligibility = bid.ranked.eligibility;
    put(out, R"({{"bid":{},"owner":{},"price":"{}","currency":{},"watts":{},)", bid.ranked.id.value,
        terms->owner.value, terms->price.text().view(),
        json_text(state.market.names().name(terms->currency)), bid.power_draw.count());
    if (bid.parts) {
        put(out, R"("income":"{}","electricity":"{}","profit":"{}",)",
            bid.parts->income.text().view(), bid.parts->electricity.text().view(),
            bid.parts->profit().text().view());
    } else {
        out += R"("income":null,"electricity":null,"profit":null,)";
    }
    put(out,
        R"("running":{},"wins":{},"eligible":{},"reason":{},"cached":{},"lowest":{},)"
        R"("no_price":{}}})",
        terms->is_running, bid.is_winner, eligibility.is_eligible(),
        eligibility.is_eligible() ? "null" : json_text(name(eligibility.reason)), terms->is_cached,
        bid.price_to_win ? fmt::format(R"("{}")", bid.price_to_win->text().view()) : "null",
        bid.price_to_win ? "null" : json_text(name(bid.price_to_win.error())));
}

}  // namespace

std::string snapshot_text(const State& state) {
    std::string out = "{";
    out.reserve(512 * state.machines.size() + 128 * state.orders.size() + 2);
    Comma comma;
    for (const auto& [id, machine] : state.machines) {
        out += comma();
        put_machine(out, state, id, machine);
    }
    out += "}";
    return out;
}

std::string point_text(const HistoryPoint& point) {
    return fmt::format(R"([{},{},{},{},"{}"])", point.time,
                       point.rate.empty() ? "null" : json_text(point.rate), point.running,
                       point.watts, point.profit);
}

std::string market_fields(const State& state) {
    const gigaspot::Engine& engine = state.engine();
    const gigaspot::MarketNames& names = state.market.names();
    std::string out;
    put(out, R"("time":{},"interval":{},"next_close":{},"main_currency":{},"rates":{{)", state.time,
        state.settings.interval,
        (state.time / state.settings.interval + 1) * state.settings.interval,
        json_text(names.name(gigaspot::main_currency)));
    Comma comma;
    for (std::size_t number = 0; number < names.currencies(); ++number) {
        const gigaspot::Currency currency{static_cast<std::uint8_t>(number)};
        put(out, "{}{}:{}", comma(), json_text(names.name(currency)),
            text_or_null(engine.conditions().rate(currency)));
    }
    std::size_t available = 0;
    for (const auto& [id, machine] : state.machines)
        available += engine.host(id)->status.is_available() ? 1u : 0u;
    const gigaspot::Totals totals = engine.totals();
    put(out,
        R"(}},"totals":{{"hosts":{},"available":{},"running":{},"bids":{},"watts":{},)"
        R"("profit":"{}","income":"{}","electricity":"{}"}})",
        totals.hosts, available, totals.running, totals.bids, totals.watts,
        (totals.income - totals.electricity).text().view(), totals.income.text().view(),
        totals.electricity.text().view());
    return out;
}

std::string host_row(const State& state, std::uint64_t id) {
    const auto host = state.engine().host(id);
    std::string out;
    if (!host) {
        put(out, R"({{"id":{},"removed":true}})", id);
        return out;
    }
    put(out, R"({{"id":{},"gpus":{},"state":"{}","bids":{},"run":)", id,
        json_text(gpu_summary(*host, state.market.names())), state_name(host->status),
        state.engine().bids_on(id));
    if (const auto run = state.engine().run(HostId{id})) {
        put(out,
            R"({{"bid":{},"owner":{},"price":"{}","currency":{},"watts":{},"profit":{},)"
            R"("since":{}}})",
            run->bid.value, run->owner.value, run->price.text().view(),
            json_text(state.market.names().name(run->currency)), run->power_draw.count(),
            text_or_null(run->profit), run->started.count());
    } else {
        out += "null";
    }
    put(out, R"(,"margin":{}}})", text_or_null(margin(state, id)));
    return out;
}

std::optional<std::string> host_page(const State& state, std::uint64_t id,
                                     std::optional<std::int64_t> watts_per_gpu) {
    const gigaspot::Engine& engine = state.engine();
    const auto host = engine.host(id);
    if (!host) return std::nullopt;
    std::string out;
    put(out, R"({{"id":{},"time":{},"gpus":)", id, state.time);
    put_gpus(out, *host, state.market.names());
    put(out,
        R"(,"energy_price":"{}","min_bid":"{}","base_power":{},"state":"{}","interruptions":{},)"
        R"("rate_interval":)",
        host->energy_price.text().view(), host->min_bid.text().view(), host->base_power.count(),
        state_name(host->status), state.machines.at(id).interruptions);
    if (const auto rates = engine.rate_range(id)) {
        put(out, R"(["{}","{}"])", rates->min.text().view(), rates->max.text().view());
    } else {
        out += "null";
    }
    const gigaspot::NotCompared not_compared = engine.not_compared(id);
    put(out, R"(,"not_compared":{{"no_rate":{},"unreadable":{},"expired":{}}})",
        not_compared.rate_missing, not_compared.unreadable, not_compared.expired);
    put_quotes(out, state, *host, watts_per_gpu);
    out += R"(,"bids":[)";
    std::vector<gigaspot::Explanation> room(engine.bids_on(id));
    Comma comma;
    for (const gigaspot::Explanation& bid : engine.explain(id, room)) {
        out += comma();
        put_explanation(out, state, bid);
    }
    out += "]}";
    return out;
}

std::string run_text(const State& state, std::uint64_t id) {
    std::string out;
    put(out, R"({{"code":0,"sequence":{},"run":)", state.machines.at(id).run_sequence);
    const auto run = state.engine().run(HostId{id});
    if (!run) return out + "null}";
    const Order& order = state.orders.at(run->bid.value);
    put(out, R"({{"bid":{},"image":{},"env":{},"oc":)", run->bid.value,
        order.image.empty() ? "null" : json_text(order.image), order.env);
    put_profiles(out, *state.engine().overclock(run->bid));
    return out + "}}";
}

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
