// Checks the promises of the market. Each check uses only what is known from outside (facts.hpp)
// and never the engine's own choice.
//
// (a) Sections 6 and 7. When a run begins or wins a close, its terms (price and watts) hold until
//     the next close, whatever its renter edits or cancels. After a close, the bid that holds the
//     host is eligible, and its profit is at least that of each eligible bid that waits. It may be
//     less only if the policy protects the run (d). Among equal bids the incumbent wins, otherwise
//     the older bid. Between closes, a run ends only because the marketplace revoked it, or because
//     its host is gone, unavailable, or no longer allows its terms. No renter's or rival's command
//     ends it.
// (b) Section 8. At each close, and whenever it does not run, a bid has paid the sum of price x
//     time, rounded up once. Each millisecond counts at the price that had won. The market gets its
//     fee of that sum, rounded down once. There are no charges at other times.
// (c) Section 7. After a close, no available host idles while a bid on it is eligible. With
// `refill`
//     at_once, this also holds after each command that names the host or a bid on it; `rate` names
//     none. With at_close, nothing starts between closes.
// (d) Section 6. A run is protected from a better bid only if it has won a close, and if none of
// its
//     closes brought a lower price or more watts than before. The protection lasts for `dwell_min`
//     after its first won close, or as long as the lead is not above both margins. A better bid
//     does not replace a protected run.
// (e) Sections 9 and 11. Whether a renter's bid is accepted depends on the host, the rates and the
//     renter's own bids, not on others. This holds while no book is full: with 16 bids per owner
//     and 4,096 per host, 256 owners can fill one, as docs/incentives.md says. The same holds for
//     an edit or a cancel. If it names its sender and the bid is another's, it is rejected. Promise
//     (a) says that an accepted bid holds the host if it is the best.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <variant>

#include "facts.hpp"

namespace incentives {

/// Counts how often each case of the promises occurred, so that no promise holds without cases.
struct Seen {
    std::uint64_t outbid = 0, kept_by_dwell = 0, kept_by_margin = 0, lost_protection = 0;
    std::uint64_t refilled = 0, stopped_at_once = 0, expired = 0, paid = 0, ties = 0;
    std::uint64_t rejected = 0;
};

class Auditor {
public:
    Auditor(const Policy& policy, const EngineLimits& limits) {
        facts_.conditions.policy = policy;
        facts_.limits = limits;
    }

    /// Checks a command, why it was rejected (or `none`), its events, and the market after it.
    /// Returns the sentence that does not hold, or null.
    const char* observe(const Move& move, Timestamp now, Code rejection,
                        std::span<const MarketEvent> events, const Market& market, Seen& seen) {
        is_close_ = std::holds_alternative<Close>(move);
        const Timestamp before = facts_.conditions.now;
        facts_.conditions.now = now;
        if (const char* objection = check_rejection(move, rejection)) return objection;
        if (rejection != Code::none) {
            ++seen.rejected;
            facts_.conditions.now = before;
            return check_view(market);
        }
        for (const HostFacts& host : facts_.hosts) {
            if (!host.run) continue;
            BidFacts& bid = facts_.of(host.run->bid);
            bid.owed += Int128{bid.terms.price.count()} * (now.count() - before.count());
        }
        const auto* revoke = std::get_if<Revoke>(&move);
        revoked_ = revoke ? revoke->id : BidId{};
        std::visit([&](const auto& command) { facts_.take(command); }, move);
        if (is_close_) take_edits();
        for (std::size_t i = 0; i < hosts_max; ++i) {
            held_[i] = facts_.hosts[i].run;
            has_begun_[i] = false;
        }
        for (const MarketEvent& event : events) {
            if (const char* objection = follow(event, seen)) return objection;
        }
        if (const char* objection = check_bids()) return objection;
        for (std::size_t i = 0; i < hosts_max; ++i) {
            if (const char* objection = check_host(i, seen)) return objection;
        }
        if (!is_close_) {
            if (const char* objection = check_refill(move)) return objection;
        }
        return check_view(market);
    }

private:
    // --- (e) ---

