// Acting on events: after a close, the bids of blocked renters are revoked.
#include <cstdint>
#include <set>
#include <vector>

#include <gigaspot/format.hpp>
#include <gigaspot/gigaspot.hpp>

using namespace gigaspot::literals;

namespace {

constexpr gigaspot::Timestamp at(gigaspot::Duration since_start) {
    return gigaspot::Timestamp::unchecked(since_start.count());
}

/// Two hosts, each with a running bid of 310 coins per day.
gigaspot::Engine make_market() {
    gigaspot::Engine market;
    bool is_taken = market.set_rate({.usd = 0.0071_usd_per_coin}, at(0_s)).has_value();
    for (const std::uint64_t id : {1U, 2U}) {
        const gigaspot::HostCapabilities host{.id = id, .gpus = {{.power_limit = {150_W, 450_W}}}};
        const gigaspot::Bid bid{.id = 40 + id,
                                .host = id,
                                .owner = id,
                                .price = 310_coin_per_day,
                                .overclock = {{.power_limit = 450_W}}};
        is_taken = is_taken && market.put_host(host, at(0_s)) && market.place(bid, at(0_s));
    }
    if (!is_taken || !market.close(at(1_min))) fmt::print("the market did not begin\n");
    return market;
}

}  // namespace

int main() {
    gigaspot::Engine market = make_market();
    const std::set<gigaspot::OwnerId> blocked{2};

    std::vector<gigaspot::Event> events;
    if (!market.close(at(2_min), events)) return 1;
    std::vector<gigaspot::Event> after;  // not `events`, which must not grow while it is read
    for (const gigaspot::Event& event : events) {
        if (event.kind != gigaspot::EventKind::charged || !blocked.contains(event.owner)) continue;
        if (!market.apply(gigaspot::RevokeBid{.id = event.bid}, at(2_min), after)) return 1;
    }
    for (const gigaspot::Event& event : after) fmt::print("{}\n", event);
}
