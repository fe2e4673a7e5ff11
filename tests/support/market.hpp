// Provides hosts, bids and conditions that many tests share, and short ways to build them.
#pragma once

#include <gigaspot/gigaspot.hpp>

#include "table.hpp"

namespace market {

using namespace gigaspot;
using namespace gigaspot::literals;

inline constexpr Currency bitcoin{1};
inline constexpr Currency doge{2};

/// A GPU with every range, and one that takes only a power limit.
inline constexpr GpuLimits full_gpu{.power_limit = {100_W, 450_W},
                                    .core_lock = {{210_MHz, 2520_MHz}},
                                    .mem_lock = {{405_MHz, 10501_MHz}},
                                    .core_offset = {{-1000_MHz, 200_MHz}},
                                    .mem_offset = {{-2000_MHz, 2000_MHz}}};
inline constexpr GpuLimits plain_gpu{.power_limit = {150_W, 400_W}};

constexpr Rates two_rates(ExchangeRate main, ExchangeRate of_bitcoin) {
    Rates rates{main};
    rates[bitcoin].usd = of_bitcoin;
    return rates;
}

/// With a rate of one unit and free energy, a profit has as many units (1e-20 USD per day) as the
/// price (1e-8 coin per day). So tests can state ties and margins to the last unit.
inline constexpr ExchangeRate unit_rate = ExchangeRate::lowest();

/// At the minimum energy price, 1 W costs 24 x 1e8 units per day.
inline constexpr EnergyPrice unit_energy = EnergyPrice::unchecked(1);
inline constexpr Int128 unit_watt_day = 2'400'000'000;

/// A policy that accepts any price and any profit, so that only the subject of a test decides.
inline constexpr Policy anything_goes{.reserve = Reserve::lowest(), .price_min = {}};

constexpr UsdPerDay units(Int128 count) { return UsdPerDay::unchecked(count); }
constexpr Timestamp at_ms(std::int64_t count) { return Timestamp::unchecked(count); }

}  // namespace market
