// gigaspot-simulate: runs, work and money.
#include <algorithm>
#include <utility>

#include "run/simulation.hpp"

namespace simulator {

using gigaspot::Int128;

Sums operator-(const Sums& to, const Sums& from) {
    Sums sums{.value = to.value - from.value,
              .work_done = to.work_done - from.work_done,
              .work_lost = to.work_lost - from.work_lost,
              .paid = to.paid - from.paid,
              .fees = to.fees - from.fees,
              .electricity = to.electricity - from.electricity,
              .energy = to.energy - from.energy,
              .running = to.running - from.running,
              .starting = to.starting - from.starting,
              .waited = to.waited - from.waited,
              .first_runs = to.first_runs - from.first_runs,
              .replaced = to.replaced - from.replaced,
              .host_stopped = to.host_stopped - from.host_stopped,
              .finished = to.finished - from.finished,
              .given_up = to.given_up - from.given_up,
              .income = to.income};
    for (std::size_t i = 0; i < from.income.size(); ++i) sums.income[i] -= from.income[i];
    return sums;
}

void Simulation::start(std::size_t number, std::size_t renter_number, gigaspot::Power watts,
                       Time now) {
    Host& host = hosts_[number];
    Renter& renter = renters_[renter_number];
    const Use use = use_at(renter, number, watts);
    host.renter = renter_number;
    ++host.token;
    ++running_;
    host.settled = now;
    host.productive = 0;
    host.ready = now + scenario_.jobs.start_up.count();
    host.draw = draw_of(renter, number, use);
    if (renter.host || renter.is_gone) {
        host.rate = 0;  // its job runs elsewhere since the same close; this run is cancelled
        return;
    }
    host.rate = use.rate;
    renter.host = number;
    ++renter.token;
    if (!renter.has_run) {
        ++sums_.first_runs;
        sums_.waited += now - renter.job->arrival;
        renter.has_run = true;
    }
    if (is_planned()) std::erase(waiting_, renter_number);
    const Time needed = (renter.left() + use.rate - 1) / use.rate;
    agenda_.add(host.ready + needed, What::finish, number, host.token);
    tell(now, number, "runs renter {} ({}, {} at {} W per GPU, {:.2f} h of work left)",
         renter_number + 1, renter.kind->name,
         scenario_.jobs.workloads[renter.job->workload].workload, watts.count(),
         static_cast<double>(renter.left()) / (static_cast<double>(ms_per_hour) * one));
}

void Simulation::stop(std::size_t number, bool is_replaced, Time now) {
    settle(number, now);
    Host& host = hosts_[number];
    const std::size_t renter_number = *host.renter;
    host.renter.reset();
    ++host.token;
    --running_;
    is_to_plan_ = true;
    Renter& renter = renters_[renter_number];
    if (renter.host != number) {  // it was finished or cancelled
        tell(now, number, "is free; renter {} has paid {:.4f} USD", renter_number + 1,
             static_cast<double>(renter.paid) / 1e9);
        return;
    }
    const std::int64_t lost =
        host.rate * (host.productive % scenario_.jobs.checkpoint_every.count());
    const std::int64_t done = host.rate * host.productive;
    renter.kept += done - lost;
    renter.host.reset();
    sums_.work_lost += lost;
    sums_.value -= Int128{lost} * renter.job->value;
    if (renter.is_gone) return;  // it left while its job ran
    ++(is_replaced ? sums_.replaced : sums_.host_stopped);
    if (is_replaced) ++renter.replaced;
    tell(now, number, "stops renter {} {}; {:.1f} minutes of work are lost", renter_number + 1,
         is_replaced ? "for another" : "because the host is away",
         static_cast<double>(host.productive % scenario_.jobs.checkpoint_every.count()) / 60'000);
    if (renter.is_tired) return leave(renter_number, now);
    wait(renter_number, now);
}

/// Counts the work, the power and the time of a host's run up to now.
void Simulation::settle(std::size_t number, Time now) {
    Host& host = hosts_[number];
    const Time from = std::exchange(host.settled, now);
    if (!host.renter) return;
    const Time length = now - from;
    const Time working = std::clamp<Time>(now - host.ready, 0, length);
    sums_.running += length;
    if (host.rate > 0) sums_.starting += length - working;
    const Int128 energy = Int128{host.draw} * length;
    sums_.energy += energy;
    sums_.electricity += energy * host.energy_price;
    if (host.rate == 0) return;
    const Renter& renter = renters_[*host.renter];
    // The last moment of a job is shorter than a millisecond.
    const std::int64_t done_before = host.productive * host.rate;
    const std::int64_t work = std::min(working * host.rate, renter.left() - done_before);
    host.productive += working;
    sums_.work_done += work;
    sums_.value += Int128{work} * renter.job->value;
}

void Simulation::settle_all(Time now) {
    for (std::size_t host = 0; host < hosts_.size(); ++host) settle(host, now);
}

void Simulation::pay(const Payment& payment) {
    sums_.paid += payment.paid;
    sums_.fees += payment.fee;
    sums_.income[payment.host] += payment.paid - payment.fee;
    renters_[bids_[payment.bid].renter].paid += payment.paid;
}

bool Simulation::has_spent_budget(std::size_t number) const {
    const Renter& renter = renters_[number];
    const Int128 worth = usd_of_value(Int128{renter.job->work} * renter.job->value);
    return !renter.is_gone && Int128{renter.paid} * one >= worth * scenario_.jobs.budget;
}

void Simulation::finish(std::size_t number, Time now) {
    settle(number, now);
    Host& host = hosts_[number];
    const std::size_t renter_number = *host.renter;
    Renter& renter = renters_[renter_number];
    renter.kept = renter.job->work;
    renter.host.reset();
    renter.is_gone = true;
    host.rate = 0;
    ++sums_.finished;
    tell(now, number, "renter {} has finished its job", renter_number + 1);
    if (is_planned()) return stop(number, false, now);
    cancel_all(renter_number, std::nullopt, now);
}

}  // namespace simulator
