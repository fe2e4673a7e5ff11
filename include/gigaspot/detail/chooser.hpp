// gigaspot: the choice of one host of a live market, kept from one command to the next. Layer:
// engine. Rules of the market, sections 4 to 6.
//
// Profits are straight lines in the rate, so a host's best bid stays its best within an interval of
// the main currency's rate. A bid that loses against the best, or wins, costs one comparison and
// may narrow the interval; only the loss of the best looks at all lines again. Where bids in other
// currencies stand, each move of any rate does. The definition of all this is `select`; the tests
// in model/ hold the two against each other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include <gigaspot/config.hpp>
#include <gigaspot/currency.hpp>
#include <gigaspot/detail/int128.hpp>
#include <gigaspot/detail/store.hpp>
#include <gigaspot/eligibility.hpp>
#include <gigaspot/limits.hpp>
#include <gigaspot/offer.hpp>
#include <gigaspot/policy.hpp>
#include <gigaspot/price_bounds.hpp>
#include <gigaspot/profit.hpp>
#include <gigaspot/rate_index.hpp>
#include <gigaspot/select.hpp>
#include <gigaspot/units.hpp>

namespace gigaspot::inline GIGASPOT_ABI::detail {

/// The rates of all currencies at one moment, as profits want them: less fees, in 1e-12 USD.
class NetRates {
public:
    static constexpr std::int64_t missing = -1;

    /// Reads them again; costs O(currencies).
    void refresh(const Conditions& conditions) {
        bool has_changed = false;
        for (std::size_t i = 0; i < limits::currencies_max; ++i) {
            const Currency currency{static_cast<std::uint8_t>(i)};
            const std::optional<ExchangeRate> rate = conditions.rate(currency);
            const std::int64_t gross = rate ? rate->count() : missing;
            if (gross == gross_[i]) continue;
            gross_[i] = gross;
            net_[i] = rate ? net_rate_count(*rate, conditions.rates[currency].fee) : missing;
            has_changed = true;
        }
        if (has_changed) ++generation_;
    }

    [[nodiscard]] std::int64_t operator[](Currency currency) const { return net_[currency.number]; }
    [[nodiscard]] std::int64_t main() const { return net_[0]; }

    /// Another number after each change of any rate.
    [[nodiscard]] std::uint32_t generation() const { return generation_; }

    NetRates() {
        for (std::int64_t& rate : gross_) rate = missing;
        for (std::int64_t& rate : net_) rate = missing;
    }

private:
    std::int64_t gross_[limits::currencies_max];
    std::int64_t net_[limits::currencies_max];
    std::uint32_t generation_ = 0;
};

/// What a close would do with a host.
struct Verdict {
    Slot winner = no_slot;     ///< the bid that runs from then on
    Int128 profit = 0;         ///< the winner's
    Code reason = Code::none;  ///< why the incumbent stops, if it does
};

template <class Traits, class Allocator>
class Chooser {
public:
    using StoreType = Store<Traits, Allocator>;
    using Host = HostRecord<Traits, Allocator>;
    using Run = RunRecord<Traits>;

    /// `rescans` counts how often all lines of a host had to be looked at.
    Chooser(StoreType& store, const Conditions& now, const NetRates& net_rates,
            std::uint64_t& rescans)
        : store_{store}, conditions_{now}, rates_{net_rates}, rescans_{rescans} {}

    /// Profit of a line at the present rates; its currency has one.
    [[nodiscard]] Int128 profit(const Host& host, const Line& line) const {
        return Int128{line.price().count()} * rates_[line.currency()] - cost(host, line);
    }

    /// A bid has come, or its terms are others than before; it is not the host's best.
    void challenge(Host& host, Slot bid) {
        TopBid& top = host.top;
        const Line& line = line_of(host, bid);
        // An interval that the rate has left may be entered again, and knows nothing of this bid.
        if (!is_fresh(host)) return forget(host);
        // One with bids in other currencies around covers those in the main one only: from now on
        // the best is known at the present rates alone.
        if (host.foreign != 0) top.stands = {rates_.main(), rates_.main()};
        if (!is_choosable(host, line)) return;
        if (top.bid == no_slot) {
            top.bid = bid;
            return;
        }
        const Line& best = line_of(host, top.bid);
        const bool wins = is_before(host, line, best);
        const Line& winner = wins ? line : best;
        const Line& loser = wins ? best : line;
        if (wins) top.bid = bid;
        if (host.foreign == 0) narrow(host, winner, loser, top.stands);
    }

