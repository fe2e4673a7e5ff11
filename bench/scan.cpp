// What does a look at all lines of a host cost, with each kind of vector that this processor has?
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include <gigaspot/detail/scan.hpp>

#include "benchmarks.hpp"
#include "market.hpp"

namespace bench {

namespace {

using gigaspot::Interval;
using gigaspot::detail::Line;
using gigaspot::detail::ScanTerms;

using FindBest = const Line* (*)(std::span<const Line>, const ScanTerms&);
using Narrow = void (*)(std::span<const Line>, const ScanTerms&, const Line&, Interval&);

std::vector<Line> some_lines(std::uint32_t count) {
    Random random{4};
    std::vector<Line> lines;
    for (std::uint32_t i = 0; i < count; ++i) {
        lines.push_back(
            {i, gigaspot::Price::unchecked(random.between(50'000'000'000, 100'000'000'000)),
             gigaspot::main_currency, gigaspot::TotalPower::unchecked(random.between(100, 3'000))});
    }
    while (lines.size() % gigaspot::detail::lines_at_once != 0) lines.push_back(Line::gap(0));
    return lines;
}

void add_scan(const char* name, std::uint32_t count, FindBest find_best, Narrow narrow) {
    const std::string full = "scan/" + std::to_string(count) + "/" + name;
    benchmark::RegisterBenchmark(full.c_str(), [=](benchmark::State& state) {
        const std::vector<Line> lines = some_lines(count);
        const ScanTerms terms{.net_rate = coin_rate.count(), .energy_price = 110'000'000};
        const Line* best = nullptr;
        for ([[maybe_unused]] auto once : state) {
            benchmark::ClobberMemory();
            best = find_best(lines, terms);
            expect(best != nullptr, "two lines are equally good");
            Interval stands{0, Interval::all().hi};
            narrow(lines, terms, *best, stands);
            benchmark::DoNotOptimize(stands);
        }
        expect(best == gigaspot::detail::sole_best(lines, terms), "another line is the best");
    })->Unit(benchmark::kNanosecond);
}

const Line* best_of_two(std::span<const Line> lines, const ScanTerms& terms) {
    return gigaspot::detail::Scan<2>{lines, terms}.sole_best();
}
void narrow_by_two(std::span<const Line> lines, const ScanTerms& terms, const Line& best,
                   Interval& stands) {
    gigaspot::detail::Scan<2>{lines, terms}.narrow(best, stands);
}

}  // namespace

void add_scans() {
    for (const std::uint32_t count : {50U, 500U}) {
        add_scan("two_lanes", count, best_of_two, narrow_by_two);
#if defined(__x86_64__)
        namespace detail = gigaspot::detail;
        if (detail::has_four_lanes())
            add_scan("four_lanes", count, detail::sole_best_of_four, detail::narrow_by_four);
        if (detail::has_eight_lanes())
            add_scan("eight_lanes", count, detail::sole_best_of_eight, detail::narrow_by_eight);
#endif
    }
}

}  // namespace bench
