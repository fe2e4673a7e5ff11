// gigaspot: profits of a host's entries at the present rates, and the rates at which they compare
// in the same way. Layer: engine/choice. Rules of the market, sections 3 to 5.
#pragma once

#include <cstdint>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/int128.hpp>
#include <gigaspot/engine/choice/market_state.hpp>
#include <gigaspot/engine/choice/rate_boxes.hpp>
#include <gigaspot/engine/store/interval.hpp>
#include <gigaspot/engine/store/store.hpp>
#include <gigaspot/rules/profit.hpp>
#include <gigaspot/values/currency.hpp>
#include <gigaspot/values/policy.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// The condition slope x r + offset <= 0 for the net rate r of the main currency.
struct Line {
    Int128 slope = 0;
    Int128 offset = 0;

    [[nodiscard]] bool holds_at(std::int64_t rate) const { return slope * rate + offset <= 0; }
    [[nodiscard]] Interval rates() const { return at_most_zero(slope, offset); }
};

/// Computes profits exactly. Most conditions are for a box of the other currencies' rates
/// (`RateBoxes`): they hold for all rates in the box of this level.
template <class Traits, class Allocator>
class Profits {
public:
    using Host = HostRecord<Traits>;

    explicit Profits(MarketState<Traits, Allocator>& state) : state_{state} {}

    /// Returns the profit of an entry at the present rates, in 1e-20 USD per day. The entry's
    /// currency must have a rate.
    [[nodiscard]] Int128 profit(const Host& host, BookEntry entry) const {
        std::int64_t price = entry.price().count();
        asm("" : "+r"(price));  // g++ 12 takes one product instead of two if it sees no mask
        return Int128{price} * state_.rates[entry.currency()] - cost(host, entry);
    }

protected:
    /// Returns what watts, or a difference of watts, cost in 1e-20 USD per day. It is below 0 for
    /// watts above 0 if the energy price is.
    static Int128 cost_of(const Host& host, std::int64_t watts) {
        // 2.4e9, so that a single product needs 128 bits.
        constexpr std::int64_t odd_factor = 1'171'875;
        constexpr std::int64_t power_of_two = 2'048;
        return Int128{watts} * (host.energy_price.count() * odd_factor) * power_of_two;
    }
    static Int128 cost(const Host& host, BookEntry entry) {
        return cost_of(host, std::int64_t{entry.watts().count()} + host.base_power.count());
    }
    /// Whether an entry costs no more than another. If the energy price is below 0, more watts cost
    /// less. This needs no product of 128 bits.
    static bool costs_no_more(const Host& host, BookEntry entry, BookEntry other) {
        return host.energy_price < EnergyPrice{} ? entry.watts() >= other.watts()
                                                 : entry.watts() <= other.watts();
    }

    /// Returns the minimum price in the main currency.
    [[nodiscard]] Price price_min(const Host& host) const {
        const Price of_market = state_.conditions.policy.price_min;
        return of_market > host.min_bid ? of_market : host.min_bid;
    }

    /// Checks the conditions of section 5 except for the host's status, expiry and the reserve.
    [[nodiscard, gnu::always_inline]] bool is_choosable(const Host& host, BookEntry entry) const {
        if (!has_flags(entry)) return false;
        if (state_.rates.main() == NetRates::missing) return false;
        if (is_in_main(entry)) return entry.price() >= price_min(host);
        return is_foreign_choosable(host, entry);
    }
    static bool is_in_main(BookEntry entry) { return entry.is_in_main(); }
    /// Whether an entry has the flags that a choice needs. A gap has not.
    [[nodiscard, gnu::always_inline]] bool has_flags(BookEntry entry) const {
        return entry.is_overclock_valid() &&
               (!state_.conditions.policy.require_cached || entry.is_cached());
    }

    // --- Conditions for the rates of a box ---

