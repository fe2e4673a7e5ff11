// The first example of the documentation: the compiler makes the choice of a host.

#include <gigaspot/gigaspot.hpp>

namespace {

using namespace gigaspot::literals;

constexpr gigaspot::GpuLimits rtx4090{.power_limit = {150_W, 450_W},
                                      .core_lock = {{210_MHz, 2520_MHz}}};
constexpr gigaspot::HostCapabilities host{
    .id = 7, .gpus = {rtx4090, rtx4090}, .energy_price = 0.11_usd_per_kWh};
constexpr gigaspot::Bid bids[] = {
    {.id = 41,
     .price = 620_coin_per_day,
     .overclock = {{.power_limit = 300_W}, {.power_limit = 300_W}}},
    {.id = 42,
     .price = 540_coin_per_day,
     .overclock = {{.power_limit = 160_W}, {.power_limit = 160_W}}},
};

// Fewer watts bring the host more profit: 540 x 0.0071 - 320 x 0.024 x 0.11 against 620 x 0.0071 -
// 600 x 0.024 x 0.11.
static_assert(gigaspot::select(host, bids, {.rates = 0.0071_usd_per_coin}).winner == 42);
static_assert(gigaspot::profit(bids[1], host, {.rates = 0.0071_usd_per_coin}) ==
              2.9892_usd_per_day);
static_assert(gigaspot::profit(bids[0], host, {.rates = 0.0071_usd_per_coin}) == 2.818_usd_per_day);

// A bid with more power than the host allows, and its violations.
constexpr gigaspot::Bid hungry{.price = 620_coin_per_day,
                               .overclock = {{.power_limit = 300_W}, {.power_limit = 480_W}}};
constexpr gigaspot::Violations found = gigaspot::validate(hungry, host);
static_assert(found.size() == 1);
static_assert(found[0] ==
              gigaspot::Violation{.code = gigaspot::Code::power_limit_above_host_maximum,
                                  .gpu = 1,
                                  .unit = gigaspot::Unit::watt,
                                  .value = 480,
                                  .bound = 450});

}  // namespace
