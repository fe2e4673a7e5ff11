// The bids of one host as arrays, against a plain list of them.
#include <gigaspot/book.hpp>

#include <cstdint>
#include <random>
#include <vector>

#include <doctest/doctest.h>

#include "market.hpp"

namespace {

using namespace market;
using detail::Line;

using Allocator = boost::container::new_allocator<unsigned char>;
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

ProfileList profiles_at(std::span<const detail::PackedProfile> packed) {
    const auto profiles = detail::unpack<DefaultTraits>(packed);
    return {profiles.begin(), profiles.end()};
}

void push(Book& book, const Line& line, const ProfileList& profiles) {
    book.make_room();
    book.push<DefaultTraits>(line, profiles);
}

TEST_CASE("the last line moves into a gap, and whose it was is told") {
    Book book{Allocator{}};
    book.make_room(0, 2);
    book.reset(2);
    for (std::uint32_t bid = 0; bid < 4; ++bid)
        push(book, {bid, 1_coin_per_day, main_currency, {}},
             some_profiles(2, 100 * (1 + static_cast<std::int32_t>(bid))));
    CHECK(book.erase(1) == 3);
    CHECK(book[1].bid() == 3);
    CHECK(profiles_at(book.profiles(1)) == some_profiles(2, 400));
    CHECK(book.erase(2) == detail::no_slot);  // it was the last
    CHECK(book.erase(0) == 3);
    CHECK(book.erase(0) == detail::no_slot);
    CHECK(book.size() == 0);
}

TEST_CASE("the profiles of an edit that waits are a place of their own") {
    Book book{Allocator{}};
    book.make_room(0, 3);
    book.reset(3);
    push(book, {0, 1_coin_per_day, main_currency, {}}, some_profiles(3, 100));
    push(book, {1, 1_coin_per_day, main_currency, {}}, some_profiles(3, 200));
    book.copy_to_edited_profiles(1);
    CHECK(profiles_at(book.edited_profiles()) == some_profiles(3, 200));
    book.set_edited_profiles<DefaultTraits>(some_profiles(3, 300));
    CHECK(profiles_at(book.profiles(0)) == some_profiles(3, 100));
    CHECK(profiles_at(book.profiles(1)) == some_profiles(3, 200));
    push(book, {2, 1_coin_per_day, main_currency, {}}, some_profiles(3, 400));
    book.erase(0);  // the edited ones stay where they are
    book.copy_from_edited_profiles(0);
    CHECK(profiles_at(book.profiles(0)) == some_profiles(3, 300));
    CHECK(profiles_at(book.profiles(1)) == some_profiles(3, 200));
}

TEST_CASE("after any pushes and erasures a book holds what a plain list does") {
    struct Plain {
        std::uint32_t bid;
        ProfileList profiles;
    };
    std::mt19937 random{4};
    Book book{Allocator{}};
    for (const std::size_t gpus : {1U, 3U, 32U}) {  // the same book for other hosts
        book.make_room(0, gpus);
        book.reset(gpus);
        std::vector<Plain> plain;
        for (std::uint32_t step = 0; step < 2'000; ++step) {
            const auto watts = static_cast<std::int32_t>(100 + random() % 1'000);
            if (plain.empty() || random() % 5 < 3) {
                push(book, {step, 1_coin_per_day, main_currency, {}}, some_profiles(gpus, watts));
                plain.push_back({step, some_profiles(gpus, watts)});
            } else if (random() % 2 == 0) {
                const std::size_t place = random() % plain.size();
                book.set_profiles<DefaultTraits>(place, some_profiles(gpus, watts));
                plain[place].profiles = some_profiles(gpus, watts);
            } else {
                const std::size_t place = random() % plain.size();
                book.erase(place);
                plain[place] = plain.back();
                plain.pop_back();
            }
            REQUIRE(book.size() == plain.size());
            REQUIRE(book.lines().size() == plain.size());
            if (step % 100 != 0) continue;
            for (std::size_t i = 0; i < plain.size(); ++i) {
                REQUIRE(book[i].bid() == plain[i].bid);
                REQUIRE(book.lines()[i].bid() == plain[i].bid);
                REQUIRE(profiles_at(book.profiles(i)) == plain[i].profiles);
            }
        }
    }
}

}  // namespace
