// Provides a market of one host for the scenarios, with figures that are easy to work out by hand.
// A coin is one USD, and power costs nothing unless a scenario says so. A close happens every 0.01
// day, so a bid of 40 coins per day pays 0.4 coin from one close to the next.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include <doctest/doctest.h>

#include "facts.hpp"
#include "support/table.hpp"

namespace scenarios {

using namespace incentives;

inline constexpr OwnerId alice{1}, bob{2}, mallory{3}, provider{4};
inline constexpr Currency other_coin{1};
inline constexpr Int128 coin = 100'000'000;  ///< one coin in units of 1e-8
inline constexpr Duration interval = 864_s;

inline constexpr Gpu gpus[] = {{.power_limit = {50_W, 400_W}}};
inline constexpr Profile at_50_W[] = {{.power_limit = 50_W}};
inline constexpr Profile at_100_W[] = {{.power_limit = 100_W}};

inline Place bid(OwnerId owner, std::uint64_t id, Price price, Currency currency = main_currency) {
    return {.id = id,
            .host = 1,
            .owner = owner,
            .price = price,
            .currency = currency,
            .overclock = at_100_W};
}
inline Edit reprice(std::uint64_t id, Price price) { return {.id = id, .price = price}; }

class Stage {
public:
    explicit Stage(const Policy& policy = {}, const EngineLimits& limits = {},
                   const Put& host = {.id = 1, .gpus = gpus}, std::optional<Ppm> fee = {})
        : market_{policy, limits} {
        CHECK(tell(SetRate{.usd = 1_usd_per_coin, .fee = fee}) == Code::none);
        CHECK(tell(host) == Code::none);
    }

    /// Sends a command now. Returns why it is rejected, or `none`.
    Code tell(const Move& move) {
        const auto done = market_.apply(move, now_, [&](const MarketEvent& event) { note(event); });
        return done ? Code::none : done.error().code();
    }
    void wait(Duration time) { now_ = Timestamp::unchecked(now_.count() + time.count()); }

    /// Closes at the end of the current interval.
    void close() {
        const std::int64_t whole = interval.count();
        now_ = Timestamp::unchecked((now_.count() + whole - 1) / whole * whole);
        CHECK(tell(Close{}) == Code::none);
    }
    /// Closes at the end of the next interval.
    void next_close() {
        wait(1_ms);
        close();
    }

    /// Returns the bid that holds the host, or 0 if it idles.
    [[nodiscard]] std::uint64_t holder() const {
        const auto run = market_.run(HostId{1});
        return run ? run->bid.value : 0;
    }
    /// Returns what a bid has paid so far, the fee in it, and why it last stopped.
    [[nodiscard]] Int128 paid(std::uint64_t id) { return paid_[id]; }
    [[nodiscard]] Int128 fee(std::uint64_t id) { return fees_[id]; }
    [[nodiscard]] Code stopped(std::uint64_t id) { return stopped_[id]; }

    [[nodiscard]] const Market& market() const { return market_; }

private:
    void note(const MarketEvent& event) {
        paid_[event.bid.value] += event.amount.count();
        fees_[event.bid.value] += event.fee.count();
        if (event.kind == EventKind::stopped) stopped_[event.bid.value] = event.reason;
    }

    Market market_;
    Timestamp now_{};
    std::map<std::uint64_t, Int128> paid_;
    std::map<std::uint64_t, Int128> fees_;
    std::map<std::uint64_t, Code> stopped_;
};

}  // namespace scenarios
