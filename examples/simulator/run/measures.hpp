// gigaspot-simulate: what one run of a market measures.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace simulator {

/// The measures of a run, each a whole number in the unit of `measures`.
enum class Measure : std::uint8_t {
    welfare,
    host_profit,
    renter_surplus,
    market_income,
    paid,
    electricity,
    utilisation,
    kwh_per_work,
    switches,
    outage_stops,
    work_lost,
    starting_up,
    finished,
    given_up,
    wait,
    gini,
    settle,
};
inline constexpr std::size_t measure_count = 17;

/// The party that a measure is about.
enum class Party : std::uint8_t { society, hosts, renters, market };

/// How a measure is named, counted and read.
struct MeasureInfo {
    Measure measure;
    std::string_view name;   ///< in files: letters and underscores
    std::string_view label;  ///< for people
    std::string_view unit;
    int decimals;  ///< the count is in units of 10^-decimals
    Party party;
    int better;                ///< 1: more is better, -1: less is better, 0: neither
    std::string_view meaning;  ///< one sentence
};

inline constexpr std::array<MeasureInfo, measure_count> measures{{
    {Measure::welfare, "welfare", "welfare", "USD per host and day", 6, Party::society, 1,
     "Value of the work done less the cost of electricity."},
    {Measure::host_profit, "host_profit", "host profit", "USD per host and day", 6, Party::hosts, 1,
     "Income after the fee less the cost of electricity."},
    {Measure::renter_surplus, "renter_surplus", "renter surplus", "USD per host and day", 6,
     Party::renters, 1, "Value of the work done less what renters paid."},
    {Measure::market_income, "market_income", "market income", "USD per host and day", 6,
     Party::market, 1, "Fees."},
    {Measure::paid, "paid", "paid by renters", "USD per host and day", 6, Party::renters, 0,
     "All charges."},
    {Measure::electricity, "electricity", "electricity", "USD per host and day", 6, Party::hosts, 0,
     "Cost of the power drawn, at the host's true tariff."},
    {Measure::utilisation, "utilisation", "utilisation", "% of the time", 3, Party::hosts, 1,
     "Share of the time in which a host runs a bid."},
    {Measure::kwh_per_work, "kwh_per_work", "energy per work", "kWh per hour of work", 6,
     Party::society, -1, "Energy drawn for an RTX 3090's work of one hour at its default limit."},
    {Measure::switches, "switches", "switches", "per host and day", 3, Party::society, -1,
     "Runs that another bid replaced."},
    {Measure::outage_stops, "outage_stops", "stops by hosts", "per host and day", 3, Party::hosts,
     -1, "Runs that ended because the host went away, or because a bid lives for 20 days at most."},
    {Measure::work_lost, "work_lost", "work lost", "% of the work", 3, Party::society, -1,
     "Work after the last checkpoint of a run that was stopped."},
    {Measure::starting_up, "starting_up", "starting up", "% of the run time", 3, Party::society, -1,
     "Time in which a run loads its data and does no work."},
    {Measure::finished, "finished", "jobs finished", "per host and day", 3, Party::renters, 1,
     "Jobs that did all their work."},
    {Measure::given_up, "given_up", "jobs given up", "% of the jobs that ended", 3, Party::renters,
     -1, "Jobs whose renter lost patience or had spent its budget."},
    {Measure::wait, "wait", "wait", "minutes", 3, Party::renters, -1,
     "Mean time from arrival to the first run, of the jobs that ran."},
    {Measure::gini, "gini", "inequality of hosts", "Gini, 0 to 1", 6, Party::hosts, -1,
     "How unevenly income after the fee is spread over the hosts' GPUs; 0: evenly."},
    {Measure::settle, "settle", "time to settle", "hours", 3, Party::hosts, -1,
     "Time after the rate's jump until the hosts' income over 24 hours stays within 5 % of what it "
     "would "
     "have been without the jump; if it never does, until the end."},
}};

/// What the renters of one kind got.
struct KindResult {
    std::int64_t jobs = 0;              ///< that arrived in the measured time
    std::int64_t surplus_per_job = 0;   ///< 1e-6 USD
    std::int64_t paid_per_job = 0;      ///< 1e-6 USD
    std::int64_t work_per_job = 0;      ///< 1e-6 hours of an RTX 3090
    std::int64_t switches_per_job = 0;  ///< 1e-3

    friend bool operator==(const KindResult&, const KindResult&) = default;
};

/// The hosts' market, hour by hour, from the start of the run.
struct HourPoint {
    std::int64_t rate = 0;     ///< 1e-12 USD per coin at the end of the hour
    std::int64_t income = 0;   ///< of the hosts after the fee, 1e-6 USD per host and day
    std::int64_t running = 0;  ///< mean share of hosts that run, 1e-6

    friend bool operator==(const HourPoint&, const HourPoint&) = default;
};

/// All that one run of a cell with one seed measured.
struct RunResult {
    std::array<std::int64_t, measure_count> values{};
    std::vector<KindResult> kinds{};  ///< in the order of `Scenario::renter_kinds`
    std::vector<HourPoint> hours{};
    std::uint64_t digest = 0;  ///< of the market's events, as `gigaspot replay --digest` prints it

    [[nodiscard]] std::int64_t operator[](Measure measure) const {
        return values[static_cast<std::size_t>(measure)];
    }
    friend bool operator==(const RunResult&, const RunResult&) = default;
};

}  // namespace simulator
