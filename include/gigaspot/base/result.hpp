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
    /// Wraps an error: `return gigaspot::Unexpected{code}`.
    constexpr explicit Unexpected(E error) : error_{std::move(error)} {}
    /// Returns the wrapped error. The reference is valid as long as this object.
    [[nodiscard]] constexpr const E& error() const& { return error_; }
    /// Moves the wrapped error out of a temporary.
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
    using value_type = T;  ///< the type of the value
    using error_type = E;  ///< the type of the error

    /// Makes a result that holds a value.
    constexpr Result(T value) : value_{std::move(value)} {}
    /// Makes a result that holds an error.
    constexpr Result(Unexpected<E> unexpected) : error_{std::move(unexpected).error()} {}

    /// Tells whether there is a value; if not, there is an error.
    [[nodiscard]] constexpr bool has_value() const { return value_.has_value(); }
    /// Tells whether there is a value, so that you can write `if (result)`.
    constexpr explicit operator bool() const { return value_.has_value(); }

    /// Returns the value. Call it only if there is one.
    [[nodiscard]] constexpr const T& operator*() const& {
        GIGASPOT_ASSERT(has_value());
        return *value_;
    }
    /// Returns the value for writing. Call it only if there is one.
    [[nodiscard]] constexpr T& operator*() & {
        GIGASPOT_ASSERT(has_value());
        return *value_;
    }
    /// Moves the value out of a temporary, so that `for (const auto& event : *market.close(now))`
    /// is right. Call it only if there is one.
    [[nodiscard]] constexpr T operator*() && {
        GIGASPOT_ASSERT(has_value());
        return *std::move(value_);
    }
    /// Copies the value out of a constant temporary. Call it only if there is one.
    [[nodiscard]] constexpr T operator*() const&& {
        GIGASPOT_ASSERT(has_value());
        return *value_;
    }
    /// Accesses a member of the value. Call it only if there is a value.
    [[nodiscard]] constexpr const T* operator->() const& {
        GIGASPOT_ASSERT(has_value());
        return &*value_;
    }
    /// Accesses a member of the value for writing. Call it only if there is a value.
    [[nodiscard]] constexpr T* operator->() & {
        GIGASPOT_ASSERT(has_value());
        return &*value_;
    }
    /// Deleted, since a temporary ends before a loop over its member begins. Write
    /// `(*call()).member`, or keep the result in a variable.
    const T* operator->() const&& = delete;

    /// Returns the error. Call it only if there is no value.
    [[nodiscard]] constexpr const E& error() const& {
        GIGASPOT_ASSERT(!has_value());
        return error_;
    }
    /// Moves the error out of a temporary. Call it only if there is no value.
    [[nodiscard]] constexpr E error() && {
        GIGASPOT_ASSERT(!has_value());
        return std::move(error_);
    }
    /// Copies the error out of a constant temporary. Call it only if there is no value.
    [[nodiscard]] constexpr E error() const&& {
        GIGASPOT_ASSERT(!has_value());
        return error_;
    }

    /// Returns a copy of the value, or `other` if there is an error.
    [[nodiscard]] constexpr T value_or(T other) const& { return value_.value_or(std::move(other)); }
    /// Moves the value out of a temporary, or returns `other` if there is an error.
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
