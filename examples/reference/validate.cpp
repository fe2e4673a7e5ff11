// Finds everything that is wrong with a bid before it is placed.
#include <gigaspot/format.hpp>
#include <gigaspot/gigaspot.hpp>

using namespace gigaspot::literals;

int main() {
    const gigaspot::GpuLimits gpu{.power_limit = {150_W, 450_W},
                                  .core_lock = {{210_MHz, 2520_MHz}}};
    const gigaspot::HostCapabilities host{.id = 7, .gpus = {gpu, gpu}, .min_bid = 2_coin_per_day};
    const gigaspot::Bid bid{
        .id = 41,
        .host = 7,
        .price = 1.5_coin_per_day,
        .overclock = {{.power_limit = 480_W, .core_lock = 1500_MHz},
                      {.power_limit = 300_W, .mem_lock = 9501_MHz}},
    };

    for (const gigaspot::Violation& violation : validate(bid, host))
        fmt::print("{}\n  {}\n", violation, sentence(violation.code));
    fmt::print("valid: {}\n", is_valid(bid, host));
}
