// gigaspot: an answer that says how many bids it did not compare, and why. Layer: rules. Rules of
// the market, section 10.
#pragma once

#include <concepts>
#include <cstddef>
#include <optional>
#include <span>

#include <gigaspot/base/config.hpp>
#include <gigaspot/rules/eligibility.hpp>
#include <gigaspot/rules/offer.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/host.hpp>
#include <gigaspot/values/policy.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// Counts the bids that an answer did not compare with the others. If it is not empty, the true
/// answer may differ, so show these numbers beside it.
struct NotCompared {
    /// Bids whose reason under section 5 is `rate_missing`.
    std::size_t rate_missing = 0;
    /// Bids whose reason under section 5 is `bid_expired`.
    std::size_t expired = 0;
    /// Bids that could not be read from a document. The rules never see them, so they leave this 0;
    /// add the number if you read the bids yourself.
    std::size_t unreadable = 0;

    /// Counts all bids that were not compared, whatever the reason.
    [[nodiscard]] constexpr std::size_t total() const {
        return rate_missing + expired + unreadable;
    }

    /// Counts one more bid if this reason means that it was not compared.
    constexpr void count(Code reason) {
        if (reason == Code::rate_missing) ++rate_missing;
        if (reason == Code::bid_expired) ++expired;
    }

    /// Adds the counts of another answer.
    constexpr NotCompared& operator+=(const NotCompared& other) {
        rate_missing += other.rate_missing;
        expired += other.expired;
        unreadable += other.unreadable;
        return *this;
    }

    friend constexpr bool operator==(const NotCompared&, const NotCompared&) = default;
};

/// An answer that says what it did not compare. Use it as the `T` that it is: a price or a code, a
/// range or nothing, a list. Two answers are equal if both parts are. An answer equals a plain `T`
/// if its own `T` does.
template <class T>
struct Answer : T {
    NotCompared not_compared{};  ///< the bids that the answer did not compare

    friend constexpr bool operator==(const Answer& left,
                                     const Answer& right) requires std::equality_comparable<T> {
        return left == static_cast<const T&>(right) && left.not_compared == right.not_compared;
    }
};

// Without these two, libstdc++ would compare what one of them holds with the other optional, so
// that two empty ones would differ.
template <class T>
constexpr bool operator==(const Answer<std::optional<T>>& left, const std::optional<T>& right) {
    return static_cast<const std::optional<T>&>(left) == right;
}
template <class T>
constexpr bool operator==(const std::optional<T>& left, const Answer<std::optional<T>>& right) {
    return right == left;
}

/// Counts the bids of a host that no answer compares now. While the host is unavailable there are
/// none, because no bid is compared at all. `bids` is as for `select`. Costs O(bids).
template <class Traits, OffersTo<Traits> Bids>
[[nodiscard]] constexpr NotCompared not_compared(const BasicHostCapabilities<Traits>& host,
                                                 const Bids& bids, const Conditions& conditions) {
    NotCompared found;
    const auto items = detail::view_of(bids);
    for (std::size_t i = 0; i < items.size(); ++i) {
        const auto& offer = as_offer(items[i], host, i);
        found.count(eligibility(offer, host, conditions).reason);
    }
    return found;
}

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot

// The items of a list outlive an answer that is a span.
template <class T>
inline constexpr bool std::ranges::enable_borrowed_range<gigaspot::Answer<T>> =
    std::ranges::enable_borrowed_range<T>;
