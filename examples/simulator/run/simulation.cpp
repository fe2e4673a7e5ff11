// gigaspot-simulate: the course of a run: what happens between closes, the closes, and the planner.
#include "run/simulation.hpp"

#include <algorithm>
#include <utility>

namespace simulator {

using gigaspot::Power;

Simulation::Simulation(const Scenario& scenario, World world, std::uint64_t seed,
                       const RunOutput& output)
    : scenario_{scenario}, seed_{seed}, output_{output}, world_{std::move(world)},
      market_{scenario, world_, output.journal} {
    for (const HostDraw& draw : world_.hosts)
        hosts_.push_back({.energy_price = draw.energy_price_at(0)});
    sums_.income.resize(hosts_.size());
    at_warm_up_ = sums_;
    renters_.reserve(world_.jobs.size());
    if (!world_.jobs.empty()) agenda_.add(world_.jobs.front().arrival, What::arrival, 0);
    if (!world_.status.empty()) agenda_.add(world_.status.front().time, What::status, 0);
    if (world_.rates.size() > 1) agenda_.add(world_.rates[1].time, What::rate, 1);
    agenda_.add(ms_per_hour, What::hour);
}

RunResult Simulation::run() {
    const std::int64_t interval = scenario_.interval.count();
    const Time warm_up = scenario_.warm_up.count();
    bool is_warm = warm_up == 0;
    for (Time now = interval; now <= world_.end; now += interval) {
        while (agenda_.has_until(now)) happen(agenda_.take());
        close(now);
        if (!is_warm && now >= warm_up) {
            settle_all(now);
            at_warm_up_ = sums_;
            measured_from_ = now;
            is_warm = true;
        }
        measured_to_ = now;
    }
    settle_all(measured_to_);
    check_conservation();
    return result();
}

void Simulation::happen(const Appointment& next) {
    const Time now = next.time;
    switch (next.what) {
    case What::arrival: return arrive(next.who, now);
    case What::status: {
        if (next.who + 1 < world_.status.size())
            agenda_.add(world_.status[next.who + 1].time, What::status, next.who + 1);
        return change_status(world_.status[next.who], now);
    }
    case What::hour: return change_hour(now);
    case What::rate: return move_rate(next.who, now);
    case What::finish:
        if (hosts_[next.who].token == next.token) finish(next.who, now);
        return;
    case What::deadline: return lose_patience(next.who, now);
    case What::review:
    case What::move: break;
    }
    Renter& renter = renters_[next.who];
    if (renter.token != next.token) return;
    if (next.what == What::review) {
        review(next.who, now);
    } else {
        move(next.who, now);
    }
}

void Simulation::arrive(std::size_t number, Time now) {
    if (number + 1 < world_.jobs.size())
        agenda_.add(world_.jobs[number + 1].arrival, What::arrival, number + 1);
    const Job& job = world_.jobs[number];
    renters_.push_back({.job = &job,
                        .kind = &scenario_.renter_kinds[job.kind],
                        .random = Random{seed_, Purpose::choice_of_hosts, number}});
    agenda_.add(now + scenario_.jobs.patience.count(), What::deadline, number);
    wait(number, now);
    if (!is_planned()) place_best(number, now);
}

void Simulation::change_status(const StatusChange& change, Time now) {
    Host& host = hosts_[change.host];
    (change.is_rental ? host.is_rented : host.is_down) = change.begins;
    tell(now, change.host, "{}",
         change.is_rental ? (change.begins ? "is rented on demand" : "is free again")
                          : (change.begins ? "goes down" : "comes back"));
    is_to_plan_ = true;
    if (is_planned()) {
        if (change.begins && host.renter) stop(change.host, false, now);
        return;
    }
    market_.set_status(change.host, !host.is_down, host.is_rented, now);
    follow(now);
}

void Simulation::change_hour(Time now) {
    agenda_.add(now + ms_per_hour, What::hour);
    gigaspot::Int128 income = 0;
    for (const gigaspot::Int128& of_host : sums_.income) income += of_host;
    const auto hosts = static_cast<gigaspot::Int128>(hosts_.size());
    hours_.push_back(
        {.rate = market_.rate().count(),
         .income = static_cast<std::int64_t>((income - income_noted_) * 24 / hosts / 1'000),
         .running = static_cast<std::int64_t>(running_ * one / hosts_.size())});
    income_noted_ = income;
    for (std::size_t i = 0; i < hosts_.size(); ++i) {
        if (!world_.hosts[i].is_hourly()) continue;
        settle(i, now);
        hosts_[i].energy_price = world_.hosts[i].energy_price_at(now);
        is_to_plan_ = true;
        if (is_planned()) continue;
        market_.set_energy_price(i, hosts_[i].energy_price, now);
        follow(now);
    }
}

void Simulation::move_rate(std::size_t number, Time now) {
    if (number + 1 < world_.rates.size())
        agenda_.add(world_.rates[number + 1].time, What::rate, number + 1);
    if (is_planned()) return;
    market_.set_rate(world_.rates[number].rate, now);
    follow(now);
}

void Simulation::close(Time now) {
    if (is_planned()) return plan(now);
    market_.close(now);
    follow(now);
}

/// Takes notice of what the last command to the market caused.
void Simulation::follow(Time now) {
    const bool has_budgets = scenario_.jobs.budget > 0;
    std::vector<std::size_t> spent;
    for (const Payment& payment : market_.outcome().payments) {
        pay(payment);
        const std::size_t renter = bids_[payment.bid].renter;
        if (has_budgets && has_spent_budget(renter)) spent.push_back(renter);
    }
    follow_changes(now);
    for (const std::size_t renter : spent) leave(renter, now);
}

void Simulation::follow_changes(Time now) {
    if (market_.outcome().changes.empty()) return;
    // Renters send commands next, which replace the outcome.
    const std::vector<RunChange> changes = market_.outcome().changes;
    for (const RunChange& change : changes) {
        if (change.what == RunChange::What::started) {
            start(change.host, bids_[change.bid].renter, bids_[change.bid].watts_per_gpu, now);
        } else if (change.what == RunChange::What::expired) {
            // Its renter bids again when it looks at the market the next time.
            std::erase_if(renters_[bids_[change.bid].renter].bids,
                          [&](const RenterBid& bid) { return bid.number == change.bid; });
        } else {
            stop(change.host, change.what == RunChange::What::replaced, now);
        }
    }
    for (const RunChange& change : changes) {
        if (change.what != RunChange::What::started) continue;
        const std::size_t renter = bids_[change.bid].renter;
        if (renters_[renter].host == change.host) cancel_all(renter, change.bid, now);
    }
}

// --- The planner ---

void Simulation::plan(Time now) {
    if (!is_to_plan_) return;
    is_to_plan_ = false;
    for (std::size_t host = 0; host < hosts_.size(); ++host) {
        if (is_available(host) && !hosts_[host].renter && !waiting_.empty()) plan_host(host, now);
    }
}

void Simulation::plan_host(std::size_t host, Time now) {
    std::vector<WaitingJob> jobs;
    for (const std::size_t waiting : waiting_) {
        const Use use = use_of(renters_[waiting], host);
        jobs.push_back({waiting, use.value - cost_of(host, draw_of(renters_[waiting], host, use))});
    }
    const auto best = best_job(jobs);
    if (!best) return;
    start(host, best->renter, use_of(renters_[best->renter], host).watts_per_gpu, now);
}

/// The cost of this power for a day at the host's true price.
NanoUsd Simulation::cost_of(std::size_t host, int watts) const {
    return static_cast<NanoUsd>(gigaspot::Int128{watts} * hosts_[host].energy_price * 24 / 1'000);
}

RunResult simulate(const Scenario& scenario, std::uint64_t seed, const RunOutput& output) {
    RunResult result = Simulation{scenario, draw_world(scenario, seed), seed, output}.run();
    if (!scenario.rate.jump_at) return result;
    // The same draws without the jump tell how long it was felt.
    Scenario undisturbed = scenario;
    undisturbed.rate.jump_at.reset();
    const RunResult without =
        Simulation{undisturbed, draw_world(undisturbed, seed), seed, {}}.run();
    const auto jump = static_cast<std::size_t>(scenario.rate.jump_at->count() / ms_per_hour);
    result.values[static_cast<std::size_t>(Measure::settle)] =
        settle_time(result.hours, without.hours, jump);
    return result;
}

}  // namespace simulator
