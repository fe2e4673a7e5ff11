// What an embedder writes: returns 0 if the host runs bid 2.

#include <gigaspot/gigaspot.hpp>

int main() {
    using namespace gigaspot::literals;
    const gigaspot::HostCapabilities host{.gpus = {{.power_limit = {100_W, 400_W}}}};
    const gigaspot::Bid bids[] = {
        {.id = 1, .price = 5_coin_per_day, .overclock = {{.power_limit = 300_W}}},
        {.id = 2, .price = 6_coin_per_day, .overclock = {{.power_limit = 300_W}}}};
    return gigaspot::select(host, bids, {.rates = 1_usd_per_coin}).winner == 2 ? 0 : 1;
}
