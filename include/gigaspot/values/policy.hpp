// gigaspot: what a market decides for itself, and the state of the world in which a host chooses.
// Layer: values. Rules of the market, sections 3, 5, 6, 7 and 9.
#pragma once

#include <cstdint>
#include <optional>

#include <gigaspot/base/config.hpp>
#include <gigaspot/values/currency.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// When a host that falls free chooses again (section 7).
enum class Refill : std::uint8_t {
    at_close,  ///< at the next close
    at_once,   ///< at once, and after each command that may give it a bid to run
};

/// The market's own choices, with the defaults of the rules.
struct Policy {
    /// A host idles rather than run at a lower profit. 0: it never runs at a loss.
    Reserve reserve{};
    /// A challenger's lead in profit must be above this.
    SwitchMargin switch_margin{};
    /// And above this share of the incumbent's profit.
    Ppm switch_margin_ppm{};
    /// So long after the first close that a run won it is not replaced.
    Duration dwell_min{};
    /// Only bids whose image is cached on the host are eligible.
    bool require_cached = false;
    /// An exchange rate older than this counts as missing; nothing: a rate does not age.
    std::optional<Duration> rate_age_max{};
    /// The least price that the market takes, in the main currency: 0.0001 coins/day.
    Price price_min = Price::unchecked(10'000);
    /// The greatest price that it takes: 5000 coins/day.
    Price price_max = Price::unchecked(500'000'000'000);

    // What follows matters to the engine alone.

    /// When a host that falls free chooses again.
    Refill refill = Refill::at_close;
    /// A bid on a host that is not available is taken, and waits.
    bool queue_unavailable = false;
    /// A close comes at least so long after the close before it.
    Duration interval_min = Duration::unchecked(1);
    /// A command comes at most so long after the command before it: 30 days.
    Duration time_step_max = Duration::unchecked(std::int64_t{30} * 24 * 60 * 60 * 1'000);

    friend constexpr bool operator==(const Policy&, const Policy&) = default;
};

/// All that a choice depends on besides the host and its bids.
struct Conditions {
    Rates rates{};    ///< of all currencies
    Policy policy{};  ///< the market's own choices
    Timestamp now{};  ///< matters to a minimum dwell, the age of rates and expiry

    friend constexpr bool operator==(const Conditions&, const Conditions&) = default;

    /// Whether a currency's rate is there and not too old (section 5).
    [[nodiscard]] constexpr bool has_rate(Currency currency) const {
        const QuotedRate& quoted = rates[currency];
        if (!quoted.usd || !policy.rate_age_max) return quoted.usd.has_value();
        return now.count() - quoted.given.count() <= policy.rate_age_max->count();
    }
    /// That rate.
    [[nodiscard]] constexpr std::optional<ExchangeRate> rate(Currency currency) const {
        if (!has_rate(currency))
            return std::nullopt;  // not copied: g++ 12 can't copy an empty one out of a constant
        return rates[currency].usd;
    }
};

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
