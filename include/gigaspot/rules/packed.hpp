// gigaspot: overclock profiles in 16 bytes each, and a fast check of many of them. Layer: rules.
// Rules of the market, section 3, the overclock rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/int128.hpp>
#include <gigaspot/rules/detail/megahertz_or.hpp>
#include <gigaspot/values/fwd.hpp>
#include <gigaspot/values/overclock.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

namespace detail {

// A packed profile has two words, one with the locks and one with the offsets. Each word has three
// fields:
//
//     bit  0 .. 21  core lock or offset: MHz above the lowest frequency, or `absent_setting`
//     bit 22 .. 43  memory lock or offset, in the same form
//     bit 44 .. 63  half of the watts: rounded down beside the locks, up beside the offsets
//
// No number sets the highest bit of its field; only `absent_setting` does. That makes room for a
// check of whole words. It subtracts the minimums, and it adds the room that each maximum leaves
// below the field's highest bit. A number outside its range sets the highest bit of its field in
// one of the two results. A number inside sets it in neither. `absent_setting` has the bit from the
// start and is ignored. Only a number outside its range borrows from the field above, or carries
// into it. So the fields above the lowest such number may be wrong, but that number itself is
// always detected.
//
// The watts are split because a field for all of them would leave no such bit in 64. Comparing the
// halves is equivalent: p is at least m exactly if both halves of p are at least those of m. For an
// even m the half rounded down decides, for an odd m the half rounded up. Maximums work in the same
// way.

inline constexpr std::uint64_t absent_setting = std::uint64_t{1} << 21;
inline constexpr std::uint64_t setting_max = absent_setting - 1;
inline constexpr std::uint64_t half_max = (std::uint64_t{1} << 19) - 1;

constexpr std::uint64_t join_fields(std::uint64_t core, std::uint64_t mem, std::uint64_t half) {
    return core | mem << 22 | half << 44;
}

inline constexpr std::uint64_t highest_bits =
    join_fields(absent_setting, absent_setting, half_max + 1);

constexpr std::uint64_t above_lowest(std::int32_t megahertz) {
    return static_cast<std::uint32_t>(megahertz - Frequency::lowest().count());
}
constexpr std::uint64_t above_lowest(Frequency frequency) {
    return above_lowest(frequency.count());
}

// `setting_max` is above all frequencies: as a minimum it allows none of them.
static_assert(above_lowest(Frequency::highest()) < setting_max);
static_assert(static_cast<std::uint64_t>(Power::highest().count() + 1) / 2 <= half_max);

struct PackedCheck;

}  // namespace detail

/// The settings of a bid for one GPU in 16 bytes, without loss. Use it if you keep millions of
/// them.
class PackedProfile {
public:
    /// Makes a profile without a power limit and without settings, like `BasicOverclockProfile{}`.
    constexpr PackedProfile() = default;

    /// Packs an overclock profile without loss.
    template <class Traits>
    [[gnu::always_inline]] constexpr explicit PackedProfile(
        const BasicOverclockProfile<Traits>& profile)
        : PackedProfile{static_cast<std::uint32_t>(profile.power_limit.count()),
                        pack(profile.core_lock), pack(profile.mem_lock), pack(profile.core_offset),
                        pack(profile.mem_offset)} {}

    /// Returns the profile that was packed.
    template <class Traits = DefaultTraits>
    [[nodiscard]] constexpr BasicOverclockProfile<Traits> unpack() const {
        using Setting = typename Traits::Setting;
        return {.power_limit = Power::unchecked(static_cast<Power::rep>(watts())),
                .core_lock = unpack<Setting>(core(locks_)),
                .mem_lock = unpack<Setting>(mem(locks_)),
                .core_offset = unpack<Setting>(core(offsets_)),
                .mem_offset = unpack<Setting>(mem(offsets_))};
    }

    // The form in saved markets, which must never change, whatever the words in memory are. It has
    // 20 bits of power, then 21 bits per setting: 0 if it is absent, 1 for the lowest frequency.

