// Section 2: the accepted range of each quantity, and reading a quantity from text.
#include <gigaspot/values/literals.hpp>
#include <gigaspot/values/units.hpp>

#include <string_view>

#include "support/table.hpp"

namespace {

using namespace gigaspot;
using namespace gigaspot::literals;
using enum Code;

using Count = Result<Int128, Code>;

template <class Q>
constexpr Count read(std::string_view text, Rounding rounding) {
    const Result<Q, Code> quantity = Q::from_text(text, rounding);
    if (!quantity) return Unexpected{quantity.error()};
    return Int128{quantity->count()};
}

template <class Q>
constexpr Count take(Int128 count) {
    const Result<Q, Code> quantity = Q::from_count(count);
    if (!quantity) return Unexpected{quantity.error()};
    return Int128{quantity->count()};
}

constexpr Int128 power_of_10(int exponent) {
    return exponent == 0 ? 1 : 10 * power_of_10(exponent - 1);
}

// --- The ends of each range ---

struct Ends {
    const char* rule;
    Count (*read)(std::string_view, Rounding);
    Count (*take)(Int128);
    std::string_view least, below, greatest, above;
    Int128 least_count, greatest_count;
};

template <class Q>
constexpr Ends ends_of(const char* rule, std::string_view least, std::string_view below,
                       std::string_view greatest, std::string_view above, Int128 least_count,
                       Int128 greatest_count) {
    return {rule, read<Q>, take<Q>, least, below, greatest, above, least_count, greatest_count};
}

constexpr Ends ends[] = {
    ends_of<Power>("power: 0 .. 1,000,000 W", "0", "-1", "1000000", "1000001", 0, 1'000'000),
    ends_of<Frequency>("lock or offset: -1,000,000 .. 1,000,000 MHz", "-1000000", "-1000001",
                       "1000000", "1000001", -1'000'000, 1'000'000),
    ends_of<Price>("price, minimum bid: 0 .. 1,000,000 coins per day, in 1e-8", "0", "-0.00000001",
                   "1000000", "1000000.00000001", 0, power_of_10(14)),
    ends_of<EnergyPrice>("energy price: -1,000 .. 1,000 USD per kWh, in 1e-9", "-1000",
                         "-1000.000000001", "1000", "1000.000000001", -power_of_10(12),
                         power_of_10(12)),
    ends_of<ExchangeRate>("exchange rate: above 0 .. 1,000,000 USD, in 1e-12", "0.000000000001",
                          "0", "1000000", "1000000.000000000001", 1, power_of_10(18)),
    ends_of<Reserve>("reserve: -1,000,000,000 .. 1,000,000,000 USD per day, in 1e-20",
                     "-1000000000", "-1000000000.00000000000000000001", "1000000000",
                     "1000000000.00000000000000000001", -power_of_10(29), power_of_10(29)),
    ends_of<SwitchMargin>("switch margin: 0 .. 1,000,000,000 USD per day, in 1e-20", "0",
                          "-0.00000000000000000001", "1000000000",
                          "1000000000.00000000000000000001", 0, power_of_10(29)),
    ends_of<Ppm>("relative margin, fee: 0 .. 1,000,000 ppm", "0", "-1", "1000000", "1000001", 0,
                 1'000'000),
    ends_of<RentalLength>("rental length: 1 .. 2,147,483,647 s", "1", "0", "2147483647",
                          "2147483648", 1, 2'147'483'647),
    ends_of<Duration>("dwell, age of a rate: 0 .. 2^53 ms", "0", "-1", "9007199254740992",
                      "9007199254740993", 0, Int128{1} << 53),
    ends_of<Timestamp>("time: 0 .. 2^53 ms", "0", "-1", "9007199254740992", "9007199254740993", 0,
                       Int128{1} << 53),
    ends_of<TotalPower>("watts of a whole host: 0 .. 1,000,000,000 W", "0", "-1", "1000000000",
                        "1000000001", 0, power_of_10(9)),
};

constexpr bool are_ends_as_expected(const Ends& row) {
    const Count rejected = Unexpected{number_out_of_range};
    for (const Rounding rounding :
         {Rounding::exact, Rounding::half_even, Rounding::up, Rounding::down}) {
        if (row.read(row.least, rounding) != Count{row.least_count}) return false;
        if (row.read(row.greatest, rounding) != Count{row.greatest_count}) return false;
        if (row.read(row.below, rounding) != rejected || row.read(row.above, rounding) != rejected)
            return false;
    }
    return row.take(row.least_count) == Count{row.least_count} &&
           row.take(row.least_count - 1) == rejected &&
           row.take(row.greatest_count) == Count{row.greatest_count} &&
           row.take(row.greatest_count + 1) == rejected &&
           row.take(detail::int128_max) == rejected && row.take(detail::int128_min) == rejected;
}

// --- Text ---

struct Reading {
    const char* rule;
    Count (*read)(std::string_view, Rounding);
    std::string_view text;
    Rounding rounding;
    Count expected;
};

constexpr Rounding exact = Rounding::exact;
constexpr Rounding market_data = Rounding::half_even;
constexpr Rounding minimum = Rounding::up;
constexpr Rounding maximum = Rounding::down;
constexpr Unexpected<Code> out{number_out_of_range};
constexpr Unexpected<Code> precise{number_too_precise};
constexpr Unexpected<Code> no_number{malformed};

constexpr Reading readings[] = {
    {"300 is 300", read<Power>, "300", exact, 300},
    {"300.0 is 300", read<Power>, "300.0", exact, 300},
    {"3e2 is 300", read<Power>, "3e2", exact, 300},
    {"minus zero is zero", read<Power>, "-0", exact, 0},
    {"minus zero with digits is zero", read<Price>, "-0.000", exact, 0},
    {"malformed: not a number", read<Power>, "300W", exact, no_number},
    {"malformed before out of range", read<Power>, "-1x", market_data, no_number},
    {"too precise for an order", read<Power>, "300.5", exact, precise},
    {"too precise by the last digit", read<Price>, "0.000000005", exact, precise},
    {"not too precise: trailing zeros do not count", read<Price>, "0.0000000500", exact, 5},
    {"market data: a half goes down to even", read<Power>, "300.5", market_data, 300},
    {"market data: a half goes up to even", read<Power>, "301.5", market_data, 302},
    {"market data: above a half goes up", read<Power>, "300.50001", market_data, 301},
    {"market data: a negative half goes to even", read<Frequency>, "-1.5", market_data, -2},
    {"market data: a negative half goes to 0", read<Frequency>, "-0.5", market_data, 0},
    {"a minimum rounds up", read<Power>, "100.5", minimum, 101},
    {"a minimum rounds up by the last digit", read<Power>, "100.00000000000000000001", minimum,
     101},
    {"a minimum of whole units stays", read<Power>, "100.0", minimum, 100},
    {"a minimum rounds up below half a unit", read<Price>, "1.000000001", minimum, 100'000'001},
    {"a negative minimum rounds up, towards 0", read<Frequency>, "-100.9", minimum, -100},
    {"a minimum below one unit rounds up", read<Price>, "1e-99", minimum, 1},
    {"a maximum rounds down", read<Power>, "115.5", maximum, 115},
    {"a maximum rounds down by the last digit", read<Power>, "115.99999999999999999999", maximum,
     115},
    {"a maximum of whole units stays", read<Power>, "1.15e2", maximum, 115},
    {"a negative maximum rounds down, away from 0", read<Frequency>, "-0.1", maximum, -1},
    {"a maximum below one unit rounds to 0", read<Power>, "0.9", maximum, 0},
    {"range before rounding: a maximum of 1,000,000.4", read<Power>, "1000000.4", maximum, out},
    {"range before rounding: a minimum of -0.4", read<Power>, "-0.4", minimum, out},
    {"range before rounding: a minimum of 999,999.1", read<Power>, "999999.1", minimum, 1'000'000},
    {"range before rounding: a maximum of -999,999.1 MHz", read<Frequency>, "-999999.1", maximum,
     -1'000'000},
    {"out of range before too precise", read<Power>, "1000000.5", exact, out},
    {"range before rounding: 1,000,000.4 would round into the range", read<Power>, "1000000.4",
     market_data, out},
    {"range before rounding: -0.4 would round into the range", read<Power>, "-0.4", market_data,
     out},
    {"range before precision: -0.4 in an order", read<Power>, "-0.4", exact, out},
    {"range before rounding: -1e-99", read<Power>, "-1e-99", market_data, out},
    {"range before rounding: -1,000,000.1 MHz", read<Frequency>, "-1000000.1", market_data, out},
    {"range before rounding: -999,999.9 MHz", read<Frequency>, "-999999.9", market_data,
     -1'000'000},
    {"range before rounding: 999,999.9 MHz", read<Frequency>, "999999.9", market_data, 1'000'000},
    {"range before rounding: 0.9 s", read<RentalLength>, "0.9", market_data, out},
    {"range before rounding: 1.4 s", read<RentalLength>, "1.4", market_data, 1},
    {"a rate is above 0: 0 itself", read<ExchangeRate>, "0", market_data, out},
    {"a rate is above 0: 0.0e5", read<ExchangeRate>, "0.0e5", exact, out},
    {"a rate is above 0: negative", read<ExchangeRate>, "-1", market_data, out},
    {"a rate is above 0: a number that rounds to 0 is out of range", read<ExchangeRate>,
     "0.0000000000005", market_data, out},
    {"a rate is above 0: a number that rounds to one unit is accepted", read<ExchangeRate>,
     "0.00000000000051", market_data, 1},
    {"a rate is above 0: below one unit in a command", read<ExchangeRate>, "0.0000000000009", exact,
     precise},
    {"a huge exponent is out of range", read<Price>, "1e999999999", market_data, out},
    {"a huge exponent of a negative number is out of range", read<Price>, "-1e999999999",
     market_data, out},
    {"a huge exponent of 0 is 0", read<Price>, "0e999999999", exact, 0},
    {"a tiny number in market data is rounded to 0", read<Price>, "1e-999999999", market_data, 0},
    {"a tiny number in an order is too precise", read<Price>, "1e-999999999", exact, precise},
    {"not through a double: 0.3 is exact", read<EnergyPrice>, "0.300000000", exact, 300'000'000},
    {"not through a double: 2^53 + 1 is out of range", read<Timestamp>, "9007199254740993", exact,
     out},
    {"not through a double: 18 digits are exact", read<ExchangeRate>, "123456.789012345678", exact,
     123'456'789'012'345'678},
    {"the maximum profit", read<UsdPerDay>, "1701411834604692317.31687303715884105727", exact,
     detail::int128_max},
    {"a profit above the maximum", read<UsdPerDay>, "1701411834604692317.31687303715884105728",
     exact, out},
    {"a profit of 38 digits", read<UsdPerDay>, "-999999999999999999.99999999999999999999", exact,
     -(power_of_10(38) - 1)},
};

constexpr Count reading(const Reading& row) { return row.read(row.text, row.rounding); }

// --- Literals, order and text of quantities ---

template <class Q>
constexpr bool is_text(Q quantity, std::string_view text) {
    return quantity.text().view() == text;
}

constexpr table::Fact facts[] = {
    {"a literal is read as text, not as a double",
     [] { return (0.0071_usd_per_coin).count() == 7'100'000'000; }},
    {"literals count the smallest unit",
     [] {
         return (450_W).count() == 450 && (-10_MHz).count() == -10 &&
                (1.5_coin_per_day).count() == 150'000'000 &&
                (0.11_usd_per_kWh).count() == 110'000'000 && (20'000_ppm).count() == 20'000 &&
                (0.00000000000000000001_usd_per_day).count() == 1;
     }},
    {"literals of time",
     [] {
         return (7_ms).count() == 7 && (2_s).count() == 2'000 && (20_min).count() == 1'200'000 &&
                (3_h).count() == 10'800'000 && (20_days).count() == 1'728'000'000;
     }},
    {"a literal of time may have a fraction",
     [] { return 1.5_s == 1'500_ms && 0.001_s == 1_ms && 0.25_h == 15_min && 0.5_days == 12_h; }},
    {"the maximum literal of time", [] { return 9'007'199'254'740'992_ms == Duration::highest(); }},
    {"watts of a GPU convert to watts of a host",
     [] {
         const TotalPower total = 350_W;
         const PowerDraw draw = total;
         return total.count() == 350 && draw.count() == 350;
     }},
    {"a literal takes an exponent and separators",
     [] { return 1e3_W == 1'000_W && 1.5e-7_coin_per_day == 0.000'000'15_coin_per_day; }},
    {"a quantity starts at 0",
     [] { return Power{}.count() == 0 && Reserve{}.count() == 0 && Frequency{}.count() == 0; }},
    {"a quantity that excludes 0 starts at its minimum",
     [] { return ExchangeRate{}.count() == 1 && RentalLength{}.count() == 1; }},
    {"lowest and highest are the ends of the range",
     [] {
         return Frequency::lowest() == -1'000'000_MHz && ExchangeRate::lowest().count() == 1 &&
                Price::highest() == 1'000'000_coin_per_day;
     }},
    {"quantities are ordered",
     [] { return 1_W < 2_W && -1_MHz < 0_MHz && 2_W >= 2_W && 1_W != 2_W; }},
    {"a reserve and a margin convert from an amount of USD per day",
     [] {
         const Reserve reserve = -0.5_usd_per_day;
         const SwitchMargin margin = 0.5_usd_per_day;
         return reserve.count() == -50 * power_of_10(18) && margin.count() == 50 * power_of_10(18);
     }},
    {"amounts of USD are added and subtracted",
     [] {
         return 1.25_usd_per_day - 3_usd_per_day == -1.75_usd_per_day &&
                1_usd_per_day + 2_usd_per_day == 3_usd_per_day;
     }},
    {"a profit prints exactly",
     [] {
         return is_text(1.25_usd_per_day, "1.25") && is_text(-0.3696_usd_per_day, "-0.3696") &&
                is_text(UsdPerDay{}, "0");
     }},
    {"every quantity prints exactly",
     [] {
         return is_text(300_W, "300") && is_text(-10_MHz, "-10") &&
                is_text(28.9755_coin_per_day, "28.9755") &&
                is_text(0.000000001_usd_per_kWh, "0.000000001") &&
                is_text(ExchangeRate::lowest(), "0.000000000001");
     }},
};

GIGASPOT_TABLE("section 2, both ends of each range are accepted and one unit beyond is rejected",
               ends, are_ends_as_expected)
GIGASPOT_TABLE(
    "section 2, decimal text: range, then precision; orders exact, market data half to even",
    readings, reading)
GIGASPOT_TABLE("section 2, quantities", facts, table::is_so)

}  // namespace
