// Finds the hosts that a bid wins at the lowest price per GPU.
#include <array>

#include <gigaspot/format.hpp>
#include <gigaspot/gigaspot.hpp>

using namespace gigaspot::literals;

int main() {
    const gigaspot::GpuLimits gpu{.power_limit = {150_W, 450_W}};
    const gigaspot::HostCapabilities hosts[] = {
        {.id = 7, .gpus = {gpu}, .energy_price = 0.11_usd_per_kWh},
        {.id = 8, .gpus = {gpu, gpu}, .energy_price = 0.08_usd_per_kWh},
        {.id = 9, .gpus = {gpu}, .status = {.online = false}},
    };
    const gigaspot::Bid bids[] = {
        // all on host 7
        {.id = 41, .host = 7, .price = 90_coin_per_day, .overclock = {{.power_limit = 300_W}}}};
    const gigaspot::Conditions conditions{.rates = 0.01_usd_per_coin};

    std::array<gigaspot::HostQuote, 3> room;
    gigaspot::Cheapest search{{.profile = {.power_limit = 280_W}}, conditions, room};
    for (const gigaspot::HostCapabilities& host : hosts)
        search.add(host, std::span{bids, host.id == 7 ? 1U : 0U});
    for (const gigaspot::HostQuote& quote : search.in_order()) fmt::print("{}\n", quote);
}
