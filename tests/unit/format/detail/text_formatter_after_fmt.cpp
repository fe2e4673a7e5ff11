// The formatter of our types beside other formatters, when fmt's headers come before ours.
#include <fmt/ranges.h>
#include <fmt/std.h>

#include <gigaspot/format.hpp>

#include "unit/format/detail/beside_fmt.hpp"

namespace {

TEST_CASE("our types keep their text when fmt's ranges.h and std.h come before our headers") {
    check_our_types_beside_fmt();
}

TEST_CASE("our formatter takes only our types when fmt's headers come before ours") {
    check_formatters_of_the_program();
}

}  // namespace
