// The market that all benchmarks share: made up with integers alone, so that it is the same on
// every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include <gigaspot/engine/engine.hpp>
#include <gigaspot/values/literals.hpp>

namespace bench {

using namespace gigaspot::literals;
using gigaspot::Int128;

inline constexpr gigaspot::Currency bitcoin{1};
inline constexpr gigaspot::ExchangeRate coin_rate = 0.0071_usd_per_coin;
inline constexpr gigaspot::ExchangeRate bitcoin_rate = 60'000_usd_per_coin;

/// Ends the program: the benchmark itself is wrong, and no figure of it means anything.
inline void expect(bool is_so, const char* what) {
    if (is_so) return;
    std::fprintf(stderr, "gigaspot_bench: %s\n", what);
    std::exit(1);
}

/// SplitMix64.
class Random {
public:
    explicit Random(std::uint64_t seed) : state_{seed} {}

    std::uint64_t next() {
        state_ += 0x9e37'79b9'7f4a'7c15;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30)) * 0xbf58'476d'1ce4'e5b9;
        z = (z ^ (z >> 27)) * 0x94d0'49bb'1331'11eb;
        return z ^ (z >> 31);
    }
    /// 0 .. bound - 1.
    std::uint64_t below(std::uint64_t bound) {
        return static_cast<std::uint64_t>((static_cast<gigaspot::Uint128>(next()) * bound) >> 64);
    }
    /// min .. max.
    template <class T>
    T between(T min, T max) {
        return static_cast<T>(min +
                              static_cast<T>(below(static_cast<std::uint64_t>(max - min) + 1)));
    }

private:
    std::uint64_t state_;
};

/// A hash of choices, cheap enough to stand inside a loop that is measured.
class Checksum {
public:
    void add(std::uint64_t winner, Int128 profit) {
        const auto wide = static_cast<gigaspot::Uint128>(profit);
        hash_ = ((hash_ << 7 | hash_ >> 57) ^ winner) * 0x9e37'79b9'7f4a'7c15;
        hash_ ^= static_cast<std::uint64_t>(wide) + static_cast<std::uint64_t>(wide >> 64);
    }
    [[nodiscard]] std::uint64_t value() const { return hash_; }

private:
    std::uint64_t hash_ = 0;
};

struct Choice {
    std::uint64_t winner = 0;  ///< a bid's id; 0: the host idles
    Int128 profit = 0;

    static Choice of(const gigaspot::Selection& selection) {
        if (!selection.winner) return {};
        return {selection.winner->value, selection.profit.count()};
    }
};

struct Size {
    std::size_t hosts = 20'000;
    std::size_t bids_per_host = 50;  ///< on average; the host of a bid is random
    std::size_t events = 1'000'000;
    int bitcoin_percent = 0;   ///< of the bids
    bool is_add_only = false;  ///< the changes are new bids, on hosts that have one
};

/// Much smaller than the public value, which has room for 32 GPUs inside itself.
struct HostData {
    gigaspot::HostId id{};
    std::span<const gigaspot::GpuLimits> gpus{};  ///< shared by all hosts with such GPUs
    gigaspot::EnergyPrice energy_price{};
    gigaspot::Price min_bid{};
};

struct BidData {
    gigaspot::BidId id{};
    gigaspot::HostId host_id{};
    gigaspot::OwnerId owner{};
    gigaspot::Price price{};
    std::uint32_t host = 0;  ///< its place among the hosts
    std::uint32_t first_profile = 0;
    std::int32_t watts = 0;
    std::uint8_t gpus = 0;
    gigaspot::Currency currency{};
};

enum class Change : std::uint8_t { add, reprice, cancel };

/// All that a command needs stands here, side by side, so that to read the list costs little and
/// no market pays for it. Only a new bid's terms stand among the bids, in the order of the changes.
struct ChangeData {
    Change kind = Change::add;
    std::uint32_t host = 0;  ///< its place among the hosts
    std::uint32_t bid = 0;   ///< its place among the bids
    gigaspot::HostId host_id{};
    gigaspot::BidId bid_id{};
    gigaspot::Price price{};  ///< of a change of price
};

struct MarketData {
    std::vector<HostData> hosts;  ///< by ascending id
    std::vector<BidData> bids;
    std::size_t placed = 0;  ///< so many of them stand at first; the others are added by changes
    std::vector<gigaspot::OverclockProfile> profiles;
    std::vector<ChangeData> changes;

