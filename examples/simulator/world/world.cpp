// gigaspot-simulate: draws a world.
#include "world/world.hpp"

#include <algorithm>
#include <tuple>

#include <gigaspot/base/int128.hpp>

#include "world/random.hpp"

namespace simulator {
namespace {

using gigaspot::Int128;

/// The largest integer whose square is at most `number`.
std::int64_t square_root(Int128 number) {
    std::int64_t root = 0;
    for (std::int64_t bit = std::int64_t{1} << 62; bit > 0; bit >>= 1) {
        const Int128 next = root + bit;
        if (next * next <= number) root += bit;
    }
    return root;
}

/// The kind that a number below one million falls into: kinds come in order, each as wide as its
/// share. A change of one share moves only the entities at its ends.
template <class Kinds>
std::size_t kind_of(const Kinds& kinds, Millionths number) {
    Millionths end = 0;
    for (std::size_t i = 0; i + 1 < kinds.size(); ++i) {
        end += kinds[i].share;
        if (number < end) return i;
    }
    return kinds.size() - 1;
}

const Tariff& tariff_of(const Scenario& scenario, const HostKind& kind) {
    return *std::ranges::find(scenario.tariffs, kind.tariff, &Tariff::name);
}

void draw_hosts(const Scenario& scenario, std::uint64_t seed, World& world) {
    for (int i = 0; i < scenario.hosts; ++i) {
        // Shares of hosts are exact, not drawn: host i of n is at (i + 1/2) / n.
        const Millionths place =
            (2 * std::int64_t{i} + 1) * one / (std::int64_t{2} * scenario.hosts);
        const std::size_t kind = kind_of(scenario.host_kinds, place);
        const HostKind& facts = scenario.host_kinds[kind];
        const Tariff& tariff = tariff_of(scenario, facts);
        Random random{seed, Purpose::tariff, static_cast<std::uint64_t>(i)};
        const auto rows = static_cast<std::int64_t>(tariff.prices.size());
        const std::int64_t price =
            rows == 0 ? random.between(tariff.low.count(), tariff.high.count())
                      : tariff.prices[static_cast<std::size_t>(random.below(rows))];
        world.hosts.push_back({.kind = kind,
                               .card = find_card(facts.card),
                               .gpus = facts.gpus,
                               .energy_price = price,
                               .tariff = &tariff});
    }
}

/// Adds the times at which a host is away. `mean_per_day` is a mean number in millionths.
void draw_absences(World& world, std::size_t host, Random random, Millionths mean_per_day,
                   std::int64_t length, bool is_rental) {
    if (mean_per_day == 0) return;
    const auto gap = static_cast<std::int64_t>(Int128{ms_per_day} * one / mean_per_day);
    for (Time time = random.exponential(gap); time < world.end;) {
        const Time back = time + random.exponential(length);
        world.status.push_back({time, host, is_rental, true});
        if (back < world.end) world.status.push_back({back, host, is_rental, false});
        time = back + random.exponential(gap);
    }
}

void draw_status(const Scenario& scenario, std::uint64_t seed, World& world) {
    for (std::size_t i = 0; i < world.hosts.size(); ++i) {
        const HostKind& kind = scenario.host_kinds[world.hosts[i].kind];
        draw_absences(world, i, {seed, Purpose::outage, i}, kind.outages,
                      kind.outage_length.count(), false);
        draw_absences(world, i, {seed, Purpose::rental, i}, kind.rentals,
                      kind.rental_length.count(), true);
    }
    std::ranges::sort(world.status, {}, [](const StatusChange& change) {
        return std::tuple{change.time, change.host, change.is_rental, change.begins};
    });
}

/// What a job does not bring from a file: its workload and the kind of its renter.
Job drawn_job(const Scenario& scenario, std::uint64_t seed, std::uint64_t number, Random& job) {
    const Millionths workload = job.below(one);
    const Millionths place = Random{seed, Purpose::kind, number}.below(one);
    return {.workload = kind_of(scenario.jobs.workloads, workload),
            .kind = kind_of(scenario.renter_kinds, place)};
}

void take_jobs(const Scenario& scenario, std::uint64_t seed, World& world) {
    for (std::size_t number = 0; number < scenario.jobs.trace.size(); ++number) {
        const TracedJob& traced = scenario.jobs.trace[number];
        if (traced.arrival.count() >= world.end) return;
        Random random{seed, Purpose::job, number};
        Job job = drawn_job(scenario, seed, number, random);
        job.arrival = traced.arrival.count();
        job.work = traced.hours * ms_per_hour;
        job.value = traced.value;
        world.jobs.push_back(job);
    }
}

void draw_jobs(const Scenario& scenario, std::uint64_t seed, World& world) {
    Int128 capacity = 0;  // work per ms
    for (const HostDraw& host : world.hosts)
        capacity += work_rate(scenario.host_kinds[host.kind], one);
    const Jobs& jobs = scenario.jobs;
    const Int128 mean_work = Int128{jobs.hours} * ms_per_hour;
    const Int128 arrivals = capacity * jobs.load;  // work per ms, times a million
    if (arrivals == 0) return;
    // The mean gap in units of 1e-6 ms, so that rounding does not change the load. A gap that does
    // not fit is so long that whole ms are exact enough.
    const Int128 fine_gap = mean_work * one * one / arrivals;
    const bool is_fine = fine_gap < (Int128{1} << 56);
    const auto gap = static_cast<std::int64_t>(is_fine ? fine_gap : fine_gap / one);
    Random arrival{seed, Purpose::arrival, 0};
    Int128 clock = 0;
    for (std::uint64_t number = 0;; ++number) {
        clock += Int128{arrival.exponential(gap)} * (is_fine ? 1 : one);
        const auto time = static_cast<Time>(clock / one);
        if (time >= world.end) return;
        Random random{seed, Purpose::job, number};
        const NanoUsd value = random.lognormal(jobs.value_median, jobs.value_sigma);
        Job job = drawn_job(scenario, seed, number, random);
        const auto work = static_cast<std::int64_t>(mean_work);
        job.arrival = time;
        job.work = jobs.length_varies ? random.exponential(work) : work;
        job.value = value;
        world.jobs.push_back(job);
    }
}

/// Multiplies a rate; the result stays within the range of rates.
gigaspot::ExchangeRate times(gigaspot::ExchangeRate rate, Millionths factor) {
    const Int128 product = Int128{rate.count()} * factor / one;
    const Int128 highest = gigaspot::ExchangeRate::highest().count();
    return gigaspot::ExchangeRate::unchecked(
        static_cast<std::int64_t>(std::clamp<Int128>(product, 1, highest)));
}

void draw_rates(const Scenario& scenario, std::uint64_t seed, World& world) {
    const CoinRate& facts = scenario.rate;
    const std::int64_t every = facts.every.count();
    Random random{seed, Purpose::rate, 0};
    const Millionths sigma =
        square_root(Int128{facts.volatility} * facts.volatility * every / ms_per_day);
    gigaspot::ExchangeRate walk = facts.start;
    std::size_t row = 0;
    for (Time time = 0; time < world.end; time += every) {
        if (!facts.series.empty()) {
            walk = facts.series[row++ % facts.series.size()];
        } else if (time > 0 && sigma > 0) {
            const std::int64_t factor = scaled_exp(one * one, sigma * random.normal() / one);
            walk = times(walk, factor / one);
        }
        const bool has_jumped = facts.jump_at && time >= facts.jump_at->count();
        const gigaspot::ExchangeRate rate = has_jumped ? times(walk, facts.jump_factor) : walk;
        if (world.rates.empty() || world.rates.back().rate != rate)
            world.rates.push_back({time, rate});
    }
}

}  // namespace

std::int64_t HostDraw::energy_price_at(Time time) const {
    const std::int64_t hour = time / ms_per_hour;
    std::int64_t price = energy_price;
    if (!tariff->hours.empty())
        price += tariff->hours[static_cast<std::size_t>(hour) % tariff->hours.size()];
    if (!tariff->series.empty())
        price += tariff->series[static_cast<std::size_t>(hour) % tariff->series.size()];
    return price;
}

std::int64_t work_rate(const HostKind& kind, Millionths curve_speed) {
    return kind.gpus * kind.speed * curve_speed / one;
}

World draw_world(const Scenario& scenario, std::uint64_t seed) {
    World world{.end = scenario.days * ms_per_day};
    draw_hosts(scenario, seed, world);
    draw_status(scenario, seed, world);
    if (scenario.jobs.trace.empty()) {
        draw_jobs(scenario, seed, world);
    } else {
        take_jobs(scenario, seed, world);
    }
    draw_rates(scenario, seed, world);
    return world;
}

}  // namespace simulator
