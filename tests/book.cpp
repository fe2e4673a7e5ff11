// The bids of one host as arrays, against a plain list of them.
#include <gigaspot/book.hpp>

#include <cstdint>
#include <iterator>
#include <map>
#include <random>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <gigaspot/allocator.hpp>

#include "market.hpp"

namespace {

using namespace market;
using detail::Line;

using Allocator = DefaultAllocator<unsigned char>;
using Book = detail::Book<Allocator>;

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

std::uint32_t add(Book& book, const Line& line) {
    book.make_room();
    const std::uint32_t position = book.next_position();
    book.add(line);
    return position;
}

Line line_of(std::uint32_t bid) { return {bid, 1_coin_per_day, main_currency, {}}; }

TEST_CASE("a gap is a line that nothing can choose, and holds the position of the next") {
    const Line gap = Line::gap(17);
    CHECK(gap.is_gap());
    CHECK(!gap.is_overclock_valid());
    CHECK(gap.next_gap() == 17);
    CHECK(!line_of(3).is_gap());
    CHECK(!Line{}.is_gap());
    CHECK(Line{}.bid() == detail::no_slot);
}

TEST_CASE("a bid that goes leaves a gap, which the next bid fills, and no other bid moves") {
    Book book{Allocator{}};
    book.reset(2);
    for (std::uint32_t bid = 0; bid < 4; ++bid) CHECK(add(book, line_of(bid)) == bid);
    book.remove(1);
    book.remove(3);
    CHECK(book.size() == 2);
    CHECK(book.lines().size() == 4);
    CHECK(book[1].is_gap());
    CHECK(book[3].is_gap());
    CHECK(book[2].bid() == 2);
    CHECK(add(book, line_of(4)) == 3);
    CHECK(add(book, line_of(5)) == 1);
    CHECK(add(book, line_of(6)) == 4);
    CHECK(book.lines().size() == 8);  // a cache line more
    for (std::size_t position = 5; position < 8; ++position) CHECK(book[position].is_gap());
    CHECK(book[3].bid() == 4);
    CHECK(book[1].bid() == 5);
    CHECK(book.size() == 5);
}

TEST_CASE("where most lines are gaps they are closed, and who moved where is told") {
    Book book{Allocator{}};
    book.reset(2);
    for (std::uint32_t bid = 0; bid < 20; ++bid) add(book, line_of(bid));
    for (std::uint32_t bid = 0; bid < 17; ++bid) {
        if (bid == 1 || bid == 2) continue;
        CHECK(!book.is_sparse());
        book.remove(bid);
    }
    CHECK(book.is_sparse());
    std::vector<std::pair<std::uint32_t, std::uint32_t>> moved;
    book.close_gaps([&](const Line& line, std::uint32_t position) {
        moved.emplace_back(line.bid(), position);
    });
    CHECK(book.size() == 5);
    CHECK(book.lines().size() == 8);
    CHECK(!book.is_sparse());
    const std::vector<std::pair<std::uint32_t, std::uint32_t>> expected{
        {1, 0}, {2, 1}, {17, 2}, {18, 3}, {19, 4}};
    CHECK(moved == expected);
    for (std::uint32_t position = 0; position < 5; ++position)
        CHECK(book[position].bid() == expected[position].first);
    CHECK(book.next_position() == 5);
}

TEST_CASE("after any changes a book holds what a plain list does") {
    std::mt19937 random{4};
    Book book{Allocator{}};
    for (const std::size_t gpus : {1U, 3U}) {  // the same book for other hosts
        book.reset(gpus);
        std::map<std::uint32_t, std::uint32_t> position;  // by bid
        for (std::uint32_t step = 0; step < 4'000; ++step) {
            const bool grows = step / 500 % 2 == 0;
            if (position.empty() || random() % 5 < (grows ? 3 : 1)) {
                position[step] = add(book, line_of(step));
            } else {
                const auto one = std::next(position.begin(),
                                           static_cast<std::ptrdiff_t>(random() % position.size()));
                book.remove(one->second);
                position.erase(one);
            }
            if (book.is_sparse()) {
                book.close_gaps(
                    [&](const Line& line, std::uint32_t at) { position[line.bid()] = at; });
            }
            REQUIRE(book.size() == position.size());
            std::size_t lines = 0;
            for (const Line& line : book.lines()) lines += line.is_gap() ? 0U : 1U;
            REQUIRE(lines == position.size());
            if (step % 50 != 0) continue;
            for (const auto& [bid, at] : position) REQUIRE(book[at].bid() == bid);
        }
    }
}

}  // namespace
