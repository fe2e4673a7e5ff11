// gigaspot: scans a host's entries for the best bid and its interval, with vectors. Layer:
// engine/choice.
//
// Doubles never decide: they name an entry only if it must be the best, and otherwise the caller
// compares exactly. They also narrow the interval of rates, rounded inwards. The kind of vector is
// chosen at run time, so that one build is fast on all processors. Other vectors may round an
// interval by some units differently, but never change a choice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include <gigaspot/base/config.hpp>
#include <gigaspot/engine/store/book.hpp>
#include <gigaspot/engine/store/interval_index.hpp>
#include <gigaspot/engine/store/memory.hpp>

#if (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__ == 1) ||                                \
    defined(__RECIPROCAL_MATH__) || defined(__ASSOCIATIVE_MATH__)
#error "gigaspot needs doubles that round as IEEE 754 says: compile without -ffast-math"
#endif

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// Returns what one watt costs in 1e-20 USD per day, rounded once. It is below 0 if the energy
/// price is.
[[nodiscard]] inline double cost_of_watt(std::int64_t energy_price) {
    return static_cast<double>(energy_price) * 2'400'000'000.0;
}

/// The terms of a host that a scan needs. A scan omits bids in other currencies.
struct ScanTerms {
    std::int64_t net_rate = 0;      ///< 1e-12 USD per coin, 0 or more
    std::int64_t energy_price = 0;  ///< 1e-9 USD per kWh, can be below 0
    std::int64_t price_min = 0;     ///< lower prices cannot be chosen
    bool require_cached = false;    ///< uncached bids cannot be chosen
    bool has_foreign = false;       ///< some bids may be in other currencies
};

inline constexpr double infinity = std::numeric_limits<double>::infinity();

/// Narrows an interval around the present rate to where a winner still ranks before its rivals. Two
/// bids meet at the rate at which their profits are equal. `lo_meet` is the highest rate at which
/// the winner meets a rival with a lower price, or -infinity. `hi_meet` is the lowest rate at which
/// it meets a rival with a higher price, or infinity. The limits are rounded inwards by more than
/// the error of doubles: a host may be checked without need, but none is missed.
inline void narrow_to_meets(double lo_meet, double hi_meet, std::int64_t rate, Interval& interval) {
    constexpr double beyond_all_rates = 2e18;
    constexpr double slack = 1e-15;  // more than four roundings of 2^-53 each
    if (lo_meet > -infinity) {
        const double bound = lo_meet * (1 + slack) + 2;
        std::int64_t lo = 1;  // at 0 prices are worth nothing, and other ties decide
        if (bound >= beyond_all_rates) {
            lo = rate;
        } else if (bound > 1) {
            lo = static_cast<std::int64_t>(bound);
        }
        if (lo > rate) lo = rate;
        if (lo > interval.lo) interval.lo = lo;
    }
    if (hi_meet < infinity) {
        const double bound = hi_meet * (1 - slack) - 2;
        std::int64_t hi = rate;
        if (bound >= beyond_all_rates) {
            hi = Interval::all().hi;
        } else if (bound > static_cast<double>(rate)) {
            hi = static_cast<std::int64_t>(bound);
        }
        if (hi < interval.hi) interval.hi = hi;
    }
}

/// Vectors of numbers of several entries. They are passed by reference: how they are passed by
/// value depends on compiler options.
template <std::size_t lanes>
using Doubles [[gnu::vector_size(8 * lanes)]] = double;
template <std::size_t lanes>
using Words [[gnu::vector_size(8 * lanes)]] = std::uint64_t;

/// A scan of one host's entries, `lanes` entries at a time.
template <std::size_t lanes>
class Scan {
public:
    [[gnu::always_inline]] Scan(const BookEntries& entries, const ScanTerms& terms)
        : entries_{entries}, terms_{terms} {
        const std::uint64_t wanted =
            BookEntry::valid_mask | (terms.require_cached ? BookEntry::cached_mask : 0);
        mask_ = Words<lanes>{} + (BookEntry::price_mask | wanted);
        zero_ = Doubles<lanes>{} + (0x1p52 + static_cast<double>(wanted));
        lowest_ = Doubles<lanes>{} + static_cast<double>(terms.price_min);
    }