    /// The first of two words in saved markets: power, core lock and memory lock.
    [[nodiscard]] constexpr std::uint64_t first_word() const {
        return watts() | saved(core(locks_)) << 20 | saved(mem(locks_)) << 41;
    }
    /// The second of two words in saved markets: core offset and memory offset.
    [[nodiscard]] constexpr std::uint64_t second_word() const {
        return saved(core(offsets_)) | saved(mem(offsets_)) << 21;
    }

    /// Reads a profile from its two saved words. Returns nothing if they are not a profile with a
    /// power limit.
    [[nodiscard]] static constexpr std::optional<PackedProfile> from_words(std::uint64_t first,
                                                                           std::uint64_t second) {
        constexpr std::uint64_t most = detail::above_lowest(Frequency::highest()) + 1;
        const std::uint64_t watts = first & ((1U << 20) - 1);
        const std::uint64_t core_lock = first >> 20 & detail::setting_max;
        const std::uint64_t mem_lock = first >> 41;
        const std::uint64_t core_offset = second & detail::setting_max;
        const std::uint64_t mem_offset = second >> 21;
        // Without branches: in a market, which settings are absent is random. A difference below 0
        // sets the highest bit.
        const std::uint64_t differences =
            (most - core_lock) | (most - mem_lock) | (most - core_offset) | (most - mem_offset);
        const bool are_settings = differences >> 63 == 0;
        if (!are_settings || watts == 0 || !Power::accepts(Int128{watts})) return std::nullopt;
        return PackedProfile{watts, from_saved(core_lock), from_saved(mem_lock),
                             from_saved(core_offset), from_saved(mem_offset)};
    }

    friend constexpr bool operator==(const PackedProfile&, const PackedProfile&) = default;

private:
    friend struct detail::PackedCheck;

    constexpr PackedProfile(std::uint64_t watts, std::uint64_t core_lock, std::uint64_t mem_lock,
                            std::uint64_t core_offset, std::uint64_t mem_offset)
        : locks_{detail::join_fields(core_lock, mem_lock, watts / 2)}, offsets_{detail::join_fields(
                                                                           core_offset, mem_offset,
                                                                           (watts + 1) / 2)} {}

    static constexpr std::uint64_t core(std::uint64_t word) {
        return word & (detail::absent_setting | detail::setting_max);
    }
    static constexpr std::uint64_t mem(std::uint64_t word) { return core(word >> 22); }

    [[nodiscard]] constexpr std::uint64_t watts() const {
        return (locks_ >> 44) + (offsets_ >> 44);
    }

    template <class Setting>
    static constexpr std::uint64_t pack(const Setting& setting) {
        constexpr auto absent = static_cast<std::int32_t>(detail::absent_setting);
        return detail::above_lowest(
            detail::megahertz_or(setting, Frequency::lowest().count() + absent));
    }
    template <class Setting>
    static constexpr Setting unpack(std::uint64_t field) {
        if (field == detail::absent_setting) return Setting{};
        return Setting{
            Frequency::unchecked(static_cast<Frequency::rep>(field) + Frequency::lowest().count())};
    }

    static constexpr std::uint64_t saved(std::uint64_t field) {
        return field == detail::absent_setting ? 0 : field + 1;
    }
    static constexpr std::uint64_t from_saved(std::uint64_t word) {
        return word == 0 ? detail::absent_setting : word - 1;
    }

    std::uint64_t locks_ = detail::join_fields(detail::absent_setting, detail::absent_setting, 0);
    std::uint64_t offsets_ = detail::join_fields(detail::absent_setting, detail::absent_setting, 0);
};

/// The settings that one GPU of a host allows, in 32 bytes made for checking packed profiles. GPUs
/// that allow the same settings can share one object.
class PackedLimits {
public:
    /// Makes limits that allow nothing, like `BasicGpuLimits{}`.
    constexpr PackedLimits() : PackedLimits{BasicGpuLimits<>{}} {}

    /// Packs the limits of one GPU, for checks of packed profiles.
    template <class Traits>
    constexpr explicit PackedLimits(const BasicGpuLimits<Traits>& gpu)
        : PackedLimits{gpu, least_watts(gpu.power_limit.min),
                       static_cast<std::uint32_t>(gpu.power_limit.max.count())} {}

    friend constexpr bool operator==(const PackedLimits&, const PackedLimits&) = default;

private:
    friend struct detail::PackedCheck;
    using FrequencyRange = std::optional<Range<Frequency>>;

