// gigaspot: an overclock profile in 16 bytes. Layer: engine.
#pragma once

#include <cstdint>
#include <optional>

#include <gigaspot/config.hpp>
#include <gigaspot/detail/int128.hpp>
#include <gigaspot/overclock.hpp>
#include <gigaspot/traits.hpp>
#include <gigaspot/units.hpp>

namespace gigaspot::inline GIGASPOT_ABI::detail {

/// The engine keeps a profile for each GPU of each bid, so their size is most of its memory.
class PackedProfile {
public:
    PackedProfile() = default;

    template <class Traits>
    explicit PackedProfile(const BasicOverclockProfile<Traits>& profile)
        : power_limit_{static_cast<std::uint32_t>(profile.power_limit.count()) & power_mask},
          core_lock_{pack(profile.core_lock) & setting_mask}, mem_lock_{pack(profile.mem_lock) &
                                                                        setting_mask},
          core_offset_{pack(profile.core_offset) & setting_mask}, mem_offset_{
                                                                      pack(profile.mem_offset) &
                                                                      setting_mask} {}

    template <class Traits>
    [[nodiscard]] BasicOverclockProfile<Traits> unpack() const {
        using Setting = typename Traits::Setting;
        return {.power_limit = Power::unchecked(static_cast<Power::rep>(power_limit_)),
                .core_lock = unpack<Setting>(core_lock_),
                .mem_lock = unpack<Setting>(mem_lock_),
                .core_offset = unpack<Setting>(core_offset_),
                .mem_offset = unpack<Setting>(mem_offset_)};
    }

    // In saved markets: fixed for ever, whatever a compiler makes of the members below.

    [[nodiscard]] std::uint64_t first_word() const {
        return std::uint64_t{power_limit_} | std::uint64_t{core_lock_} << 20 |
               std::uint64_t{mem_lock_} << 41;
    }
    [[nodiscard]] std::uint64_t second_word() const {
        return std::uint64_t{core_offset_} | std::uint64_t{mem_offset_} << 21;
    }

    /// Two such words as a profile with a power limit; nothing if they are none.
    [[nodiscard]] static std::optional<PackedProfile> from_words(std::uint64_t first,
                                                                 std::uint64_t second) {
        PackedProfile packed;
        packed.power_limit_ = first & power_mask;
        packed.core_lock_ = (first >> 20) & setting_mask;
        packed.mem_lock_ = (first >> 41) & setting_mask;
        packed.core_offset_ = second & setting_mask;
        packed.mem_offset_ = (second >> 21) & setting_mask;
        const auto is_setting = [](std::uint64_t setting) { return setting <= setting_max; };
        const bool is_profile = packed.first_word() == first && packed.second_word() == second &&
                                Power::accepts(Int128{packed.power_limit_}) &&
                                packed.power_limit_ != 0 && is_setting(packed.core_lock_) &&
                                is_setting(packed.mem_lock_) && is_setting(packed.core_offset_) &&
                                is_setting(packed.mem_offset_);
        if (!is_profile) return std::nullopt;
        return packed;
    }

    friend bool operator==(const PackedProfile&, const PackedProfile&) = default;

private:
    static constexpr std::uint32_t power_mask = (1U << 20) - 1;
    static constexpr std::uint32_t setting_mask = (1U << 21) - 1;
    static_assert(static_cast<std::uint32_t>(Power::highest().count()) <= power_mask);
    static constexpr std::uint32_t setting_max =
        static_cast<std::uint32_t>(Frequency::highest().count() - Frequency::lowest().count() + 1);
    static_assert(setting_max <= setting_mask);

    // 0 stands for a setting that is absent.
    template <class Setting>
    static std::uint32_t pack(const Setting& setting) {
        if (!setting.has_value()) return 0;
        const Frequency frequency = *setting;
        return static_cast<std::uint32_t>(frequency.count() - Frequency::lowest().count() + 1);
    }

    template <class Setting>
    static Setting unpack(std::uint64_t packed) {
        if (packed == 0) return Setting{};
        return Setting{Frequency::unchecked(static_cast<Frequency::rep>(packed) - 1 +
                                            Frequency::lowest().count())};
    }

    std::uint64_t power_limit_ : 20 = 0;
    std::uint64_t core_lock_ : 21 = 0;
    std::uint64_t mem_lock_ : 21 = 0;
    std::uint64_t core_offset_ : 21 = 0;
    std::uint64_t mem_offset_ : 21 = 0;
};
static_assert(sizeof(PackedProfile) == 16);

}  // namespace gigaspot::inline GIGASPOT_ABI::detail
