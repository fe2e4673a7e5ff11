// Simulates a market to compare strategies: a few hundred renters bid on some hosts for two days,
// minute by minute, while the coin's price wanders. It uses whole numbers only, so each run prints
// the same.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <gigaspot/format/engine.hpp>
#include <gigaspot/gigaspot.hpp>

using namespace gigaspot::literals;
using gigaspot::Amount;
using gigaspot::BidId;
using gigaspot::Event;
using gigaspot::EventKind;
using gigaspot::ExchangeRate;
using gigaspot::HostId;
using gigaspot::OverclockProfile;
using gigaspot::Power;
using gigaspot::Price;
using gigaspot::Timestamp;
using gigaspot::UsdPerDay;

namespace {

constexpr std::size_t hosts = 60;
constexpr std::size_t renters_per_host = 5;
constexpr std::int64_t closes = 3'000;
constexpr gigaspot::Duration interval = 1_min;
constexpr gigaspot::Ppm fee = 25'000_ppm;

/// Random numbers that are the same on every machine (SplitMix64).
class Random {
public:
    std::int64_t between(std::int64_t min, std::int64_t max) {
        const std::uint64_t number = gigaspot::mix(state_);
        state_ += gigaspot::mix_step;
        return min + static_cast<std::int64_t>(number % static_cast<std::uint64_t>(max - min + 1));
    }

private:
    std::uint64_t state_ = 7;
};

enum class Strategy : std::uint8_t {
    fixed,  ///< offers three quarters of what the host is worth to the renter, and waits
    raise,  ///< begins at half of the worth, and adds a fiftieth while the bid does not run
    quote,  ///< asks for the minimum price that wins, and offers it up to the worth
};
constexpr std::array<std::string_view, 3> strategy_names{"fixed", "raise", "quote"};

/// A renter wants one host for a workload that draws some watts.
struct Renter {
    Strategy strategy;
    HostId host;
    Price worth;
    OverclockProfile profile;
    Price price{};
    bool has_bid = false;
    bool runs = false;
    Timestamp since{};  ///< when the run began

    [[nodiscard]] Price part(std::int64_t numerator, std::int64_t denominator) const {
        return Price::unchecked(worth.count() * numerator / denominator);
    }
};

struct Tally {
    std::int64_t renters = 0;
    std::int64_t runs = 0;
    std::int64_t held = 0;  ///< ms
    gigaspot::Int128 paid = 0;
    gigaspot::Int128 profit = 0;  ///< of the hosts: income minus electricity, 1e-20 USD
};

class Simulator {
public:
    Simulator() {
        set_rate();
        for (std::size_t i = 0; i < hosts; ++i) add_host(HostId{i + 1});
    }

    void run() {
        for (std::int64_t close = 1; close <= closes; ++close) {
            for (std::size_t i = 0; i < renters_.size(); ++i) {
                if (random_.between(1, 10) == 1) act(i);
            }
            move_rate();
            now_ = Timestamp::unchecked(close * interval.count());
            check(market_.close(now_, note_));
        }
        for (Renter& renter : renters_) {
            if (renter.runs) end_run(renter);
        }
    }

