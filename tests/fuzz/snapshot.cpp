// Reads any text as a snapshot and ranks each machine. The first bid of each ranking is the one
// that `select` chooses.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gigaspot/json/names.hpp>
#include <gigaspot/json/snapshot.hpp>
#include <gigaspot/rules/rank.hpp>
#include <gigaspot/rules/select.hpp>
#include <gigaspot/values/literals.hpp>

#include "fuzz.hpp"

using namespace gigaspot;
using namespace gigaspot::literals;

namespace {

void look_at(const Snapshot& snapshot, const Machine& machine, const MarketNames& names) {
    fuzz::expect(snapshot.find(machine.host.id) == &machine, "a machine is not found by its id");
    Conditions conditions;
    for (std::size_t i = 0; i < names.currencies() && i < limits::currencies_max; ++i) {
        const auto number = static_cast<std::uint8_t>(i);
        conditions.rates[Currency{number}].usd =
            number == 0 ? 0.007_usd_per_coin : 60'000_usd_per_coin;
    }
    std::vector<Offer> offers;
    for (const SnapshotBid& bid : snapshot.bids_of(machine))
        offers.push_back(as_offer(bid, machine.host, offers.size()));
    std::vector<Ranked> slots(offers.size());
    const auto ranking = rank(machine.host, std::span{offers}, conditions, std::span{slots});
    const Selection selection = select(machine.host, std::span{offers}, conditions);
    const bool has_eligible = !ranking.empty() && ranking.front().eligibility.is_eligible();
    fuzz::expect(selection.winner.has_value() == has_eligible,
                 "the choice and the ranking differ on whether a bid is eligible");
    if (has_eligible)
        fuzz::expect(ranking.front().id == *selection.winner, "the choice is not first in rank");
    for (std::size_t i = 1; i < ranking.size() && ranking[i].eligibility.is_eligible(); ++i)
        fuzz::expect(*ranking[i - 1].eligibility.profit >= *ranking[i].eligibility.profit,
                     "a ranking is out of order");
}

}  // namespace

void fuzz::snapshot(Bytes bytes) {
    const std::string text = text_of(bytes);
    MarketNames names;
    const auto read = read_snapshot(text, names);
    expect(says_json(read) == is_json(text), "two readers differ on what is JSON");
    if (!read) {
        expect(names.currencies() == 1 && names.models() == 1, "a rejected text leaves names");
        return;
    }
    std::size_t skipped_bids = 0;
    for (const Machine& machine : read->machines) skipped_bids += machine.bids_skipped;
    expect(skipped_bids == read->skipped_bids.size(), "a machine counts other skipped bids");
    for (const SkippedBid& skipped : read->skipped_bids)
        expect(read->find(skipped.host) != nullptr, "a skipped bid has no machine");
    std::optional<HostId> last;
    for (const Machine& machine : read->machines) {
        expect(!last || *last < machine.host.id, "machines are out of order");
        last = machine.host.id;
        look_at(*read, machine, names);
    }
}
