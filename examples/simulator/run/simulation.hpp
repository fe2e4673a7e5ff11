// gigaspot-simulate: the state of one run, and what can happen in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <fmt/format.h>

#include "agents/bidding.hpp"
#include "market/market.hpp"
#include "market/planner.hpp"
#include "run/agenda.hpp"
#include "run/measures.hpp"
#include "run/run.hpp"
#include "run/sums.hpp"
#include "scenario/scenario.hpp"
#include "world/random.hpp"
#include "world/world.hpp"

namespace simulator {

/// How a renter would use a host.
struct Use {
    gigaspot::Power watts_per_gpu{};
    std::int64_t rate = 0;  ///< work per ms
    NanoUsd value = 0;      ///< of a day, 1e-9 USD
};

/// One run. `simulate` draws its world and runs it.
class Simulation {
public:
    /// `seed` decides only what renters choose at random. The scenario must outlive the simulation.
    Simulation(const Scenario& scenario, World world, std::uint64_t seed, const RunOutput& output);

    /// Runs to the end of the world. Throws `std::logic_error` if work or money was not conserved.
    RunResult run();

private:
    struct RenterBid {
        BidNumber number = 0;
        std::size_t host = 0;
        gigaspot::Price price{};
    };
    struct Renter {
        const Job* job = nullptr;
        const RenterKind* kind = nullptr;
        Random random;          ///< for the hosts at which it looks
        std::int64_t kept = 0;  ///< work that no stop can undo
        NanoUsd paid = 0;       ///< 1e-9 USD
        std::int64_t replaced = 0;
        std::vector<RenterBid> bids{};
        std::optional<std::size_t> host{};  ///< on which its job runs
        std::uint32_t token = 0;            ///< of its reviews; a new one makes the old ones void
        bool has_run = false;
        bool is_tired = false;  ///< it leaves when its job is stopped
        bool is_gone = false;

        [[nodiscard]] std::int64_t left() const { return job->work - kept; }
    };
    struct Host {
        std::int64_t energy_price = 0;  ///< true, 1e-9 USD per kWh
        bool is_down = false;
        bool is_rented = false;
        std::optional<std::size_t> renter{};  ///< whose bid runs
        std::uint32_t token = 0;              ///< of the run
        Time ready = 0;                       ///< when the run begins to work
        Time settled = 0;                     ///< all is counted up to this time
        Time productive = 0;                  ///< ms of work of this run
        std::int64_t rate = 0;                ///< work per ms; 0: the run does not work
        int draw = 0;                         ///< W
    };
    struct BidOf {
        std::size_t renter = 0;
        gigaspot::Power watts_per_gpu{};
    };
    /// A host at which a renter has looked.
    struct Candidate {
        std::size_t host = 0;
        Use use{};
        gigaspot::Price price{};
        bool wins = false;
        std::int64_t score = 0;  ///< more is better, among those that win or do not win alike
    };

    // simulation.cpp: what happens
    void happen(const Appointment& next);
    void arrive(std::size_t number, Time now);
    void change_status(const StatusChange& change, Time now);
    void change_hour(Time now);
    void move_rate(std::size_t number, Time now);
    void close(Time now);
    void follow(Time now);
    void follow_changes(Time now);
    void plan(Time now);
    void plan_host(std::size_t host, Time now);
    [[nodiscard]] NanoUsd cost_of(std::size_t host, int watts) const;

    // `number` is a host's place in `hosts_` here, and a renter's in `renters_` further down.
    // accounting.cpp: runs, work and money
    void start(std::size_t number, std::size_t renter_number, gigaspot::Power watts, Time now);
    void stop(std::size_t number, bool is_replaced, Time now);
    void settle(std::size_t number, Time now);
    void settle_all(Time now);
    void pay(const Payment& payment);
    [[nodiscard]] bool has_spent_budget(std::size_t number) const;
    void finish(std::size_t number, Time now);

    // renters.cpp: what renters do
    [[nodiscard]] Use use_of(const Renter& renter, std::size_t host) const;
    [[nodiscard]] Use use_at(const Renter& renter, std::size_t host, gigaspot::Power watts) const;
    [[nodiscard]] int draw_of(const Renter& renter, std::size_t host, const Use& use) const;
    [[nodiscard]] Sight look(std::size_t number, std::size_t host, const Use& use) const;
    [[nodiscard]] std::optional<Candidate> consider(std::size_t number, std::size_t host) const;
    void look_around(std::size_t number);
    void review(std::size_t number, Time now);
    void move(std::size_t number, Time now);
    void place_best(std::size_t number, Time now);
    void place_candidates(std::size_t number, Time now);
    void place(std::size_t number, const Candidate& candidate, Time now);
    void cancel_all(std::size_t number, std::optional<std::size_t> except, Time now);
    void leave(std::size_t number, Time now);
    void lose_patience(std::size_t number, Time now);
    void wait(std::size_t number, Time now);
    [[nodiscard]] static Time move_delay(const Renter& renter);

    // result.cpp
    void check_conservation() const;
    [[nodiscard]] RunResult result();
    [[nodiscard]] std::vector<KindResult> kind_results() const;

    template <class... Args>
    void tell(Time now, std::size_t host, fmt::format_string<Args...> format,
              Args&&... args) const {
        if (output_.story == nullptr) return;
        const auto number = static_cast<int>(host) + 1;
        if (output_.story_host != 0 && output_.story_host != number) return;
        fmt::print(output_.story, "day {:>2} {:02}:{:02}:{:02}  host {:>3}  ", now / ms_per_day,
                   now / ms_per_hour % 24, now / 60'000 % 60, now / 1'000 % 60, number);
        fmt::print(output_.story, format, std::forward<Args>(args)...);
        fmt::print(output_.story, "\n");
    }
    [[nodiscard]] const HostKind& kind_of(std::size_t host) const {
        return scenario_.host_kinds[world_.hosts[host].kind];
    }
    [[nodiscard]] bool is_planned() const {
        return scenario_.market.mechanism == Mechanism::planner;
    }
    [[nodiscard]] bool is_available(std::size_t host) const {
        return !hosts_[host].is_down && !hosts_[host].is_rented;
    }

    const Scenario& scenario_;
    const std::uint64_t seed_;
    const RunOutput output_;
    World world_;
    Market market_;
    Agenda agenda_{};
    std::vector<Host> hosts_{};
    std::vector<Renter> renters_{};  ///< in the order of `World::jobs`, of those that arrived
    std::vector<BidOf> bids_{};
    std::vector<Candidate> candidates_{};  ///< of the renter that looks around
    std::size_t running_ = 0;              ///< hosts with a run
    std::vector<std::size_t> waiting_{};   ///< renters, for the planner
    bool is_to_plan_ = false;              ///< whether anything changed since the planner looked
    Sums sums_{};
    Sums at_warm_up_{};
    Time measured_from_ = 0;
    Time measured_to_ = 0;
    gigaspot::Int128 income_noted_ = 0;
    std::vector<HourPoint> hours_{};
};

/// Returns, in 1e-3 hours, how long after a jump of the rate the market has settled: the hosts'
/// income over 24 hours stays within 5 % of that without the jump. The jump is at the beginning of
/// hour `jump`. If the market never settles, the time lasts until the end. Both lists have the same
/// hours.
[[nodiscard]] std::int64_t settle_time(std::span<const HourPoint> hours,
                                       std::span<const HourPoint> undisturbed, std::size_t jump);

}  // namespace simulator
