// An embedder's own types work in all rules: ids, numbers of GPUs, workloads and settings.
#include <gigaspot/values/traits.hpp>

#include <array>
#include <compare>
#include <limits>

#include "support/market.hpp"

namespace {

using namespace market;

// --- Ids ---

enum class Slot : std::uint16_t {};

/// An id of 16 bytes, as in most databases.
struct Uuid {
    std::array<std::uint8_t, 16> bytes{};

    friend constexpr bool operator==(const Uuid&, const Uuid&) = default;
    friend constexpr auto operator<=>(const Uuid&, const Uuid&) = default;
};

template <class AnyId>
constexpr AnyId make_id(std::uint8_t number) {
    return AnyId{number};
}
template <>
constexpr Uuid make_id(std::uint8_t number) {
    return {.bytes = {0xc0, 0xff, 0xee, number}};
}

template <class AnyId>
struct IdTraits : DefaultTraits {
    using HostId = AnyId;
    using BidId = AnyId;
    using OwnerId = AnyId;
};

struct EightGpus : DefaultTraits {
    static constexpr std::size_t gpus_max = 8;
};

struct MostGpus : DefaultTraits {
    static constexpr std::size_t gpus_max = 255;
};

// --- Workloads ---

/// A payload that contains a workload, which the rules validate.
struct Job {
    int ticket = 0;
    Workload workload{};

    constexpr operator Workload() const { return workload; }
};

/// A payload that the rules ignore and that cannot even be compared.
struct Blob {
    int handle = 0;
};

struct JobTraits : DefaultTraits {
    using Workload = Job;
};

struct BlobTraits : DefaultTraits {
    using Workload = Blob;
};

// --- Settings ---

/// An optional in four bytes. Its absent value is below every frequency.
struct PackedFrequency {
    static constexpr std::int32_t absent = std::numeric_limits<std::int32_t>::min();
    std::int32_t megahertz = absent;

    constexpr PackedFrequency() {}
    constexpr PackedFrequency(Frequency frequency) : megahertz{frequency.count()} {}

    [[nodiscard]] constexpr bool has_value() const { return megahertz != absent; }
    constexpr Frequency operator*() const { return Frequency::unchecked(megahertz); }

