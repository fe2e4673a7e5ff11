// Section 10: no answer skips a bid silently. Each says how many bids it did not compare, and why.
#include <gigaspot/rules/answer.hpp>

#include "support/market.hpp"

namespace {

using namespace market;

constexpr Conditions at_five_ms(Policy policy = {.price_min = {}}) {
    return {.rates = unit_rate, .policy = policy, .now = at_ms(5)};
}

constexpr Offer good{.id = 1, .price = 9_coin_per_day};
constexpr Offer expired{.id = 2, .price = 9_coin_per_day, .expiry = at_ms(5)};
constexpr Offer in_bitcoin{.id = 3, .price = 9_coin_per_day, .currency = bitcoin};
constexpr Offer expired_in_bitcoin{
    .id = 4, .price = 9_coin_per_day, .currency = bitcoin, .expiry = at_ms(1)};
constexpr Offer invalid{.id = 5, .currency = bitcoin, .is_overclock_valid = false};
constexpr Offer worthless{.id = 6};

struct Row {
    const char* rule;
    FixedVector<Offer, 6> bids;
    NotCompared expected;
    Conditions conditions = at_five_ms();
    HostStatus status{};
};

constexpr Row rows[] = {
    {"without bids there are none", {}, {}},
    {"a bid that is compared is not counted, whether it wins or not", {good, worthless}, {}},
    {"a bid in a currency without a rate", {good, in_bitcoin}, {.rate_missing = 1}},
    {"a bid that has expired", {expired}, {.expired = 1}},
    {"an expired bid without a rate counts once, by the first reason of section 5",
     {expired_in_bitcoin},
     {.expired = 1}},
    {"an invalid bid was compared with its host, and lost", {invalid}, {}},
    {"a bid that must be cached and is not has lost too",
     {in_bitcoin},
     {},
     at_five_ms({.require_cached = true, .price_min = {}})},
    {"without the main rate, no bid is compared",
     {good, in_bitcoin, expired},
     {.rate_missing = 2, .expired = 1},
     {.policy = {.price_min = {}}, .now = at_ms(5)}},
    {"a rate that is too old is missing",
     {good},
     {.rate_missing = 1},
     at_five_ms({.rate_age_max = 4_ms, .price_min = {}})},
    {"an unavailable host compares no bid, so it skips none",
     {in_bitcoin, expired},
     {},
     at_five_ms(),
     {.online = false}},
    {"all kinds together",
     {good, in_bitcoin, expired, in_bitcoin, expired_in_bitcoin, invalid},
     {.rate_missing = 2, .expired = 2}},
};

// Rows are taken by value, because g++ 12 cannot copy an empty optional out of a constant table.
constexpr NotCompared counted(Row row) {
    return not_compared(HostCapabilities{.status = row.status}, row.bids.view(), row.conditions);
}

constexpr Answer<Result<Price, Code>> price_of_three{3_coin_per_day, {.expired = 1}};
constexpr Answer<Result<Price, Code>> no_price{Unexpected{Code::not_cached}, {.rate_missing = 2}};
constexpr Answer<std::optional<int>> nothing{};

constexpr table::Fact facts[] = {
    {"the total is the sum over all reasons",
     [] {
         return NotCompared{}.total() == 0 &&
                NotCompared{.rate_missing = 1, .expired = 20, .unreadable = 300}.total() == 321;
     }},
    {"counts of several hosts add up",
     [] {
         NotCompared sum{.rate_missing = 1, .expired = 2, .unreadable = 3};
         sum += {.rate_missing = 10, .expired = 20, .unreadable = 30};
         return sum == NotCompared{.rate_missing = 11, .expired = 22, .unreadable = 33};
     }},
    {"an answer is used like what it answers",
     [] {
         const Result<Price, Code>& price = price_of_three;
         return price_of_three && *price_of_three == 3_coin_per_day && price && !no_price &&
                no_price.error() == Code::not_cached && !nothing;
     }},
    {"answers are equal if they did not compare the same bids",
     [] {
         Answer<Result<Price, Code>> other = price_of_three;
         const bool was_equal = other == price_of_three;
         other.not_compared.expired = 2;
         return was_equal && other != price_of_three && no_price != price_of_three;
     }},
    {"an answer equals a plain value whatever it did not compare",
     [] {
         return price_of_three == Result<Price, Code>{3_coin_per_day} &&
                Result<Price, Code>{Unexpected{Code::not_cached}} == no_price &&
                price_of_three != Result<Price, Code>{4_coin_per_day};
     }},
    {"an empty answer equals nothing",
     [] {
         return nothing == std::optional<int>{} && std::optional<int>{} == nothing &&
                nothing == std::nullopt && nothing != std::optional<int>{0} &&
                Answer<std::optional<int>>{7} == std::optional<int>{7} &&
                Answer<std::optional<int>>{7} == 7 && 8 != Answer<std::optional<int>>{7};
     }},
};

static_assert(std::ranges::enable_borrowed_range<Answer<std::span<int>>>);
static_assert(!std::ranges::enable_borrowed_range<Answer<FixedVector<int, 3>>>);

GIGASPOT_TABLE("section 10, the bids that an answer did not compare", rows, counted)
GIGASPOT_TABLE("section 10, an answer and what it did not compare", facts, table::is_so)

}  // namespace
