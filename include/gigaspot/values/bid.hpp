// gigaspot: a bid, a renter's standing offer to run one workload on one host. Layer: values. Rules
// of the market, section 1.
#pragma once

#include <concepts>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/fixed_vector.hpp>
#include <gigaspot/values/currency.hpp>
#include <gigaspot/values/fwd.hpp>
#include <gigaspot/values/overclock.hpp>
#include <gigaspot/values/units.hpp>
#include <gigaspot/values/workload.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// A bid with the terms that its renter chose. Profile *i* of `overclock` applies to GPU *i* of the
/// host.
template <MarketTraits Traits>
struct BasicBid {
    static_assert(std::copyable<typename Traits::Workload>,
                  "a bid carries its workload as a value");

    typename Traits::BidId id{};
    typename Traits::HostId host{};
    typename Traits::OwnerId owner{};
    Price price{};  ///< coins of `currency` per day
    Currency currency = main_currency;
    FixedVector<BasicOverclockProfile<Traits>, Traits::gpus_max> overclock{};
    typename Traits::Workload workload{};  ///< may refer to texts, which must outlive the bid

    friend constexpr bool operator==(const BasicBid&, const BasicBid&) = default;
};

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
