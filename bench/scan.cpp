// What does a look at all lines of a host cost, with each kind of vector that this processor has?
#include <cstddef>
#include <cstdint>
#include <string>

#include <benchmark/benchmark.h>

#include <gigaspot/engine/allocator.hpp>
#include <gigaspot/engine/choice/scan.hpp>
#include <gigaspot/engine/store/book.hpp>
#include <gigaspot/engine/store/memory.hpp>

#include "benchmarks.hpp"
#include "market.hpp"

namespace bench {

namespace {

using gigaspot::Interval;
using gigaspot::detail::BookLines;
using gigaspot::detail::Line;
using gigaspot::detail::ScanTerms;

using FindBest = const Line* (*)(const BookLines&, const ScanTerms&);
using Narrow = void (*)(const BookLines&, const ScanTerms&, const Line&, Interval&);

/// A book of so many bids.
class SomeLines {
public:
    explicit SomeLines(std::uint32_t count) {
        Random random{4};
        for (std::uint32_t i = 0; i < count; ++i) {
            pool_.make_room(book_, arena_);
            pool_.add(book_,
                      {i,
                       gigaspot::Price::unchecked(random.between(50'000'000'000, 100'000'000'000)),
                       gigaspot::main_currency,
                       gigaspot::TotalPower::unchecked(random.between(100, 3'000))});
        }
    }
    [[nodiscard]] BookLines all() const { return pool_.of(book_); }

private:
    using Allocator = gigaspot::DefaultAllocator<unsigned char>;

    gigaspot::detail::Arena<Allocator> arena_{Allocator{}};
    gigaspot::detail::LinePool<Allocator> pool_{Allocator{}};
    gigaspot::detail::Book book_{};
};

void add_scan(const char* name, std::uint32_t count, FindBest find_best, Narrow narrow) {
    const std::string full = "scan/" + std::to_string(count) + "/" + name;
    benchmark::RegisterBenchmark(full.c_str(), [=](benchmark::State& state) {
        const SomeLines some{count};
        const BookLines lines = some.all();
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

const Line* best_of_two(const BookLines& lines, const ScanTerms& terms) {
    return gigaspot::detail::Scan<2>{lines, terms}.sole_best();
}
void narrow_by_two(const BookLines& lines, const ScanTerms& terms, const Line& best,
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