    [[nodiscard]] std::span<const gigaspot::OverclockProfile> profiles_of(
        const BidData& bid) const {
        return {profiles.data() + bid.first_profile, bid.gpus};
    }
    [[nodiscard]] gigaspot::PlaceBid place(const BidData& bid) const {
        return {.id = bid.id,
                .host = bid.host_id,
                .owner = bid.owner,
                .price = bid.price,
                .currency = bid.currency,
                .overclock = profiles_of(bid)};
    }
};

[[nodiscard]] MarketData make_market(const Size& size);

/// What all benchmarks are asked to run on, with the markets made of it. A market is made when it
/// is first asked for.
class Markets {
public:
    explicit Markets(const Size& size) : size_{size} {}

    /// One currency.
    const MarketData& large();
    /// Likewise with a tenth of the hosts: at the usual size it fits the caches.
    const MarketData& small();
    /// As large as the first, with 3 % of the bids in bitcoin.
    const MarketData& with_bitcoin();
    /// For an adversary who cancels the best bid before each new one: like the first, and with a
    /// tenth of the hosts and ten times as many bids on each.
    const MarketData& attacked();
    const MarketData& attacked_deep();

private:
    const MarketData& made(std::size_t place, const Size& size);

    Size size_;
    std::vector<MarketData> made_[5]{};
};

using Select = const MarketData& (Markets::*)();

/// What is made of these data. It is made once, and each benchmark goes on with it.
template <class T>
[[nodiscard]] T& kept(const MarketData& data) {
    static std::vector<std::pair<const MarketData*, std::unique_ptr<T>>> all;
    for (const auto& [its_data, made] : all) {
        if (its_data == &data) return *made;
    }
    return *all.emplace_back(&data, std::make_unique<T>(data)).second;
}

/// Nothing forbids to close twice in a millisecond, so that a close can be measured that has
/// nothing to charge.
inline constexpr gigaspot::Policy policy{.interval_min = {}};

inline constexpr gigaspot::Timestamp start = gigaspot::Timestamp::unchecked(1'000);

inline constexpr auto ignore = [](const gigaspot::Event&) {};

/// Puts the rates and the hosts into an engine.
template <class Engine>
void put_hosts(Engine& engine, const MarketData& data) {
    expect(engine.apply(gigaspot::SetRate{.usd = coin_rate}, start, ignore).has_value(), "rate");
    expect(engine.apply(gigaspot::SetRate{.currency = bitcoin, .usd = bitcoin_rate}, start, ignore)
               .has_value(),
           "rate of bitcoin");
    for (const HostData& host : data.hosts) {
        const gigaspot::PutHost command{.id = host.id,
                                        .gpus = host.gpus,
                                        .energy_price = host.energy_price,
                                        .min_bid = host.min_bid};
        expect(engine.apply(command, start, ignore).has_value(), "a host is refused");
    }
}

/// Places the bids that stand at first.
template <class Engine>
void place_bids(Engine& engine, const MarketData& data) {
    for (std::size_t i = 0; i < data.placed; ++i)
        expect(engine.apply(data.place(data.bids[i]), start, ignore).has_value(),
               "a bid is refused");
}

/// An engine's choices on all hosts. All kinds of market below have this function.
template <class Market>
[[nodiscard]] std::uint64_t checksum_of_choices(Market& market, const MarketData& data) {
    Checksum checksum;
    const auto add = [&](const Choice& choice) { checksum.add(choice.winner, choice.profit); };
    if constexpr (requires { market.choices(add); }) {
        market.choices(add);
    } else {
        for (std::uint32_t host = 0; host < data.hosts.size(); ++host) add(market.choice(host));
    }
    return checksum.value();
}

}  // namespace bench
