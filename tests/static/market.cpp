// A market of 1,000 bids for a host of 2 GPUs, validated and decided while this file compiles.
// Embedders check their own tables like this, and compilers limit what a constant may cost: clang
// 14 to about a million steps per evaluation. So the array is a separate constant made of copies of
// one bid, because a copy costs no steps and an initialisation costs hundreds. `validate` costs
// about 1,500 steps per bid, most of them for its empty report, so 1,000 bids are validated in two
// halves. `is_valid` and `select` handle all of them at once.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include <gigaspot/gigaspot.hpp>

namespace {

using namespace gigaspot::literals;

constexpr std::size_t bids_count = 1'000;

constexpr gigaspot::GpuLimits gpu{.power_limit = {100_W, 700_W},
                                  .core_lock = {{210_MHz, 2520_MHz}},
                                  .mem_offset = {{-1000_MHz, 1000_MHz}}};
constexpr gigaspot::HostCapabilities host{
    .id = 7, .gpus = {gpu, gpu}, .energy_price = 0.25_usd_per_kWh};
constexpr gigaspot::Conditions conditions{.rates = 0.01_usd_per_coin};

constexpr gigaspot::Bid prototype{.host = 7,
                                  .overclock = {{.mem_offset = 500_MHz}, {.mem_offset = 500_MHz}}};

// The bids are steps 0 .. 999, shuffled: the bid at place i is step 321 i mod 1,000. Step s has 200
// + s W and pays 500 + s coins, but at most 1,140 coins. A watt costs the host 0.006 USD per day,
// and a coin is worth 0.01 USD. So the profit rises by 0.004 USD per step up to step 640, and falls
// by 0.006 USD per step after it.
constexpr gigaspot::Bid bid_at(std::size_t place) {
    const auto step = static_cast<std::int32_t>(place * 321 % bids_count);
    gigaspot::Bid bid = prototype;
    bid.id = 1'000 + place;
    bid.price =
        gigaspot::Price::unchecked((500 + (step < 640 ? step : 640)) * std::int64_t{100'000'000});
    bid.overclock[0].power_limit = gigaspot::Power::unchecked(100 + step / 2);
    bid.overclock[1].power_limit = gigaspot::Power::unchecked(100 + step - step / 2);
    bid.overclock[0].core_lock = gigaspot::Frequency::unchecked(1'000 + step);
    bid.overclock[1].core_lock = gigaspot::Frequency::unchecked(2'000 - step);
    return bid;
}

template <std::size_t... Places>
constexpr std::array<gigaspot::Bid, bids_count> make_bids(std::index_sequence<Places...>) {
    return {bid_at(Places)...};
}

constexpr std::array<gigaspot::Bid, bids_count> bids =
    make_bids(std::make_index_sequence<bids_count>{});

constexpr bool are_without_violations(std::size_t first, std::size_t count) {
    for (const gigaspot::Bid& bid : std::span{bids}.subspan(first, count)) {
        if (!gigaspot::validate(bid, host, conditions).empty()) return false;
    }
    return true;
}
static_assert(are_without_violations(0, 500));
static_assert(are_without_violations(500, 500));

// Another host with the same GPUs that allows less power. The bids that fit are steps 0 .. 800,
// which need at most 100 + 400 W of a GPU.
constexpr std::size_t count_valid(const gigaspot::HostCapabilities& on_host) {
    std::size_t valid = 0;
    for (const gigaspot::Bid& bid : bids)
        valid += gigaspot::is_valid(bid, on_host, conditions) ? 1u : 0u;
    return valid;
}
constexpr gigaspot::HostCapabilities with_power_limit_max(gigaspot::Power max) {
    gigaspot::HostCapabilities other = host;
    for (gigaspot::GpuLimits& limits : other.gpus) limits.power_limit.max = max;
    return other;
}
static_assert(count_valid(with_power_limit_max(500_W)) == 801);

// 321 x 840 = 269,640, so the bid at place 840 is step 640. It pays 1,140 coins, or 11.40 USD, and
// draws 840 W, which cost 5.04 USD.
constexpr gigaspot::Selection choice = gigaspot::select(host, bids, conditions);
static_assert(choice.winner == 1'840);
static_assert(choice.index == 840);
static_assert(choice.profit == 6.36_usd_per_day);

}  // namespace
