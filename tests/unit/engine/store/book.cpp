// Entries keep their values, and books behave like plain lists.
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
using detail::BookEntry;

using Allocator = DefaultAllocator<unsigned char>;
using detail::Book;
using Entries = detail::EntryPool<Allocator>;

TEST_CASE("an entry returns its values, at the minimum and maximum of each") {
    const BookEntry entry{7, 10_coin_per_day, bitcoin, TotalPower::unchecked(250)};
    CHECK(entry.bid() == 7);
    CHECK(entry.price() == 10_coin_per_day);
    CHECK(entry.currency() == bitcoin);
    CHECK(entry.watts() == TotalPower::unchecked(250));
    CHECK(!entry.is_cached());
    CHECK(entry.is_overclock_valid());

    const Currency last{limits::currencies_max - 1};
    const BookEntry highest{detail::no_slot - 1, Price::highest(), last, TotalPower::highest()};
    CHECK(highest.bid() == detail::no_slot - 1);
    CHECK(highest.price() == Price::highest());
    CHECK(highest.currency() == last);
    CHECK(highest.watts() == TotalPower::highest());
    CHECK(!highest.is_cached());

    const BookEntry lowest{0, Price::lowest(), main_currency, TotalPower{}};
    CHECK(lowest.price() == Price{});
    CHECK(lowest.watts() == TotalPower{});
}

