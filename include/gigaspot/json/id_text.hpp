// gigaspot: ids of your own types in JSON: numbers, or strings such as UUIDs. Layer: json.
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <type_traits>

#include <gigaspot/base/config.hpp>
#include <gigaspot/values/limits.hpp>
#include <gigaspot/values/traits.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// Says that an id of your own is a string in JSON, and how to read and write it. Specialise it
/// next to the id, before the first use of a reader or a writer:
///
///     template <>
///     struct gigaspot::IdText<Uuid> {
///         static constexpr std::string_view form = "a UUID";
///         static std::optional<Uuid> read(std::string_view text);
///         static std::string write(const Uuid& id);
///     };
///
/// `form` completes the sentence "expected a UUID, got ...". `read` returns nothing if the text,
/// which has no escapes of JSON, is not an id. `write` returns a `std::string` or anything else
/// that converts to a `std::string_view`; it must be UTF-8, and reading it must give the same id.
/// Without a specialisation, an id is a JSON number from 0 to 2^53.
template <class AnyId>
struct IdText;

/// An id that is a string in JSON, because it has an `IdText`.
template <class T>
concept TextId = requires(std::string_view text, const T& id) {
    { IdText<T>::form } -> std::convertible_to<std::string_view>;
    { IdText<T>::read(text) } -> std::same_as<std::optional<T>>;
    { IdText<T>::write(id) } -> std::convertible_to<std::string_view>;
};

namespace detail {

template <class T>
inline constexpr bool is_plain_id = std::is_integral_v<T> && !std::is_same_v<T, bool>;
template <class Kind>
inline constexpr bool is_plain_id<Id<Kind>> = true;

/// The maximum of an id that is a number in JSON: 2^53, or less if its type holds less.
template <class T>
constexpr std::int64_t id_max() {
    if constexpr (std::is_integral_v<T>) {
        constexpr auto most = static_cast<std::uint64_t>((std::numeric_limits<T>::max)());
        if (most < static_cast<std::uint64_t>(limits::two_to_53))
            return static_cast<std::int64_t>(most);
    }
    return limits::two_to_53;
}

}  // namespace detail

/// An id that is a number in JSON: an `Id` or an integer.
template <class T>
concept NumberId = detail::is_plain_id<T>;

/// An id that can be read and written as JSON.
template <class T>
concept JsonId = TextId<T> || NumberId<T>;

namespace detail {

/// Whether the ids of a market can be read and written as JSON. If not, the compiler says why in
/// one sentence.
template <class Traits>
consteval bool has_json_ids() {
    static_assert(JsonId<typename Traits::HostId>,
                  "in JSON, a HostId must be an Id, an integer, or a type with an IdText that has "
                  "form, read and write");
    static_assert(JsonId<typename Traits::BidId>,
                  "in JSON, a BidId must be an Id, an integer, or a type with an IdText that has "
                  "form, read and write");
    static_assert(JsonId<typename Traits::OwnerId>,
                  "in JSON, an OwnerId must be an Id, an integer, or a type with an IdText that "
                  "has form, read and write");
    return true;
}

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
