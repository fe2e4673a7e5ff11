// gigaspot: every bound, named once. Layer: values. Rules of the market, sections 2, 3 and 11.
#pragma once

#include <cstddef>
#include <cstdint>

#include <gigaspot/base/config.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace limits {

/// GPUs a host, unless the traits say otherwise.
inline constexpr std::size_t gpus_max = 32;

/// Currencies that a table of rates holds, the main currency included.
inline constexpr std::size_t currencies_max = 16;

/// Different GPU models that a table of names holds; the number 0 means that no model is named.
inline constexpr std::size_t gpu_models_max = 65'535;

/// Bytes of a currency's or a GPU model's name.
inline constexpr std::size_t name_bytes_max = 128;

/// The environment as compact JSON text is shorter than 12,288 bytes of UTF-8.
inline constexpr std::size_t environment_bytes_max = 12'287;
/// Bytes of UTF-8 of a key of the environment.
inline constexpr std::size_t environment_key_bytes_max = 128;
/// Bytes of UTF-8 of a value of the environment.
inline constexpr std::size_t environment_value_bytes_max = 1'536;

/// Bytes of one command as text.
inline constexpr std::size_t command_bytes_max = 1'048'576;

/// An image id is this many hexadecimal digits.
inline constexpr std::size_t image_digits = 24;

/// Bids a host: the default of `EngineLimits`.
inline constexpr std::size_t bids_per_host_max = 4'096;
/// Bids of one owner on one host, so that nobody locks rivals out of a full book: the default of
/// `EngineLimits`.
inline constexpr std::size_t bids_per_owner_max = 16;

/// Hosts: the default of `EngineLimits`.
inline constexpr std::size_t hosts_max = 16'777'216;
/// Bids in all: the default of `EngineLimits`.
inline constexpr std::size_t bids_max = 1'073'741'824;

/// Order ids in one request to cancel.
inline constexpr std::size_t cancel_orders_max = 64;

/// The greatest id in a text, and the greatest time and duration in milliseconds.
inline constexpr std::int64_t two_to_53 = std::int64_t{1} << 53;

}  // namespace limits
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// The bounds of an engine (section 11); what would go past one is refused with `limit_reached`.
/// Those of hosts and of bids in all may be no greater than these defaults, since records have
/// numbers of 32 bits: the caller makes sure.
struct EngineLimits {
    std::size_t hosts = limits::hosts_max;                    ///< at the same time
    std::size_t bids = limits::bids_max;                      ///< in all
    std::size_t bids_per_host = limits::bids_per_host_max;    ///< of all owners
    std::size_t bids_per_owner = limits::bids_per_owner_max;  ///< on one host

    friend constexpr bool operator==(const EngineLimits&, const EngineLimits&) = default;
};

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
