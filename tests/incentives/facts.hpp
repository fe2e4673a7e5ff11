// Records what an observer can know who sees only the commands of a small market and their events.
// It has no caches and reads nothing from the engine. auditor.hpp checks the promises against it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <variant>

#include <gigaspot/gigaspot.hpp>

namespace incentives {

using namespace gigaspot;
using namespace gigaspot::literals;

/// Traits with one GPU per host, so that a bid's watts are one number and values are small to copy.
struct OneGpu : DefaultTraits {
    static constexpr std::size_t gpus_max = 1;
};

using Market = BasicEngine<OneGpu>;
using MarketEvent = BasicEvent<OneGpu>;
using MarketHost = BasicHostCapabilities<OneGpu>;
using MarketOffer = BasicOffer<OneGpu>;
using Profile = BasicOverclockProfile<OneGpu>;
using Gpu = BasicGpuLimits<OneGpu>;
using Move = BasicCommand<OneGpu>;
using Place = BasicPlaceBid<OneGpu>;
using Edit = BasicEditBid<OneGpu>;
using Cancel = BasicCancelBid<OneGpu>;
using Revoke = BasicRevokeBid<OneGpu>;
using Cached = BasicSetCached<OneGpu>;
using Put = BasicPutHost<OneGpu>;
using Status = BasicSetHostStatus<OneGpu>;
using Energy = BasicSetEnergyPrice<OneGpu>;
using Remove = BasicRemoveHost<OneGpu>;

inline constexpr std::size_t hosts_max = 2;  ///< ids 1 and 2
inline constexpr std::size_t bids_max = 6;   ///< ids 1 to 6

/// The terms that a bid promises its host.
struct Terms {
    Price price{};
    Power watts{};
};

/// Whether one of the two terms is worse for the host, whatever the other does.
constexpr bool is_worse(const Terms& terms, const Terms& than) {
    return terms.price < than.price || terms.watts > than.watts;
}

struct BidFacts {
    bool is_there = false;
    bool is_leaving = false;  ///< cancelled while it ran
    bool is_cached = false;
    OwnerId owner{};
    HostId host{};
    Currency currency{};
    Terms terms{};              ///< of a run: the terms that won
    std::optional<Terms> edit;  ///< accepted while it ran
    std::uint64_t sequence = 0;
    std::uint64_t edit_sequence = 0;
    std::int64_t expiry = 0;
    Int128 owed = 0;  ///< price x milliseconds, each at the price that had won
    Int128 paid = 0;  ///< sum of the charges
    Int128 fees = 0;
};

struct RunFacts {
    BidId bid{};
    std::optional<Timestamp> first_won;
    bool became_worse = false;  ///< at any close of this run
};

struct HostFacts {
    bool is_there = false;
    MarketHost host{};
    std::optional<RunFacts> run;
};

struct Facts {
    Conditions conditions{};
    EngineLimits limits{};
    std::uint64_t sequence = 0;
    HostFacts hosts[hosts_max]{};
    BidFacts bids[bids_max]{};

    [[nodiscard]] BidFacts& of(BidId id) { return bids[id.value - 1]; }
    [[nodiscard]] const BidFacts& of(BidId id) const { return bids[id.value - 1]; }
    [[nodiscard]] HostFacts& of(HostId id) { return hosts[id.value - 1]; }
    [[nodiscard]] const HostFacts& of(HostId id) const { return hosts[id.value - 1]; }
    static constexpr BidId bid_id(std::size_t index) { return BidId{index + 1}; }
    static constexpr HostId host_id(std::size_t index) { return HostId{index + 1}; }

    [[nodiscard]] bool is_running(BidId id) const {
        const auto& run = of(of(id).host).run;
        return run && run->bid == id;
    }
    [[nodiscard]] bool is_overclock_valid(const BidFacts& bid) const {
        return of(bid.host).host.gpus[0].power_limit.contains(bid.terms.watts);
    }
    [[nodiscard]] MarketOffer offer(BidId id) const {
        const BidFacts& bid = of(id);
        return {.id = id,
                .price = bid.terms.price,
                .currency = bid.currency,
                .power_limits = bid.terms.watts,
                .is_overclock_valid = is_overclock_valid(bid),
                .is_cached = bid.is_cached,
                .expiry = Timestamp::unchecked(bid.expiry),
                .sequence = bid.sequence};
    }
    /// Uses the rules in eligibility.hpp, because the engine caches no answers of theirs.
    [[nodiscard]] Eligibility standing(BidId id) const {
        return eligibility(offer(id), of(of(id).host).host, conditions);
    }
    /// Counts the bids of one owner on one host. Section 11 also counts a bid with a pending
    /// cancel.
    [[nodiscard]] std::size_t count(OwnerId owner, HostId host) const {
        std::size_t count = 0;
        for (const BidFacts& bid : bids)
            count += bid.is_there && bid.owner == owner && bid.host == host;
        return count;
    }

