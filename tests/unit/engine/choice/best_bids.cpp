// A new bid narrows the interval of rates at which a host's best bid stays the best. Two bids meet
// at the rate at which their profits are equal. Above 1e14 units, two meetings can differ by less
// than 1e-12 of the rate. The expected winners follow from exact integers.
#include <cstdint>
#include <string>

#include <gigaspot/engine/engine.hpp>

#include "support/market.hpp"

using namespace market;

namespace {

// At 0.25 USD/kWh, a watt costs 0.25 x 0.024 USD per day: 2.5e8 x 2.4e9 = 6e17 units. A bid that
// draws w watts more than another and pays l units more meets it at the rate 6e17 x w / l:
//
//     w =  999,998, l = 1,999,997:  299,999,849,999,774,999.66..
//     w =  999,999, l = 1,999,999:  299,999,849,999,924,999.96..
//
// These two rates differ by 150,000 units, which is 5e-13 of each. At -0.25 USD/kWh, a bid that
// draws w watts less and pays l units more meets the other bid at the same rates.
constexpr std::int64_t lower_meeting = 299'999'849'999'774'999;
constexpr std::int64_t upper_meeting = 299'999'849'999'924'999;

struct Terms {
    BidId id;
    Price price;
    Power watts;
};

constexpr EnergyPrice usual = 0.25_usd_per_kWh;

/// The profit of a bid, in 1e-20 USD per day.
constexpr Int128 profit(const Terms& bid, std::int64_t rate, EnergyPrice energy = usual) {
    return Int128{bid.price.count()} * rate -
           Int128{bid.watts.count()} * energy.count() * 2'400'000'000;
}

struct Row {
    const char* rule;
    std::int64_t first_rate;  ///< when the bids come, in the order of their ids
    Terms bids[3];
    std::uint64_t first_winner;
    std::int64_t next_rate;  ///< between the two meetings
    std::uint64_t next_winner;
    EnergyPrice energy = usual;
};

constexpr std::int64_t between = lower_meeting + 75'000;

const Row narrow_cases[] = {
    {"the rate falls to where only the second loser beats the best bid",
     400'000'000'000'000'000,
     {{1, Price::unchecked(3'000'000), 1'000'000_W},
      {2, Price::unchecked(3'000'000 - 1'999'997), 2_W},
      {3, Price::unchecked(3'000'000 - 1'999'999), 1_W}},
     1,
     between,
     3},
    {"the rate rises to where only the second loser beats the best bid",
     200'000'000'000'000'000,
     {{1, Price::unchecked(1'000'000), 1_W},
      {2, Price::unchecked(1'000'000 + 1'999'999), 1'000'000_W},
      {3, Price::unchecked(1'000'000 + 1'999'997), 999'999_W}},
     1,
     between,
     3},
    // Here the first loser meets the best bid before the second one does.
    {"the rate falls to where only the first loser beats the best bid",
     400'000'000'000'000'000,
     {{1, Price::unchecked(3'000'000), 1'000'000_W},
      {2, Price::unchecked(3'000'000 - 1'999'999), 1_W},
      {3, Price::unchecked(3'000'000 - 1'999'997), 2_W}},
     1,
     between,
     2},
    {"the rate rises to where only the first loser beats the best bid",
     200'000'000'000'000'000,
     {{1, Price::unchecked(1'000'000), 1_W},
      {2, Price::unchecked(1'000'000 + 1'999'997), 999'999_W},
      {3, Price::unchecked(1'000'000 + 1'999'999), 1'000'000_W}},
     1,
     between,
     2},
    // A new bid that wins is compared with the former best, bid 2. They meet at the higher rate.
    {"the rate falls to where the former best beats the new bid that won",
     400'000'000'000'000'000,
     {{1, Price::unchecked(3'000'000 - 1'999'997), 2_W},
      {2, Price::unchecked(3'000'000 - 1'999'999), 1_W},
      {3, Price::unchecked(3'000'000), 1'000'000_W}},
     3,
     between,
     2},
    {"energy below 0: the rate falls to where only the second loser beats the best bid",
     400'000'000'000'000'000,
     {{1, Price::unchecked(3'000'000), 1_W},
      {2, Price::unchecked(3'000'000 - 1'999'997), 999'999_W},
      {3, Price::unchecked(3'000'000 - 1'999'999), 1'000'000_W}},
     1,
     between,
     3,
     -usual},
    {"energy below 0: the rate rises to where only the second loser beats the best bid",
     200'000'000'000'000'000,
     {{1, Price::unchecked(1'000'000), 1'000'000_W},
      {2, Price::unchecked(1'000'000 + 1'999'999), 1_W},
      {3, Price::unchecked(1'000'000 + 1'999'997), 2_W}},
     1,
     between,
     3,
     -usual},
    {"energy below 0: the rate falls to where the former best beats the new bid that won",
     400'000'000'000'000'000,
     {{1, Price::unchecked(3'000'000 - 1'999'997), 999'999_W},
      {2, Price::unchecked(3'000'000 - 1'999'999), 1'000'000_W},
      {3, Price::unchecked(3'000'000), 1_W}},
     3,
     between,
     2,
     -usual},
};

/// A host without bids, whose choice is known at all rates. Each new bid narrows the interval.
class Market {
public:
    explicit Market(std::int64_t rate, EnergyPrice energy = usual) {
        set_rate(rate);
        REQUIRE(engine.put_host(HostCapabilities{.id = 7,
                                                 .gpus = {{.power_limit = {1_W, 1'000'000_W}}},
                                                 .energy_price = energy},
                                at_ms(0)));
        CHECK(winner() == 0);
    }
    void set_rate(std::int64_t rate) {
        REQUIRE(engine.set_rate({.usd = ExchangeRate::unchecked(rate)}, at_ms(0)));
    }
    void place(const Terms& bid) {
        REQUIRE(engine.place(Bid{.id = bid.id,
                                 .host = 7,
                                 .owner = bid.id.value,
                                 .price = bid.price,
                                 .overclock = {{.power_limit = bid.watts}}},
                             at_ms(0)));
    }
    std::uint64_t winner() { return engine.choice(HostId{7}).winner.value_or(0).value; }

    Engine engine{};
};

TEST_CASE("each rate has the right winner where two bids meet the best at nearly the same rate") {
    for (const Row& row : narrow_cases) {
        INFO(std::string{row.rule});
        // Check the row itself: its winners have the maximum profit.
        for (const Terms& bid : row.bids) {
            const auto leads = [&](std::uint64_t winner, std::int64_t rate) {
                return bid.id == BidId{winner} || profit(row.bids[winner - 1], rate, row.energy) >
                                                      profit(bid, rate, row.energy);
            };
            REQUIRE(leads(row.first_winner, row.first_rate));
            REQUIRE(leads(row.next_winner, row.next_rate));
        }

        Market market{row.first_rate, row.energy};
        for (const Terms& bid : row.bids) market.place(bid);
        CHECK(market.winner() == row.first_winner);
        // After a scan of all bids, this would test nothing.
        CHECK(market.engine.counters().rescans == 1);
        market.set_rate(row.next_rate);
        CHECK(market.winner() == row.next_winner);
    }
}

TEST_CASE("each rate has the right winner one unit around the meeting of two bids") {
    const Terms dear{1, Price::unchecked(3'000'000), 1'000'000_W};
    const Terms cheap[] = {{2, Price::unchecked(3'000'000 - 1'999'997), 2_W},
                           {2, Price::unchecked(3'000'000 - 1'999'999), 1_W}};
    const std::int64_t meetings[] = {lower_meeting, upper_meeting};
    for (int i = 0; i < 2; ++i) {
        // No meeting is a whole number of units, so there is no tie.
        REQUIRE(profit(dear, meetings[i]) < profit(cheap[i], meetings[i]));
        REQUIRE(profit(dear, meetings[i] + 1) > profit(cheap[i], meetings[i] + 1));
        Market market{400'000'000'000'000'000};
        market.place(dear);
        market.place(cheap[i]);
        for (const std::uint64_t winner : {1U, 2U, 1U, 2U}) {
            market.set_rate(winner == 1 ? meetings[i] + 1 : meetings[i]);
            CHECK(market.winner() == winner);
        }
    }
}

}  // namespace
