// The mechanisms against a market that knows only the rules: it keeps all bids in one list and
// looks at each of them at every close.
#include "market/market.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "support.hpp"
#include "world/random.hpp"

namespace {

using namespace sim;
using gigaspot::Int128;
using gigaspot::Power;
using gigaspot::Price;

constexpr std::int64_t tick = 10'000;

struct NaiveBid {
    std::size_t host = 0;
    std::int64_t watts = 0;
    std::int64_t price = 0;                    ///< 1e-8 coin per day
    std::optional<std::int64_t> next_price{};  ///< an edit that waits
    bool is_cancelled = false;
    std::uint64_t sequence = 0;
    Int128 owed = 0;  ///< price x ms
    Int128 due = 0;
    Int128 fee = 0;
};

struct NaiveHost {
    std::optional<BidNumber> run{};
    bool is_new = true;  ///< the run has not won a close yet
    bool has_worsened = false;
    std::int64_t energy_price = 0;  ///< told
    std::int64_t min_bid = 0;
    Time since = 0;
    std::int64_t to_pay = 0;
};

/// The rules, as simple as they can be.
struct Naive {
    MarketRules rules;
    std::int64_t rate = 0;
    std::vector<NaiveHost> hosts;
    std::map<BidNumber, NaiveBid> bids{};
    std::map<std::pair<std::size_t, BidNumber>, std::pair<NanoUsd, NanoUsd>> payments{};
    std::uint64_t sequence = 0;

