// Draws rates and prices at which something just changes, and their neighbours one unit away. Two
// bids are equal, a profit equals the reserve, a lead equals a margin, or a price equals a minimum.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "numbers.hpp"
#include "random.hpp"
#include "sender.hpp"
#include "world.hpp"

namespace model {

class Aims {
public:
    Aims(Random& random, const Policy& policy, const Sender& sender)
        : random_{random}, policy_{policy}, sender_{sender} {}

    /// A rate of the main currency close to where a host's choice may change.
    std::optional<std::int64_t> rate(const KnownHost& host) {
        const KnownBid* first = pick_first(host);
        if (first == nullptr) return std::nullopt;
        if (random_.once_in(5))
            return gross(divided(policy_.reserve.count() + host.cost(first->watts), first->price));
        if (random_.once_in(2)) return gross(next_meeting(host, *first));
        const KnownBid& other =
            random_.once_in(3) ? host.bids[random_.place(host.bids.size())] : best(host, first);
        if (other.currency != main_currency) return std::nullopt;
        const Int128 price_lead = Int128{other.price} - first->price;
        const Int128 cost_lead = host.cost(other.watts) - host.cost(first->watts);
        const Int128 ppm = policy_.switch_margin_ppm.count();
        switch (random_.draw(0, 3)) {
        case 0: return gross(divided(cost_lead, price_lead));
        case 1: return gross(divided(policy_.switch_margin.count() + cost_lead, price_lead));
        case 2:  // the first bid makes a profit
            return gross(divided(1'000'000 * cost_lead - ppm * host.cost(first->watts),
                                 1'000'000 * price_lead - ppm * first->price));
        default:  // the first bid makes a loss
            return gross(divided(1'000'000 * cost_lead + ppm * host.cost(first->watts),
                                 1'000'000 * price_lead + ppm * first->price));
        }
    }

    /// A rate of any currency close to where a host's choice may change, while the other rates
    /// stay.
    std::optional<std::int64_t> rate(const KnownHost& host, Currency currency) {
        if (host.bids.empty()) return std::nullopt;
        const KnownBid* first = random_.once_in(2) ? host.running() : &best(host);
        if (first == nullptr || random_.once_in(3))
            first = &host.bids[random_.place(host.bids.size())];
        const KnownBid* other = random_.once_in(2) ? &best(host, first) : host.running();
        if (other == nullptr || random_.once_in(3))
            other = &host.bids[random_.place(host.bids.size())];
        const int kind = random_.draw(0, 7);
        if (kind == 0) return rate_of_minimum(host.terms.min_bid.count(), *first, currency);
        if (kind == 1) return rate_of_minimum(policy_.price_min.count(), *first, currency);
        if (kind == 2)
            return rate_of(host, currency, *first, 1, *first, 0, policy_.reserve.count());
        if (kind == 3)
            return rate_of(host, currency, *first, 1, *other, -1, policy_.switch_margin.count());
        const std::int64_t ppm = policy_.switch_margin_ppm.count();
        if (kind < 6 && ppm != 0)
            return rate_of(host, currency, *first, 1'000'000, *other,
                           kind == 4 ? -1'000'000 - ppm : -1'000'000 + ppm, 0);
        return rate_of(host, currency, *first, 1, *other, -1, 0);
    }

    /// A price close to where the success of a bid with these watts may change.
    std::optional<std::int64_t> price(const KnownHost& host, Currency currency,
                                      std::int64_t watts) {
        const std::int64_t net = sender_.rates[currency.number].net();
        if (net == 0) return std::nullopt;
        const int kind = random_.draw(0, 15);
        if (kind == 0) return bounded(divided(policy_.reserve.count() + host.cost(watts), net));
        if (kind == 1) return minimum(host.terms.min_bid.count(), currency);
        if (kind == 2) return minimum(policy_.price_min.count(), currency);
        if (kind == 3) return minimum(policy_.price_max.count(), currency);
        if (host.bids.empty()) return std::nullopt;
        const KnownBid* rival = random_.once_in(2) ? host.running() : &best(host);
        if (rival == nullptr || random_.once_in(3))
            rival = &host.bids[random_.place(host.bids.size())];
        Int128 profit = profit_of(host, *rival);
        const Int128 size = profit < 0 ? -profit : profit;
        if (kind == 4) profit += policy_.switch_margin.count();
        if (kind == 5) profit += size / 1'000'000 * policy_.switch_margin_ppm.count();
        return bounded(divided(profit + host.cost(watts), net));
    }

    /// A price with a slightly higher profit than that of any bid.
    std::optional<std::int64_t> best_price(const KnownHost& host, Currency currency,
                                           std::int64_t watts) {
        const std::int64_t net = sender_.rates[currency.number].net();
        if (net == 0 || host.bids.empty()) return std::nullopt;
        const std::optional<std::int64_t> price =
            bounded(divided(profit_of(host, best(host)) + host.cost(watts), net));
        if (!price || *price + 2 > price_max) return std::nullopt;
        return *price + 2;
    }

private:
    [[nodiscard]] Int128 profit_of(const KnownHost& host, const KnownBid& bid) const {
        return Int128{bid.price} * sender_.rates[bid.currency.number].net() - host.cost(bid.watts);
    }