    /// A bid has new terms.
    void reconsider(Host& host, Slot bid, const Line& before) {
        if (host.top.bid != bid) return challenge(host, bid);
        // Better at each rate but 0 than it was, the best stays the best.
        const Line& after = line_of(host, bid);
        const bool is_better = after.price() > before.price() && after.watts() <= before.watts() &&
                               is_fresh(host) && host.foreign == 0 && rates_.main() > 0 &&
                               is_choosable(host, after);
        if (!is_better) return forget(host);
        if (host.top.stands.lo < 1) host.top.stands.lo = 1;
    }

    /// A bid is about to go.
    static void withdraw(Host& host, Slot bid) {
        if (host.top.bid == bid) forget(host);
    }

    /// Something has changed that all bids depend on.
    static void forget(Host& host) { host.top.is_known = false; }

    /// The bid that leaves the host the most among those that pass all of section 5 but the
    /// reserve, or `no_slot`. Costs O(1) if it is known, else O(bids).
    Slot top(Host& host) {
        if (!is_fresh(host)) rescan(host);
        return host.top.bid;
    }

    /// Likewise without those that have expired; for use between closes, when they may still be
    /// there.
    Slot top_unexpired(Slot slot) {
        Host& host = store_.hosts[slot];
        if (store_.expiries[slot].contains(conditions_.now.count())) return top(host);
        return scan(host, [&](const Line& line) {
            return store_.bids[line.bid()].expiry > conditions_.now.count();
        });
    }

    /// What a close now does with a host that is available and has no bid that has expired or whose
    /// cancel or edit waits.
    Verdict decide(Slot slot) {
        Host& host = store_.hosts[slot];
        const Slot best = top(host);
        const Int128 best_profit = best == no_slot ? 0 : profit(host, line_of(host, best));
        const bool is_best_eligible = best != no_slot && best_profit >= reserve();
        const Verdict of_best =
            is_best_eligible ? Verdict{.winner = best, .profit = best_profit} : Verdict{};
        const Run& run = store_.runs[slot];
        if (run.bid == no_slot) return of_best;

        const Line& incumbent = line_of(host, run.bid);
        const Eligibility standing = eligibility_of(host, incumbent);
        if (!standing.is_eligible()) {
            Verdict verdict = of_best;
            verdict.reason = standing.reason;
            return verdict;
        }
        const bool is_replaced =
            is_best_eligible && best != run.bid &&
            replaces(UsdPerDay::unchecked(best_profit), *standing.profit,
                     shelter(run.first_won, run.has_worsened, conditions_), conditions_.policy);
        if (!is_replaced) return {.winner = run.bid, .profit = standing.profit->count()};
        Verdict verdict = of_best;
        verdict.reason = Code::outbid;
        return verdict;
    }

    /// The net rates of the main currency at which the next close, all else unchanged, leaves a
    /// host as it is: `decide` has just been followed. Empty if the next close must look again.
    [[nodiscard]] Interval standing(Slot slot) {
        Host& host = store_.hosts[slot];
        if (!host.terms.status.is_available()) return Interval::all();
        const Slot best = top(host);
        const std::int64_t rate = rates_.main();
        if (rate == NetRates::missing) return {rate, rate};
        const Run& run = store_.runs[slot];
        Interval stands = host.top.stands;
        if (run.bid == no_slot) {
            if (best != no_slot) intersect(stands, below_reserve(host, line_of(host, best)));
        } else {
            const Line& incumbent = line_of(host, run.bid);
            if (host.foreign == 0) intersect(stands, above_reserve(host, incumbent));
            if (best != run.bid && best != no_slot)
                intersect(stands, not_replaced(host, run, line_of(host, best), incumbent));
        }
        return stands;
    }

private:
    const Line& line_of(const Host& host, Slot bid) const {
        return host.book[store_.bids[bid].position];
    }

    [[nodiscard]] Int128 reserve() const { return conditions_.policy.reserve.count(); }

    /// What one watt costs a day, in 1e-20 USD.
    static Int128 cost_of_watt(const Host& host) {
        return electricity_cost(PowerDraw::unchecked(1), host.terms.energy_price).count();
    }

