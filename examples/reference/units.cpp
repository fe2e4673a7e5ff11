// Makes quantities from literals, text and counts. Each is exact and has its unit in its type.
#include <gigaspot/format.hpp>
#include <gigaspot/gigaspot.hpp>

using namespace gigaspot::literals;

int main() {
    constexpr gigaspot::Price price = 28.9755_coin_per_day;
    static_assert(price.count() == 2'897'550'000);  // in 1e-8 coin per day
    fmt::print("{} = {}\n", price, with_unit(price));

    // Orders and commands are exact; measured values are rounded.
    const char* const text = "0.0071000000000005";
    fmt::print("{}\n", gigaspot::ExchangeRate::from_text(text));
    fmt::print("{}\n", gigaspot::ExchangeRate::from_text(text, gigaspot::Rounding::half_even));

    fmt::print("{}\n", gigaspot::Power::from_count(2'000'000));
    fmt::print("{}..{}\n", gigaspot::Power::lowest(), with_unit(gigaspot::Power::highest()));

    const gigaspot::UsdPerDay profit = 1.25_usd_per_day - 0.0004_usd_per_day;
    fmt::print("{}, about {}\n", with_unit(profit), rounded(profit, 2));
}