    /// The best bid, except `but`.
    [[nodiscard]] const KnownBid& best(const KnownHost& host, const KnownBid* but = nullptr) const {
        const KnownBid* best = &host.bids.front();
        for (const KnownBid& bid : host.bids) {
            if (&bid == but) continue;
            if (best == but || profit_of(host, bid) > profit_of(host, *best)) best = &bid;
        }
        return *best;
    }

    /// The running bid, or any other, if it is in the main currency.
    const KnownBid* pick_first(const KnownHost& host) {
        const KnownBid* first = host.running();
        if (first == nullptr && !host.bids.empty())
            first = &host.bids[random_.place(host.bids.size())];
        return first == nullptr || first->currency != main_currency ? nullptr : first;
    }

    /// The nearest rate above or below the present one at which another bid has the same profit.
    std::optional<Int128> next_meeting(const KnownHost& host, const KnownBid& first) {
        const bool is_above = random_.once_in(2);
        const Int128 present = sender_.rates[0].net();
        std::optional<Int128> next;
        for (const KnownBid& other : host.bids) {
            if (other.currency != main_currency) continue;
            const std::optional<Int128> meeting = divided(
                host.cost(other.watts) - host.cost(first.watts), Int128{other.price} - first.price);
            if (!meeting || (is_above ? *meeting < present : *meeting > present)) continue;
            if (!next || (is_above ? *meeting < *next : *meeting > *next)) next = meeting;
        }
        return next;
    }

    /// The rate of a currency at which a x the profit of one bid + b x that of another is `sum`.
    std::optional<std::int64_t> rate_of(const KnownHost& host, Currency currency,
                                        const KnownBid& one, std::int64_t a, const KnownBid& other,
                                        std::int64_t b, Int128 sum) {
        Int128 slope = 0;
        for (const auto& [bid, factor] : {std::pair{&one, a}, std::pair{&other, b}}) {
            const Int128 income = Int128{bid->price} * sender_.rates[bid->currency.number].net();
            constexpr Int128 most = Int128{1'000'000'000'000'000} * 1'000'000'000'000'000;
            if (income > most && a > 1) return std::nullopt;  // the product may be too large
            sum += factor * host.cost(bid->watts);
            if (bid->currency == currency) {
                slope += Int128{factor} * bid->price;
            } else {
                sum -= factor * income;
            }
        }
        return gross(divided(sum, slope), currency);
    }

    /// The rate of a currency at which the price of a bid in another currency is a minimum.
    std::optional<std::int64_t> rate_of_minimum(std::int64_t bound, const KnownBid& bid,
                                                Currency currency) {
        const std::optional<std::int64_t> main = sender_.rates[0].usd;
        const std::optional<std::int64_t> own = sender_.rates[bid.currency.number].usd;
        if (!main || !own || bid.currency == main_currency) return std::nullopt;
        if (currency != main_currency && currency != bid.currency) return std::nullopt;
        const std::optional<Int128> rate = currency == main_currency
                                               ? divided(Int128{bid.price} * *own, bound)
                                               : divided(Int128{bound} * *main, bid.price);
        if (!rate || *rate > rate_max) return std::nullopt;
        const Int128 count = *rate + random_.draw(-1, 1);
        if (count < 1 || count > rate_max) return std::nullopt;
        return static_cast<std::int64_t>(count);
    }

    static std::optional<Int128> divided(Int128 dividend, Int128 divisor) {
        if (divisor == 0) return std::nullopt;
        return dividend / divisor;
    }

    /// The rate whose net rate is `net`, or a neighbour one unit away.
    std::optional<std::int64_t> gross(std::optional<Int128> net,
                                      Currency currency = main_currency) {
        const std::int64_t kept = 1'000'000 - sender_.rates[currency.number].fee.value_or(0);
        if (!net || *net < 0 || *net > rate_max || kept == 0) return std::nullopt;
        const Int128 count = (*net * 1'000'000 + kept - 1) / kept + Int128{random_.draw(-1, 1)};
        if (count < 1 || count > rate_max) return std::nullopt;
        return static_cast<std::int64_t>(count);
    }

    std::optional<std::int64_t> bounded(std::optional<Int128> price) {
        if (!price) return std::nullopt;
        const Int128 count = *price + random_.draw(-1, 1);
        if (count < 0 || count > price_max) return std::nullopt;
        return static_cast<std::int64_t>(count);
    }

    std::optional<std::int64_t> minimum(std::int64_t bound, Currency currency) {
        const std::optional<std::int64_t> main = sender_.rates[0].usd;
        const std::optional<std::int64_t> own = sender_.rates[currency.number].usd;
        if (!main || !own) return std::nullopt;
        return bounded(Int128{bound} * *main / *own);
    }

    Random& random_;
    const Policy& policy_;
    const Sender& sender_;
};

}  // namespace model