    static Int128 cost(const Host& host, const Line& line) {
        return cost_of_watt(host) * (line.watts().count() + host.terms.base_power.count());
    }

    [[nodiscard]] bool is_fresh(const Host& host) const {
        return host.top.is_known && host.top.stands.contains(rates_.main()) &&
               (host.foreign == 0 || host.top.rates == rates_.generation());
    }

    /// The incumbent by the rules themselves, which also say why not.
    [[nodiscard]] Eligibility eligibility_of(const Host& host, const Line& line) const {
        const BasicOffer<WithoutGpus<Traits>> offer{.price = line.price(),
                                                    .currency = line.currency(),
                                                    .power_limits = line.watts(),
                                                    .is_overclock_valid = line.is_overclock_valid(),
                                                    .is_cached = line.is_cached()};
        return eligibility(offer, host.terms, conditions_);
    }

    /// The conditions of section 5 that do not depend on a host's state, time or reserve.
    [[nodiscard]] bool is_choosable(const Host& host, const Line& line) const {
        if (!line.is_overclock_valid()) return false;
        if (conditions_.policy.require_cached && !line.is_cached()) return false;
        if (rates_.main() == NetRates::missing) return false;
        if (line.currency() == main_currency)
            return line.price() >= conditions_.policy.price_min &&
                   line.price() >= host.terms.min_bid;
        return rates_[line.currency()] != NetRates::missing &&
               !is_price_below(line.price(), line.currency(), conditions_.policy.price_min,
                               conditions_) &&
               !is_price_below(line.price(), line.currency(), host.terms.min_bid, conditions_);
    }

    /// Greater profit first, then the lower sequence. Both have a rate.
    [[nodiscard]] bool is_before(const Host& host, const Line& left, const Line& right) const {
        const Int128 left_profit = profit(host, left);
        const Int128 right_profit = profit(host, right);
        if (left_profit != right_profit) return left_profit > right_profit;
        return store_.bids[left.bid()].sequence < store_.bids[right.bid()].sequence;
    }

    template <class Filter>
    Slot scan(const Host& host, Filter filter) const {
        const Line* best = nullptr;
        Int128 best_profit = 0;
        for (const Line& line : host.book.lines()) {
            if (!is_choosable(host, line) || !filter(line)) continue;
            const Int128 its_profit = profit(host, line);
            if (best != nullptr && its_profit <= best_profit &&
                (its_profit < best_profit ||
                 store_.bids[line.bid()].sequence > store_.bids[best->bid()].sequence))
                continue;
            best = &line;
            best_profit = its_profit;
        }
        return best == nullptr ? no_slot : best->bid();
    }

    void rescan(Host& host) {
        ++rescans_;
        const Slot best = scan(host, [](const Line&) { return true; });
        host.top = {.is_known = true, .rates = rates_.generation(), .bid = best, .stands = {}};
        const std::int64_t rate = rates_.main();
        if (host.foreign != 0 || rate == NetRates::missing) {
            host.top.stands = {rate, rate};
            return;
        }
        host.top.stands.lo = 0;  // a missing rate is none of these
        if (best == no_slot) return;
        const Line& winner = line_of(host, best);
        for (const Line& line : host.book.lines()) {
            if (line.bid() != best && is_choosable(host, line))
                narrow(host, winner, line, host.top.stands);
        }
    }

    /// Narrows an interval to where one line goes on ranking before another, both in the main
    /// currency, as it does at the present rate. Inwards, by more than the rounding of doubles: a
    /// host too many may be looked at, never one too few.
    void narrow(const Host& host, const Line& winner, const Line& loser, Interval& stands) const {
        const std::int64_t rate = rates_.main();
        const std::int64_t price_lead = winner.price().count() - loser.price().count();
        const std::int64_t more_watts = winner.watts().count() - loser.watts().count();
        if (price_lead == 0) return;  // the same at every rate
        // They meet at this rate: a difference of watts that the difference of prices just pays.
        const double meet = static_cast<double>(cost_of_watt(host)) *
                            static_cast<double>(more_watts) / static_cast<double>(price_lead);
        constexpr double beyond_all_rates = 2e18;
        constexpr double slack = 1e-15;  // more than four roundings of 2^-53 each
        if (price_lead > 0) {
            const double bound = meet * (1 + slack) + 2;
            std::int64_t lo = 1;  // at 0 prices are worth nothing and ties may be decided otherwise
            if (bound >= beyond_all_rates) {
                lo = rate;
            } else if (bound > 1) {
                lo = static_cast<std::int64_t>(bound);
            }
            if (lo > rate) lo = rate;
            if (lo > stands.lo) stands.lo = lo;
        } else {
            const double bound = meet * (1 - slack) - 2;
            std::int64_t hi = rate;
            if (bound >= beyond_all_rates) {
                hi = Interval::all().hi;
            } else if (bound > static_cast<double>(rate)) {
                hi = static_cast<std::int64_t>(bound);
            }
            if (hi < stands.hi) stands.hi = hi;
        }
    }

