// Remembers what a stream has sent: enough to name what exists and to aim at limits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <gigaspot/rules.hpp>
#include <gigaspot/values/event.hpp>

#include "step.hpp"
#include "world.hpp"

namespace model {

struct KnownBid {
    BidId id{};
    OwnerId owner{};
    std::int64_t price = 0;
    Currency currency{};
    std::int64_t watts = 0;
    bool runs = false;
};

struct KnownHost {
    HostId id{};
    std::vector<GpuLimits> gpus{};
    PutHost terms{};
    std::vector<KnownBid> bids{};

    [[nodiscard]] Int128 cost(std::int64_t watts) const {
        return Int128{watts + terms.base_power.count()} * terms.energy_price.count() * watt_day;
    }
    [[nodiscard]] const KnownBid* running() const {
        for (const KnownBid& bid : bids) {
            if (bid.runs) return &bid;
        }
        return nullptr;
    }
};

struct KnownRate {
    std::optional<std::int64_t> usd{};
    std::optional<std::int64_t> fee{};  ///< nothing until it is fixed

    /// The rate minus the fee; 0 if there is no rate.
    [[nodiscard]] std::int64_t net() const {
        return static_cast<std::int64_t>(Int128{usd.value_or(0)} * (1'000'000 - fee.value_or(0)) /
                                         1'000'000);
    }
};

inline std::int64_t watts_of(std::span<const OverclockProfile> profiles) {
    std::int64_t watts = 0;
    for (const OverclockProfile& profile : profiles) watts += profile.power_limit.count();
    return watts;
}

class Sender {
public:
    std::int64_t clock = 0;
    std::optional<std::int64_t> last_close{};
    std::vector<KnownHost> hosts{};
    KnownRate rates[limits::currencies_max]{};
    std::vector<BidId> gone{};         ///< ids of bids that are gone
    std::vector<HostId> gone_hosts{};  ///< ids of hosts that are gone

    [[nodiscard]] KnownHost* find_host(HostId id) {
        for (KnownHost& host : hosts) {
            if (host.id == id) return &host;
        }
        return nullptr;
    }
    [[nodiscard]] std::pair<KnownHost*, KnownBid*> find_bid(BidId id) {
        for (KnownHost& host : hosts) {
            for (KnownBid& bid : host.bids) {
                if (bid.id == id) return {&host, &bid};
            }
        }
        return {nullptr, nullptr};
    }

    /// Notes what the market did with a step.
    void learn(const Step& step, bool is_accepted, std::span<const Event> events) {
        if (!is_accepted) return;
        clock = step.time.count();
        const Command command = step.command();
        std::visit([&](const auto& one) { learn(one); }, command);
        for (const Event& event : events) {
            if (event.kind == EventKind::started || event.kind == EventKind::stopped) {
                KnownBid* bid = find_bid(event.bid).second;
                if (bid != nullptr) bid->runs = event.kind == EventKind::started;
            }
            if (event.kind == EventKind::expired || event.kind == EventKind::removed)
                forget(event.bid);
        }
    }

private:
    void forget(BidId id) {
        for (KnownHost& host : hosts) {
            for (std::size_t i = 0; i < host.bids.size(); ++i) {
                if (host.bids[i].id != id) continue;
                host.bids[i] = host.bids.back();
                host.bids.pop_back();
                gone.push_back(id);
                return;
            }
        }
    }

    void learn(const SetRate& command) {
        KnownRate& rate = rates[command.currency.number];
        rate.usd.reset();
        if (command.usd) rate.usd = command.usd->count();
        if (!rate.fee) rate.fee = command.fee.value_or(Ppm{}).count();
    }
    void learn(const PutHost& command) {
        KnownHost* host = find_host(command.id);
        if (host == nullptr) host = &hosts.emplace_back();
        host->id = command.id;
        host->gpus.assign(command.gpus.begin(), command.gpus.end());
        host->terms = command;
        host->terms.gpus = {};
    }
    void learn(const SetHostStatus&) {}
    void learn(const SetEnergyPrice& command) {
        find_host(command.id)->terms.energy_price = command.usd;
    }
    void learn(const RemoveHost& command) {
        for (std::size_t i = 0; i < hosts.size(); ++i) {
            if (hosts[i].id != command.id) continue;
            for (const KnownBid& bid : hosts[i].bids) gone.push_back(bid.id);
            gone_hosts.push_back(command.id);
            if (i + 1 != hosts.size()) hosts[i] = std::move(hosts.back());
            hosts.pop_back();
            return;
        }
    }
    void learn(const PlaceBid& command) {
        find_host(command.host)
            ->bids.push_back({.id = command.id,
                              .owner = command.owner,
                              .price = command.price.count(),
                              .currency = command.currency,
                              .watts = watts_of(command.overclock)});
    }
    void learn(const EditBid& command) {
        KnownBid* bid = find_bid(command.id).second;
        if (bid == nullptr) return;
        if (command.price) bid->price = command.price->count();
        if (command.overclock) bid->watts = watts_of(*command.overclock);
    }
    void learn(const SetCached&) {}
    void learn(const CancelBid& command) {
        const KnownBid* bid = find_bid(command.id).second;
        if (bid != nullptr && !bid->runs) forget(command.id);
    }
    void learn(const RevokeBid&) {}
    void learn(const Close&) { last_close = clock; }
};

}  // namespace model
