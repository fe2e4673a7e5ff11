// Draws random numbers of a market, in the size that its world sets.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <gigaspot/rules.hpp>

#include "random.hpp"
#include "world.hpp"

namespace model {

inline constexpr std::int64_t coin = 100'000'000;
inline constexpr std::int64_t price_max = 1'000'000 * coin;
inline constexpr std::int64_t rate_max = 1'000'000'000'000'000'000;
inline constexpr std::int64_t energy_max = 1'000'000'000'000;
inline constexpr int frequency_max = 1'000'000;

class Draws {
public:
    Draws(Random& random, const World& world) : random_{random}, world_{world} {}

    /// Draws from a whole row. Its two ends are as likely as everything between them.
    std::int64_t greatest(std::int64_t min, std::int64_t max) {
        switch (random_.draw(0, 4)) {
        case 0: return max;
        case 1: return max - random_.draw(1, 3);
        case 2: return min + random_.draw(0, 9);
        default: return random_.draw(min, max);
        }
    }

    std::int64_t rate(Currency currency) {
        std::int64_t count = 1;
        switch (world_.numbers) {
        case Numbers::units:
            count = random_.draw(1, 8) * world_.scale;
            if (random_.once_in(4)) count += random_.draw(-2, 2);
            if (world_.has_tiny_net && currency == main_currency)
                count = random_.draw(0, 8) * 1'000'000;
            break;
        case Numbers::real:
            count = random_.draw(3'000'000'000, 12'000'000'000) * worth(currency);
            break;
        case Numbers::greatest: count = greatest(1, rate_max); break;
        }
        return std::clamp<std::int64_t>(count, 1, rate_max);
    }

    std::int64_t price(Currency currency, std::size_t gpus) {
        const auto many = static_cast<std::int64_t>(gpus);
        std::int64_t count = 0;
        switch (world_.numbers) {
        case Numbers::units:
            count = random_.draw(std::int64_t{0}, 40 * many) * coin;
            if (random_.once_in(4)) count += random_.draw(-2, 2);
            break;
        case Numbers::real:
            count = random_.draw(50 * many, 500 * many) * coin / worth(currency);
            if (random_.once_in(4)) count += random_.draw(std::int64_t{0}, coin);
            break;
        case Numbers::greatest: count = greatest(1, price_max); break;
        }
        return std::clamp<std::int64_t>(count, 0, price_max);
    }

    /// One energy price in three is below 0, or is 0.
    EnergyPrice energy() {
        std::int64_t count = 0;
        switch (world_.numbers) {
        case Numbers::units: count = random_.draw(0, 2) * world_.scale; break;
        case Numbers::real: count = random_.draw(20, 400) * std::int64_t{1'000'000}; break;
        case Numbers::greatest: count = greatest(0, energy_max); break;
        }
        return EnergyPrice::unchecked(random_.once_in(3) ? -count : count);
    }

    Range<Power> power_range() {
        int min = 0;
        int max = 1'000'000;
        switch (world_.numbers) {
        case Numbers::units:
            min = random_.draw(0, 2);
            max = random_.draw(3, 6);
            break;
        case Numbers::real:
            min = random_.draw(10, 15) * 10;
            max = random_.draw(30, 45) * 10;
            break;
        case Numbers::greatest:
            if (random_.once_in(2)) max -= random_.draw(0, 3);
            break;
        }
        return {Power::unchecked(min), Power::unchecked(max)};
    }

    std::optional<Range<Frequency>> frequency_range() {
        if (random_.once_in(2)) return std::nullopt;
        int min = random_.draw(-1'000, 500);
        int max = min + random_.draw(0, 2'000);
        if (random_.once_in(10)) {
            min = -frequency_max;
            max = frequency_max;
        }
        return Range<Frequency>{Frequency::unchecked(min), Frequency::unchecked(max)};
    }

    GpuLimits gpu() {
        GpuLimits gpu{.power_limit = power_range()};
        gpu.core_lock = frequency_range();
        gpu.mem_lock = frequency_range();
        gpu.core_offset = frequency_range();
        gpu.mem_offset = frequency_range();
        gpu.model = GpuModel{static_cast<std::uint64_t>(random_.draw(0, 3))};
        return gpu;
    }

    OverclockProfile profile(const GpuLimits& gpu) {
        const int least = std::max(gpu.power_limit.min.count(), 1);
        int power = random_.draw(least, std::max(gpu.power_limit.max.count(), least));
        if (world_.numbers == Numbers::real) power = std::max(power / 10 * 10, least);
        if (random_.once_in(6)) power = gpu.power_limit.max.count();
        OverclockProfile profile{.power_limit = Power::unchecked(power)};
        profile.core_lock = setting(gpu.core_lock);
        profile.mem_lock = setting(gpu.mem_lock);
        profile.core_offset = setting(gpu.core_offset);
        profile.mem_offset = setting(gpu.mem_offset);
        return profile;
    }

    std::vector<OverclockProfile> overclock(const std::vector<GpuLimits>& gpus) {
        std::vector<OverclockProfile> profiles;
        for (const GpuLimits& gpu : gpus) profiles.push_back(profile(gpu));
        return profiles;
    }

    /// Draws profiles that a host does not allow.
    void spoil(std::vector<OverclockProfile>& profiles, const std::vector<GpuLimits>& gpus) {
        const int kind = random_.draw(0, 9);
        if (kind == 0) return profiles.clear();
        if (kind == 1) return profiles.resize(profiles.size() + 1, profiles.front());
        if (kind == 2) return profiles.resize(random_.place(300) + 1, profiles.front());
        const std::size_t place = random_.place(gpus.size());
        const Range<Power> power = gpus[place].power_limit;
        OverclockProfile& profile = profiles[place];
        if (kind == 3) profile.power_limit = Power{};
        if (kind == 4) profile.power_limit = Power::unchecked(std::max(power.min.count() - 1, 0));
        if (kind == 5)
            profile.power_limit = Power::unchecked(std::min(power.max.count() + 1, 1'000'000));
        if (kind >= 6 || random_.once_in(3)) {
            spoil(profile.core_lock, gpus[place].core_lock);
            spoil(profile.mem_lock, gpus[place].mem_lock);
            spoil(profile.core_offset, gpus[place].core_offset);
            spoil(profile.mem_offset, gpus[place].mem_offset);
        }
    }

private:
    /// The value of a coin, in main coins.
    static std::int64_t worth(Currency currency) {
        constexpr std::int64_t worths[] = {1, 8'450'704, 3, 100, 1'000};
        return worths[currency.number % 5];
    }

    std::optional<Frequency> setting(const std::optional<Range<Frequency>>& range) {
        if (!range || !random_.once_in(3)) return std::nullopt;
        switch (random_.draw(0, 2)) {
        case 0: return range->min;
        case 1: return range->max;
        default: return Frequency::unchecked(random_.draw(range->min.count(), range->max.count()));
        }
    }

    void spoil(std::optional<Frequency>& setting, const std::optional<Range<Frequency>>& range) {
        switch (random_.draw(0, 3)) {
        case 0: return;
        case 1: setting = Frequency{}; return;
        case 2:
            if (range)
                setting = Frequency::unchecked(std::max(range->min.count() - 1, -frequency_max));
            return;
        default:
            if (range)
                setting = Frequency::unchecked(std::min(range->max.count() + 1, frequency_max));
        }
    }

    Random& random_;
    const World& world_;
};

}  // namespace model
