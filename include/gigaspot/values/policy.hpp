// gigaspot: the policy of a market, and the conditions under which a host chooses. Layer: values.
// Rules of the market, sections 3, 5, 6, 7 and 9.
#pragma once

#include <cstdint>
#include <optional>

#include <gigaspot/base/config.hpp>
#include <gigaspot/values/currency.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// When a host that becomes free chooses its next bid. Section 7.
enum class Refill : std::uint8_t {
    at_close,  ///< at the next close; until then the host idles
    at_once,   ///< at once, and again after each command that may give it a bid
};

/// Holds the choices that the rules leave to a market. The defaults are those of the rules.
struct Policy {
    /// The minimum profit of a run in USD per day, -1e9 .. 1e9; below it a host idles. With 0, the
    /// default, no bid runs at a loss. Section 5.
    Reserve reserve{};
    /// To replace the incumbent, a challenger must lead its profit by more than this, in USD per
    /// day, 0 .. 1e9. The default is 0: any lead is enough. Section 6.
    SwitchMargin switch_margin{};
    /// To replace the incumbent, the lead must also exceed this share of the incumbent's profit, in
    /// parts per million, 0 .. 1,000,000. The default is 0. Section 6.
    Ppm switch_margin_ppm{};
    /// The minimum time, from its first won close, during which a run cannot be replaced, in
    /// milliseconds, 0 .. 2^53. The default is 0. Section 6.
    Duration dwell_min{};
    /// Whether only bids with an image cached on the host are eligible. Section 5.
    bool require_cached = false;
    /// The maximum age of an exchange rate in milliseconds, 0 .. 2^53; an older one counts as
    /// missing. Nothing, the default: rates do not age. Section 5.
    std::optional<Duration> rate_age_max{};
    /// The minimum price that the market accepts, in the main currency, by default 0.0001 coins per
    /// day. Sections 3 and 5.
    Price price_min = Price::unchecked(10'000);
    /// The maximum price that the market accepts, in the main currency, by default 5000 coins per
    /// day. It applies to new bids and edits only. Section 3.
    Price price_max = Price::unchecked(500'000'000'000);

    // Only the engine uses the members below.

    /// When a host that becomes free chooses its next bid. Only the engine uses it. Section 7.
    Refill refill = Refill::at_close;
    /// Whether an unavailable host accepts bids, which then wait. By default, they are rejected
    /// with `host_unavailable`. Only the engine uses it. Section 9.
    bool queue_unavailable = false;
    /// The minimum time between two closes in milliseconds, by default 1; a sooner close is
    /// rejected with `close_too_soon`. Only the engine uses it. Section 7.
    Duration interval_min = Duration::unchecked(1);
    /// The maximum time between two commands in milliseconds, by default 30 days; a later command
    /// is rejected with `time_too_far`. Only the engine uses it. Section 7.
    Duration time_step_max = Duration::unchecked(std::int64_t{30} * 24 * 60 * 60 * 1'000);

    friend constexpr bool operator==(const Policy&, const Policy&) = default;
};

/// Holds everything that decides a choice besides the host and its bids.
struct Conditions {
    Rates rates{};    ///< the rates of all currencies; by default none is known
    Policy policy{};  ///< the choices of the market
    Timestamp now{};  ///< the present time, for the minimum dwell, the age of rates and expiry

    friend constexpr bool operator==(const Conditions&, const Conditions&) = default;

    /// Tells whether the rate of a currency is known and not too old. Section 5.
    [[nodiscard]] constexpr bool has_rate(Currency currency) const {
        const QuotedRate& quoted = rates[currency];
        if (!quoted.usd || !policy.rate_age_max) return quoted.usd.has_value();
        return now.count() - quoted.given.count() <= policy.rate_age_max->count();
    }
    /// Returns the rate of a currency; nothing if it is unknown or too old.
    [[nodiscard]] constexpr std::optional<ExchangeRate> rate(Currency currency) const {
        if (!has_rate(currency))
            return std::nullopt;  // not copied: g++ 12 can't copy an empty one out of a constant
        return rates[currency].usd;
    }
};

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
