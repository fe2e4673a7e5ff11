// gigaspot: one broken rule, and all that are broken by one bid. Layer: values. Rules of the
// market, section 3.
#pragma once

#include <cstdint>
#include <optional>

#include <gigaspot/base/config.hpp>
#include <gigaspot/base/fixed_vector.hpp>
#include <gigaspot/base/int128.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/traits.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {

/// One broken rule. `value` and `bound` count the smallest part of `unit` (a price: 1e-8 coin a
/// day) and mean nothing when `unit` is `Unit::none`. `bound` is the last value allowed, in the
/// currency of the bid.
struct Violation {
    Code code = Code::none;
    std::optional<std::uint8_t> gpu{};  ///< counted from 0; nothing if it is not about one GPU
    Unit unit = Unit::none;
    Int128 value = 0;
    Int128 bound = 0;

    friend constexpr bool operator==(const Violation&, const Violation&) = default;
};

/// All that can be wrong with one bid: 5 rows for each GPU, 3 of the price (with a market minimum
/// above its maximum), 5 of the workload.
template <class Traits = DefaultTraits>
using BasicViolations = FixedVector<Violation, 5 * Traits::gpus_max + 8>;
using Violations = BasicViolations<>;  ///< with the default traits

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
