// Scans in doubles agree with exact integers: an entry is named only if it is the best, and an
// interval contains no rate at which another is better. All kinds of vectors are tested, also those
// that the processor lacks. Their intervals may be rounded differently.
#include <gigaspot/engine/choice/scan.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <vector>

#include <doctest/doctest.h>

#include <gigaspot/engine/allocator.hpp>

#include "support/market.hpp"

namespace {

using namespace market;
using detail::BookEntry;
using detail::Interval;
using detail::Scan;
using detail::ScanTerms;

constexpr std::int64_t rate_max = ExchangeRate::highest().count();

BookEntry entry_of(std::uint32_t bid, std::int64_t price, std::int32_t watts) {
    return {bid, Price::unchecked(price), main_currency, TotalPower::unchecked(watts)};
}

bool is_choosable(const BookEntry& entry, const ScanTerms& terms) {
    return !entry.is_gap() && entry.is_overclock_valid() &&
           (entry.is_cached() || !terms.require_cached) && entry.price().count() >= terms.price_min;
}

/// The profit without the base power, which is the same for all bids.
Int128 profit(const BookEntry& entry, const ScanTerms& terms, std::int64_t rate) {
    return Int128{entry.price().count()} * rate -
           Int128{entry.watts().count()} * terms.energy_price * 2'400'000'000;
}

/// A book with these entries and with gaps between and after them. Every other block of the pool
/// belongs to another book.
class Lines {
public:
    explicit Lines(const std::vector<BookEntry>& entries) {
        for (const BookEntry& entry : entries) {
            const bool takes_block = book_.first_gap == detail::no_entry;
            pool_.make_room(book_);
            numbers_.push_back(pool_.add(book_, entry));
            if (!takes_block) continue;
            detail::Book other;
            pool_.make_room(other);
            pool_.add(other, {99, Price::highest(), main_currency, {}});
        }
        for (std::size_t i = 0; i < entries.size(); ++i) {
            if (entries[i].is_gap()) pool_.remove(book_, numbers_[i]);
        }
    }

    [[nodiscard]] detail::BookEntries all() const { return pool_.of(book_); }
    [[nodiscard]] const BookEntry& operator[](std::size_t i) const { return pool_[numbers_[i]]; }

private:
    using Allocator = DefaultAllocator<unsigned char>;

    detail::EntryPool<Allocator> pool_{Allocator{}};
    detail::Book book_{};
    std::vector<std::uint32_t> numbers_{};
};

struct Best {
    const BookEntry* entry = nullptr;
    bool is_tied = false;
};

Best best_of(const detail::BookEntries& entries, const ScanTerms& terms) {
    Best best;
    for (const BookEntry& entry : entries) {
        if (!is_choosable(entry, terms)) continue;
        const Int128 its = profit(entry, terms, terms.net_rate);
        const Int128 most =
            best.entry == nullptr ? its : profit(*best.entry, terms, terms.net_rate);
        if (best.entry == nullptr || its > most) {
            best = {&entry, false};
        } else if (its == most) {
            best.is_tied = true;
        }
    }
    return best;
}

/// Random entries: with nearly equal profits, with very different ones, and with extreme values.
class Draws {
public:
    ScanTerms terms() {
        const std::int64_t rates[] = {0, 1, 7'100'000'000, 60'000'000'000'000'000, rate_max};
        const std::int64_t energies[] = {0,
                                         1,
                                         -1,
                                         110'000'000,
                                         -110'000'000,
                                         EnergyPrice::highest().count(),
                                         EnergyPrice::lowest().count()};
        return {.net_rate = one_of(rates),
                .energy_price = one_of(energies),
                .price_min = number(3) == 0 ? number(2'000'000) : 0,
                .require_cached = number(4) == 0};
    }

