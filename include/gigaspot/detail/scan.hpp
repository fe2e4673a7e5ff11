// gigaspot: the best of a host's lines, and the rates at which it stays so, two lines at a time.
// Layer: engine.
//
// Doubles only find the line that must be the best, and exact integers decide where there may be
// several; and doubles bound the interval of the rate, inwards. The vectors are of 16 bytes, which
// every 64-bit machine has, so that no build is slower than another.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>

#include <gigaspot/book.hpp>
#include <gigaspot/config.hpp>
#include <gigaspot/rate_index.hpp>

namespace gigaspot::inline GIGASPOT_ABI::detail {

/// What one watt costs a day, in 1e-20 USD, rounded once.
[[nodiscard]] inline double cost_of_watt(std::int64_t energy_price) {
    return static_cast<double>(energy_price) * 2'400'000'000.0;
}

/// What all lines of a host have in common. All are in the main currency.
struct ScanTerms {
    std::int64_t net_rate = 0;      ///< 1e-12 USD a coin, 0 or more
    std::int64_t energy_price = 0;  ///< 1e-9 USD a kWh
    std::int64_t price_min = 0;     ///< lines below cannot be chosen
    bool require_cached = false;    ///< nor those whose image is not cached
};

inline constexpr double infinity = std::numeric_limits<double>::infinity();

/// Narrows an interval around the present rate to where a winner goes on ranking before lines that
/// meet it at certain rates: `lo_meet` the greatest at which it meets one with a lower price, and
/// `hi_meet` the least at which it meets one with a higher price; an infinity if there is none.
/// Inwards, by more than the rounding of doubles: a host too many may be looked at, never one too
/// few.
inline void narrow_to_meets(double lo_meet, double hi_meet, std::int64_t rate, Interval& stands) {
    constexpr double beyond_all_rates = 2e18;
    constexpr double slack = 1e-15;  // more than four roundings of 2^-53 each
    if (lo_meet > -infinity) {
        const double bound = lo_meet * (1 + slack) + 2;
        std::int64_t lo = 1;  // at 0 prices are worth nothing and ties may be decided otherwise
        if (bound >= beyond_all_rates) {
            lo = rate;
        } else if (bound > 1) {
            lo = static_cast<std::int64_t>(bound);
        }
        if (lo > rate) lo = rate;
        if (lo > stands.lo) stands.lo = lo;
    }
    if (hi_meet < infinity) {
        const double bound = hi_meet * (1 - slack) - 2;
        std::int64_t hi = rate;
        if (bound >= beyond_all_rates) {
            hi = Interval::all().hi;
        } else if (bound > static_cast<double>(rate)) {
            hi = static_cast<std::int64_t>(bound);
        }
        if (hi < stands.hi) stands.hi = hi;
    }
}

/// Two numbers of two lines.
using Doubles [[gnu::vector_size(16)]] = double;
using Words [[gnu::vector_size(16)]] = std::uint64_t;

[[nodiscard]] inline Doubles both(double number) { return Doubles{number, number}; }
// All bits of a word are one where something is so. Compared in this direction alone, and never
// combined before they are words, since g++ 12 otherwise takes vectors apart.
[[nodiscard]] inline Words is_less(Doubles left, Doubles right) {
    return std::bit_cast<Words>(left < right);
}
[[nodiscard]] inline Doubles where(Words mask, Doubles yes, Doubles no) {
    return std::bit_cast<Doubles>((mask & std::bit_cast<Words>(yes)) |
                                  (~mask & std::bit_cast<Words>(no)));
}
[[nodiscard]] inline Doubles greater_of(Doubles left, Doubles right) {
#if defined(__SSE2__)
    return __builtin_ia32_maxpd(left, right);
#else
    return where(is_less(right, left), left, right);
#endif
}
[[nodiscard]] inline Doubles lesser_of(Doubles left, Doubles right) {
#if defined(__SSE2__)
    return __builtin_ia32_minpd(left, right);
#else
    return where(is_less(left, right), left, right);
#endif
}
/// Of words below 2^52, exactly.
[[nodiscard]] inline Doubles to_doubles(Words words) {
    constexpr std::uint64_t two_to_52 = 0x4330'0000'0000'0000;
    return std::bit_cast<Doubles>(words | Words{two_to_52, two_to_52}) - both(0x1p52);
}

/// The lines of one host.
class Scan {
public:
    Scan(std::span<const Line> lines, const ScanTerms& terms)
        : lines_{lines}, terms_{terms}, least_{both(static_cast<double>(terms.price_min))},
          cost_{both(cost_of_watt(terms.energy_price))} {
        const std::uint64_t mask = Line::price_mask | Line::invalid_mask |
                                   (terms.require_cached ? Line::uncached_mask : 0);
        mask_ = Words{mask, mask};
    }