    /// Returns why a command must be rejected, as far as its sender can know, or `none`. If a new
    /// bid has the id of a bid in `facts_.bids`, that bid has the same owner: the games give each
    /// owner its own ids, as a marketplace does.
    [[nodiscard]] Code rejection_due(const Place& command) const {
        if (facts_.of(command.id).is_there) return Code::bid_exists;
        if (!facts_.of(command.host).is_there) return Code::host_unknown;
        const MarketHost& host = facts_.of(command.host).host;
        if (!host.status.is_available() && !facts_.conditions.policy.queue_unavailable)
            return Code::host_unavailable;
        const Code invalid =
            violation(host, command.price, command.currency, command.overclock[0].power_limit);
        if (invalid != Code::none) return invalid;
        if (facts_.count(command.owner, command.host) >= facts_.limits.bids_per_owner)
            return Code::limit_reached;
        return Code::none;
    }
    [[nodiscard]] Code rejection_due(const Edit& command) const {
        const BidFacts& bid = facts_.of(command.id);
        if (!bid.is_there || bid.is_leaving) return Code::bid_unknown;
        if (command.owner && *command.owner != bid.owner) return Code::not_owner;
        Terms terms = bid.edit.value_or(bid.terms);
        if (command.price) terms.price = *command.price;
        if (command.overclock) terms.watts = (*command.overclock)[0].power_limit;
        return violation(facts_.of(bid.host).host, terms.price, bid.currency, terms.watts);
    }
    [[nodiscard]] Code rejection_due(const Cancel& command) const {
        const BidFacts& bid = facts_.of(command.id);
        if (!bid.is_there || bid.is_leaving) return Code::bid_unknown;
        if (command.owner && *command.owner != bid.owner) return Code::not_owner;
        return Code::none;
    }

    /// Returns the first rule of section 3 that such a bid breaks.
    [[nodiscard]] Code violation(const MarketHost& host, Price price, Currency currency,
                                 Power watts) const {
        const BasicBid<OneGpu> bid{
            .price = price, .currency = currency, .overclock = {Profile{.power_limit = watts}}};
        const auto violations = validate(bid, host, facts_.conditions);
        return violations.empty() ? Code::none : violations[0].code;
    }

    [[nodiscard]] const char* check_rejection(const Move& move, Code rejection) const {
        const auto is_due = [&](const auto* command) {
            return command == nullptr || rejection_due(*command) == rejection;
        };
        if (!is_due(std::get_if<Place>(&move)))
            return "(e) only the host, the rates and the owner's own bids decide on a bid";
        if (!is_due(std::get_if<Edit>(&move)) || !is_due(std::get_if<Cancel>(&move)))
            return "(e) only its owner changes a bid";
        return nullptr;
    }

    // --- What happened ---

    /// Lets edits of running bids take effect, at a close.
    void take_edits() {
        for (HostFacts& host : facts_.hosts) {
            if (!host.run) continue;
            BidFacts& bid = facts_.of(host.run->bid);
            if (bid.is_leaving || bid.expiry <= facts_.conditions.now.count() || !bid.edit)
                continue;
            if (is_worse(*bid.edit, bid.terms)) host.run->became_worse = true;
            facts_.take_edit(host.run->bid);
        }
    }

    const char* follow(const MarketEvent& event, Seen& seen) {
        if (event.kind == EventKind::accepted) return nullptr;
        BidFacts& bid = facts_.of(event.bid);
        auto& run = facts_.of(event.host).run;
        const bool is_run = run && run->bid == event.bid;
        switch (event.kind) {
        case EventKind::charged:
            bid.paid += event.amount.count();
            bid.fees += event.fee.count();
            ++seen.paid;
            if (!is_run || event.owner != bid.owner || event.currency != bid.currency)
                return "(b) the renter whose bid holds the host pays, in the bid's currency";
            return nullptr;
        case EventKind::stopped:
            if (!is_run) return "(a) only a running bid stops";
            if (event.reason == Code::outbid) ++seen.outbid;
            run.reset();
            if (is_close_) return nullptr;
            ++seen.stopped_at_once;
            if (!bid.is_leaving) facts_.take_edit(event.bid);
            return check_stop_at_once(event.bid);
        case EventKind::removed:
        case EventKind::expired:
            if (is_run) return "(a) a bid that is removed does not run";
            if (event.kind == EventKind::expired) ++seen.expired;
            bid.is_there = false;
            return is_paid(bid) ? nullptr : "(b) a bid that is gone has paid for all its time";
        case EventKind::started:
            if (run || !bid.is_there || bid.is_leaving || bid.host != event.host)
                return "(a) only a waiting bid on a free host starts";
            if (!is_close_) ++seen.refilled;
            has_begun_[event.host.value - 1] = true;
            run = RunFacts{.bid = event.bid, .first_won = {}};
            if (is_close_) run->first_won = facts_.conditions.now;
            break;
        case EventKind::changed:
            if (!is_run) return "(a) only a running bid continues";
            break;
        case EventKind::accepted: break;
        }
        if (facts_.standing(event.bid).profit != event.profit)
            return "(a) a run starts or continues at the profit of its terms";
        return nullptr;
    }

