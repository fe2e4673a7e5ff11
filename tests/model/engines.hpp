// Drives the engine in each possible way: by its named functions, by handles, and between commands
// that it rejects.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include <gigaspot/engine/engine.hpp>

#include "naive_market.hpp"
#include "random.hpp"
#include "step.hpp"

namespace model {

inline Outcome rejected(const Rejection& rejection) {
    return {.command = rejection.command,
            .rejected_at = rejection.time,
            .reasons = {rejection.reasons.begin(), rejection.reasons.end()}};
}

inline Outcome outcome_of(const Result<Events, Rejection>& result) {
    if (!result) return rejected(result.error());
    return {.is_accepted = true,
            .command = result->command,
            .events = {result->begin(), result->end()}};
}

/// Calls the functions that return events. Where there are two, one of them is drawn.
class NamedCalls {
public:
    NamedCalls(Engine& engine, const Step& step) : engine_{engine}, step_{step} {}

    Outcome run() {
        return std::visit([&](const auto& one) { return outcome_of(call(one)); }, step_.command());
    }

private:
    using Done = Result<Events, Rejection>;

    Done call(const SetRate& command) { return engine_.set_rate(command, step_.time); }
    Done call(const PutHost& command) { return engine_.put_host(command, step_.time); }
    Done call(const SetHostStatus& command) { return engine_.set_host_status(command, step_.time); }
    Done call(const SetEnergyPrice& command) {
        return engine_.set_energy_price(command.id, command.usd, step_.time);
    }
    Done call(const RemoveHost& command) { return engine_.remove_host(command.id, step_.time); }
    Done call(const PlaceBid& command) {
        if (step_.salt % 2 == 0 || command.overclock.size() > 32)
            return engine_.place(command, step_.time);
        Bid bid{.id = command.id,
                .host = command.host,
                .owner = command.owner,
                .price = command.price,
                .currency = command.currency};
        for (const OverclockProfile& profile : command.overclock)
            static_cast<void>(bid.overclock.push_back(profile));
        if (command.workload != nullptr) bid.workload = *command.workload;
        return engine_.place(bid, step_.time);
    }
    Done call(const EditBid& command) { return engine_.edit(command, step_.time); }
    Done call(const SetCached& command) {
        return engine_.set_cached(command.id, command.cached, step_.time);
    }
    Done call(const CancelBid& command) {
        if (step_.salt % 2 == 0 || command.owner) return engine_.cancel(command, step_.time);
        return engine_.cancel(command.id, step_.time);
    }
    Done call(const RevokeBid& command) { return engine_.revoke(command.id, step_.time); }
    Done call(const Close&) { return engine_.close(step_.time); }

    Engine& engine_;
    const Step& step_;
};

/// Sends commands by handle where a handle exists. The ids in those commands are wrong on purpose.
class ByHandles {
public:
    ByHandles(const Policy& policy, const EngineLimits& limits) : engine{policy, limits} {}

    Engine engine;

    Outcome run(const Step& step) {
        events_.clear();
        const Result<Accepted, Rejection> done =
            std::visit([&](const auto& one) { return call(one, step.time); }, step.command());
        if (!done) return rejected(done.error());
        return {.is_accepted = true, .command = done->command, .events = events_};
    }

private:
    template <class Command>
    Result<Accepted, Rejection> call(const Command& command, Timestamp now) {
        const Result<Accepted, Rejection> done = apply(command, now);
        if constexpr (std::is_same_v<Command, PutHost>) {
            if (done) hosts_[command.id] = done->host;
        }
        if constexpr (std::is_same_v<Command, PlaceBid>) {
            if (done) bids_[command.id] = done->bid;
        }
        return done;
    }

    auto sink() {
        return [this](const Event& event) { events_.push_back(event); };
    }

