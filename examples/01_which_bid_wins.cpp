// Chooses a bid for one host while the compiler compiles the program. The tutorial shows all of it,
// and README the lines from the second include to the static_assert.
#include <gigaspot/format.hpp>
#include <gigaspot/gigaspot.hpp>
using namespace gigaspot::literals;

constexpr gigaspot::HostCapabilities host{
    .id = 7, .gpus = {{.power_limit = {150_W, 450_W}}}, .energy_price = 0.11_usd_per_kWh};
constexpr gigaspot::Bid bids[] = {
    {.id = 41, .price = 310_coin_per_day, .overclock = {{.power_limit = 450_W}}},
    {.id = 42, .price = 270_coin_per_day, .overclock = {{.power_limit = 160_W}}}};
constexpr auto choice = gigaspot::select(host, bids, {.rates = 0.0071_usd_per_coin});
static_assert(choice.winner == 42);  // it pays less, but it draws 290 W less

int main() { fmt::print("{}\n", choice); }
