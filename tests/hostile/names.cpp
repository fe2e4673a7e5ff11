// Uses words of the market as names of its own: global names before and after our headers, and
// functions that take anything, beside the types of the traits. Our unqualified calls would find
// those functions.

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

TAKES_ANYTHING(apply)
TAKES_ANYTHING(as_offer)
TAKES_ANYTHING(below_0_outside)
TAKES_ANYTHING(cache_candidates)
TAKES_ANYTHING(capabilities)
TAKES_ANYTHING(charge)
TAKES_ANYTHING(check_bid)
TAKES_ANYTHING(check_gpus)
TAKES_ANYTHING(check_overclock)
TAKES_ANYTHING(check_price)
TAKES_ANYTHING(check_profile)
TAKES_ANYTHING(check_saved)
TAKES_ANYTHING(check_setting)
TAKES_ANYTHING(currencies_used)
TAKES_ANYTHING(digest)
TAKES_ANYTHING(eligibility)
TAKES_ANYTHING(events_max)
TAKES_ANYTHING(explain)
TAKES_ANYTHING(find)
TAKES_ANYTHING(get_id)
TAKES_ANYTHING(hold_contest)
TAKES_ANYTHING(is_clearly_valid)
TAKES_ANYTHING(is_overclock_valid)
TAKES_ANYTHING(lent)
TAKES_ANYTHING(make_offer)
TAKES_ANYTHING(make_room)
TAKES_ANYTHING(megahertz_or)
TAKES_ANYTHING(move)
TAKES_ANYTHING(name)
TAKES_ANYTHING(next_close)
TAKES_ANYTHING(not_compared)
TAKES_ANYTHING(pack)
TAKES_ANYTHING(power_draw)
TAKES_ANYTHING(price_to_keep)
TAKES_ANYTHING(price_to_win)
TAKES_ANYTHING(profit)
TAKES_ANYTHING(profit_parts)
TAKES_ANYTHING(put_id)
TAKES_ANYTHING(put_state)
TAKES_ANYTHING(rank)
TAKES_ANYTHING(rate_range)
TAKES_ANYTHING(replaces)
TAKES_ANYTHING(reserve)
TAKES_ANYTHING(restore)
TAKES_ANYTHING(run)
TAKES_ANYTHING(run_and_lend)
TAKES_ANYTHING(run_command)
TAKES_ANYTHING(save)
TAKES_ANYTHING(select)
TAKES_ANYTHING(protection)
TAKES_ANYTHING(sort)
TAKES_ANYTHING(standing)
TAKES_ANYTHING(swap)
TAKES_ANYTHING(tag_of)
TAKES_ANYTHING(total_power)
TAKES_ANYTHING(total_power_limit)
TAKES_ANYTHING(totals)
TAKES_ANYTHING(unavailability)
TAKES_ANYTHING(unique)
TAKES_ANYTHING(unpack)
TAKES_ANYTHING(validate)
TAKES_ANYTHING(view_of)
TAKES_ANYTHING(visit)
TAKES_ANYTHING(words_of)

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

template <>
struct std::hash<embedder::Uuid> {
    std::size_t operator()(embedder::Uuid id) const { return id.high ^ id.low; }
};

Findings findings_among_names() { return {}; }

bool is_found_among_names(const gigaspot::BasicHostCapabilities<embedder::Traits>& machine,
                          std::span<const gigaspot::BasicBid<embedder::Traits>> rivals,
                          const gigaspot::Conditions& now) {
    gigaspot::BasicHostQuote<embedder::Traits> room[1];
    gigaspot::BasicCheapest<embedder::Traits> search{{}, now, room};
    search.add(machine, rivals);
    return search.in_order()[0].price.error() == gigaspot::Code::overclock_invalid;
}

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
           is_found_among_names(machine, rivals, now) &&
           gigaspot::price_to_keep(machine, rivals, now, {{.bid = {1, 2}}}) &&
           gigaspot::rate_range(machine, rivals, now) &&
           gigaspot::not_compared(machine, rivals, now).total() == 0 &&
           gigaspot::validate(rivals[0], machine, now).empty() &&
           gigaspot::validate(machine).empty() && gigaspot::is_valid(rivals[0], machine, now) &&
           gigaspot::PackedProfile{rivals[0].overclock[0]}.unpack<embedder::Traits>() ==
               rivals[0].overclock[0] &&
           gigaspot::PackedLimits{machine.gpus[0]} != gigaspot::PackedLimits{};
}

