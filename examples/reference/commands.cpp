// Applies commands of any type, reaches a bid by its handle, and collects events in a vector.
#include <array>
#include <vector>

#include <gigaspot/format.hpp>
#include <gigaspot/gigaspot.hpp>

using namespace gigaspot::literals;

int main() {
    gigaspot::Engine market;
    std::vector<gigaspot::Event> events;  // grows; the market keeps none of it
    const gigaspot::Timestamp now = gigaspot::Timestamp::unchecked(1'000);

    // A command refers to its lists, so they are variables that outlive the call.
    const std::array gpus{gigaspot::GpuLimits{.power_limit = {150_W, 450_W}}};
    const std::array overclock{gigaspot::OverclockProfile{.power_limit = 300_W}};
    const std::array<gigaspot::Command, 2> commands{
        gigaspot::SetRate{.usd = 0.0071_usd_per_coin},
        gigaspot::PutHost{.id = 7, .gpus = gpus, .energy_price = 0.11_usd_per_kWh}};
    for (const gigaspot::Command& command : commands) {
        if (!market.apply(command, now, events)) return 1;
    }
    const gigaspot::PlaceBid place{
        .id = 41, .host = 7, .owner = 2, .price = 310_coin_per_day, .overclock = overclock};
    const auto placed = market.apply(place, now, events);
    if (!placed) return 1;

    // The handle finds the bid faster than its id. Owner 3 may not edit it.
    const gigaspot::EditBid edit{.price = 300_coin_per_day, .owner = 3};
    const auto edited = market.apply(placed->bid, edit, now, events);
    if (!edited) fmt::print("command {}: {}\n", edited.error().command, edited.error());

    if (!market.apply(gigaspot::Close{}, now, events)) return 1;
    for (const gigaspot::Event& event : events)
        fmt::print("command {}: {}\n", event.command, event);
}
