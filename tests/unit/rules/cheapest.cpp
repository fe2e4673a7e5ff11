// Section 10: the hosts that a bid wins at the lowest cost.
#include <gigaspot/rules/cheapest.hpp>

#include <initializer_list>

#include "support/market.hpp"

namespace {

using namespace market;
using Ids = FixedVector<HostId, 8>;

constexpr Price price(std::int64_t count) { return Price::unchecked(count); }
constexpr Conditions in_units{.rates = unit_rate, .policy = {.price_min = {}}};

/// A host without bids: its minimum bid is the price that wins.
constexpr HostCapabilities host(HostId id, std::size_t gpus, std::int64_t min_bid,
                                GpuModel model = {}) {
    HostCapabilities made{.id = id, .min_bid = price(min_bid)};
    bool has_room = true;
    for (std::size_t i = 0; i < gpus; ++i)
        has_room = made.gpus.push_back({.power_limit = {150_W, 400_W}, .model = model}) && has_room;
    return has_room ? made : HostCapabilities{};
}
constexpr HostCapabilities offline(HostCapabilities host) {
    host.status.online = false;
    return host;
}

constexpr SearchRequest any{.profile = {.power_limit = 200_W}, .tick = Price::unchecked(1)};
constexpr SearchRequest with(SearchRequest request, CostBy by) {
    request.by = by;
    return request;
}
constexpr SearchRequest of_model(GpuModel model) {
    SearchRequest request = any;
    request.model = model;
    return request;
}
constexpr SearchRequest of_gpus(std::size_t gpus) {
    SearchRequest request = any;
    request.gpus = gpus;
    return request;
}
constexpr SearchRequest of_both(GpuModel model, std::size_t gpus) {
    SearchRequest request = of_model(model);
    request.gpus = gpus;
    return request;
}

/// Host 5 has one GPU of each model.
constexpr HostCapabilities mixed() {
    HostCapabilities made = host(5, 2, 1, 8);
    made.gpus[1].model = 9;
    return made;
}

struct Order {
    const char* rule;
    FixedVector<HostCapabilities, 5> hosts;
    SearchRequest request;
    std::size_t room;
    Ids expected;
    std::size_t asked;
};

constexpr std::int64_t highest = 100'000'000'000'000;  // a million coins

constexpr Order orders[] = {
    {"without hosts there are none", {}, any, 5, {}, 0},
    {"the lowest price comes first",
     {host(1, 1, 30), host(2, 1, 10), host(3, 1, 20)},
     any,
     5,
     {2, 3, 1},
     3},
    {"the price per GPU counts",
     {host(1, 1, 30), host(2, 4, 100), host(3, 2, 70)},
     any,
     5,
     {2, 1, 3},
     3},
    {"on request, the price of the whole host counts",
     {host(1, 1, 30), host(2, 4, 100), host(3, 2, 70)},
     with(any, CostBy::host),
     5,
     {1, 3, 2},
     3},
    {"the price per GPU is exact: 33 + 1/3 is less than 34",
     {host(1, 1, 34), host(2, 3, 100), host(3, 3, 101)},
     any,
     5,
     {2, 3, 1},
     3},
    {"the price per GPU is exact up to the maximum price",
     {host(1, 31, highest - 31), host(2, 32, highest - 33), host(3, 32, highest - 32)},
     with(any, CostBy::gpu),
     5,
     {2, 3, 1},
     3},
    {"equal prices per GPU: the lower id first",
     {host(3, 3, 60), host(2, 1, 20), host(1, 2, 40)},
     any,
     5,
     {1, 2, 3},
     3},
    {"equal prices per host: the lower id first",
     {host(3, 3, 60), host(2, 1, 60), host(1, 2, 60)},
     with(any, CostBy::host),
     5,
     {1, 2, 3},
     3},
    {"hosts where no price helps come last, by id",
     {offline(host(4, 1, 1)), host(3, 1, 70), offline(host(2, 1, 5)), host(5, 1, 60)},
     any,
     5,
     {5, 3, 2, 4},
     4},
    {"only the first two fit, but all are asked",
     {host(1, 1, 30), host(2, 1, 10), offline(host(3, 1, 1)), host(4, 1, 20)},
     any,
     2,
     {2, 4},
     4},
    {"without room there are none, but all are asked", {host(1, 1, 30)}, any, 0, {}, 1},
    {"only hosts of a model: all GPUs must be of it",
     {host(1, 1, 30, 8), host(2, 1, 10, 9), mixed(), host(3, 2, 20, 8), host(4, 1, 1)},
     of_model(8),
     5,
     {3, 1},
     2},
    {"only hosts without a named model",
     {host(1, 1, 30, 8), host(4, 1, 1)},
     of_model({}),
     5,
     {4},
     1},
    {"only hosts with exactly this number of GPUs",
     {host(1, 1, 30), host(2, 2, 10), host(3, 3, 20)},
     of_gpus(2),
     5,
     {2},
     1},
    {"only hosts of a model with this number of GPUs",
     {host(1, 1, 30, 8), host(2, 2, 10, 8), host(3, 2, 20, 9)},
     of_both(8, 2),
     5,
     {2},
     1},
};

// Rows are taken by value, because g++ 12 cannot copy an empty optional out of a constant table.
constexpr bool is_in_order(Order row) {
    HostQuote room[5];
    Conditions conditions = in_units;
    conditions.policy.price_max = Price::highest();
    Cheapest search{row.request, conditions, std::span{room}.first(row.room)};
    for (const HostCapabilities& host : row.hosts) search.add(host, std::span<const Offer>{});
    Ids found;
    bool has_room = true;
    for (const HostQuote& quote : search.in_order())
        has_room = found.push_back(quote.host) && has_room;
    return has_room && found == row.expected && search.hosts() == row.asked;
}

// --- What one host answers ---

constexpr Offer bid(BidId id, std::int64_t price, OwnerId owner = 0) {
    return {.id = id, .owner = owner, .price = Price::unchecked(price)};
}
constexpr Offer in_bitcoin(Offer offer) {
    offer.currency = bitcoin;
    return offer;
}
constexpr Offer overdue(Offer offer) {
    offer.expiry = at_ms(0);
    return offer;
}

struct Asked {
    const char* rule;
    FixedVector<Offer, 3> bids;
    SearchRequest request;
    Answer<Result<Price, Code>> expected;
    std::optional<Run> run{};
    Conditions conditions = in_units;
    // The second GPU takes less than the first, and no lock.
    HostCapabilities host{.id = 7, .gpus = {full_gpu, plain_gpu}, .energy_price = 0.1_usd_per_kWh};
};

constexpr Answer<Result<Price, Code>> no_price(Code code, NotCompared not_compared = {}) {
    return {Unexpected{code}, not_compared};
}
constexpr HostCapabilities free_energy{.id = 7, .gpus = {full_gpu, plain_gpu}};
constexpr Run settled{.bid = 1, .first_won = at_ms(0)};
constexpr BidId one[] = {1};

constexpr SearchRequest profile(OverclockProfile profile) {
    return {.profile = profile, .tick = price(1)};
}

constexpr Asked answers[] = {
    // 2 x 200 W x 24 h at 0.1 USD/kWh cost 0.96 USD. With 100 W, the rival's 2 coins leave 1.76.
    {"the price covers the watts of all GPUs",
     {{.id = 2, .price = 2_coin_per_day, .power_limits = TotalPower::unchecked(100)}},
     {.profile = {.power_limit = 200_W}},
     {2.7201_coin_per_day},
     {},
     {.rates = Rates{1_usd_per_coin}}},
    {"above the best rival", {bid(1, 50), bid(2, 70)}, any, {price(71)}, {}, in_units, free_energy},
    {"for an owner",
     {bid(1, 50), bid(2, 70, 9)},
     {.profile = {.power_limit = 200_W}, .tick = price(1), .owner = 9},
     {price(51)},
     {},
     in_units,
     free_energy},
    {"without named bids",
     {bid(1, 70), bid(2, 50)},
     {.profile = {.power_limit = 200_W}, .tick = price(1), .without = one},
     {price(51)},
     {},
     in_units,
     free_energy},
    {"in whole ticks",
     {bid(1, 70)},
     {.profile = {.power_limit = 200_W}, .tick = price(50)},
     {price(100)},
     {},
     in_units,
     free_energy},
    {"in another currency",
     {bid(1, 50'000)},
     {.profile = {.power_limit = 200_W}, .currency = bitcoin, .tick = price(1)},
     {price(21'429)},
     {},
     {.rates = two_rates(ExchangeRate::unchecked(3), ExchangeRate::unchecked(7))},
     free_energy},
    {"the incumbent is protected",
     {bid(1, 50)},
     any,
     no_price(Code::incumbent_protected),
     settled,
     {.rates = unit_rate, .policy = {.dwell_min = 1_ms, .price_min = {}}},
     free_energy},
    {"a new bid's image is not cached",
     {},
     any,
     no_price(Code::not_cached),
     {},
     {.rates = unit_rate, .policy = {.require_cached = true}},
     free_energy},
    {"cached, as the policy requires",
     {},
     {.profile = {.power_limit = 200_W}, .tick = price(1), .is_cached = true},
     {price(10'000)},
     {},
     {.rates = unit_rate, .policy = {.require_cached = true}},
     free_energy},
    {"one GPU does not allow the watts, although the sum is allowed",
     {},
     profile({.power_limit = 401_W}),
     no_price(Code::overclock_invalid)},
    {"one GPU needs more watts, although the sum is enough",
     {},
     profile({.power_limit = 149_W}),
     no_price(Code::overclock_invalid)},
    {"one GPU does not allow a lock",
     {},
     profile({.power_limit = 200_W, .core_lock = 1500_MHz}),
     no_price(Code::overclock_invalid)},
    {"all GPUs allow the lock",
     {},
     profile({.power_limit = 200_W, .core_lock = 1500_MHz}),
     {price(1)},
     {},
     in_units,
     {.id = 7, .gpus = {full_gpu, full_gpu}}},
    {"0 W is a missing power limit, even if the cards allow it",
     {},
     profile({}),
     no_price(Code::overclock_invalid),
     {},
     in_units,
     {.id = 7, .gpus = {{.power_limit = {0_W, 400_W}}}}},
    {"a host without GPUs", {}, any, no_price(Code::overclock_invalid), {}, in_units, {.id = 7}},
    {"bids that are not compared",
     {bid(1, 50), in_bitcoin(bid(2, 70)), overdue(bid(3, 80))},
     any,
     {price(51), {.rate_missing = 1, .expired = 1}},
     {},
     in_units,
     free_energy},
};

constexpr bool is_answered(Asked row) {
    HostQuote room[1];
    Cheapest search{row.request, row.conditions, room};
    search.add(row.host, row.bids.view(), row.run);
    const auto quotes = search.in_order();
    const auto watts = row.request.profile.power_limit.count();
    return quotes.size() == 1 && search.hosts() == 1 &&
           quotes.not_compared == row.expected.not_compared &&
           quotes[0] == HostQuote{.host = 7,
                                  .gpus = row.host.gpus.size(),
                                  .power_limits = TotalPower::unchecked(
                                      watts * static_cast<std::int32_t>(row.host.gpus.size())),
                                  .bids = row.bids.size(),
                                  .price = row.expected};
}

constexpr BidId two[] = {2};

constexpr table::Fact facts[] = {
    {"the bids that were not compared are those of all hosts that are asked",
     [] {
         const Offer bids[] = {bid(1, 50), in_bitcoin(bid(2, 70)), overdue(bid(3, 80))};
         HostQuote room[1];
         Cheapest search{of_gpus(2), in_units, room};
         for (const std::size_t gpus : {2u, 1u, 2u, 2u})
             search.add(host(HostId{gpus}, gpus, 1), bids);
         const NotCompared expected{.rate_missing = 3, .expired = 3};
         return search.not_compared() == expected && search.in_order().not_compared == expected &&
                search.hosts() == 3;
     }},
    {"bids are offers too, in the order of the list",
     [] {
         const Bid bids[] = {{.id = 1,
                              .price = 1_coin_per_day,
                              .overclock = {{.power_limit = 200_W}, {.power_limit = 200_W}}}};
         HostQuote room[1];
         Cheapest search{any, in_units, room};
         search.add(free_energy, bids);
         return search.in_order()[0].price == Result<Price, Code>{price(100'000'001)};
     }},
    {"two requests are equal if all their parts are",
     [] {
         const SearchRequest all{.profile = {.power_limit = 200_W},
                                 .currency = bitcoin,
                                 .tick = price(7),
                                 .is_cached = true,
                                 .owner = 7,
                                 .without = one,
                                 .model = 8,
                                 .gpus = 2,
                                 .by = CostBy::host};
         bool is_so = true;
         const auto differs = [&](auto change) {
             SearchRequest other = all;
             is_so = is_so && other == all;
             change(other);
             is_so = is_so && other != all;
         };
         differs([](SearchRequest& other) { other.profile.power_limit = 201_W; });
         differs([](SearchRequest& other) { other.currency = main_currency; });
         differs([](SearchRequest& other) { other.tick = price(8); });
         differs([](SearchRequest& other) { other.is_cached = false; });
         differs([](SearchRequest& other) { other.owner = 8; });
         differs([](SearchRequest& other) { other.without = two; });
         differs([](SearchRequest& other) { other.model = 9; });
         differs([](SearchRequest& other) { other.gpus = 3; });
         differs([](SearchRequest& other) { other.by = CostBy::gpu; });
         return is_so;
     }},
};

GIGASPOT_TABLE("section 10, cheapest: hosts by cost", orders, is_in_order)
GIGASPOT_TABLE("section 10, cheapest: what each host answers", answers, is_answered)
GIGASPOT_TABLE("section 10, cheapest: all hosts together", facts, table::is_so)

}  // namespace
