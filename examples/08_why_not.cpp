// Shows errors that need more than a few lines of commands: long environments, limits, questions
// between two closes, and saved bytes. docs/errors.md shows each part.
#include <array>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>

#include <gigaspot/gigaspot.hpp>

using namespace gigaspot::literals;
using gigaspot::Code;

namespace {

constexpr gigaspot::HostCapabilities host{
    .id = 7, .gpus = {{.power_limit = {150_W, 450_W}}}, .energy_price = 0.11_usd_per_kWh};

gigaspot::Bid bid(gigaspot::BidId id) {
    return {.id = id,
            .host = 7,
            .owner = 2,
            .price = 310_coin_per_day,
            .overclock = {{.power_limit = 300_W}}};
}

gigaspot::Timestamp at(gigaspot::Duration since_start) {
    return gigaspot::Timestamp::unchecked(since_start.count());
}

/// Ends the program if the library does not do what docs/errors.md says.
void expect(bool is_so, int line) {
    if (is_so) return;
    std::printf("08_why_not.cpp:%d: this check failed\n", line);
    std::exit(1);
}
#define EXPECT(...) expect(static_cast<bool>(__VA_ARGS__), __LINE__)

Code code_of(const gigaspot::Result<gigaspot::Events, gigaspot::Rejection>& done) {
    return done ? Code::none : done.error().code();
}

/// Returns a market with `host`, a rate and bid 1, which has run since 60 s.
gigaspot::Engine market_with(const gigaspot::Policy& policy,
                             const gigaspot::EngineLimits& limits = {}) {
    gigaspot::Engine market{policy, limits};
    EXPECT(market.set_rate({.usd = 0.0071_usd_per_coin}, at(0_s)));
    EXPECT(market.put_host(host, at(0_s)));
    EXPECT(market.place(bid(1), at(0_s)));
    EXPECT(market.close(at(60_s)));
    return market;
}

void environments() {
    const auto problem = [](const gigaspot::Workload& workload) {
        gigaspot::Bid with_workload = bid(2);
        with_workload.workload = workload;
        const auto violations = gigaspot::validate(with_workload, host);
        return violations.empty() ? Code::none : violations[0].code;
    };
    const std::string text(12'300, 'x');
    const auto value = std::string_view{text}.substr(0, 1'500);

    // environment_too_long: fails
    std::array<gigaspot::EnvironmentVariable, 9> many{};
    for (auto& variable : many) variable = {.key = "K", .value = value};
    EXPECT(problem({.environment = many}) == Code::environment_too_long);  // 13,500 bytes and more

    // environment_too_long: fixed
    EXPECT(problem({.environment = std::span{many}.first(8)}) == Code::none);

    // environment_key_too_long: fails
    std::array<gigaspot::EnvironmentVariable, 1> one{{{.key = value.substr(0, 129), .value = "V"}}};
    EXPECT(problem({.environment = one}) == Code::environment_key_too_long);

    // environment_key_too_long: fixed
    one[0].key = value.substr(0, 128);
    EXPECT(problem({.environment = one}) == Code::none);

    // environment_value_too_long: fails
    one[0].value = std::string_view{text}.substr(0, 1'537);
    EXPECT(problem({.environment = one}) == Code::environment_value_too_long);

    // environment_value_too_long: fixed
    one[0].value = std::string_view{text}.substr(0, 1'536);
    EXPECT(problem({.environment = one}) == Code::none);
}

void a_limit() {
    // limit_reached: fails
    gigaspot::Engine small = market_with({}, {.bids_per_owner = 1});
    EXPECT(code_of(small.place(bid(2), at(61_s))) == Code::limit_reached);

    // limit_reached: fixed
    gigaspot::Engine larger = market_with({}, {.bids_per_owner = 2});
    EXPECT(code_of(larger.place(bid(2), at(61_s))) == Code::none);
}

void questions() {
    const gigaspot::HostId id = 7;

    // bid_expired: fails
    gigaspot::Engine market = market_with({});
    std::array<gigaspot::Explanation, 1> slot;
    const auto late = at(20_days);
    EXPECT(market.set_energy_price(id, 0.11_usd_per_kWh, late));  // sets the clock
    EXPECT(market.explain(id, slot)[0].ranked.eligibility.reason == Code::bid_expired);

    // bid_expired: fixed
    EXPECT(market.close(late));  // it is removed
    EXPECT(market.place(bid(1), late));
    EXPECT(market.explain(id, slot)[0].ranked.eligibility.reason == Code::none);

    // incumbent_protected: fails
    gigaspot::Engine with_dwell = market_with({.dwell_min = 1_h});
    const auto no_price = with_dwell.price_to_win(id, {.power_limits = 200_W});
    EXPECT(no_price.error() == Code::incumbent_protected);

    // incumbent_protected: fixed
    EXPECT(with_dwell.close(at(3'660_s)));  // an hour after the close that bid 1 won first
    EXPECT(with_dwell.price_to_win(id, {.power_limits = 200_W}));
}

struct FewGpus : gigaspot::DefaultTraits {
    static constexpr std::size_t gpus_max = 8;
};

void saved_bytes() {
    const gigaspot::Engine market = market_with({});

    // save_malformed: fails
    std::array<std::byte, 64> zeros{};
    EXPECT(gigaspot::restore(zeros).error() == Code::save_malformed);

    // save_malformed: fixed
    EXPECT(gigaspot::restore(gigaspot::save(market)));

    // save_of_other_version: fails
    gigaspot::SavedBytes other_version = gigaspot::save(market);
    other_version[8] = std::byte{99};  // the second word is the version
    EXPECT(gigaspot::restore(other_version).error() == Code::save_of_other_version);

    // save_of_other_version: fixed
    EXPECT(gigaspot::restore(gigaspot::save(market)));

    // save_of_other_types: fails
    const gigaspot::SavedBytes bytes = gigaspot::save(market);
    EXPECT(gigaspot::restore<FewGpus>(bytes).error() == Code::save_of_other_types);

    // save_of_other_types: fixed
    EXPECT(gigaspot::restore<gigaspot::DefaultTraits>(bytes));

    // save_damaged: fails
    const std::span cut{bytes.data(), bytes.size() - 8};
    EXPECT(gigaspot::restore(cut).error() == Code::save_damaged);

    // save_damaged: fixed
    EXPECT(gigaspot::restore(gigaspot::save(market)));
}

}  // namespace

int main() {
    environments();
    a_limit();
    questions();
    saved_bytes();
}
