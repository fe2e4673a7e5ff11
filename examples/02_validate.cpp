// Prints every rule that a bid breaks, with the value and the limit.
#include <gigaspot/format.hpp>
#include <gigaspot/gigaspot.hpp>

using namespace gigaspot::literals;

int main() {
    const gigaspot::GpuLimits gpu{.power_limit = {150_W, 450_W},
                                  .core_lock = {{210_MHz, 2520_MHz}}};
    const gigaspot::HostCapabilities host{
        .id = 7, .gpus = {gpu, gpu}, .energy_price = 0.11_usd_per_kWh, .min_bid = 20_coin_per_day};

    gigaspot::Bid bid{.id = 1, .price = 12.5_coin_per_day};
    for (const gigaspot::OverclockProfile profile :
         {gigaspot::OverclockProfile{.power_limit = 300_W, .core_lock = 1500_MHz},
          gigaspot::OverclockProfile{.power_limit = 480_W, .mem_lock = 9501_MHz}}) {
        if (!bid.overclock.push_back(profile)) return 1;  // more GPUs than the type holds
    }

    for (const gigaspot::Violation& violation : gigaspot::validate(bid, host))
        fmt::print("{}: {}\n", violation, sentence(violation.code));
}