    template <class Traits>
    constexpr PackedLimits(const BasicGpuLimits<Traits>& gpu, std::uint64_t lowest,
                           std::uint64_t most)
        : locks_min_{detail::join_fields(min_of(gpu.core_lock), min_of(gpu.mem_lock), lowest / 2)},
          offsets_min_{detail::join_fields(min_of(gpu.core_offset), min_of(gpu.mem_offset),
                                           (lowest + 1) / 2)},
          locks_free_{detail::join_fields(free_above(gpu.core_lock), free_above(gpu.mem_lock),
                                          detail::half_max - most / 2)},
          offsets_free_{detail::join_fields(free_above(gpu.core_offset), free_above(gpu.mem_offset),
                                            detail::half_max - (most + 1) / 2)} {}

    /// At least 1 W: 0 W means a missing power limit, even if the card allows it.
    static constexpr std::uint64_t least_watts(Power min) {
        return static_cast<std::uint32_t>(min.count() == 0 ? 1 : min.count());
    }
    static constexpr std::uint64_t min_of(const FrequencyRange& range) {
        return range ? detail::above_lowest(range->min) : detail::setting_max;
    }
    static constexpr std::uint64_t free_above(const FrequencyRange& range) {
        return range ? detail::setting_max - detail::above_lowest(range->max) : 0;
    }

    std::uint64_t locks_min_;
    std::uint64_t offsets_min_;
    std::uint64_t locks_free_;
    std::uint64_t offsets_free_;
};

namespace detail {

/// The result for all profiles of a bid: whether they are valid, and their total watts.
struct PackedSum {
    bool are_valid = false;
    std::int32_t watts = 0;
};

struct PackedCheck {
    /// Holds both words of a profile, or of one side of its limits. All 64-bit processors that we
    /// know have vectors of this size, so each step takes one instruction per profile.
    using TwoWords [[gnu::vector_size(16)]] = std::uint64_t;
    static_assert(sizeof(PackedProfile) == sizeof(TwoWords));
    static_assert(sizeof(PackedLimits) == 2 * sizeof(TwoWords));

    /// Whether all profiles are within their limits. `step` is 0 if all GPUs share one limit,
    /// otherwise 1.
    template <std::size_t step>
    static constexpr bool passes(const PackedProfile* profiles, const PackedLimits* limits,
                                 std::size_t count) {
        if (std::is_constant_evaluated()) {
            std::uint64_t outside = 0;
            for (std::size_t i = 0; i < count; ++i)
                outside |= outside_of(profiles[i], limits[i * step]);
            return (outside & highest_bits) == 0;
        }
        TwoWords outside{};
        for (std::size_t i = 0; i < count; ++i) {
            TwoWords words;
            TwoWords bounds[2];  // the minimums, and the room above the maximums
            __builtin_memcpy(&words, profiles + i, sizeof(words));
            __builtin_memcpy(&bounds, limits + i * step, sizeof(bounds));
            outside |= ((words - bounds[0]) | (words + bounds[1])) & ~words;
        }
        return ((outside[0] | outside[1]) & highest_bits) == 0;
    }

    /// Sums the power limits of profiles.
    static constexpr std::int32_t watts(std::span<const PackedProfile> profiles) {
        std::uint64_t sum = 0;
        for (const PackedProfile& profile : profiles) sum += profile.watts();
        return static_cast<std::int32_t>(sum);
    }

    /// Checks one profile without vectors, for constant expressions and for words that were just
    /// computed, which would first have to be moved into a vector.
    static constexpr std::uint64_t outside_of(const PackedProfile& profile,
                                              const PackedLimits& limits) {
        const std::uint64_t locks = profile.locks_;
        const std::uint64_t offsets = profile.offsets_;
        return (((locks - limits.locks_min_) | (locks + limits.locks_free_)) & ~locks) |
               (((offsets - limits.offsets_min_) | (offsets + limits.offsets_free_)) & ~offsets);
    }

