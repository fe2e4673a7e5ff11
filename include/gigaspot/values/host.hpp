// gigaspot: a host, its status and what it allows. Layer: values. Rules of the market, sections 1
// and 9.
#pragma once

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/fixed_vector.hpp>
#include <gigaspot/values/fwd.hpp>
#include <gigaspot/values/overclock.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// The three flags that decide whether a host can run bids now.
struct HostStatus {
    bool online = true;             ///< the host can be reached
    bool on_demand_rented = false;  ///< rented without a bid; such a rental has priority
    bool working_properly = true;   ///< in the judgement of the marketplace

    /// Tells whether a bid may run on the host now.
    [[nodiscard]] constexpr bool is_available() const {
        return online && !on_demand_rented && working_properly;
    }

    friend constexpr bool operator==(const HostStatus&, const HostStatus&) = default;
};

/// The maximum lifetime of a bid: 20 days, or its host's maximum if that is shorter (section 7).
inline constexpr RentalLength rental_length_max = RentalLength::unchecked(20 * 24 * 60 * 60);

/// A machine as its owner offers it. Section 1.
template <MarketTraits Traits>
struct BasicHostCapabilities {
    typename Traits::HostId id{};  ///< the id of the host
    /// The limits of each GPU; GPU *i* gets profile *i* of a bid.
    FixedVector<BasicGpuLimits<Traits>, Traits::gpus_max> gpus{};
    EnergyPrice energy_price{};  ///< USD per kWh; below 0, the host is paid for what it draws
    Price min_bid{};             ///< the minimum bid, in the main currency
    Power base_power{};          ///< draw of the machine without its GPUs
    /// A bid expires this long after its placement. The default, 20 days, is also the maximum that
    /// counts.
    RentalLength max_rental_length = rental_length_max;
    HostStatus status{};  ///< whether bids can run now; by default they can

    friend constexpr bool operator==(const BasicHostCapabilities&,
                                     const BasicHostCapabilities&) = default;
};

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
