// gigaspot: a value, or the error that explains why there is none. Layer: base.
#pragma once

#include <optional>
#include <utility>

#include <gigaspot/base/config.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// Marks an error so that a `Result` can be made from it, as `std::unexpected` does.
template <class E>
class Unexpected {
public:
    constexpr explicit Unexpected(E error) : error_{std::move(error)} {}
    [[nodiscard]] constexpr const E& error() const& { return error_; }
    [[nodiscard]] constexpr E error() && { return std::move(error_); }

private:
    E error_;
};

/// Holds a value or an error. It has the members of C++23's `std::expected` that need no
/// exceptions, with one difference: a temporary gives what it holds by value, not by a reference
/// that would dangle. `E` must be default-constructible, because a value is stored beside a default
/// `E`.
template <class T, class E>
class [[nodiscard]] Result {
public:
    using value_type = T;
    using error_type = E;

    constexpr Result(T value) : value_{std::move(value)} {}
    constexpr Result(Unexpected<E> unexpected) : error_{std::move(unexpected).error()} {}

    [[nodiscard]] constexpr bool has_value() const { return value_.has_value(); }
    constexpr explicit operator bool() const { return value_.has_value(); }

    /// The value. Call it only if `has_value()`. A temporary gives the value itself, so that
    /// `for (const auto& event : *market.close(now))` is right.
    [[nodiscard]] constexpr const T& operator*() const& {
        GIGASPOT_ASSERT(has_value());
        return *value_;
    }
    [[nodiscard]] constexpr T& operator*() & {
        GIGASPOT_ASSERT(has_value());
        return *value_;
    }
    [[nodiscard]] constexpr T operator*() && {
        GIGASPOT_ASSERT(has_value());
        return *std::move(value_);
    }
    [[nodiscard]] constexpr T operator*() const&& {
        GIGASPOT_ASSERT(has_value());
        return *value_;
    }
    [[nodiscard]] constexpr const T* operator->() const& {
        GIGASPOT_ASSERT(has_value());
        return &*value_;
    }
    [[nodiscard]] constexpr T* operator->() & {
        GIGASPOT_ASSERT(has_value());
        return &*value_;
    }
    /// Deleted, since a temporary ends before a loop over its member begins.
    const T* operator->() const&& = delete;  // write (*call()).member, or keep the result

    /// The error. Call it only if not `has_value()`. A temporary gives the error itself.
    [[nodiscard]] constexpr const E& error() const& {
        GIGASPOT_ASSERT(!has_value());
        return error_;
    }
    [[nodiscard]] constexpr E error() && {
        GIGASPOT_ASSERT(!has_value());
        return std::move(error_);
    }
    [[nodiscard]] constexpr E error() const&& {
        GIGASPOT_ASSERT(!has_value());
        return error_;
    }

    /// The value, or the other one if there is none.
    [[nodiscard]] constexpr T value_or(T other) const& { return value_.value_or(std::move(other)); }
    [[nodiscard]] constexpr T value_or(T other) && {
        return std::move(value_).value_or(std::move(other));
    }

    friend constexpr bool operator==(const Result& left, const Result& right) {
        return left.value_ == right.value_ && (left.has_value() || left.error_ == right.error_);
    }

private:
    std::optional<T> value_{};
    E error_{};
};

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