    /// Packs the profiles of a new bid, checks them as `passes` does and sums their power limits,
    /// all in one pass, which costs half as much as three. This function is never inlined, and the
    /// constructor of a profile always is: in some callers g++ 12 did the opposite, and events took
    /// 1.15 times as long.
    template <std::size_t step, class Traits>
    [[gnu::noinline]] static constexpr PackedSum pack(const BasicOverclockProfile<Traits>* profiles,
                                                      const PackedLimits* limits, std::size_t count,
                                                      PackedProfile* packed) {
        std::uint64_t outside = 0;
        PackedSum sum;
        for (std::size_t i = 0; i < count; ++i) {
            packed[i] = PackedProfile{profiles[i]};
            outside |= outside_of(packed[i], limits[i * step]);
            sum.watts += profiles[i].power_limit.count();
        }
        sum.are_valid = (outside & highest_bits) == 0;
        return sum;
    }

    /// Checks all bids of a host in turn; `passes` checks one.
    template <class Passes>
    static constexpr std::size_t mark(std::span<const PackedProfile> profiles, std::size_t gpus,
                                      std::span<std::uint8_t> is_valid, Passes passes) {
        GIGASPOT_ASSERT(profiles.size() == gpus * is_valid.size());
        const PackedProfile* bid = profiles.data();
        std::size_t valid = 0;
        for (std::uint8_t& flag : is_valid) {
            if (!std::is_constant_evaluated()) prefetch_after(bid);
            flag = passes(bid) ? 1 : 0;
            valid += flag;
            bid += gpus;
        }
        return valid;
    }

    /// Fetches memory ahead. Processors do so themselves, but not beyond the end of a page. With
    /// this hint, more than twice as many bids per second pass if they come from memory. Beyond the
    /// last bid the hint is harmless, because it accesses nothing, and often the next host's bids
    /// follow.
    static void prefetch_after(const PackedProfile* profile) {
        constexpr std::uintptr_t bytes_ahead = 2'048;
        __builtin_prefetch(
            reinterpret_cast<const void*>(reinterpret_cast<std::uintptr_t>(profile) + bytes_ahead));
    }
};

}  // namespace detail

/// Tells whether a bid's packed profiles pass the overclock rows of section 3. GPU *i* has the
/// limits *i*, and there must be one profile per GPU. `validate` tells what is wrong.
[[nodiscard]] constexpr bool is_overclock_valid(std::span<const PackedProfile> profiles,
                                                std::span<const PackedLimits> gpus) {
    if (profiles.empty() || profiles.size() != gpus.size()) return false;
    return detail::PackedCheck::passes<1>(profiles.data(), gpus.data(), gpus.size());
}

/// Tells whether a bid's packed profiles pass the overclock rows of section 3 on a host with `gpus`
/// GPUs that all have the limits `each`.
[[nodiscard]] constexpr bool is_overclock_valid(std::span<const PackedProfile> profiles,
                                                const PackedLimits& each, std::size_t gpus) {
    if (profiles.empty() || profiles.size() != gpus) return false;
    return detail::PackedCheck::passes<0>(profiles.data(), &each, gpus);
}

/// Checks many bids of one host and returns how many are valid. `profiles` holds `gpus.size()`
/// profiles per bid, bid after bid. `is_valid` has one place per bid, which is set to 1 or 0.
constexpr std::size_t mark_overclock_valid(std::span<const PackedProfile> profiles,
                                           std::span<const PackedLimits> gpus,
                                           std::span<std::uint8_t> is_valid) {
    return detail::PackedCheck::mark(profiles, gpus.size(), is_valid,
                                     [gpus](const PackedProfile* bid) {
                                         return is_overclock_valid({bid, gpus.size()}, gpus);
                                     });
}

/// Checks many bids of a host with `gpus` GPUs that all have the limits `each`, and returns how
/// many are valid. `profiles` holds `gpus` profiles per bid, bid after bid. `is_valid` has one
/// place per bid, which is set to 1 or 0.
constexpr std::size_t mark_overclock_valid(std::span<const PackedProfile> profiles,
                                           const PackedLimits& each, std::size_t gpus,
                                           std::span<std::uint8_t> is_valid) {
    // Copies the limits, because for all the compiler knows, a flag might overlap them.
    return detail::PackedCheck::mark(profiles, gpus, is_valid,
                                     [each, gpus](const PackedProfile* bid) {
                                         return is_overclock_valid({bid, gpus}, each, gpus);
                                     });
}

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