    /// Returns the rates at which a x the profit of one entry + b x that of another is at most
    /// `most`, a from 0 to 1e6, b from -2e6 to 0. Both currencies must have a rate.
    [[nodiscard]] Line profits_at_most(const Host& host, std::int64_t a, BookEntry one,
                                       std::int64_t b, BookEntry other, Int128 most,
                                       std::uint8_t level) const {
        Line line{.offset = -a * cost(host, one) - b * cost(host, other) - most};
        add_incomes(line, Int128{a} * one.price().count(), one.currency(),
                    Int128{b} * other.price().count(), other.currency(), level);
        return line;
    }

    /// Returns the rates at which an entry in another currency is at least at the minimum price.
    [[nodiscard]] Interval above_price_min(const Host& host, BookEntry entry,
                                           std::uint8_t level) const {
        const Int128 lowest = price_min(host).count();
        if (lowest == 0) return {0, Interval::all().hi};
        const auto& sides = state_.rates.boxes().of(level, entry.currency());
        // The main rate may be at most this.
        const Int128 most = Int128{entry.price().count()} * sides.gross_lo / lowest;
        if (most >= ExchangeRate::highest().count()) return {0, Interval::all().hi};
        return {0, main_net(static_cast<std::int64_t>(most) + 1) - 1};
    }
    /// Returns the rates at which an entry in another currency is below the minimum price.
    [[nodiscard]] Interval below_price_min(const Host& host, BookEntry entry,
                                           std::uint8_t level) const {
        const Int128 lowest = price_min(host).count();
        if (lowest == 0) return Interval::none();
        const auto& sides = state_.rates.boxes().of(level, entry.currency());
        // The main rate must be above this.
        const Int128 below = Int128{entry.price().count()} * sides.gross_hi / lowest;
        if (below >= ExchangeRate::highest().count()) return Interval::none();
        return {main_net(static_cast<std::int64_t>(below)) + 1, Interval::all().hi};
    }

    /// Adds two products of a coefficient and a net rate to a line: their maximum in the box.
    void add_incomes(Line& line, Int128 a, Currency one, Int128 b, Currency other,
                     std::uint8_t level) const {
        if (one == other) return add_income(line, a + b, one, level);
        add_income(line, a, one, level);
        add_income(line, b, other, level);
    }

    /// Returns the main rates that a box must cover to be used: it may move by half the share of
    /// the others. It has its own interval, which is mostly larger. Shares as large as those of the
    /// others took a quarter more looks after moves of bitcoin's rate, and no fewer after moves of
    /// the main rate.
    [[nodiscard]] Interval moves_of_main(std::uint8_t level) const {
        const std::int64_t rate = state_.rates.main();
        const std::int64_t room = RateBoxes::room(level, rate) / 2;
        return {rate - room, rate + room};
    }

    MarketState<Traits, Allocator>& state_;

private:
    [[nodiscard, gnu::noinline]] bool is_foreign_choosable(const Host& host,
                                                           BookEntry entry) const {
        const std::int64_t rate = state_.rates.gross(entry.currency());
        return rate != NetRates::missing &&
               Int128{entry.price().count()} * rate >=
                   Int128{price_min(host).count()} * state_.rates.gross(main_currency);
    }

    void add_income(Line& line, Int128 coefficient, Currency currency, std::uint8_t level) const {
        if (currency == main_currency) {
            line.slope += coefficient;
            return;
        }
        // A product with less would not fit into 128 bits. A greater sum is on the safe side.
        constexpr Int128 least = Int128{-150'000'000'000} * 1'000'000'000;
        if (coefficient < least) coefficient = least;
        const auto& sides = state_.rates.boxes().of(level, currency);
        line.offset += coefficient * (coefficient > 0 ? sides.net_hi : sides.net_lo);
    }

    /// Returns the net rate of the main currency at a rate from 0 to the maximum.
    [[nodiscard]] std::int64_t main_net(std::int64_t gross) const {
        if (gross == 0) return 0;  // is not an exchange rate
        return net_rate_count(ExchangeRate::unchecked(gross),
                              state_.conditions.rates[main_currency].fee);
    }
};

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
