// gigaspot: the commands for bids. Layer: engine. Rules of the market, sections 7, 9 and 11.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>

#include <gigaspot/command.hpp>
#include <gigaspot/config.hpp>
#include <gigaspot/currency.hpp>
#include <gigaspot/detail/host_commands.hpp>
#include <gigaspot/detail/store.hpp>
#include <gigaspot/error.hpp>
#include <gigaspot/event.hpp>
#include <gigaspot/host.hpp>
#include <gigaspot/limits.hpp>
#include <gigaspot/offer.hpp>
#include <gigaspot/units.hpp>
#include <gigaspot/validate.hpp>
#include <gigaspot/workload.hpp>

namespace gigaspot::inline GIGASPOT_ABI::detail {

/// All commands: these and those of the base.
template <class Traits, class Allocator>
class Commands : public HostCommands<Traits, Allocator> {
    using Host = HostCommands<Traits, Allocator>;
    using Base = CommandStages<Traits, Allocator>;

public:
    using Base::limits, Base::market, Base::time_problem;
    using Host::apply, Host::Host;
    using typename Base::Done;

    template <class Sink>
    Done apply(const BasicPlaceBid<Traits>& command, Timestamp now, Sink& sink) {
        return apply_to(market.store.find_host(command.host), command, now, sink);
    }

    template <class Sink>
    Done apply_to(Slot slot, const BasicPlaceBid<Traits>& command, Timestamp now, Sink& sink) {
        Attempt attempt{market, now};
        if (const Violation late = time_problem(now); late.code != Code::none)
            return refuse_for_time(attempt, late);
        auto& store = market.store;
        if (store.find_bid(command.id) != no_slot) return refuse(attempt, Code::bid_exists);
        if (slot == no_slot) return refuse(attempt, Code::host_unknown);
        auto& host = store.hosts[slot];
        if (!host.terms.status.is_available() && !market.conditions.policy.queue_unavailable)
            return refuse(attempt, Code::host_unavailable);
        check_bid(command, slot);
        if (!reasons_.empty()) return refuse(attempt);
        if (const Violation full = bid_limit(command, slot); full.code != Code::none)
            return refuse(attempt, full);
        store.make_room_for_bids(store.bids.in_use() + 1);
        store.make_room_on(slot);
        accept(attempt, sink);
        const RentalLength longest = host.terms.max_rental_length < rental_length_max
                                         ? host.terms.max_rental_length
                                         : rental_length_max;
        const Slot bid =
            store.add_bid({.id = command.id,
                           .owner = command.owner,
                           .sequence = ++market.sequence,
                           .expiry = now.count() + std::int64_t{longest.count()} * 1'000,
                           .host = slot},
                          command.price, command.currency, command.overclock);
        market.chooser().challenge(host, bid);
        market.refill(slot, sink);
        return Accepted{.command = market.commands, .bid = {bid, store.bids[bid].generation}};
    }

    template <class Sink>
    Done apply(const BasicEditBid<Traits>& command, Timestamp now, Sink& sink) {
        return apply_to(market.store.find_bid(command.id), command, now, sink);
    }

    template <class Sink>
    Done apply_to(Slot bid, const BasicEditBid<Traits>& command, Timestamp now, Sink& sink) {
        Attempt attempt{market, now};
        if (const Violation late = time_problem(now); late.code != Code::none)
            return refuse_for_time(attempt, late);
        if (bid == no_slot || market.is_leaving(bid)) return refuse(attempt, Code::bid_unknown);
        if (command.owner && *command.owner != market.store.bids[bid].owner)
            return refuse(attempt, Code::not_owner);
        const PendingEdit edit = check_edit(command, bid);
        if (!reasons_.empty()) return refuse(attempt);
        accept(attempt, sink);
        market.sequence = edit.sequence;
        const Slot slot = market.store.bids[bid].host;
        auto& run = market.store.runs[slot];
        auto& book = market.store.hosts[slot].book;
        const std::uint32_t position = market.store.bids[bid].position;
        if (run.bid == bid) {
            if (command.overclock) {
                book.set_edited_profiles(*command.overclock);
            } else if (!run.has_edit) {
                book.copy_to_edited_profiles(position);
            }
            run.edit = edit;
            run.has_edit = true;
            market.must_wait(slot);
        } else {
            if (command.overclock) book.set_profiles(position, *command.overclock);
            market.take_terms(slot, bid, edit);
        }
        market.refill(slot, sink);
        return Accepted{market.commands};
    }

    template <class Sink>
    Done apply(const BasicSetCached<Traits>& command, Timestamp now, Sink& sink) {
        return apply_to(market.store.find_bid(command.id), command, now, sink);
    }

