// Runs a small market with the commands of each kind in a function of their own, so that
// `instructions.py` can count their instructions. The market has 40 hosts of 4 GPUs with 50 bids
// each, which fit into the cache. So the count says how much work a command is, not how far its
// memory is. Prints a checksum of all events and choices, so that two versions can be compared.
#include <cstdint>
#include <cstdio>
#include <vector>

#include <gigaspot/gigaspot.hpp>

namespace {

using namespace gigaspot;
using namespace gigaspot::literals;

constexpr std::size_t hosts_count = 40;
constexpr std::size_t gpus_each = 4;
constexpr int bids_count = 2'000;
constexpr int rounds = 40;

class Random {
public:
    std::uint64_t below(std::uint64_t bound) {
        state_ ^= state_ << 13;
        state_ ^= state_ >> 7;
        state_ ^= state_ << 17;
        return state_ % bound;
    }
    /// 400 .. 1,299.99 coins per day.
    Price price() {
        return Price::unchecked(static_cast<Price::rep>((40'000 + below(90'000)) * 1'000'000));
    }
    /// 150 .. 449 W.
    Power watts() { return Power::unchecked(static_cast<Power::rep>(150 + below(300))); }

private:
    std::uint64_t state_ = 7;
};

std::uint64_t checksum = 0;

struct Sink {
    void operator()(const Event& event) const {
        checksum = checksum * 31 + event.bid.value + static_cast<std::uint64_t>(event.kind);
    }
};

/// Makes a command that failed visible in the checksum.
template <class Done>
void count(const Done& done) {
    if (!done) checksum += 1'000'003;
}

// The counted functions. Their names are known to `instructions.py`.

[[gnu::noinline]] void count_new_price(Engine& market, BidHandle bid, Price price, HostHandle host,
                                       Timestamp now) {
    count(market.apply(bid, EditBid{.price = price}, now, Sink{}));
    checksum += market.choice(host).winner ? 1U : 0U;
}
[[gnu::noinline]] void count_cancel(Engine& market, BidHandle bid, Timestamp now) {
    count(market.apply(bid, CancelBid{}, now, Sink{}));
}
[[gnu::noinline]] BidHandle count_new_bid(Engine& market, HostHandle host, const PlaceBid& bid,
                                          Timestamp now) {
    const auto placed = market.apply(host, bid, now, Sink{});
    count(placed);
    return placed ? placed->bid : BidHandle{};
}
[[gnu::noinline]] void count_close(Engine& market, Timestamp now) {
    count(market.close(now, Sink{}));
}

class Market {
public:
    Market() {
        count(engine_.set_rate({.usd = 0.0071_usd_per_coin, .fee = 25'000_ppm}, now_));
        const GpuLimits gpu{.power_limit = {150_W, 450_W},
                            .core_lock = Range<Frequency>{210_MHz, 2520_MHz}};
        const std::vector<GpuLimits> gpus(gpus_each, gpu);
        for (std::uint64_t id = 0; id < hosts_count; ++id) {
            const auto added = engine_.put_host(
                PutHost{.id = id, .gpus = gpus, .energy_price = 0.11_usd_per_kWh}, now_);
            hosts_.push_back(added->host);
        }
        for (int i = 0; i < bids_count; ++i) place();
    }

    /// An interval: 100 new prices, 50 cancels, 50 new bids, a close.
    void interval() {
        for (int i = 0; i < 100; ++i) {
            const Placed& placed = any_bid();
            count_new_price(engine_, placed.bid, random_.price(), placed.host, now_);
        }
        for (int i = 0; i < 50; ++i) {
            Placed& placed = any_bid();
            count_cancel(engine_, placed.bid, now_);
            placed = bids_.back();
            bids_.pop_back();
            place();
        }
        now_ = Timestamp::unchecked(now_.count() + 60'000);
        count_close(engine_, now_);
    }

private:
    struct Placed {
        BidHandle bid;
        HostHandle host;
    };

    Placed& any_bid() { return bids_[random_.below(bids_.size())]; }

    void place() {
        const HostHandle host = hosts_[random_.below(hosts_count)];
        const std::vector<OverclockProfile> profiles(
            gpus_each, {.power_limit = random_.watts(), .core_lock = 1500_MHz});
        const PlaceBid bid{.id = next_id_++,
                           .owner = random_.below(100'000),
                           .price = random_.price(),
                           .overclock = profiles};
        bids_.push_back({count_new_bid(engine_, host, bid, now_), host});
    }

    Engine engine_{};
    Random random_{};
    Timestamp now_{};
    std::uint64_t next_id_ = 1;
    std::vector<HostHandle> hosts_{};
    std::vector<Placed> bids_{};
};

}  // namespace

int main() {
    Market market;
    for (int i = 0; i < rounds; ++i) market.interval();
    std::printf("%llu\n", static_cast<unsigned long long>(checksum));
}
