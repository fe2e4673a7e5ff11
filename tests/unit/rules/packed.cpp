// Overclock profiles in 16 bytes, as the two words of a saved market, and checked against limits.
// The rules of section 3 are written a second time here and compared at every limit.
#include <gigaspot/rules/packed.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <span>
#include <vector>

#include <doctest/doctest.h>

#include "support/market.hpp"

namespace {

using namespace market;

/// A custom setting: smaller than a std::optional, and absent at one value.
class SmallSetting {
public:
    constexpr SmallSetting() = default;
    constexpr SmallSetting(Frequency frequency) : mhz_{frequency.count()} {}

    [[nodiscard]] constexpr bool has_value() const { return mhz_ != absent; }
    [[nodiscard]] constexpr Frequency operator*() const { return Frequency::unchecked(mhz_); }

    friend constexpr bool operator==(const SmallSetting&, const SmallSetting&) = default;

private:
    static constexpr std::int32_t absent = INT32_MIN;
    std::int32_t mhz_ = absent;
};

struct SmallTraits : DefaultTraits {
    using Setting = SmallSetting;
};

const std::optional<Frequency> settings[] = {{},       Frequency::lowest(), -1_MHz, 0_MHz, 1_MHz,
                                             1500_MHz, Frequency::highest()};
const Power powers[] = {0_W, 1_W, 300_W, Power::highest()};

TEST_CASE("a packed profile unpacks unchanged: each setting at its ends, absent, and near 0") {
    for (const Power power : powers) {
        for (const auto& one : settings) {
            for (const auto& other : settings) {
                const OverclockProfile profile{.power_limit = power,
                                               .core_lock = one,
                                               .mem_lock = other,
                                               .core_offset = other,
                                               .mem_offset = one};
                CHECK(PackedProfile{profile}.unpack<DefaultTraits>() == profile);
                const OverclockProfile twin{.power_limit = power,
                                            .core_lock = other,
                                            .mem_lock = {},
                                            .core_offset = one,
                                            .mem_offset = other};
                CHECK(PackedProfile{twin}.unpack<DefaultTraits>() == twin);
                CHECK((PackedProfile{profile} == PackedProfile{twin}) == (profile == twin));
            }
        }
    }
}

TEST_CASE("custom settings are packed in the same way") {
    const BasicOverclockProfile<SmallTraits> profile{
        .power_limit = 300_W, .core_lock = 0_MHz, .core_offset = -100_MHz};
    CHECK(PackedProfile{profile}.unpack<SmallTraits>() == profile);
    CHECK(PackedProfile{profile}.unpack<DefaultTraits>() ==
          OverclockProfile{.power_limit = 300_W, .core_lock = 0_MHz, .core_offset = -100_MHz});
}

TEST_CASE(
    "a saved profile has 20 bits of power, then 21 per setting, which are 0 if it is absent") {
    const PackedProfile bare{OverclockProfile{.power_limit = 300_W}};
    CHECK(bare.first_word() == 300);
    CHECK(bare.second_word() == 0);
    const PackedProfile full{OverclockProfile{.power_limit = 1'000'000_W,
                                              .core_lock = Frequency::lowest(),
                                              .mem_lock = 0_MHz,
                                              .core_offset = 1_MHz,
                                              .mem_offset = Frequency::highest()}};
    CHECK(full.first_word() ==
          (1'000'000 | std::uint64_t{1} << 20 | std::uint64_t{1'000'001} << 41));
    CHECK(full.second_word() == (1'000'002 | std::uint64_t{2'000'001} << 21));
    CHECK(PackedProfile::from_words(full.first_word(), full.second_word()) == full);
}

TEST_CASE("words that are not a profile with a power limit are rejected") {
    const auto is_one = [](std::uint64_t first, std::uint64_t second) {
        return PackedProfile::from_words(first, second).has_value();
    };
    CHECK(is_one(1, 0));
    CHECK(is_one(1'000'000, 0));
    CHECK(!is_one(0, 0));
    CHECK(!is_one(1'000'001, 0));
    constexpr std::uint64_t most = 2'000'001;
    for (const int shift : {20, 41}) {
        CHECK(is_one(1 | most << shift, 0));
        CHECK(!is_one(1 | (most + 1) << shift, 0));
    }
    for (const int shift : {0, 21}) {
        CHECK(is_one(1, most << shift));
        CHECK(!is_one(1, (most + 1) << shift));
    }
    for (const int bit : {62, 63}) CHECK(!is_one(1 | std::uint64_t{1} << bit, 0));
    for (int bit = 42; bit < 64; ++bit) CHECK(!is_one(1, std::uint64_t{1} << bit));
}

TEST_CASE("all accepted words come back unchanged") {
    std::mt19937_64 random{1};
    int taken = 0;
    for (int round = 0; round < 100'000; ++round) {
        const std::uint64_t first = random() >> (random() % 64);
        const std::uint64_t second = random() >> (random() % 64);
        const auto packed = PackedProfile::from_words(first, second);
        if (!packed) continue;
        ++taken;
        CHECK(packed->first_word() == first);
        CHECK(packed->second_word() == second);
        CHECK(PackedProfile{packed->unpack<DefaultTraits>()} == *packed);
    }
    CHECK(taken > 10'000);
}

constexpr bool is_valid(std::span<const OverclockProfile> profiles,
                        std::span<const GpuLimits> gpus) {
    std::array<PackedProfile, 4> packed{};
    for (std::size_t i = 0; i < profiles.size(); ++i) packed[i] = PackedProfile{profiles[i]};
    std::array<PackedLimits, 4> limits{};
    for (std::size_t i = 0; i < gpus.size(); ++i) limits[i] = PackedLimits{gpus[i]};
    return is_overclock_valid(std::span{packed.data(), profiles.size()},
                              std::span{limits.data(), gpus.size()});
}
constexpr bool is_valid(const OverclockProfile& profile, const GpuLimits& gpu) {
    return is_valid({&profile, 1}, {&gpu, 1});
}

constexpr OverclockProfile at_all_minima{.power_limit = 100_W,
                                         .core_lock = 210_MHz,
                                         .mem_lock = 405_MHz,
                                         .core_offset = -1000_MHz,
                                         .mem_offset = -2000_MHz};
constexpr OverclockProfile at_all_maxima{.power_limit = 450_W,
                                         .core_lock = 2520_MHz,
                                         .mem_lock = 10501_MHz,
                                         .core_offset = 200_MHz,
                                         .mem_offset = 2000_MHz};
constexpr OverclockProfile bare{.power_limit = 300_W};

template <auto field>
constexpr bool is_valid_with(OverclockProfile profile, std::optional<Frequency> setting) {
    profile.*field = setting;
    return is_valid(profile, full_gpu);
}
constexpr bool is_valid_at(Power power) { return is_valid({.power_limit = power}, full_gpu); }

constexpr table::Fact facts[] = {
    {"both ends are allowed, in all fields at once",
     [] { return is_valid(at_all_minima, full_gpu) && is_valid(at_all_maxima, full_gpu); }},
    {"a setting may be absent",
     [] { return is_valid(bare, full_gpu) && is_valid(bare, plain_gpu); }},
    {"power_limit_missing", [] { return !is_valid_at(0_W) && !is_valid({}, GpuLimits{}); }},
    {"power_limit_below_card_minimum", [] { return !is_valid_at(99_W) && is_valid_at(100_W); }},
    {"power_limit_above_host_maximum", [] { return is_valid_at(450_W) && !is_valid_at(451_W); }},
    {"core_lock_below_minimum",
     [] { return !is_valid_with<&OverclockProfile::core_lock>(at_all_minima, 209_MHz); }},
    {"core_lock_above_maximum",
     [] { return !is_valid_with<&OverclockProfile::core_lock>(at_all_maxima, 2521_MHz); }},
    {"mem_lock_below_minimum",
     [] { return !is_valid_with<&OverclockProfile::mem_lock>(at_all_minima, 404_MHz); }},
    {"mem_lock_above_maximum",
     [] { return !is_valid_with<&OverclockProfile::mem_lock>(at_all_maxima, 10502_MHz); }},
    {"core_offset_below_minimum",
     [] { return !is_valid_with<&OverclockProfile::core_offset>(at_all_minima, -1001_MHz); }},
    {"core_offset_above_maximum",
     [] { return !is_valid_with<&OverclockProfile::core_offset>(at_all_maxima, 201_MHz); }},
    {"mem_offset_below_minimum",
     [] { return !is_valid_with<&OverclockProfile::mem_offset>(at_all_minima, -2001_MHz); }},
    {"mem_offset_above_maximum",
     [] { return !is_valid_with<&OverclockProfile::mem_offset>(at_all_maxima, 2001_MHz); }},
    {"not supported, at the lowest frequency and at the highest",
     [] {
         for (const Frequency frequency : {Frequency::lowest(), 0_MHz, Frequency::highest()}) {
             if (is_valid({.power_limit = 300_W, .core_lock = frequency}, plain_gpu)) return false;
             if (is_valid({.power_limit = 300_W, .mem_lock = frequency}, plain_gpu)) return false;
             if (is_valid({.power_limit = 300_W, .core_offset = frequency}, plain_gpu))
                 return false;
             if (is_valid({.power_limit = 300_W, .mem_offset = frequency}, plain_gpu)) return false;
         }
         return true;
     }},
    {"an inverted range allows only an absent setting",
     [] {
         const GpuLimits gpu{.power_limit = {100_W, 450_W}, .core_lock = {{1500_MHz, 1400_MHz}}};
         for (const Frequency frequency : {1399_MHz, 1400_MHz, 1450_MHz, 1500_MHz, 1501_MHz}) {
             if (is_valid({.power_limit = 300_W, .core_lock = frequency}, gpu)) return false;
         }
         return is_valid(bare, gpu) && !is_valid(bare, GpuLimits{.power_limit = {301_W, 299_W}});
     }},
    {"overclock_missing and overclock_count_mismatch",
     [] {
         const OverclockProfile two[] = {bare, bare};
         const GpuLimits gpus[] = {full_gpu, plain_gpu};
         const PackedProfile packed[] = {PackedProfile{bare}, PackedProfile{bare}};
         const PackedLimits each{full_gpu};
         return !is_valid({}, {gpus, 2}) && !is_valid({}, std::span<const GpuLimits>{}) &&
                !is_valid({two, 1}, {gpus, 2}) && !is_valid({two, 2}, {gpus, 1}) &&
                is_valid({two, 2}, {gpus, 2}) && is_overclock_valid(packed, each, 2) &&
                !is_overclock_valid(packed, each, 1) && !is_overclock_valid(packed, each, 3) &&
                !is_overclock_valid({}, each, 0);
     }},
    {"profile i belongs to GPU i",
     [] {
         const OverclockProfile one_lock[] = {bare, {.power_limit = 300_W, .mem_lock = 405_MHz}};
         const GpuLimits plain_last[] = {full_gpu, plain_gpu};
         const GpuLimits plain_first[] = {plain_gpu, full_gpu};
         return is_valid({one_lock, 2}, {plain_first, 2}) &&
                !is_valid({one_lock, 2}, {plain_last, 2});
     }},
    {"limits are equal when they allow the same",
     [] {
         GpuLimits other = full_gpu;
         other.model = 5;
         GpuLimits wider = full_gpu;
         wider.mem_offset->max = 2001_MHz;
         return PackedLimits{} == PackedLimits{GpuLimits{}} &&
                PackedLimits{full_gpu} == PackedLimits{other} &&
                PackedLimits{full_gpu} != PackedLimits{wider};
     }},
    {"many bids are marked individually",
     [] {
         const OverclockProfile locked{.power_limit = 300_W, .core_lock = 210_MHz};
         const PackedProfile bids[] = {PackedProfile{bare},   PackedProfile{locked},
                                       PackedProfile{locked}, PackedProfile{bare},
                                       PackedProfile{bare},   PackedProfile{bare}};
         const PackedLimits gpus[] = {PackedLimits{plain_gpu}, PackedLimits{full_gpu}};
         std::array<std::uint8_t, 3> is_valid{7, 7, 7};
         std::array<std::uint8_t, 6> alone{};
         std::array<std::uint8_t, 1> of_none{7};
         return mark_overclock_valid(bids, gpus, is_valid) == 2 &&
                is_valid == std::array<std::uint8_t, 3>{1, 0, 1} &&
                mark_overclock_valid(bids, gpus[0], 1, alone) == 4 &&
                alone == std::array<std::uint8_t, 6>{1, 0, 0, 1, 1, 1} &&
                mark_overclock_valid({}, gpus[0], 0, of_none) == 0 && of_none[0] == 0 &&
                mark_overclock_valid({}, gpus, {}) == 0;
     }},
};
GIGASPOT_TABLE("section 3, the overclock rows for packed profiles", facts, table::is_so)

/// The overclock rows of section 3, written a second time for one GPU.
bool by_the_rules(const OverclockProfile& profile, const GpuLimits& gpu) {
    const auto is_allowed = [](std::optional<Frequency> setting,
                               const std::optional<Range<Frequency>>& range) {
        return !setting || (range && range->min <= *setting && *setting <= range->max);
    };
    return profile.power_limit != 0_W && gpu.power_limit.min <= profile.power_limit &&
           profile.power_limit <= gpu.power_limit.max &&
           is_allowed(profile.core_lock, gpu.core_lock) &&
           is_allowed(profile.mem_lock, gpu.mem_lock) &&
           is_allowed(profile.core_offset, gpu.core_offset) &&
           is_allowed(profile.mem_offset, gpu.mem_offset);
}

/// Whether all ways to validate one profile agree with the rules.
void check_all_ways(const OverclockProfile& profile, const GpuLimits& gpu) {
    const bool expected = by_the_rules(profile, gpu);
    const PackedProfile packed{profile};
    const PackedLimits limits{gpu};
    const std::uint64_t outside = detail::PackedCheck::outside_of(packed, limits);
    std::uint8_t flag = 7;
    const std::size_t marked = mark_overclock_valid({&packed, 1}, limits, 1, {&flag, 1});
    const BasicBid<DefaultTraits> bid{.overclock = {profile}};
    const bool all_say_so = is_overclock_valid({&packed, 1}, {&limits, 1}) == expected &&
                            is_overclock_valid({&packed, 1}, limits, 1) == expected &&
                            ((outside & detail::highest_bits) == 0) == expected &&
                            flag == (expected ? 1 : 0) && marked == flag &&
                            is_overclock_valid(bid, HostCapabilities{.gpus = {gpu}}) == expected;
    if (!all_say_so) {
        CAPTURE(packed.first_word());
        CAPTURE(packed.second_word());
        CAPTURE(expected);
        CHECK(all_say_so);
    }
}

TEST_CASE("all power limits and ranges near both ends of the accepted range") {
    for (const int base : {0, Power::highest().count() - 9}) {
        for (int min = base; min < base + 10; ++min) {
            for (int max = base; max < base + 10; ++max) {
                const GpuLimits gpu{.power_limit = {Power::unchecked(min), Power::unchecked(max)}};
                for (int watts = base; watts < base + 10; ++watts)
                    check_all_ways({.power_limit = Power::unchecked(watts)}, gpu);
            }
        }
    }
}

TEST_CASE("each setting near each end of its range, with its neighbours at their ends") {
    const Frequency ends[] = {Frequency::lowest(), -1_MHz, 0_MHz, 210_MHz, Frequency::highest()};
    std::vector<std::optional<Frequency>> around{std::nullopt};
    for (const Frequency end : ends) {
        for (int step = -1; step <= 1; ++step) {
            const auto near = Frequency::from_count(end.count() + step);
            if (near) around.push_back(*near);
        }
    }
    const std::optional<Frequency> neighbours[] = {{}, 210_MHz, 209_MHz, 2520_MHz, 2521_MHz};
    const auto try_all = [&](auto setting_of, auto limits_of) {
        for (const Frequency min : ends) {
            for (const Frequency max : ends) {
                GpuLimits gpu{.power_limit = {100_W, 450_W},
                              .core_lock = {{210_MHz, 2520_MHz}},
                              .mem_lock = {{210_MHz, 2520_MHz}},
                              .core_offset = {{210_MHz, 2520_MHz}},
                              .mem_offset = {{210_MHz, 2520_MHz}}};
                gpu.*limits_of = {min, max};
                for (const auto& neighbour : neighbours) {
                    for (const Power power : {99_W, 100_W, 450_W, 451_W}) {
                        OverclockProfile profile{power, neighbour, neighbour, neighbour, neighbour};
                        for (const auto& setting : around) {
                            profile.*setting_of = setting;
                            check_all_ways(profile, gpu);
                        }
                    }
                }
            }
        }
    };
    try_all(&OverclockProfile::core_lock, &GpuLimits::core_lock);
    try_all(&OverclockProfile::mem_lock, &GpuLimits::mem_lock);
    try_all(&OverclockProfile::core_offset, &GpuLimits::core_offset);
    try_all(&OverclockProfile::mem_offset, &GpuLimits::mem_offset);
}

}  // namespace