    template <class Sink>
    Done apply_to(Slot slot, const BasicSetCached<Traits>& command, Timestamp now, Sink& sink) {
        return on_bid(slot, now, {}, false, sink, [&](Slot bid) {
            const Slot its_host = market.store.bids[bid].host;
            Line& line = market.store.line(bid);
            const Line before = line;
            line.set_cached(command.cached);
            if (before.is_cached() != command.cached)
                market.chooser().reconsider(market.store.hosts[its_host], bid, before);
            market.refill(its_host, sink);
        });
    }

    template <class Sink>
    Done apply(const BasicCancelBid<Traits>& command, Timestamp now, Sink& sink) {
        return apply_to(market.store.find_bid(command.id), command, now, sink);
    }

    template <class Sink>
    Done apply_to(Slot slot, const BasicCancelBid<Traits>& command, Timestamp now, Sink& sink) {
        return on_bid(slot, now, command.owner, false, sink, [&](Slot bid) {
            const Slot its_host = market.store.bids[bid].host;
            if (market.is_running(bid)) {
                market.store.runs[its_host].is_cancelled = true;
                market.must_wait(its_host);
            } else {
                market.remove_bid(bid);
            }
            market.refill(its_host, sink);
        });
    }

    template <class Sink>
    Done apply(const BasicRevokeBid<Traits>& command, Timestamp now, Sink& sink) {
        return apply_to(market.store.find_bid(command.id), command, now, sink);
    }

    template <class Sink>
    Done apply_to(Slot slot, const BasicRevokeBid<Traits>&, Timestamp now, Sink& sink) {
        return on_bid(slot, now, {}, true, sink, [&](Slot bid) {
            const Slot its_host = market.store.bids[bid].host;
            market.revoke(bid, sink);
            market.refill(its_host, sink);
        });
    }

private:
    using Base::accept, Base::limit, Base::refuse, Base::refuse_for_time;
    using Base::gpus_of, Base::on_bid, Base::reasons_;
    using typename Base::Attempt, typename Base::GpuSpan;

    /// Collects the violations of a new bid.
    void check_bid(const BasicPlaceBid<Traits>& command, Slot slot) {
        const auto& host = market.store.hosts[slot];
        reasons_.clear();
        Collect report{reasons_};
        check_overclock(command.overclock, gpus_of(slot), report);
        check_price(command.price, command.currency, host.terms.min_bid, market.conditions, report);
        if constexpr (std::is_convertible_v<const typename Traits::Workload&, Workload>) {
            if (command.workload != nullptr)
                check_workload(static_cast<Workload>(*command.workload), report);
        }
    }

    /// The limits of section 11 that a new bid meets.
    Violation bid_limit(const BasicPlaceBid<Traits>& command, Slot slot) const {
        const std::size_t bids = market.store.bids.in_use() + 1;
        const std::size_t bids_here = market.store.hosts[slot].book.size() + 1;
        const std::size_t bids_of_owner =
            market.store.bids_of(command.owner, slot, limits.bids_per_owner) + 1;
        if (bids_here > limits.bids_per_host)
            return limit(Unit::bid, bids_here, limits.bids_per_host);
        if (bids_of_owner > limits.bids_per_owner)
            return limit(Unit::bid, bids_of_owner, limits.bids_per_owner);
        if (bids > limits.bids) return limit(Unit::bid, bids, limits.bids);
        if (command.currency.number >= gigaspot::limits::currencies_max)
            return limit(Unit::currency, std::size_t{command.currency.number} + 1,
                         gigaspot::limits::currencies_max);
        return {};
    }

    /// Collects the violations of the whole bid that an edit makes, and returns its terms.
    PendingEdit check_edit(const BasicEditBid<Traits>& command, Slot bid) {
        const Slot slot = market.store.bids[bid].host;
        const auto& host = market.store.hosts[slot];
        const auto& run = market.store.runs[slot];
        const Line& line = market.store.line(bid);
        const bool has_edit = run.bid == bid && run.has_edit;
        PendingEdit edit = has_edit ? run.edit
                                    : PendingEdit{.price = line.price(),
                                                  .watts = line.watts(),
                                                  .is_overclock_valid = line.is_overclock_valid()};
        reasons_.clear();
        Collect report{reasons_};
        const GpuSpan gpus = gpus_of(slot);
        if (command.overclock) {
            if (check_overclock(*command.overclock, gpus, report) && reasons_.empty())
                edit.watts = total_power_limit(*command.overclock);
        } else if (!edit.is_overclock_valid) {
            const auto packed = has_edit ? host.book.edited_profiles()
                                         : host.book.profiles(market.store.bids[bid].position);
            check_overclock(unpack<Traits>(packed).view(), gpus, report);
        }
        if (command.price) edit.price = *command.price;
        check_price(edit.price, line.currency(), host.terms.min_bid, market.conditions, report);
        edit.is_overclock_valid = true;  // or it is refused
        edit.sequence = market.sequence + 1;
        return edit;
    }
};

}  // namespace gigaspot::inline GIGASPOT_ABI::detail
