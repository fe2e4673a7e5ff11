// Makes the market that all benchmarks share. It uses only integers, so the market is the same on
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

#include <gigaspot/base/mix.hpp>
#include <gigaspot/engine/engine.hpp>
#include <gigaspot/values/literals.hpp>

namespace bench {

using namespace gigaspot::literals;
using gigaspot::Int128;

inline constexpr gigaspot::Currency bitcoin{1};
inline constexpr gigaspot::ExchangeRate coin_rate = 0.0071_usd_per_coin;
inline constexpr gigaspot::ExchangeRate bitcoin_rate = 60'000_usd_per_coin;

/// Ends the program if a condition fails: the benchmark is wrong, and its figures mean nothing.
inline void expect(bool is_so, const char* what) {
    if (is_so) return;
    std::fprintf(stderr, "gigaspot_bench: %s\n", what);
    std::exit(1);
}

/// Random numbers that are the same on every machine (SplitMix64).
class Random {
public:
    explicit Random(std::uint64_t seed) : state_{seed} {}

    std::uint64_t next() {
        return gigaspot::mix(std::exchange(state_, state_ + gigaspot::mix_step));
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

/// A hash of choices that is cheap enough for a measured loop.
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
    std::size_t bids_per_host = 50;  ///< on average; each bid has a random host
    std::size_t events = 1'000'000;
    int bitcoin_percent = 0;   ///< of the bids
    bool is_add_only = false;  ///< all changes are new bids, on hosts that have a bid
};

/// A host. It is much smaller than the public value, which has room for 32 GPUs.
struct HostData {
    gigaspot::HostId id{};
    std::span<const gigaspot::GpuLimits> gpus{};  ///< shared by all hosts with the same GPUs
    gigaspot::EnergyPrice energy_price{};
    gigaspot::Price min_bid{};
};

struct BidData {
    gigaspot::BidId id{};
    gigaspot::HostId host_id{};
    gigaspot::OwnerId owner{};
    gigaspot::Price price{};
    std::uint32_t host = 0;  ///< its position among the hosts
    std::uint32_t first_profile = 0;
    std::int32_t watts = 0;
    std::uint8_t gpus = 0;
    gigaspot::Currency currency{};
};

enum class Change : std::uint8_t { add, reprice, cancel };

/// Holds all that a command needs side by side, so reading the list costs little and favours no
/// market. Only the terms of a new bid are among the bids, in the order of the changes.
struct ChangeData {
    Change kind = Change::add;
    std::uint32_t host = 0;  ///< its position among the hosts
    std::uint32_t bid = 0;   ///< its position among the bids
    gigaspot::HostId host_id{};
    gigaspot::BidId bid_id{};
    gigaspot::Price price{};  ///< the new price, if the change is `reprice`
};

struct MarketData {
    std::vector<HostData> hosts;  ///< by ascending id
    std::vector<BidData> bids;
    std::size_t placed = 0;  ///< number of bids at the start; changes add the others
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

/// The markets that all benchmarks use. Each is made when a benchmark first asks for it.
class Markets {
public:
    explicit Markets(const Size& size) : size_{size} {}

    /// The market of the given size, with one currency.
    const MarketData& large();
    /// A market with a tenth of the hosts. At the default size it fits into the caches.
    const MarketData& small();
    /// A market as large as `large`, with 3 % of the bids in bitcoin.
    const MarketData& with_bitcoin();
    /// Markets for an adversary who cancels the best bid before each new one. The first is as large
    /// as `large`; the second has a tenth of the hosts and ten times as many bids per host.
    const MarketData& attacked();
    const MarketData& attacked_deep();

private:
    const MarketData& made(std::size_t place, const Size& size);

    Size size_;
    std::vector<MarketData> made_[5]{};
};

using Select = const MarketData& (Markets::*)();

/// Returns the `T` made from these data. It is made once, and all benchmarks use the same one.
template <class T>
[[nodiscard]] T& kept(const MarketData& data) {
    static std::vector<std::pair<const MarketData*, std::unique_ptr<T>>> all;
    for (const auto& [its_data, made] : all) {
        if (its_data == &data) return *made;
    }
    return *all.emplace_back(&data, std::make_unique<T>(data)).second;
}

/// Allows several closes in one millisecond, so that benchmarks can measure a close that has
/// nothing to charge.
inline constexpr gigaspot::Policy policy{.interval_min = {}};

inline constexpr gigaspot::Timestamp start = gigaspot::Timestamp::unchecked(1'000);

inline constexpr auto ignore = [](const gigaspot::Event&) {};

inline constexpr auto every_host = [](gigaspot::HostId) { return true; };

/// Puts the rates and the hosts into an engine. `wanted` selects hosts.
template <class Engine, class Wanted = decltype(every_host)>
void put_hosts(Engine& engine, const MarketData& data, Wanted wanted = every_host) {
    expect(engine.apply(gigaspot::SetRate{.usd = coin_rate}, start, ignore).has_value(),
           "the rate was rejected");
    expect(engine.apply(gigaspot::SetRate{.currency = bitcoin, .usd = bitcoin_rate}, start, ignore)
               .has_value(),
           "the rate of bitcoin was rejected");
    for (const HostData& host : data.hosts) {
        if (!wanted(host.id)) continue;
        const gigaspot::PutHost command{.id = host.id,
                                        .gpus = host.gpus,
                                        .energy_price = host.energy_price,
                                        .min_bid = host.min_bid};
        expect(engine.apply(command, start, ignore).has_value(), "a host was rejected");
    }
}

/// Places the bids that the market has at the start, on the hosts that `wanted` selects.
template <class Engine, class Wanted = decltype(every_host)>
void place_bids(Engine& engine, const MarketData& data, Wanted wanted = every_host) {
    for (std::size_t i = 0; i < data.placed; ++i) {
        if (!wanted(data.bids[i].host_id)) continue;
        expect(engine.apply(data.place(data.bids[i]), start, ignore).has_value(),
               "a bid was rejected");
    }
}

/// Returns a checksum of the choices of all hosts. It works for the engine and for all peers.
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
