// Implements a market that is obviously right, as a reference for the engine. It keeps complete
// bids and hosts. At each close and each refill it computes everything from scratch with the rules,
// without index, cache or interval. It follows sections 6 to 9 of the rules sentence by sentence.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "naive_checks.hpp"
#include "naive_state.hpp"

namespace model {

/// The result of a command: events, or the reasons why it was rejected.
struct Outcome {
    bool is_accepted = false;
    std::uint64_t command = 0;
    std::vector<Event> events{};
    Timestamp rejected_at{};
    Reasons reasons{};
};

class NaiveMarket : public NaiveChecks {
public:
    using NaiveChecks::NaiveChecks;

    Outcome apply(const Command& command, Timestamp now) {
        ++commands_;
        outcome_ = {.command = commands_};
        const Timestamp clock = conditions_.now;
        outcome_.reasons = time_problem(now);
        outcome_.rejected_at = clock;
        if (!outcome_.reasons.empty()) return outcome_;

        Conditions at = conditions_;
        at.now = now;
        outcome_.reasons =
            std::visit([&](const auto& one) { return wrong_with(one, at); }, command);
        outcome_.rejected_at = now;
        if (!outcome_.reasons.empty()) return outcome_;

        outcome_.is_accepted = true;
        conditions_.now = now;
        has_started_ = true;
        emit({.kind = EventKind::accepted});
        std::visit([&](const auto& one) { carry_out(one); }, command);
        return outcome_;
    }

    [[nodiscard]] std::uint64_t commands() const { return commands_; }

    /// Returns the bids that have gone since the last call, with their histories.
    [[nodiscard]] std::vector<NaiveBid> take_gone() { return std::exchange(gone_, {}); }

private:
    void emit(Event event) {
        event.time = conditions_.now;
        event.command = commands_;
        outcome_.events.push_back(event);
    }
    void emit(EventKind kind, const NaiveHost& host, BidId bid) {
        emit({.kind = kind, .host = host.host.id, .bid = bid});
    }

    NaiveHost& host_with(BidId bid) { return hosts_.at(host_of(bid)->host.id); }
    static bool is_running(const NaiveHost& host, BidId bid) {
        return host.run && host.run->bid == bid;
    }

    void remove(NaiveHost& host, BidId bid) {
        gone_.push_back(host.bids.at(bid));
        host.bids.erase(bid);
    }

    // --- Runs ---

    void start(NaiveHost& host, const Selection& selection, std::optional<Timestamp> first_won) {
        host.run = NaiveRun{.bid = *selection.winner,
                            .started = conditions_.now,
                            .first_won = first_won,
                            .charged = conditions_.now};
        emit({.kind = EventKind::started,
              .host = host.host.id,
              .bid = *selection.winner,
              .profit = selection.profit});
    }

    /// Charges by section 8: what is due now minus what was due before.
    void charge(NaiveHost& host) {
        NaiveRun& run = *host.run;
        NaiveBid& bid = host.bids.at(run.bid);
        const Ppm fee = conditions_.rates[bid.bid.currency].fee;
        const Int128 before = due_for(bid.history);
        bid.history.push_back(
            {bid.bid.price.count(), conditions_.now.count() - run.charged.count()});
        run.charged = conditions_.now;
        const Int128 after = due_for(bid.history);
        if (after == before) return;
        emit({.kind = EventKind::charged,
              .currency = bid.bid.currency,
              .host = host.host.id,
              .bid = run.bid,
              .owner = bid.bid.owner,
              .amount = Amount::unchecked(after - before),
              .fee = Amount::unchecked(fee_on(after, fee) - fee_on(before, fee))});
    }

    void stop(NaiveHost& host, Code reason) {
        emit({.kind = EventKind::stopped,
              .reason = reason,
              .host = host.host.id,
              .bid = host.run->bid});
        host.run.reset();
    }

