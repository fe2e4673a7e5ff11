// A host's lines looked at in doubles, against the same lines in exact integers: one best line is
// only named where it is the best, and an interval never reaches to where it is not. All kinds of
// vectors are held against that, those that the processor lacks too; they need not round alike.
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
using detail::Line;
using detail::Scan;
using detail::ScanTerms;

constexpr std::int64_t rate_max = ExchangeRate::highest().count();

Line line_of(std::uint32_t bid, std::int64_t price, std::int32_t watts) {
    return {bid, Price::unchecked(price), main_currency, TotalPower::unchecked(watts)};
}

bool is_choosable(const Line& line, const ScanTerms& terms) {
    return !line.is_gap() && line.is_overclock_valid() &&
           (line.is_cached() || !terms.require_cached) && line.price().count() >= terms.price_min;
}

/// Without the base power, which is the same for all.
Int128 profit(const Line& line, const ScanTerms& terms, std::int64_t rate) {
    return Int128{line.price().count()} * rate -
           Int128{line.watts().count()} * terms.energy_price * 2'400'000'000;
}

/// The book of a host with these lines: gaps among them, and behind them up to a whole block. Every
/// other block of the pool is another book's.
class Lines {
public:
    explicit Lines(const std::vector<Line>& lines) {
        for (const Line& line : lines) {
            const bool takes_block = book_.first_gap == detail::no_line;
            pool_.make_room(book_, arena_);
            numbers_.push_back(pool_.add(book_, line));
            if (!takes_block) continue;
            detail::Book other;
            pool_.make_room(other, arena_);
            pool_.add(other, {99, Price::highest(), main_currency, {}});
        }
        for (std::size_t i = 0; i < lines.size(); ++i) {
            if (lines[i].is_gap()) pool_.remove(book_, numbers_[i]);
        }
    }

    [[nodiscard]] detail::BookLines all() const { return pool_.of(book_); }
    [[nodiscard]] const Line& operator[](std::size_t i) const { return pool_[numbers_[i]]; }

private:
    using Allocator = DefaultAllocator<unsigned char>;

    detail::Arena<Allocator> arena_{Allocator{}};
    detail::LinePool<Allocator> pool_{Allocator{}};
    detail::Book book_{};
    std::vector<std::uint32_t> numbers_{};
};

struct Best {
    const Line* line = nullptr;
    bool is_tied = false;
};

Best best_of(const detail::BookLines& lines, const ScanTerms& terms) {
    Best best;
    for (const Line& line : lines) {
        if (!is_choosable(line, terms)) continue;
        const Int128 its = profit(line, terms, terms.net_rate);
        const Int128 most = best.line == nullptr ? its : profit(*best.line, terms, terms.net_rate);
        if (best.line == nullptr || its > most) {
            best = {&line, false};
        } else if (its == most) {
            best.is_tied = true;
        }
    }
    return best;
}

/// Markets of many kinds: near ties around one profit, far apart, and at the ends of all rows.
class Draws {
public:
    ScanTerms terms() {
        const std::int64_t rates[] = {0, 1, 7'100'000'000, 60'000'000'000'000'000, rate_max};
        const std::int64_t energies[] = {0, 1, 110'000'000, EnergyPrice::highest().count()};
        return {.net_rate = one_of(rates),
                .energy_price = one_of(energies),
                .price_min = number(3) == 0 ? number(2'000'000) : 0,
                .require_cached = number(4) == 0};
    }

