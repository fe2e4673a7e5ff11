// Changes many prices in a row, and fetches the memory of each change before its turn.
#include <array>

#include <gigaspot/format.hpp>
#include <gigaspot/gigaspot.hpp>

using namespace gigaspot::literals;

namespace {

/// A change of price that waits in the queue of a marketplace.
struct NewPrice {
    gigaspot::BidHandle bid;
    gigaspot::Price price;
};

}  // namespace

int main() {
    constexpr gigaspot::Timestamp now{};
    const auto ignore = [](const gigaspot::Event&) {};
    gigaspot::Engine market;
    const gigaspot::HostCapabilities host{.id = 7, .gpus = {{.power_limit = {150_W, 450_W}}}};
    if (!market.set_rate({.usd = 0.0071_usd_per_coin}, now) || !market.put_host(host, now))
        return 1;
    std::array<NewPrice, 3> queue{};
    for (std::size_t i = 0; i < queue.size(); ++i) {
        const gigaspot::Bid bid{.id = 41 + i,
                                .host = 7,
                                .price = 300_coin_per_day,
                                .overclock = {{.power_limit = 300_W}}};
        const auto placed = market.place(bid, now);
        if (!placed) return 1;
        queue[i] = {placed->bid, 310_coin_per_day};
    }

    int taken = 0;
    gigaspot::fetch_ahead(
        market, queue.size(),
        [&](std::size_t i) {
            return gigaspot::Target{.bid_handle = queue[i].bid, .is_edit = true};
        },
        [&](std::size_t i) {
            const gigaspot::EditBid edit{.price = queue[i].price};
            if (market.apply(queue[i].bid, edit, now, ignore)) ++taken;
        });
    fmt::print("{} taken, bid {} leads\n", taken, *market.choice(gigaspot::HostId{7}).winner);
}
