// Literals outside the numbers of their unit do not compile.
// mistake 1: literal_is_not_a_decimal_number
// mistake 2: literal_is_not_a_decimal_number
// mistake 3: literal_is_outside_the_accepted_range
// mistake 4: literal_has_more_digits_than_its_unit_holds
// mistake 5: literal_has_more_digits_than_its_unit_holds
// mistake 6: literal_is_outside_the_accepted_range
// mistake 7: literal_is_outside_the_accepted_range

#include <gigaspot/values/literals.hpp>
#include <gigaspot/values/units.hpp>

using namespace gigaspot::literals;

constexpr auto decimal = 10_W;
constexpr auto greatest = 1'000'000_W;
constexpr auto whole = 5.0_W;
constexpr auto finest = 0.00000001_coin_per_day;
constexpr auto longest = 104'249'991_days;  // the maximum: 2^53 ms in whole days
constexpr gigaspot::SwitchMargin margin = 1_usd_per_day;

#if MISTAKE == 1
constexpr auto hexadecimal = 0x10_W;
#elif MISTAKE == 2
constexpr auto without_whole = .5_W;
#elif MISTAKE == 3
constexpr auto too_great = 2'000'000_W;
#elif MISTAKE == 4
constexpr auto too_precise = 0.5_W;
#elif MISTAKE == 5
constexpr auto too_precise = 0.000000001_coin_per_day;
#elif MISTAKE == 6
constexpr auto too_long = 104'249'992_days;
#elif MISTAKE == 7
constexpr gigaspot::SwitchMargin negative_margin = -1_usd_per_day;
#endif
