// gigaspot-simulate: what the strategies offer. Pure functions of what a renter sees.
#pragma once

#include <cstdint>
#include <optional>

#include <gigaspot/values/units.hpp>

#include "scenario/scenario.hpp"

namespace simulator {

/// What a renter sees of one host, all in coins per day and multiples of the tick.
struct Sight {
    gigaspot::Price value{};   ///< V: what a day on the host is worth to the renter
    gigaspot::Price lowest{};  ///< E: the lowest price that the host accepts
    /// The lowest price that wins the next close; nothing if no price wins.
    std::optional<gigaspot::Price> to_win{};
    std::optional<gigaspot::Price> own{};  ///< of the renter's bid on the host
    gigaspot::Price tick{};
    /// For `careful`: what one lost run costs, spread over the time that the job still needs.
    gigaspot::Price loss{};
};

/// Whether a strategy asks for the price that wins.
[[nodiscard]] constexpr bool asks_for_price(Strategy strategy) {
    return strategy == Strategy::price_to_win || strategy == Strategy::snipe ||
           strategy == Strategy::careful;
}

/// Whether a strategy changes its offer while it waits. The others offer once.
[[nodiscard]] constexpr bool reviews(Strategy strategy) {
    return strategy == Strategy::raise || asks_for_price(strategy);
}

/// The price that a renter offers now, a multiple of the tick; nothing: it does not bid, or keeps
/// the bid that it has.
[[nodiscard]] std::optional<gigaspot::Price> price_for(const RenterKind& renter,
                                                       const Sight& sight);

}  // namespace simulator
