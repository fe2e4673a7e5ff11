#include "market.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace bench {

using namespace gigaspot;

namespace {

/// A kind of GPU: its limits, and what a day on it is worth to a renter beyond its electricity, in
/// 1e-6 USD.
struct Card {
    int watts_min, watts_max;
    std::int64_t worth_min, worth_max;
};
constexpr Card cards[] = {{75, 120, 100'000, 200'000},
                          {100, 220, 200'000, 400'000},
                          {100, 320, 300'000, 700'000},
                          {150, 450, 600'000, 1'200'000},
                          {200, 575, 1'000'000, 1'600'000}};
constexpr std::size_t gpus_max = 8;
constexpr std::uint64_t renters = 100'000;

/// Makes the maximum number of GPUs of a host, for each kind.
constexpr auto make_gpu_limits() {
    std::array<std::array<GpuLimits, gpus_max>, std::size(cards)> all;
    const Frequency core_min = Frequency::unchecked(210);
    for (std::size_t kind = 0; kind < all.size(); ++kind) {
        const Card& card = cards[kind];
        all[kind].fill(
            {.power_limit = {Power::unchecked(card.watts_min), Power::unchecked(card.watts_max)},
             .core_lock = {{core_min, Frequency::unchecked(2'520)}},
             .mem_lock = {{Frequency::unchecked(405), Frequency::unchecked(10'501)}},
             .core_offset = {{Frequency::unchecked(-1'000), Frequency::unchecked(200)}},
             .mem_offset = {{Frequency::unchecked(-2'000), Frequency::unchecked(2'000)}},
             .model = GpuModel{kind + 1}});
    }
    return all;
}
constexpr auto gpu_limits = make_gpu_limits();

/// Makes a random market. A bid's price is drawn around the worth of its host: the best of fifty
/// bids leads the next by about a percent. Their watts differ by much more, so that events and
/// rates change winners.
class Maker {
public:
    explicit Maker(const Size& size) : size_{size} {}

    MarketData make() {
        for (std::size_t i = 0; i < size_.hosts; ++i) add_host(i);
        const std::size_t placed = size_.hosts * size_.bids_per_host;
        for (std::size_t i = 0; i < placed; ++i) add_bid(draw_host());
        data_.placed = placed;
        if (size_.is_add_only) {
            make_additions();
        } else {
            make_changes();
        }
        return std::move(data_);
    }

private:
    void make_changes() {
        std::vector<std::uint32_t> present(data_.placed);
        for (std::size_t i = 0; i < present.size(); ++i) present[i] = static_cast<std::uint32_t>(i);
        for (std::size_t i = 0; i < size_.events; ++i) {
            const auto kind = static_cast<Change>(present.empty() ? 0 : random_.below(3));
            if (kind == Change::add) {
                present.push_back(add_bid(draw_host()));
                add_change(kind, present.back());
                continue;
            }
            std::uint32_t& one = present[random_.below(present.size())];
            add_change(kind, one);
            if (kind == Change::cancel) {
                one = present.back();
                present.pop_back();
            }
        }
    }

    void make_additions() {
        for (std::size_t i = 0; i < size_.events; ++i)
            add_change(Change::add, add_bid(data_.bids[random_.below(data_.placed)].host));
    }

    void add_host(std::size_t number) {
        const std::size_t kind = random_.below(std::size(cards));
        const Card& card = cards[kind];
        HostData host{.id = HostId{1'000 + 7 * number},
                      .energy_price = EnergyPrice::unchecked(
                          random_.between<std::int64_t>(30'000'000, 200'000'000)),
                      .min_bid = Price::unchecked(10'000)};
        const auto gpus = random_.between<std::size_t>(1, gpus_max);
        host.gpus = std::span{gpu_limits[kind]}.first(gpus);
        data_.hosts.push_back(host);
        worths_.push_back(static_cast<std::int64_t>(gpus) *
                          random_.between(card.worth_min, card.worth_max));
    }

    void add_change(Change kind, std::uint32_t number) {
        const BidData& bid = data_.bids[number];
        ChangeData change{.kind = kind,
                          .host = bid.host,
                          .bid = number,
                          .host_id = bid.host_id,
                          .bid_id = bid.id};
        if (kind == Change::reprice) change.price = draw_price(bid);
        data_.changes.push_back(change);
    }

    std::uint32_t draw_host() {
        return static_cast<std::uint32_t>(random_.below(data_.hosts.size()));
    }

    std::uint32_t add_bid(std::uint32_t on) {
        BidData bid;
        bid.host = on;
        const HostData& host = data_.hosts[bid.host];
        bid.host_id = host.id;
        // The multiplier is odd, so no two numbers get the same id.
        bid.id = BidId{((data_.bids.size() + 1) * 0x9e37'79b9'7f4a'7c15) >> 11};
        bid.owner = OwnerId{1 + random_.below(renters)};
        bid.gpus = static_cast<std::uint8_t>(host.gpus.size());
        bid.first_profile = static_cast<std::uint32_t>(data_.profiles.size());
        if (static_cast<int>(random_.below(100)) < size_.bitcoin_percent) bid.currency = bitcoin;
        for (const GpuLimits& gpu : host.gpus) {
            OverclockProfile profile;
            profile.power_limit = Power::unchecked(
                random_.between(gpu.power_limit.min.count(), gpu.power_limit.max.count()));
            if (random_.below(2) == 0) profile.core_lock = draw_in(*gpu.core_lock);
            if (random_.below(2) == 0) profile.mem_lock = draw_in(*gpu.mem_lock);
            if (random_.below(4) == 0) profile.core_offset = draw_in(*gpu.core_offset);
            if (random_.below(4) == 0) profile.mem_offset = draw_in(*gpu.mem_offset);
            bid.watts += profile.power_limit.count();
            data_.profiles.push_back(profile);
        }
        bid.price = draw_price(bid);
        data_.bids.push_back(bid);
        return static_cast<std::uint32_t>(data_.bids.size() - 1);
    }

    Frequency draw_in(const Range<Frequency>& range) {
        return Frequency::unchecked(random_.between(range.min.count(), range.max.count()));
    }

    /// Draws a price: half to all of the worth of the host, plus the cost of the watts.
    Price draw_price(const BidData& bid) {
        const std::int64_t worth =
            worths_[bid.host] * random_.between<std::int64_t>(500'000, 1'000'000) / 1'000'000;
        const std::int64_t cost =
            bid.watts * 24 * data_.hosts[bid.host].energy_price.count() / 1'000'000;
        const ExchangeRate rate = bid.currency == bitcoin ? bitcoin_rate : coin_rate;
        // Converts 1e-6 USD to 1e-8 coin, with random digits below a millionth of a USD.
        const Int128 price = (Int128{worth + cost} * 1'000'000 + random_.between(0, 999'999)) *
                             100'000'000 / rate.count();
        return Price::unchecked(static_cast<std::int64_t>(price));
    }

    Size size_;
    Random random_{1};
    MarketData data_{};
    std::vector<std::int64_t> worths_{};
};

}  // namespace

MarketData make_market(const Size& size) { return Maker{size}.make(); }

const MarketData& Markets::made(std::size_t place, const Size& size) {
    if (made_[place].empty()) made_[place].push_back(make_market(size));
    return made_[place].front();
}

const MarketData& Markets::large() { return made(0, size_); }
const MarketData& Markets::small() {
    Size size = size_;
    size.hosts = size.hosts / 10 + 1;
    return made(1, size);
}
const MarketData& Markets::with_bitcoin() {
    Size size = size_;
    size.bitcoin_percent = 3;
    return made(2, size);
}
const MarketData& Markets::attacked() {
    Size size = size_;
    size.is_add_only = true;
    size.events = size.events / 10 + 1;
    return made(3, size);
}
const MarketData& Markets::attacked_deep() {
    Size size = size_;
    size.is_add_only = true;
    size.events = size.events / 10 + 1;
    size.hosts = size.hosts / 10 + 1;
    size.bids_per_host *= 10;
    return made(4, size);
}

}  // namespace bench
