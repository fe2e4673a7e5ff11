// gigaspot: version, switches and the assertion. Layer: base.
#pragma once

#include <cstdio>
#include <cstdlib>

/// Version as one number: major x 10,000 + minor x 100 + patch.
#define GIGASPOT_VERSION 100

/// 1 turns the checks for caller's bugs on (`GIGASPOT_ASSERT`). It is a switch of its own, not
/// NDEBUG, and all translation units of a program must agree: objects that differ do not link.
#ifndef GIGASPOT_CHECKED
#define GIGASPOT_CHECKED 0
#endif

/// The inline namespace: version of the ABI, and whether it is checked.
#if GIGASPOT_CHECKED
#define GIGASPOT_ABI v0_checked
#else
#define GIGASPOT_ABI v0
#endif

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// Ends the program and says which promise to the library was broken. Not constexpr on purpose:
/// in a constant expression a broken promise is an error at compile time.
[[noreturn]] inline void assertion_failed(const char* promise, const char* file, int line) {
    std::fprintf(stderr, "%s:%d: gigaspot: broken promise: %s\n", file, line, promise);
    std::abort();
}

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot

/// A promise that the caller makes. Checked only under GIGASPOT_CHECKED; never the report of bad
/// input.
#if GIGASPOT_CHECKED
#define GIGASPOT_ASSERT(promise)                                                                   \
    ((promise) ? static_cast<void>(0)                                                              \
               : ::gigaspot::detail::assertion_failed(#promise, __FILE__, __LINE__))
#else
#define GIGASPOT_ASSERT(promise) static_cast<void>(0)
#endif
