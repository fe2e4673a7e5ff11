// Counts the syncs of a server, as strace sees its system calls.
#include <chrono>
#include <csignal>
#include <fstream>
#include <map>
#include <string>
#include <thread>

#include <fmt/format.h>

#include "market_folder.hpp"
#include "order_load.hpp"
#include "report.hpp"
#include "server.hpp"
#include "setup.hpp"

namespace market_load {
namespace {

/// What the writer's thread did to make one batch durable: syncs of the log and of market.db. The
/// batch ends with a write to market.db-mark.
struct Syncs {
    std::size_t log = 0;
    std::size_t file = 0;

    friend auto operator<=>(const Syncs&, const Syncs&) = default;
};

struct Trace {
    std::map<Syncs, std::size_t> batches{};  ///< how many batches had these syncs
    std::size_t others = 0;                  ///< syncs of other files, such as saves
    std::size_t marks = 0;
};

/// A call that strace has seen, on the file with this name.
bool is_call(const std::string& line, const char* call, const std::string& file) {
    const std::size_t place = line.find(call);
    if (place == std::string::npos) return false;
    const std::size_t end = line.find('>', place);
    return end != std::string::npos && line.substr(0, end).ends_with("/" + file);
}

Trace read_trace(const std::filesystem::path& path) {
    Trace trace;
    Syncs syncs;
    std::ifstream file{path};
    for (std::string line; std::getline(file, line);) {
        if (line.find("resumed>") != std::string::npos) continue;  // its begin was counted
        if (is_call(line, "sync(", "market.db-wal")) {
            ++syncs.log;
        } else if (is_call(line, "sync(", "market.db")) {
            ++syncs.file;
        } else if (line.find("sync(") != std::string::npos) {
            ++trace.others;
        } else if (is_call(line, "pwrite64(", "market.db-mark")) {
            if (trace.marks++ != 0) ++trace.batches[syncs];  // the first one is of the start
            syncs = {};
        }
    }
    return trace;
}

std::string meaning(const Syncs& syncs) {
    if (syncs == Syncs{1, 0}) return "one sync";
    if (syncs == Syncs{2, 1}) return "and SQLite moves its log into market.db: two more";
    if (syncs == Syncs{2, 0}) return "and SQLite begins its log again: one more";
    return "not explained";
}

}  // namespace

void measure_syncs(const Setup& setup) {
    print_section(setup, "Syncs per batch, counted by strace -f -e trace=fsync,fdatasync,pwrite64",
                  "syncs");
    const Folder folder{setup.folder};
    const std::size_t clients = 64;
    constexpr std::size_t machines = 1'000;
    MadeMarket made;
    {
        FolderWriter writer{folder / "data", time_now()};
        made = make_market(writer, {.machines = machines, .renters = clients});
        writer.finish_with_save();
    }
    const std::string log = (folder / "strace").string();
    Server server{setup.server,
                  folder / "data",
                  {},
                  {"strace", "-D", "-f", "-y", "-q", "--seccomp-bpf", "-e",
                   "trace=fsync,fdatasync,pwrite64", "-o", log}};
    OrderLoad load{server.port(), made.tokens, machines};
    const double seconds = setup.is_quick ? 2 : 15;
    const LoadResult result = load.run(OrderKind::edit, Seconds{seconds});
    // Stops between a count and the same count later, so that no batch is under way.
    Trace trace;
    double batches = 0;
    for (int tries = 0; tries < 50; ++tries) {
        batches = value_of(server.metrics(), "gigaspot_batch_records_count");
        std::this_thread::sleep_for(std::chrono::milliseconds{300});
        trace = read_trace(log);
        if (value_of(server.metrics(), "gigaspot_batch_records_count") == batches) break;
    }
    Table table{{"syncs of the log", "of market.db", "batches", "what"}};
    std::size_t traced = 0;
    bool is_explained = true;
    for (const auto& [syncs, count] : trace.batches) {
        table.add({std::to_string(syncs.log), std::to_string(syncs.file),
                   grouped(static_cast<double>(count)), meaning(syncs)});
        traced += count;
        is_explained = is_explained && meaning(syncs) != "not explained";
    }
    fmt::print("  {} edits by {} clients within {} s; batches: {} by /metrics, {} by strace; "
               "syncs of other files: {}\n\n",
               grouped(static_cast<double>(result.latencies.size())), clients, seconds,
               grouped(batches), grouped(static_cast<double>(traced)), trace.others);
    table.print();
    need(server.process().stop(SIGTERM) == 0, "the server failed");
    need(is_explained, "a batch had other syncs than one, except for moving SQLite's log");
    need(static_cast<double>(traced) == batches, "strace has seen another number of batches");
}

}  // namespace market_load
