// gigaspot: a lock or an offset, read without a branch. Layer: rules/detail.
#pragma once

#include <cstdint>
#include <type_traits>

#include <gigaspot/base/config.hpp>
#include <gigaspot/values/units.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// What a setting is set to, or `otherwise` if it is absent.
///
/// Whether a renter sets a lock is nothing that a processor could foresee, and a wrong guess costs
/// it as much as all else that is done about the lock. Compilers make a branch nevertheless: they
/// like to read the frequency, and to do what follows, only where it is set. The two lines of
/// assembler, of which nothing is left in the program, hold them to reading first and choosing
/// then.
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
