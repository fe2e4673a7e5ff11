// Commands that own their data, and scripts of commands for an engine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <variant>
#include <vector>

#include <gigaspot/gigaspot.hpp>

#include "watch.hpp"

namespace watch {

using namespace gigaspot;

using Market = gigaspot::BasicEngine<DefaultTraits, Allocator<unsigned char>>;

inline constexpr Policy at_once{.refill = Refill::at_once};

inline Market make_engine(Watch& memory, const EngineLimits& limits = {}) {
    return Market{at_once, limits, Allocator<unsigned char>{memory}};
}

/// The outcome of a command.
struct Outcome {
    std::vector<Event> events{};  ///< if it was accepted
    std::vector<Violation> reasons{};

    friend bool operator==(const Outcome&, const Outcome&) = default;
};

/// A command and its time. Its list of profiles or GPUs is in the script that made it.
struct Told {
    std::int64_t time = 0;
    Command command{};
};

/// Calls the engine without a sink, so that events need memory too.
inline Result<Events, Rejection> collect(Market& engine, const Told& told) {
    const Timestamp now = Timestamp::unchecked(told.time);
    struct Call {
        Market& engine;
        Timestamp now;
        auto operator()(const SetRate& one) { return engine.set_rate(one, now); }
        auto operator()(const PutHost& one) { return engine.put_host(one, now); }
        auto operator()(const SetHostStatus& one) { return engine.set_host_status(one, now); }
        auto operator()(const SetEnergyPrice& one) {
            return engine.set_energy_price(one.id, one.usd, now);
        }
        auto operator()(const RemoveHost& one) { return engine.remove_host(one.id, now); }
        auto operator()(const PlaceBid& one) { return engine.place(one, now); }
        auto operator()(const EditBid& one) { return engine.edit(one, now); }
        auto operator()(const SetCached& one) { return engine.set_cached(one.id, one.cached, now); }
        auto operator()(const CancelBid& one) { return engine.cancel(one, now); }
        auto operator()(const RevokeBid& one) { return engine.revoke(one.id, now); }
        auto operator()(const Close&) { return engine.close(now); }
    };
    return std::visit(Call{engine, now}, told.command);
}

inline Outcome outcome_of(const Result<Events, Rejection>& done) {
    if (done) return {.events = {done->begin(), done->end()}};
    return {.reasons = {done.error().reasons.begin(), done.error().reasons.end()}};
}

/// Calls the engine with a sink, so that events need no memory.
inline Outcome give(Market& engine, const Told& told) {
    Outcome outcome;
    const auto done = engine.apply(told.command, Timestamp::unchecked(told.time),
                                   [&](const Event& event) { outcome.events.push_back(event); });
    if (!done) outcome.reasons.assign(done.error().reasons.begin(), done.error().reasons.end());
    return outcome;
}

/// A list of commands.
class Script {
public:
    std::vector<Told> told{};
    std::int64_t time = 0;
    std::int64_t step = 0;  ///< ms between two commands

    void tell(const Command& command) { told.push_back({time += step, command}); }

    void host(std::uint64_t id, std::size_t gpus, bool online = true) {
        auto& list = gpus_.emplace_back(gpus, GpuLimits{.power_limit = {watts(100), watts(400)}});
        tell(PutHost{.id = id, .gpus = list, .online = online});
    }
    void bid(std::uint64_t id, std::uint64_t host, std::size_t gpus, std::int64_t coins,
             std::uint64_t owner = 1, Currency currency = main_currency) {
        tell(PlaceBid{.id = id,
                      .host = host,
                      .owner = owner,
                      .price = price(coins),
                      .currency = currency,
                      .overclock = profiles(gpus, 200)});
    }
    void edit(std::uint64_t id, std::int64_t coins, std::size_t gpus = 0) {
        EditBid command{.id = id, .price = price(coins)};
        if (gpus != 0) command.overclock = profiles(gpus, 150);
        tell(command);
    }
    void rate(Currency currency, std::int64_t usd_1e12) {
        tell(SetRate{.currency = currency, .usd = ExchangeRate::unchecked(usd_1e12)});
    }

private:
    static Power watts(std::int32_t count) { return Power::unchecked(count); }
    static Price price(std::int64_t coins) { return Price::unchecked(coins * 100'000'000); }

    std::span<const OverclockProfile> profiles(std::size_t gpus, std::int32_t power) {
        return profiles_.emplace_back(gpus, OverclockProfile{.power_limit = watts(power)});
    }

    std::deque<std::vector<GpuLimits>> gpus_{};
    std::deque<std::vector<OverclockProfile>> profiles_{};
};

}  // namespace watch