bool live_among_names() {
    using namespace gigaspot::literals;
    using Traits = embedder::Traits;
    const gigaspot::Timestamp now{};
    gigaspot::BasicEngine<Traits> engine;
    engine.reserve({.hosts = 2, .bids = 4, .bids_per_host = 2});
    const gigaspot::BasicHostCapabilities<Traits> machine{
        .id = 7, .gpus = {{.power_limit = {100_W, 400_W}}}};
    const gigaspot::BasicBid<Traits> offer{
        .id = {1, 2}, .host = 7, .price = 5_coin_per_day, .overclock = {{.power_limit = 300_W}}};
    const bool is_told =
        engine.set_rate({.usd = 1_usd_per_coin}, now) && engine.put_host(machine, now) &&
        engine.put_host(machine, now) && engine.place(offer, now) && !engine.place(offer, now) &&
        engine.edit({.id = {1, 2}, .price = 6_coin_per_day}, now) &&
        engine.set_cached({1, 2}, true, now) && engine.set_energy_price(7, {}, now) &&
        engine.set_host_status({.id = 7}, now) && engine.close(now) &&
        engine.cancel(embedder::Uuid{1, 2}, now);
    const gigaspot::SavedBytes bytes = gigaspot::save(engine);
    const auto restored = gigaspot::restore<Traits>({bytes.data(), bytes.size()});
    gigaspot::BasicRanked<Traits> ranked[2];
    gigaspot::BasicExplanation<Traits> explained[2];
    const gigaspot::BasicCommand<Traits> command = gigaspot::BasicRevokeBid<Traits>{.id = {1, 2}};
    boost::container::vector<gigaspot::BasicEvent<Traits>> events;
    const auto& constant = engine;
    int seen = 0;
    const auto see_bid = [&](const gigaspot::BasicBidState<Traits>&) { ++seen; };
    constant.visit_hosts([&](gigaspot::HostId, gigaspot::HostHandle) { ++seen; });
    constant.visit_bids(see_bid);
    constant.visit_bids_on(7, see_bid);
    constant.visit_bids_of({}, see_bid);
    constant.visit_runs([&](const gigaspot::BasicRunState<Traits>&) { ++seen; });
    const embedder::Uuid id{1, 2};
    const bool is_shown = seen == 5 && constant.bid(id)->is_cancelled && constant.overclock(id) &&
                          !constant.edited_overclock(id) &&
                          constant.run(7)->charge_at(now) == gigaspot::Charge{} &&
                          constant.not_compared(7).total() == 0;
    return is_shown && is_told && restored &&
           gigaspot::digest(*restored) == gigaspot::digest(engine) &&
           !engine.choice(gigaspot::HostId{7}).winner &&
           !constant.choice(gigaspot::HostId{7}).winner && engine.rate_range(7) &&
           engine.cache_candidates(7, ranked).empty() && engine.explain(7, explained).empty() &&
           engine.price_to_win(7, {.power_limits = 100_W}) && engine.totals().running == 1 &&
           engine.apply(command, now, [](const gigaspot::BasicEvent<Traits>&) {}) &&
           engine.close(gigaspot::Timestamp::unchecked(100'000), events) && events.size() == 1 &&
           engine.remove_host(7, gigaspot::Timestamp::unchecked(100'000));
}

int main() {
    if (!choose_among_macros()) return std::puts("wrong choices in macros.cpp"), 1;
    if (!choose_among_names()) return std::puts("wrong choices in names.cpp"), 1;
    if (!live_among_macros()) return std::puts("wrong live market in macros.cpp"), 1;
    if (!live_among_names()) return std::puts("wrong live market in names.cpp"), 1;
    if (findings_among_macros() != findings_among_names())
        return std::puts("the units do not share what the headers define"), 1;
    return 0;
}
