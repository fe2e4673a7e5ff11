// The data of the live page.
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "render.hpp"
#include "render_parts.hpp"

namespace market_server {
namespace {

using gigaspot::HostId;

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

/// An end without a limit is null.
void put_rate_interval(std::string& out,
                       const std::optional<gigaspot::Range<gigaspot::ExchangeRate>>& rates) {
    if (!rates) {
        out += "null";
        return;
    }
    using Rate = gigaspot::ExchangeRate;
    const auto end = [](Rate rate, Rate limit) {
        return rate == limit ? std::string{"null"} : fmt::format(R"("{}")", rate.text().view());
    };
    put(out, "[{},{}]", end(rates->min, Rate::lowest()), end(rates->max, Rate::highest()));
}

}  // namespace

std::string point_text(const HistoryPoint& point) {
    return fmt::format(R"([{},{},{},{},"{}"])", point.time,
                       point.rate.empty() ? "null" : json_text(point.rate), point.running,
                       point.watts, point.profit);
}

std::string market_fields(const State& state, std::int64_t now) {
    const gigaspot::Engine& engine = state.engine();
    const gigaspot::MarketNames& names = state.market.names();
    std::string out;
    put(out, R"("time":{},"interval":{},"next_close":{},"main_currency":{},"rates":{{)",
        std::max(now, state.time), state.settings.interval,
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
    put_rate_interval(out, engine.rate_range(id));
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

}  // namespace market_server
