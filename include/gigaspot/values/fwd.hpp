// gigaspot: forward declarations of all market types, and their aliases with the default traits.
// Layer: values.
#pragma once

#include <gigaspot/base/config.hpp>
#include <gigaspot/values/traits.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

template <MarketTraits Traits = DefaultTraits>
struct BasicOverclockProfile;
template <MarketTraits Traits = DefaultTraits>
struct BasicGpuLimits;
template <MarketTraits Traits = DefaultTraits>
struct BasicHostCapabilities;
template <MarketTraits Traits = DefaultTraits>
struct BasicBid;
template <MarketTraits Traits = DefaultTraits>
struct BasicOffer;
template <MarketTraits Traits = DefaultTraits>
struct BasicRun;
template <MarketTraits Traits = DefaultTraits>
struct BasicSelection;
template <MarketTraits Traits = DefaultTraits>
struct BasicQuoteRequest;
template <MarketTraits Traits = DefaultTraits>
struct BasicSearchRequest;
template <MarketTraits Traits = DefaultTraits>
struct BasicHostQuote;
template <MarketTraits Traits = DefaultTraits>
class BasicCheapest;
template <MarketTraits Traits = DefaultTraits>
struct BasicRanked;
template <MarketTraits Traits = DefaultTraits>
struct BasicExplanation;
template <MarketTraits Traits = DefaultTraits>
struct BasicEvent;
template <MarketTraits Traits = DefaultTraits>
struct BasicPutHost;
template <MarketTraits Traits = DefaultTraits>
struct BasicSetHostStatus;
template <MarketTraits Traits = DefaultTraits>
struct BasicSetEnergyPrice;
template <MarketTraits Traits = DefaultTraits>
struct BasicRemoveHost;
template <MarketTraits Traits = DefaultTraits>
struct BasicPlaceBid;
template <MarketTraits Traits = DefaultTraits>
struct BasicEditBid;
template <MarketTraits Traits = DefaultTraits>
struct BasicSetCached;
template <MarketTraits Traits = DefaultTraits>
struct BasicCancelBid;
template <MarketTraits Traits = DefaultTraits>
struct BasicRevokeBid;
template <MarketTraits Traits = DefaultTraits>
struct BasicEvents;

using OverclockProfile = BasicOverclockProfile<>;
using GpuLimits = BasicGpuLimits<>;
using HostCapabilities = BasicHostCapabilities<>;
using Bid = BasicBid<>;
using Offer = BasicOffer<>;
using Run = BasicRun<>;
using Selection = BasicSelection<>;
using QuoteRequest = BasicQuoteRequest<>;
using SearchRequest = BasicSearchRequest<>;
using HostQuote = BasicHostQuote<>;
using Cheapest = BasicCheapest<>;
using Ranked = BasicRanked<>;
using Explanation = BasicExplanation<>;
using Event = BasicEvent<>;
using PutHost = BasicPutHost<>;
using SetHostStatus = BasicSetHostStatus<>;
using SetEnergyPrice = BasicSetEnergyPrice<>;
using RemoveHost = BasicRemoveHost<>;
using PlaceBid = BasicPlaceBid<>;
using EditBid = BasicEditBid<>;
using SetCached = BasicSetCached<>;
using CancelBid = BasicCancelBid<>;
using RevokeBid = BasicRevokeBid<>;
using Events = BasicEvents<>;

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