    /// Checks (a): only the marketplace and the host end a run between closes.
    [[nodiscard]] const char* check_stop_at_once(BidId id) const {
        const BidFacts& bid = facts_.of(id);
        const HostFacts& host = facts_.of(bid.host);
        const bool may_stop = revoked_ == id || !host.is_there ||
                              !host.host.status.is_available() ||
                              !host.host.gpus[0].power_limit.contains(won_[id.value - 1].watts);
        return may_stop ? nullptr : "(a) no renter ends a run between closes";
    }

    // --- (b) ---

    [[nodiscard]] bool is_paid(const BidFacts& bid) const {
        constexpr Int128 day = 86'400'000;
        const Int128 due = (bid.owed + day - 1) / day;
        return bid.paid == due && are_fees_right(bid);
    }
    [[nodiscard]] bool are_fees_right(const BidFacts& bid) const {
        const Int128 ppm = facts_.conditions.rates[bid.currency].fee.count();
        return bid.fees == bid.paid * ppm / 1'000'000;
    }

    const char* check_bids() {
        for (std::size_t i = 0; i < bids_max; ++i) {
            const BidFacts& bid = facts_.bids[i];
            if (!bid.is_there) continue;
            const BidId id = Facts::bid_id(i);
            if (id == revoked_) return "(a) a revoked bid is gone";
            const bool is_up_to_date =
                is_close_ || !facts_.is_running(id) || has_begun_[bid.host.value - 1];
            if (is_up_to_date && !is_paid(bid))
                return "(b) a bid has paid the price that won for each millisecond";
            if (!is_up_to_date && bid.paid != paid_[i])
                return "(b) a bid that continues is charged only at closes";
            if (is_close_ && (bid.is_leaving || bid.expiry <= facts_.conditions.now.count()))
                return "(a) a close removes cancelled and expired bids";
        }
        for (std::size_t i = 0; i < bids_max; ++i) {
            paid_[i] = facts_.bids[i].paid;
            won_[i] = facts_.bids[i].terms;
        }
        return nullptr;
    }

    // --- (a), (c), (d) ---

    const char* check_host(std::size_t index, Seen& seen) {
        HostFacts& host = facts_.hosts[index];
        if (host.run && !host.host.status.is_available())
            return "(a) an unavailable host runs nothing";
        if (host.run && !facts_.is_overclock_valid(facts_.of(host.run->bid)))
            return "(a) a host runs only what it allows";
        if (is_close_) return check_close(index, seen);
        if (!has_begun_[index]) return nullptr;
        if (facts_.conditions.policy.refill != Refill::at_once)
            return "(c) with at_close nothing starts between closes";
        return check_best(Facts::host_id(index), *host.run, false, seen);
    }

    const char* check_close(std::size_t index, Seen& seen) {
        HostFacts& host = facts_.hosts[index];
        const HostId id = Facts::host_id(index);
        if (!host.run)
            return check_idle(id, "(c) after a close, no host with an eligible bid idles");
        const bool was_held = !has_begun_[index];
        if (const char* objection = check_best(id, *host.run, was_held, seen)) return objection;
        if (held_[index] && !was_held) {
            if (const char* objection = check_put_out(*held_[index], *host.run, seen))
                return objection;
        }
        if (!host.run->first_won) host.run->first_won = facts_.conditions.now;
        return nullptr;
    }

    const char* check_idle(HostId id, const char* sentence) const {
        for (std::size_t i = 0; i < bids_max; ++i) {
            if (is_waiting_on(i, id) && facts_.standing(Facts::bid_id(i)).is_eligible())
                return sentence;
        }
        return nullptr;
    }

    [[nodiscard]] bool is_waiting_on(std::size_t index, HostId id) const {
        return facts_.bids[index].is_there && facts_.bids[index].host == id;
    }