    static void take_edit(NaiveHost& host, const NaiveEdit& edit) {
        NaiveBid& bid = host.bids.at(edit.bid.id);
        bid.bid = edit.bid;
        bid.sequence = edit.sequence;
    }

    /// Stops a run between closes. Pending edits and cancels take effect now.
    void stop_at_once(NaiveHost& host, Code reason) {
        charge(host);
        const NaiveRun run = *host.run;
        stop(host, reason);
        if (run.is_cancelled) {
            emit(EventKind::removed, host, run.bid);
            remove(host, run.bid);
        } else if (run.edit) {
            take_edit(host, *run.edit);
        }
    }

    void stop_if_unavailable(NaiveHost& host) {
        if (!host.run) return;
        const HostStatus& status = host.host.status;
        if (!status.online) {
            stop_at_once(host, Code::host_offline);
        } else if (status.on_demand_rented) {
            stop_at_once(host, Code::host_on_demand_rented);
        } else if (!status.working_properly) {
            stop_at_once(host, Code::host_malfunctioning);
        }
    }

    void refill(NaiveHost& host) {
        if (conditions_.policy.refill != Refill::at_once || host.run ||
            !host.host.status.is_available())
            return;
        const Selection selection = select(host.host, offers_of(host), conditions_);
        if (selection.winner) start(host, selection, std::nullopt);
    }

    // --- Commands ---

    void carry_out(const SetRate& command) {
        QuotedRate& quoted = conditions_.rates[command.currency];
        if (is_named_.count(command.currency.number) == 0) quoted.fee = command.fee.value_or(Ppm{});
        is_named_[command.currency.number] = true;
        quoted.usd = command.usd;
        quoted.given = conditions_.now;
    }

    template <class Flags>
    static void change_status(HostStatus& status, const Flags& flags) {
        status.online = flags.online.value_or(status.online);
        status.on_demand_rented = flags.on_demand_rented.value_or(status.on_demand_rented);
        status.working_properly = flags.working_properly.value_or(status.working_properly);
    }

    void carry_out(const PutHost& command) {
        NaiveHost& host = hosts_[command.id];
        HostStatus status = host.host.status;
        change_status(status, command);
        host.host = {.id = command.id,
                     .energy_price = command.energy_price,
                     .min_bid = command.min_bid,
                     .base_power = command.base_power,
                     .max_rental_length = command.max_rental_length,
                     .status = status};
        for (const GpuLimits& gpu : command.gpus) static_cast<void>(host.host.gpus.push_back(gpu));
        stop_if_unavailable(host);
        if (host.run && !is_overclock_valid(host.bids.at(host.run->bid).bid, host.host))
            stop_at_once(host, Code::overclock_invalid);
        refill(host);
    }

    void carry_out(const SetHostStatus& command) {
        NaiveHost& host = hosts_.at(command.id);
        change_status(host.host.status, command);
        stop_if_unavailable(host);
        refill(host);
    }

    void carry_out(const SetEnergyPrice& command) {
        NaiveHost& host = hosts_.at(command.id);
        host.host.energy_price = command.usd;
        refill(host);
    }

    void carry_out(const RemoveHost& command) {
        NaiveHost& host = hosts_.at(command.id);
        if (host.run) {
            charge(host);
            stop(host, Code::host_removed);
        }
        while (!host.bids.empty()) {
            const BidId id = host.bids.begin()->first;
            emit(EventKind::removed, host, id);
            remove(host, id);
        }
        hosts_.erase(command.id);
    }

