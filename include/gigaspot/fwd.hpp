// gigaspot: all types of the market by name, with their default traits. Layer: values.
#pragma once

#include <gigaspot/config.hpp>
#include <gigaspot/traits.hpp>

namespace gigaspot::inline GIGASPOT_ABI {

template <class Traits = DefaultTraits>
struct BasicOverclockProfile;
template <class Traits = DefaultTraits>
struct BasicGpuLimits;
template <class Traits = DefaultTraits>
struct BasicHostCapabilities;
template <class Traits = DefaultTraits>
struct BasicBid;
template <class Traits = DefaultTraits>
struct BasicOffer;
template <class Traits = DefaultTraits>
struct BasicRun;
template <class Traits = DefaultTraits>
struct BasicSelection;
template <class Traits = DefaultTraits>
struct BasicRanked;
template <class Traits = DefaultTraits>
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
