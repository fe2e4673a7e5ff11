// Good readers of the event stream beside stuck ones, while orders flow.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <thread>

#include <fmt/format.h>

#include "event_readers.hpp"
#include "market_folder.hpp"
#include "order_load.hpp"
#include "report.hpp"
#include "server.hpp"
#include "setup.hpp"

namespace market_load {
namespace {

constexpr std::size_t machines = 500;
constexpr std::size_t renters = 64;

/// Waits until all readers have the same last event, for at most 20 s.
std::vector<Seen> settled(const EventReaders& readers) {
    std::vector<Seen> seen;
    for (int tries = 0; tries < 200; ++tries) {
        std::this_thread::sleep_for(std::chrono::milliseconds{100});
        seen = readers.seen();
        const bool is_same = std::all_of(seen.begin(), seen.end(), [&](const Seen& each) {
            return each.last == seen.front().last;
        });
        if (is_same && tries > 20) break;
    }
    return seen;
}

}  // namespace

void measure_streams(const Setup& setup) {
    const std::size_t good = setup.is_quick ? 20 : 200;
    const std::size_t stuck = setup.is_quick ? 4 : 20;
    print_section(setup,
                  fmt::format("{} readers of the event stream beside {} stuck ones", good, stuck),
                  "streams");
    const Folder folder{setup.folder};
    MadeMarket made;
    {
        FolderWriter writer{folder / "data", time_now()};
        made = make_market(writer, {.machines = machines, .renters = renters});
        writer.finish_with_save();
    }
    Server server{setup.server, folder / "data"};
    OrderLoad load{server.port(), made.tokens, machines};
    const std::vector<Socket> stuck_ones = open_stuck_streams(server.port(), stuck);
    const EventReaders readers{server.port(), good};
    const Seconds part{setup.is_quick ? 1.0 : 5.0};
    double dropped = 0;
    std::size_t orders = 0;
    // Until the stuck ones are gone, but no longer than a minute.
    for (int parts = 0; parts < 60 && (parts < 4 || dropped < static_cast<double>(stuck));
         ++parts) {
        orders += load.run(OrderKind::create, part).latencies.size();
        dropped = value_of(server.metrics(), "gigaspot_event_streams_dropped_total");
        if (part.count() * parts > 60) break;
    }
    const std::vector<Seen> seen = settled(readers);
    const auto metrics = server.metrics();
    std::uint64_t events = 0;
    std::uint64_t gaps = 0;
    std::size_t behind = 0;
    std::uint64_t last = 0;
    for (const Seen& each : seen) last = std::max(last, each.last);
    for (const Seen& each : seen) {
        events += each.last - each.first;
        gaps += each.gaps;
        behind += each.last == last ? 0 : 1;
    }
    Table table{{"what", "number"}};
    table.add({"orders meanwhile", grouped(static_cast<double>(orders))});
    table.add({"events that each reader got",
               grouped(static_cast<double>(seen.front().last - seen.front().first))});
    table.add({"events received in all", grouped(static_cast<double>(events))});
    table.add({"MB received in all", grouped(static_cast<double>(readers.bytes()) / 1e6)});
    table.add({"gaps in the numbers", std::to_string(gaps)});
    table.add({"readers without the last event", std::to_string(behind)});
    table.add({"good readers that were dropped", std::to_string(readers.closed())});
    table.add({"stuck readers that were dropped", fmt::format("{} of {}", dropped, stuck)});
    table.print();
    need(events > 0 && gaps == 0 && behind == 0, "a good reader has lost events");
    need(readers.closed() == 0 &&
             value_of(metrics, "gigaspot_event_streams") == static_cast<double>(good),
         "a good reader was dropped");
    need(dropped == static_cast<double>(stuck), "a stuck reader was not dropped");
    need(server.process().stop(SIGTERM) == 0, "the server failed");
}

}  // namespace market_load
