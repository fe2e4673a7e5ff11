// gigaspot: reads a lock or an offset without a branch. Layer: rules/detail.
#pragma once

#include <cstdint>
#include <type_traits>

#include <gigaspot/base/config.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// Returns the MHz of a setting, or `otherwise` if it is absent.
///
/// A processor cannot predict whether a renter sets a lock. A wrong prediction costs as much as
/// everything else that is done with the lock. Compilers still tend to branch: they read the
/// frequency, and do what follows, only if it is set. The two empty lines of assembler, which leave
/// no instruction in the program, make them read first and choose afterwards. Without them g++ 12
/// takes 64 ns instead of 24 for `is_valid` (conditions as in rules/validate.hpp); clang 14 does
/// not need them.
template <class Setting>
constexpr std::int32_t megahertz_or(const Setting& setting, std::int32_t otherwise) {
    const Setting copy = setting;
    if (!std::is_constant_evaluated()) asm volatile("" ::: "memory");
    std::int32_t megahertz = otherwise;
    if (copy.has_value()) megahertz = static_cast<Frequency>(*copy).count();
    if (!std::is_constant_evaluated()) asm("" : "+r"(megahertz));
    return megahertz;
}

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
