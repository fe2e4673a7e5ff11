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
using ProfileList = std::vector<OverclockProfile>;

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

ProfileList some_profiles(std::size_t gpus, std::int32_t first_watt) {
    ProfileList profiles;
    for (std::size_t i = 0; i < gpus; ++i)
        profiles.push_back(
            {.power_limit = Power::unchecked(first_watt + static_cast<std::int32_t>(i)),
             .core_lock = i % 2 == 0 ? std::optional{1500_MHz} : std::nullopt});
    return profiles;
}

using PackedList = std::vector<PackedProfile>;

PackedList packed(const ProfileList& profiles) {
    PackedList list;
    for (const OverclockProfile& profile : profiles) list.push_back(PackedProfile{profile});
    return list;
}

ProfileList profiles_at(std::span<const PackedProfile> packed) {
    const auto profiles = detail::unpack<DefaultTraits>(packed);
    return {profiles.begin(), profiles.end()};
}

std::uint32_t add(Book& book, const Line& line, const ProfileList& profiles) {
    book.make_room();
    const std::uint32_t position = book.next_position();
    book.add(line, packed(profiles));
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
    book.make_room(0, 2);
    book.reset(2);
    for (std::uint32_t bid = 0; bid < 4; ++bid)
        CHECK(add(book, line_of(bid),
                  some_profiles(2, 100 * (1 + static_cast<std::int32_t>(bid)))) == bid);
    book.remove(1);
    book.remove(3);
    CHECK(book.size() == 2);
    CHECK(book.lines().size() == 4);
    CHECK(book[1].is_gap());
    CHECK(book[3].is_gap());
    CHECK(book[2].bid() == 2);
    CHECK(profiles_at(book.profiles(2)) == some_profiles(2, 300));
    CHECK(add(book, line_of(4), some_profiles(2, 500)) == 3);
    CHECK(add(book, line_of(5), some_profiles(2, 600)) == 1);
    CHECK(add(book, line_of(6), some_profiles(2, 700)) == 4);
    CHECK(profiles_at(book.profiles(3)) == some_profiles(2, 500));
    CHECK(profiles_at(book.profiles(1)) == some_profiles(2, 600));
    CHECK(book.size() == 5);
}

TEST_CASE("where most lines are gaps they are closed, and who moved where is told") {
    Book book{Allocator{}};
    book.make_room(0, 2);
    book.reset(2);
    for (std::uint32_t bid = 0; bid < 20; ++bid)
        add(book, line_of(bid), some_profiles(2, 100 + static_cast<std::int32_t>(bid)));
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
    CHECK(book.lines().size() == 5);
    CHECK(!book.is_sparse());
    const std::vector<std::pair<std::uint32_t, std::uint32_t>> expected{
        {1, 0}, {2, 1}, {17, 2}, {18, 3}, {19, 4}};
    CHECK(moved == expected);
    for (std::uint32_t position = 0; position < 5; ++position) {
        CHECK(book[position].bid() == expected[position].first);
        CHECK(profiles_at(book.profiles(position)) ==
              some_profiles(2, 100 + static_cast<std::int32_t>(expected[position].first)));
    }
    CHECK(book.next_position() == 5);
}

TEST_CASE("the profiles of an edit that waits are a place of their own") {
    Book book{Allocator{}};
    book.make_room(0, 3);
    book.reset(3);
    add(book, line_of(0), some_profiles(3, 100));
    add(book, line_of(1), some_profiles(3, 200));
    book.copy_to_edited_profiles(1);
    CHECK(profiles_at(book.edited_profiles()) == some_profiles(3, 200));
    book.set_edited_profiles(packed(some_profiles(3, 300)));
    CHECK(profiles_at(book.profiles(0)) == some_profiles(3, 100));
    CHECK(profiles_at(book.profiles(1)) == some_profiles(3, 200));
    add(book, line_of(2), some_profiles(3, 400));
    book.remove(0);  // the edited ones stay where they are
    book.copy_from_edited_profiles(2);
    CHECK(profiles_at(book.profiles(2)) == some_profiles(3, 300));
    CHECK(profiles_at(book.profiles(1)) == some_profiles(3, 200));
}

TEST_CASE("after any changes a book holds what a plain list does") {
    std::mt19937 random{4};
    Book book{Allocator{}};
    for (const std::size_t gpus : {1U, 3U, 32U}) {  // the same book for other hosts
        book.make_room(0, gpus);
        book.reset(gpus);
        std::map<std::uint32_t, ProfileList> plain;       // by bid
        std::map<std::uint32_t, std::uint32_t> position;  // likewise
        for (std::uint32_t step = 0; step < 2'000; ++step) {
            const auto watts = static_cast<std::int32_t>(100 + random() % 1'000);
            const bool grows = step / 500 % 2 == 0;
            if (plain.empty() || random() % 5 < (grows ? 3 : 1)) {
                position[step] = add(book, line_of(step), some_profiles(gpus, watts));
                plain[step] = some_profiles(gpus, watts);
            } else {
                auto one =
                    std::next(plain.begin(), static_cast<std::ptrdiff_t>(random() % plain.size()));
                if (random() % 4 == 0) {
                    one->second = some_profiles(gpus, watts);
                    book.set_profiles(position[one->first], packed(one->second));
                } else {
                    book.remove(position[one->first]);
                    position.erase(one->first);
                    plain.erase(one);
                }
            }
            if (book.is_sparse()) {
                book.close_gaps(
                    [&](const Line& line, std::uint32_t at) { position[line.bid()] = at; });
            }
            REQUIRE(book.size() == plain.size());
            std::size_t lines = 0;
            for (const Line& line : book.lines()) lines += line.is_gap() ? 0U : 1U;
            REQUIRE(lines == plain.size());
            if (step % 50 != 0) continue;
            for (const auto& [bid, profiles] : plain) {
                REQUIRE(book[position[bid]].bid() == bid);
                REQUIRE(profiles_at(book.profiles(position[bid])) == profiles);
            }
        }
    }
}

}  // namespace
