// An overclock profile in 16 bytes, and as the two words of a saved market.
#include <gigaspot/detail/packed_profile.hpp>

#include <cstdint>
#include <optional>
#include <random>

#include <doctest/doctest.h>

#include "market.hpp"

namespace {

using namespace market;
using detail::PackedProfile;

/// A setting of one's own: smaller than a std::optional, and absent at one value.
class SmallSetting {
public:
    SmallSetting() = default;
    SmallSetting(Frequency frequency) : mhz_{frequency.count()} {}

    [[nodiscard]] bool has_value() const { return mhz_ != absent; }
    [[nodiscard]] Frequency operator*() const { return Frequency::unchecked(mhz_); }

    friend bool operator==(const SmallSetting&, const SmallSetting&) = default;

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

TEST_CASE("what is packed is unpacked as it was: each setting at its ends, absent, and near 0") {
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

TEST_CASE("settings of one's own type are packed alike") {
    const BasicOverclockProfile<SmallTraits> profile{
        .power_limit = 300_W, .core_lock = 0_MHz, .core_offset = -100_MHz};
    CHECK(PackedProfile{profile}.unpack<SmallTraits>() == profile);
    CHECK(PackedProfile{profile}.unpack<DefaultTraits>() ==
          OverclockProfile{.power_limit = 300_W, .core_lock = 0_MHz, .core_offset = -100_MHz});
}

TEST_CASE("its two words: 20 bits of power, then 21 for each setting, 0 if it is absent") {
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

TEST_CASE("words that are no profile with a power limit are refused") {
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

TEST_CASE("whatever words are taken come back as they were") {
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

}  // namespace
