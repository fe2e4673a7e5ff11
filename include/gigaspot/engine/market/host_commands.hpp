// gigaspot: the commands for rates, hosts and the end of an interval. Layer: engine/market. Rules
// of the market, sections 7, 9 and 11.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>

#include <gigaspot/base/config.hpp>
#include <gigaspot/engine/market/stages.hpp>
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

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

template <class Traits, class Allocator>
class HostCommands : public CommandStages<Traits, Allocator> {
    using Base = CommandStages<Traits, Allocator>;

public:
    using Base::Base, Base::is_in_time, Base::limits, Base::market;
    using typename Base::Done;

    template <class Sink>
    Done apply(const SetRate& command, Timestamp now, Sink& sink) {
        Attempt attempt{market, now};
        if (!is_in_time(now)) return refuse_for_time(attempt);
        const std::uint8_t number = command.currency.number;
        if (number >= gigaspot::limits::currencies_max)
            return refuse(attempt, limit(Unit::currency, std::size_t{number} + 1,
                                         gigaspot::limits::currencies_max));
        QuotedRate& quoted = market.conditions.rates[command.currency];
        const bool is_fixed = market.has_fixed_fee[number];
        if (is_fixed && command.fee && *command.fee != quoted.fee)
            return refuse(attempt, Violation{Code::fee_changed, std::nullopt, Unit::ppm,
                                             command.fee->count(), quoted.fee.count()});
        accept(attempt, sink);
        if (!is_fixed) quoted.fee = command.fee.value_or(Ppm{});
        market.has_fixed_fee[number] = true;
        quoted.usd = command.usd;
        quoted.given = now;
        market.rates.refresh(market.conditions);
        return Accepted{market.commands};
    }

    template <class Sink>
    Done apply(const BasicPutHost<Traits>& command, Timestamp now, Sink& sink) {
        Attempt attempt{market, now};
        if (!is_in_time(now)) return refuse_for_time(attempt);
        Slot slot = market.store.find_host(command.id);
        const bool is_known = slot != no_slot;
        if (is_known) {
            if (const Violation change =
                    gpus_changed(market.store.gpus_of(slot).view(), command.gpus);
                change.code != Code::none)
                return refuse(attempt, change);
        }
        reasons_.clear();
        Collect report{reasons_};
        // Of a list too long for any host, as many as have numbers and room for reasons.
        const std::size_t most = reasons_.capacity() < 256 ? reasons_.capacity() : 256;
        const bool is_endless = command.gpus.size() > most;
        check_gpus(is_endless ? command.gpus.first(most) : command.gpus, report);
        if (!reasons_.empty()) return refuse(attempt);
        if (command.gpus.size() > Traits::gpus_max)
            return refuse(attempt, limit(Unit::gpu, command.gpus.size(), Traits::gpus_max));
        if constexpr (std::is_same_v<typename Traits::GpuModel, GpuModel>) {
            for (const BasicGpuLimits<Traits>& gpu : command.gpus) {
                if (gpu.model == gpu_model_without_number)
                    return refuse(attempt, Violation{.code = Code::limit_reached});
            }
        }
        if (!is_known) {
            const std::size_t hosts = market.store.hosts.in_use() + 1;
            if (hosts > limits.hosts)
                return refuse(attempt, limit(Unit::host, hosts, limits.hosts));
            market.store.make_room_for_host(command.gpus);
        } else {
            market.store.gpus.make_room(slot, command.gpus);
            market.store.make_room_for_stops(1);
        }
        accept(attempt, sink);
        HostStatus status = is_known ? market.store.hosts[slot].status : HostStatus{};
        change_status(status, command);
        const BasicHostCapabilities<WithoutGpus<Traits>> terms{.id = command.id,
                                                               .energy_price = command.energy_price,
                                                               .min_bid = command.min_bid,
                                                               .base_power = command.base_power,
                                                               .max_rental_length =
                                                                   command.max_rental_length,
                                                               .status = status};
        if (is_known) {
            replace_host(slot, terms, command.gpus, sink);
        } else {
            slot = market.store.add_host(terms, command.gpus);
        }
        market.refill(slot, market.store.hosts[slot], sink);
        return Accepted{market.commands, market.store.handles().of_host(slot)};
    }

