// gigaspot: a broken rule, and the list of all rules that one bid breaks. Layer: values. Rules of
// the market, section 3.
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

/// One broken rule, with the offending value and the limit. `value` and `bound` count the smallest
/// part of `unit` (a price: 1e-8 coin per day); they have no meaning if `unit` is `Unit::none`.
/// `bound` is the last allowed value, in the currency of the bid.
struct Violation {
    Code code = Code::none;
    std::optional<std::uint8_t> gpu{};  ///< from 0; nothing if it does not concern one GPU
    Unit unit = Unit::none;
    Int128 value = 0;
    Int128 bound = 0;

    friend constexpr bool operator==(const Violation&, const Violation&) = default;
};

/// Room for everything that can be wrong with one bid: 5 rows per GPU, 3 for the price (if the
/// market minimum is above its maximum) and 5 for the workload.
template <class Traits = DefaultTraits>
using BasicViolations = FixedVector<Violation, 5 * Traits::gpus_max + 8>;
using Violations = BasicViolations<>;  ///< with the default traits

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
