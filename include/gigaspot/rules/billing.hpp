// gigaspot: what a bid owes, exactly, whatever the billing intervals are. Layer: rules. Rules of
// the market, section 8.
#pragma once

#include <cstdint>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/int128.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// What a renter pays at a close or when a run stops. The host receives `amount` less `fee`.
struct Charge {
    Amount amount{};  ///< what the renter pays
    Amount fee{};     ///< the marketplace's part of it

    friend constexpr bool operator==(const Charge&, const Charge&) = default;
};

/// The account of one bid over all its runs. It sums price x time and rounds only the total due,
/// upwards. So the length of intervals and the number of closes do not change what is paid.
/// Section 8.
class Account {
public:
    constexpr Account() = default;

    /// Makes an account from a sum of price x milliseconds, in 1e-8 coin per day.
    constexpr explicit Account(Int128 sum) : sum_{sum}, due_{due_of(sum)} {}

    /// Returns the sum of price x milliseconds over all its runs, in 1e-8 coin per day.
    [[nodiscard]] constexpr Int128 sum() const { return sum_; }

    /// Returns the total that is due so far, rounded up to 1e-8 coin.
    [[nodiscard]] constexpr Amount due() const { return Amount::unchecked(due_); }

    /// Adds `milliseconds` (0 .. 2^53) at a price. Returns what is now due in addition. Pass the
    /// same `fee` in every call.
    constexpr Charge charge(Price price, std::int64_t milliseconds, Ppm fee) {
        const Int128 before = due_;
        sum_ += Int128{price.count()} * milliseconds;
        due_ = due_of(sum_);
        return {Amount::unchecked(due_ - before),
                Amount::unchecked(fee_of(due_, fee) - fee_of(before, fee))};
    }

    friend constexpr bool operator==(const Account&, const Account&) = default;

private:
    static constexpr std::int64_t milliseconds_a_day = 86'400'000;

    static constexpr Int128 due_of(Int128 sum) { return detail::ceil_div(sum, milliseconds_a_day); }

    static constexpr Int128 fee_of(Int128 due, Ppm fee) {
        if (fee == Ppm{}) return 0;
        return due * fee.count() / Ppm::highest().count();
    }

    Int128 sum_ = 0;
    Int128 due_ = 0;
};

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
