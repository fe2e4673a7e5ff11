// gigaspot: the commands that a marketplace sends to the engine. Layer: values. Rules of the
// market, section 9.
#pragma once

#include <concepts>
#include <cstddef>
#include <optional>
#include <type_traits>
#include <variant>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/list_view.hpp>
#include <gigaspot/values/bid.hpp>
#include <gigaspot/values/currency.hpp>
#include <gigaspot/values/event.hpp>
#include <gigaspot/values/fwd.hpp>
#include <gigaspot/values/host.hpp>
#include <gigaspot/values/overclock.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

// Lists are views: the engine reads them during the call and does not keep them. A list may be
// longer than a host can have GPUs; the engine then rejects it with a code, like any other bad
// input.

/// Sets or withdraws a currency's exchange rate. The first command for a currency names it, so that
/// bids can be in it, and fixes its fee. A different fee later fails with `fee_changed`. A currency
/// outside the table of rates fails with `limit_reached`.
struct SetRate {
    Currency currency = main_currency;  ///< the currency that gets the rate
    std::optional<ExchangeRate> usd{};  ///< USD per coin; nothing: withdraws the rate
    std::optional<Ppm> fee{};  ///< the marketplace's share; nothing: unchanged, initially 0
};

/// Adds a host or replaces the capabilities of a known one. A known host keeps its bids; the number
/// and the models of its GPUs cannot change. Fails with `gpus_changed`, `gpus_missing`,
/// `range_inverted` or `limit_reached`.
template <MarketTraits Traits>
struct BasicPutHost {
    typename Traits::HostId id{};                        ///< the id of the host
    ListView<BasicGpuLimits<Traits>> gpus{};             ///< in the order of a bid's profiles
    EnergyPrice energy_price{};                          ///< USD per kWh
    Price min_bid{};                                     ///< the minimum bid, in the main currency
    Power base_power{};                                  ///< draw of the machine without its GPUs
    RentalLength max_rental_length = rental_length_max;  ///< for bids placed from now on
    std::optional<bool> online{};            ///< nothing: unchanged, and true for a new host
    std::optional<bool> on_demand_rented{};  ///< nothing: unchanged, and false for a new host
    std::optional<bool> working_properly{};  ///< nothing: unchanged, and true for a new host
};

/// Changes a host's status; a field that is not set stays unchanged. A host that becomes
/// unavailable stops its run at once. Fails with `host_unknown`.
template <MarketTraits Traits>
struct BasicSetHostStatus {
    typename Traits::HostId id{};  ///< the id of the host
    std::optional<bool> online{};  ///< whether the host can be reached; nothing: unchanged
    std::optional<bool>
        on_demand_rented{};  ///< whether it is rented without a bid; nothing: unchanged
    std::optional<bool> working_properly{};  ///< whether it works properly; nothing: unchanged
};

/// Sets what a host pays for electricity from now on. Fails with `host_unknown`.
template <MarketTraits Traits>
struct BasicSetEnergyPrice {
    typename Traits::HostId id{};  ///< the id of the host
    EnergyPrice usd{};             ///< USD per kWh; below 0, the host is paid for what it draws
};

/// Removes a host and all its bids, and stops its run at once. Fails with `host_unknown`.
template <MarketTraits Traits>
struct BasicRemoveHost {
    typename Traits::HostId id{};  ///< the id of the host
};

/// Places a bid on a host. Its workload is validated and not kept; the marketplace can look it up
/// by the bid's id. Fails with `bid_exists`, `host_unknown`, `currency_unknown` (no `SetRate` has
/// named its currency, and it is not the main one), `host_unavailable`, all violations of section 3
/// at once, or `limit_reached`.
template <MarketTraits Traits>
struct BasicPlaceBid {
    typename Traits::BidId id{};        ///< the id of the new bid; free again once its bid is gone
    typename Traits::HostId host{};     ///< the host that the bid is for
    typename Traits::OwnerId owner{};   ///< the renter
    Price price{};                      ///< coins of `currency` per day
    Currency currency = main_currency;  ///< the currency of the price
    ListView<BasicOverclockProfile<Traits>> overclock{};  ///< one profile per GPU
    /// The image and the environment to validate; null if there is nothing to validate.
    const typename Traits::Workload* workload = nullptr;
};

