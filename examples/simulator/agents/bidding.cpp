// gigaspot-simulate: what the strategies offer.
#include "agents/bidding.hpp"

#include <algorithm>

#include <gigaspot/base/int128.hpp>

namespace simulator {
namespace {

using gigaspot::Price;

Price rounded_down(gigaspot::Int128 count, Price tick) {
    return Price::unchecked(static_cast<Price::rep>(count / tick.count() * tick.count()));
}

Price plus(Price left, Price right) { return Price::unchecked(left.count() + right.count()); }

/// A share of a price, at least one tick.
Price step_of(Price price, Millionths share, Price tick) {
    return std::max(rounded_down(gigaspot::Int128{price.count()} * share / one, tick), tick);
}

std::optional<Price> raised(const RenterKind& renter, const Sight& sight) {
    if (!sight.own) return sight.lowest;
    const Price next = plus(*sight.own, step_of(sight.value, renter.step, sight.tick));
    return std::min(next, sight.value);
}

std::optional<Price> careful(const Sight& sight) {
    const Price next = plus(*sight.to_win, rounded_down(sight.loss.count(), sight.tick));
    if (next > sight.value) return std::nullopt;
    return next;
}

}  // namespace

std::optional<Price> price_for(const RenterKind& renter, const Sight& sight) {
    if (sight.value < sight.lowest) return std::nullopt;
    if (asks_for_price(renter.strategy) && (!sight.to_win || *sight.to_win > sight.value))
        return std::nullopt;
    switch (renter.strategy) {
    case Strategy::truthful: return sight.value;
    case Strategy::shade: {
        const gigaspot::Int128 gain = sight.value.count() - sight.lowest.count();
        return plus(sight.lowest, rounded_down(gain * renter.offer / one, sight.tick));
    }
    case Strategy::raise: return raised(renter, sight);
    case Strategy::price_to_win:
    case Strategy::snipe: return sight.to_win;
    case Strategy::careful: return careful(sight);
    }
    return std::nullopt;
}

}  // namespace simulator
