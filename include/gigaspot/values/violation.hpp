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
struct Violation {
    Code code = Code::none;             ///< which rule is broken
    std::optional<std::uint8_t> gpu{};  ///< from 0; nothing if it does not concern one GPU
    Unit unit = Unit::none;             ///< the unit of `value` and `bound`
    Int128 value = 0;                   ///< the value that breaks the rule
    Int128 bound = 0;  ///< the last allowed value; of a price, in the bid's currency

    friend constexpr bool operator==(const Violation&, const Violation&) = default;
};

/// A list with room for everything that can be wrong with one bid: 5 rows per GPU, 3 for the price
/// (if the market minimum is above its maximum) and 5 for the workload.
template <class Traits = DefaultTraits>
using BasicViolations = FixedVector<Violation, 5 * Traits::gpus_max + 8>;
using Violations = BasicViolations<>;  ///< all that is wrong with one bid, with the default traits

}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