    constexpr bool operator==(const PackedFrequency&) const = default;
};

struct PackedTraits : DefaultTraits {
    using Setting = PackedFrequency;
};

// --- One small market for all traits ---

template <class Traits>
constexpr BasicGpuLimits<Traits> gpu{.power_limit = {100_W, 450_W},
                                     .core_lock = {{210_MHz, 2520_MHz}}};

template <class Traits>
constexpr BasicHostCapabilities<Traits> host{.id = make_id<typename Traits::HostId>(7),
                                             .gpus = {gpu<Traits>, gpu<Traits>},
                                             .energy_price = 0.11_usd_per_kWh};

/// Makes a bid of two profiles with these watts each.
template <class Traits>
constexpr BasicBid<Traits> bid_of(std::uint8_t id, Price price, Power power) {
    return {.id = make_id<typename Traits::BidId>(id),
            .host = host<Traits>.id,
            .owner = make_id<typename Traits::OwnerId>(3),
            .price = price,
            .overclock = {{.power_limit = power}, {.power_limit = power, .core_lock = 1500_MHz}}};
}

/// Plays the market with these traits. 600 W cost 1.584 USD and 320 W cost 0.8448 USD, so the
/// profits are 2.818 and 2.9892. The power limit of the third bid is too high.
template <class Traits>
constexpr BasicBid<Traits> bids[3] = {bid_of<Traits>(42, 620_coin_per_day, 300_W),
                                      bid_of<Traits>(41, 540_coin_per_day, 160_W),
                                      bid_of<Traits>(9, 900_coin_per_day, 500_W)};

constexpr Conditions at_0_0071{.rates = Rates{0.0071_usd_per_coin}};

template <class Traits>
constexpr bool is_validated() {
    const auto violations = validate(bids<Traits>[2], host<Traits>);
    return is_valid(bids<Traits>[0], host<Traits>) && validate(host<Traits>).empty() &&
           violations.size() == 2 && violations[1].code == Code::power_limit_above_host_maximum &&
           violations[1].gpu == std::uint8_t{1};
}

template <class Traits>
constexpr bool is_selected() {
    using Run = BasicRun<Traits>;
    const Run run{.bid = make_id<typename Traits::BidId>(42), .first_won = at_ms(0)};
    Conditions with_margin = at_0_0071;
    with_margin.policy.switch_margin = 1_usd_per_day;
    return select(host<Traits>, bids<Traits>, at_0_0071).winner ==
               make_id<typename Traits::BidId>(41) &&
           select(host<Traits>, bids<Traits>, with_margin, run).winner ==
               make_id<typename Traits::BidId>(42);
}

template <class Traits>
constexpr bool is_ranked_and_explained() {
    BasicRanked<Traits> ranked[3];
    BasicExplanation<Traits> explained[3];
    rank(host<Traits>, bids<Traits>, at_0_0071, ranked);
    explain(host<Traits>, bids<Traits>, at_0_0071, explained);
    const std::size_t order[] = {1, 0, 2};
    for (std::size_t i = 0; i < 3; ++i) {
        if (ranked[i].id != bids<Traits>[order[i]].id || !(explained[i].ranked == ranked[i]))
            return false;
    }
    return explained[0].is_winner && explained[2].price_to_win.error() == Code::overclock_invalid;
}

template <class Traits>
constexpr bool is_quoted() {
    // A profit of 2.9892 USD plus 1.584 USD for 600 W is 4.5732 USD, or 644.112.. coins at 0.0071
    // USD. The answer is the next tick.
    const BasicQuoteRequest<Traits> request{.power_limits = TotalPower::unchecked(600)};
    const auto price = price_to_win(host<Traits>, bids<Traits>, at_0_0071, request);
    return price == Result<Price, Code>{644.1127_coin_per_day} &&
           rate_range(host<Traits>, bids<Traits>, at_0_0071)->contains(0.0071_usd_per_coin);
}

template <class Traits>
constexpr bool is_found() {
    // Without bid 41, bid 42 is the rival: 2.818 USD, and 1.584 USD for 600 W. These 4.402 USD are
    // exactly 620 coins. The answer is the next tick.
    const typename Traits::BidId without[] = {make_id<typename Traits::BidId>(41)};
    BasicHostQuote<Traits> room[1];
    BasicCheapest<Traits> search{
        {.profile = {.power_limit = 300_W}, .without = without}, at_0_0071, room};
    search.add(host<Traits>, bids<Traits>);
    const auto found = search.in_order();
    return found.size() == 1 && found[0].host == host<Traits>.id &&
           found[0].price == Result<Price, Code>{620.0001_coin_per_day} &&
           price_to_keep(host<Traits>, bids<Traits>, at_0_0071,
                         BasicRun<Traits>{.bid = make_id<typename Traits::BidId>(41)})
               .has_value();
}

template <class Traits>
constexpr bool works() {
    return MarketTraits<Traits> && is_validated<Traits>() && is_selected<Traits>() &&
           is_ranked_and_explained<Traits>() && is_quoted<Traits>() && is_found<Traits>();
}

constexpr EnvironmentVariable nameless[] = {{"", "v"}};

constexpr table::Fact facts[] = {
    {"gigaspot's own types", works<DefaultTraits>},
    {"an integer as an id", works<IdTraits<std::uint32_t>>},
    {"an enumeration as an id", works<IdTraits<Slot>>},
    {"16 bytes as an id", works<IdTraits<Uuid>>},
    {"at most 8 GPUs", works<EightGpus>},
    {"at most 255 GPUs", works<MostGpus>},
    {"a payload that contains a workload", works<JobTraits>},
    {"a payload that the rules ignore", works<BlobTraits>},
    {"a setting of four bytes", works<PackedTraits>},
    {"fewer GPUs make smaller values with less room",
     [] {
         BasicHostCapabilities<EightGpus> full;
         bool has_room = true;
         for (int i = 0; i < 8; ++i) has_room = has_room && full.gpus.push_back({});
         return has_room && !full.gpus.push_back({}) && sizeof(BasicBid<EightGpus>) < sizeof(Bid);
     }},
    {"the last of 255 GPUs is checked and reported as GPU 254",
     [] {
         BasicHostCapabilities<MostGpus> large;
         BasicBid<MostGpus> bid{.price = 2_coin_per_day};
         bool has_room = true;
         for (int i = 0; i < 255; ++i) {
             has_room = has_room && large.gpus.push_back(gpu<MostGpus>);
             has_room =
                 has_room && bid.overclock.push_back({.power_limit = i < 254 ? 300_W : 451_W});
         }
         const auto violations = validate(bid, large);
         return has_room && violations.size() == 1 && violations[0].gpu == std::uint8_t{254};
     }},
    {"the workload that a payload converts to is validated",
     [] {
         BasicBid<JobTraits> bid = bids<JobTraits>[0];
         bid.workload = {.ticket = 5, .workload = {.image = "no", .environment = nameless}};
         const auto violations = validate(bid, host<JobTraits>);
         return violations.size() == 2 && violations[0].code == Code::environment_key_empty &&
                violations[1].code == Code::image_malformed && !is_valid(bid, host<JobTraits>);
     }},
    {"a payload that does not convert is carried along",
     [] {
         BasicBid<BlobTraits> bid = bids<BlobTraits>[0];
         bid.workload.handle = 5;
         const BasicBid<BlobTraits> copy = bid;
         return copy.workload.handle == 5 && is_valid(bid, host<BlobTraits>);
     }},
    {"a setting in four bytes is validated",
     [] {
         BasicBid<PackedTraits> bid = bids<PackedTraits>[0];
         bid.overclock[0].core_lock = 2521_MHz;
         bid.overclock[1].mem_offset = 0_MHz;
         const auto violations = validate(bid, host<PackedTraits>);
         return violations.size() == 2 && violations[0].code == Code::core_lock_above_maximum &&
                violations[0].value == 2521 &&
                violations[1].code == Code::mem_offset_not_supported &&
                sizeof(bid.overclock[0]) == 20;
     }},
    {"ids of one kind are ordered and do not convert to another kind",
     [] {
         return BidId{3} < BidId{5} && BidId{3} == 3 && !std::is_convertible_v<BidId, HostId> &&
                !std::is_convertible_v<BidId, std::uint64_t>;
     }},
};

// --- Requirements of traits ---

struct Unordered {
    constexpr bool operator==(const Unordered&) const = default;
};
struct NoGpus : DefaultTraits {
    static constexpr std::size_t gpus_max = 0;
};
struct TooManyGpus : DefaultTraits {
    static constexpr std::size_t gpus_max = 256;
};
struct SettingOfInt : DefaultTraits {
    using Setting = std::optional<int>;
};
struct UnorderedModel : DefaultTraits {
    using GpuModel = Unordered;
};

constexpr table::Fact conditions_on_traits[] = {
    {"an id must be ordered", [] { return !MarketTraits<IdTraits<Unordered>>; }},
    {"a GPU model need not be ordered", [] { return MarketTraits<UnorderedModel>; }},
    {"a market needs at least one GPU", [] { return !MarketTraits<NoGpus>; }},
    {"a market has at most 255 GPUs per host", [] { return !MarketTraits<TooManyGpus>; }},
    {"a setting must hold a frequency", [] { return !MarketTraits<SettingOfInt>; }},
};

GIGASPOT_TABLE("an embedder's own types work in all rules", facts, table::is_so)
GIGASPOT_TABLE("the requirements of traits", conditions_on_traits, table::is_so)

}  // namespace