/// Changes the price or the overclock of a bid; a field that is not set keeps the value last
/// accepted. An edit of a running bid waits for the next close. Fails with `bid_unknown`,
/// `not_owner`, or all violations of section 3 that the complete edited bid has.
template <MarketTraits Traits>
struct BasicEditBid {
    typename Traits::BidId id{};   ///< the id of the bid
    std::optional<Price> price{};  ///< coins of the bid's currency per day; nothing: unchanged
    /// One profile per GPU; nothing: the profiles stay unchanged.
    std::optional<ListView<BasicOverclockProfile<Traits>>> overclock{};
    /// If set, it must be the owner of the bid. Omit it only if you have authenticated the sender.
    std::optional<typename Traits::OwnerId> owner{};
};

/// Tells whether the host has cached the image of a bid. Fails with `bid_unknown`.
template <MarketTraits Traits>
struct BasicSetCached {
    typename Traits::BidId id{};  ///< the id of the bid
    bool cached = false;          ///< whether its host has the image
};

/// Cancels a bid for its renter. A running bid continues, and is charged, until the next close.
/// Fails with `bid_unknown` or `not_owner`.
template <MarketTraits Traits>
struct BasicCancelBid {
    typename Traits::BidId id{};  ///< the id of the bid
    /// If set, it must be the owner of the bid. Omit it only if you have authenticated the sender.
    std::optional<typename Traits::OwnerId> owner{};
};

/// Removes a bid and stops its run at once. Only the marketplace sends this command. It also finds
/// a bid whose cancel is pending. Fails with `bid_unknown`.
template <MarketTraits Traits>
struct BasicRevokeBid {
    typename Traits::BidId id{};  ///< the id of the bid
};

/// Ends a billing interval: charges runs, removes cancelled and expired bids, lets edits take
/// effect, and lets each host choose its bid. Fails with `close_too_soon`. Section 7.
struct Close {};

/// Holds any command. Its views refer to lists that the sender keeps alive.
template <class Traits = DefaultTraits>
using BasicCommand =
    std::variant<SetRate, BasicPutHost<Traits>, BasicSetHostStatus<Traits>,
                 BasicSetEnergyPrice<Traits>, BasicRemoveHost<Traits>, BasicPlaceBid<Traits>,
                 BasicEditBid<Traits>, BasicSetCached<Traits>, BasicCancelBid<Traits>,
                 BasicRevokeBid<Traits>, Close>;
using Command = BasicCommand<>;  ///< any command, with the default traits

namespace detail {

/// Makes the command that adds this host, with its whole status.
template <class Traits>
[[nodiscard]] BasicPutHost<Traits> command_of(const BasicHostCapabilities<Traits>& host) {
    return {.id = host.id,
            .gpus = host.gpus.view(),
            .energy_price = host.energy_price,
            .min_bid = host.min_bid,
            .base_power = host.base_power,
            .max_rental_length = host.max_rental_length,
            .online = host.status.online,
            .on_demand_rented = host.status.on_demand_rented,
            .working_properly = host.status.working_properly};
}

/// Makes the command that places this bid, with its workload.
template <class Traits>
[[nodiscard]] BasicPlaceBid<Traits> command_of(const BasicBid<Traits>& bid) {
    return {.id = bid.id,
            .host = bid.host,
            .owner = bid.owner,
            .price = bid.price,
            .currency = bid.currency,
            .overclock = bid.overclock.view(),
            .workload = &bid.workload};
}

}  // namespace detail

/// A command of one type, such as `PlaceBid`; the variant `Command` does not meet this.
template <class T, class Traits>
concept CommandOf =
    std::constructible_from<BasicCommand<Traits>, T> && !std::same_as<T, BasicCommand<Traits>>;

/// A command that names an existing bid.
template <class T, class Traits>
concept BidCommandOf =
    std::same_as<T, BasicEditBid<Traits>> || std::same_as<T, BasicSetCached<Traits>> ||
    std::same_as<T, BasicCancelBid<Traits>> || std::same_as<T, BasicRevokeBid<Traits>>;

/// A callable that takes events one by one: `sink(event)`. It must not throw and must not use the
/// engine.
template <class T, class Traits>
concept EventFunction = std::is_invocable_v < T&,
        const BasicEvent<Traits>
& > ;

/// A variable like a `std::vector` that collects events. Room for all events of a command is made
/// before the command happens, then they are appended. What it held before stays.
template <class T, class Traits>
concept EventContainer = std::is_lvalue_reference_v<T> &&
    requires(T list, const BasicEvent<Traits>& event) {
    list.push_back(event);
    list.reserve(list.size());
    { list.capacity() } -> std::convertible_to<std::size_t>;
};

/// A type that takes the events of a command: a function or a variable like a `std::vector`. If a
/// type is both, it is called.
template <class T, class Traits>
concept EventSink = EventFunction<T, Traits> || EventContainer<T, Traits>;

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
