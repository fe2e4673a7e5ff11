// Streams written by hand for corners of the engine's cached choices that random streams reach too
// rarely.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "comparison.hpp"
#include "step.hpp"

namespace model {

inline constexpr EnergyPrice unit_energy = EnergyPrice::unchecked(1);

class Corner {
public:
    Corner() {
        stream_.seed = 4;  // a stream without saves, because a save forgets what was cached
        stream_.policy.reserve = Reserve::lowest();
        stream_.policy.price_min = Price{};
        stream_.policy.dwell_min = Duration::unchecked(100);
    }

    /// Sets a fee of all except a millionth, so that net rates are small and may be 0.
    void rate(std::int64_t time, std::int64_t net) {
        put(time, SetRate{.usd = ExchangeRate::unchecked(net * 1'000'000 + 1),
                          .fee = Ppm::unchecked(999'999)});
    }
    void host(std::int64_t time, EnergyPrice energy = unit_energy,
              Power most = Power::unchecked(9)) {
        Step step;
        step.time = Timestamp::unchecked(time);
        step.set(PutHost{.id = 7, .energy_price = energy},
                 {{.power_limit = {Power::unchecked(0), most}}});
        stream_.steps.push_back(std::move(step));
    }
    void bid(std::int64_t time, BidId id, std::int64_t price, int watts) {
        Step step;
        step.time = Timestamp::unchecked(time);
        step.set(PlaceBid{.id = id, .host = 7, .price = Price::unchecked(price)},
                 {{.power_limit = Power::unchecked(watts)}});
        stream_.steps.push_back(std::move(step));
    }
    void edit(std::int64_t time, BidId id, std::int64_t price, int watts) {
        Step step;
        step.time = Timestamp::unchecked(time);
        step.set(EditBid{.id = id, .price = Price::unchecked(price)},
                 std::vector<OverclockProfile>{{.power_limit = Power::unchecked(watts)}});
        stream_.steps.push_back(std::move(step));
    }
    void put(std::int64_t time, const Command& command) {
        Step step;
        step.time = Timestamp::unchecked(time);
        step.set(command);
        stream_.steps.push_back(std::move(step));
    }
    Policy& policy() { return stream_.policy; }
    [[nodiscard]] const Stream& stream() const { return stream_; }

private:
    Stream stream_{};
};

/// Bid 1 runs and is protected. Bids 2 and 3 are better and equal, so 2 is the best because it is
/// older. Then 2 raises its price, which makes it the younger one. At a net rate of 0, where prices
/// are worth nothing, 3 is the best. Either the raise or the rate comes first.
inline Stream twins_at_no_rate(bool is_raised_first, EnergyPrice energy) {
    const bool is_below_zero = energy < EnergyPrice{};
    const int good = is_below_zero ? 5 : 1;
    Corner corner;
    const auto raise = [&] { corner.put(5, EditBid{.id = 2, .price = Price::unchecked(3'000)}); };
    corner.rate(0, 5);
    corner.host(0, energy);
    corner.bid(0, 1, 5'000, 6 - good);
    corner.put(1, Close{});
    corner.bid(2, 2, 2'000, good);
    corner.bid(2, 3, 2'000, good);
    corner.put(3, Close{});
    if (is_raised_first) raise();
    corner.rate(5, 0);
    corner.put(5, Close{});
    if (!is_raised_first) raise();
    corner.put(200, Close{});
    return corner.stream();
}

/// Bid 1 runs and has worsened until bid 2, which draws a watt more, is as good at a net rate of 5.
/// Nothing protects it, so the minimum lead replaces it, whatever the margin is.
inline Stream worsened_to_a_tie(const Policy& policy) {
    Corner corner;
    corner.policy() = policy;
    corner.rate(0, 5);
    corner.host(0);
    corner.bid(0, 1, 10'000'000'000, 1);
    corner.put(1, Close{});
    corner.bid(2, 2, 9'480'000'000, 2);
    corner.put(2, EditBid{.id = 1, .price = Price::unchecked(9'000'000'000)});
    corner.put(3, Close{});
    corner.rate(4, 6);
    corner.put(5, Close{});
    return corner.stream();
}

/// Bids 1 and 2 draw the same and 2 pays `more`. Bid 1 has won a close and stays at the net rate
/// `stays_at`. At `goes_at` the lead is one unit above the margin.
inline Stream a_unit_above_the_margin(const Policy& policy, std::int64_t price, std::int64_t more,
                                      int watts, std::int64_t stays_at, std::int64_t goes_at,
                                      EnergyPrice energy = unit_energy) {
    Corner corner;
    corner.policy() = policy;
    corner.policy().reserve = Reserve::lowest();
    corner.policy().price_min = Price{};
    corner.rate(0, stays_at);
    corner.host(0, energy);
    corner.bid(0, 1, price, watts);
    corner.put(1, Close{});
    corner.bid(2, 2, price + more, watts);
    corner.put(3, Close{});
    corner.rate(4, goes_at);
    corner.put(5, Close{});
    return corner.stream();
}

/// Bid 1 is the best. Bids 2 and 3 meet it at net rates that differ by 5e-13 of their size, bid 3
/// at the nearer one. Then the rate moves between the two. `tests/unit/engine/choice/best_bids.cpp`
/// has the arithmetic.
inline Stream meetings_that_nearly_coincide(bool is_falling) {
    constexpr std::int64_t usd = 1'000'000'000'000;
    Corner corner;
    corner.policy().interval_min = Duration{};
    const auto rate = [&](std::int64_t net) {
        corner.put(0, SetRate{.usd = ExchangeRate::unchecked(net), .fee = Ppm{}});
    };
    rate((is_falling ? 400'000 : 200'000) * usd);
    corner.host(0, EnergyPrice::unchecked(250'000'000), Power::highest());
    corner.put(0, Close{});  // the empty host has a choice, whose interval each bid narrows
    if (is_falling) {
        corner.bid(0, 1, 3'000'000, 1'000'000);
        corner.bid(0, 2, 1'000'003, 2);
        corner.bid(0, 3, 1'000'001, 1);
    } else {
        corner.bid(0, 1, 1'000'000, 1);
        corner.bid(0, 2, 2'999'999, 1'000'000);
        corner.bid(0, 3, 2'999'997, 999'999);
    }
    rate(299'999'849'999'849'999);
    corner.put(0, Close{});
    return corner.stream();
}

/// Bid 1 is the best. An edit raises its price by one unit, and its new watts cost more than that.
/// Then bid 2 is the best. If energy is below 0, fewer watts cost more.
inline Stream raised_but_dearer(EnergyPrice energy) {
    const bool is_below_zero = energy < EnergyPrice{};
    Corner corner;
    corner.policy().dwell_min = Duration{};
    corner.rate(0, 5);
    corner.host(0, energy);
    corner.bid(0, 1, 1'000, is_below_zero ? 8 : 1);
    corner.bid(0, 2, 1'000, is_below_zero ? 7 : 2);
    corner.put(1, Close{});
    corner.edit(2, 1, 1'001, is_below_zero ? 1 : 8);
    corner.put(3, Close{});
    corner.rate(4, 6);
    corner.put(5, Close{});
    return corner.stream();
}

inline std::optional<Failure> run_corners() {
    const Policy margin{.switch_margin = SwitchMargin::unchecked(1'000'000'000'000)};
    const Policy share{.switch_margin_ppm = Ppm::highest()};
    const Policy five{.switch_margin = SwitchMargin::unchecked(5)};
    const Policy half{.switch_margin_ppm = Ppm::unchecked(500'000)};
    // Half of the profit 10e9 x n - 24e8 is below the lead 4'890'909'091 x n by 1 at n = 11; half
    // of the loss 48e8 - 6e8 x n is below 42'857'143 x n by 1 at n = 7. Energy below 0 earns 48e8:
    // half of the profit 1e8 x n + 48e8 is below 392'857'143 x n by 1 at n = 7.
    for (const Stream& stream :
         {twins_at_no_rate(true, unit_energy), twins_at_no_rate(false, unit_energy),
          twins_at_no_rate(true, -unit_energy), twins_at_no_rate(false, -unit_energy),
          worsened_to_a_tie(margin), worsened_to_a_tie(share),
          a_unit_above_the_margin(five, 1'000, 1, 1, 5, 6),
          a_unit_above_the_margin(half, 10'000'000'000, 4'890'909'091, 1, 12, 11),
          a_unit_above_the_margin(half, 600'000'000, 42'857'143, 2, 6, 7),
          a_unit_above_the_margin(half, 100'000'000, 392'857'143, 2, 6, 7, -unit_energy),
          meetings_that_nearly_coincide(true), meetings_that_nearly_coincide(false),
          raised_but_dearer(unit_energy), raised_but_dearer(-unit_energy)}) {
        if (auto wrong = run_again(stream)) return Failure{stream, *wrong};
    }
    return std::nullopt;
}

}  // namespace model
