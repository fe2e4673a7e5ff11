// gigaspot: what the choices of a live market depend on. Layer: engine/choice.
#pragma once

#include <cstdint>

#include <gigaspot/base/config.hpp>
#include <gigaspot/engine/choice/net_rates.hpp>
#include <gigaspot/engine/store/store.hpp>
#include <gigaspot/values/policy.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// What choices depend on, and how often one had to look at all bids of a host.
template <class Traits, class Allocator>
struct MarketState {
    MarketState(const Policy& policy, const Allocator& allocator) : store{allocator} {
        conditions.policy = policy;
    }

    Conditions conditions{};  ///< `now` is the time of the command under way
    Store<Traits, Allocator> store;
    NetRates rates{};
    std::uint64_t rescans = 0;
};

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
