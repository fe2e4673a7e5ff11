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

/// A bid with the terms that its renter chose. Section 1.
template <MarketTraits Traits>
struct BasicBid {
    static_assert(std::copyable<typename Traits::Workload>,
                  "a bid carries its workload as a value");

    typename Traits::BidId id{};        ///< the id of the bid
    typename Traits::HostId host{};     ///< the host that the bid is for
    typename Traits::OwnerId owner{};   ///< the renter
    Price price{};                      ///< coins of `currency` per day
    Currency currency = main_currency;  ///< the currency of the price
    /// One profile per GPU; profile *i* applies to GPU *i* of the host.
    FixedVector<BasicOverclockProfile<Traits>, Traits::gpus_max> overclock{};
    typename Traits::Workload workload{};  ///< may refer to texts, which must outlive the bid

    friend constexpr bool operator==(const BasicBid&, const BasicBid&) = default;
};

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
