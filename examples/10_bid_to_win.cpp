// Answers a bot's questions about a snapshot. Which hosts can its workload win at the lowest price
// per GPU? At which price does it win a host where it has bids already? How low can the price of a
// bid go that holds a host?
#include <array>
#include <fstream>
#include <iterator>
#include <string>

#include <gigaspot/format.hpp>
#include <gigaspot/gigaspot.hpp>
#include <gigaspot/json/snapshot.hpp>

using namespace gigaspot::literals;

int main(int argc, char** argv) {
    std::ifstream file{argc > 1 ? argv[1] : "examples/data/market.json"};
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    gigaspot::MarketNames names;
    const auto snapshot = gigaspot::read_snapshot(text, names);
    if (!snapshot) return 1;

    const gigaspot::Conditions conditions{.rates = 0.0071_usd_per_coin};
    constexpr gigaspot::Power each = 130_W;  // what the workload needs per GPU
    std::array<gigaspot::HostQuote, 3> room;
    gigaspot::Cheapest search{{.profile = {.power_limit = each}}, conditions, room};
    for (const gigaspot::Machine& machine : snapshot->machines) {
        if (machine.facts.cores.count() < 8) continue;  // any condition of your own
        const auto bids = snapshot->bids_of(machine);
        search.add(machine.host, bids, gigaspot::run_in_place(bids));
    }
    const auto cheapest = search.in_order();
    for (const gigaspot::HostQuote& quote : cheapest) fmt::print("{}\n", quote);
    fmt::print("{} hosts asked, {}\n", search.hosts(), cheapest.not_compared);

    // A host on which the renter 426 has a bid.
    const gigaspot::Machine* machine = snapshot->find(1029);
    if (machine == nullptr) return 1;
    const auto bids = snapshot->bids_of(*machine);
    const auto run = gigaspot::run_in_place(bids);
    const auto price = gigaspot::price_to_win(machine->host, bids, conditions,
                                              {.power_limits = 780_W, .owner = 426}, run);
    fmt::print("a second bid of renter 426 on host 1029 wins at {}\n", price);
    const auto lowest = gigaspot::price_to_keep(machine->host, bids, conditions, run);
    if (run) fmt::print("bid {} keeps host 1029 with {}\n", run->bid, lowest);
}