    Lines entries(const ScanTerms& terms) {
        std::vector<BookEntry> entries;
        const auto count = static_cast<std::size_t>(number(12) == 0 ? number(300) : number(9));
        const std::int64_t kind = number(3);
        const std::int64_t base = number(5) == 0 ? Price::highest().count() / 2 : 1'000'000;
        for (std::size_t i = 0; i < count; ++i) {
            auto watts = static_cast<std::int32_t>(number(4'000));
            std::int64_t price = number(4'000'000);
            if (kind == 1) {  // the price pays for the watts, within one unit
                // Below an energy price of 0, more watts cost less.
                const std::int32_t cheapest = terms.energy_price < 0 ? 4'000 : 0;
                const Int128 cost = Int128{watts - cheapest} * terms.energy_price * 2'400'000'000;
                const Int128 pays = terms.net_rate == 0 ? Int128{0} : cost / terms.net_rate;
                const Int128 near = base + pays + number(4) - 2;
                price = near > Price::highest().count() ? Price::highest().count()
                                                        : static_cast<std::int64_t>(near);
            } else if (kind == 2) {
                price = number(2) == 0 ? Price::highest().count() - number(3) : number(3);
                watts = number(2) == 0 ? TotalPower::highest().count() : 0;
            }
            BookEntry entry = entry_of(static_cast<std::uint32_t>(i), price, watts);
            if (number(8) == 0) entry = BookEntry::gap(3);
            if (number(8) == 0) entry.set_overclock_valid(false);
            entry.set_cached(number(3) != 0);
            entries.push_back(entry);
        }
        return Lines{entries};
    }

    std::int64_t number(std::int64_t count) {
        return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(count));
    }

private:
    template <std::size_t count>
    std::int64_t one_of(const std::int64_t (&numbers)[count]) {
        return numbers[static_cast<std::size_t>(number(count))];
    }

    std::mt19937_64 random_{8};
};

template <std::size_t lanes>
Interval narrowed(const detail::BookEntries& entries, const ScanTerms& terms,
                  const BookEntry& best) {
    Interval interval{0, Interval::all().hi};
    Scan<lanes>{entries, terms}.narrow_by_all(best, interval);
    return interval;
}

TEST_CASE("a scan names only the best entry, and mostly finds it") {
    Draws draws;
    int named = 0;
    int best_alone = 0;
    for (int round = 0; round < 60'000; ++round) {
        const ScanTerms terms = draws.terms();
        const Lines book = draws.entries(terms);
        const detail::BookEntries entries = book.all();
        const Best best = best_of(entries, terms);
        for (const BookEntry* sole :
             {detail::sole_best(entries, terms), Scan<2>{entries, terms}.sole_best(),
              Scan<4>{entries, terms}.sole_best(), Scan<8>{entries, terms}.sole_best()}) {
            if (sole == nullptr) continue;
            REQUIRE(sole == best.entry);
            REQUIRE(!best.is_tied);
            ++named;
        }
        best_alone += best.entry != nullptr && !best.is_tied ? 1 : 0;
    }
    CHECK(best_alone > 30'000);
    CHECK(named > 4 * (best_alone * 9 / 10));
}

TEST_CASE("an interval contains the present rate, and no rate at which another entry is better") {
    Draws draws;
    int bounded = 0;
    for (int round = 0; round < 20'000; ++round) {
        const ScanTerms terms = draws.terms();
        const Lines book = draws.entries(terms);
        const detail::BookEntries entries = book.all();
        const Best best = best_of(entries, terms);
        if (best.entry == nullptr) continue;
        const auto leads_at = [&](std::int64_t rate) {
            for (const BookEntry& entry : entries) {
                if (is_choosable(entry, terms) &&
                    profit(entry, terms, rate) > profit(*best.entry, terms, rate))
                    return false;
            }
            return true;
        };
        Interval dispatched{0, Interval::all().hi};
        detail::narrow_by_all(entries, terms, *best.entry, dispatched);
        for (const Interval& interval :
             {dispatched, narrowed<2>(entries, terms, *best.entry),
              narrowed<4>(entries, terms, *best.entry), narrowed<8>(entries, terms, *best.entry)}) {
            REQUIRE(interval.contains(terms.net_rate));
            const std::int64_t hi = interval.hi < rate_max ? interval.hi : rate_max;
            REQUIRE(leads_at(interval.lo));
            REQUIRE(leads_at(hi));
            for (int i = 0; i < 4; ++i)
                REQUIRE(leads_at(interval.lo + draws.number(hi - interval.lo + 1)));
            // The interval is not much too narrow: a little further out, another entry is better.
            const std::int64_t little = 10 + hi / 100'000'000'000'000;
            if (interval.hi < rate_max - little && interval.hi > terms.net_rate) {
                REQUIRE(!leads_at(interval.hi + little));
                ++bounded;
            }
            if (interval.lo > little && interval.lo < terms.net_rate) {
                REQUIRE(!leads_at(interval.lo - little));
                ++bounded;
            }
        }
    }
    CHECK(bounded > 10'000);
}

TEST_CASE("a scan names no entry in an empty book, and no gap or entry that cannot be chosen") {
    const ScanTerms terms{
        .net_rate = 1'000, .energy_price = 1, .price_min = 10, .require_cached = true};
    BookEntry invalid = entry_of(1, 100, 0);
    invalid.set_cached(true);
    invalid.set_overclock_valid(false);
    BookEntry cheap = entry_of(2, 9, 0);
    cheap.set_cached(true);
    const BookEntry uncached = entry_of(3, 100, 0);
    for (const auto& entries : {std::vector<BookEntry>{},
                                {BookEntry::gap(0)},
                                {invalid, cheap, uncached, BookEntry::gap(1)}}) {
        const Lines book{entries};
        CHECK(detail::sole_best(book.all(), terms) == nullptr);
        Interval interval{5, 2'000};
        detail::narrow_by_all(book.all(), terms, entry_of(9, 50, 1), interval);
        CHECK(interval == Interval{5, 2'000});
    }
    BookEntry just = entry_of(4, 10, 0);
    just.set_cached(true);
    const Lines entries{{invalid, just, cheap}};
    CHECK(detail::sole_best(entries.all(), terms) == &entries[1]);
}

TEST_CASE("a scan omits entries in other currencies") {
    const ScanTerms terms{.net_rate = 30'000'000, .energy_price = 1, .has_foreign = true};
    const auto foreign = [](detail::Slot bid, std::int64_t price) {
        return BookEntry{bid, Price::unchecked(price), Currency{15}, TotalPower{}};
    };
    const Lines entries{{foreign(0, 2'000), entry_of(1, 1'100, 1), foreign(2, 1'000),
                         entry_of(3, 1'000, 0), foreign(4, 1)}};
    CHECK(detail::sole_best(entries.all(), terms) == &entries[1]);
    Interval interval{0, Interval::all().hi};
    detail::narrow_by_all(entries.all(), terms, entries[1], interval);
    CHECK(interval.hi == Interval::all().hi);
    CHECK(interval.lo >= 24'000'001);  // as in the next test
    CHECK(interval.lo <= 24'000'003);
    const Lines others{{foreign(0, 2'000), foreign(1, 1'000)}};
    CHECK(detail::sole_best(others.all(), terms) == nullptr);
}

TEST_CASE("two entries meet at the rate at which the price difference pays for the watts") {
    // 100 units of price for 1 W, which costs 24e8 units of 1e-20 USD: they meet at 24e6. The
    // interval ends two units before, because of the error of doubles.
    const ScanTerms terms{.net_rate = 30'000'000, .energy_price = 1};
    const Lines entries{{entry_of(0, 1'100, 1), entry_of(1, 1'000, 0)}};
    Interval interval{0, Interval::all().hi};
    detail::narrow_by_all(entries.all(), terms, entries[0], interval);
    CHECK(interval.hi == Interval::all().hi);
    CHECK(interval.lo >= 24'000'001);
    CHECK(interval.lo <= 24'000'003);

    const ScanTerms below{.net_rate = 20'000'000, .energy_price = 1};
    interval = {0, Interval::all().hi};
    detail::narrow_by_all(entries.all(), below, entries[1], interval);
    CHECK(interval.lo == 0);
    CHECK(interval.hi <= 23'999'999);
    CHECK(interval.hi >= 23'999'997);
}

TEST_CASE("below an energy price of 0, two entries meet where the price pays for fewer watts") {
    // 1 W earns 24e8 units of 1e-20 USD, so 100 units of price outweigh it from 24e6 on.
    const ScanTerms terms{.net_rate = 30'000'000, .energy_price = -1};
    const Lines entries{{entry_of(0, 1'100, 0), entry_of(1, 1'000, 1)}};
    CHECK(detail::sole_best(entries.all(), terms) == &entries[0]);
    Interval interval{0, Interval::all().hi};
    detail::narrow_by_all(entries.all(), terms, entries[0], interval);
    CHECK(interval.hi == Interval::all().hi);
    CHECK(interval.lo >= 24'000'001);
    CHECK(interval.lo <= 24'000'003);

    const ScanTerms below{.net_rate = 20'000'000, .energy_price = -1};
    CHECK(detail::sole_best(entries.all(), below) == &entries[1]);
    interval = {0, Interval::all().hi};
    detail::narrow_by_all(entries.all(), below, entries[1], interval);
    CHECK(interval.lo == 0);
    CHECK(interval.hi <= 23'999'999);
    CHECK(interval.hi >= 23'999'997);

    // At a net rate of 0, the watts alone decide.
    const ScanTerms free{.net_rate = 0, .energy_price = -1};
    CHECK(detail::sole_best(entries.all(), free) == &entries[1]);
}

TEST_CASE("below an energy price of 0, a scan names no entry whose profit is equal to another's") {
    // At -1,000 USD/kWh, 25 W earn 25 x 2.4e21 = 6e22 units of 1e-20 USD. At a rate of 1e18 that is
    // as much as 60,000 units of price, so the first two profits are equal.
    const ScanTerms terms{.net_rate = 1'000'000'000'000'000'000,
                          .energy_price = EnergyPrice::lowest().count()};
    const std::int64_t most = Price::highest().count();
    const Lines tie{{entry_of(0, most, 0), entry_of(1, most - 60'000, 25), entry_of(2, 1, 0)}};
    CHECK(profit(tie[0], terms, terms.net_rate) == profit(tie[1], terms, terms.net_rate));
    CHECK(detail::sole_best(tie.all(), terms) == nullptr);
    // The cost decides for 1e9 W, which earn 2.4e30 units.
    const Lines watts{{entry_of(0, 1'000'000'000'000, 0), entry_of(1, 0, 1'000'000'000)}};
    CHECK(detail::sole_best(watts.all(), terms) == &watts[1]);
}

}  // namespace
