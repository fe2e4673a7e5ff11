// A unit whose own names are words of the market: global ones before our headers and after them,
// and functions that take anything beside the types that it brings as traits, where our unqualified
// calls find them.

#include <compare>
#include <cstdint>
#include <cstdio>

extern int host;
extern double rates[4];
struct bid {};
enum price { profit, cached };
typedef unsigned long conditions;
namespace offer {}
template <class T>
T rank(T);
int validate(int);

namespace embedder {

struct Uuid {
    std::uint64_t high = 0;
    std::uint64_t low = 0;

    friend constexpr bool operator==(Uuid, Uuid) = default;
    friend constexpr auto operator<=>(Uuid, Uuid) = default;
};

#define TAKES_ANYTHING(name)                                                                       \
    template <class... T>                                                                          \
    void name(const T&...) = delete;                                                               \
    template <class... T>                                                                          \
    void name(T&&...) = delete;

TAKES_ANYTHING(as_offer)
TAKES_ANYTHING(check_bid)
TAKES_ANYTHING(check_overclock)
TAKES_ANYTHING(check_price)
TAKES_ANYTHING(check_profile)
TAKES_ANYTHING(check_setting)
TAKES_ANYTHING(eligibility)
TAKES_ANYTHING(hold_contest)
TAKES_ANYTHING(is_overclock_valid)
TAKES_ANYTHING(make_offer)
TAKES_ANYTHING(move)
TAKES_ANYTHING(power_draw)
TAKES_ANYTHING(profit)
TAKES_ANYTHING(profit_parts)
TAKES_ANYTHING(select)
TAKES_ANYTHING(standing)
TAKES_ANYTHING(swap)
TAKES_ANYTHING(total_power_limit)
TAKES_ANYTHING(validate)
TAKES_ANYTHING(view_of)

}  // namespace embedder

#include "units.hpp"

extern int winner;
struct selection {};
namespace power {}
int now();

namespace embedder {

struct Traits : gigaspot::DefaultTraits {
    using BidId = Uuid;
    static constexpr std::size_t gpus_max = 2;
};

}  // namespace embedder

Findings findings_among_names() { return {}; }

bool choose_among_names() {
    using namespace gigaspot::literals;
    using Bid = gigaspot::BasicBid<embedder::Traits>;
    const gigaspot::BasicHostCapabilities<embedder::Traits> machine{
        .gpus = {{.power_limit = {100_W, 400_W}}}};
    const Bid rivals[] = {
        {.id = {1, 2}, .price = 5_coin_per_day, .overclock = {{.power_limit = 300_W}}},
        {.id = {3, 4}, .price = 6_coin_per_day, .overclock = {{.power_limit = 300_W}}}};
    gigaspot::BasicRanked<embedder::Traits> ranked[2];
    gigaspot::BasicExplanation<embedder::Traits> explained[2];
    const gigaspot::Conditions now{.rates = 1_usd_per_coin};
    return gigaspot::select(machine, rivals, now).winner == embedder::Uuid{3, 4} &&
           gigaspot::rank(machine, rivals, now, ranked)[1].index == 0 &&
           gigaspot::explain(machine, rivals, now, explained)[0].is_winner &&
           gigaspot::cache_candidates(machine, rivals, now, ranked).empty() &&
           gigaspot::price_to_win(machine, rivals, now,
                                  {.power_limits = gigaspot::TotalPower::unchecked(300)}) &&
           gigaspot::rate_range(machine, rivals, now) &&
           gigaspot::validate(rivals[0], machine, now).empty() &&
           gigaspot::validate(machine).empty() && gigaspot::is_valid(rivals[0], machine, now);
}

int main() {
    if (!choose_among_macros()) return std::puts("wrong choices in macros.cpp"), 1;
    if (!choose_among_names()) return std::puts("wrong choices in names.cpp"), 1;
    if (findings_among_macros() != findings_among_names())
        return std::puts("the units do not share what the headers define"), 1;
    return 0;
}
