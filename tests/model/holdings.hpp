// Compares what the engine says that it holds, bid by bid and run by run, with the naive market.
// The charges are sums over the naive market's histories.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include <fmt/format.h>

#include <gigaspot/engine/queries.hpp>
#include <gigaspot/format/rules.hpp>

#include "naive_market.hpp"
#include "random.hpp"

namespace model {

class Holdings {
public:
    using Complaint = std::optional<std::string>;  ///< what is wrong, or nothing

    Holdings(const Queries& engine, const NaiveMarket& market, std::uint64_t seed)
        : engine_{engine}, market_{market}, random_{seed} {}

    /// Asks about a host, its run and one of its bids.
    Complaint ask_about_one() {
        if (market_.hosts().empty()) return std::nullopt;
        const NaiveHost& host = any_of(market_.hosts());
        if (Complaint wrong = compare_run(host)) return wrong;
        if (host.bids.empty()) return std::nullopt;
        return compare_bid(host, any_of(host.bids));
    }

    /// Visits all hosts, bids and runs.
    Complaint visit_all() {
        Complaint wrong;
        const auto keep_first = [&](Complaint next) {
            if (!wrong) wrong = std::move(next);
        };
        std::set<HostId> hosts;
        engine_.visit_hosts([&](HostId id, HostHandle handle) {
            if (!hosts.insert(id).second || market_.find_host(id) == nullptr ||
                engine_.find_host(id) != handle)
                keep_first(fmt::format("host {}: visited by mistake", id));
        });
        if (hosts.size() != market_.hosts().size()) keep_first("not all hosts are visited");

        std::set<BidId> bids;
        engine_.visit_bids([&](const BidState& state) {
            if (!bids.insert(state.id).second) keep_first(about(state.id, "visited twice"));
            keep_first(compare_visited(state));
        });
        if (bids.size() != market_.bids()) keep_first("not all bids are visited");
        for (const auto& host : market_.hosts()) keep_first(visit_host(host.second));
        keep_first(visit_owner());
        keep_first(visit_runs());
        return wrong;
    }

private:
    template <class Map>
    const typename Map::mapped_type& any_of(const Map& map) {
        return std::next(map.begin(), random_.draw(0, static_cast<int>(map.size()) - 1))->second;
    }

    static std::string about(BidId bid, const char* what) {
        return fmt::format("bid {}: {}", bid, what);
    }

    [[nodiscard]] static bool is_running(const NaiveHost& host, BidId bid) {
        return host.run && host.run->bid == bid;
    }

    /// What is due in addition if the run of this bid is charged at `time`.
    [[nodiscard]] Charge charge_at(const NaiveHost& host, const NaiveBid& bid,
                                   std::int64_t time) const {
        const Ppm fee = market_.conditions().rates[bid.bid.currency].fee;
        const Int128 sum = sum_of(bid.history);
        const Int128 before = due_for(sum);
        const Int128 after =
            due_for(sum + Int128{bid.bid.price.count()} * (time - host.run->charged.count()));
        return {Amount::unchecked(after - before),
                Amount::unchecked(fee_on(after, fee) - fee_on(before, fee))};
    }

    [[nodiscard]] BidState state_of(const NaiveHost& host, const NaiveBid& bid) const {
        BidState state{.id = bid.bid.id,
                       .host = bid.bid.host,
                       .owner = bid.bid.owner,
                       .price = bid.bid.price,
                       .currency = bid.bid.currency,
                       .power_limits = total_power_limit(bid.bid),
                       .is_overclock_valid = is_overclock_valid(bid.bid, host.host),
                       .is_cached = bid.is_cached,
                       .placed = bid.placed,
                       .sequence = bid.sequence,
                       .is_running = is_running(host, bid.bid.id),
                       .billed = Amount::unchecked(due_for(bid.history))};
        if (Timestamp::accepts(bid.expiry)) state.expiry = Timestamp::unchecked(bid.expiry);
        if (!state.is_running) return state;
        state.accrued = charge_at(host, bid, market_.conditions().now.count()).amount;
        state.is_cancelled = host.run->is_cancelled;
        if (const auto& edit = host.run->edit)
            state.edit = EditToCome{.price = edit->bid.price,
                                    .power_limits = total_power_limit(edit->bid),
                                    .sequence = edit->sequence,
                                    .is_overclock_valid = is_overclock_valid(edit->bid, host.host)};
        return state;
    }

    [[nodiscard]] Complaint compare_visited(const BidState& state) const {
        const NaiveHost* host = market_.host_of(state.id);
        if (host == nullptr) return about(state.id, "visited, but gone");
        if (state == state_of(*host, host->bids.at(state.id))) return std::nullopt;
        return about(state.id, "visited in another state");
    }

    [[nodiscard]] Complaint compare_bid(const NaiveHost& host, const NaiveBid& bid) const {
        const BidId id = bid.bid.id;
        const auto handle = engine_.find_bid(id);
        if (!handle) return about(id, "no handle");
        const BidState expected = state_of(host, bid);
        if (engine_.bid(id) != expected || engine_.bid(*handle) != expected)
            return about(id, "the states differ");
        if (engine_.overclock(id) != bid.bid.overclock ||
            engine_.overclock(*handle) != bid.bid.overclock)
            return about(id, "the profiles differ");
        std::optional<Queries::Overclock> edited;
        if (expected.edit) edited = host.run->edit->bid.overclock;
        if (engine_.edited_overclock(id) != edited || engine_.edited_overclock(*handle) != edited)
            return about(id, "the edited profiles differ");
        return std::nullopt;
    }

