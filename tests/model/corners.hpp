// Corners of the engine's cached choices that random streams come to too rarely: streams by hand.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "comparison.hpp"
#include "step.hpp"

namespace model {

class Corner {
public:
    Corner() {
        stream_.policy.reserve = Reserve::lowest();
        stream_.policy.price_min = Price{};
        stream_.policy.dwell_min = Duration::unchecked(100);
    }

    /// A market that keeps all but a millionth, so that its net rates are small and may be 0.
    void rate(std::int64_t time, std::int64_t net) {
        put(time, SetRate{.usd = ExchangeRate::unchecked(net * 1'000'000 + 1),
                          .fee = Ppm::unchecked(999'999)});
    }
    void host(std::int64_t time) {
        Step step;
        step.time = Timestamp::unchecked(time);
        step.set(PutHost{.id = 7, .energy_price = EnergyPrice::unchecked(1)},
                 {{.power_limit = {Power::unchecked(0), Power::unchecked(9)}}});
        stream_.steps.push_back(std::move(step));
    }
    void bid(std::int64_t time, BidId id, std::int64_t price, int watts) {
        Step step;
        step.time = Timestamp::unchecked(time);
        step.set(PlaceBid{.id = id, .host = 7, .price = Price::unchecked(price)},
                 {{.power_limit = Power::unchecked(watts)}});
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

/// Bid 1 runs and is protected; 2 and 3 are better and equal, so that 2, which is older, is the
/// best. Then 2 raises its price, which makes it the younger one: at a net rate of 0, where prices
/// are worth nothing, 3 is the best. Either the raise comes first or the rate.
inline Stream twins_at_no_rate(bool is_raised_first) {
    Corner corner;
    const auto raise = [&] { corner.put(5, EditBid{.id = 2, .price = Price::unchecked(3'000)}); };
    corner.rate(0, 5);
    corner.host(0);
    corner.bid(0, 1, 5'000, 5);
    corner.put(1, Close{});
    corner.bid(2, 2, 2'000, 1);
    corner.bid(2, 3, 2'000, 1);
    corner.put(3, Close{});
    if (is_raised_first) raise();
    corner.rate(5, 0);
    corner.put(5, Close{});
    if (!is_raised_first) raise();
    corner.put(200, Close{});
    return corner.stream();
}

/// Bid 1 runs and has worsened until bid 2, which draws a watt more, is as good at a net rate of 5.
/// Nothing shelters it, so that the least lead replaces it, however great a margin is.
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

inline std::optional<Failure> run_corners() {
    const Policy margin{.switch_margin = SwitchMargin::unchecked(1'000'000'000'000)};
    const Policy share{.switch_margin_ppm = Ppm::highest()};
    for (const Stream& stream : {twins_at_no_rate(true), twins_at_no_rate(false),
                                 worsened_to_a_tie(margin), worsened_to_a_tie(share)}) {
        if (auto wrong = run_again(stream)) return Failure{stream, *wrong};
    }
    return std::nullopt;
}

}  // namespace model
