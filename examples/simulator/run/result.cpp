// gigaspot-simulate: the measures of a run, from its sums.
#include <algorithm>
#include <stdexcept>
#include <vector>

#include "run/simulation.hpp"

namespace simulator {
namespace {

using gigaspot::Int128;

/// A quotient, rounded half away from 0; 0 if the divisor is 0.
std::int64_t ratio(Int128 dividend, Int128 divisor) {
    if (divisor == 0) return 0;
    const Int128 half = divisor / 2;
    return static_cast<std::int64_t>((dividend < 0 ? dividend - half : dividend + half) / divisor);
}

/// The Gini coefficient of amounts that are at least 0, in 1e-6.
std::int64_t gini(std::vector<Int128> amounts) {
    std::ranges::sort(amounts);
    const auto n = static_cast<Int128>(amounts.size());
    Int128 total = 0;
    Int128 weighted = 0;
    for (std::size_t i = 0; i < amounts.size(); ++i) {
        total += amounts[i];
        weighted += (2 * static_cast<Int128>(i) + 1 - n) * amounts[i];
    }
    return ratio(weighted * one, n * total);
}

}  // namespace

std::int64_t settle_time(std::span<const HourPoint> hours, std::span<const HourPoint> undisturbed,
                         std::size_t jump) {
    constexpr std::size_t span = 24;
    const auto income = [](std::span<const HourPoint> points, std::size_t end) {
        Int128 sum = 0;
        for (std::size_t hour = end - span; hour < end; ++hour) sum += points[hour].income;
        return sum;
    };
    std::size_t settled = jump;
    for (std::size_t end = jump + span; end <= hours.size(); ++end) {
        const Int128 expected = income(undisturbed, end);
        const Int128 difference = income(hours, end) - expected;
        const bool is_within = (difference < 0 ? -difference : difference) * 20 <= expected;
        if (!is_within) settled = end;
    }
    return static_cast<std::int64_t>(settled - jump) * 1'000;
}

/// Everything that was done, lost or paid is in exactly one account.
void Simulation::check_conservation() const {
    Int128 work = 0;
    Int128 value = 0;
    Int128 paid = 0;
    for (const Renter& renter : renters_) {
        std::int64_t kept = renter.kept;
        if (renter.host) kept += hosts_[*renter.host].rate * hosts_[*renter.host].productive;
        if (kept < 0 || kept > renter.job->work) throw std::logic_error{"a job did too much work"};
        work += kept;
        value += Int128{kept} * renter.job->value;
        paid += renter.paid;
    }
    Int128 income = 0;
    for (const Int128& of_host : sums_.income) income += of_host;
    if (work != sums_.work_done - sums_.work_lost || value != sums_.value)
        throw std::logic_error{"work is not conserved"};
    if (paid != sums_.paid || income + sums_.fees != sums_.paid)
        throw std::logic_error{"money is not conserved"};
}

RunResult Simulation::result() {
    const Sums sums = sums_ - at_warm_up_;
    const Int128 host_ms =
        Int128{measured_to_ - measured_from_} * static_cast<Int128>(hosts_.size());
    const Int128 value = usd_of_value(sums.value);
    const Int128 electricity = usd_of_electricity(sums.electricity);
    RunResult result;
    const auto set = [&](Measure measure, std::int64_t count) {
        result.values[static_cast<std::size_t>(measure)] = count;
    };
    const auto per_host_day = [&](Int128 sum, Int128 scale) {
        return ratio(sum * scale * ms_per_day, host_ms);
    };
    // 1e-9 USD in 1e-6 USD
    const auto usd = [&](Int128 sum) { return ratio(sum * ms_per_day, host_ms * 1'000); };
    set(Measure::welfare, usd(value - electricity));
    set(Measure::host_profit, usd(sums.paid - sums.fees - electricity));
    set(Measure::renter_surplus, usd(value - sums.paid));
    set(Measure::market_income, usd(sums.fees));
    set(Measure::paid, usd(sums.paid));
    set(Measure::electricity, usd(electricity));
    set(Measure::utilisation, ratio(sums.running * 100'000, host_ms));
    // W x ms / (work x 1e-6): 1e-3 kWh per hour
    set(Measure::kwh_per_work, ratio(sums.energy * one * 1'000, sums.work_done - sums.work_lost));
    set(Measure::switches, per_host_day(sums.replaced, 1'000));
    set(Measure::outage_stops, per_host_day(sums.host_stopped, 1'000));
    set(Measure::work_lost, ratio(sums.work_lost * 100'000, sums.work_done));
    set(Measure::starting_up, ratio(sums.starting * 100'000, sums.running));
    set(Measure::finished, per_host_day(sums.finished, 1'000));
    set(Measure::given_up, ratio(Int128{sums.given_up} * 100'000, sums.given_up + sums.finished));
    set(Measure::wait, ratio(sums.waited, Int128{sums.first_runs} * 60));
    std::vector<Int128> per_gpu = sums.income;
    for (std::size_t i = 0; i < per_gpu.size(); ++i) per_gpu[i] /= world_.hosts[i].gpus;
    set(Measure::gini, gini(per_gpu));
    result.kinds = kind_results();
    result.hours = std::move(hours_);
    result.digest = is_planned() ? 0 : market_.digest();
    return result;
}

std::vector<KindResult> Simulation::kind_results() const {
    struct Sum {
        Int128 value = 0, paid = 0, work = 0, replaced = 0;
    };
    std::vector<KindResult> results(scenario_.renter_kinds.size());
    std::vector<Sum> sums(results.size());
    for (const Renter& renter : renters_) {
        if (renter.job->arrival < measured_from_) continue;
        std::int64_t work = renter.kept;
        if (renter.host) work += hosts_[*renter.host].rate * hosts_[*renter.host].productive;
        Sum& sum = sums[renter.job->kind];
        ++results[renter.job->kind].jobs;
        sum.value += Int128{work} * renter.job->value;
        sum.paid += renter.paid;
        sum.work += work;
        sum.replaced += renter.replaced;
    }
    for (std::size_t i = 0; i < results.size(); ++i) {
        const Int128 jobs = results[i].jobs;
        results[i].surplus_per_job =
            ratio(usd_of_value(sums[i].value) - sums[i].paid, jobs * 1'000);
        results[i].paid_per_job = ratio(sums[i].paid, jobs * 1'000);
        results[i].work_per_job = ratio(sums[i].work, jobs * ms_per_hour);
        results[i].switches_per_job = ratio(sums[i].replaced * 1'000, jobs);
    }
    return results;
}

}  // namespace simulator
