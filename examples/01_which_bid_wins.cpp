// The choice of one host, made while the program is compiled.
#include <gigaspot/format.hpp>
#include <gigaspot/gigaspot.hpp>

using namespace gigaspot::literals;

constexpr gigaspot::GpuLimits rtx4090{.power_limit = {150_W, 450_W}};
constexpr gigaspot::HostCapabilities host{
    .id = 7, .gpus = {rtx4090, rtx4090}, .energy_price = 0.11_usd_per_kWh};
constexpr gigaspot::Bid bids[] = {
    {.id = 41,
     .price = 620_coin_per_day,
     .overclock = {{.power_limit = 450_W}, {.power_limit = 450_W}}},
    {.id = 42,
     .price = 540_coin_per_day,
     .overclock = {{.power_limit = 160_W}, {.power_limit = 160_W}}},
};
constexpr auto choice = gigaspot::select(host, bids, {.rates = 0.0071_usd_per_coin});
static_assert(choice.winner == 42);  // it pays less, but it takes 580 W less

int main() { fmt::print("{}\n", choice); }