    /// Returns the entry that must be the best, or null if there is none or several are too close.
    ///
    /// A profit is price x rate - watts x cost. The scan computes an upper bound of each: the rate
    /// is increased and the cost decreased by far more than all rounding errors. If the lower bound
    /// of the best is above the upper bounds of all others, it is the best. A cost below 0 is
    /// decreased by making it larger in size.
    [[nodiscard, gnu::always_inline]] const BookEntry* sole_best() const {
        constexpr double slack = 0x1p-50;  // more than four roundings of 2^-53 each
        const auto rate = static_cast<double>(terms_.net_rate);
        const double cost = cost_of_watt(terms_.energy_price);
        const double high_rate = rate * (1 + slack);
        const double cost_slack = cost < 0 ? -slack : slack;
        const double low_cost = cost * (1 - cost_slack);
        const Doubles<lanes> none = Doubles<lanes>{} - infinity;
        Doubles<lanes> best = none;
        Doubles<lanes> next = none;
        Words<lanes> place{};
        // Blocks lie at random places, and processors prefetch only what follows in memory.
        std::uint32_t ahead = entries_.first_block();
        const auto fetch_one_ahead = [&]() __attribute__((always_inline)) {
            if (ahead == no_block) return;
            fetch_slot(&entries_.block(ahead), 0);
            ahead = entries_.after(ahead);
        };
        for (int i = 0; i < blocks_ahead && ahead != no_block; ++i) fetch_one_ahead();
        for_each(
            fetch_one_ahead, [&](const Doubles<lanes>& price, const Doubles<lanes>& watts,
                                 const Words<lanes>& number) __attribute__((always_inline)) {
                Doubles<lanes> profit = price * high_rate - watts * low_cost;
                profit = lowest_ <= price ? profit : none;
                const Doubles<lanes> lesser = profit < best ? profit : best;
                next = next < lesser ? lesser : next;
                place = best < profit ? number : place;
                best = best < profit ? profit : best;
            });
        std::size_t lane = 0;
        for (std::size_t i = 1; i < lanes; ++i) lane = best[i] > best[lane] ? i : lane;
        if (best[lane] == -infinity) return nullptr;
        const BookEntry& entry =
            entries_.entry(static_cast<std::uint32_t>(place[lane] + entry_in(lane)));
        const double low = static_cast<double>(entry.price().count()) * (rate * (1 - slack)) -
                           static_cast<double>(entry.watts().count()) * (cost * (1 + cost_slack));
        best[lane] = next[lane];  // now `best` has the best of all others
        double rival = best[0];
        for (std::size_t i = 1; i < lanes; ++i) rival = best[i] > rival ? best[i] : rival;
        return low > rival ? &entry : nullptr;
    }

    /// Narrows an interval to the rates at which `best` still ranks before all others.
    [[gnu::always_inline]] void narrow_by_all(const BookEntry& best, Interval& interval) const {
        const auto best_price = static_cast<double>(best.price().count());
        const auto best_watts = static_cast<double>(best.watts().count());
        const double cost = cost_of_watt(terms_.energy_price);
        const Doubles<lanes> nought{};
        Doubles<lanes> lo = nought - infinity;
        Doubles<lanes> hi = nought + infinity;
        const auto nothing = [] {};
        for_each(
            nothing, [&](const Doubles<lanes>& price, const Doubles<lanes>& watts,
                         const Words<lanes>&) __attribute__((always_inline)) {
                // A lead of 0 makes an entry that cannot be chosen meet nowhere.
                Doubles<lanes> lead = best_price - price;
                lead = lowest_ <= price ? lead : nought;
                const Doubles<lanes> meet = cost * (best_watts - watts) / lead;
                const Doubles<lanes> above = nought < lead ? meet : lo;
                const Doubles<lanes> below = lead < nought ? meet : hi;
                lo = lo < above ? above : lo;
                hi = below < hi ? below : hi;
            });
        double lo_meet = lo[0];
        double hi_meet = hi[0];
        for (std::size_t i = 1; i < lanes; ++i) {
            lo_meet = lo[i] > lo_meet ? lo[i] : lo_meet;
            hi_meet = hi[i] < hi_meet ? hi[i] : hi_meet;
        }
        narrow_to_meets(lo_meet, hi_meet, terms_.net_rate, interval);
    }

private:
    static constexpr int blocks_ahead = 32;

    /// Returns which of the entries loaded together is in a lane.
    static constexpr std::size_t entry_in(std::size_t lane) {
        return lane / 2 + (lane % 2) * (lanes / 2);
    }

    /// Calls `begin()` for each block, and `look(prices, watts, number)` for each `lanes` entries
    /// of it; `number` is the number of the first of them.
    template <class Begin, class Look>
    [[gnu::always_inline]] void for_each(Begin begin, Look look) const {
        terms_.has_foreign ? for_each_of<true>(begin, look) : for_each_of<false>(begin, look);
    }
    template <bool has_foreign, class Begin, class Look>
    [[gnu::always_inline]] void for_each_of(Begin begin, Look look) const {
        for (std::uint32_t at = entries_.first_block(); at != no_block;) {
            const EntryBlock& block = entries_.block(at);
            const Words<lanes> number = Words<lanes>{} + std::uint64_t{at} * entries_in_block;
            begin();
            at = entries_.after(at);
            for (std::size_t i = 0; i < entries_in_block; i += lanes) {
                Doubles<lanes> price;
                Doubles<lanes> watts;
                load<has_foreign>(&block.entries[i], price, watts);
                look(price, watts, number + i);
            }
        }
    }

