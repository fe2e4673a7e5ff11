// gigaspot: the state that choices depend on. Layer: engine/choice.
#pragma once

#include <cstdint>

#include <gigaspot/base/config.hpp>
#include <gigaspot/engine/choice/net_rates.hpp>
#include <gigaspot/engine/store/store.hpp>
#include <gigaspot/values/policy.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

template <class Traits, class Allocator>
struct MarketState {
    MarketState(const Policy& policy, const Allocator& allocator) : store{allocator} {
        conditions.policy = policy;
    }

    Conditions conditions{};  ///< `now` is the time of the present command
    Store<Traits, Allocator> store;
    NetRates rates{};
    std::uint64_t rescans = 0;  ///< `Counters::rescans`
};

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
