// Lists that end before a command reads them, and events that end before anybody reads them.
// mistake 1: this list ends before it is read: keep it in a variable of its own
// mistake 2: this list ends before it is read: keep it in a variable of its own
// mistake 3: this list ends before it is read: keep it in a variable of its own
// mistake 4: this list ends before it is read: keep it in a variable of its own
// mistake 5: this list ends before it is read: keep it in a variable of its own
// mistake 6: use of deleted function|selected deleted constructor|call to deleted constructor
// mistake 7: use of deleted function|selected deleted constructor|call to deleted constructor
// mistake 8: EventSink

#include <vector>

#include <gigaspot/engine/engine.hpp>
#include <gigaspot/values/command.hpp>

using namespace gigaspot;

std::vector<OverclockProfile> profiles();
std::vector<GpuLimits> gpus();

void give(Engine& market) {
    const std::vector<OverclockProfile> kept = profiles();
    const std::vector<GpuLimits> kept_gpus = gpus();
    [[maybe_unused]] PlaceBid bid{.id = 1, .overclock = kept};
    [[maybe_unused]] EditBid edit{.id = 1, .overclock = kept};
    [[maybe_unused]] PutHost host{.id = 1, .gpus = kept_gpus};
    std::vector<Event> events;
    static_cast<void>(market.close({}, events).has_value());
#if MISTAKE == 1
    bid = {.id = 1, .overclock = profiles()};
#elif MISTAKE == 2
    edit = {.id = 1, .overclock = profiles()};
#elif MISTAKE == 3
    edit.overclock = profiles();
#elif MISTAKE == 4
    host = {.id = 1, .gpus = gpus()};
#elif MISTAKE == 5
    bid = {.id = 1, .overclock = Bid{}.overclock};
#elif MISTAKE == 6
    PlaceBid braced{.id = 1, .overclock = {OverclockProfile{}, OverclockProfile{}}};
#elif MISTAKE == 7
    PlaceBid of_defaults{.id = 1, .overclock = {{}, {}}};
#elif MISTAKE == 8
    static_cast<void>(market.close({}, std::vector<Event>{}).has_value());
#endif
}