    Lines lines(const ScanTerms& terms) {
        std::vector<Line> lines;
        const auto count = static_cast<std::size_t>(number(12) == 0 ? number(300) : number(9));
        const std::int64_t kind = number(3);
        const std::int64_t base = number(5) == 0 ? Price::highest().count() / 2 : 1'000'000;
        for (std::size_t i = 0; i < count; ++i) {
            auto watts = static_cast<std::int32_t>(number(4'000));
            std::int64_t price = number(4'000'000);
            if (kind == 1) {  // the price just pays the watts, give or take a unit
                const Int128 cost = Int128{watts} * terms.energy_price * 2'400'000'000;
                const Int128 pays = terms.net_rate == 0 ? Int128{0} : cost / terms.net_rate;
                const Int128 near = base + pays + number(4) - 2;
                price = near > Price::highest().count() ? Price::highest().count()
                                                        : static_cast<std::int64_t>(near);
            } else if (kind == 2) {
                price = number(2) == 0 ? Price::highest().count() - number(3) : number(3);
                watts = number(2) == 0 ? TotalPower::highest().count() : 0;
            }
            Line line = line_of(static_cast<std::uint32_t>(i), price, watts);
            if (number(8) == 0) line = Line::gap(3);
            if (number(8) == 0) line.set_overclock_valid(false);
            line.set_cached(number(3) != 0);
            lines.push_back(line);
        }
        return Lines{lines};
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
Interval narrowed(const detail::BookLines& lines, const ScanTerms& terms, const Line& best) {
    Interval stands{0, Interval::all().hi};
    Scan<lanes>{lines, terms}.narrow(best, stands);
    return stands;
}

TEST_CASE("one best line is named only where it is the best, and mostly where it is") {
    Draws draws;
    int named = 0;
    int best_alone = 0;
    for (int round = 0; round < 60'000; ++round) {
        const ScanTerms terms = draws.terms();
        const Lines book = draws.lines(terms);
        const detail::BookLines lines = book.all();
        const Best best = best_of(lines, terms);
        for (const Line* sole :
             {detail::sole_best(lines, terms), Scan<2>{lines, terms}.sole_best(),
              Scan<4>{lines, terms}.sole_best(), Scan<8>{lines, terms}.sole_best()}) {
            if (sole == nullptr) continue;
            REQUIRE(sole == best.line);
            REQUIRE(!best.is_tied);
            ++named;
        }
        best_alone += best.line != nullptr && !best.is_tied ? 1 : 0;
    }
    CHECK(best_alone > 30'000);
    CHECK(named > 4 * (best_alone * 9 / 10));
}

TEST_CASE("an interval holds the present rate, and no rate at which another line is better") {
    Draws draws;
    int bounded = 0;
    for (int round = 0; round < 20'000; ++round) {
        const ScanTerms terms = draws.terms();
        const Lines book = draws.lines(terms);
        const detail::BookLines lines = book.all();
        const Best best = best_of(lines, terms);
        if (best.line == nullptr) continue;
        const auto leads_at = [&](std::int64_t rate) {
            for (const Line& line : lines) {
                if (is_choosable(line, terms) &&
                    profit(line, terms, rate) > profit(*best.line, terms, rate))
                    return false;
            }
            return true;
        };
        Interval dispatched{0, Interval::all().hi};
        detail::narrow(lines, terms, *best.line, dispatched);
        for (const Interval& stands :
             {dispatched, narrowed<2>(lines, terms, *best.line),
              narrowed<4>(lines, terms, *best.line), narrowed<8>(lines, terms, *best.line)}) {
            REQUIRE(stands.contains(terms.net_rate));
            const std::int64_t hi = stands.hi < rate_max ? stands.hi : rate_max;
            REQUIRE(leads_at(stands.lo));
            REQUIRE(leads_at(hi));
            for (int i = 0; i < 4; ++i)
                REQUIRE(leads_at(stands.lo + draws.number(hi - stands.lo + 1)));
            // Nor is it much narrower than it could be: a little further out, another line leads.
            const std::int64_t little = 10 + hi / 100'000'000'000'000;
            if (stands.hi < rate_max - little && stands.hi > terms.net_rate) {
                REQUIRE(!leads_at(stands.hi + little));
                ++bounded;
            }
            if (stands.lo > little && stands.lo < terms.net_rate) {
                REQUIRE(!leads_at(stands.lo - little));
                ++bounded;
            }
        }
    }
    CHECK(bounded > 10'000);
}

TEST_CASE("of no line, of gaps and of lines that nothing may choose none is the best") {
    const ScanTerms terms{
        .net_rate = 1'000, .energy_price = 1, .price_min = 10, .require_cached = true};
    Line invalid = line_of(1, 100, 0);
    invalid.set_cached(true);
    invalid.set_overclock_valid(false);
    Line cheap = line_of(2, 9, 0);
    cheap.set_cached(true);
    const Line uncached = line_of(3, 100, 0);
    for (const auto& lines :
         {std::vector<Line>{}, {Line::gap(0)}, {invalid, cheap, uncached, Line::gap(1)}}) {
        const Lines book{lines};
        CHECK(detail::sole_best(book.all(), terms) == nullptr);
        Interval stands{5, 2'000};
        detail::narrow(book.all(), terms, line_of(9, 50, 1), stands);
        CHECK(stands == Interval{5, 2'000});
    }
    Line just = line_of(4, 10, 0);
    just.set_cached(true);
    const Lines lines{{invalid, just, cheap}};
    CHECK(detail::sole_best(lines.all(), terms) == &lines[1]);
}

TEST_CASE("two lines meet where the prices differ by what the watts do") {
    // 100 units more for 1 W more, which costs 24e8 units of 1e-20 USD: they meet at 24e6. The
    // bound lies two units further in, since doubles are not believed.
    const ScanTerms terms{.net_rate = 30'000'000, .energy_price = 1};
    const Lines lines{{line_of(0, 1'100, 1), line_of(1, 1'000, 0)}};
    Interval stands{0, Interval::all().hi};
    detail::narrow(lines.all(), terms, lines[0], stands);
    CHECK(stands.hi == Interval::all().hi);
    CHECK(stands.lo >= 24'000'001);
    CHECK(stands.lo <= 24'000'003);

    const ScanTerms below{.net_rate = 20'000'000, .energy_price = 1};
    stands = {0, Interval::all().hi};
    detail::narrow(lines.all(), below, lines[1], stands);
    CHECK(stands.lo == 0);
    CHECK(stands.hi <= 23'999'999);
    CHECK(stands.hi >= 23'999'997);
}

}  // namespace
