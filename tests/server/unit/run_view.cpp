// The view's clock: names of snapshots come from the system's clock, all waits from another one.
#include <atomic>
#include <chrono>
#include <thread>

#include <doctest/doctest.h>

#include "market_support.hpp"
#include "run/saver.hpp"
#include "run/view.hpp"

namespace market_server {
namespace {

using namespace std::chrono_literals;

template <class Condition>
void until(Condition condition) {
    for (int i = 0; i < 60'000 && !condition(); ++i) std::this_thread::sleep_for(1ms);
    REQUIRE(condition());
}

TEST_CASE("a clock that is set back stops neither snapshots nor page events nor long polls") {
    Play play;
    static_cast<void>(play.add_account("host"));
    play.add_machine(1, 7);
    std::atomic<std::int64_t> clock = start;
    std::atomic<int> events = 0;
    View view{Market::restore(play.market.save()),
              {},
              {.clock = [&] { return clock.load(); },
               .publish = [&](std::string_view, std::string_view) { ++events; },
               .last_event = [] { return std::uint64_t{0}; },
               .keep = [](std::uint64_t, std::string) {}}};
    std::thread thread{[&] { view.run(); }};
    until([&] { return events > 0; });
    const std::int64_t first = view.front()->snapshot_time;
    CHECK(first == start / 1'000);

    clock = start - 3'600 * second;
    const int before = events;
    play.now += second;
    play.add_machine(1, 8);
    view.take(std::make_shared<const std::vector<Record>>(1, play.records.back()));
    until([&] { return events > before && view.front()->snapshot_time > first; });
    CHECK(has(*view.snapshot(view.front()->snapshot_time), R"("8":{)"));
    CHECK(!has(*view.snapshot(first), R"("8":{)"));

    std::atomic<bool> is_answered = false;
    CHECK(view.ask([&](View& each) {
        each.wait_for_run(7, each.state().machines.at(7).run_sequence, 50,
                          [&](const std::string&) { is_answered = true; });
    }));
    clock = start - 7'200 * second;
    until([&] { return is_answered.load(); });
    view.stop();
    thread.join();
}

TEST_CASE("a save that takes long to write keeps nobody waiting") {
    Play play;
    static_cast<void>(play.add_account("host"));
    std::atomic<bool> is_slow = true;
    std::atomic<int> begun = 0;
    std::vector<std::uint64_t> written;  // only read while no saver runs
    std::string bytes;
    Saver saver{[&](std::uint64_t number, const std::string& save) {
        ++begun;
        while (is_slow) std::this_thread::sleep_for(1ms);
        written.push_back(number);
        bytes = save;
    }};
    View view{Market::restore(play.market.save()),
              {},
              {.records_between_saves = 1,
               .clock = [] { return start; },
               .publish = [](std::string_view, std::string_view) {},
               .last_event = [] { return std::uint64_t{0}; },
               .keep = [&](std::uint64_t number,
                           std::string save) { saver.keep(number, std::move(save)); }}};
    std::thread thread{[&] { view.run(); }};
    std::string newest;
    const auto change = [&](std::uint64_t machine) {
        newest = play.market.save();  // a save is kept with the batch after it
        play.now += second;
        play.add_machine(1, machine);
        view.take(std::make_shared<const std::vector<Record>>(1, play.records.back()));
        std::atomic<bool> is_answered = false;
        CHECK(view.ask([&](View&) { is_answered = true; }));
        until([&] { return is_answered.load(); });
    };
    change(7);
    change(8);
    until([&] { return begun == 1; });
    const std::uint64_t first = play.market.state().records - 1;
    for (std::uint64_t machine = 9; machine < 12; ++machine) change(machine);
    CHECK(begun == 1);
    is_slow = false;
    until([&] { return begun == 2; });
    view.stop();
    thread.join();
    saver.stop();
    CHECK(written == std::vector<std::uint64_t>{first, play.market.state().records - 1});
    CHECK(bytes == newest);
}

TEST_CASE("old snapshots are forgotten although the clock was set back") {
    Play play;
    static_cast<void>(play.add_account("host"));
    std::atomic<std::int64_t> clock = start;
    View view{Market::restore(play.market.save()),
              {},
              {.snapshot_kept = 1,
               .clock = [&] { return clock.load(); },
               .publish = [](std::string_view, std::string_view) {},
               .last_event = [] { return std::uint64_t{0}; },
               .keep = [](std::uint64_t, std::string) {}}};
    std::thread thread{[&] { view.run(); }};
    const std::int64_t first = view.front()->snapshot_time;
    clock = start - 3'600 * second;
    for (std::uint64_t id = 1; id <= 2; ++id) {
        const std::int64_t last = view.front()->snapshot_time;
        play.now += second;
        play.add_machine(1, id);
        view.take(std::make_shared<const std::vector<Record>>(1, play.records.back()));
        until([&] { return view.front()->snapshot_time > last; });
    }
    CHECK(view.snapshot(first) == nullptr);
    CHECK(view.snapshot(view.front()->snapshot_time) != nullptr);
    view.stop();
    thread.join();
}

}  // namespace
}  // namespace market_server
