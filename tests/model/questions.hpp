// Compares the engine's answers (section 10) with the rules on the naive market's hosts.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <gigaspot/engine/engine.hpp>
#include <gigaspot/format/rules.hpp>

#include "naive_market.hpp"
#include "random.hpp"

namespace model {

using Complaint = std::optional<std::string>;  ///< what is wrong, or nothing

class Questions {
public:
    Questions(Engine& engine, const NaiveMarket& market, std::uint64_t seed)
        : engine_{engine}, market_{market}, random_{seed} {}

    /// Asks about one host, about an unknown host, and about all hosts.
    Complaint ask() {
        if (engine_.conditions() != market_.conditions()) return "the conditions differ";
        if (engine_.now() != market_.conditions().now) return "the time differs";
        if (Complaint wrong = ask_all()) return wrong;
        if (Complaint wrong = ask_unknown()) return wrong;
        if (Complaint wrong = ask_choices()) return wrong;
        if (Complaint wrong = ask_cheapest()) return wrong;
        if (market_.hosts().empty()) return std::nullopt;
        auto host = market_.hosts().begin();
        std::advance(host, random_.draw(0, static_cast<int>(market_.hosts().size()) - 1));
        return ask(host->second);
    }

private:
    Complaint ask(const NaiveHost& host) {
        const HostId id = host.host.id;
        const Conditions& conditions = market_.conditions();
        const NextClose next = next_close(host);

        if (engine_.host(id) != host.host) return wrong(id, "the capabilities differ");
        if (engine_.bids_on(id) != host.bids.size()) return wrong(id, "the number of bids differs");

        const Selection selection = select(host.host, next.offers, conditions, next.run);
        const Engine& constant = engine_;
        const HostHandle handle = *engine_.find_host(id);
        for (const Selection& choice : {constant.choice(id), constant.choice(handle),
                                        engine_.choice(id), engine_.choice(handle)}) {
            if (choice.winner != selection.winner || choice.profit != selection.profit)
                return wrong(id, fmt::format("choice: {}, not {}", choice, selection));
        }

        QuoteRequest request{.power_limits = any_power(host.host)};
        request.currency = Currency{static_cast<std::uint8_t>(random_.draw(0, 2))};
        request.tick = Price::unchecked(random_.draw_from<std::int64_t>({1, 10'000, 100'000'000}));
        request.is_cached = random_.once_in(2);
        const std::vector<BidId> ignored = any_bids(host, request);
        request.without = ignored;
        if (engine_.price_to_win(id, request) !=
            price_to_win(host.host, next.offers, conditions, request, next.run))
            return wrong(id, fmt::format("price_to_win of {}", request));
        if (engine_.not_compared(id) != not_compared(host.host, next.offers, conditions))
            return wrong(id, "not_compared");
        std::optional<Price> step;
        if (random_.once_in(2)) step = request.tick;
        if (engine_.price_to_keep(id, step) !=
            price_to_keep(host.host, next.offers, conditions, next.run, step))
            return wrong(id, "price_to_keep");
        if (engine_.rate_range(id) != rate_range(host.host, next.offers, conditions, next.run))
            return wrong(id, "rate_range");

        const std::size_t slots = random_.draw_from<std::size_t>({0, 1, 2, 5, 70});
        std::vector<Ranked> ours(slots), theirs(slots);
        if (!are_equal(engine_.cache_candidates(id, ours),
                       cache_candidates(host.host, next.offers, conditions, theirs, next.run)))
            return wrong(id, "cache_candidates");
        std::optional<Price> tick;
        if (random_.once_in(2)) tick = request.tick;
        std::vector<Explanation> our_words(slots), their_words(slots);
        if (!are_equal(engine_.explain(id, our_words, tick),
                       explain(host.host, next.offers, conditions, their_words, next.run, tick)))
            return wrong(id, "explain");
        if (not_compared(host.host, next.offers, conditions) != not_compared_in(next, host))
            return wrong(id, "not_compared");
        if (random_.once_in(4)) {
            if (Complaint complaint = ask_without(host, request)) return complaint;
            return ask_by_doing(host);
        }
        return std::nullopt;
    }

    /// The price that a bid will have at the next close.
    static Price price_of(const NaiveHost& host, BidId id) {
        const bool is_edited = host.run && host.run->bid == id && host.run->edit;
        return is_edited ? host.run->edit->bid.price : host.bids.at(id).bid.price;
    }

    /// Draws an owner, and bids of the host, that a question ignores.
    std::vector<BidId> any_bids(const NaiveHost& host, QuoteRequest& request) {
        std::vector<BidId> ids;
        for (const auto& [id, bid] : host.bids) {
            if (random_.once_in(8)) request.owner = bid.bid.owner;
            if (random_.once_in(6)) ids.push_back(id);
        }
        return ids;
    }

    /// Asks a copy of the engine that has lost the bids that the question ignores.
    Complaint ask_without(const NaiveHost& host, const QuoteRequest& request) {
        Engine copy = engine_;
        std::vector<BidId> gone{request.without.begin(), request.without.end()};
        for (const auto& [id, bid] : host.bids) {
            const bool is_named = std::count(gone.begin(), gone.end(), id) > 0;
            if (bid.bid.owner == request.owner && !is_named) gone.push_back(id);
        }
        for (const BidId id : gone) {
            if (!copy.revoke(id, engine_.now())) return wrong(host.host.id, "a bid is not revoked");
        }
        QuoteRequest beside_all = request;
        beside_all.owner.reset();
        beside_all.without = {};
        if (engine_.price_to_win(host.host.id, request) !=
            copy.price_to_win(host.host.id, beside_all))
            return wrong(host.host.id, fmt::format("without bids: {}", request));
        return std::nullopt;
    }

    /// Counts the bids that are not compared by the rules, one by one.
    NotCompared not_compared_in(const NextClose& next, const NaiveHost& host) const {
        NotCompared found;
        for (const Offer& offer : next.offers) {
            const Code reason = eligibility(offer, host.host, market_.conditions()).reason;
            if (reason == Code::rate_missing) ++found.rate_missing;
            if (reason == Code::bid_expired) ++found.expired;
        }
        return found;
    }

    /// Tries the prices of `explain` and `price_to_win` in a copy of the engine. That price wins, a
    /// tick less does not, and if no price helps, no price wins.
    Complaint ask_by_doing(const NaiveHost& host) {
        const HostId id = host.host.id;
        std::vector<Explanation> out(3);
        const Price tick = Price::unchecked(random_.draw_from<std::int64_t>({1, 10'000}));
        for (const Explanation& bid : engine_.explain(id, out, tick)) {
            const Price own = price_of(host, bid.ranked.id);
            if (bid.is_winner && !(bid.price_to_win && *bid.price_to_win <= own))
                return wrong(id, "the winner needs a higher price");
            const auto wins_at = [&](std::int64_t price) {
                Engine copy = engine_;
                if (!Price::accepts(price)) return false;
                if (price == own.count()) return bid.is_winner;  // it takes no edit
                return copy.edit({.id = bid.ranked.id, .price = Price::unchecked(price)},
                                 engine_.now()) &&
                       copy.choice(id).winner == bid.ranked.id;
            };
            if (Complaint answer = check_price(bid.price_to_win, tick, wins_at))
                return wrong(id, fmt::format("explain, bid {}: {}", bid.ranked.id, *answer));
        }
        std::vector<OverclockProfile> profiles;
        std::int32_t watts = 0;
        for (const GpuLimits& gpu : host.host.gpus) {
            const Power least =
                gpu.power_limit.min > Power{} ? gpu.power_limit.min : Power::unchecked(1);
            profiles.push_back({.power_limit = least});
            watts += least.count();
        }
        const QuoteRequest request{.power_limits = TotalPower::unchecked(watts), .tick = tick};
        bool is_full = false;
        const auto wins_at = [&](std::int64_t price) {
            Engine copy = engine_;
            const BidId new_bid{UINT64_MAX};
            if (!Price::accepts(price)) return false;
            const auto placed = copy.place(PlaceBid{.id = new_bid,
                                                    .host = id,
                                                    .owner = OwnerId{UINT64_MAX},
                                                    .price = Price::unchecked(price),
                                                    .overclock = profiles},
                                           engine_.now());
            if (!placed && placed.error().code() == Code::limit_reached) is_full = true;
            return placed && copy.choice(id).winner == new_bid;
        };
        const Complaint answer = check_price(engine_.price_to_win(id, request), tick, wins_at);
        if (!answer || is_full) return std::nullopt;  // no price can make room
        return wrong(id, fmt::format("price_to_win: {}", *answer));
    }
    template <class WinsAt>
    Complaint check_price(const Result<Price, Code>& price, Price tick, WinsAt wins_at) const {
        if (price) {
            if (!wins_at(price->count())) return fmt::format("{} does not win", *price);
            if (wins_at(price->count() - tick.count())) return "a tick less wins";
            return std::nullopt;
        }
        for (const std::int64_t any : {tick.count(), std::int64_t{500'000'000'000},
                                       engine_.conditions().policy.price_max.count()}) {
            if (wins_at(any)) return fmt::format("{} wins, not {}", any, price.error());
        }
        return std::nullopt;
    }

    /// Asks for the choices of all hosts, but not always, because that is slow for the naive
    /// market.
    Complaint ask_choices() {
        if (!random_.once_in(8)) return std::nullopt;
        auto expected = market_.hosts().begin();
        Complaint answer;
        engine_.choices([&](HostId id, const Selection& choice) {
            if (answer) return;
            if (expected == market_.hosts().end() || expected->first != id) {
                answer = wrong(id, "choices: the wrong host is next");
                return;
            }
            const NaiveHost& host = expected->second;
            const NextClose next = next_close(host);
            const Selection selection =
                select(host.host, next.offers, market_.conditions(), next.run);
            if (choice.winner != selection.winner || choice.profit != selection.profit)
                answer = wrong(id, fmt::format("choices: {}, not {}", choice, selection));
            ++expected;
        });
        if (!answer && expected != market_.hosts().end())
            answer = "choices: some hosts are missing";
        return answer;
    }

    /// Searches all hosts or every second one, but not always, because that is slow for the naive
    /// market.
    Complaint ask_cheapest() {
        if (!random_.once_in(8) || market_.hosts().empty()) return std::nullopt;
        SearchRequest request{.tick = Price::unchecked(10'000)};
        request.profile.power_limit = market_.hosts().begin()->second.host.gpus[0].power_limit.max;
        if (random_.once_in(3)) request.model = GpuModel{1};
        if (random_.once_in(3)) request.gpus = 1;
        if (random_.once_in(3)) request.by = CostBy::host;
        const bool is_filtered = random_.once_in(2);
        const auto wanted = [&](const HostCapabilities& host) {
            return !is_filtered || host.id.value % 2 == 0;
        };
        std::vector<HostQuote> ours(3), theirs(3);
        Cheapest search{request, market_.conditions(), theirs};
        for (const auto& [id, host] : market_.hosts()) {
            const NextClose next = next_close(host);
            if (wanted(host.host)) search.add(host.host, next.offers, next.run);
        }
        const auto found = engine_.cheapest(request, ours, wanted);
        const auto expected = search.in_order();
        const bool is_same =
            std::equal(found.begin(), found.end(), expected.begin(), expected.end()) &&
            found.not_compared == expected.not_compared;
        return is_same ? std::nullopt : Complaint{"cheapest"};
    }

    Complaint ask_unknown() {
        const HostId nobody{123'456'789};
        std::vector<Ranked> ranked(1);
        std::vector<Explanation> explained(1);
        const bool is_right =
            !engine_.host(nobody) && engine_.bids_on(nobody) == 0 && !engine_.run(nobody) &&
            !engine_.find_host(nobody) && !engine_.find_bid(BidId{nobody.value}) &&
            !engine_.bid(BidId{nobody.value}) && !engine_.bid(BidHandle{}) &&
            !engine_.overclock(BidId{nobody.value}) &&
            !engine_.edited_overclock(BidId{nobody.value}) && !engine_.run(HostHandle{}) &&
            !engine_.visit_bids_on(nobody, [](const BidState&) {}) &&
            engine_.not_compared(nobody) == NotCompared{} && !engine_.choice(nobody).winner &&
            !engine_.choice(HostHandle{}).winner &&
            engine_.price_to_win(nobody, {}) ==
                Result<Price, Code>{Unexpected{Code::host_unknown}} &&
            !engine_.rate_range(nobody) && engine_.cache_candidates(nobody, ranked).empty() &&
            engine_.explain(nobody, explained).empty();
        return is_right ? std::nullopt : wrong(nobody, "an unknown host has an answer");
    }

    Complaint ask_all() {
        Totals expected;
        for (const auto& [id, host] : market_.hosts()) {
            ++expected.hosts;
            expected.bids += host.bids.size();
            if (!host.run) continue;
            const NaiveBid& bid = host.bids.at(host.run->bid);
            const Offer offer = offer_of(bid.bid, bid.sequence, bid, host.host);
            ++expected.running;
            expected.watts += power_draw(offer, host.host).count();
            expected.electricity =
                expected.electricity +
                electricity_cost(power_draw(offer, host.host), host.host.energy_price);
            if (const auto parts = profit_parts(offer, host.host, market_.conditions()))
                expected.income = expected.income + parts->income;
        }
        return engine_.totals() == expected ? std::nullopt : Complaint{"the totals differ"};
    }

    /// Draws a power within the range of the host, or 1 W outside.
    TotalPower any_power(const HostCapabilities& host) {
        const Range<TotalPower> range = total_power_range(host);
        const std::int64_t min = range.min.count();
        const std::int64_t max = range.max.count();
        const std::int64_t watts = random_.draw(min - 1, max + 1);
        return TotalPower::unchecked(static_cast<std::int32_t>(watts < 0 ? 0 : watts));
    }

    static Complaint wrong(HostId host, std::string what) {
        return fmt::format("host {}: {}", host, what);
    }

    // Positions in lists do not matter.
    static bool is_equal(Ranked left, Ranked right) {
        left.index = right.index;
        return left == right;
    }
    static bool is_equal(Explanation left, Explanation right) {
        left.ranked.index = right.ranked.index;
        return left == right;
    }
    template <class T>
    static bool are_equal(Answer<std::span<T>> left, Answer<std::span<T>> right) {
        if (left.size() != right.size() || left.not_compared != right.not_compared) return false;
        for (std::size_t i = 0; i < left.size(); ++i) {
            if (!is_equal(left[i], right[i])) return false;
        }
        return true;
    }

    Engine& engine_;
    const NaiveMarket& market_;
    Random random_;
};

}  // namespace model
