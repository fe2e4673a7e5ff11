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

/// When a host that becomes free chooses its next bid (section 7).
enum class Refill : std::uint8_t {
    at_close,  ///< at the next close
    at_once,   ///< at once, and again after each command that may give it a bid
};

/// What the rules let a market choose. The defaults are those of the rules.
struct Policy {
    /// The minimum profit of a run; below it a host idles. With 0 no bid runs at a loss.
    Reserve reserve{};
    /// To replace the incumbent, a challenger must lead its profit by more than this.
    SwitchMargin switch_margin{};
    /// In addition, the lead must exceed this share of the incumbent's profit.
    Ppm switch_margin_ppm{};
    /// Minimum time, from its first won close, during which a run cannot be replaced.
    Duration dwell_min{};
    /// Whether only bids with an image cached on the host are eligible.
    bool require_cached = false;
    /// The maximum age of an exchange rate; an older one counts as missing. Nothing: rates do not
    /// age.
    std::optional<Duration> rate_age_max{};
    /// The minimum price that the market accepts, in the main currency: 0.0001 coins per day.
    Price price_min = Price::unchecked(10'000);
    /// The maximum price that the market accepts, in the main currency: 5000 coins per day.
    Price price_max = Price::unchecked(500'000'000'000);

    // Only the engine uses the members below.

    /// When a host that becomes free chooses its next bid.
    Refill refill = Refill::at_close;
    /// Whether an unavailable host accepts bids, which then wait.
    bool queue_unavailable = false;
    /// The minimum time between two closes.
    Duration interval_min = Duration::unchecked(1);
    /// The maximum time between two commands: 30 days.
    Duration time_step_max = Duration::unchecked(std::int64_t{30} * 24 * 60 * 60 * 1'000);

    friend constexpr bool operator==(const Policy&, const Policy&) = default;
};

/// Everything that decides a choice besides the host and its bids.
struct Conditions {
    Rates rates{};    ///< of all currencies
    Policy policy{};  ///< what the market chose
    Timestamp now{};  ///< decides the minimum dwell, the age of rates and expiry

    friend constexpr bool operator==(const Conditions&, const Conditions&) = default;

    /// Whether the rate of a currency is known and not too old (section 5).
    [[nodiscard]] constexpr bool has_rate(Currency currency) const {
        const QuotedRate& quoted = rates[currency];
        if (!quoted.usd || !policy.rate_age_max) return quoted.usd.has_value();
        return now.count() - quoted.given.count() <= policy.rate_age_max->count();
    }
    /// The rate of a currency; nothing if it is unknown or too old.
    [[nodiscard]] constexpr std::optional<ExchangeRate> rate(Currency currency) const {
        if (!has_rate(currency))
            return std::nullopt;  // not copied: g++ 12 can't copy an empty one out of a constant
        return rates[currency].usd;
    }
};

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
