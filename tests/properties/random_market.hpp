// Small random markets full of near-ties, and a second version of the rules of sections 3 to 6. It
// uses fractions of unlimited size, sorts all bids and applies the sentences of the rules one by
// one.
#pragma once

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include <boost/multiprecision/cpp_int.hpp>
#include <fmt/format.h>

#include <gigaspot/format/rules.hpp>

#include "property.hpp"
#include "support/market.hpp"

namespace random_market {

using namespace market;
using property::draw;
using property::draw_from;
using property::once_in;
using Integer = boost::multiprecision::cpp_int;
using Fraction = boost::multiprecision::cpp_rational;

struct Market {
    HostCapabilities host;
    std::vector<Offer> bids;
    Conditions conditions;
    std::optional<Run> run;
};

// A profit is price x rate - watts x 24e8 x energy price, in units of 1e-20 USD. Prices are a few
// whole coins (1e8 units), and rates are a few units. So both terms are small multiples of 1e8 and
// often equal; sometimes one unit more or less makes them nearly equal. `scale` moves rates and
// energy prices up together.

inline Price draw_price(int coins_max) {
    const std::int64_t count =
        draw(0, coins_max) * std::int64_t{100'000'000} + (once_in(4) ? draw(-2, 2) : 0);
    return Price::unchecked(std::max<std::int64_t>(count, 0));
}

inline QuotedRate draw_rate(std::int64_t scale) {
    QuotedRate rate;
    if (!once_in(20)) {
        const std::int64_t count = draw(1, 8) * scale + (once_in(4) ? draw(-2, 2) : 0);
        rate.usd = ExchangeRate::unchecked(std::max<std::int64_t>(count, 1));
    }
    rate.fee = Ppm::unchecked(draw_from({0, 0, 0, 0, 0, 100'000, 500'000, 333'333, 1'000'000}));
    rate.given = at_ms(draw(3, 7));
    return rate;
}

/// A margin or a reserve: often 0, otherwise of the size of a lead.
inline Int128 draw_amount(std::int64_t scale) {
    if (once_in(2)) return 0;
    return Int128{draw(0, 48)} * 100'000'000 * scale + (once_in(2) ? draw(-1, 1) : 0);
}

inline Policy draw_policy(std::int64_t scale) {
    Policy policy;
    policy.reserve = once_in(2) ? Reserve::lowest()
                                : *Reserve::from_count(draw_amount(scale) * draw_from({1, -1}));
    policy.switch_margin = SwitchMargin::from_count(draw_amount(scale)).value_or(SwitchMargin{});
    policy.switch_margin_ppm =
        Ppm::unchecked(draw_from({0, 0, 1, 10'000, 250'000, 500'000, 999'999, 1'000'000}));
    policy.dwell_min = Duration::unchecked(draw_from({0, 0, 0, 3}));
    policy.require_cached = once_in(8);
    if (once_in(8)) policy.rate_age_max = Duration::unchecked(draw(3, 7));
    policy.price_min = once_in(2) ? Price{} : draw_price(2);
    if (once_in(3)) policy.price_max = draw_price(30);
    return policy;
}

inline Offer draw_bid(std::uint64_t id, std::uint64_t sequence) {
    return {.id = id,
            .owner = OwnerId{draw<std::uint64_t>(0, 3)},
            .price = draw_price(24),
            .currency = draw_from({main_currency, main_currency, main_currency, bitcoin, doge}),
            .power_limits = TotalPower::unchecked(draw(0, 3)),
            .is_overclock_valid = !once_in(12),
            .is_cached = !once_in(3),
            .expiry = draw_from<std::optional<Timestamp>>(
                {std::nullopt, at_ms(11), at_ms(12), at_ms(13), at_ms(14), at_ms(15), at_ms(10)}),
            .sequence = sequence};
}

/// A random market of up to `bids_max` bids, at 10 ms.
inline Market draw_market(int bids_max) {
    Market market;
    const auto scale = draw_from<std::int64_t>({1, 1, 3, 1'000, 999'999'937});
    market.host.energy_price = EnergyPrice::unchecked(draw_from({0, 1, 1, 2, -1, -2}) * scale);
    market.host.base_power = Power::unchecked(draw(0, 1));
    market.host.min_bid = once_in(2) ? Price{} : draw_price(3);
    market.host.status = {
        .online = !once_in(60), .on_demand_rented = once_in(60), .working_properly = !once_in(60)};
    market.host.gpus = {{.power_limit = {0_W, 5_W}}, {.power_limit = {1_W, 5_W}}};
    market.conditions.policy = draw_policy(scale);
    market.conditions.now = at_ms(10);
    for (const Currency currency : {main_currency, bitcoin, doge})
        market.conditions.rates[currency] = draw_rate(scale);

    const auto count =
        static_cast<std::uint64_t>(once_in(20) ? 0 : draw(std::min(1, bids_max), bids_max));
    // Multiplying by a coprime number shuffles, so the orders of places, ids and sequences differ.
    const std::uint64_t modulus = 97;
    const auto id_step = draw<std::uint64_t>(1, modulus - 1);
    const auto sequence_step = draw<std::uint64_t>(1, modulus - 1);
    for (std::uint64_t i = 1; i <= count; ++i) {
        Offer bid = draw_bid(i * id_step % modulus, i * sequence_step % modulus);
        if (i > 1 && once_in(3)) {  // the terms of the previous bid, or one unit off
            const Offer& other = market.bids.back();
            bid.currency = other.currency;
            bid.power_limits = other.power_limits;
            bid.price =
                Price::unchecked(std::max<std::int64_t>(other.price.count() + draw(-1, 1), 0));
        }
        market.bids.push_back(bid);
    }
    if (count > 0 && !once_in(4)) {
        Run run{.bid = market.bids[draw<std::size_t>(0, market.bids.size() - 1)].id};
        if (!once_in(4)) run.first_won = at_ms(draw(6, 9));
        run.has_worsened = once_in(5);
        if (once_in(3)) run.price_in_force = draw_price(24);
        market.run = run;
    }
    return market;
}

/// Prints a market for a failure.
inline void log(const Market& market) {
    std::string text = fmt::format("{}\n{}\n", market.host, market.conditions);
    for (const Offer& bid : market.bids)
        text += fmt::format("{}, owner {}, sequence {}, valid {}, cached {}, expires {}\n", bid,
                            bid.owner, bid.sequence, bid.is_overclock_valid, bid.is_cached,
                            bid.expiry.value_or(Timestamp::highest()));
    if (market.run) text += fmt::format("{}\n", *market.run);
    RC_LOG() << text;
}

/// Draws bids that a question ignores: those of an owner, named ones, or an unknown one.
struct Ignored {
    std::optional<OwnerId> owner;
    std::vector<BidId> without;
};
inline Ignored draw_ignored(const Market& market) {
    Ignored ignored;
    if (once_in(3)) ignored.owner = OwnerId{draw<std::uint64_t>(0, 4)};
    for (const Offer& bid : market.bids) {
        if (once_in(6)) ignored.without.push_back(bid.id);
    }
    if (once_in(6)) ignored.without.push_back(BidId{12'345});
    return ignored;
}
inline Market without(Market market, const Ignored& ignored) {
    std::erase_if(market.bids, [&](const Offer& bid) {
        return bid.owner == ignored.owner ||
               std::count(ignored.without.begin(), ignored.without.end(), bid.id) > 0;
    });
    return market;
}

inline std::optional<BidId> winner_of(const Market& market) {
    return select(market.host, market.bids, market.conditions, market.run).winner;
}

inline Market with_main_rate(Market market, ExchangeRate rate) {
    market.conditions.rates[main_currency].usd = rate;
    return market;
}

// --- A second version of the rules ---

inline Integer integer(Int128 number) { return Integer{number}; }

inline Fraction fraction(Int128 count, int decimals) {
    return Fraction{integer(count),
                    boost::multiprecision::pow(Integer{10}, static_cast<unsigned>(decimals))};
}

template <class Row>
Fraction fraction(Quantity<Row> quantity) {
    return fraction(quantity.count(), Row::decimals);
}

/// Rounds down a number that is not negative.
inline Integer floor(const Fraction& number) { return numerator(number) / denominator(number); }

/// Section 5: a rate that is too old counts as missing everywhere.
inline std::optional<Fraction> rate_of(const Market& market, Currency currency) {
    const QuotedRate& quoted = market.conditions.rates[currency];
    const std::optional<Duration>& age_max = market.conditions.policy.rate_age_max;
    if (!quoted.usd) return std::nullopt;
    if (age_max && quoted.given.count() < market.conditions.now.count() - age_max->count())
        return std::nullopt;
    return fraction(*quoted.usd);
}

/// The profit by section 4, in USD per day.
inline std::optional<Fraction> profit_of(const Market& market, const Offer& bid) {
    const std::optional<Fraction> rate = rate_of(market, bid.currency);
    if (!rate) return std::nullopt;
    const Fraction kept =
        (1'000'000 - fraction(market.conditions.rates[bid.currency].fee)) / 1'000'000;
    const Fraction net_rate = Fraction{floor(*rate * kept * 1'000'000'000'000), 1'000'000'000'000};
    const Fraction watts = fraction(bid.power_limits) + fraction(market.host.base_power);
    const Fraction cost = watts * 24 / 1000 * fraction(market.host.energy_price);
    return fraction(bid.price) * net_rate - cost;
}

/// Section 3: compares a price with a limit in the main currency, in USD without fees. A price
/// never breaks a limit if a rate is missing.
inline bool is_worth_less(const Market& market, const Offer& bid, Price bound) {
    if (bid.currency == main_currency) return bid.price < bound;
    const std::optional<Fraction> own = rate_of(market, bid.currency);
    const std::optional<Fraction> main = rate_of(market, main_currency);
    return own && main && fraction(bid.price) * *own < fraction(bound) * *main;
}
inline bool is_worth_more(const Market& market, const Offer& bid, Price bound) {
    if (bid.currency == main_currency) return bid.price > bound;
    const std::optional<Fraction> own = rate_of(market, bid.currency);
    const std::optional<Fraction> main = rate_of(market, main_currency);
    return own && main && fraction(bid.price) * *own > fraction(bound) * *main;
}

/// Section 5: whether all conditions hold, whichever would fail first.
inline bool may_run(const Market& market, const Offer& bid) {
    const Policy& policy = market.conditions.policy;
    const std::optional<Fraction> profit = profit_of(market, bid);
    return market.host.status.online && !market.host.status.on_demand_rented &&
           market.host.status.working_properly &&
           (!bid.expiry || market.conditions.now < *bid.expiry) && bid.is_overclock_valid &&
           !is_worth_less(market, bid, policy.price_min) &&
           !is_worth_less(market, bid, market.host.min_bid) &&
           (bid.is_cached || !policy.require_cached) && rate_of(market, main_currency) && profit &&
           *profit >= fraction(policy.reserve);
}

/// Sections 5 and 10: the bids that no answer compares.
inline NotCompared not_compared_by_the_rules(const Market& market) {
    NotCompared found;
    const HostStatus& status = market.host.status;
    if (!status.online || status.on_demand_rented || !status.working_properly) return found;
    for (const Offer& bid : market.bids) {
        if (bid.expiry && market.conditions.now >= *bid.expiry) {
            ++found.expired;
            continue;
        }
        const bool has_earlier_reason =
            !bid.is_overclock_valid ||
            is_worth_less(market, bid, market.conditions.policy.price_min) ||
            is_worth_less(market, bid, market.host.min_bid) ||
            (market.conditions.policy.require_cached && !bid.is_cached);
        const bool has_rates = rate_of(market, bid.currency) && rate_of(market, main_currency);
        if (!has_earlier_reason && !has_rates) ++found.rate_missing;
    }
    return found;
}

struct Standing {
    Offer bid;
    Fraction profit;
};

/// The eligible bids by profit, highest first; at equal profit, the lower sequence first.
inline std::vector<Standing> sorted(const Market& market) {
    std::vector<Standing> sorted;
    for (const Offer& bid : market.bids) {
        if (may_run(market, bid)) sorted.push_back({bid, *profit_of(market, bid)});
    }
    std::sort(sorted.begin(), sorted.end(), [](const Standing& left, const Standing& right) {
        if (left.profit != right.profit) return left.profit > right.profit;
        return left.bid.sequence < right.bid.sequence;
    });
    return sorted;
}

/// The winner by section 6, sentence by sentence.
inline std::optional<BidId> winner_by_the_rules(const Market& market) {
    const Policy& policy = market.conditions.policy;
    std::vector<Standing> challengers = sorted(market);
    std::optional<Standing> incumbent;
    for (std::size_t i = 0; i < challengers.size(); ++i) {
        if (!market.run || challengers[i].bid.id != market.run->bid) continue;
        incumbent = challengers[i];
        challengers.erase(challengers.begin() + static_cast<std::ptrdiff_t>(i));
        break;
    }
    if (!incumbent && challengers.empty()) return std::nullopt;
    if (!incumbent) return challengers.front().bid.id;
    if (challengers.empty()) return incumbent->bid.id;

    const BidId stays = incumbent->bid.id;
    const BidId comes = challengers.front().bid.id;
    const Fraction lead = challengers.front().profit - incumbent->profit;
    const bool has_lower_price =
        market.run->price_in_force && incumbent->bid.price < *market.run->price_in_force;
    if (!market.run->first_won || market.run->has_worsened || has_lower_price)
        return lead > 0 ? comes : stays;
    const std::int64_t protected_after = market.conditions.now.count() - policy.dwell_min.count();
    if (market.run->first_won->count() > protected_after) return stays;
    const Fraction share = fraction(policy.switch_margin_ppm) / 1'000'000 * abs(incumbent->profit);
    return lead > fraction(policy.switch_margin) && lead > share ? comes : stays;
}

}  // namespace random_market
