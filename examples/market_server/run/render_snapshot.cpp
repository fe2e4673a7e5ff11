// The market's snapshot, which bots read.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "render.hpp"
#include "render_parts.hpp"

namespace market_server {
namespace {

using gigaspot::BidState;
using gigaspot::HostId;

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

}  // namespace market_server
