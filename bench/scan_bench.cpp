// Measures a scan of all entries of a host, with each kind of vector that this processor has.
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

using gigaspot::detail::BookEntries;
using gigaspot::detail::BookEntry;
using gigaspot::detail::Interval;
using gigaspot::detail::ScanTerms;

using FindBest = const BookEntry* (*)(const BookEntries&, const ScanTerms&);
using Narrow = void (*)(const BookEntries&, const ScanTerms&, const BookEntry&, Interval&);

/// A book with `count` bids.
class SomeEntries {
public:
    explicit SomeEntries(std::uint32_t count) {
        Random random{4};
        for (std::uint32_t i = 0; i < count; ++i) {
            pool_.make_room(book_);
            pool_.add(book_,
                      {i,
                       gigaspot::Price::unchecked(random.between(50'000'000'000, 100'000'000'000)),
                       gigaspot::main_currency,
                       gigaspot::TotalPower::unchecked(random.between(100, 3'000))});
        }
    }
    [[nodiscard]] BookEntries all() const { return pool_.of(book_); }

private:
    using Allocator = gigaspot::DefaultAllocator<unsigned char>;

    gigaspot::detail::EntryPool<Allocator> pool_{Allocator{}};
    gigaspot::detail::Book book_{};
};

void add_scan(const char* name, std::uint32_t count, FindBest find_best, Narrow narrow) {
    const std::string full = "scan/" + std::to_string(count) + "/" + name;
    benchmark::RegisterBenchmark(full.c_str(), [=](benchmark::State& state) {
        const SomeEntries some{count};
        const BookEntries entries = some.all();
        const ScanTerms terms{.net_rate = coin_rate.count(), .energy_price = 110'000'000};
        const BookEntry* best = nullptr;
        for ([[maybe_unused]] auto once : state) {
            benchmark::ClobberMemory();
            best = find_best(entries, terms);
            expect(best != nullptr, "two entries are equally good");
            Interval interval{0, Interval::all().hi};
            narrow(entries, terms, *best, interval);
            benchmark::DoNotOptimize(interval);
        }
        expect(best == gigaspot::detail::sole_best(entries, terms), "a wrong entry is the best");
    })->Unit(benchmark::kNanosecond);
}

const BookEntry* best_of_two(const BookEntries& entries, const ScanTerms& terms) {
    return gigaspot::detail::Scan<2>{entries, terms}.sole_best();
}
void narrow_by_two(const BookEntries& entries, const ScanTerms& terms, const BookEntry& best,
                   Interval& interval) {
    gigaspot::detail::Scan<2>{entries, terms}.narrow_by_all(best, interval);
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
