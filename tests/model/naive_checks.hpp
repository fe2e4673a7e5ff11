// Finds out why the naive market rejects a command: stages 2 to 7 of section 9, in order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "naive_state.hpp"

namespace model {

using Reasons = std::vector<Violation>;

class NaiveChecks {
public:
    NaiveChecks(const Policy& policy, const EngineLimits& limits) : limits_{limits} {
        conditions_.policy = policy;
    }

    [[nodiscard]] const std::map<HostId, NaiveHost>& hosts() const { return hosts_; }
    /// Its time is that of the last accepted command.
    [[nodiscard]] const Conditions& conditions() const { return conditions_; }

    [[nodiscard]] const NaiveHost* find_host(HostId id) const {
        const auto found = hosts_.find(id);
        return found == hosts_.end() ? nullptr : &found->second;
    }
    [[nodiscard]] const NaiveHost* host_of(BidId id) const {
        for (const auto& [host_id, host] : hosts_) {
            if (host.bids.count(id) != 0) return &host;
        }
        return nullptr;
    }
    [[nodiscard]] std::size_t bids() const {
        std::size_t count = 0;
        for (const auto& [id, host] : hosts_) count += host.bids.size();
        return count;
    }

    /// Returns the complete bid that an edit produces from the terms that were last accepted.
    [[nodiscard]] Bid edited(const EditBid& command) const {
        const NaiveHost& host = *host_of(command.id);
        const bool is_pending = host.run && host.run->bid == command.id && host.run->edit;
        Bid bid = is_pending ? host.run->edit->bid : host.bids.at(command.id).bid;
        if (command.price) bid.price = *command.price;
        if (command.overclock) bid.overclock = profiles(*command.overclock);
        return bid;
    }

protected:
    static Violation plain(Code code) { return {.code = code}; }
    static Violation numbers(Code code, Unit unit, Int128 value, Int128 bound) {
        return {code, std::nullopt, unit, value, bound};
    }

    [[nodiscard]] Reasons time_problem(Timestamp now) const {
        if (!has_started_) return {};
        const Int128 clock = conditions_.now.count();
        const Int128 latest = clock + conditions_.policy.time_step_max.count();
        if (now.count() < clock)
            return {numbers(Code::time_went_backwards, Unit::millisecond, now.count(), clock)};
        if (now.count() > latest)
            return {numbers(Code::time_too_far, Unit::millisecond, now.count(), latest)};
        return {};
    }

    // Each returns what is wrong with its command at the time of `at`, or nothing if it is
    // accepted.

    [[nodiscard]] Reasons wrong_with(const SetRate& command, const Conditions& at) const {
        if (command.currency.number >= 16)
            return {numbers(Code::limit_reached, Unit::currency, command.currency.number + 1, 16)};
        const Ppm fee = at.rates[command.currency].fee;
        if (is_named_.count(command.currency.number) != 0 && command.fee && *command.fee != fee)
            return {numbers(Code::fee_changed, Unit::ppm, command.fee->count(), fee.count())};
        return {};
    }

    [[nodiscard]] Reasons wrong_with(const PutHost& command, const Conditions&) const {
        const NaiveHost* known = find_host(command.id);
        if (known != nullptr) {
            const auto& present = known->host.gpus;
            if (command.gpus.size() != present.size())
                return {numbers(Code::gpus_changed, Unit::gpu, wide(command.gpus.size()),
                                wide(present.size()))};
            for (std::size_t i = 0; i < present.size(); ++i) {
                if (command.gpus[i].model != present[i].model) return {plain(Code::gpus_changed)};
            }
        }
        if (command.gpus.empty()) return {plain(Code::gpus_missing)};
        Reasons reasons;
        for (std::size_t i = 0; i < command.gpus.size(); ++i) {
            const HostCapabilities one{.gpus = {command.gpus[i]}};
            for (Violation violation : validate(one)) {
                violation.gpu = static_cast<std::uint8_t>(i);
                reasons.push_back(violation);
            }
        }
        if (!reasons.empty()) return reasons;
        if (command.gpus.size() > 32)
            return {numbers(Code::limit_reached, Unit::gpu, wide(command.gpus.size()), 32)};
        for (const GpuLimits& gpu : command.gpus) {
            if (gpu.model == gpu_model_without_number) return {plain(Code::limit_reached)};
        }
        if (known == nullptr && hosts_.size() + 1 > limits_.hosts)
            return {limit(Unit::host, hosts_.size() + 1, limits_.hosts)};
        return {};
    }

    [[nodiscard]] Reasons wrong_with(const SetHostStatus& command, const Conditions&) const {
        return wrong_with_host(command.id);
    }
    [[nodiscard]] Reasons wrong_with(const SetEnergyPrice& command, const Conditions&) const {
        return wrong_with_host(command.id);
    }
    [[nodiscard]] Reasons wrong_with(const RemoveHost& command, const Conditions&) const {
        return wrong_with_host(command.id);
    }

