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
    std::uint64_t value = 0;

    constexpr Id() noexcept = default;
    constexpr Id(std::uint64_t number) : value{number} {}

    friend constexpr bool operator==(Id, Id) = default;
    friend constexpr auto operator<=>(Id, Id) = default;
};

using HostId = Id<struct HostKind>;    ///< a machine
using BidId = Id<struct BidKind>;      ///< a bid; 0 .. 2^53 as text
using OwnerId = Id<struct OwnerKind>;  ///< a renter, or the account of a hosting provider

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
    using HostId = gigaspot::HostId;
    using BidId = gigaspot::BidId;
    using OwnerId = gigaspot::OwnerId;
    using GpuModel = gigaspot::GpuModel;

    /// Holds a lock or an offset of an overclock profile.
    using Setting = std::optional<Frequency>;

    /// What a bid carries besides its terms. The rules validate it only if it converts to
    /// `gigaspot::Workload`.
    using Workload = gigaspot::Workload;

    /// GPUs per host, 1 .. 255. Every host and every bid has space for this many.
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
    std::size_t operator()(gigaspot::Id<Kind> id) const noexcept { return id.value; }
};
