// Places a bid whose profiles are packed.
#include <vector>

#include <gigaspot/gigaspot.hpp>

using namespace gigaspot::literals;

int main() {
    gigaspot::Engine market;
    const gigaspot::Timestamp now = gigaspot::Timestamp::unchecked(1'000);
    const std::vector<gigaspot::GpuLimits> gpus(2, {.power_limit = {150_W, 450_W}});
    const auto host = market.put_host(gigaspot::PutHost{.id = 7, .gpus = gpus}, now);
    if (!host) return 1;

    const std::vector<gigaspot::OverclockProfile> profiles(2, {.power_limit = 300_W});
    const std::vector<gigaspot::PackedProfile> packed(profiles.begin(), profiles.end());
    const gigaspot::PlacePackedBid bid{
        .id = 41, .owner = 2, .price = 310_coin_per_day, .overclock = packed};
    const auto ignore = [](const gigaspot::Event&) {};
    return market.apply((*host).host, bid, now, ignore) ? 0 : 1;
}
