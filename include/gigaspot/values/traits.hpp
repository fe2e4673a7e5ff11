// gigaspot: ids, and the traits with which you use your own types. Layer: values.
#pragma once

#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>

#include <gigaspot/base/config.hpp>
#include <gigaspot/values/limits.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// A 64-bit id of one kind, which does not convert to an id of another kind. An integer converts to
/// an id, but an id does not convert to an integer.
template <class Kind>
struct Id {
    std::uint64_t value = 0;  ///< the number; as text, ids are 0 .. 2^53

    constexpr Id() noexcept = default;
    /// Makes the id with this number.
    constexpr Id(std::uint64_t number) : value{number} {}

    friend constexpr bool operator==(Id, Id) = default;
    friend constexpr auto operator<=>(Id, Id) = default;
};

using HostId = Id<struct HostKind>;    ///< the id of a machine; 0 .. 2^53 as text
using BidId = Id<struct BidKind>;      ///< the id of a bid; 0 .. 2^53 as text
using OwnerId = Id<struct OwnerKind>;  ///< the id of a renter or of a hosting provider's account

/// A GPU model, identified by a number that you choose. 0 means that no model is named. Its name is
/// known only where text is read or written.
using GpuModel = Id<struct GpuModelKind>;

/// The number of every model once the table of names is full. A host with this model is rejected.
inline constexpr GpuModel gpu_model_without_number{~std::uint64_t{0}};

struct Workload;

/// A type usable as an id: it can be copied, compared and ordered.
template <class T>
concept IdType = std::regular<T> && std::totally_ordered<T>;

/// An id that `save`, `restore` and `digest` accept: plain bytes without padding that mean the same
/// in every program. A pointer also meets the condition, but means nothing in another program.
template <class T>
concept SavableId = std::is_trivially_copyable_v<T> && std::has_unique_object_representations_v<T>;

/// A type that holds an optional lock or offset: `std::optional<Frequency>` or something smaller.
template <class T>
concept OptionalFrequency = std::regular<T> && requires(const T& setting) {
    { setting.has_value() } -> std::same_as<bool>;
    { *setting } -> std::convertible_to<Frequency>;
};

/// The types of a market. Derive from it and replace what differs:
///
///     struct MyTraits : gigaspot::DefaultTraits { using BidId = Uuid; };
///     using MyBid = gigaspot::BasicBid<MyTraits>;
struct DefaultTraits {
    using HostId = gigaspot::HostId;      ///< the id of a host: an `IdType`
    using BidId = gigaspot::BidId;        ///< the id of a bid: an `IdType`
    using OwnerId = gigaspot::OwnerId;    ///< the id of a renter: an `IdType`
    using GpuModel = gigaspot::GpuModel;  ///< the model of a GPU: copied and compared

    /// The type that holds a lock or an offset of an overclock profile: an `OptionalFrequency`.
    using Setting = std::optional<Frequency>;

    /// The type of what a bid carries besides its terms. The rules validate it only if it converts
    /// to `gigaspot::Workload`.
    using Workload = gigaspot::Workload;

    /// The maximum number of GPUs per host, 1 .. 255. Every host and every bid has space for this
    /// many.
    static constexpr std::size_t gpus_max = limits::gpus_max;
};

/// A number of GPUs that an 8-bit index can count.
template <std::size_t Count>
concept GpuBound = Count >= 1 && Count <= 255;

/// Traits from which a market can be built. The compiler names the condition that fails.
template <class T>
concept MarketTraits = IdType<typename T::HostId> && IdType<typename T::BidId> &&
    IdType<typename T::OwnerId> && std::regular<typename T::GpuModel> &&
    OptionalFrequency<typename T::Setting> && GpuBound<T::gpus_max> && requires {
    typename T::Workload;
};

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot

/// Lets ids be keys of hash maps.
template <class Kind>
struct std::hash<gigaspot::Id<Kind>> {
    /// Returns the number of the id as its hash.
    std::size_t operator()(gigaspot::Id<Kind> id) const noexcept { return id.value; }
};
