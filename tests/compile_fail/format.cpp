// A precision does not compile, because it would drop digits.
// mistake 1: exact_text_takes_no_precision

#include <gigaspot/format/rules.hpp>
#include <gigaspot/values/literals.hpp>

using namespace gigaspot::literals;

#if MISTAKE == 1
auto text() { return fmt::format("{:.2}", 5_W); }
#else
auto text() { return fmt::format("{:>8}", 5_W); }
#endif
