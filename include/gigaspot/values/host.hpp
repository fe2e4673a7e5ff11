// gigaspot: a host and what it allows. Layer: values. Rules of the market, sections 1 and 9.
#pragma once

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/fixed_vector.hpp>
#include <gigaspot/values/fwd.hpp>
#include <gigaspot/values/overclock.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// Whether a host can run bids now.
struct HostStatus {
    bool online = true;             ///< it can be reached
    bool on_demand_rented = false;  ///< rented otherwise than by a bid, which goes before
    bool working_properly = true;   ///< as its marketplace judges

    /// Whether a bid may run on it now.
    [[nodiscard]] constexpr bool is_available() const {
        return online && !on_demand_rented && working_properly;
    }

    friend constexpr bool operator==(const HostStatus&, const HostStatus&) = default;
};

/// No bid lives longer than this, nor longer than its host's maximum (section 7).
inline constexpr RentalLength rental_length_max = RentalLength::unchecked(20 * 24 * 60 * 60);

/// A machine as its owner offers it: GPU *i* of `gpus` belongs to profile *i* of a bid.
template <MarketTraits Traits>
struct BasicHostCapabilities {
    typename Traits::HostId id{};
    FixedVector<BasicGpuLimits<Traits>, Traits::gpus_max> gpus{};
    EnergyPrice energy_price{};  ///< what its owner pays for electricity
    Price min_bid{};             ///< in the main currency
    Power base_power{};          ///< what the machine draws besides its GPUs
    RentalLength max_rental_length = rental_length_max;  ///< a bid on it expires after that
    HostStatus status{};

    friend constexpr bool operator==(const BasicHostCapabilities&,
                                     const BasicHostCapabilities&) = default;
};

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
