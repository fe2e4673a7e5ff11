// The writer's clock: jumps ahead, pauses, and a clock that is set back.
#include <doctest/doctest.h>

#include "market_support.hpp"
#include "run/present.hpp"

namespace market_server {
namespace {

TEST_CASE("which times of the clock the market goes by") {
    constexpr std::int64_t max = Present::jump_max;
    std::int64_t system = start;
    std::int64_t steady = 5;
    Present present{[&] { return system; }, [&] { return steady; }};
    const auto pass = [&](std::int64_t time) {
        system += time;
        steady += time;
    };
    CHECK(present.look() == start);
    pass(100 * max);  // nobody looked, as after a long sleep
    CHECK(present.look() == system);
    system += max;
    CHECK(present.look() == system);
    system += max;  // once more: each small step is accepted
    CHECK(present.look() == system);
    SUBCASE("a jump, for as long as it lasts") {
        system += max + 1;
        CHECK(!present.look());
        CHECK(present.ahead() == max + 1);
        pass(max);
        CHECK(!present.look());
        system -= 1;
        CHECK(present.look() == system);
        CHECK(present.ahead() == 0);
    }
    SUBCASE("back and right again") {
        system -= 100 * max;
        CHECK(present.look() == system);
        pass(max);
        CHECK(present.look() == system);
        system += 100 * max;
        CHECK(present.look() == system);
        system += max + 1;
        CHECK(!present.look());
    }
}

}  // namespace
}  // namespace market_server