    /// Returns the host that a command names, or whose bid it names. It is nothing for a close, a
    /// rate and a removed host.
    [[nodiscard]] std::optional<HostId> host_named(const Move& move) const {
        return std::visit(
            [&](const auto& command) -> std::optional<HostId> {
                using Command = std::remove_cvref_t<decltype(command)>;
                if constexpr (std::is_same_v<Command, Place>) {
                    return command.host;
                } else if constexpr (std::is_same_v<Command, Put> ||
                                     std::is_same_v<Command, Status> ||
                                     std::is_same_v<Command, Energy>) {
                    return command.id;
                } else if constexpr (std::is_same_v<Command, SetRate> ||
                                     std::is_same_v<Command, Remove> ||
                                     std::is_same_v<Command, Close>) {
                    return std::nullopt;
                } else {
                    return of(command.id).host;
                }
            },
            move);
    }

    // --- What an accepted command says ---

    void take(const SetRate& command) {
        QuotedRate& rate = conditions.rates[command.currency];
        rate.usd = command.usd;
        rate.given = conditions.now;
        if (command.fee) rate.fee = *command.fee;
    }
    void take(const Put& command) {
        HostFacts& facts = of(command.id);
        const HostStatus status = facts.is_there ? facts.host.status : HostStatus{};
        facts.is_there = true;
        facts.host = {.id = command.id,
                      .gpus = {command.gpus[0]},
                      .energy_price = command.energy_price,
                      .min_bid = command.min_bid,
                      .base_power = command.base_power,
                      .max_rental_length = command.max_rental_length,
                      .status = status};
        take_flags(facts.host.status, command);
    }
    void take(const Status& command) { take_flags(of(command.id).host.status, command); }
    void take(const Energy& command) { of(command.id).host.energy_price = command.usd; }
    void take(const Remove& command) { of(command.id).is_there = false; }
    void take(const Place& command) {
        const RentalLength longest = of(command.host).host.max_rental_length;
        const std::int64_t seconds =
            longest < rental_length_max ? longest.count() : rental_length_max.count();
        of(command.id) = {.is_there = true,
                          .owner = command.owner,
                          .host = command.host,
                          .currency = command.currency,
                          .terms = {command.price, command.overclock[0].power_limit},
                          .edit = {},
                          .sequence = ++sequence,
                          .expiry = conditions.now.count() + seconds * 1'000};
    }
    void take(const Edit& command) {
        BidFacts& bid = of(command.id);
        Terms terms = bid.edit.value_or(bid.terms);
        if (command.price) terms.price = *command.price;
        if (command.overclock) terms.watts = (*command.overclock)[0].power_limit;
        ++sequence;
        if (is_running(command.id)) {
            bid.edit = terms;
            bid.edit_sequence = sequence;
        } else {
            bid.terms = terms;
            bid.sequence = sequence;
        }
    }
    void take(const Cached& command) { of(command.id).is_cached = command.cached; }
    void take(const Cancel& command) {
        if (is_running(command.id)) {
            of(command.id).is_leaving = true;
        } else {
            of(command.id).is_there = false;
        }
    }
    void take(const Revoke&) {}
    void take(const Close&) {}

    /// Makes a pending edit the bid's terms.
    void take_edit(BidId id) {
        BidFacts& bid = of(id);
        if (!bid.edit) return;
        bid.terms = *bid.edit;
        bid.sequence = bid.edit_sequence;
        bid.edit.reset();
    }

private:
    template <class Flags>
    static void take_flags(HostStatus& status, const Flags& flags) {
        if (flags.online) status.online = *flags.online;
        if (flags.on_demand_rented) status.on_demand_rented = *flags.on_demand_rented;
        if (flags.working_properly) status.working_properly = *flags.working_properly;
    }
};

}  // namespace incentives
