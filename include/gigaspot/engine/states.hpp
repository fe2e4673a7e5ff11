// gigaspot: the present state of a bid and of a run, as values. Layer: engine. Rules of the market,
// sections 6 to 8.
#pragma once

#include <cstdint>
#include <optional>

#include <gigaspot/base/config.hpp>
#include <gigaspot/rules/billing.hpp>
#include <gigaspot/values/currency.hpp>
#include <gigaspot/values/fwd.hpp>
#include <gigaspot/values/traits.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// An accepted edit of a running bid, which takes effect at the next close or when the run stops.
/// `BasicQueries::edited_overclock` returns its profiles.
struct EditToCome {
    Price price{};                   ///< the edited price, in coins of the bid's currency per day
    TotalPower power_limits{};       ///< the sum of the edited power limits over all GPUs
    std::uint64_t sequence = 0;      ///< the sequence number of the last edit
    bool is_overclock_valid = true;  ///< whether the host still allows the edited profiles

    friend constexpr bool operator==(const EditToCome&, const EditToCome&) = default;
};

/// The state of a bid in a live market. Price, power and sequence are those in force: they decide
/// and are charged until an edit that waits takes effect. It is a copy, so it does not change
/// later.
template <MarketTraits Traits = DefaultTraits>
struct BasicBidState {
    typename Traits::BidId id{};       ///< the id of the bid
    typename Traits::HostId host{};    ///< the host that the bid is for
    typename Traits::OwnerId owner{};  ///< the renter who placed it
    Price price{};                     ///< coins of `currency` per day
    Currency currency{};               ///< the currency of the price and of all amounts
    TotalPower power_limits{};         ///< the sum over all GPUs
    bool is_overclock_valid{};         ///< whether the host still allows its profiles
    bool is_cached{};                  ///< whether the host has its image
    Timestamp placed{};                ///< when it was placed; an edit does not change this
    /// The first close at or after this time removes the bid. Nothing if this is beyond the last
    /// valid time.
    std::optional<Timestamp> expiry{};
    std::uint64_t sequence = 0;  ///< the number of its placement, or of the last edit in force
    bool is_running{};           ///< whether it holds its host now
    /// Whether a cancel waits: the bid runs until the next close, and all commands except `revoke`
    /// reject it as `bid_unknown`. An edit that waits never takes effect then.
    bool is_cancelled{};
    std::optional<EditToCome> edit{};  ///< the edit that waits
    Amount billed{};                   ///< all charges of all its runs so far
    Amount accrued{};                  ///< what a charge now would add; 0 if it does not run

    friend constexpr bool operator==(const BasicBidState&, const BasicBidState&) = default;
};

/// The state of a run in a live market, with the terms in force. It is a copy, so it does not
/// change later.
template <MarketTraits Traits = DefaultTraits>
struct BasicRunState {
    typename Traits::HostId host{};        ///< the host that is held
    typename Traits::BidId bid{};          ///< the bid that holds it
    typename Traits::OwnerId owner{};      ///< the renter of that bid
    Price price{};                         ///< what the renter pays, in coins of `currency` per day
    Currency currency{};                   ///< the currency of the price and of all amounts
    TotalPower power_limits{};             ///< the sum over all GPUs
    PowerDraw power_draw{};                ///< `power_limits` plus the host's base power
    Timestamp started{};                   ///< when the run began
    std::optional<Timestamp> first_won{};  ///< the first close that it won
    Timestamp charged{};                   ///< the run has been charged up to this time
    /// Whether terms that took effect had a lower price or more watts than those before: then
    /// neither dwell nor margins protect the run. An edit that waits does not count yet.
    bool has_worsened{};
    bool is_cancelled{};  ///< whether a cancel waits, so that the run ends at the next close
    bool is_edited{};     ///< whether an edit waits, so that the terms change at the next close
    /// The host's profit at the present rates. Nothing if the currency has no rate, or one that is
    /// too old.
    std::optional<UsdPerDay> profit{};
    Account account{};  ///< the bill of its bid up to `charged`, over all runs
    Ppm fee{};          ///< the marketplace's share of each charge

    /// Computes what a close at this time would charge, if no command stops the run earlier. It
    /// needs no engine and changes nothing. `time` must not be before `charged`. Section 8.
    [[nodiscard]] constexpr Charge charge_at(Timestamp time) const {
        GIGASPOT_ASSERT(time >= charged);
        Account after = account;
        return after.charge(price, time.count() - charged.count(), fee);
    }

    friend constexpr bool operator==(const BasicRunState&, const BasicRunState&) = default;
};

using BidState = BasicBidState<>;  ///< the state of a bid, with the default traits
using RunState = BasicRunState<>;  ///< the state of a run, with the default traits

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
