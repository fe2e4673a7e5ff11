// gigaspot: the commands for bids. Layer: engine/market. Rules of the market, sections 7, 9 and 11.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>

#include <gigaspot/base/config.hpp>
#include <gigaspot/engine/market/host_commands.hpp>
#include <gigaspot/engine/store/store.hpp>
#include <gigaspot/rules/packed.hpp>
#include <gigaspot/rules/validate.hpp>
#include <gigaspot/values/command.hpp>
#include <gigaspot/values/currency.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/event.hpp>
#include <gigaspot/values/host.hpp>
#include <gigaspot/values/limits.hpp>
#include <gigaspot/values/units.hpp>
#include <gigaspot/values/workload.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// All commands: these and those of the base.
template <class Traits, class Allocator>
class Commands : public HostCommands<Traits, Allocator> {
    using OfHosts = HostCommands<Traits, Allocator>;
    using Base = CommandStages<Traits, Allocator>;

public:
    using Base::is_in_time, Base::limits, Base::market;
    using OfHosts::apply, OfHosts::OfHosts;
    using typename Base::Done;

    template <class Sink>
    Done apply(const BasicPlaceBid<Traits>& command, Timestamp now, Sink& sink) {
        return apply_to(market.store.find_host(command.host), command, now, sink);
    }

