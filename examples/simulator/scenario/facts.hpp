// gigaspot-simulate: what is known of cards: how fast workloads run at a power limit, and what they
// draw. The figures restate published measurements; facts.cpp names the sources.
#pragma once

#include <span>
#include <string_view>

#include <gigaspot/values/units.hpp>

#include "scenario/scenario.hpp"

namespace simulator {

/// One measured point.
struct CurvePoint {
    int limit = 0;         ///< power limit, W
    Millionths speed = 0;  ///< relative to the speed at the default limit
    int draw = 0;          ///< mean power drawn, W
};

/// How one workload runs on one card. Between points it is interpolated linearly.
struct Curve {
    std::string_view card;
    std::string_view workload;
    std::span<const CurvePoint> points;  ///< by ascending limit

    [[nodiscard]] Millionths speed(int limit) const;
    [[nodiscard]] int draw(int limit) const;
};

/// A card and the range of its power limit.
struct Card {
    std::string_view name;   ///< in scenarios, such as "rtx3090"
    std::string_view model;  ///< as the market names it, such as "RTX 3090"
    int limit_min;           ///< W
    int limit_default;
    int limit_max;
};

[[nodiscard]] std::span<const Card> cards();
[[nodiscard]] std::span<const Curve> curves();
/// Null if it is unknown.
[[nodiscard]] const Card* find_card(std::string_view name);
[[nodiscard]] const Curve* find_curve(std::string_view card, std::string_view workload);

/// Household tariffs and wholesale profiles that scenarios can name instead of hours.
struct HourProfile {
    std::string_view name;
    std::span<const std::int64_t> hours;  ///< 24, 1e-9 USD per kWh
};
[[nodiscard]] std::span<const HourProfile> hour_profiles();

}  // namespace simulator