    /// The only line that may be the best, or null: there is none, or there are several.
    ///
    /// Of each profit, price x rate - watts x cost, an upper bound is looked at: both factors are
    /// off by far more than all rounding. If the lower bound of the best is above the upper bounds
    /// of all others, it is the best.
    [[nodiscard]] const Line* sole_best() const {
        const double rate = static_cast<double>(terms_.net_rate);
        const double cost = cost_[0];
        const Doubles high_rate = both(rate * (1 + slack));
        const Doubles low_cost = both(cost * (1 - slack));
        Doubles best = both(-infinity);
        Doubles next = both(-infinity);
        Doubles place = both(0);
        Doubles at{0, 1};
        each_pair([&](const Pair& pair) {
            const Doubles profit =
                where(is_choosable(pair), pair.price * high_rate - pair.watts * low_cost,
                      both(-infinity));
            next = greater_of(next, lesser_of(best, profit));
            place = where(is_less(best, profit), at, place);
            best = greater_of(best, profit);
            at += both(2);
        });
        const int first = best[0] >= best[1] ? 0 : 1;
        if (best[first] == -infinity) return nullptr;
        const Line& line = lines_[static_cast<std::size_t>(place[first])];
        const double low = static_cast<double>(line.price().count()) * (rate * (1 - slack)) -
                           static_cast<double>(line.watts().count()) * (cost * (1 + slack));
        const bool is_sole = low > best[1 - first] && low > next[0] && low > next[1];
        return is_sole ? &line : nullptr;
    }

    /// Narrows an interval to where the best of them goes on ranking before all others.
    void narrow(const Line& best, Interval& stands) const {
        const Doubles price = both(static_cast<double>(best.price().count()));
        const Doubles watts = both(static_cast<double>(best.watts().count()));
        Doubles lo = both(-infinity);
        Doubles hi = both(infinity);
        each_pair([&](const Pair& pair) {
            const Doubles lead = price - pair.price;
            const Doubles meet = cost_ * (watts - pair.watts) / lead;
            const Words counts = is_choosable(pair);
            lo = greater_of(lo, where(counts & is_less(both(0), lead), meet, both(-infinity)));
            hi = lesser_of(hi, where(counts & is_less(lead, both(0)), meet, both(infinity)));
        });
        narrow_to_meets(lo[0] > lo[1] ? lo[0] : lo[1], hi[0] < hi[1] ? hi[0] : hi[1],
                        terms_.net_rate, stands);
    }

private:
    static constexpr double slack = 0x1p-50;  // of a factor, which is rounded four times

    struct Pair {
        Doubles price;  ///< with what speaks against the bid on top of it
        Doubles watts;
    };

    template <class Visit>
    void each_pair(Visit visit) const {
        std::size_t i = 0;
        for (; i + 1 < lines_.size(); i += 2) visit(pair_of(lines_[i], lines_[i + 1]));
        if (i < lines_.size()) visit(pair_of(lines_[i], Line::gap(0)));
    }

    [[nodiscard]] Pair pair_of(const Line& left, const Line& right) const {
        Words first, second;
        std::memcpy(&first, &left, sizeof first);
        std::memcpy(&second, &right, sizeof second);
        const Words prices = __builtin_shufflevector(first, second, 0, 2);
        const Words rest = __builtin_shufflevector(first, second, 1, 3);
        constexpr Words watts{Line::watts_mask, Line::watts_mask};
        return {to_doubles(prices & mask_), to_doubles(rest & watts)};
    }

    [[nodiscard]] Words is_choosable(const Pair& pair) const {
        constexpr double beyond = 0x1p48;
        return ~is_less(pair.price, least_) & is_less(pair.price, both(beyond));
    }

    std::span<const Line> lines_;
    const ScanTerms& terms_;
    Doubles least_, cost_;
    Words mask_{};
};

}  // namespace gigaspot::inline GIGASPOT_ABI::detail
