// gigaspot: the commands for rates, hosts and closes. Layer: engine/market. Rules of the market,
// sections 7, 9 and 11.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>

#include <gigaspot/base/config.hpp>
#include <gigaspot/engine/market/close.hpp>
#include <gigaspot/engine/market/live_market.hpp>
#include <gigaspot/engine/market/stages.hpp>
#include <gigaspot/engine/store/book.hpp>
#include <gigaspot/engine/store/store.hpp>
#include <gigaspot/rules/eligibility.hpp>
#include <gigaspot/rules/validate.hpp>
#include <gigaspot/values/command.hpp>
#include <gigaspot/values/currency.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/event.hpp>
#include <gigaspot/values/host.hpp>
#include <gigaspot/values/limits.hpp>
#include <gigaspot/values/overclock.hpp>
#include <gigaspot/values/traits.hpp>
#include <gigaspot/values/units.hpp>
#include <gigaspot/values/violation.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

template <class Flags>
void change_status(HostStatus& status, const Flags& flags) {
    if (flags.online) status.online = *flags.online;
    if (flags.on_demand_rented) status.on_demand_rented = *flags.on_demand_rented;
    if (flags.working_properly) status.working_properly = *flags.working_properly;
}

template <class Traits, class Allocator, class Sink>
void stop_if_unavailable(LiveMarket<Traits, Allocator>& market, Slot slot, Sink& sink) {
    const Code reason = unavailability(market.store.hosts[slot].status);
    if (reason != Code::none && market.store.runs[slot].bid != no_slot)
        market.stop_at_once(slot, reason, sink);
}

/// Returns how these GPUs differ from a known host's; the code is `none` if they may replace them.
template <class Traits>
[[nodiscard]] Violation gpus_changed(std::span<const BasicGpuLimits<Traits>> present,
                                     std::span<const BasicGpuLimits<Traits>> gpus) {
    if (gpus.size() != present.size())
        return {Code::gpus_changed, std::nullopt, Unit::gpu, static_cast<Int128>(gpus.size()),
                static_cast<Int128>(present.size())};
    for (std::size_t i = 0; i < gpus.size(); ++i) {
        if (!(gpus[i].model == present[i].model)) return {.code = Code::gpus_changed};
    }
    return {};
}

/// Replaces the capabilities of a known host. Bids on it can become valid or invalid, and its run
/// can stop. Costs O(bids).
template <class Traits, class Allocator, class Sink>
void replace_host(LiveMarket<Traits, Allocator>& market, Slot slot,
                  const BasicHostCapabilities<WithoutGpus<Traits>>& terms,
                  std::span<const BasicGpuLimits<Traits>> gpus, Sink& sink) {
    auto& store = market.store;
    auto& host = store.hosts[slot];
    auto& run = store.runs[slot];
    host.set_terms(terms);
    store.set_gpus(slot, gpus);
    const BookEntries entries = store.entries_of(slot);
    store.bids.fetch(entries);
    for (const BookEntry& entry : entries) {
        if (entry.is_gap()) continue;
        const bool is_valid = store.allows(slot, store.profiles(entry.bid()));
        store.entry(entry.bid()).set_overclock_valid(is_valid);
    }
    if (run.bid != no_slot && run.has_edit())
        store.edits.of(run).terms.set_overclock_valid(
            store.allows(slot, store.edits.profiles(slot)));
    market.chooser().forget(host);
    stop_if_unavailable(market, slot, sink);
    if (run.bid != no_slot && !store.entry(run.bid).is_overclock_valid())
        market.stop_at_once(slot, Code::overclock_invalid, sink);
}

template <class Traits, class Allocator, class Sink>
Done apply(Stages<Traits, Allocator>& stages, const SetRate& command, Timestamp now, Sink& sink) {
    auto& market = stages.market;
    Attempt attempt{market, now};
    if (!stages.is_in_time(now)) return stages.reject_for_time(attempt);
    const std::uint8_t number = command.currency.number;
    if (number >= limits::currencies_max)
        return stages.reject(
            attempt, stages.limit(Unit::currency, std::size_t{number} + 1, limits::currencies_max));
    QuotedRate& quoted = market.conditions.rates[command.currency];
    const bool is_fixed = market.is_named[number];
    if (is_fixed && command.fee && *command.fee != quoted.fee)
        return stages.reject(attempt, Violation{Code::fee_changed, std::nullopt, Unit::ppm,
                                                command.fee->count(), quoted.fee.count()});
    stages.accept(attempt, sink);
    if (!is_fixed) quoted.fee = command.fee.value_or(Ppm{});
    market.is_named[number] = true;
    quoted.usd = command.usd;
    quoted.given = now;
    market.rates.refresh(market.conditions);
    return Accepted{market.commands};
}

