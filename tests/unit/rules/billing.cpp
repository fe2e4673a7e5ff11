// Section 8: what a bid owes does not depend on how its time is divided.
#include <gigaspot/rules/billing.hpp>

#include <cstdint>
#include <random>

#include "support/market.hpp"

namespace {

using namespace market;

constexpr std::int64_t day = 86'400'000;

constexpr Amount amount(Int128 count) { return Amount::unchecked(count); }
constexpr Price price(std::int64_t count) { return Price::unchecked(count); }

struct Part {
    std::int64_t price;  ///< 1e-8 coin per day
    std::int64_t milliseconds;
    std::int64_t due;  ///< in addition to what was due before
    std::int64_t fee;
};

struct Bill {
    const char* rule;
    Ppm fee;
    FixedVector<Part, 8> parts;
};

constexpr Bill bills[] = {
    {"a day costs the price", {}, {{100, day, 100, 0}}},
    {"half a day costs half", {}, {{100, day / 2, 50, 0}}},
    {"the total due is rounded up, so that nothing is free", {}, {{1, 1, 1, 0}}},
    {"after rounding up, the rest of the unit is already paid",
     {},
     {{1, 1, 1, 0}, {1, day - 1, 0, 0}, {1, 1, 1, 0}}},
    {"no time costs nothing", {}, {{100, 0, 0, 0}}},
    {"a price of 0 costs nothing", {}, {{0, day, 0, 0}}},
    {"100 per day in thirds of a day: 33.3 is 34, 66.7 is 67, 100 is 100",
     {},
     {{100, day / 3, 34, 0}, {100, day / 3, 33, 0}, {100, day / 3, 33, 0}}},
    {"prices add up before rounding: 0.5 + 0.5 is 1",
     {},
     {{1, day / 2, 1, 0}, {3, day / 6, 0, 0}, {1, 1, 1, 0}}},
    {"a fee is rounded down: 10 % of 9 is 0", 100'000_ppm, {{9, day, 9, 0}}},
    {"a fee is rounded in total, not each time: 10 % of 18 is 1",
     100'000_ppm,
     {{9, day, 9, 0}, {9, day, 9, 1}}},
    {"a fee of 10 % of 9, 18, 27 and 30",
     100'000_ppm,
     {{9, day, 9, 0}, {9, day, 9, 1}, {9, day, 9, 1}, {3, day, 3, 1}}},
    {"a fee of 100 %", 1'000'000_ppm, {{7, day, 7, 7}, {1, 1, 1, 1}}},
    {"the minimum fee: a millionth", 1_ppm, {{999'999, day, 999'999, 0}, {1, day, 1, 1}}},
};

constexpr bool is_billed(const Bill& bill) {
    Account account;
    for (const Part& part : bill.parts) {
        const Charge expected{amount(part.due), amount(part.fee)};
        if (!(account.charge(price(part.price), part.milliseconds, bill.fee) == expected))
            return false;
    }
    return true;
}

GIGASPOT_TABLE("section 8, charges and fees", bills, is_billed)

constexpr bool holds_the_most() {
    // The maximum price over the maximum time: 1e14 x 2^53 / 86,400,000, rounded up.
    const Charge charge =
        Account{}.charge(Price::highest(), Duration::highest().count(), 1'000'000_ppm);
    const Int128 sum = Int128{100'000'000'000'000} * (Int128{1} << 53);
    const Int128 due = (sum + day - 1) / day;
    return charge == Charge{amount(due), amount(due)};
}
static_assert(holds_the_most());

constexpr bool is_restored() {
    Account account;
    account.charge(price(100), day / 3, {});
    Account again{account.sum()};
    return account.sum() == Int128{100} * (day / 3) && account.due() == amount(34) &&
           again == account && again.charge(price(100), day / 3, {}) == Charge{amount(33), {}};
}
static_assert(is_restored());

TEST_CASE("section 8, the total paid does not depend on how time is divided") {
    std::mt19937_64 random{1};
    const auto draw = [&](std::int64_t most) {
        return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(most + 1));
    };
    for (int round = 0; round < 300; ++round) {
        const Ppm fee = Ppm::unchecked(static_cast<std::int32_t>(draw(1'000'000)));
        Account whole;
        Account cut;
        Int128 due_whole = 0, due_cut = 0, fee_whole = 0, fee_cut = 0;
        for (int run = 0; run < 4; ++run) {
            const Price its = price(draw(std::int64_t{1} << draw(41)));
            const std::int64_t length = draw(20 * day);
            const Charge at_once = whole.charge(its, length, fee);
            due_whole += at_once.amount.count();
            fee_whole += at_once.fee.count();
            // Parts of all sizes; the last part is the remainder.
            for (std::int64_t left = length, parts = 1 + draw(60); parts > 0; --parts) {
                const std::int64_t part = parts == 1 ? left : draw(left / 2);
                const Charge charge = cut.charge(its, part, fee);
                CHECK(charge.fee <= charge.amount);
                due_cut += charge.amount.count();
                fee_cut += charge.fee.count();
                left -= part;
            }
        }
        CHECK(due_cut == due_whole);
        CHECK(fee_cut == fee_whole);
        CHECK(cut == whole);
        CHECK(whole.due() == amount(due_whole));
        CHECK(fee_whole == due_whole * fee.count() / 1'000'000);
    }
}

}  // namespace
