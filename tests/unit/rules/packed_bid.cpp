// A bid with packed profiles is placed, or rejected for the same reasons, as the same bid with
// profiles.
#include <gigaspot/rules/packed_bid.hpp>

#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <gigaspot/engine/engine.hpp>
#include <gigaspot/engine/save.hpp>

#include "support/market.hpp"

namespace {

using namespace market;

/// A market with a host of two GPUs, one that supports locks and offsets and one that does not.
Engine market_with_host() {
    Engine engine;
    const GpuLimits gpus[] = {full_gpu, plain_gpu};
    REQUIRE(engine.apply(SetRate{.usd = ExchangeRate::unchecked(1'000'000'000)}, at_ms(1),
                         [](const Event&) {}));
    REQUIRE(engine.apply(PutHost{.id = 1, .gpus = gpus}, at_ms(1), [](const Event&) {}));
    return engine;
}

struct Outcome {
    bool is_accepted = false;
    std::uint64_t command = 0;
    std::optional<BidHandle> handle{};
    std::vector<Violation> reasons{};
    std::uint64_t digest = 0;

    friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome outcome_of(const Engine& engine, const Result<Accepted, Rejection>& done) {
    if (done) return {true, done->command, done->bid, {}, digest(engine)};
    const Rejection& rejection = done.error();
    return {false,
            rejection.command,
            {},
            {rejection.reasons.begin(), rejection.reasons.end()},
            digest(engine)};
}

struct Case {
    const char* what;
    std::vector<OverclockProfile> profiles;
    std::vector<Code> reasons;  // worked out from section 3; none if the bid is accepted
    Price price = 10_coin_per_day;
};

const Case cases[] = {
    {"both within the limits", {{300_W}, {300_W}}, {}},
    {"with locks where they are supported", {{300_W, 1'000_MHz}, {150_W}}, {}},
    {"no profile", {}, {Code::overclock_missing}},
    {"one too few", {{300_W}}, {Code::overclock_count_mismatch}},
    {"more than any host can have",
     std::vector<OverclockProfile>(limits::gpus_max + 1, OverclockProfile{300_W}),
     {Code::overclock_count_mismatch}},
    {"a power limit is missing", {{300_W}, {}}, {Code::power_limit_missing}},
    {"one too low, one too high",
     {{99_W}, {401_W}},
     {Code::power_limit_below_card_minimum, Code::power_limit_above_host_maximum}},
    {"a lock that is not supported",
     {{300_W}, {300_W, 1'000_MHz}},
     {Code::core_lock_not_supported}},
    {"a price of 0 and a power limit",
     {{99_W}, {300_W}},
     {Code::power_limit_below_card_minimum, Code::price_not_positive},
     Price{}},
};

TEST_CASE("a bid with packed profiles has the same outcome as with profiles, by id and by handle") {
    for (const Case& one : cases) {
        CAPTURE(std::string{one.what});
        const std::vector<PackedProfile> packed{one.profiles.begin(), one.profiles.end()};
        const PlaceBid bid{
            .id = 7, .host = 1, .owner = 3, .price = one.price, .overclock = one.profiles};
        const PlacePackedBid packed_bid{
            .id = 7, .host = 1, .owner = 3, .price = one.price, .overclock = packed};
        const auto ignore = [](const Event&) {};

        Engine plain = market_with_host();
        const Outcome expected = outcome_of(plain, plain.apply(bid, at_ms(2), ignore));
        std::vector<Code> codes;
        for (const Violation& reason : expected.reasons) codes.push_back(reason.code);
        CHECK(codes == one.reasons);

        Engine by_id = market_with_host();
        CHECK(outcome_of(by_id, by_id.apply(packed_bid, at_ms(2), ignore)) == expected);
        Engine by_handle = market_with_host();
        const HostHandle host = *by_handle.find_host(1);
        CHECK(outcome_of(by_handle, by_handle.apply(host, packed_bid, at_ms(2), ignore)) ==
              expected);
    }
}

TEST_CASE("a packed bid is rejected for an unknown host, a stale handle and a known id") {
    Engine engine = market_with_host();
    const PackedProfile packed[] = {PackedProfile{OverclockProfile{300_W}},
                                    PackedProfile{OverclockProfile{300_W}}};
    const auto ignore = [](const Event&) {};
    const auto place = [&](HostId host) {
        return engine.apply(
            PlacePackedBid{.id = 7, .host = host, .price = 1_coin_per_day, .overclock = packed},
            at_ms(2), ignore);
    };
    CHECK(place(2).error().code() == Code::host_unknown);
    REQUIRE(place(1));
    CHECK(place(1).error().code() == Code::bid_exists);
    CHECK(engine.apply(HostHandle{}, PlacePackedBid{.id = 8, .overclock = packed}, at_ms(2), ignore)
              .error()
              .code() == Code::host_unknown);
}

}  // namespace
