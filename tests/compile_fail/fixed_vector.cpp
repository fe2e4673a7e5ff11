// More items than the capacity do not compile.
// mistake 1: a FixedVector is given at most Capacity items|assertion_failed

#include <gigaspot/base/fixed_vector.hpp>

#if MISTAKE == 1
constexpr gigaspot::FixedVector<int, 2> items{1, 2, 3};
#else
constexpr gigaspot::FixedVector<int, 2> items{1, 2};
#endif
