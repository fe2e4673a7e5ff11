// Division of 128-bit integers rounds prices to the safe side, for all signs and at both ends of
// the range.
#include <gigaspot/base/int128.hpp>

#include "support/table.hpp"

namespace {

using gigaspot::Int128;
using gigaspot::Uint128;
using namespace gigaspot::detail;

struct Division {
    const char* rule;
    Int128 dividend;
    Int128 divisor;
    Int128 floor;
    Int128 ceiling;
};

constexpr Division divisions[] = {
    {"7 / 3 = 2.3", 7, 3, 2, 3},
    {"-7 / 3 = -2.3", -7, 3, -3, -2},
    {"6 / 3", 6, 3, 2, 2},
    {"-6 / 3", -6, 3, -2, -2},
    {"0 / 3", 0, 3, 0, 0},
    {"1 / 3", 1, 3, 0, 1},
    {"-1 / 3", -1, 3, -1, 0},
    {"the maximum / 1", int128_max, 1, int128_max, int128_max},
    {"the minimum / 1", int128_min, 1, int128_min, int128_min},
    {"the maximum is odd: / 2", int128_max, 2, int128_max / 2, int128_max / 2 + 1},
    {"the minimum / the maximum = -1.0..", int128_min, int128_max, -2, -1},
};

constexpr bool is_divided_as_expected(const Division& row) {
    return floor_div(row.dividend, row.divisor) == row.floor &&
           ceil_div(row.dividend, row.divisor) == row.ceiling;
}

constexpr table::Fact magnitudes[] = {
    {"the magnitude of 0", [] { return magnitude(0) == 0; }},
    {"the magnitude of 5 and -5", [] { return magnitude(5) == 5 && magnitude(-5) == 5; }},
    {"the magnitude of the maximum", [] { return magnitude(int128_max) == ~Uint128{0} >> 1; }},
    {"the magnitude of the minimum, which has no opposite",
     [] { return magnitude(int128_min) == Uint128{1} << 127; }},
};

GIGASPOT_TABLE("128-bit quotients are rounded down and up", divisions, is_divided_as_expected)
GIGASPOT_TABLE("every 128-bit integer has a magnitude", magnitudes, table::is_so)

}  // namespace
