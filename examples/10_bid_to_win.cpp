// Answers a bot's question: which hosts of a snapshot can a workload win at its watts per GPU, and
// at which price? Prints the cheapest three.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gigaspot/format.hpp>
#include <gigaspot/gigaspot.hpp>
#include <gigaspot/json/snapshot.hpp>

using namespace gigaspot::literals;

namespace {

/// A host that the workload can win, and the price that wins it.
struct Chance {
    gigaspot::HostId host;
    std::size_t gpus;
    gigaspot::Price price;
};

/// Compares prices per GPU exactly, as fractions.
bool is_cheaper(const Chance& left, const Chance& right) {
    return left.price.count() * static_cast<std::int64_t>(right.gpus) <
           right.price.count() * static_cast<std::int64_t>(left.gpus);
}

}  // namespace

int main(int argc, char** argv) {
    std::ifstream file{argc > 1 ? argv[1] : "examples/data/market.json"};
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    gigaspot::MarketNames names;
    const auto snapshot = gigaspot::read_snapshot(text, names);
    if (!snapshot) return 1;

    const gigaspot::Conditions conditions{.rates = 0.0071_usd_per_coin};
    constexpr gigaspot::Power each = 130_W;             // what the workload needs per GPU
    constexpr gigaspot::Price most = 120_coin_per_day;  // what it is worth per GPU
    std::vector<Chance> chances;
    for (const gigaspot::Machine& machine : snapshot->machines) {
        const auto bids = snapshot->bids_of(machine);
        const std::size_t gpus = machine.host.gpus.size();
        const auto total = gigaspot::TotalPower::from_count(gigaspot::Int128{each.count()} * gpus);
        const auto price = gigaspot::price_to_win(
            machine.host, bids, conditions, {.power_limits = *total}, gigaspot::run_in_place(bids));
        if (!price) continue;  // price.error() says why no price wins this host
        if (price->count() > most.count() * static_cast<std::int64_t>(gpus)) continue;
        chances.push_back({machine.host.id, gpus, *price});
    }
    std::sort(chances.begin(), chances.end(), is_cheaper);
    for (std::size_t i = 0; i < chances.size() && i < 3; ++i)
        fmt::print("host {}: {} GPUs for {} coins per day\n", chances[i].host, chances[i].gpus,
                   chances[i].price);
}