    void print() const {
        fmt::print("{} hosts, {} closes, 1 coin is worth {} USD in the end\n\n", hosts, closes,
                   rate_);
        fmt::print(
            "strategy  renters  runs  hours held  coins paid  coins/day  hosts' profit, USD\n");
        std::int64_t held = 0;
        for (std::size_t i = 0; i < tallies_.size(); ++i) {
            const Tally& tally = tallies_[i];
            const Amount a_day = Amount::unchecked(tally.paid * (1_days).count() / tally.held);
            fmt::print("{:8}  {:7}  {:4}  {:10}  {:>10}  {:>9}  {:>18}\n", strategy_names[i],
                       tally.renters, tally.runs, tally.held / (1_h).count(),
                       rounded(Amount::unchecked(tally.paid), 2), rounded(a_day, 2),
                       rounded(UsdPerDay::unchecked(tally.profit), 2));
            held += tally.held;
        }
        fmt::print("\nhosts ran {} of {} hours\n{}\n", held / (1_h).count(),
                   static_cast<std::int64_t>(hosts) * closes * interval.count() / (1_h).count(),
                   market_.counters());
    }

private:
    void add_host(HostId id) {
        const gigaspot::GpuLimits gpu{.power_limit = {100_W, 450_W}};
        const auto energy = gigaspot::EnergyPrice::unchecked(random_.between(40, 200) * 1'000'000);
        check(market_.apply(
            gigaspot::PutHost{.id = id,
                              .gpus = std::span{&gpu, 1},
                              .energy_price = energy,
                              .max_rental_length = gigaspot::RentalLength::unchecked(12 * 3'600)},
            now_, note_));
        energy_.push_back(energy);
        for (std::size_t i = 0; i < renters_per_host; ++i) {
            const auto strategy = static_cast<Strategy>(renters_.size() % 3);
            const Price worth = Price::unchecked(random_.between(150, 500) * 100'000'000);
            const Power watts =
                Power::unchecked(static_cast<Power::rep>(random_.between(150, 450)));
            renters_.push_back({strategy, id, worth, {.power_limit = watts}});
            ++of(renters_.back()).renters;
        }
    }

    /// Lets a renter act. Each renter acts about every tenth minute.
    void act(std::size_t number) {
        Renter& renter = renters_[number];
        if (renter.runs) return;
        Price price = renter.price;
        switch (renter.strategy) {
        case Strategy::fixed: price = renter.part(3, 4); break;
        case Strategy::raise:
            price = renter.has_bid ? Price::unchecked(price.count() + renter.part(1, 50).count())
                                   : renter.part(1, 2);
            break;
        case Strategy::quote: {
            const auto quoted =
                market_.price_to_win(renter.host, {.power_limits = renter.profile.power_limit});
            if (!quoted) return;
            price = *quoted;
            break;
        }
        }
        if (price > renter.worth || (renter.has_bid && price == renter.price)) return;
        renter.price = price;
        const BidId bid{number + 1};
        if (renter.has_bid) {
            check(market_.apply(gigaspot::EditBid{.id = bid, .price = price}, now_, note_));
        } else {
            check(market_.apply(gigaspot::PlaceBid{.id = bid,
                                                   .host = renter.host,
                                                   .owner = gigaspot::OwnerId{number + 1},
                                                   .price = price,
                                                   .overclock = std::span{&renter.profile, 1}},
                                now_, note_));
            renter.has_bid = true;
        }
    }

    void take(const Event& event) {
        if (event.kind == EventKind::accepted) return;
        Renter& renter = renters_[static_cast<std::size_t>(event.bid.value - 1)];
        Tally& tally = of(renter);
        switch (event.kind) {
        case EventKind::started:
            renter.runs = true;
            renter.since = event.time;
            ++tally.runs;
            break;
        case EventKind::stopped: end_run(renter); break;
        case EventKind::charged:
            tally.paid += event.amount.count();
            tally.profit += (event.amount.count() - event.fee.count()) * rate_.count();
            break;
        case EventKind::expired: renter.has_bid = false; break;
        case EventKind::accepted:
        case EventKind::changed:
        case EventKind::removed: break;
        }
    }

    void end_run(Renter& renter) {
        renter.runs = false;
        const std::int64_t held = now_.count() - renter.since.count();
        const auto draw = gigaspot::PowerDraw::unchecked(renter.profile.power_limit.count());
        const auto energy = energy_[static_cast<std::size_t>(renter.host.value - 1)];
        of(renter).held += held;
        of(renter).profit -=
            gigaspot::electricity_cost(draw, energy).count() * held / (1_days).count();
    }

    /// Moves the rate by at most 0.2 %.
    void move_rate() {
        const std::int64_t step = rate_.count() / 500;
        rate_ = std::clamp(ExchangeRate::unchecked(rate_.count() + random_.between(-step, step)),
                           0.004_usd_per_coin, 0.012_usd_per_coin);
        set_rate();
    }
    void set_rate() {
        check(market_.apply(gigaspot::SetRate{.usd = rate_, .fee = fee}, now_, note_));
    }

    /// The market must accept everything that the simulator sends. A rejection is printed.
    static void check(const gigaspot::Result<gigaspot::Accepted, gigaspot::Rejection>& done) {
        if (!done) fmt::print("{}\n", done.error());
    }
    Tally& of(const Renter& renter) { return tallies_[static_cast<std::size_t>(renter.strategy)]; }

    struct Note {
        Simulator& simulator;
        void operator()(const Event& event) const { simulator.take(event); }
    };

    gigaspot::Engine market_{{.switch_margin_ppm = 20'000_ppm}};
    Note note_{*this};
    Random random_{};
    Timestamp now_{};
    ExchangeRate rate_ = 0.0071_usd_per_coin;
    std::vector<gigaspot::EnergyPrice> energy_{};  // by host
    std::vector<Renter> renters_{};                // by the number of the bid
    std::array<Tally, strategy_names.size()> tallies_{};
};

}  // namespace

int main() {
    Simulator simulator;
    simulator.run();
    simulator.print();
}
