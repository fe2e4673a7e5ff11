// A reference to a function must call what it refers to, and change nothing that a sink sees.
#include <gigaspot/engine/sink_ref.hpp>

#include <type_traits>
#include <vector>

#include <gigaspot/engine/engine.hpp>

#include "support/market.hpp"

namespace {

using namespace market;

std::vector<Event> seen;
void note(const Event& event) { seen.push_back(event); }
int note_and_count(Event event) {
    seen.push_back(event);
    return static_cast<int>(seen.size());
}

struct Counter {
    int calls = 0;
    void operator()(const Event&) { ++calls; }
};
struct ConstantCounter {
    int* calls;
    void operator()(const Event&) const { ++*calls; }
};

static_assert(EventFunction<SinkRef, DefaultTraits>);
static_assert(std::is_trivially_copyable_v<SinkRef>);
static_assert(sizeof(SinkRef) == 2 * sizeof(void*));
static_assert(!std::is_default_constructible_v<SinkRef>);
// What is not called with an event makes no reference. Room in a list must be made in advance.
static_assert(!std::is_constructible_v<SinkRef, std::vector<Event>&>);
static_assert(!std::is_constructible_v<SinkRef, void (*)(int)>);
static_assert(!std::is_constructible_v<SinkRef, const Counter&>);
static_assert(!std::is_constructible_v<SinkRef, Counter*>);

TEST_CASE("a reference calls the function object itself, not a copy") {
    Counter counter;
    const SinkRef sink{counter};
    sink(Event{});
    const SinkRef copy = sink;
    copy(Event{});
    CHECK(counter.calls == 2);

    int calls = 0;
    const ConstantCounter constant{&calls};
    SinkRef{constant}(Event{});
    CHECK(calls == 1);
    SinkRef{[&](const Event& event) { calls += static_cast<int>(event.command); }}(
        Event{.command = 6});
    CHECK(calls == 7);
}

TEST_CASE("a reference calls a function, by its name and by a pointer that is gone") {
    seen.clear();
    SinkRef sink = note;
    sink(Event{.command = 1});
    {
        void (*pointer)(const Event&) = note;
        sink = SinkRef{pointer};
        pointer = nullptr;
    }
    sink(Event{.command = 2});
    sink = note_and_count;
    sink(Event{.command = 3});
    REQUIRE(seen.size() == 3);
    for (std::size_t i = 0; i < 3; ++i) CHECK(seen[i].command == i + 1);
}

TEST_CASE("an engine gives a reference the same events as any sink") {
    Engine with_list;
    Engine with_reference;
    std::vector<Event> expected;
    std::vector<Event> events;
    const auto append = [&](const Event& event) { events.push_back(event); };
    const SinkRef constant{append};
    SinkRef variable{append};
    const GpuLimits gpus[] = {{.power_limit = {150_W, 450_W}}};
    const OverclockProfile profiles[] = {{.power_limit = 300_W}};
    const PutHost host{.id = 7, .gpus = gpus, .energy_price = 0.11_usd_per_kWh};
    const PlaceBid bid{.id = 41, .host = 7, .price = 400_coin_per_day, .overclock = profiles};
    const Command rate = SetRate{.usd = 0.0071_usd_per_coin};

    CHECK(with_list.apply(rate, at_ms(1), expected));
    CHECK(with_reference.apply(rate, at_ms(1), constant));
    CHECK(with_list.apply(host, at_ms(2), expected));
    CHECK(with_reference.apply(host, at_ms(2), variable));
    CHECK(with_list.apply(bid, at_ms(3), expected));
    const auto placed = with_reference.apply(bid, at_ms(3), SinkRef{append});
    REQUIRE(placed);
    CHECK(with_list.close(at_ms(60'000), expected));
    CHECK(with_reference.close(at_ms(60'000), constant));
    CHECK(with_list.apply(CancelBid{.id = 41}, at_ms(60'001), expected));
    CHECK(with_reference.apply(placed->bid, CancelBid{}, at_ms(60'001), variable));
    CHECK(with_list.close(at_ms(120'000), expected));
    CHECK(with_reference.close(at_ms(120'000), variable));
    CHECK(!with_reference.close(at_ms(1), constant));
    CHECK(expected.size() == 10);
    CHECK(events == expected);
}

}  // namespace
