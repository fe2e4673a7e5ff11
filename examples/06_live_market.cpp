// Runs a live market: commands in, events out. Times come from the caller; the library has no
// clock.
#include <gigaspot/format.hpp>
#include <gigaspot/gigaspot.hpp>

using namespace gigaspot::literals;

namespace {

gigaspot::Timestamp at(gigaspot::Duration since_start) {
    return gigaspot::Timestamp::unchecked(since_start.count());
}

void print(const gigaspot::Result<gigaspot::Events, gigaspot::Rejection>& done) {
    if (!done) return fmt::print("{:>6} ms: {}\n", done.error().time, done.error());
    for (const gigaspot::Event& event : *done) fmt::print("{:>6} ms: {}\n", event.time, event);
}

}  // namespace

int main() {
    const gigaspot::HostCapabilities host{
        .id = 7, .gpus = {{.power_limit = {150_W, 450_W}}}, .energy_price = 0.11_usd_per_kWh};
    const auto bid = [](gigaspot::BidId id, gigaspot::Price price, gigaspot::Power limit) {
        return gigaspot::Bid{
            .id = id, .host = 7, .owner = 2, .price = price, .overclock = {{.power_limit = limit}}};
    };

    gigaspot::Engine market{{.switch_margin_ppm = 20'000_ppm}};
    print(market.set_rate({.usd = 0.0071_usd_per_coin, .fee = 25'000_ppm}, at(0_s)));
    print(market.put_host(host, at(0_s)));
    print(market.place(bid(41, 310_coin_per_day, 450_W), at(10_s)));
    print(market.close(at(1_min)));  // bid 41 starts
    print(market.place(bid(42, 270_coin_per_day, 160_W), at(70_s)));
    print(market.place(bid(43, 400_coin_per_day, 480_W), at(80_s)));  // more than the host allows
    print(market.close(at(2_min)));  // bid 41 pays for its minute, and bid 42 takes its place
    print(market.edit({.id = 42, .price = 250_coin_per_day}, at(150_s)));  // waits for the close
    print(market.close(at(3_min)));
}