    /// Checks that the bid that holds a host has the maximum profit, unless it is protected.
    const char* check_best(HostId id, const RunFacts& run, bool was_held, Seen& seen) const {
        const Eligibility holder = facts_.standing(run.bid);
        if (!holder.is_eligible()) return "(a) the bid that holds a host is eligible";
        for (std::size_t i = 0; i < bids_max; ++i) {
            const BidId other = Facts::bid_id(i);
            if (!is_waiting_on(i, id) || other == run.bid) continue;
            const Eligibility rival = facts_.standing(other);
            if (!rival.is_eligible()) continue;
            const Int128 lead = rival.profit->count() - holder.profit->count();
            if (lead < 0) continue;
            if (lead > 0 && !(was_held && is_kept(run, lead, *holder.profit, seen)))
                return "(a) no waiting bid has more profit than the bid that holds the host";
            if (lead > 0) continue;
            ++seen.ties;
            if (!was_held && facts_.of(other).sequence < facts_.of(run.bid).sequence)
                return "(a) among equal bids, the older one holds the host";
        }
        return nullptr;
    }

    /// Returns what would protect a run against such a lead (d), if its past allows protection.
    struct Protects {
        bool dwell = false;
        bool margin = false;
    };
    [[nodiscard]] Protects protects(const RunFacts& run, Int128 lead, UsdPerDay profit) const {
        if (!run.first_won) return {};
        const Policy& policy = facts_.conditions.policy;
        const Int128 size = profit.count() < 0 ? -profit.count() : profit.count();
        return {.dwell = facts_.conditions.now.count() - run.first_won->count() <
                         policy.dwell_min.count(),
                .margin = lead <= policy.switch_margin.count() ||
                          lead * 1'000'000 <= policy.switch_margin_ppm.count() * size};
    }
    [[nodiscard]] bool is_kept(const RunFacts& run, Int128 lead, UsdPerDay profit,
                               Seen& seen) const {
        const auto [dwell, margin] = protects(run, lead, profit);
        if (run.became_worse) return false;
        seen.kept_by_dwell += dwell;
        seen.kept_by_margin += margin;
        return dwell || margin;
    }

    /// Checks that a run that is still eligible is replaced only by a bid with more profit, and not
    /// while it is protected.
    const char* check_put_out(const RunFacts& held, const RunFacts& by, Seen& seen) const {
        if (!facts_.of(held.bid).is_there) return nullptr;
        const Eligibility loser = facts_.standing(held.bid);
        if (!loser.is_eligible()) return nullptr;
        const Int128 lead = facts_.standing(by.bid).profit->count() - loser.profit->count();
        if (lead <= 0) return "(a) only a bid with more profit replaces a run";
        const auto [dwell, margin] = protects(held, lead, *loser.profit);
        if (!dwell && !margin) return nullptr;
        ++seen.lost_protection;
        return held.became_worse ? nullptr : "(d) a protected run is not replaced";
    }

    // --- (c) between closes ---

    const char* check_refill(const Move& move) const {
        if (facts_.conditions.policy.refill != Refill::at_once) return nullptr;
        const std::optional<HostId> host = facts_.host_named(move);
        if (!host || facts_.of(*host).run) return nullptr;
        return check_idle(*host, "(c) with at_once, no host with an eligible bid idles");
    }

    // --- The engine's own view ---

    /// Checks (a): the engine reports the runs as they are known. Watts appear in the totals.
    const char* check_view(const Market& market) const {
        Int128 watts = 0;
        UsdPerDay income{};
        UsdPerDay electricity{};
        for (std::size_t i = 0; i < hosts_max; ++i) {
            const HostFacts& host = facts_.hosts[i];
            const auto seen = market.run(Facts::host_id(i));
            if (seen.has_value() != host.run.has_value())
                return "(a) the engine reports the runs as they are";
            if (!seen) continue;
            const BidFacts& bid = facts_.of(host.run->bid);
            if (seen->bid != host.run->bid || seen->owner != bid.owner ||
                seen->price != bid.terms.price || seen->first_won != host.run->first_won)
                return "(a) until the next close, a run has the price that won";
            const MarketOffer offer = facts_.offer(host.run->bid);
            watts += power_draw(offer, host.host).count();
            electricity = electricity +
                          electricity_cost(power_draw(offer, host.host), host.host.energy_price);
            if (const auto parts = profit_parts(offer, host.host, facts_.conditions))
                income = income + parts->income;
        }
        const auto totals = market.totals();
        const bool is_so =
            totals.watts == watts && totals.income == income && totals.electricity == electricity;
        return is_so ? nullptr : "(a) until the next close, a run has the watts that won";
    }

    Facts facts_{};
    bool is_close_ = false;
    BidId revoked_{};
    std::optional<RunFacts> held_[hosts_max]{};  ///< before the events of the command
    bool has_begun_[hosts_max]{};                ///< by these events
    Int128 paid_[bids_max]{};                    ///< before the command
    Terms won_[bids_max]{};  ///< before the command, because an edit may take effect
};

}  // namespace incentives
