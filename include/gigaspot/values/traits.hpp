// gigaspot: ids, and the traits by which an embedder brings its own types. Layer: values.
#pragma once

#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>

#include <gigaspot/base/config.hpp>
#include <gigaspot/values/limits.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// A 64-bit id that does not mix with another kind of id. Integers convert to it, it converts to
/// nothing.
template <class Kind>
struct Id {
    std::uint64_t value = 0;

    constexpr Id() = default;
    constexpr Id(std::uint64_t number) : value{number} {}

    friend constexpr bool operator==(Id, Id) = default;
    friend constexpr auto operator<=>(Id, Id) = default;
};

using HostId = Id<struct HostKind>;    ///< a machine
using BidId = Id<struct BidKind>;      ///< a bid; as text, 0 .. 2^53
using OwnerId = Id<struct OwnerKind>;  ///< a renter, or the account of a hosting provider

/// A GPU model, named by a number of the embedder's; its name lives at the edges. 0: no model is
/// named.
using GpuModel = Id<struct GpuModelKind>;

/// Stands for a model that there is no number left for; a host with one is refused.
inline constexpr GpuModel gpu_model_without_number{~std::uint64_t{0}};

struct Workload;

/// What an id must be able to do: copied, compared for equality and put in order.
template <class T>
concept IdType = std::regular<T> && std::totally_ordered<T>;

/// What may hold a lock or an offset that need not be there: `std::optional<Frequency>` or
/// something smaller.
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

    /// A lock or an offset of an overclock profile.
    using Setting = std::optional<Frequency>;

    /// What a bid carries besides its terms. The rules look into it only if it converts to
    /// `gigaspot::Workload`.
    using Workload = gigaspot::Workload;

    /// GPUs a host, 1 .. 255. Hosts and bids hold this many inside themselves.
    static constexpr std::size_t gpus_max = limits::gpus_max;
};

/// A bound of GPUs that an index of 8 bits can count.
template <std::size_t Count>
concept GpuBound = Count >= 1 && Count <= 255;

/// Traits that a market can be built from; the compiler names the condition that fails.
template <class T>
concept MarketTraits = IdType<typename T::HostId> && IdType<typename T::BidId> &&
    IdType<typename T::OwnerId> && std::regular<typename T::GpuModel> &&
    OptionalFrequency<typename T::Setting> && GpuBound<T::gpus_max> && requires {
    typename T::Workload;
};

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot

/// So that ids can be keys of hash maps.
template <class Kind>
struct std::hash<gigaspot::Id<Kind>> {
    std::size_t operator()(gigaspot::Id<Kind> id) const noexcept { return id.value; }
};