TEST_CASE("an entry has 9 bits of its owner's hash") {
    for (const std::uint32_t hash : {0U, 1U, 511U, 512U, 0xffff'ffffU}) {
        const BookEntry entry{7, Price::highest(), doge, TotalPower::highest(), hash};
        CHECK(entry.may_be_of(hash));
        CHECK(entry.owner_bits() == hash % 512);
        CHECK(BookEntry::owner_bits_of(hash) == hash % 512);
        CHECK(entry.may_be_of(hash ^ 0xffff'fe00));  // another hash with the same last 9 bits
        for (const std::uint32_t bit : {1U, 2U, 128U, 256U}) CHECK(!entry.may_be_of(hash ^ bit));
        CHECK(entry.price() == Price::highest());
        CHECK(entry.currency() == doge);
        CHECK(entry.watts() == TotalPower::highest());
        CHECK(entry.is_overclock_valid());
        CHECK(!entry.is_gap());
    }
}

TEST_CASE("a setter of an entry leaves all other values unchanged") {
    BookEntry entry{7, Price::highest(), doge, TotalPower::highest()};
    entry.set_cached(true);
    entry.set_overclock_valid(false);
    CHECK(entry.is_cached());
    CHECK(!entry.is_overclock_valid());
    CHECK(entry.price() == Price::highest());
    entry.set_price(1_coin_per_day);
    entry.set_watts(TotalPower::unchecked(3));
    CHECK(entry.price() == 1_coin_per_day);
    CHECK(entry.watts() == TotalPower::unchecked(3));
    CHECK(entry.is_cached());
    CHECK(!entry.is_overclock_valid());
    CHECK(entry.currency() == doge);
    CHECK(entry.bid() == 7);
    entry.set_cached(false);
    entry.set_overclock_valid(true);
    CHECK(!entry.is_cached());
    CHECK(entry.is_overclock_valid());
}

/// A book with its pool of entries.
struct Shelf {
    Entries entries{Allocator{}};
    Book book{};

    std::uint32_t add(const BookEntry& entry) {
        entries.make_room(book);
        return entries.add(book, entry);
    }
    std::vector<std::uint32_t> bids() const {
        std::vector<std::uint32_t> bids;
        for (const BookEntry& entry : entries.of(book)) {
            if (!entry.is_gap()) bids.push_back(entry.bid());
        }
        return bids;
    }
};

BookEntry entry_of(std::uint32_t bid) { return {bid, 1_coin_per_day, main_currency, {}}; }

TEST_CASE("a gap cannot be chosen, and holds the number of the next gap") {
    const BookEntry gap = BookEntry::gap(17);
    CHECK(gap.is_gap());
    CHECK(!gap.is_overclock_valid());
    CHECK(gap.next_gap() == 17);
    CHECK(!entry_of(3).is_gap());
    CHECK(BookEntry{}.is_gap());
    CHECK(BookEntry{}.bid() == detail::no_slot);
}

TEST_CASE("a loop over the entries in other currencies visits each once") {
    Shelf shelf;
    std::vector<detail::Slot> expected;
    for (detail::Slot bid = 0; bid < 40; ++bid) {
        const bool is_foreign = bid % 7 == 2 || bid == 15 || bid == 39;
        if (is_foreign) expected.push_back(bid);
        const Currency currency{static_cast<std::uint8_t>(is_foreign ? 1 + bid % 15 : 0)};
        shelf.add({bid, 5_coin_per_day, currency, TotalPower{}});
    }
    shelf.entries.remove(shelf.book, 15);
    std::erase(expected, 15);
    std::vector<detail::Slot> found;
    shelf.entries.of(shelf.book).for_each_foreign([&](const BookEntry& entry) {
        found.push_back(entry.bid());
    });
    std::sort(found.begin(), found.end());
    CHECK(found == expected);
}

TEST_CASE("the next bid fills the gap of a removed bid, and no other bid moves") {
    Shelf shelf;
    for (std::uint32_t bid = 0; bid < 16; ++bid) CHECK(shelf.add(entry_of(bid)) == bid);
    shelf.entries.remove(shelf.book, 1);
    shelf.entries.remove(shelf.book, 3);
    CHECK(shelf.book.bids == 14);
    CHECK(shelf.book.entries == 16);
    CHECK(shelf.entries[1].is_gap());
    CHECK(shelf.entries[3].is_gap());
    CHECK(shelf.entries[2].bid() == 2);
    CHECK(shelf.add(entry_of(16)) == 3);
    CHECK(shelf.add(entry_of(17)) == 1);
    CHECK(shelf.add(entry_of(18)) == 16);
    CHECK(shelf.book.entries == 32);  // one more block
    for (std::uint32_t number = 17; number < 32; ++number) CHECK(shelf.entries[number].is_gap());
    CHECK(shelf.entries[3].bid() == 16);
    CHECK(shelf.entries[1].bid() == 17);
    CHECK(shelf.book.bids == 17);
    CHECK(shelf.entries.of(shelf.book).size() == 32);
}

TEST_CASE("a sparse book closes its gaps, and reports each entry that moved") {
    Shelf shelf;
    for (std::uint32_t bid = 0; bid < 48; ++bid) shelf.add(entry_of(bid));
    // A book begins with its newest block: 32 .. 47, 16 .. 31, 0 .. 15.
    for (std::uint32_t bid = 0; bid < 40; ++bid) {
        if (bid == 20) continue;
        CHECK(!shelf.book.is_sparse());
        shelf.entries.remove(shelf.book, bid);
    }
    for (const std::uint32_t bid : {47U, 41U}) {
        CHECK(!shelf.book.is_sparse());  // 48 entries for 8 bids or more
        shelf.entries.remove(shelf.book, bid);
    }
    CHECK(shelf.book.is_sparse());
    std::vector<std::pair<std::uint32_t, std::uint32_t>> moved;
    shelf.entries.close_gaps(shelf.book, [&](const BookEntry& entry, std::uint32_t number) {
        moved.emplace_back(entry.bid(), number);
    });
    CHECK(shelf.book.bids == 7);
    CHECK(shelf.book.entries == 16);
    CHECK(!shelf.book.is_sparse());
    const std::vector<std::pair<std::uint32_t, std::uint32_t>> expected{
        {40, 32}, {42, 33}, {43, 34}, {44, 35}, {45, 36}, {46, 37}, {20, 38}};
    CHECK(moved == expected);
    for (const auto& [bid, number] : moved) CHECK(shelf.entries[number].bid() == bid);
    CHECK(shelf.add(entry_of(60)) == 39);
    CHECK(shelf.bids() == std::vector<std::uint32_t>{40, 42, 43, 44, 45, 46, 20, 60});
}

TEST_CASE("other books reuse blocks that a book gives back, and no block is lost") {
    Shelf shelf;
    for (std::uint32_t bid = 0; bid < 48; ++bid) shelf.add(entry_of(bid));
    CHECK(shelf.entries.entries() == 48);
    for (std::uint32_t bid = 0; bid < 48; ++bid) shelf.entries.remove(shelf.book, bid);
    shelf.entries.clear(shelf.book);
    CHECK(shelf.book.entries == 0);
    CHECK(shelf.bids().empty());
    Entries copy{shelf.entries};
    Book in_copy;
    copy.make_room(in_copy);
    CHECK(copy.entries() == 48);
    Book other;
    std::vector<bool> is_used(64);
    for (std::uint32_t bid = 0; bid < 48; ++bid) {
        Book& book = bid % 2 == 0 ? shelf.book : other;
        shelf.entries.make_room(book);
        is_used[shelf.entries.add(book, entry_of(bid))] = true;
    }
    // 24 bids each: two blocks each, and one of these four is new.
    CHECK(shelf.entries.entries() == 64);
    CHECK(shelf.book.entries == 32);
    CHECK(other.entries == 32);
    CHECK(std::count(is_used.begin(), is_used.end(), true) == 48);
}

TEST_CASE("reserved entries are enough for all books while bids come and go") {
    constexpr std::size_t books_count = 3;
    constexpr std::size_t bids_max = 40;
    std::mt19937 random{5};
    Entries entries{Allocator{}};
    entries.reserve(Book::entries_max(books_count, bids_max));
    const std::size_t room = entries.entries();
    CHECK(room == 176);  // 2 x 40, and 32 for each book
    Book books[books_count];
    std::vector<std::vector<std::uint32_t>> numbers(books_count);  // by book and bid
    std::size_t bids = 0;
    std::size_t most = 0;
    for (std::size_t step = 0; step < 100'000; ++step) {
        const std::size_t at = step % 1'000 < 700 ? step / 1'000 % books_count : random() % 3;
        if (bids < bids_max && random() % 2 == 0) {
            entries.make_room(books[at]);
            numbers[at].push_back(
                entries.add(books[at], entry_of(static_cast<std::uint32_t>(numbers[at].size()))));
            ++bids;
        } else if (!numbers[at].empty()) {
            const std::size_t one = random() % numbers[at].size();
            entries.remove(books[at], numbers[at][one]);
            numbers[at][one] = numbers[at].back();
            numbers[at].pop_back();
            // The bids of a book are numbered from 0 on.
            if (one < numbers[at].size())
                entries[numbers[at][one]] = entry_of(static_cast<std::uint32_t>(one));
            if (books[at].is_sparse())
                entries.close_gaps(books[at], [&](const BookEntry& entry, std::uint32_t number) {
                    numbers[at][entry.bid()] = number;
                });
            --bids;
        }
        std::size_t in_use = 0;
        for (const Book& book : books) in_use += book.entries;
        if (in_use > most) most = in_use;
    }
    CHECK(entries.entries() == room);
    CHECK(most <= room);
    CHECK(most > 80);
}

TEST_CASE("after any changes, a book and its copy hold what a plain list holds") {
    std::mt19937 random{4};
    Shelf shelf;
    for (int round = 0; round < 2; ++round) {            // the book is used again
        std::map<std::uint32_t, std::uint32_t> numbers;  // by bid
        for (std::uint32_t step = 0; step < 4'000; ++step) {
            const bool grows = step / 500 % 2 == 0;
            if (numbers.empty() || random() % 5 < (grows ? 3 : 1)) {
                numbers[step] = shelf.add(entry_of(step));
            } else {
                const auto one = std::next(numbers.begin(),
                                           static_cast<std::ptrdiff_t>(random() % numbers.size()));
                shelf.entries.remove(shelf.book, one->second);
                numbers.erase(one);
            }
            if (shelf.book.is_sparse()) {
                shelf.entries.close_gaps(shelf.book,
                                         [&](const BookEntry& entry, std::uint32_t number) {
                                             numbers[entry.bid()] = number;
                                         });
            }
            REQUIRE(shelf.book.bids == numbers.size());
            REQUIRE(shelf.bids().size() == numbers.size());
            if (step % 50 != 0) continue;
            const Entries copy{shelf.entries};
            for (const auto& [bid, number] : numbers) {
                REQUIRE(shelf.entries[number].bid() == bid);
                REQUIRE(copy[number].bid() == bid);
            }
        }
        for (const auto& [bid, number] : numbers) shelf.entries.remove(shelf.book, number);
        shelf.entries.clear(shelf.book);
    }
}

}  // namespace