    template <class Sink>
    Done apply_to(Slot slot, const BasicPlaceBid<Traits>& command, Timestamp now, Sink& sink) {
        Attempt attempt{market, now};
        if (!is_in_time(now)) return refuse_for_time(attempt);
        auto& store = market.store;
        if (store.find_bid(command.id) != no_slot) return refuse(attempt, Code::bid_exists);
        if (slot == no_slot) return refuse(attempt, Code::host_unknown);
        auto& host = store.hosts[slot];
        store.hints().place_of_next(host);  // it comes while the bid is checked
        if (!host.status.is_available() && !market.conditions.policy.queue_unavailable)
            return refuse(attempt, Code::host_unavailable);
        const Packed overclock = pack(command.overclock, slot, host);
        StopAtFirst any;
        if (!overclock.are_valid || !check_terms(command, host, any))
            return refuse_bid(attempt, command, slot);
        if (!is_within_limits(command, host)) return refuse(attempt, bid_limit(command, host));
        store.make_room_for_bid(host);
        accept(attempt, sink);
        const RentalLength longest =
            host.max_rental_length < rental_length_max ? host.max_rental_length : rental_length_max;
        const BidAt at =
            store.add_bid(slot, host,
                          {.id = command.id,
                           .owner = command.owner,
                           .sequence = ++market.sequence,
                           .expiry = now.count() + std::int64_t{longest.count()} * 1'000},
                          command.price, command.currency, overclock.watts, overclock.profiles);
        market.chooser().challenge(host, at.line);
        market.refill(slot, host, sink);
        return Accepted{.command = market.commands, .bid = store.handles().of_bid(at.slot)};
    }

    template <class Sink>
    Done apply(const BasicEditBid<Traits>& command, Timestamp now, Sink& sink) {
        return apply_to(market.store.find_bid(command.id), command, now, sink);
    }

    template <class Sink>
    Done apply_to(Slot bid, const BasicEditBid<Traits>& command, Timestamp now, Sink& sink) {
        Attempt attempt{market, now};
        if (!is_in_time(now)) return refuse_for_time(attempt);
        if (bid == no_slot) return refuse(attempt, Code::bid_unknown);
        const BidAt at = market.store.at(bid);
        if (market.is_leaving(at)) return refuse(attempt, Code::bid_unknown);
        if (command.owner && *command.owner != market.store.bids.details(bid).owner)
            return refuse(attempt, Code::not_owner);
        PendingEdit edit = terms_of(at);
        Packed overclock{.are_valid = edit.is_overclock_valid};
        if (command.overclock) overclock = pack(*command.overclock, at.bid.host, at.host);
        if (command.price) edit.price = *command.price;
        if (StopAtFirst any; !overclock.are_valid || !check_price(at, edit.price, any))
            return refuse_edit(attempt, command, at, edit.price);
        const Slot slot = at.bid.host;
        if (at.is_running()) market.store.make_room_for_edit(slot);
        accept(attempt, sink);
        edit.sequence = ++market.sequence;
        if (command.overclock) edit.watts = overclock.watts;
        edit.is_overclock_valid = true;
        auto& gpus = market.store.gpus;
        if (at.is_running()) {
            auto& run = market.store.runs[slot];
            if (command.overclock) {
                gpus.set_edited_profiles(slot, overclock.profiles);
            } else if (!run.has_edit()) {
                gpus.set_edited_profiles(slot, market.store.profiles(bid));
            }
            market.store.set_edit(slot, edit);
            market.must_wait(slot);
        } else {
            if (command.overclock) market.store.set_profiles(bid, overclock.profiles);
            market.take_terms(at, edit);
        }
        market.refill(slot, at.host, sink);
        return Accepted{market.commands};
    }

    template <class Sink>
    Done apply(const BasicSetCached<Traits>& command, Timestamp now, Sink& sink) {
        return apply_to(market.store.find_bid(command.id), command, now, sink);
    }

    template <class Sink>
    Done apply_to(Slot slot, const BasicSetCached<Traits>& command, Timestamp now, Sink& sink) {
        return on_bid(slot, now, {}, false, sink, [&](const BidAt& at) {
            const Line before = at.line;
            at.line.set_cached(command.cached);
            // Where caching decides nothing, copies of the line need not know of it.
            if (market.conditions.policy.require_cached && before.is_cached() != command.cached)
                market.chooser().reconsider(at.host, at.line, before);
            market.refill(at.bid.host, at.host, sink);
        });
    }

    template <class Sink>
    Done apply(const BasicCancelBid<Traits>& command, Timestamp now, Sink& sink) {
        return apply_to(market.store.find_bid(command.id), command, now, sink);
    }

    template <class Sink>
    Done apply_to(Slot slot, const BasicCancelBid<Traits>& command, Timestamp now, Sink& sink) {
        market.store.hints().entry_of_bid(slot);  // it comes while the bid is looked at
        return on_bid(slot, now, command.owner, false, sink, [&](const BidAt& at) {
            const Slot its_host = at.bid.host;
            if (at.is_running()) {
                market.store.runs[its_host].is_cancelled = true;
                market.must_wait(its_host);
            } else {
                market.remove_bid(at);
            }
            market.refill(its_host, at.host, sink);
        });
    }

    template <class Sink>
    Done apply(const BasicRevokeBid<Traits>& command, Timestamp now, Sink& sink) {
        return apply_to(market.store.find_bid(command.id), command, now, sink);
    }

    template <class Sink>
    Done apply_to(Slot slot, const BasicRevokeBid<Traits>&, Timestamp now, Sink& sink) {
        return on_bid(slot, now, {}, true, sink, [&](const BidAt& at) {
            const Slot its_host = at.bid.host;
            market.revoke(at.slot, sink);
            market.refill(its_host, at.host, sink);
        });
    }

private:
    using Base::accept, Base::limit, Base::refuse, Base::refuse_for_time;
    using Base::on_bid, Base::pack, Base::reasons_;
    using typename Base::Attempt, typename Base::BidAt, typename Base::Packed;

    /// Tells the violations of a new bid but those of its profiles. Returns whether to go on.
    template <class Report>
    bool check_terms(const BasicPlaceBid<Traits>& command, const HostRecord<Traits>& host,
                     Report& report) const {
        if (!detail::check_price(command.price, command.currency, host.min_bid, market.conditions,
                                 report))
            return false;
        if constexpr (std::is_convertible_v<const typename Traits::Workload&, Workload>) {
            if (command.workload != nullptr)
                return check_workload(static_cast<Workload>(*command.workload), report);
        }
        return true;
    }

    Unexpected<Refusal> refuse_bid(Attempt& attempt, const BasicPlaceBid<Traits>& command,
                                   Slot slot) {
        reasons_.clear();
        Collect report{reasons_};
        check_overclock(command.overclock, market.store.gpus_of(slot).view(), report);
        check_terms(command, market.store.hosts[slot], report);
        return refuse(attempt);
    }

    [[nodiscard]] bool is_within_limits(const BasicPlaceBid<Traits>& command,
                                        HostRecord<Traits>& host) {
        const std::size_t bids_here = std::size_t{host.book.bids} + 1;
        return bids_here <= limits.bids_per_host && market.store.bids.in_use() < limits.bids &&
               command.currency.number < gigaspot::limits::currencies_max &&
               (bids_here <= limits.bids_per_owner ||
                market.store.bids_of(command.owner, host, limits.bids_per_owner) <
                    limits.bids_per_owner);
    }
    /// The first limit of section 11 that a new bid goes past.
    Violation bid_limit(const BasicPlaceBid<Traits>& command, HostRecord<Traits>& host) {
        const std::size_t bids = market.store.bids.in_use() + 1;
        const std::size_t bids_here = std::size_t{host.book.bids} + 1;
        const std::size_t bids_of_owner =
            market.store.bids_of(command.owner, host, limits.bids_per_owner) + 1;
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

    /// An edit of a bid that changes nothing.
    [[nodiscard]] PendingEdit terms_of(const BidAt& at) const {
        if (at.host.has_pending && at.is_running() && market.store.runs[at.bid.host].has_edit())
            return market.store.edit(at.bid.host);
        return {.price = at.line.price(),
                .watts = at.line.watts(),
                .is_overclock_valid = at.line.is_overclock_valid()};
    }

    template <class Report>
    bool check_price(const BidAt& at, Price price, Report& report) const {
        return detail::check_price(price, at.line.currency(), at.host.min_bid, market.conditions,
                                   report);
    }

    /// For the violations of the whole bid that an edit makes, with this price.
    Unexpected<Refusal> refuse_edit(Attempt& attempt, const BasicEditBid<Traits>& command,
                                    const BidAt& at, Price price) {
        const auto gpus = market.store.gpus_of(at.bid.host);
        reasons_.clear();
        Collect report{reasons_};
        if (command.overclock) {
            check_overclock(*command.overclock, gpus.view(), report);
        } else {
            const bool has_edit = at.is_running() && market.store.runs[at.bid.host].has_edit();
            const auto packed = has_edit ? market.store.gpus.edited_profiles(at.bid.host)
                                         : market.store.profiles(at.slot);
            check_overclock(unpack<Traits>(packed).view(), gpus.view(), report);
        }
        check_price(at, price, report);
        return refuse(attempt);
    }
};

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
