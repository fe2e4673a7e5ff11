// gigaspot: a renter's standing offer to run one workload on one host. Layer: values. Rules of the
// market, section 1.
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

/// A bid as its renter states it. Profile *i* of `overclock` belongs to GPU *i* of the host.
template <MarketTraits Traits>
struct BasicBid {
    static_assert(std::copyable<typename Traits::Workload>,
                  "a bid carries its workload as a value");

    typename Traits::BidId id{};
    typename Traits::HostId host{};
    typename Traits::OwnerId owner{};
    Price price{};  ///< of a coin of `currency`, a day
    Currency currency = main_currency;
    FixedVector<BasicOverclockProfile<Traits>, Traits::gpus_max> overclock{};
    typename Traits::Workload workload{};  ///< may refer to texts that must live as long

    friend constexpr bool operator==(const BasicBid&, const BasicBid&) = default;
};

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
