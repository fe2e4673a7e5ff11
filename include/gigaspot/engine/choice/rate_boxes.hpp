// gigaspot: boxes of exchange rates, inside which choices of hosts with bids in other currencies
// are known. Layer: engine/choice.
#pragma once

#include <cstddef>
#include <cstdint>

#include <gigaspot/base/config.hpp>
#include <gigaspot/engine/store/rate_levels.hpp>
#include <gigaspot/rules/profit.hpp>
#include <gigaspot/values/currency.hpp>
#include <gigaspot/values/limits.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// One box of rates for each level, for all hosts together. It has an interval around the present
/// rate of each currency except the main one. The intervals of a level are by the same share above
/// and below the rate at which they were made. When a rate leaves its interval, the box gets a new
/// number and a new interval of this currency, and so do all smaller boxes, as if they lay inside.
/// The main rate has no interval, except that the smallest box is left when it moves.
///
/// A host remembers the level and the number of a box. While the number is the same, all rates are
/// in the box.
class RateBoxes {
public:
    static constexpr std::int64_t missing = -1;

    /// The interval of a currency, without and with its fee, in 1e-12 USD per coin.
    struct Sides {
        std::int64_t gross_lo = missing;
        std::int64_t gross_hi = missing;
        std::int64_t net_lo = missing;
        std::int64_t net_hi = missing;
    };

    /// Returns by how much a rate may move inside a box that was made at this rate.
    [[nodiscard]] static constexpr std::int64_t room(std::uint8_t level, std::int64_t rate) {
        // 1/16, 1/32, 1/64, 1/128, 1/256 and 1/1024 of the rate, and nothing.
        constexpr int shifts[rate_levels] = {4, 5, 6, 7, 8, 10, 63, 63};
        return rate >> shifts[level];
    }

    [[nodiscard]] const Sides& of(std::uint8_t level, Currency currency) const {
        return boxes_[level].sides[currency.number];
    }
    [[nodiscard]] std::uint32_t number(std::uint8_t level) const { return boxes_[level].number; }

    /// Call this when the rate of a currency has changed. A rate can be `missing`.
    void move(Currency currency, std::int64_t gross, Ppm fee) {
        if (currency == main_currency) return leave(level_of_present);
        std::uint8_t level = 0;
        while (contains(boxes_[level].sides[currency.number], gross)) ++level;
        leave(level);
        for (; level < rate_levels; ++level) {
            Sides& sides = boxes_[level].sides[currency.number];
            sides = {};
            if (gross == missing) continue;
            const std::int64_t half = room(level, gross);
            sides.gross_lo = gross - half;
            sides.gross_hi = gross + half < highest ? gross + half : highest;
            sides.net_lo = net_rate_count(ExchangeRate::unchecked(sides.gross_lo), fee);
            sides.net_hi = net_rate_count(ExchangeRate::unchecked(sides.gross_hi), fee);
        }
    }
    /// Returns the level of the largest box that the rates have left since the last call, or
    /// `no_level`.
    [[nodiscard]] std::uint8_t take_left() {
        const std::uint8_t level = first_left_;
        first_left_ = no_level;
        return level;
    }

private:
    static constexpr std::int64_t highest = ExchangeRate::highest().count();

    struct Box {
        std::uint32_t number = 0;
        Sides sides[limits::currencies_max]{};
    };

    void leave(std::uint8_t level) {
        for (std::uint8_t i = level; i < rate_levels; ++i) ++boxes_[i].number;
        if (level < first_left_) first_left_ = level;
    }
    static bool contains(const Sides& sides, std::int64_t gross) {
        return sides.gross_lo <= gross && gross <= sides.gross_hi;
    }

    Box boxes_[rate_levels]{};
    std::uint8_t first_left_ = no_level;
};

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