    [[nodiscard]] Complaint compare_run(const NaiveHost& host) {
        const HostId id = host.host.id;
        const auto run = engine_.run(id);
        if (run != engine_.run(*engine_.find_host(id)))
            return fmt::format("host {}: another run by handle", id);
        if (run.has_value() != host.run.has_value())
            return fmt::format("host {}: only one of the two has a run", id);
        if (!run) return std::nullopt;
        return compare_run(host, *run);
    }

    /// The run of a host. Inlined, g++ 12 takes an empty profit for an uninitialized one.
    [[nodiscard, gnu::noinline]] RunState run_of(const NaiveHost& host) const {
        const NaiveRun& run = *host.run;
        const NaiveBid& bid = host.bids.at(run.bid);
        const Offer offer = offer_of(bid.bid, bid.sequence, bid, host.host);
        const Conditions& conditions = market_.conditions();
        return {.host = host.host.id,
                .bid = run.bid,
                .owner = bid.bid.owner,
                .price = bid.bid.price,
                .currency = bid.bid.currency,
                .power_limits = total_power_limit(bid.bid),
                .power_draw = power_draw(offer, host.host),
                .started = run.started,
                .first_won = run.first_won,
                .charged = run.charged,
                .has_worsened = run.has_worsened,
                .is_cancelled = run.is_cancelled,
                .is_edited = run.edit.has_value(),
                .profit = profit(offer, host.host, conditions),
                .account = Account{sum_of(bid.history)},
                .fee = conditions.rates[bid.bid.currency].fee};
    }

    [[nodiscard]] Complaint compare_run(const NaiveHost& host, const RunState& found) {
        if (found != run_of(host)) return fmt::format("host {}: the runs differ", host.host.id);
        const NaiveRun& run = *host.run;
        const NaiveBid& bid = host.bids.at(run.bid);
        const std::int64_t charged = run.charged.count();
        const std::int64_t most = Timestamp::highest().count() - charged;
        const std::int64_t later =
            random_.draw_from<std::int64_t>({0, 1, market_.conditions().now.count() - charged,
                                             60'000, 86'400'000, 10'000'000'000, most});
        const std::int64_t time = charged + (later < most ? later : most);
        if (found.charge_at(Timestamp::unchecked(time)) != charge_at(host, bid, time))
            return fmt::format("host {}: another charge at {}", host.host.id, time);
        return std::nullopt;
    }

    /// Visits the bids on a host.
    [[nodiscard]] Complaint visit_host(const NaiveHost& host) const {
        const HostId id = host.host.id;
        Complaint wrong;
        std::set<BidId> here;
        const bool is_known = engine_.visit_bids_on(id, [&](const BidState& state) {
            if (!wrong) wrong = compare_visited(state);
            if (state.host != id || !here.insert(state.id).second)
                wrong = about(state.id, "visited by mistake");
        });
        if (wrong || (is_known && here.size() == host.bids.size())) return wrong;
        return fmt::format("host {}: not all bids are visited", id);
    }

    /// Visits the bids of an owner of a bid, if there is one.
    [[nodiscard]] Complaint visit_owner() {
        if (market_.hosts().empty()) return std::nullopt;
        const NaiveHost& host = any_of(market_.hosts());
        if (host.bids.empty()) return std::nullopt;
        const OwnerId owner = any_of(host.bids).bid.owner;
        std::set<BidId> expected;
        for (const auto& [host_id, each] : market_.hosts()) {
            for (const auto& [id, bid] : each.bids) {
                if (bid.bid.owner == owner) expected.insert(id);
            }
        }
        std::set<BidId> found;
        bool is_right = true;
        engine_.visit_bids_of(owner, [&](const BidState& state) {
            is_right = is_right && found.insert(state.id).second && engine_.bid(state.id) == state;
        });
        if (is_right && found == expected) return std::nullopt;
        return fmt::format("owner {}: other bids are visited", owner);
    }

    /// Visits all runs. Their sums must be those of `totals`.
    [[nodiscard]] Complaint visit_runs() {
        Complaint wrong;
        Totals sums;
        UsdPerDay profits;
        std::set<HostId> hosts;
        engine_.visit_runs([&](const RunState& run) {
            const NaiveHost* host = market_.find_host(run.host);
            if (wrong) return;
            if (host == nullptr || !host->run || !hosts.insert(run.host).second) {
                wrong = fmt::format("host {}: a run is visited by mistake", run.host);
                return;
            }
            wrong = compare_run(*host, run);
            ++sums.running;
            sums.watts += run.power_draw.count();
            const UsdPerDay cost = electricity_cost(run.power_draw, host->host.energy_price);
            profits = profits + run.profit.value_or(UsdPerDay{} - cost);
        });
        if (wrong) return wrong;
        const Totals totals = engine_.totals();
        if (sums.running != totals.running || sums.watts != totals.watts ||
            profits != totals.income - totals.electricity)
            return "the sums of all runs are not the totals";
        return std::nullopt;
    }

    const Queries& engine_;
    const NaiveMarket& market_;
    Random random_;
};

}  // namespace model