    /// Loads prices and watts. The price of an entry that cannot be chosen or is in another
    /// currency becomes negative.
    template <bool has_foreign>
    [[gnu::always_inline]] void load(const BookEntry* entries, Doubles<lanes>& price,
                                     Doubles<lanes>& watts) const {
        Words<lanes> first;
        Words<lanes> second;
        __builtin_memcpy(&first, entries, sizeof(first));
        __builtin_memcpy(&second, entries + lanes / 2, sizeof(second));
        Words<lanes> prices;
        Words<lanes> others;
        if constexpr (lanes == 2) {
            prices = __builtin_shufflevector(first, second, 0, 2);
            others = __builtin_shufflevector(first, second, 1, 3);
        } else if constexpr (lanes == 4) {
            prices = __builtin_shufflevector(first, second, 0, 4, 2, 6);
            others = __builtin_shufflevector(first, second, 1, 5, 3, 7);
        } else {
            prices = __builtin_shufflevector(first, second, 0, 8, 2, 10, 4, 12, 6, 14);
            others = __builtin_shufflevector(first, second, 1, 9, 3, 11, 5, 13, 7, 15);
        }
        // An integer below 2^52 makes the low bits of a double from 2^52 on.
        constexpr std::uint64_t two_to_52 = 0x4330'0000'0000'0000;
        const Words<lanes> price_bits = (prices & mask_) | two_to_52;
        const Words<lanes> watt_bits = (others & BookEntry::watts_mask) | two_to_52;
        __builtin_memcpy(&price, &price_bits, sizeof(price));
        __builtin_memcpy(&watts, &watt_bits, sizeof(watts));
        price -= zero_;
        watts -= 0x1p52;
        if constexpr (has_foreign)
            price = (prices & BookEntry::currency_mask) == 0 ? price : -zero_;
    }

    const BookEntries& entries_;
    const ScanTerms& terms_;
    Words<lanes> mask_;      ///< the bits of a price, and the flags that an entry needs
    Doubles<lanes> zero_;    ///< a price of 0 with these flags
    Doubles<lanes> lowest_;  ///< the minimum price
};
static_assert(sizeof(BookEntry) == 16);

// --- A scan for each kind of vector ---

#if defined(__x86_64__)
[[nodiscard, gnu::target("avx512f,avx512dq,avx512vl")]] inline const BookEntry* sole_best_of_eight(
    const BookEntries& entries, const ScanTerms& terms) {
    return Scan<8>{entries, terms}.sole_best();
}
[[gnu::target("avx512f,avx512dq,avx512vl")]] inline void narrow_by_eight(const BookEntries& entries,
                                                                         const ScanTerms& terms,
                                                                         const BookEntry& best,
                                                                         Interval& interval) {
    Scan<8>{entries, terms}.narrow_by_all(best, interval);
}
[[nodiscard, gnu::target("avx2")]] inline const BookEntry* sole_best_of_four(
    const BookEntries& entries, const ScanTerms& terms) {
    return Scan<4>{entries, terms}.sole_best();
}
[[gnu::target("avx2")]] inline void narrow_by_four(const BookEntries& entries,
                                                   const ScanTerms& terms, const BookEntry& best,
                                                   Interval& interval) {
    Scan<4>{entries, terms}.narrow_by_all(best, interval);
}
[[nodiscard]] inline bool has_eight_lanes() {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl");
}
/// For fewer entries, four lanes were faster.
inline constexpr std::size_t eight_lanes_from = 32;
[[nodiscard]] inline bool has_four_lanes() { return __builtin_cpu_supports("avx2"); }
#endif

/// `Scan::sole_best` with the vectors of this processor.
[[nodiscard]] inline const BookEntry* sole_best(const BookEntries& entries,
                                                const ScanTerms& terms) {
#if defined(__x86_64__)
    if (entries.size() >= eight_lanes_from && has_eight_lanes())
        return sole_best_of_eight(entries, terms);
    if (has_four_lanes()) return sole_best_of_four(entries, terms);
#endif
    return Scan<2>{entries, terms}.sole_best();
}

/// `Scan::narrow_by_all` with the vectors of this processor.
inline void narrow_by_all(const BookEntries& entries, const ScanTerms& terms, const BookEntry& best,
                          Interval& interval) {
#if defined(__x86_64__)
    if (entries.size() >= eight_lanes_from && has_eight_lanes())
        return narrow_by_eight(entries, terms, best, interval);
    if (has_four_lanes()) return narrow_by_four(entries, terms, best, interval);
#endif
    Scan<2>{entries, terms}.narrow_by_all(best, interval);
}

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
