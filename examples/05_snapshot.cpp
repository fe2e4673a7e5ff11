// Reads a snapshot of the market and prints the choice of every host. Its argument names the file.
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

#include <gigaspot/format.hpp>
#include <gigaspot/gigaspot.hpp>
#include <gigaspot/json/snapshot.hpp>

using namespace gigaspot::literals;

int main(int argc, char** argv) {
    std::ifstream file{argc == 2 ? argv[1] : ""};
    if (!file) {
        fmt::print(stderr, "usage: 05_snapshot FILE\n");
        return 2;
    }
    std::string text{std::istreambuf_iterator<char>{file}, {}};

    gigaspot::MarketNames names;
    const auto snapshot = gigaspot::read_snapshot(std::move(text), names);
    if (!snapshot) {
        fmt::print(stderr, "{}\n", snapshot.error());
        return 1;
    }
    for (const gigaspot::SkippedMachine& skipped : snapshot->skipped)
        fmt::print(stderr, "skipped {}\n", skipped);
    for (const gigaspot::SkippedBid& skipped : snapshot->skipped_bids)
        fmt::print(stderr, "skipped {}\n", skipped);

    gigaspot::Conditions conditions{.rates = 0.0071_usd_per_coin};
    if (const auto bitcoin = names.find_currency("bitcoin"))
        conditions.rates[*bitcoin].usd = 60'000_usd_per_coin;
    for (const gigaspot::Machine& machine : snapshot->machines) {
        const auto bids = snapshot->bids_of(machine);
        const auto run = gigaspot::run_in_place(bids);
        const auto choice = gigaspot::select(machine.host, bids, conditions, run);
        fmt::print("host {}: {}\n", machine.host.id, choice);
    }
}