    static void intersect(Interval& stands, const Interval& other) {
        if (other.lo > stands.lo) stands.lo = other.lo;
        if (other.hi < stands.hi) stands.hi = other.hi;
    }

    /// The rates r of 0 and more at which slope x r + offset is at most 0, exactly. A half-line.
    static Interval at_most_zero(Int128 slope, Int128 offset) {
        Interval interval{0, Interval::all().hi};
        if (slope == 0) return offset <= 0 ? interval : Interval::none();
        const auto clip = [](Int128 bound) {
            constexpr Int128 greatest = ExchangeRate::highest().count();
            return static_cast<std::int64_t>(bound < -1         ? Int128{-1}
                                             : bound > greatest ? greatest + 1
                                                                : bound);
        };
        if (slope > 0) {
            interval.hi = clip(floor_div(-offset, slope));
        } else {
            const std::int64_t lo = clip(ceil_div(offset, -slope));
            if (lo > interval.lo) interval.lo = lo;
        }
        return interval;
    }

    [[nodiscard]] Interval above_reserve(const Host& host, const Line& line) const {
        return at_most_zero(-Int128{line.price().count()}, cost(host, line) + reserve());
    }
    [[nodiscard]] Interval below_reserve(const Host& host, const Line& line) const {
        if (host.foreign != 0) return Interval::all();
        return at_most_zero(line.price().count(), 1 - cost(host, line) - reserve());
    }

    /// The rates at which a challenger goes on not replacing the incumbent. Each way not to is a
    /// half-line; those that hold now all contain the present rate, so that their union is an
    /// interval.
    [[nodiscard]] Interval not_replaced(const Host& host, const Run& run, const Line& challenger,
                                        const Line& incumbent) const {
        const Policy& policy = conditions_.policy;
        const Shelter now = shelter(run.first_won, run.has_worsened, conditions_);
        if (host.foreign != 0) {
            // Looked at whenever a rate moves; but a dwell ends by itself.
            const bool waits =
                now == Shelter::dwell && profit(host, challenger) >= reserve() &&
                replaces(UsdPerDay::unchecked(profit(host, challenger)),
                         UsdPerDay::unchecked(profit(host, incumbent)), Shelter::margins, policy);
            return waits ? Interval::none() : Interval::all();
        }
        const Int128 price_lead = challenger.price().count() - incumbent.price().count();
        const Int128 cost_lead = cost(host, incumbent) - cost(host, challenger);
        const Int128 margin = now == Shelter::none ? 0 : Int128{policy.switch_margin.count()};
        const Int128 ppm = now == Shelter::none ? 0 : policy.switch_margin_ppm.count();
        constexpr Int128 million = Ppm::highest().count();
        const Int128 share = ppm * incumbent.price().count();
        const Int128 share_cost = ppm * cost(host, incumbent);
        Interval stands = Interval::none();
        for (const Interval& way :
             {below_reserve(host, challenger), at_most_zero(price_lead, cost_lead - margin),
              at_most_zero(million * price_lead - share, million * cost_lead + share_cost),
              at_most_zero(million * price_lead + share, million * cost_lead - share_cost)}) {
            if (!way.contains(rates_.main())) continue;
            if (way.lo < stands.lo) stands.lo = way.lo;
            if (way.hi > stands.hi) stands.hi = way.hi;
        }
        return stands;
    }

    StoreType& store_;
    const Conditions& conditions_;
    const NetRates& rates_;
    std::uint64_t& rescans_;
};

}  // namespace gigaspot::inline GIGASPOT_ABI::detail
