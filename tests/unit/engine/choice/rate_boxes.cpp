// Which boxes a move of a rate leaves, and the intervals of the new ones.
#include <gigaspot/engine/choice/rate_boxes.hpp>

#include <cstdint>

#include <doctest/doctest.h>

namespace {

using namespace gigaspot;
using detail::RateBoxes;

constexpr Currency one{1};
constexpr Currency other{2};
constexpr std::uint8_t none = detail::no_level;

/// Moves a rate without a fee, and returns the largest box that it leaves.
std::uint8_t moved(RateBoxes& boxes, std::int64_t rate, Currency currency = one) {
    boxes.move(currency, rate, Ppm{});
    return boxes.take_left();
}

TEST_CASE("a box is left when a rate moves by more than its share") {
    RateBoxes boxes;
    CHECK(boxes.take_left() == none);
    CHECK(moved(boxes, 1'024'000) == 0);
    CHECK(boxes.take_left() == none);  // asked for again
    // The shares are 1/16, 1/32, 1/64, 1/128, 1/256 and 1/1024.
    CHECK(boxes.of(0, one).gross_lo == 960'000);
    CHECK(boxes.of(0, one).gross_hi == 1'088'000);
    CHECK(boxes.of(5, one).gross_lo == 1'023'000);
    CHECK(boxes.of(5, one).gross_hi == 1'025'000);
    for (const std::uint8_t level : {detail::level_of_main, detail::level_of_present}) {
        CHECK(boxes.of(level, one).gross_lo == 1'024'000);
        CHECK(boxes.of(level, one).gross_hi == 1'024'000);
    }
    CHECK(moved(boxes, 1'024'001) == detail::level_of_main);
    CHECK(moved(boxes, 1'025'000) == detail::level_of_main);
    CHECK(moved(boxes, 1'025'001) == 5);
    CHECK(moved(boxes, 1'056'000) == 2);
    CHECK(moved(boxes, 1'088'001) == 0);
    CHECK(moved(boxes, 1'088'000) == detail::level_of_main);  // in the new boxes
}

TEST_CASE("a new box has the rate in the middle") {
    RateBoxes boxes;
    CHECK(moved(boxes, 1'024'000) == 0);
    CHECK(moved(boxes, 1'084'000) == 1);
    CHECK(boxes.of(0, one).gross_hi == 1'088'000);
    CHECK(boxes.of(1, one).gross_lo == 1'084'000 - 33'875);
    CHECK(boxes.of(1, one).gross_hi == 1'084'000 + 33'875);
    CHECK(boxes.of(5, one).gross_lo == 1'084'000 - 1'058);
    CHECK(moved(boxes, 1'088'001) == 0);  // inside the box of level 1
}

TEST_CASE("a box that is left changes its number, and so do all smaller ones") {
    RateBoxes boxes;
    CHECK(moved(boxes, 1'024'000) == 0);
    CHECK(moved(boxes, 5'000, other) == 0);
    std::uint32_t before[detail::rate_levels];
    for (std::uint8_t i = 0; i < detail::rate_levels; ++i) before[i] = boxes.number(i);
    CHECK(moved(boxes, 1'038'000) == 3);
    for (std::uint8_t i = 0; i < detail::rate_levels; ++i)
        CHECK((boxes.number(i) == before[i]) == (i < 3));
    CHECK(boxes.of(3, other).gross_lo == 5'000 - 39);  // the other rate has not moved
}

TEST_CASE("a rate that is withdrawn or comes leaves all boxes") {
    RateBoxes boxes;
    CHECK(moved(boxes, 7) == 0);
    CHECK(moved(boxes, RateBoxes::missing) == 0);
    CHECK(boxes.of(0, one).net_hi == RateBoxes::missing);
    CHECK(moved(boxes, 7) == 0);
    CHECK(boxes.of(0, one).gross_lo == 7);  // 1/16 of it is less than a unit
}

TEST_CASE("a move of the main rate leaves only the box in which no rate moves") {
    RateBoxes boxes;
    CHECK(moved(boxes, 1'000, main_currency) == detail::level_of_present);
    CHECK(moved(boxes, RateBoxes::missing, main_currency) == detail::level_of_present);
    CHECK(boxes.take_left() == none);
}

TEST_CASE("a box has rates with and without the fee, and ends at the maximum") {
    RateBoxes boxes;
    boxes.move(one, 1'600, Ppm::unchecked(250'000));
    CHECK(boxes.of(0, one).gross_lo == 1'500);
    CHECK(boxes.of(0, one).net_lo == 1'125);
    CHECK(boxes.of(0, one).gross_hi == 1'700);
    CHECK(boxes.of(0, one).net_hi == 1'275);
    boxes.move(one, ExchangeRate::highest().count(), Ppm{});
    CHECK(boxes.of(0, one).gross_hi == ExchangeRate::highest().count());
    boxes.move(one, 1, Ppm{});
    CHECK(boxes.of(0, one).gross_lo == 1);
}

}  // namespace
