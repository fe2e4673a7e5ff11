// gigaspot: the rates at which the best bid of a host stays before its rivals. Layer:
// engine/choice. Rules of the market, sections 4 to 6.
#pragma once

#include <cstdint>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/int128.hpp>
#include <gigaspot/engine/choice/profits.hpp>
#include <gigaspot/engine/choice/scan.hpp>
#include <gigaspot/engine/store/interval.hpp>
#include <gigaspot/engine/store/store.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// Compares the best bid with one other bid at all rates. Bids in the main currency meet at one
/// rate. For others, a condition must hold in a box of the other currencies' rates.
template <class Traits, class Allocator>
class Rivals : public Profits<Traits, Allocator> {
    using Base = Profits<Traits, Allocator>;

public:
    using Host = HostRecord<Traits>;

    using Base::Base;

protected:
    using Base::above_price_min, Base::below_price_min, Base::cost_of, Base::has_flags,
        Base::is_choosable;
    using Base::is_in_main, Base::moves_of_main, Base::price_min, Base::state_;

    /// Whether the best bid has a higher profit than another one at all rates of its interval, so
    /// that the other one changes nothing. A difference of profits is linear in the rate, so its
    /// sign at one end of the interval is enough. This proves it for most bids with two products of
    /// doubles; false means only that the caller must compare exactly.
    [[nodiscard, gnu::always_inline]] bool surely_loses(const Host& host, BookEntry entry) const {
        const TopBid<Traits>& top = host.top;
        if (!BookEntry::are_in_main(top.entry, entry)) return false;
        constexpr double slack = 0x1p-50;  // more than four roundings of 2^-53 each
        const std::int64_t lead = top.entry.price().count() - entry.price().count();
        const std::int64_t* end = lead > 0 ? &top.interval.lo : &top.interval.hi;
        asm("" : "+r"(end));  // so that it is chosen without a branch, which nothing can predict
        const double income = static_cast<double>(lead) * static_cast<double>(*end);
        const double cost = cost_of_watt(host.energy_price.count()) *
                            static_cast<double>(top.entry.watts().count() - entry.watts().count());
        return income - cost > (__builtin_fabs(income) + __builtin_fabs(cost)) * slack;
    }

    /// Narrows an interval to the rates at which `winner` still ranks before `loser`. Both must be
    /// in the main currency.
    void narrow_by_rival(const Host& host, BookEntry winner, BookEntry loser,
                         Interval& interval) const {
        const std::int64_t price_lead = winner.price().count() - loser.price().count();
        if (price_lead == 0) return;  // the order is the same at every rate
        // Both profits are equal at the rate at which the price difference pays for the watts.
        const double more = cost_of_watt(host.energy_price.count()) *
                            static_cast<double>(winner.watts().count() - loser.watts().count());
        const double meet = more / static_cast<double>(price_lead);
        narrow_to_meets(price_lead > 0 ? meet : -infinity, price_lead > 0 ? infinity : meet,
                        state_.rates.main(), interval);
    }

    /// Whether another entry can become better than the best one, or choosable, when rates move.
    /// If the best one is in the main currency, this is for entries in other currencies only.
    [[nodiscard]] bool can_rival(const Host& host, BookEntry best, BookEntry entry) const {
        if (is_in_main(entry))
            return !is_in_main(best) && has_flags(entry) && entry.price() >= price_min(host);
        if (!has_flags(entry) || state_.rates[entry.currency()] == NetRates::missing) return false;
        // Bids with the same price in the same currency keep their order.
        return entry.currency() != best.currency() || entry.price() != best.price();
    }
    /// Whether the best entry stays before another one in a box, and the other one does not become
    /// choosable if there is no best one.
    [[nodiscard]] bool stays_before(const Host& host, BookEntry best, BookEntry entry,
                                    std::uint8_t level) const {
        const Interval moves = moves_of_main(level);
        if (best.bid() != no_slot) {
            const Line line = leads(host, best, entry, level);
            if (line.holds_at(moves.lo) && line.holds_at(moves.hi)) return true;
        }
        return !is_choosable(host, entry) && contains(below_price_min(host, entry, level), moves);
    }
    /// Narrows an interval to the rates at which `stays_before` is true.
    void narrow_by_rival(const Host& host, BookEntry best, BookEntry entry, std::uint8_t level,
                         Interval& interval) const {
        Interval its = Interval::none();
        if (best.bid() != no_slot) {
            const Line line = leads(host, best, entry, level);
            if (line.holds_at(interval.lo) && line.holds_at(interval.hi)) return;
            its = line.rates();
        }
        if (!is_choosable(host, entry)) {
            const Interval below = below_price_min(host, entry, level);
            if (below.lo < its.lo) its = below;
        }
        intersect(interval, its);
    }
    void narrow_to_price_min(const Host& host, BookEntry entry, std::uint8_t level,
                             Interval& interval) const {
        if (!is_in_main(entry)) intersect(interval, above_price_min(host, entry, level));
    }

private:
    /// Returns the rates at which the best entry has a higher profit than another one.
    [[nodiscard]] Line leads(const Host& host, BookEntry best, BookEntry entry,
                             std::uint8_t level) const {
        Line line{.offset = 1 - cost_of(host, entry.watts().count() - best.watts().count())};
        const Int128 of_best = best.price().count();
        const Int128 of_entry = entry.price().count();
        Base::add_incomes(line, of_entry, entry.currency(), -of_best, best.currency(), level);
        return line;
    }
};

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