    void carry_out(const PlaceBid& command) {
        NaiveHost& host = hosts_.at(command.host);
        const std::int64_t seconds = host.host.max_rental_length.count();
        const std::int64_t twenty_days = 20 * 24 * 60 * 60;
        NaiveBid bid;
        bid.bid = {.id = command.id,
                   .host = command.host,
                   .owner = command.owner,
                   .price = command.price,
                   .currency = command.currency,
                   .overclock = profiles(command.overclock)};
        bid.sequence = ++sequence_;
        bid.placed = conditions_.now;
        bid.expiry = conditions_.now.count() +
                     (seconds < twenty_days ? seconds : twenty_days) * std::int64_t{1'000};
        host.bids[command.id] = bid;
        refill(host);
    }

    void carry_out(const EditBid& command) {
        const NaiveEdit edit{edited(command), ++sequence_};
        NaiveHost& host = host_with(command.id);
        if (is_running(host, command.id)) {
            host.run->edit = edit;
        } else {
            take_edit(host, edit);
        }
        refill(host);
    }

    void carry_out(const SetCached& command) {
        NaiveHost& host = host_with(command.id);
        host.bids.at(command.id).is_cached = command.cached;
        refill(host);
    }

    void carry_out(const CancelBid& command) {
        NaiveHost& host = host_with(command.id);
        if (is_running(host, command.id)) {
            host.run->is_cancelled = true;
        } else {
            remove(host, command.id);
        }
        refill(host);
    }

    void carry_out(const RevokeBid& command) {
        NaiveHost& host = host_with(command.id);
        if (is_running(host, command.id)) {
            charge(host);
            stop(host, Code::revoked);
        }
        emit(EventKind::removed, host, command.id);
        remove(host, command.id);
        refill(host);
    }

    // --- A close, in the order of section 7 ---

    void carry_out(const Close&) {
        for (auto& [id, host] : hosts_) {
            if (host.run) charge(host);
        }
        for (auto& [id, host] : hosts_) remove_leaving(host);
        for (auto& [id, host] : hosts_) {
            if (!host.run || !host.run->edit) continue;
            const NaiveEdit edit = *std::exchange(host.run->edit, std::nullopt);
            if (has_worse_terms(edit.bid, host.bids.at(edit.bid.id).bid))
                host.run->has_worsened = true;
            host.run->was_edited = true;
            take_edit(host, edit);
        }
        for (auto& [id, host] : hosts_) choose(host);
        last_close_ = conditions_.now;
    }

    void remove_leaving(NaiveHost& host) {
        for (auto bid = host.bids.begin(); bid != host.bids.end();) {
            const BidId id = bid->first;
            const bool is_cancelled = is_running(host, id) && host.run->is_cancelled;
            const bool is_expired = bid->second.expiry <= conditions_.now.count();
            ++bid;
            if (!is_cancelled && !is_expired) continue;
            if (is_running(host, id)) stop(host, is_cancelled ? Code::cancelled : Code::expired);
            emit(is_cancelled ? EventKind::removed : EventKind::expired, host, id);
            remove(host, id);
        }
    }

    void choose(NaiveHost& host) {
        std::optional<Run> present;
        if (host.run) present = Run{host.run->bid, host.run->first_won, host.run->has_worsened};
        const Selection selection = select(host.host, offers_of(host), conditions_, present);
        if (host.run && selection.winner == host.run->bid) {
            if (std::exchange(host.run->was_edited, false))
                emit({.kind = EventKind::changed,
                      .host = host.host.id,
                      .bid = host.run->bid,
                      .profit = selection.profit});
            if (!host.run->first_won) host.run->first_won = conditions_.now;
            return;
        }
        if (host.run) {
            const NaiveBid& bid = host.bids.at(host.run->bid);
            const Offer offer = offer_of(bid.bid, bid.sequence, bid, host.host);
            const Eligibility standing = eligibility(offer, host.host, conditions_);
            stop(host, standing.is_eligible() ? Code::outbid : standing.reason);
        }
        if (selection.winner) start(host, selection, conditions_.now);
    }

    std::uint64_t commands_ = 0;
    std::uint64_t sequence_ = 0;
    Outcome outcome_{};
    std::vector<NaiveBid> gone_{};
};

}  // namespace model
