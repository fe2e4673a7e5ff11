// Offers: the part of a bid that its host uses, and what a total power limit tells (section 4).
#include <gigaspot/rules/offer.hpp>

#include "support/market.hpp"

namespace {

using namespace market;

constexpr TotalPower watts(TotalPower::rep count) { return TotalPower::unchecked(count); }

constexpr HostCapabilities two_gpus{.gpus = {full_gpu, plain_gpu}};  // 100 + 150 .. 450 + 400 W
constexpr Bid bid{.id = 5,
                  .owner = 8,
                  .price = 3_coin_per_day,
                  .currency = bitcoin,
                  .overclock = {{.power_limit = 300_W}, {.power_limit = 200_W}}};

constexpr table::Fact facts[] = {
    {"an offer has the id, owner, price, currency and total power limit of its bid",
     [] {
         return make_offer(bid, two_gpus, 9) == Offer{.id = 5,
                                                      .owner = 8,
                                                      .price = 3_coin_per_day,
                                                      .currency = bitcoin,
                                                      .power_limits = watts(500),
                                                      .sequence = 9};
     }},
    {"an offer has an invalid overclock if its bid has",
     [] {
         Bid other = bid;
         other.overclock[1].core_lock = 0_MHz;
         return make_offer(bid, two_gpus).is_overclock_valid &&
                !make_offer(other, two_gpus).is_overclock_valid;
     }},
    {"a broken price does not make the overclock invalid",
     [] { return make_offer(Bid{.overclock = bid.overclock}, two_gpus).is_overclock_valid; }},
    {"a bid without profiles draws nothing", [] { return total_power_limit(Bid{}) == watts(0); }},
    {"a total power limit is valid from the sum of the minimums",
     [] {
         return is_total_power_valid(watts(250), two_gpus) &&
                !is_total_power_valid(watts(249), two_gpus);
     }},
    {"a total power limit is valid up to the sum of the maximums",
     [] {
         return is_total_power_valid(watts(850), two_gpus) &&
                !is_total_power_valid(watts(851), two_gpus);
     }},
    {"the totals of 255 GPUs of maximum power fit",
     [] {
         HostCapabilities host;
         Bid greedy;
         bool has_room = true;
         for (int i = 0; i < 32; ++i) {
             has_room = has_room && host.gpus.push_back({.power_limit = {0_W, 1'000'000_W}});
             has_room = has_room && greedy.overclock.push_back({.power_limit = 1'000'000_W});
         }
         return has_room && total_power_limit(greedy) == watts(32'000'000) &&
                is_total_power_valid(watts(32'000'000), host) &&
                !is_total_power_valid(watts(32'000'001), host);
     }},
    {"as_offer keeps an offer and gives a bid its place as the sequence",
     [] {
         const Offer offer{.id = 5, .sequence = 7};
         return &as_offer(offer, two_gpus, 3) == &offer && as_offer(bid, two_gpus, 3).sequence == 3;
     }},
};

GIGASPOT_TABLE("an offer is the part of a bid that decides a choice", facts, table::is_so)

static_assert(OfferTo<Bid, DefaultTraits> && OfferTo<Offer, DefaultTraits> &&
              !OfferTo<int, DefaultTraits>);
static_assert(OffersTo<Bid[2], DefaultTraits> && OffersTo<std::span<const Offer>, DefaultTraits>);
static_assert(!OffersTo<Bid, DefaultTraits> && !OffersTo<int[2], DefaultTraits>);

}  // namespace
