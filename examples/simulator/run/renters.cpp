// gigaspot-simulate: what renters do.
#include <algorithm>
#include <functional>
#include <numeric>
#include <tuple>
#include <utility>

#include "run/simulation.hpp"

namespace simulator {

using gigaspot::Int128;
using gigaspot::Power;
using gigaspot::Price;

/// How the renter would use the host with this power limit.
Use Simulation::use_at(const Renter& renter, std::size_t host, Power watts) const {
    const HostKind& kind = kind_of(host);
    const Curve& curve =
        *find_curve(kind.card, scenario_.jobs.workloads[renter.job->workload].workload);
    const std::int64_t rate = work_rate(kind, curve.speed(watts.count()));
    return {watts, rate, static_cast<NanoUsd>(Int128{renter.job->value} * rate * 24 / one)};
}

/// How the renter would use the host with the power limit of its choice.
Use Simulation::use_of(const Renter& renter, std::size_t host) const {
    const Card& card = *world_.hosts[host].card;
    if (renter.kind->power == PowerChoice::card_default)
        return use_at(renter, host, Power::unchecked(card.limit_default));
    if (renter.kind->power == PowerChoice::fixed) return use_at(renter, host, renter.kind->watts);
    // Value and cost are linear between the points of the curve, so one of them is the best.
    const Curve& curve =
        *find_curve(card.name, scenario_.jobs.workloads[renter.job->workload].workload);
    std::optional<Use> best;
    NanoUsd best_gain = 0;
    for (const CurvePoint& point : curve.points) {
        const Use use = use_at(renter, host, Power::unchecked(point.limit));
        const NanoUsd gain =
            use.value - market_.usd_of(market_.lowest_price(host, use.watts_per_gpu));
        if (best && gain <= best_gain) continue;
        best = use;
        best_gain = gain;
    }
    return *best;
}

/// The power that the host would draw, W.
int Simulation::draw_of(const Renter& renter, std::size_t host, const Use& use) const {
    const HostKind& kind = kind_of(host);
    const Curve& curve =
        *find_curve(kind.card, scenario_.jobs.workloads[renter.job->workload].workload);
    return curve.draw(use.watts_per_gpu.count()) * kind.gpus + kind.base_power.count();
}

/// What the renter sees of a host.
Sight Simulation::look(std::size_t number, std::size_t host, const Use& use) const {
    const Renter& renter = renters_[number];
    Sight sight{.value = market_.price_of(use.value),
                .lowest = market_.lowest_price(host, use.watts_per_gpu),
                .tick = market_.tick()};
    for (const RenterBid& bid : renter.bids) {
        if (bid.host == host) sight.own = bid.price;
    }
    if (market_.is_posted()) return sight;
    sight.to_win = market_.price_to_win(host, number, use.watts_per_gpu);
    if (renter.kind->strategy == Strategy::careful) {
        const Jobs& jobs = scenario_.jobs;
        const std::int64_t lost = jobs.start_up.count() + jobs.checkpoint_every.count() / 2;
        const std::int64_t needed =
            std::max(renter.left() / use.rate, jobs.checkpoint_every.count());
        sight.loss =
            Price::unchecked(static_cast<Price::rep>(Int128{sight.value.count()} * lost / needed));
    }
    return sight;
}

/// What the renter would offer on a host; nothing if it would not bid there.
std::optional<Simulation::Candidate> Simulation::consider(std::size_t number,
                                                          std::size_t host) const {
    if (!is_available(host) || !market_.has_room(host)) return std::nullopt;
    const Renter& renter = renters_[number];
    const Use use = use_of(renter, host);
    if (use.rate == 0) return std::nullopt;
    Sight sight = look(number, host, use);
    sight.own.reset();  // it would be a new bid
    Candidate candidate{.host = host, .use = use};
    if (market_.is_posted()) {
        if (sight.value < sight.lowest) return std::nullopt;
        candidate.price = sight.lowest;
        const std::size_t rivals = market_.bids_on(host);
        candidate.wins = rivals == 0;
        candidate.score = candidate.wins ? 0 : -static_cast<std::int64_t>(rivals);
    } else {
        const auto price = price_for(*renter.kind, sight);
        if (!price || !sight.to_win) return std::nullopt;
        candidate.price = *price;
        candidate.wins = *price >= *sight.to_win;
        candidate.score = price->count() - sight.to_win->count();
    }
    if (candidate.wins) {
        // What it gains per work: the same price is worth more on a faster host.
        const Int128 gain = Int128{use.value} - market_.usd_of(candidate.price);
        candidate.score = static_cast<std::int64_t>(gain * one / use.rate);
    }
    return candidate;
}

/// Looks at some hosts, drawn at random, and puts those that it would take into `candidates_`, the
/// best first.
void Simulation::look_around(std::size_t number) {
    Renter& renter = renters_[number];
    candidates_.clear();
    const auto hosts = static_cast<std::int64_t>(hosts_.size());
    const auto looks = std::min<std::int64_t>(renter.kind->looks_at, hosts);
    // Hosts in a circle from a random one, with a random step. This is cheap, and no host repeats
    // if the step and the number of hosts have no common divisor.
    std::int64_t host = renter.random.below(hosts);
    std::int64_t step = 1 + renter.random.below(hosts);
    while (std::gcd(step, hosts) != 1) ++step;
    for (std::int64_t i = 0; i < looks; ++i, host = (host + step) % hosts) {
        if (const auto candidate = consider(number, static_cast<std::size_t>(host)))
            candidates_.push_back(*candidate);
    }
    std::ranges::stable_sort(candidates_, std::greater{}, [](const Candidate& candidate) {
        return std::tuple{candidate.wins, candidate.score};
    });
}

void Simulation::place(std::size_t number, const Candidate& candidate, Time now) {
    const BidNumber bid = bids_.size();
    bids_.push_back({number, candidate.use.watts_per_gpu});
    renters_[number].bids.push_back({bid, candidate.host, candidate.price});
    tell(now, candidate.host, "renter {} bids {:.4f} coins per day, and {}", number + 1,
         static_cast<double>(candidate.price.count()) / 1e8,
         candidate.wins ? "would win now" : "waits");
    market_.place(bid, candidate.host, number, candidate.price, candidate.use.watts_per_gpu, now);
    follow(now);
}

/// Looks at some hosts, and bids on the best.
void Simulation::place_best(std::size_t number, Time now) {
    look_around(number);
    place_candidates(number, now);
}

/// Bids on the best of `candidates_`, on as many hosts as the renter bids on.
void Simulation::place_candidates(std::size_t number, Time now) {
    const std::vector<Candidate> best = candidates_;
    for (const Candidate& candidate : best) {
        const Renter& renter = renters_[number];
        if (renter.host || renter.bids.size() >= static_cast<std::size_t>(renter.kind->bids_on))
            return;
        place(number, candidate, now);
    }
}

/// Reconsiders the offers of a waiting renter.
void Simulation::review(std::size_t number, Time now) {
    const Renter& renter = renters_[number];
    const RenterKind& kind = *renter.kind;
    const std::int64_t interval = scenario_.interval.count();
    const Time next_close = (now / interval + 1) * interval;
    const Time next = kind.strategy == Strategy::snipe ? next_close + interval - 1
                                                       : now + kind.review_every.count();
    agenda_.add(next, What::review, number, renter.token);
    if (renter.bids.empty()) return place_best(number, now);
    for (std::size_t i = 0; i < renter.bids.size() && !renter.host; ++i) {
        const RenterBid bid = renter.bids[i];
        if (!is_available(bid.host)) continue;
        const Use use = use_at(renter, bid.host, bids_[bid.number].watts_per_gpu);
        const auto price = price_for(kind, look(number, bid.host, use));
        if (!price || *price <= bid.price) continue;
        tell(now, bid.host, "renter {} raises its bid from {:.4f} to {:.4f}", number + 1,
             static_cast<double>(bid.price.count()) / 1e8,
             static_cast<double>(price->count()) / 1e8);
        renters_[number].bids[i].price = *price;
        market_.edit(bid.number, *price, now);
        follow(now);
    }
}

/// Looks for a host where the renter wins, and otherwise offers again what its strategy says at the
/// present rates.
void Simulation::move(std::size_t number, Time now) {
    const Renter& renter = renters_[number];
    agenda_.add(now + move_delay(renter), What::move, number, renter.token);
    if (!renter.bids.empty() && renter.kind->move_every.count() == 0) return;
    look_around(number);
    const bool is_on_it = !candidates_.empty() && !renter.bids.empty() &&
                          renter.bids.front().host == candidates_.front().host;
    if (renter.bids.empty() || (!candidates_.empty() && candidates_.front().wins && !is_on_it)) {
        cancel_all(number, std::nullopt, now);
        return place_candidates(number, now);
    }
    if (reviews(renter.kind->strategy) || market_.is_posted()) return;
    for (std::size_t i = 0; i < renter.bids.size() && !renter.host; ++i) {
        const RenterBid bid = renter.bids[i];
        const Use use = use_at(renter, bid.host, bids_[bid.number].watts_per_gpu);
        const auto price = price_for(*renter.kind, look(number, bid.host, use));
        if (!price || *price == bid.price) continue;
        renters_[number].bids[i].price = *price;
        market_.edit(bid.number, *price, now);
        follow(now);
    }
}

/// Cancels the renter's bids, except one.
void Simulation::cancel_all(std::size_t number, std::optional<BidNumber> except, Time now) {
    const std::vector<RenterBid> bids = std::exchange(renters_[number].bids, {});
    for (const RenterBid& bid : bids) {
        if (bid.number == except) {
            renters_[number].bids.push_back(bid);
            continue;
        }
        market_.cancel(bid.number, now);
        follow(now);
    }
}

/// A renter ends: its job is not finished.
void Simulation::leave(std::size_t number, Time now) {
    Renter& renter = renters_[number];
    if (std::exchange(renter.is_gone, true)) return;
    ++renter.token;
    ++sums_.given_up;
    if (is_planned()) {
        std::erase(waiting_, number);
        return;
    }
    cancel_all(number, std::nullopt, now);
}

void Simulation::lose_patience(std::size_t number, Time now) {
    Renter& renter = renters_[number];
    if (renter.is_gone) return;
    if (renter.host) {
        renter.is_tired = true;
    } else {
        leave(number, now);
    }
}

/// A renter waits from now on: it looks at the market from time to time.
void Simulation::wait(std::size_t number, Time now) {
    Renter& renter = renters_[number];
    ++renter.token;
    if (is_planned()) {
        waiting_.push_back(number);
        is_to_plan_ = true;
        return;
    }
    const std::int64_t interval = scenario_.interval.count();
    const Time delay = 1 + renter.random.below(renter.kind->review_every.count());
    const Time before_close = (now / interval + 1) * interval - 1;
    if (reviews(renter.kind->strategy) && !market_.is_posted())
        agenda_.add(renter.kind->strategy == Strategy::snipe ? std::max(before_close, now)
                                                             : now + delay,
                    What::review, number, renter.token);
    agenda_.add(now + 1 + renter.random.below(move_delay(renter)), What::move, number,
                renter.token);
}

/// How long a waiting renter stays with the hosts that it has chosen. A renter that found none
/// looks again after an hour.
Time Simulation::move_delay(const Renter& renter) {
    const Time every = renter.kind->move_every.count();
    return every == 0 ? ms_per_hour : every;
}

}  // namespace simulator