    [[nodiscard]] Int128 profit(const NaiveBid& bid, std::int64_t price) const {
        const Int128 net = Int128{rate} * (one - rules.fee.count()) / one;
        return price * net - Int128{bid.watts} * hosts[bid.host].energy_price * 2'400'000'000;
    }
    [[nodiscard]] bool is_eligible(const NaiveBid& bid, std::int64_t price) const {
        return price >= hosts[bid.host].min_bid &&
               profit(bid, price) >= Int128{rules.reserve} * 100'000'000'000;
    }
    /// The best bid of a host, without one.
    [[nodiscard]] std::optional<BidNumber> best(std::size_t host,
                                                std::optional<BidNumber> without) const {
        std::optional<BidNumber> found;
        for (const auto& [number, bid] : bids) {
            if (bid.host != host || number == without || !is_eligible(bid, bid.price)) continue;
            if (!found) found = number;
            const NaiveBid& other = bids.at(*found);
            const Int128 lead = profit(bid, bid.price) - profit(other, other.price);
            if (lead > 0 || (lead == 0 && bid.sequence < other.sequence)) found = number;
        }
        return found;
    }
    [[nodiscard]] bool replaces(const NaiveHost& host, const NaiveBid& challenger) const {
        const NaiveBid& incumbent = bids.at(*host.run);
        const Int128 mine = profit(incumbent, incumbent.price);
        const Int128 lead = profit(challenger, challenger.price) - mine;
        if (host.is_new || host.has_worsened) return lead > 0;
        return lead > 0 && lead > Int128{rules.switch_margin} * 100'000'000'000 &&
               lead * one > rules.switch_margin_share.count() * (mine < 0 ? -mine : mine);
    }
    void charge(std::size_t number, Time now) {
        NaiveHost& host = hosts[number];
        NaiveBid& bid = bids.at(*host.run);
        const bool is_second = rules.mechanism == Mechanism::second_price;
        const Time length = now - std::exchange(host.since, now);
        Int128 amount = (Int128{host.to_pay} * length + ms_per_day - 1) / ms_per_day;
        Int128 fee = amount * rules.fee.count() / one;
        if (!is_second) {
            bid.owed += Int128{bid.price} * length;
            const Int128 due = (bid.owed + ms_per_day - 1) / ms_per_day;
            const Int128 all_fees = due * rules.fee.count() / one;
            amount = due - std::exchange(bid.due, due);
            fee = all_fees - std::exchange(bid.fee, all_fees);
        }
        const auto usd = [&](Int128 coins) {
            return static_cast<NanoUsd>((coins * rate + 50'000'000'000) / 100'000'000'000);
        };
        payments[{number, *host.run}] = {usd(amount), usd(fee)};
    }
    void close(Time now) {
        payments.clear();
        for (std::size_t i = 0; i < hosts.size(); ++i) {
            if (hosts[i].run) charge(i, now);
        }
        for (NaiveHost& host : hosts) {
            if (host.run && bids.at(*host.run).is_cancelled) host.run.reset();
        }
        std::erase_if(bids, [](const auto& entry) { return entry.second.is_cancelled; });
        for (std::size_t i = 0; i < hosts.size(); ++i) choose(i, now);
    }
    void choose(std::size_t number, Time now) {
        NaiveHost& host = hosts[number];
        if (host.run && bids.at(*host.run).next_price) {
            NaiveBid& bid = bids.at(*host.run);
            host.has_worsened = host.has_worsened || *bid.next_price < bid.price;
            bid.price = *std::exchange(bid.next_price, std::nullopt);
        }
        const auto challenger = best(number, host.run);
        const bool stays = host.run && is_eligible(bids.at(*host.run), bids.at(*host.run).price) &&
                           !(challenger && replaces(host, bids.at(*challenger)));
        if (!stays) {
            host = {.run = challenger,
                    .energy_price = host.energy_price,
                    .min_bid = host.min_bid,
                    .since = now};
        }
        host.is_new = false;
        if (host.run) host.to_pay = second_price(number);
    }
    /// The lowest price with which the winner would have won without being there before.
    [[nodiscard]] std::int64_t second_price(std::size_t number) const {
        const NaiveHost& host = hosts[number];
        const NaiveBid& winner = bids.at(*host.run);
        const auto rival = best(number, host.run);
        std::int64_t lowest = 0;
        std::int64_t highest = 10'000'000;  // ticks
        while (highest - lowest > 1) {
            const std::int64_t middle = (lowest + highest) / 2;
            const std::int64_t price = middle * tick;
            const bool is_enough =
                is_eligible(winner, price) &&
                (!rival || profit(winner, price) > profit(bids.at(*rival), bids.at(*rival).price));
            (is_enough ? highest : lowest) = middle;
        }
        return std::min(highest * tick, winner.price);
    }
};

/// Sends random orders to both markets, and compares them after every close.
void compare(MarketRules rules, std::uint64_t seed) {
    Scenario scenario = plain_scenario();
    scenario.market = rules;
    scenario.hosts = 2;
    const World world = quiet_world(scenario, ms_per_day);
    Market market{scenario, world, nullptr};
    Naive naive{
        .rules = rules, .rate = scenario.rate.start.count(), .hosts = std::vector<NaiveHost>(2)};
    const bool counts_power =
        rules.mechanism == Mechanism::spot || rules.mechanism == Mechanism::second_price;
    for (std::size_t i = 0; i < 2; ++i) {
        naive.hosts[i].energy_price = counts_power ? 100'000'000 : 0;
        // The highest price and the posted price must pay 350 W after the fee: 84 coins at no fee.
        naive.hosts[i].min_bid =
            counts_power ? 0 : market.lowest_price(i, Power::unchecked(350)).count();
    }
    Random random{seed, Purpose::job, 0};
    BidNumber next = 0;
    Time now = 0;
    for (int step = 0; step < 400; ++step) {
        now += random.between(1, 20'000);
        const std::int64_t what = random.below(10);
        const std::int64_t price = random.between(600'000, 2'000'000) * tick;
        if (what < 3) {
            const auto host = static_cast<std::size_t>(random.below(2));
            const std::int64_t watts = random.between(100, 350);
            naive.bids[next] = {.host = host,
                                .watts = watts,
                                .price = std::max(price, naive.hosts[host].min_bid),
                                .sequence = ++naive.sequence};
            market.place(next, host, next, Price::unchecked(naive.bids[next].price),
                         Power::unchecked(static_cast<Power::rep>(watts)), now);
            ++next;
        } else if (what < 7 && !naive.bids.empty()) {
            const auto chosen = std::next(
                naive.bids.begin(), random.below(static_cast<std::int64_t>(naive.bids.size())));
            auto& [number, bid] = *chosen;
            if (bid.is_cancelled) continue;
            const bool runs = naive.hosts[bid.host].run == number;
            if (what < 6) {
                const std::int64_t edited = std::max(price, naive.hosts[bid.host].min_bid);
                market.edit(number, Price::unchecked(edited), now);
                bid.sequence = ++naive.sequence;
                if (runs)
                    bid.next_price = edited;
                else
                    bid.price = edited;
            } else {
                market.cancel(number, now);
                if (runs)
                    bid.is_cancelled = true;
                else
                    naive.bids.erase(number);
            }
        } else {
            naive.close(now);
            market.close(now);
            const auto payments = naive.payments;
            REQUIRE(market.outcome().payments.size() == payments.size());
            for (const Payment& payment : market.outcome().payments) {
                const auto expected = payments.find({payment.host, payment.bid});
                REQUIRE(expected != payments.end());
                REQUIRE(payment.paid == expected->second.first);
                REQUIRE(payment.fee == expected->second.second);
            }
        }
    }
    CHECK(next > 50);
}

TEST_CASE("each mechanism agrees with a market that knows only the rules") {
    for (const Mechanism mechanism :
         {Mechanism::spot, Mechanism::highest_price, Mechanism::second_price}) {
        for (const bool has_margins : {false, true}) {
            MarketRules rules{.mechanism = mechanism};
            if (has_margins) {
                rules.switch_margin = 50'000'000;
                rules.switch_margin_share = gigaspot::Ppm::unchecked(100'000);
                rules.reserve = 200'000'000;
            }
            for (std::uint64_t seed = 1; seed <= 40; ++seed) {
                CAPTURE(seed);
                compare(rules, seed);
            }
        }
    }
}

TEST_CASE("at one posted price the first bid runs until it is cancelled") {
    MarketRules rules{.mechanism = Mechanism::posted_price, .posted_over_electricity = 500'000'000};
    Scenario scenario = plain_scenario();
    scenario.market = rules;
    const World world = quiet_world(scenario, ms_per_day);
    Market market{scenario, world, nullptr};
    const Price posted = market.lowest_price(0, Power::unchecked(350));
    // (0.84 + 0.5) USD / 0.975 = 137.43589... coins
    CHECK(posted.count() == 13'743'590'000);
    for (BidNumber bid = 0; bid < 3; ++bid)
        market.place(bid, 0, bid, posted, Power::unchecked(350 - 50 * static_cast<int>(bid)), 1);
    std::vector<BidNumber> runs;
    for (Time now = minute; now <= 6 * minute; now += minute) {
        if (now % (2 * minute) == 0) market.cancel(runs.back(), now);
        market.close(now);
        for (const RunChange& change : market.outcome().changes) {
            if (change.what == RunChange::What::started) runs.push_back(change.bid);
        }
    }
    CHECK(runs == std::vector<BidNumber>{0, 1, 2});
}

TEST_CASE("prices convert to whole ticks: down for what a renter offers, up for what a host asks") {
    const Scenario scenario = plain_scenario();
    const World world = quiet_world(scenario, ms_per_day);
    const Market market{scenario, world, nullptr};
    CHECK(market.price_of(1'000'000'000) == Price::unchecked(10'000'000'000));  // 1 USD: 100 coins
    CHECK(market.price_of(1'999).count() == 10'000);                            // 0.000199 coins
    CHECK(market.price_of(0) == Price{});
    CHECK(market.price_of(-5) == Price{});
    CHECK(market.usd_of(Price::unchecked(10'000'000'001)) == 1'000'000'000);
    // 100 W x 24 h x 0.1 USD = 0.24 USD
    CHECK(market.lowest_price(0, Power::unchecked(100)) == Price::unchecked(2'400'000'000));
}

TEST_CASE("a move of the rate tells every run that it starts") {
    // The minimum bid of 1 USD is 100 coins. At 0.008 USD it is 125, so the bid of 105 cannot run.
    Scenario scenario = plain_scenario();
    scenario.market.min_bid = 1'000'000'000;
    scenario.market.refill = gigaspot::Refill::at_once;
    scenario.hosts = 2;
    const World world = quiet_world(scenario, ms_per_day);
    Market market{scenario, world, nullptr};
    market.place(0, 0, 0, Price::unchecked(10'500'000'000), Power::unchecked(350), 1);
    market.set_rate(gigaspot::ExchangeRate::unchecked(8'000'000'000), 2);
    market.close(minute);
    REQUIRE(market.outcome().changes.size() == 1);
    CHECK(market.outcome().changes[0].what == RunChange::What::stopped);
    market.set_rate(scenario.rate.start, minute + 1);
    REQUIRE(market.outcome().changes.size() == 1);  // of host 0, though host 1 came after it
    CHECK(market.outcome().changes[0].what == RunChange::What::started);
}

TEST_CASE("prices end at what the market accepts, however little the coin is worth") {
    Scenario scenario = plain_scenario();
    scenario.rate.start = gigaspot::ExchangeRate::unchecked(1);
    const World world = quiet_world(scenario, ms_per_day);
    const Market market{scenario, world, nullptr};
    CHECK(market.price_of(1'000'000'000) == Price::highest());
    CHECK(market.lowest_price(0, Power::unchecked(350)) == Price::highest());
    CHECK_FALSE(market.price_to_win(0, 0, Power::unchecked(350)));
}

TEST_CASE("a host has room for 4,096 bids") {
    const Scenario scenario = plain_scenario();
    const World world = quiet_world(scenario, ms_per_day);
    Market market{scenario, world, nullptr};
    for (BidNumber bid = 0; bid < 4'096; ++bid) {
        REQUIRE(market.has_room(0));
        market.place(bid, 0, bid, Price::unchecked(8'400'000'000), Power::unchecked(350), 1);
    }
    CHECK_FALSE(market.has_room(0));
}

TEST_CASE("a larger price step makes every price a multiple of it") {
    Scenario scenario = plain_scenario();
    scenario.market.price_step = 50'000'000;  // 0.05 USD: 5 coins
    const World world = quiet_world(scenario, ms_per_day);
    Market market{scenario, world, nullptr};
    CHECK(market.tick() == Price::unchecked(500'000'000));
    CHECK(market.lowest_price(0, Power::unchecked(350)) == Price::unchecked(8'500'000'000));
    market.place(0, 0, 0, Price::unchecked(8'500'000'000), Power::unchecked(350), 1);
    market.close(minute);
    CHECK(market.price_to_win(0, 1, Power::unchecked(350)) == Price::unchecked(9'000'000'000));
}

}  // namespace
