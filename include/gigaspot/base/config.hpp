// gigaspot: version, switches and the assertion. Layer: base.
#pragma once

#include <cstdio>
#include <cstdlib>

/// The version as one number: major x 10,000 + minor x 100 + patch.
#define GIGASPOT_VERSION 100

/// Set to 1 to check the caller's promises (`GIGASPOT_ASSERT`) at run time. The switch is
/// independent of NDEBUG. All translation units of a program must agree: objects with different
/// settings do not link.
#ifndef GIGASPOT_CHECKED
#define GIGASPOT_CHECKED 0
#endif

/// The name of the inline namespace. It contains the version of the ABI and whether promises are
/// checked.
#if GIGASPOT_CHECKED
#define GIGASPOT_ABI v0_checked
#else
#define GIGASPOT_ABI v0
#endif

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// Prints the broken promise and aborts. It is not constexpr on purpose, so that a broken promise
/// in a constant expression is a compile-time error.
[[noreturn]] inline void assertion_failed(const char* promise, const char* file, int line) {
    std::fprintf(stderr, "%s:%d: gigaspot: broken promise: %s\n", file, line, promise);
    std::abort();
}

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot

/// States a promise of the caller, checked only if `GIGASPOT_CHECKED` is 1. It is for bugs in the
/// calling code, never for bad input.
#if GIGASPOT_CHECKED
#define GIGASPOT_ASSERT(promise)                                                                   \
    ((promise) ? static_cast<void>(0)                                                              \
               : ::gigaspot::detail::assertion_failed(#promise, __FILE__, __LINE__))
#else
#define GIGASPOT_ASSERT(promise) static_cast<void>(0)
#endif