template <class Traits, class Allocator, class Sink>
Done apply(Stages<Traits, Allocator>& stages, const BasicPutHost<Traits>& command, Timestamp now,
           Sink& sink) {
    auto& market = stages.market;
    auto& store = market.store;
    Attempt attempt{market, now};
    if (!stages.is_in_time(now)) return stages.reject_for_time(attempt);
    Slot slot = store.find_host(command.id);
    const bool is_known = slot != no_slot;
    if (is_known) {
        const Violation change = gpus_changed<Traits>(store.gpus_of(slot).view(), command.gpus);
        if (change.code != Code::none) return stages.reject(attempt, change);
    }
    stages.reasons.clear();
    Collect report{stages.reasons};
    // Checks only as many GPUs as a violation can name and the report has room for.
    const std::size_t most = stages.reasons.capacity() < 256 ? stages.reasons.capacity() : 256;
    const bool is_endless = command.gpus.size() > most;
    detail::check_gpus(is_endless ? command.gpus.first(most) : command.gpus, report);
    if (!stages.reasons.empty()) return stages.reject(attempt);
    if (command.gpus.size() > Traits::gpus_max)
        return stages.reject(attempt,
                             stages.limit(Unit::gpu, command.gpus.size(), Traits::gpus_max));
    if constexpr (std::is_same_v<typename Traits::GpuModel, GpuModel>) {
        for (const BasicGpuLimits<Traits>& gpu : command.gpus) {
            if (gpu.model == gpu_model_without_number)
                return stages.reject(attempt, Violation{.code = Code::limit_reached});
        }
    }
    if (!is_known) {
        const std::size_t hosts = store.hosts.in_use() + 1;
        if (hosts > stages.limits.hosts)
            return stages.reject(attempt, stages.limit(Unit::host, hosts, stages.limits.hosts));
        store.make_room_for_host(command.gpus);
    } else {
        store.gpus.make_room(slot, command.gpus);
        store.make_room_for_stops(1);
    }
    stages.accept(attempt, sink);
    HostStatus status = is_known ? store.hosts[slot].status : HostStatus{};
    change_status(status, command);
    const BasicHostCapabilities<WithoutGpus<Traits>> terms{.id = command.id,
                                                           .energy_price = command.energy_price,
                                                           .min_bid = command.min_bid,
                                                           .base_power = command.base_power,
                                                           .max_rental_length =
                                                               command.max_rental_length,
                                                           .status = status};
    if (is_known) {
        replace_host<Traits>(market, slot, terms, command.gpus, sink);
    } else {
        slot = store.add_host(terms, command.gpus);
    }
    market.refill(slot, store.hosts[slot], sink);
    return Accepted{market.commands, store.handles().of_host(slot)};
}

template <class Traits, class Allocator, class Sink>
Done apply(Stages<Traits, Allocator>& stages, const BasicSetHostStatus<Traits>& command,
           Timestamp now, Sink& sink) {
    auto& market = stages.market;
    return stages.on_host(command.id, now, sink, [&](Slot slot) {
        auto& record = market.store.hosts[slot];
        change_status(record.status, command);
        stop_if_unavailable(market, slot, sink);
        market.refill(slot, record, sink);
    });
}

template <class Traits, class Allocator, class Sink>
Done apply(Stages<Traits, Allocator>& stages, const BasicSetEnergyPrice<Traits>& command,
           Timestamp now, Sink& sink) {
    auto& market = stages.market;
    return stages.on_host(command.id, now, sink, [&](Slot slot) {
        auto& record = market.store.hosts[slot];
        record.energy_price = command.usd;
        market.chooser().forget(record);
        market.refill(slot, record, sink);
    });
}

template <class Traits, class Allocator, class Sink>
Done apply(Stages<Traits, Allocator>& stages, const BasicRemoveHost<Traits>& command, Timestamp now,
           Sink& sink) {
    auto& market = stages.market;
    return stages.on_host(command.id, now, sink, [&](Slot slot) {
        auto& run = market.store.runs[slot];
        if (run.bid != no_slot) {
            market.charge(run, sink);
            market.stop(slot, market.store.hosts[slot], run, Code::host_removed, sink);
        }
        market.remove_bids(slot, sink);
        market.store.remove_host(slot);
    });
}

template <class Traits, class Allocator, class Sink>
Done apply(Stages<Traits, Allocator>& stages, const Close&, Timestamp now, Sink& sink) {
    auto& market = stages.market;
    Attempt attempt{market, now};
    if (!stages.is_in_time(now)) return stages.reject_for_time(attempt);
    if (market.last_close) {
        const Int128 soonest =
            market.last_close->count() + market.conditions.policy.interval_min.count();
        if (now.count() < soonest)
            return stages.reject(attempt, stages.milliseconds(Code::close_too_soon, now, soonest));
    }
    market.store.make_room_for_stops(market.store.hosts.in_use());
    stages.accept(attempt, sink);
    close(market, sink);
    return Accepted{market.commands};
}

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
