// The lines of bids and the books that they are in, against plain lists.
#include <gigaspot/engine/store/book.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <random>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <gigaspot/engine/allocator.hpp>

#include "support/market.hpp"

namespace {

using namespace market;
using detail::Line;

using Allocator = DefaultAllocator<unsigned char>;
using detail::Book;
using Lines = detail::LinePool<Allocator>;

TEST_CASE("a line holds what it was given, at both ends of each row") {
    const Line line{7, 10_coin_per_day, bitcoin, TotalPower::unchecked(250)};
    CHECK(line.bid() == 7);
    CHECK(line.price() == 10_coin_per_day);
    CHECK(line.currency() == bitcoin);
    CHECK(line.watts() == TotalPower::unchecked(250));
    CHECK(!line.is_cached());
    CHECK(line.is_overclock_valid());

    const Currency last{limits::currencies_max - 1};
    const Line greatest{detail::no_slot - 1, Price::highest(), last, TotalPower::highest()};
    CHECK(greatest.bid() == detail::no_slot - 1);
    CHECK(greatest.price() == Price::highest());
    CHECK(greatest.currency() == last);
    CHECK(greatest.watts() == TotalPower::highest());
    CHECK(!greatest.is_cached());

    const Line least{0, Price::lowest(), main_currency, TotalPower{}};
    CHECK(least.price() == Price{});
    CHECK(least.watts() == TotalPower{});
}

TEST_CASE("a line knows a few bits of its owner's hash, and nothing else of the owner") {
    for (const std::uint32_t hash : {0U, 1U, 511U, 512U, 0xffff'ffffU}) {
        const Line line{7, Price::highest(), doge, TotalPower::highest(), hash};
        CHECK(line.may_be_of(hash));
        CHECK(line.owner_bits() == hash % 512);
        CHECK(Line::owner_bits_of(hash) == hash % 512);
        CHECK(line.may_be_of(hash ^ 0xffff'fe00));  // another hash with the same last 9 bits
        for (const std::uint32_t bit : {1U, 2U, 128U, 256U}) CHECK(!line.may_be_of(hash ^ bit));
        CHECK(line.price() == Price::highest());
        CHECK(line.currency() == doge);
        CHECK(line.watts() == TotalPower::highest());
        CHECK(line.is_overclock_valid());
        CHECK(!line.is_gap());
    }
}

TEST_CASE("what is set on a line leaves the rest as it was") {
    Line line{7, Price::highest(), doge, TotalPower::highest()};
    line.set_cached(true);
    line.set_overclock_valid(false);
    CHECK(line.is_cached());
    CHECK(!line.is_overclock_valid());
    CHECK(line.price() == Price::highest());
    line.set_terms(1_coin_per_day, TotalPower::unchecked(3));
    CHECK(line.price() == 1_coin_per_day);
    CHECK(line.watts() == TotalPower::unchecked(3));
    CHECK(line.is_cached());
    CHECK(!line.is_overclock_valid());
    CHECK(line.currency() == doge);
    CHECK(line.bid() == 7);
    line.set_cached(false);
    line.set_overclock_valid(true);
    CHECK(!line.is_cached());
    CHECK(line.is_overclock_valid());
}

/// A book, with the pool that its lines are of.
struct Shelf {
    detail::Arena<Allocator> arena{Allocator{}};
    Lines lines{Allocator{}};
    Book book{};

    std::uint32_t add(const Line& line) {
        lines.make_room(book, arena);
        return lines.add(book, line);
    }
    std::vector<std::uint32_t> bids() const {
        std::vector<std::uint32_t> bids;
        for (const Line& line : lines.of(book)) {
            if (!line.is_gap()) bids.push_back(line.bid());
        }
        return bids;
    }
};

Line line_of(std::uint32_t bid) { return {bid, 1_coin_per_day, main_currency, {}}; }

TEST_CASE("a gap is a line that nothing can choose, and holds the number of the next") {
    const Line gap = Line::gap(17);
    CHECK(gap.is_gap());
    CHECK(!gap.is_overclock_valid());
    CHECK(gap.next_gap() == 17);
    CHECK(!line_of(3).is_gap());
    CHECK(!Line{}.is_gap());
    CHECK(Line{}.bid() == detail::no_slot);
}

TEST_CASE("a bid that goes leaves a gap, which the next bid fills, and no other bid moves") {
    Shelf shelf;
    for (std::uint32_t bid = 0; bid < 16; ++bid) CHECK(shelf.add(line_of(bid)) == bid);
    shelf.lines.remove(shelf.book, 1);
    shelf.lines.remove(shelf.book, 3);
    CHECK(shelf.book.bids == 14);
    CHECK(shelf.book.lines == 16);
    CHECK(shelf.lines[1].is_gap());
    CHECK(shelf.lines[3].is_gap());
    CHECK(shelf.lines[2].bid() == 2);
    CHECK(shelf.add(line_of(16)) == 3);
    CHECK(shelf.add(line_of(17)) == 1);
    CHECK(shelf.add(line_of(18)) == 16);
    CHECK(shelf.book.lines == 32);  // a block more
    for (std::uint32_t number = 17; number < 32; ++number) CHECK(shelf.lines[number].is_gap());
    CHECK(shelf.lines[3].bid() == 16);
    CHECK(shelf.lines[1].bid() == 17);
    CHECK(shelf.book.bids == 17);
    CHECK(shelf.lines.of(shelf.book).size() == 32);
}

TEST_CASE("where most lines are gaps they are closed, and who moved where is told") {
    Shelf shelf;
    for (std::uint32_t bid = 0; bid < 48; ++bid) shelf.add(line_of(bid));
    // A book begins with its newest block: 32 .. 47, 16 .. 31, 0 .. 15.
    for (std::uint32_t bid = 0; bid < 40; ++bid) {
        if (bid == 20) continue;
        CHECK(!shelf.book.is_sparse());
        shelf.lines.remove(shelf.book, bid);
    }
    for (const std::uint32_t bid : {47U, 41U}) {
        CHECK(!shelf.book.is_sparse());  // 48 lines for 8 bids or more
        shelf.lines.remove(shelf.book, bid);
    }
    CHECK(shelf.book.is_sparse());
    std::vector<std::pair<std::uint32_t, std::uint32_t>> moved;
    shelf.lines.close_gaps(shelf.book, [&](const Line& line, std::uint32_t number) {
        moved.emplace_back(line.bid(), number);
    });
    CHECK(shelf.book.bids == 7);
    CHECK(shelf.book.lines == 16);
    CHECK(!shelf.book.is_sparse());
    const std::vector<std::pair<std::uint32_t, std::uint32_t>> expected{
        {40, 32}, {42, 33}, {43, 34}, {44, 35}, {45, 36}, {46, 37}, {20, 38}};
    CHECK(moved == expected);
    for (const auto& [bid, number] : moved) CHECK(shelf.lines[number].bid() == bid);
    CHECK(shelf.add(line_of(60)) == 39);
    CHECK(shelf.bids() == std::vector<std::uint32_t>{40, 42, 43, 44, 45, 46, 20, 60});
}

TEST_CASE("blocks that a book no longer needs are for other books, and none is lost") {
    Shelf shelf;
    for (std::uint32_t bid = 0; bid < 48; ++bid) shelf.add(line_of(bid));
    CHECK(shelf.lines.lines() == 48);
    for (std::uint32_t bid = 0; bid < 48; ++bid) shelf.lines.remove(shelf.book, bid);
    shelf.lines.clear(shelf.book);
    CHECK(shelf.book.lines == 0);
    CHECK(shelf.bids().empty());
    detail::Arena<Allocator> arena{Allocator{}};
    Lines copy{shelf.lines, arena};
    Book in_copy;
    copy.make_room(in_copy, arena);
    CHECK(copy.lines() == 48);
    Book other;
    std::vector<bool> is_used(64);
    for (std::uint32_t bid = 0; bid < 48; ++bid) {
        Book& book = bid % 2 == 0 ? shelf.book : other;
        shelf.lines.make_room(book, shelf.arena);
        is_used[shelf.lines.add(book, line_of(bid))] = true;
    }
    // 24 bids each: two blocks each, and one of these four is new.
    CHECK(shelf.lines.lines() == 64);
    CHECK(shelf.book.lines == 32);
    CHECK(other.lines == 32);
    CHECK(std::count(is_used.begin(), is_used.end(), true) == 48);
}

TEST_CASE("what is reserved is enough for all books, whatever comes and goes") {
    constexpr std::size_t books_count = 3;
    constexpr std::size_t bids_max = 40;
    std::mt19937 random{5};
    detail::Arena<Allocator> arena{Allocator{}};
    Lines lines{Allocator{}};
    lines.reserve(Book::lines_max(books_count, bids_max), arena);
    const std::size_t room = lines.lines();
    CHECK(room == 176);  // 2 x 40 and 32 for each book
    Book books[books_count];
    std::vector<std::vector<std::uint32_t>> numbers(books_count);  // by bid of a book
    std::size_t bids = 0;
    std::size_t most = 0;
    for (std::size_t step = 0; step < 100'000; ++step) {
        const std::size_t at = step % 1'000 < 700 ? step / 1'000 % books_count : random() % 3;
        if (bids < bids_max && random() % 2 == 0) {
            lines.make_room(books[at], arena);
            numbers[at].push_back(
                lines.add(books[at], line_of(static_cast<std::uint32_t>(numbers[at].size()))));
            ++bids;
        } else if (!numbers[at].empty()) {
            const std::size_t one = random() % numbers[at].size();
            lines.remove(books[at], numbers[at][one]);
            numbers[at][one] = numbers[at].back();
            numbers[at].pop_back();
            // The bids of a book are numbered without gaps.
            if (one < numbers[at].size())
                lines[numbers[at][one]] = line_of(static_cast<std::uint32_t>(one));
            if (books[at].is_sparse())
                lines.close_gaps(books[at], [&](const Line& line, std::uint32_t number) {
                    numbers[at][line.bid()] = number;
                });
            --bids;
        }
        std::size_t in_use = 0;
        for (const Book& book : books) in_use += book.lines;
        if (in_use > most) most = in_use;
    }
    CHECK(lines.lines() == room);
    CHECK(most <= room);
    CHECK(most > 80);
}

TEST_CASE("after any changes a book holds what a plain list does, and so does its copy") {
    std::mt19937 random{4};
    Shelf shelf;
    for (int round = 0; round < 2; ++round) {            // the same book for other hosts
        std::map<std::uint32_t, std::uint32_t> numbers;  // by bid
        for (std::uint32_t step = 0; step < 4'000; ++step) {
            const bool grows = step / 500 % 2 == 0;
            if (numbers.empty() || random() % 5 < (grows ? 3 : 1)) {
                numbers[step] = shelf.add(line_of(step));
            } else {
                const auto one = std::next(numbers.begin(),
                                           static_cast<std::ptrdiff_t>(random() % numbers.size()));
                shelf.lines.remove(shelf.book, one->second);
                numbers.erase(one);
            }
            if (shelf.book.is_sparse()) {
                shelf.lines.close_gaps(shelf.book, [&](const Line& line, std::uint32_t number) {
                    numbers[line.bid()] = number;
                });
            }
            REQUIRE(shelf.book.bids == numbers.size());
            REQUIRE(shelf.bids().size() == numbers.size());
            if (step % 50 != 0) continue;
            detail::Arena<Allocator> arena{Allocator{}};
            const Lines copy{shelf.lines, arena};
            for (const auto& [bid, number] : numbers) {
                REQUIRE(shelf.lines[number].bid() == bid);
                REQUIRE(copy[number].bid() == bid);
            }
        }
        for (const auto& [bid, number] : numbers) shelf.lines.remove(shelf.book, number);
        shelf.lines.clear(shelf.book);
    }
}

}  // namespace
