// Mixing quantities or ids of different kinds does not compile.
// mistake 1: no match for 'operator\+'|invalid operands to binary expression
// mistake 2: no match for 'operator<'|invalid operands to binary expression
// mistake 3: from 'Quantity<[^']*EnergyPrice>' to
// mistake 4: conversion from 'Id<[^']*HostKind>' to
// mistake 5: no match for 'operator=='|invalid operands to binary expression
// mistake 6: no match for 'operator='|no viable overloaded '='

#include <gigaspot/values/literals.hpp>
#include <gigaspot/values/traits.hpp>
#include <gigaspot/values/units.hpp>

using namespace gigaspot::literals;

constexpr gigaspot::UsdPerDay sum = 1_usd_per_day + 2_usd_per_day;
static_assert(5_W < 6_W);
constexpr gigaspot::Price price = 1_coin_per_day;
constexpr gigaspot::BidId bid = 7;
static_assert(bid == 7);

#if MISTAKE == 1
constexpr auto sum_of_limits = 5_W + 6_W;  // would need a wider type: TotalPower
#elif MISTAKE == 2
static_assert(5_W < 6_MHz);
#elif MISTAKE == 3
constexpr gigaspot::Price other_price = 0.11_usd_per_kWh;
#elif MISTAKE == 4
constexpr gigaspot::BidId other_bid = gigaspot::HostId{7};
#elif MISTAKE == 5
static_assert(bid == gigaspot::OwnerId{7});
#elif MISTAKE == 6
void set(gigaspot::Power& power) { power = 300; }
#endif
