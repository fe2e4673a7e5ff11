// gigaspot: the quantities of the market, one type per row of the table in section 2 of the rules.
// Layer: values.
#pragma once

#include <cstdint>
#include <string_view>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/int128.hpp>
#include <gigaspot/values/limits.hpp>
#include <gigaspot/values/quantity.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// Defines how each quantity is counted and which counts are accepted (section 2).
namespace rows {

struct Power {
    using rep = std::int32_t;
    static constexpr int decimals = 0;
    static constexpr rep min = 0;
    static constexpr rep max = 1'000'000;
    static constexpr bool is_above_zero = false;
    static constexpr std::string_view symbol = "W";
};

struct TotalPower : Power {
    using from = Power;
    static constexpr rep max = 1'000'000'000;
};

struct PowerDraw : TotalPower {
    using from = TotalPower;
    static constexpr rep max = TotalPower::max + Power::max;
};

struct Frequency {
    using rep = std::int32_t;
    static constexpr int decimals = 0;
    static constexpr rep min = -1'000'000;
    static constexpr rep max = 1'000'000;
    static constexpr bool is_above_zero = false;
    static constexpr std::string_view symbol = "MHz";
};

struct Price {
    using rep = std::int64_t;
    static constexpr int decimals = 8;
    static constexpr rep min = 0;
    static constexpr rep max = 1'000'000 * rep{100'000'000};
    static constexpr bool is_above_zero = false;
    static constexpr std::string_view symbol = "coin/day";
};

struct EnergyPrice {
    using rep = std::int64_t;
    static constexpr int decimals = 9;
    static constexpr rep max = 1'000 * rep{1'000'000'000};
    static constexpr rep min = -max;
    static constexpr bool is_above_zero = false;
    static constexpr std::string_view symbol = "USD/kWh";
};

struct ExchangeRate {
    using rep = std::int64_t;
    static constexpr int decimals = 12;
    static constexpr rep min = 0;
    static constexpr rep max = 1'000'000 * rep{1'000'000'000'000};
    static constexpr bool is_above_zero = true;
    static constexpr std::string_view symbol = "USD/coin";
};

struct UsdPerDay {
    using rep = Int128;
    static constexpr int decimals = 20;
    static constexpr rep max = detail::int128_max;
    static constexpr rep min = -max;
    static constexpr bool is_above_zero = false;
    static constexpr std::string_view symbol = "USD/day";
};

struct Reserve : UsdPerDay {
    using from = UsdPerDay;
    static constexpr rep max = Int128{1'000'000'000} * 10'000'000'000 * 10'000'000'000;
    static constexpr rep min = -max;
};

struct SwitchMargin : Reserve {
    static constexpr rep min = 0;
};

struct Amount {
    using rep = Int128;
    static constexpr int decimals = 8;
    static constexpr rep min = 0;
    static constexpr rep max = detail::int128_max;
    static constexpr bool is_above_zero = false;
    static constexpr std::string_view symbol = "coin";
};

struct Ppm {
    using rep = std::int32_t;
    static constexpr int decimals = 0;
    static constexpr rep min = 0;
    static constexpr rep max = 1'000'000;
    static constexpr bool is_above_zero = false;
    static constexpr std::string_view symbol = "ppm";
};

struct RentalLength {
    using rep = std::int32_t;
    static constexpr int decimals = 0;
    static constexpr rep min = 1;
    static constexpr rep max = 2'147'483'647;
    static constexpr bool is_above_zero = false;
    static constexpr std::string_view symbol = "s";
};

struct Duration {
    using rep = std::int64_t;
    static constexpr int decimals = 0;
    static constexpr rep min = 0;
    static constexpr rep max = limits::two_to_53;
    static constexpr bool is_above_zero = false;
    static constexpr std::string_view symbol = "ms";
};

struct Timestamp : Duration {};

}  // namespace rows

/// Watts of one GPU, or of a machine without its GPUs: 0 .. 1,000,000.
using Power = Quantity<rows::Power>;
/// Watts of all GPUs of a host: 0 .. 1,000,000,000.
using TotalPower = Quantity<rows::TotalPower>;
/// Watts of a whole host: 0 .. 1,001,000,000.
using PowerDraw = Quantity<rows::PowerDraw>;
/// MHz of a lock or an offset: -1,000,000 .. 1,000,000.
using Frequency = Quantity<rows::Frequency>;
/// A price, in counts of 1e-8 coin per day: 0 .. 1,000,000 coins per day.
using Price = Quantity<rows::Price>;
/// An energy price, in counts of 1e-9 USD per kWh: -1,000 .. 1,000 USD per kWh. Below 0, drawing
/// power earns money.
using EnergyPrice = Quantity<rows::EnergyPrice>;
/// An exchange rate, in counts of 1e-12 USD per coin: above 0, up to 1,000,000 USD.
using ExchangeRate = Quantity<rows::ExchangeRate>;
/// A profit, an income or a cost, in counts of 1e-20 USD per day, 128 bits.
using UsdPerDay = Quantity<rows::UsdPerDay>;
/// A reserve, in counts of 1e-20 USD per day: -1,000,000,000 .. 1,000,000,000 USD per day.
using Reserve = Quantity<rows::Reserve>;
/// A switch margin, in counts of 1e-20 USD per day: 0 .. 1,000,000,000 USD per day.
using SwitchMargin = Quantity<rows::SwitchMargin>;
/// A charge, in counts of 1e-8 coin, 128 bits, never negative.
using Amount = Quantity<rows::Amount>;
/// Parts per million, for a relative margin or a fee: 0 .. 1,000,000.
using Ppm = Quantity<rows::Ppm>;
/// A rental length in seconds: 1 .. 2,147,483,647.
using RentalLength = Quantity<rows::RentalLength>;
/// A duration in milliseconds: 0 .. 2^53.
using Duration = Quantity<rows::Duration>;
/// A time in milliseconds since 1970-01-01 UTC: 0 .. 2^53.
using Timestamp = Quantity<rows::Timestamp>;

/// Adds amounts of USD per day. Sums over one host stay far below the limit of 128 bits; `Totals`
/// sums over many hosts.
constexpr UsdPerDay operator+(UsdPerDay left, UsdPerDay right) {
    return UsdPerDay::unchecked(left.count() + right.count());
}
/// Subtracts amounts of USD per day. Differences over one host stay far below the limit of 128
/// bits.
constexpr UsdPerDay operator-(UsdPerDay left, UsdPerDay right) {
    return UsdPerDay::unchecked(left.count() - right.count());
}

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