    template <class Command>
    Result<Accepted, Rejection> apply(const Command& command, Timestamp now) {
        if (now.count() % 2 == 0) return engine.apply(command, now, sink());
        return engine.apply(gigaspot::Command{command}, now, sink());
    }
    Result<Accepted, Rejection> apply(const Close&, Timestamp now) {
        return engine.close(now, sink());
    }
    /// With profiles or with packed ones, by handle or by id.
    Result<Accepted, Rejection> apply(PlaceBid command, Timestamp now) {
        const HostHandle host = hosts_[command.host];
        const std::vector<PackedProfile> packed{command.overclock.begin(), command.overclock.end()};
        const PlacePackedBid packed_bid{.id = command.id,
                                        .host = command.host,
                                        .owner = command.owner,
                                        .price = command.price,
                                        .currency = command.currency,
                                        .overclock = packed,
                                        .workload = command.workload};
        if (now.count() % 3 == 0) return engine.apply(packed_bid, now, sink());
        if (now.count() % 3 == 1) return engine.apply(host, packed_bid, now, sink());
        command.host = HostId{};
        return engine.apply(host, command, now, sink());
    }
    Result<Accepted, Rejection> apply(const EditBid& command, Timestamp now) {
        return by_handle(command, now);
    }
    Result<Accepted, Rejection> apply(const SetCached& command, Timestamp now) {
        return by_handle(command, now);
    }
    Result<Accepted, Rejection> apply(const CancelBid& command, Timestamp now) {
        return by_handle(command, now);
    }
    Result<Accepted, Rejection> apply(const RevokeBid& command, Timestamp now) {
        return by_handle(command, now);
    }

    template <class Command>
    Result<Accepted, Rejection> by_handle(Command command, Timestamp now) {
        const BidHandle bid = bids_[command.id];  // may be stale or empty
        command.id = BidId{};
        return engine.apply(bid, command, now, sink());
    }

    std::map<HostId, HostHandle> hosts_{};
    std::map<BidId, BidHandle> bids_{};
    std::vector<Event> events_{};
};

/// Also sends commands that the engine must reject, each for another reason.
class Disturbed {
public:
    Disturbed(const Policy& policy, const EngineLimits& limits) : engine{policy, limits} {}

    Engine engine;

    /// Returns whether all these commands were rejected. `market` is in its state before the step.
    bool run(const Step& step, const NaiveMarket& market) {
        Random random{step.salt};
        bool all_rejected = true;
        const auto sink = [](const Event&) {};
        const auto reject = [&](const Command& command, Timestamp now) {
            if (engine.apply(command, now, sink)) all_rejected = false;
        };
        const Timestamp now = engine.now();
        if (now.count() > 0) reject(Close{}, Timestamp::unchecked(now.count() - 1));
        reject(RevokeBid{.id = nobodys}, now);
        reject(SetRate{.currency = Currency{16}}, now);
        reject(PutHost{.id = nobodys}, now);
        if (!market.hosts().empty()) {
            auto place = market.hosts().begin();
            std::advance(place, random.draw(0, static_cast<int>(market.hosts().size()) - 1));
            const NaiveHost& host = place->second;
            const OverclockProfile profile{};
            reject(
                PlaceBid{.id = nobodys, .host = place->first, .overclock = std::span{&profile, 1}},
                now);
            reject(PlaceBid{.id = nobodys, .host = place->first, .currency = Currency{16}}, now);
            reject(PutHost{.id = place->first}, now);
            if (!host.bids.empty()) {
                const BidId bid = host.bids.begin()->first;
                reject(EditBid{.id = bid, .price = Price{}}, now);
                reject(CancelBid{.id = bid, .owner = OwnerId{nobodys}}, now);
                reject(PlaceBid{.id = bid, .host = place->first}, now);
            }
        }
        static_cast<void>(engine.apply(step.command(), step.time, sink));
        return all_rejected;
    }

private:
    static constexpr std::uint64_t nobodys = 123'456'789;
};

}  // namespace model
