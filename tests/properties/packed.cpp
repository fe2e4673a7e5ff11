// Packed profiles compared with the rows of validate.hpp, GPU by GPU, on bids that are nearly
// valid.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <gigaspot/rules/packed.hpp>
#include <gigaspot/rules/validate.hpp>

#include "property.hpp"

namespace {

using namespace gigaspot;
using property::draw;
using property::draw_from;
using property::once_in;

Frequency draw_frequency() {
    if (once_in(4)) return draw_from({Frequency{}, Frequency::lowest(), Frequency::highest()});
    return Frequency::unchecked(draw(Frequency::lowest().count(), Frequency::highest().count()));
}

/// A number at a limit, one beside it, or a random one.
template <class Quantity>
Quantity draw_near(const Range<Quantity>& range, Quantity anywhere) {
    if (once_in(8)) return anywhere;
    const auto bound = draw_from({range.min, range.max}).count();
    const auto inward = range.min < range.max ? (bound == range.min.count() ? 1 : -1) : 0;
    const auto step = once_in(12) ? -inward : draw_from({0, inward});
    return Quantity::from_count(bound + step).value_or(anywhere);
}

std::optional<Range<Frequency>> draw_range() {
    if (once_in(6)) return std::nullopt;
    const Frequency one = draw_frequency();
    const Frequency other = draw_frequency();
    const bool is_inverted = once_in(10);
    return (one < other) != is_inverted ? Range<Frequency>{one, other}
                                        : Range<Frequency>{other, one};
}

GpuLimits draw_limits() {
    const auto max = draw(1, Power::highest().count());
    return {.power_limit = {Power::unchecked(draw(0, max)), Power::unchecked(max)},
            .core_lock = draw_range(),
            .mem_lock = draw_range(),
            .core_offset = draw_range(),
            .mem_offset = draw_range()};
}

std::optional<Frequency> draw_setting(const std::optional<Range<Frequency>>& range) {
    if (once_in(3) || (!range && !once_in(20))) return std::nullopt;
    return draw_near(range.value_or(Range<Frequency>{}), draw_frequency());
}

OverclockProfile draw_profile(const GpuLimits& gpu) {
    const Power anywhere = Power::unchecked(draw(0, Power::highest().count()));
    return {.power_limit = draw_near(gpu.power_limit, anywhere),
            .core_lock = draw_setting(gpu.core_lock),
            .mem_lock = draw_setting(gpu.mem_lock),
            .core_offset = draw_setting(gpu.core_offset),
            .mem_offset = draw_setting(gpu.mem_offset)};
}

/// The readable rows, without the fast check before them.
bool passes_rows(const OverclockProfile& profile, const GpuLimits& gpu) {
    detail::StopAtFirst report;
    return detail::check_profile(profile, gpu, 0, report);
}

TEST_CASE("section 3, packed profiles pass exactly if the overclock rows of validate do") {
    std::size_t valid = 0;
    std::size_t broken = 0;
    property::check("packed overclock rows", 20, [&] {
        const auto gpus = draw<std::size_t>(1, 6);
        const bool are_alike = once_in(2);
        std::vector<GpuLimits> limits(gpus, draw_limits());
        for (GpuLimits& gpu : limits) {
            if (!are_alike) gpu = draw_limits();
        }
        std::vector<PackedLimits> packed_limits;
        for (const GpuLimits& gpu : limits) packed_limits.emplace_back(gpu);

        const auto bids = draw<std::size_t>(1, 8);
        std::vector<PackedProfile> packed;
        std::vector<std::uint8_t> expected;
        for (std::size_t bid = 0; bid < bids; ++bid) {
            bool passes = true;
            std::vector<OverclockProfile> profiles;
            for (const GpuLimits& gpu : limits) {
                profiles.push_back(draw_profile(gpu));
                packed.emplace_back(profiles.back());
                RC_ASSERT(packed.back().unpack() == profiles.back());
                RC_ASSERT(PackedProfile::from_words(packed.back().first_word(),
                                                    packed.back().second_word())
                              .has_value() == (profiles.back().power_limit > Power{}));
                passes = passes && passes_rows(profiles.back(), gpu);
            }
            const std::span<const OverclockProfile> all{profiles};
            const std::span<const GpuLimits> all_limits{limits};
            detail::StopAtFirst report;
            RC_ASSERT(detail::check_overclock(all, all_limits, report) == passes);
            if (detail::is_clearly_valid(all, all_limits)) RC_ASSERT(passes);
            const std::span<const PackedProfile> last{packed.data() + bid * gpus, gpus};
            RC_ASSERT(is_overclock_valid(last, packed_limits) == passes);
            if (are_alike) RC_ASSERT(is_overclock_valid(last, packed_limits[0], gpus) == passes);
            expected.push_back(passes ? 1 : 0);
            ++(passes ? valid : broken);
        }
        std::vector<std::uint8_t> is_valid(bids, 7);
        std::size_t count = 0;
        for (const std::uint8_t flag : expected) count += flag;
        RC_ASSERT(mark_overclock_valid(packed, packed_limits, is_valid) == count);
        RC_ASSERT(is_valid == expected);
        if (are_alike) {
            is_valid.assign(bids, 7);
            RC_ASSERT(mark_overclock_valid(packed, packed_limits[0], gpus, is_valid) == count);
            RC_ASSERT(is_valid == expected);
        }
    });
    CHECK(valid > 1'000);  // there were enough of both kinds
    CHECK(broken > 1'000);
}

}  // namespace
