// Keeps the first few of many items in order, for any number of slots.
#include <gigaspot/rules/detail/first_few.hpp>

#include <span>

#include "support/table.hpp"

namespace {

struct Less {
    constexpr bool operator()(int left, int right) const { return left < right; }
};

/// Whether the first `slots` of 0 .. 6, added in 42 different orders, come out as 0, 1, 2 ...
template <std::size_t slots>
constexpr bool keeps_the_first() {
    // 7 is prime, so steps of any size visit each of 0 .. 6 once.
    for (int step = 1; step < 7; ++step) {
        for (int offset = 0; offset < 7; ++offset) {
            int storage[slots + 1]{};  // one more, because an array cannot be empty
            gigaspot::detail::Top<int, Less> top{std::span{storage, slots}, {}};
            for (int i = 0; i < 7; ++i) top.add((i * step + offset) % 7);
            const std::span<int> first = top.in_order();
            if (first.size() != (slots < 7 ? slots : 7)) return false;
            for (std::size_t i = 0; i < first.size(); ++i) {
                if (first[i] != static_cast<int>(i)) return false;
            }
        }
    }
    return true;
}

constexpr table::Fact facts[] = {
    {"without slots, nothing is kept", keeps_the_first<0>},
    {"one slot keeps the first", keeps_the_first<1>},
    {"two slots keep the first two", keeps_the_first<2>},
    {"three slots keep the first three", keeps_the_first<3>},
    {"four slots keep the first four", keeps_the_first<4>},
    {"six slots keep the first six", keeps_the_first<6>},
    {"as many slots as items keep all", keeps_the_first<7>},
    {"more slots than items keep all", keeps_the_first<9>},
    {"equal items are all kept",
     [] {
         int storage[3]{};
         gigaspot::detail::Top<int, Less> top{storage, {}};
         for (const int item : {2, 1, 2, 1, 2}) top.add(item);
         const std::span<int> first = top.in_order();
         return first[0] == 1 && first[1] == 1 && first[2] == 2;
     }},
    {"without items, nothing is returned",
     [] {
         int storage[3]{};
         return gigaspot::detail::Top<int, Less>{storage, {}}.in_order().empty();
     }},
};

GIGASPOT_TABLE("the first few items are kept in order", facts, table::is_so)

}  // namespace
