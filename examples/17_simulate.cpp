// A whole simulation: random bids on ten hosts for a day, with a close per minute. The result is
// the same on every machine.
#include <cstdint>

#include <gigaspot/format.hpp>
#include <gigaspot/gigaspot.hpp>

using namespace gigaspot::literals;

int main() {
    constexpr int hosts = 10;
    constexpr int minutes = 1'440;
    const auto at = [](int minute) {
        return gigaspot::Timestamp::unchecked(minute * (1_min).count());
    };
    std::uint64_t state = 7;                 // the seed
    const auto draw = [&state](int below) {  // a random number from 0 on
        state += gigaspot::mix_step;
        return static_cast<int>(gigaspot::mix(state) % static_cast<unsigned>(below));
    };
    const auto id = [](int number) { return static_cast<std::uint64_t>(number); };

    gigaspot::Engine market{{.switch_margin_ppm = 100'000_ppm}};
    if (!market.set_rate({.usd = 0.0071_usd_per_coin, .fee = 25'000_ppm}, at(0))) return 1;
    for (int number = 0; number < hosts; ++number) {
        const gigaspot::HostCapabilities host{.id = gigaspot::HostId{id(number)},
                                              .gpus = {{.power_limit = {100_W, 350_W}}},
                                              .energy_price = 0.2_usd_per_kWh};
        if (!market.put_host(host, at(0))) return 1;
    }

    gigaspot::Int128 paid = 0;  // 1e-8 coin
    int switches = 0;
    const auto note = [&](const gigaspot::Event& event) {
        if (event.kind == gigaspot::EventKind::charged) paid += event.amount.count();
        if (event.kind == gigaspot::EventKind::stopped) ++switches;
    };
    for (int minute = 1; minute <= minutes; ++minute) {
        const gigaspot::OverclockProfile profile[] = {
            {.power_limit = gigaspot::Power::unchecked(100 + draw(251))}};
        const gigaspot::PlaceBid bid{
            .id = gigaspot::BidId{id(minute)},
            .host = gigaspot::HostId{id(draw(hosts))},
            .owner = gigaspot::OwnerId{id(draw(1'000))},
            .price = gigaspot::Price::unchecked(100'000'000LL * (100 + draw(200))),
            .overclock = profile};
        if (!market.apply(bid, at(minute), note)) return 1;
        if (!market.close(at(minute), note)) return 1;
    }
    fmt::print("{} coins paid, {} switches, digest {:016x}\n", gigaspot::Amount::unchecked(paid),
               switches, digest(market));
}
