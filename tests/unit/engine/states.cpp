// Section 8: what a close would charge, computed from the state of a run.
#include <gigaspot/engine/states.hpp>

#include <cstdint>

#include "support/market.hpp"

namespace {

using namespace market;

constexpr std::int64_t day = 86'400'000;

/// A run that was charged up to `charged`, and a later time.
struct Row {
    const char* rule;
    std::int64_t billed;  ///< price x ms before `charged`, in 1e-8 coin per day
    std::int64_t price;   ///< 1e-8 coin per day
    Ppm fee;
    std::int64_t charged;
    std::int64_t time;
    Charge expected;
};

constexpr Charge charge(std::int64_t amount, std::int64_t fee) {
    return {Amount::unchecked(amount), Amount::unchecked(fee)};
}

constexpr Row rows[] = {
    {"a day costs the price", 0, 100, {}, 5, 5 + day, charge(100, 0)},
    {"no time costs nothing", 0, 100, {}, 5, 5, charge(0, 0)},
    {"the first millisecond is rounded up", 0, 1, {}, 0, 1, charge(1, 0)},
    {"the bill is rounded, not the charge: 1.2 + 1.2 is 3, of which 2 were paid",
     day + day / 5,
     1,
     {},
     0,
     day + day / 5,
     charge(1, 0)},
    {"what was rounded up before is already paid", day / 2, 1, {}, 7, 7 + day / 2, charge(0, 0)},
    {"a fee of 25 % of 3 is 0, of 4 is 1", 3 * day, 1, 250'000_ppm, 0, day, charge(1, 1)},
    {"a fee is rounded down", 0, 3, 250'000_ppm, 0, day, charge(3, 0)},
    {"at the last valid time, 2^53 ms",
     0,
     86'400'000,
     {},
     0,
     std::int64_t{1} << 53,
     charge(std::int64_t{1} << 53, 0)},
};

constexpr Charge charge_at(const Row& row) {
    const RunState run{.price = Price::unchecked(row.price),
                       .charged = at_ms(row.charged),
                       .account = Account{row.billed},
                       .fee = row.fee};
    return run.charge_at(at_ms(row.time));
}

GIGASPOT_TABLE("section 8, what a close at a time would charge", rows, charge_at)

TEST_CASE("asking what a close would charge changes nothing") {
    RunState run{.price = Price::unchecked(100)};
    const RunState before = run;
    CHECK(run.charge_at(at_ms(day)) == charge(100, 0));
    CHECK(run.charge_at(at_ms(day)) == charge(100, 0));
    CHECK(run == before);
}

}  // namespace
