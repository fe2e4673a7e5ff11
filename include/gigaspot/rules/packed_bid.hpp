// gigaspot: the command that places a bid whose profiles are packed. Layer: rules. Rules of the
// market, section 9.
#pragma once

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/list_view.hpp>
#include <gigaspot/rules/packed.hpp>
#include <gigaspot/values/currency.hpp>
#include <gigaspot/values/fwd.hpp>
#include <gigaspot/values/traits.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// Places a bid on a host, like `BasicPlaceBid`, with profiles that the caller has packed. The
/// engine stores profiles in this form, so a program that keeps it too saves packing: with 4.5 GPUs
/// on average, a new bid takes a quarter fewer instructions. It does the same, and fails in the
/// same ways.
template <MarketTraits Traits = DefaultTraits>
struct BasicPlacePackedBid {
    typename Traits::BidId id{};          ///< the id of the new bid; free again once it is gone
    typename Traits::HostId host{};       ///< the host that the bid is for
    typename Traits::OwnerId owner{};     ///< the renter
    Price price{};                        ///< coins of `currency` per day
    Currency currency = main_currency;    ///< the currency of the price
    ListView<PackedProfile> overclock{};  ///< one profile per GPU
    /// The image and the environment to validate; null if there is nothing to validate.
    const typename Traits::Workload* workload = nullptr;
};
using PlacePackedBid = BasicPlacePackedBid<>;  ///< with the default traits

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
