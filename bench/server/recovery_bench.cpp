// How long a server needs until it listens on a long journal.
#include <csignal>
#include <filesystem>

#include <fmt/format.h>

#include "market_folder.hpp"
#include "report.hpp"
#include "server.hpp"
#include "setup.hpp"

namespace market_load {
namespace {

/// Starts a server a few times and kills it, so that the folder stays as it is.
std::vector<double> start_times(const Setup& setup, const std::filesystem::path& folder,
                                std::uint64_t records) {
    std::vector<double> times;
    for (std::size_t i = 0; i < (setup.is_quick ? 1U : 3U); ++i) {
        Server server{setup.server, folder, {"--save-every", "1000000000"}};
        times.push_back(server.start_seconds());
        need(value_of(server.metrics(), "gigaspot_journal_records") >= static_cast<double>(records),
             "the server has lost records");
        need(value_of(server.metrics(), "gigaspot_ledger_balanced") == 1,
             "the ledger is not balanced");
        server.process().stop(SIGKILL);
    }
    return times;
}

}  // namespace

void measure_recovery(const Setup& setup) {
    const std::uint64_t records = setup.records;
    print_section(
        setup,
        fmt::format("The start on a journal of {} records", grouped(static_cast<double>(records))),
        "recovery");
    const Folder folder{setup.folder};
    const MarketSize size{.machines = std::max<std::size_t>(setup.machines / 10, 10),
                          .renters = std::max<std::size_t>(setup.machines / 3, 10)};
    {
        FolderWriter writer{folder / "data",
                            time_now() - static_cast<std::int64_t>(records) * 20 - 60'000};
        const MadeMarket made = make_market(writer, size);
        add_records(writer, made, size, records);
        writer.finish_with_save();
        fmt::print("  {} machines, {} renters, {} bids left\n", size.machines, size.renters,
                   writer.market().engine().totals().bids);
    }
    const auto bytes = std::filesystem::file_size(folder / "data" / "market.db");
    fmt::print("  market.db has {} MB, which the system keeps in memory\n\n",
               grouped(static_cast<double>(bytes) / 1e6));
    Table table{{"start until it listens", "seconds"}};
    table.add({"from a save", with_spread(start_times(setup, folder / "data", records), 2)});
    for (const auto& entry : std::filesystem::directory_iterator{folder / "data"}) {
        if (entry.path().filename().string().starts_with("save."))
            std::filesystem::remove(entry.path());
    }
    table.add(
        {"from the journal alone", with_spread(start_times(setup, folder / "data", records), 2)});
    table.print();
}

}  // namespace market_load
