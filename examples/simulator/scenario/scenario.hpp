// gigaspot-simulate: everything that decides a simulated market, as values. The reader of TOML
// makes a scenario, and the program writes it out again, so that a result can be repeated.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <gigaspot/values/policy.hpp>
#include <gigaspot/values/units.hpp>

namespace simulator {

/// Money, in 1e-9 USD.
using NanoUsd = std::int64_t;
/// A share or a factor, in parts per million. Unlike `gigaspot::Ppm` it may exceed 1 or be below 0.
using Millionths = std::int64_t;
inline constexpr Millionths one = 1'000'000;

inline constexpr std::int64_t ms_per_hour = 3'600'000;
inline constexpr std::int64_t ms_per_day = 24 * ms_per_hour;

/// Decides which bid runs on a host, and what its renter pays.
enum class Mechanism : std::uint8_t {
    spot,           ///< GigaSPOT: the highest profit wins and pays its bid
    highest_price,  ///< the highest price wins, whatever it draws, and pays its bid
    second_price,   ///< the highest profit wins and pays the lowest price that would have won
    posted_price,   ///< each host asks a fixed price over its electricity; first come, first served
    planner,        ///< no prices: somebody who knows all values assigns the jobs
};

/// The market's rules.
struct MarketRules {
    Mechanism mechanism = Mechanism::spot;
    gigaspot::Ppm fee = gigaspot::Ppm::unchecked(25'000);
    NanoUsd switch_margin = 0;            ///< USD per day
    gigaspot::Ppm switch_margin_share{};  ///< of the incumbent's profit
    gigaspot::Duration dwell_min{};
    NanoUsd reserve = 0;  ///< the minimum profit, USD per host and day
    /// The minimum bid, USD per GPU and day.
    NanoUsd min_bid = 0;
    /// For `posted_price`: what a host asks over its electricity and the fee, USD per GPU and day.
    NanoUsd posted_over_electricity = 0;
    /// All prices are multiples of this, in USD per day at the first rate; 0: of 0.0001 coin. It
    /// shows what a larger tick would do.
    NanoUsd price_step = 0;
    gigaspot::Refill refill = gigaspot::Refill::at_close;

    friend bool operator==(const MarketRules&, const MarketRules&) = default;
};

/// How the coin's rate moves.
struct CoinRate {
    gigaspot::ExchangeRate start = gigaspot::ExchangeRate::unchecked(10'000'000'000);  // 0.01 USD
    gigaspot::Duration every =
        gigaspot::Duration::unchecked(std::int64_t{10} * 60'000);  ///< between two moves
    Millionths volatility = 0;  ///< standard deviation of a day's relative move
    /// A jump: at this time after the start, the rate is multiplied by `jump_factor`.
    std::optional<gigaspot::Duration> jump_at{};
    Millionths jump_factor = one;
    /// If it is not empty, the rates come from a file: one per `every`, repeated when it ends.
    std::string file{};
    std::vector<gigaspot::ExchangeRate> series{};

    friend bool operator==(const CoinRate&, const CoinRate&) = default;
};

/// What a kind of hosts pays for electricity.
struct Tariff {
    std::string name{};
    /// Each host draws its own price from this range, evenly.
    gigaspot::EnergyPrice low{};
    gigaspot::EnergyPrice high{};
    /// If it is not empty, each host draws its own price from a file instead.
    std::string prices_file{};
    std::vector<std::int64_t> prices{};  ///< 1e-9 USD per kWh
    /// Added to the host's price in each hour of the day, in 1e-9 USD per kWh; empty: nothing.
    std::vector<std::int64_t> hours{};
    /// If it is not empty, prices per hour come from a file: they are added to the host's price.
    std::string file{};
    std::vector<std::int64_t> series{};  ///< 1e-9 USD per kWh and hour

    friend bool operator==(const Tariff&, const Tariff&) = default;
};

/// A kind of hosts.
struct HostKind {
    std::string name{};
    Millionths share = one;  ///< of all hosts
    std::string card{};      ///< a card of `cards()`
    int gpus = 1;
    std::string tariff{};    ///< the name of a tariff
    Millionths speed = one;  ///< of one GPU at its default power limit, against an RTX 3090
    gigaspot::Power base_power{};
    Millionths outages = 0;  ///< mean number per day
    gigaspot::Duration outage_length = gigaspot::Duration::unchecked(ms_per_hour);
    Millionths rentals = 0;  ///< mean number of on-demand rentals per day
    gigaspot::Duration rental_length = gigaspot::Duration::unchecked(6 * ms_per_hour);
    /// The energy price that the host tells the market, as a factor of the true one.
    Millionths told_tariff = one;

    friend bool operator==(const HostKind&, const HostKind&) = default;
};

/// How a renter bids. `E` is the lowest price that pays the host's electricity and the fee, `V` is
/// what a day on the host is worth to the renter.
enum class Strategy : std::uint8_t {
    truthful,      ///< offers V
    shade,         ///< offers E plus `offer` x (V - E), and waits
    raise,         ///< begins at E, adds `step` x V at each review until it runs or reaches V
    price_to_win,  ///< asks for the lowest price that wins, and offers it up to V
    snipe,         ///< the same, one millisecond before the close
    careful,       ///< price_to_win, but adds what a lost run costs, and outbids nobody for less
};

/// Which power limit a renter sets.
enum class PowerChoice : std::uint8_t {
    card_default,  ///< the card's default limit
    best,          ///< the limit that leaves the most of V after electricity
    fixed,         ///< a given limit
};

/// A workload that renters run, and how often.
struct WorkloadShare {
    std::string workload{};  ///< the name of a workload that all cards of the scenario can run
    Millionths share = one;

    friend bool operator==(const WorkloadShare&, const WorkloadShare&) = default;
};

/// A kind of renters. Each renter brings one job.
struct RenterKind {
    std::string name{};
    Millionths share = one;  ///< of all renters
    Strategy strategy = Strategy::shade;
    Millionths offer = 300'000;  ///< for `shade`
    Millionths step = 20'000;    ///< for `raise`
    PowerChoice power = PowerChoice::card_default;
    gigaspot::Power watts{};  ///< for `PowerChoice::fixed`
    /// How often the renter looks at the market while its job does not run.
    gigaspot::Duration review_every = gigaspot::Duration::unchecked(std::int64_t{2} * 60'000);
    /// How often it looks for a host where it wins while its job does not run; 0: never. A renter
    /// that has found no host looks again after an hour.
    gigaspot::Duration move_every{};
    int looks_at = 2;  ///< the number of hosts, drawn at random, among which it chooses
    int bids_on = 1;   ///< the number of hosts on which it bids at the same time

    friend bool operator==(const RenterKind&, const RenterKind&) = default;
};

/// A job from a file.
struct TracedJob {
    gigaspot::Duration arrival{};  ///< since the start of the run
    Millionths hours = 0;          ///< work, in hours of an RTX 3090
    NanoUsd value = 0;             ///< of an hour of this work, 1e-9 USD

    friend bool operator==(const TracedJob&, const TracedJob&) = default;
};

/// The jobs of all kinds of renters.
struct Jobs {
    /// The work that arrives, as a share of what all GPUs can do at their default power limits.
    Millionths load = 1'300'000;
    NanoUsd value_median =
        140'000'000;                   ///< of an hour on an RTX 3090 at its default limit, 1e-9 USD
    Millionths value_sigma = 600'000;  ///< of the logarithm of the value
    Millionths hours = 5 * one;        ///< mean work of a job, in hours of an RTX 3090
    bool length_varies = false;        ///< exponentially distributed instead of always the mean
    gigaspot::Duration start_up = gigaspot::Duration::unchecked(std::int64_t{5} * 60'000);
    gigaspot::Duration checkpoint_every = gigaspot::Duration::unchecked(std::int64_t{30} * 60'000);
    gigaspot::Duration patience = gigaspot::Duration::unchecked(ms_per_day);
    /// A renter stops when it has paid this much: a share of what the job is worth. 0: no limit.
    Millionths budget = 0;
    std::vector<WorkloadShare> workloads{};
    /// If it is not empty, arrivals, work and values come from a file, and load, values and hours
    /// above are not used.
    std::string file{};
    std::vector<TracedJob> trace{};  ///< by arrival

    friend bool operator==(const Jobs&, const Jobs&) = default;
};

/// One simulated market: a cell of a study. The seed is not part of it.
struct Scenario {
    std::int64_t days = 14;
    gigaspot::Duration warm_up = gigaspot::Duration::unchecked(12 * ms_per_hour);  ///< not measured
    gigaspot::Duration interval = gigaspot::Duration::unchecked(60'000);
    MarketRules market{};
    CoinRate rate{};
    int hosts = 40;
    std::vector<HostKind> host_kinds{};
    std::vector<Tariff> tariffs{};
    Jobs jobs{};
    std::vector<RenterKind> renter_kinds{};

    friend bool operator==(const Scenario&, const Scenario&) = default;
};

}  // namespace simulator
