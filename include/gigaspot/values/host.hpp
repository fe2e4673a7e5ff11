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

/// What decides whether a host can run bids now.
struct HostStatus {
    bool online = true;             ///< the host can be reached
    bool on_demand_rented = false;  ///< rented without a bid; such a rental has priority
    bool working_properly = true;   ///< in the judgement of the marketplace

    /// Whether a bid may run on the host now.
    [[nodiscard]] constexpr bool is_available() const {
        return online && !on_demand_rented && working_properly;
    }

    friend constexpr bool operator==(const HostStatus&, const HostStatus&) = default;
};

/// The maximum lifetime of a bid: 20 days, or its host's maximum if that is shorter (section 7).
inline constexpr RentalLength rental_length_max = RentalLength::unchecked(20 * 24 * 60 * 60);

/// A machine as its owner offers it. GPU *i* of `gpus` gets profile *i* of a bid.
template <MarketTraits Traits>
struct BasicHostCapabilities {
    typename Traits::HostId id{};
    FixedVector<BasicGpuLimits<Traits>, Traits::gpus_max> gpus{};
    EnergyPrice energy_price{};  ///< what its owner pays for electricity; below 0: is paid
    Price min_bid{};             ///< in the main currency
    Power base_power{};          ///< draw of the machine without its GPUs
    RentalLength max_rental_length =
        rental_length_max;  ///< a bid expires this long after its placement
    HostStatus status{};

    friend constexpr bool operator==(const BasicHostCapabilities&,
                                     const BasicHostCapabilities&) = default;
};

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
