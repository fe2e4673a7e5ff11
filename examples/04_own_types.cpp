// Shows a market with your own types: 16 bytes as a bid's id, at most 8 GPUs per host, and a
// workload that only your program understands.
#include <array>
#include <compare>
#include <cstddef>
#include <functional>

#include <gigaspot/gigaspot.hpp>

using namespace gigaspot::literals;

struct Uuid {
    std::array<unsigned char, 16> bytes{};
    friend constexpr auto operator<=>(const Uuid&, const Uuid&) = default;
};

template <>
struct std::hash<Uuid> {  // the engine finds bids by their ids
    std::size_t operator()(const Uuid& id) const {
        std::size_t mixed = 0;
        for (const unsigned char byte : id.bytes) mixed = mixed * 257 + byte;
        return mixed;
    }
};

struct Job {
    int queue = 0;
};

struct MyTraits : gigaspot::DefaultTraits {
    using BidId = Uuid;
    using Workload = Job;
    static constexpr std::size_t gpus_max = 8;
};
static_assert(gigaspot::MarketTraits<MyTraits>);

using MyBid = gigaspot::BasicBid<MyTraits>;
using MyHost = gigaspot::BasicHostCapabilities<MyTraits>;

int main() {
    const MyHost host{.id = 1, .gpus = {{.power_limit = {100_W, 300_W}}}};
    const MyBid bids[] = {
        {.id = {{1}}, .price = 3_coin_per_day, .overclock = {{.power_limit = 200_W}}},
        {.id = {{2}}, .price = 4_coin_per_day, .overclock = {{.power_limit = 200_W}}},
    };
    const auto choice = gigaspot::select(host, bids, {.rates = 0.01_usd_per_coin});
    if (choice.winner != Uuid{{2}}) return 1;

    gigaspot::BasicEngine<MyTraits> market;
    const gigaspot::Timestamp now{};
    if (!market.set_rate({.usd = 0.01_usd_per_coin}, now) || !market.put_host(host, now)) return 1;
    for (MyBid bid : bids) {
        bid.host = host.id;
        if (!market.place(bid, now)) return 1;
    }
    return market.choice(host.id).winner == Uuid{{2}} ? 0 : 1;
}
