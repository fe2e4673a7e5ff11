// Macros that well-known headers define before ours are included: windows.h, X11, sys/sysmacros.h,
// complex.h. The standard's headers and our dependencies come first: what they make of macros is
// theirs (libstdc++ undefines min and max once, so that a test that defined them earlier would test
// nothing).

#include <algorithm>
#include <array>
#include <charconv>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <boost/container/allocator_traits.hpp>
#include <boost/container/new_allocator.hpp>
#include <boost/container/vector.hpp>
#include <fmt/format.h>
#include <simdjson.h>

#define min(a, b) ((a) < (b) ? (a) : (b))
#define max(a, b) ((a) > (b) ? (a) : (b))
#define small char
#define near
#define far
#define interface struct
#define ERROR 0
#define NO_ERROR 0
#define IN
#define OUT
#define OPTIONAL
#define DELETE 0x00010000
#define ABSOLUTE 1
#define RELATIVE 2
#define None 0
#define Status int
#define Bool int
#define True 1
#define False 0
#define Success 0
#define Always 2
#define major(dev) ((dev) >> 8)
#define minor(dev) ((dev)&255)
#define check(x) (x)
#define verify(x) (x)
#define require(x) (x)
#define I 1
#define unix 1
#define linux 1

#include "units.hpp"

Findings findings_among_macros() { return {}; }

bool choose_among_macros() {
    using namespace gigaspot::literals;
    gigaspot::HostCapabilities host{.gpus = {{.power_limit = {100_W, 400_W}}}};
    const gigaspot::Bid bids[] = {
        {.id = 1, .price = 5_coin_per_day, .overclock = {{.power_limit = 300_W}}},
        {.id = 2, .price = 6_coin_per_day, .overclock = {{.power_limit = 300_W}}}};
    return gigaspot::select(host, bids, {.rates = 1_usd_per_coin}).winner == 2 &&
           gigaspot::Price::from_text("1000001").error() == gigaspot::Code::number_out_of_range &&
           fmt::format("{}", 5_W) == "5";
}
