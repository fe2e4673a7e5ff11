// gigaspot: what a marketplace tells the engine, as values. Layer: values. Rules of the market,
// section 9.
#pragma once

#include <concepts>
#include <optional>
#include <span>
#include <variant>

#include <gigaspot/base/config.hpp>
#include <gigaspot/values/bid.hpp>
#include <gigaspot/values/currency.hpp>
#include <gigaspot/values/event.hpp>
#include <gigaspot/values/fwd.hpp>
#include <gigaspot/values/host.hpp>
#include <gigaspot/values/overclock.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

// Lists are spans: they are looked at during the call and not kept. A list may be longer than any
// host's GPUs, and is then refused by the engine like anything else that is wrong.

/// A currency's rate, or none from now on. Its first one fixes its fee: `fee_changed` for another.
/// `limit_reached` for a currency outside the table of rates.
struct SetRate {
    Currency currency = main_currency;
    std::optional<ExchangeRate> usd{};  ///< nothing: the rate is withdrawn
    std::optional<Ppm> fee{};           ///< nothing: as it is, at first 0
};

/// A new host, or new capabilities of a known one. It keeps its bids, the number of its GPUs and
/// their models. Fails with `gpus_changed`, `gpus_missing`, `range_inverted` or `limit_reached`.
template <MarketTraits Traits>
struct BasicPutHost {
    typename Traits::HostId id{};
    std::span<const BasicGpuLimits<Traits>> gpus{};  ///< in the order of a bid's profiles
    EnergyPrice energy_price{};
    Price min_bid{};     ///< in the main currency
    Power base_power{};  ///< what the machine draws besides its GPUs
    RentalLength max_rental_length = rental_length_max;  ///< of bids that are placed from now on
    std::optional<bool> online{};  ///< nothing: as it is; of a new host: available
    std::optional<bool> on_demand_rented{};
    std::optional<bool> working_properly{};
};

/// A host's state; what is nothing stays as it is. Fails with `host_unknown`. A host that is not
/// available any more stops its run at once.
template <MarketTraits Traits>
struct BasicSetHostStatus {
    typename Traits::HostId id{};
    std::optional<bool> online{};
    std::optional<bool> on_demand_rented{};
    std::optional<bool> working_properly{};
};

/// What electricity costs a host from now on. Fails with `host_unknown`.
template <MarketTraits Traits>
struct BasicSetEnergyPrice {
    typename Traits::HostId id{};
    EnergyPrice usd{};
};

/// Removes a host and all its bids, and stops its run at once. Fails with `host_unknown`.
template <MarketTraits Traits>
struct BasicRemoveHost {
    typename Traits::HostId id{};
};

/// A new bid. Its workload is validated and not kept: the marketplace has it, by the bid's id.
/// Fails with `bid_exists`, `host_unknown`, `host_unavailable`, all violations of section 3 at
/// once, or `limit_reached`.
template <MarketTraits Traits>
struct BasicPlaceBid {
    typename Traits::BidId id{};
    typename Traits::HostId host{};
    typename Traits::OwnerId owner{};  ///< the renter
    Price price{};                     ///< of a coin of `currency`, a day
    Currency currency = main_currency;
    std::span<const BasicOverclockProfile<Traits>> overclock{};  ///< one for each GPU
    const typename Traits::Workload* workload = nullptr;  ///< null: none, there is nothing to check
};

/// Changes what it names; the rest stays as last accepted. Of a running bid it waits for the next
/// close. Fails with `bid_unknown`, `not_owner` or all violations of section 3 of the whole bid
/// that it makes.
template <MarketTraits Traits>
struct BasicEditBid {
    typename Traits::BidId id{};
    std::optional<Price> price{};  ///< nothing: as it is
    std::optional<std::span<const BasicOverclockProfile<Traits>>> overclock{};
    std::optional<typename Traits::OwnerId> owner{};  ///< who sent it, if that is to be checked
};

/// Whether the host has the image of a bid. Fails with `bid_unknown`.
template <MarketTraits Traits>
struct BasicSetCached {
    typename Traits::BidId id{};
    bool cached = false;
};

/// Takes a bid back. A running one goes on, and pays, until the next close. Fails with
/// `bid_unknown` or `not_owner`.
template <MarketTraits Traits>
struct BasicCancelBid {
    typename Traits::BidId id{};
    std::optional<typename Traits::OwnerId> owner{};  ///< who sent it, if that is to be checked
};

/// The marketplace's own: removes a bid and stops its run at once. Fails with `bid_unknown`; a bid
/// whose cancel waits is known to it.
template <MarketTraits Traits>
struct BasicRevokeBid {
    typename Traits::BidId id{};
};

/// The end of a billing interval. Fails with `close_too_soon`.
struct Close {};

/// Any command, to be sent on. Its spans refer to lists that the sender keeps.
template <class Traits = DefaultTraits>
using BasicCommand =
    std::variant<SetRate, BasicPutHost<Traits>, BasicSetHostStatus<Traits>,
                 BasicSetEnergyPrice<Traits>, BasicRemoveHost<Traits>, BasicPlaceBid<Traits>,
                 BasicEditBid<Traits>, BasicSetCached<Traits>, BasicCancelBid<Traits>,
                 BasicRevokeBid<Traits>, Close>;
using Command = BasicCommand<>;  ///< any command, with the default traits

namespace detail {

/// What puts a host with these capabilities, its whole status too.
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

/// What places a bid, with its workload.
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

/// One of the commands, not the variant of all.
template <class T, class Traits>
concept CommandOf =
    std::constructible_from<BasicCommand<Traits>, T> && !std::same_as<T, BasicCommand<Traits>>;

/// A command that names a bid which must be there.
template <class T, class Traits>
concept BidCommandOf =
    std::same_as<T, BasicEditBid<Traits>> || std::same_as<T, BasicSetCached<Traits>> ||
    std::same_as<T, BasicCancelBid<Traits>> || std::same_as<T, BasicRevokeBid<Traits>>;

/// What takes events one by one.
template <class T, class Traits>
concept EventSink = std::invocable < T&,
        const BasicEvent<Traits>
& > ;

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
