// gigaspot: all types of the market by name, with their default traits. Layer: values.
#pragma once

#include <gigaspot/config.hpp>
#include <gigaspot/traits.hpp>

namespace gigaspot::inline GIGASPOT_ABI {

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
struct BasicRanked;
template <MarketTraits Traits = DefaultTraits>
struct BasicExplanation;

using OverclockProfile = BasicOverclockProfile<>;
using GpuLimits = BasicGpuLimits<>;
using HostCapabilities = BasicHostCapabilities<>;
using Bid = BasicBid<>;
using Offer = BasicOffer<>;
using Run = BasicRun<>;
using Selection = BasicSelection<>;
using Ranked = BasicRanked<>;
using Explanation = BasicExplanation<>;

}  // namespace gigaspot::inline GIGASPOT_ABI
