// gigaspot: every limit of the market, each named once. Layer: values. Rules of the market,
// sections 2, 3 and 11.
#pragma once

#include <cstddef>
#include <cstdint>

#include <gigaspot/base/config.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace limits {

/// The maximum number of GPUs per host, unless the traits change it.
inline constexpr std::size_t gpus_max = 32;

/// The maximum number of currencies in a table of rates, including the main currency.
inline constexpr std::size_t currencies_max = 16;

/// The maximum number of GPU models in a table of names. Number 0 means that no model is named.
inline constexpr std::size_t gpu_models_max = 65'535;

/// The maximum number of bytes of the name of a currency or a GPU model.
inline constexpr std::size_t name_bytes_max = 128;

/// The maximum number of bytes of an environment as compact JSON text in UTF-8. It must be shorter
/// than 12,288 bytes.
inline constexpr std::size_t environment_bytes_max = 12'287;
/// The maximum number of bytes of a key of the environment, in UTF-8.
inline constexpr std::size_t environment_key_bytes_max = 128;
/// The maximum number of bytes of a value of the environment, in UTF-8.
inline constexpr std::size_t environment_value_bytes_max = 1'536;

/// The maximum number of bytes of one command as text.
inline constexpr std::size_t command_bytes_max = 1'048'576;

/// The exact number of hexadecimal digits of an image id.
inline constexpr std::size_t image_digits = 24;

/// The default maximum number of bids per host; `EngineLimits` can change it.
inline constexpr std::size_t bids_per_host_max = 4'096;
/// The default maximum number of bids of one owner on one host, so that nobody can fill a book to
/// lock out rivals; `EngineLimits` can change it.
inline constexpr std::size_t bids_per_owner_max = 16;

/// The maximum number of hosts; `EngineLimits` can lower it.
inline constexpr std::size_t hosts_max = 16'777'216;
/// The maximum number of bids in total; `EngineLimits` can lower it.
inline constexpr std::size_t bids_max = 1'073'741'824;

/// The maximum number of order ids in one cancel request.
inline constexpr std::size_t cancel_orders_max = 64;

/// The maximum of ids in text, and of times and durations in milliseconds: 2^53.
inline constexpr std::int64_t two_to_53 = std::int64_t{1} << 53;

}  // namespace limits
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// The limits of one engine. A command that would exceed one is rejected with `limit_reached`.
/// `hosts` and `bids` must not exceed their defaults, because records have 32-bit numbers; the
/// caller is responsible for that. Section 11.
struct EngineLimits {
    std::size_t hosts = limits::hosts_max;                    ///< hosts at the same time
    std::size_t bids = limits::bids_max;                      ///< bids of all hosts
    std::size_t bids_per_host = limits::bids_per_host_max;    ///< bids of all owners on one host
    std::size_t bids_per_owner = limits::bids_per_owner_max;  ///< bids of one owner on one host

    friend constexpr bool operator==(const EngineLimits&, const EngineLimits&) = default;
};

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
