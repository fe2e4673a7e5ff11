// Section 10, the cheapest hosts: the first of all hosts that the request includes, sorted by the
// cost as a fraction. Each has the price that its host gives alone.
#include "random_market.hpp"

namespace {

using namespace random_market;

/// Draws a host with a few GPUs of two models.
HostCapabilities draw_host(const Market& market, std::uint64_t id) {
    HostCapabilities host = market.host;
    host.id = id;
    host.gpus = {};
    const bool is_uniform = once_in(2);
    for (int i = draw(0, 3); i >= 0; --i) {
        GpuLimits gpu{.power_limit = {Power::unchecked(draw(0, 2)), Power::unchecked(draw(2, 4))}};
        gpu.model = is_uniform ? 1 : draw<std::uint64_t>(1, 2);
        if (once_in(4)) gpu.core_lock = {100_MHz, Frequency::unchecked(draw(100, 300))};
        RC_ASSERT(host.gpus.push_back(gpu));
    }
    return host;
}

SearchRequest draw_request(const Ignored& ignored) {
    SearchRequest request{.profile = {.power_limit = Power::unchecked(draw(0, 4))},
                          .currency = draw_from({main_currency, main_currency, bitcoin}),
                          .tick = Price::unchecked(draw_from<std::int64_t>({1, 100'000'000})),
                          .is_cached = once_in(2),
                          .owner = ignored.owner,
                          .without = ignored.without,
                          .by = once_in(2) ? CostBy::gpu : CostBy::host};
    if (once_in(6)) request.profile.core_lock = 200_MHz;
    if (once_in(4)) request.model = draw<std::uint64_t>(1, 3);
    if (once_in(4)) request.gpus = draw<std::size_t>(1, 4);
    return request;
}

bool is_included(const HostCapabilities& host, const SearchRequest& request) {
    bool is_of_model = true;
    for (const GpuLimits& gpu : host.gpus)
        is_of_model &= request.model.value_or(gpu.model) == gpu.model;
    return is_of_model && request.gpus.value_or(host.gpus.size()) == host.gpus.size();
}

/// Section 3: what a bid with the same profile for each GPU breaks.
bool is_allowed(const HostCapabilities& host, const SearchRequest& request) {
    Bid bid;
    for (std::size_t i = 0; i < host.gpus.size(); ++i)
        RC_ASSERT(bid.overclock.push_back(request.profile));
    for (const Violation& violation : validate(bid, host)) {
        if (violation.code < Code::price_not_positive) return false;
    }
    return true;
}

HostQuote quote_of(const Market& market, const SearchRequest& request) {
    const std::size_t gpus = market.host.gpus.size();
    HostQuote quote{.host = market.host.id, .gpus = gpus, .bids = market.bids.size()};
    quote.power_limits = TotalPower::unchecked(request.profile.power_limit.count() *
                                               static_cast<std::int32_t>(gpus));
    quote.price = price_to_win(market.host, market.bids, market.conditions,
                               {.power_limits = quote.power_limits,
                                .currency = request.currency,
                                .tick = request.tick,
                                .is_cached = request.is_cached,
                                .owner = request.owner,
                                .without = request.without},
                               market.run);
    if (market.host.status.is_available() && !is_allowed(market.host, request))
        quote.price = {Unexpected{Code::overclock_invalid}, quote.price.not_compared};
    return quote;
}

TEST_CASE("section 10, cheapest: the first of all hosts by cost, each with its price") {
    property::check("cheapest", 20, [] {
        std::vector<Market> markets;
        const Market first = draw_market(4);
        const auto count = draw<std::uint64_t>(0, 6);
        for (std::uint64_t i = 1; i <= count; ++i) {
            Market market = draw_market(4);
            market.conditions = first.conditions;
            market.host = draw_host(market, i * 5 % 7);
            if (once_in(2)) market.host.status = {};
            markets.push_back(market);
            log(market);
        }
        const Ignored ignored = draw_ignored(first);
        const SearchRequest request = draw_request(ignored);
        const auto k = draw<std::size_t>(0, 7);

        std::vector<HostQuote> expected;
        NotCompared not_compared;
        std::vector<HostQuote> room(k);
        Cheapest search{request, first.conditions, room};
        for (const Market& market : markets) {
            search.add(market.host, market.bids, market.run);
            if (!is_included(market.host, request)) continue;
            expected.push_back(quote_of(market, request));
            not_compared += expected.back().price.not_compared;
        }
        RC_ASSERT(search.hosts() == expected.size());
        RC_ASSERT(search.not_compared() == not_compared);

        const auto cost = [&](const HostQuote& quote) {
            if (!quote.price) return Fraction{1'000'000'000};
            const std::size_t parts = request.by == CostBy::gpu ? quote.gpus : 1;
            return fraction(*quote.price) / Integer{parts};
        };
        std::sort(expected.begin(), expected.end(), [&](const auto& left, const auto& right) {
            if (cost(left) != cost(right)) return cost(left) < cost(right);
            return left.host < right.host;
        });
        if (expected.size() > k) expected.resize(k);
        const auto found = search.in_order();
        RC_ASSERT(found.not_compared == not_compared);
        RC_ASSERT((std::vector<HostQuote>{found.begin(), found.end()} == expected));
    });
}

}  // namespace