    [[nodiscard]] Reasons wrong_with(const PlaceBid& command, const Conditions& at) const {
        if (host_of(command.id) != nullptr) return {plain(Code::bid_exists)};
        const NaiveHost* host = find_host(command.host);
        if (host == nullptr) return {plain(Code::host_unknown)};
        const bool is_named =
            command.currency == main_currency || is_named_.count(command.currency.number) != 0;
        if (!is_named) return {plain(Code::currency_unknown)};
        if (!host->host.status.is_available() && !at.policy.queue_unavailable)
            return {plain(Code::host_unavailable)};

        Bid bid{.price = command.price, .currency = command.currency};
        if (command.workload != nullptr) bid.workload = *command.workload;
        const Reasons violations = violations_of(bid, command.overclock, host->host, at);
        if (!violations.empty()) return violations;

        std::size_t of_owner = 0;
        for (const auto& [id, other] : host->bids) of_owner += other.bid.owner == command.owner;
        if (host->bids.size() + 1 > limits_.bids_per_host)
            return {limit(Unit::bid, host->bids.size() + 1, limits_.bids_per_host)};
        if (of_owner + 1 > limits_.bids_per_owner)
            return {limit(Unit::bid, of_owner + 1, limits_.bids_per_owner)};
        if (bids() + 1 > limits_.bids) return {limit(Unit::bid, bids() + 1, limits_.bids)};
        return {};
    }

    [[nodiscard]] Reasons wrong_with(const EditBid& command, const Conditions& at) const {
        const Reasons unknown = wrong_with_bid(command.id, command.owner, false);
        if (!unknown.empty()) return unknown;
        const HostCapabilities& host = host_of(command.id)->host;
        Bid bid = edited(command);
        const auto kept = bid.overclock;
        return violations_of(bid, command.overclock.value_or(kept), host, at);
    }

    [[nodiscard]] Reasons wrong_with(const SetCached& command, const Conditions&) const {
        return wrong_with_bid(command.id, {}, false);
    }
    [[nodiscard]] Reasons wrong_with(const CancelBid& command, const Conditions&) const {
        return wrong_with_bid(command.id, command.owner, false);
    }
    [[nodiscard]] Reasons wrong_with(const RevokeBid& command, const Conditions&) const {
        return wrong_with_bid(command.id, {}, true);
    }

    [[nodiscard]] Reasons wrong_with(const Close&, const Conditions& at) const {
        if (!last_close_) return {};
        const Int128 soonest = Int128{last_close_->count()} + at.policy.interval_min.count();
        if (at.now.count() >= soonest) return {};
        return {numbers(Code::close_too_soon, Unit::millisecond, at.now.count(), soonest)};
    }

    /// Takes as many profiles as a bid holds. A longer list is never accepted.
    static FixedVector<OverclockProfile, 32> profiles(std::span<const OverclockProfile> list) {
        FixedVector<OverclockProfile, 32> profiles;
        for (const OverclockProfile& profile : list) {
            if (!profiles.push_back(profile)) break;
        }
        return profiles;
    }

    Conditions conditions_{};
    EngineLimits limits_;
    bool has_started_ = false;  ///< a command was accepted
    std::optional<Timestamp> last_close_{};
    std::map<std::uint8_t, bool> is_named_{};  ///< the currencies of all `rate` commands
    std::map<HostId, NaiveHost> hosts_{};

private:
    static Int128 wide(std::size_t count) { return static_cast<Int128>(count); }
    static Violation limit(Unit unit, std::size_t value, std::size_t bound) {
        return numbers(Code::limit_reached, unit, wide(value), wide(bound));
    }

    [[nodiscard]] Reasons wrong_with_host(HostId id) const {
        if (find_host(id) == nullptr) return {plain(Code::host_unknown)};
        return {};
    }

    [[nodiscard]] Reasons wrong_with_bid(BidId id, const std::optional<OwnerId>& owner,
                                         bool may_be_cancelled) const {
        const NaiveHost* host = host_of(id);
        if (host == nullptr) return {plain(Code::bid_unknown)};
        const bool is_cancelled = host->run && host->run->bid == id && host->run->is_cancelled;
        if (is_cancelled && !may_be_cancelled) return {plain(Code::bid_unknown)};
        if (owner && *owner != host->bids.at(id).bid.owner) return {plain(Code::not_owner)};
        return {};
    }

    static Reasons violations_of(Bid bid, std::span<const OverclockProfile> overclock,
                                 const HostCapabilities& host, const Conditions& at) {
        const bool is_too_long = overclock.size() > 32;
        bid.overclock = is_too_long ? FixedVector<OverclockProfile, 32>{} : profiles(overclock);
        const Violations found = validate(bid, host, at);
        Reasons reasons{found.begin(), found.end()};
        if (is_too_long)  // validate has seen no profiles
            reasons.at(0) = numbers(Code::overclock_count_mismatch, Unit::gpu,
                                    wide(overclock.size()), wide(host.gpus.size()));
        return reasons;
    }
};

}  // namespace model