    template <class Sink>
    Done apply(const BasicSetHostStatus<Traits>& command, Timestamp now, Sink& sink) {
        return on_host(command.id, now, sink, [&](Slot slot) {
            change_status(market.store.hosts[slot].status, command);
            stop_if_unavailable(slot, sink);
            market.refill(slot, market.store.hosts[slot], sink);
        });
    }

    template <class Sink>
    Done apply(const BasicSetEnergyPrice<Traits>& command, Timestamp now, Sink& sink) {
        return on_host(command.id, now, sink, [&](Slot slot) {
            auto& record = market.store.hosts[slot];
            record.energy_price = command.usd;
            market.chooser().forget(record);
            market.refill(slot, record, sink);
        });
    }

    template <class Sink>
    Done apply(const BasicRemoveHost<Traits>& command, Timestamp now, Sink& sink) {
        return on_host(command.id, now, sink, [&](Slot slot) {
            auto& run = market.store.runs[slot];
            if (run.bid != no_slot) {
                market.charge(run, sink);
                market.stop(slot, market.store.hosts[slot], run, Code::host_removed, sink);
            }
            market.remove_bids(slot, sink);
            market.store.remove_host(slot);
        });
    }

    template <class Sink>
    Done apply(const Close&, Timestamp now, Sink& sink) {
        Attempt attempt{market, now};
        if (!is_in_time(now)) return refuse_for_time(attempt);
        if (market.last_close) {
            const Int128 soonest =
                market.last_close->count() + market.conditions.policy.interval_min.count();
            if (now.count() < soonest)
                return refuse(attempt, milliseconds(Code::close_too_soon, now, soonest));
        }
        market.store.make_room_for_stops(market.store.hosts.in_use());
        accept(attempt, sink);
        market.close(sink);
        return Accepted{market.commands};
    }

protected:
    using Base::accept, Base::limit, Base::milliseconds, Base::refuse, Base::refuse_for_time;
    using Base::on_host, Base::reasons_;
    using typename Base::Attempt, typename Base::GpuSpan;

private:
    template <class Flags>
    static void change_status(HostStatus& status, const Flags& flags) {
        if (flags.online) status.online = *flags.online;
        if (flags.on_demand_rented) status.on_demand_rented = *flags.on_demand_rented;
        if (flags.working_properly) status.working_properly = *flags.working_properly;
    }

    template <class Sink>
    void stop_if_unavailable(Slot slot, Sink& sink) {
        const Code reason = unavailability(market.store.hosts[slot].status);
        if (reason != Code::none && market.store.runs[slot].bid != no_slot)
            market.stop_at_once(slot, reason, sink);
    }

    static Violation gpus_changed(GpuSpan present, GpuSpan gpus) {
        if (gpus.size() != present.size())
            return {Code::gpus_changed, std::nullopt, Unit::gpu, static_cast<Int128>(gpus.size()),
                    static_cast<Int128>(present.size())};
        for (std::size_t i = 0; i < gpus.size(); ++i) {
            if (!(gpus[i].model == present[i].model)) return {.code = Code::gpus_changed};
        }
        return {};
    }

    /// A known host gets new capabilities: some bids may no longer be valid, and its run may stop.
    template <class Sink>
    void replace_host(Slot slot, const BasicHostCapabilities<WithoutGpus<Traits>>& terms,
                      GpuSpan gpus, Sink& sink) {
        auto& host = market.store.hosts[slot];
        auto& run = market.store.runs[slot];
        host.set_terms(terms);
        market.store.set_gpus(slot, gpus);
        const BookLines lines = market.store.lines_of(slot);
        market.store.bids.fetch(lines);
        for (const Line& line : lines) {
            if (!line.is_gap())
                market.store.line(line.bid())
                    .set_overclock_valid(
                        market.store.allows(slot, market.store.profiles(line.bid())));
        }
        if (run.bid != no_slot && run.has_edit())
            market.store.edit(slot).is_overclock_valid =
                market.store.allows(slot, market.store.gpus.edited_profiles(slot));
        market.chooser().forget(host);
        stop_if_unavailable(slot, sink);
        if (run.bid != no_slot && !market.store.line(run.bid).is_overclock_valid())
            market.stop_at_once(slot, Code::overclock_invalid, sink);
    }
};

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
