// A vector with a fixed capacity rejects excess items and compares only the items that it holds.
#include <gigaspot/base/fixed_vector.hpp>

#include "support/table.hpp"

namespace {

using Vector = gigaspot::FixedVector<int, 3>;

constexpr table::Fact facts[] = {
    {"a new vector is empty",
     [] { return Vector{}.empty() && Vector{}.size() == 0 && Vector::capacity() == 3; }},
    {"it holds the given items in order",
     [] {
         const Vector items{7, 8};
         return items.size() == 2 && !items.empty() && items[0] == 7 && items[1] == 8;
     }},
    {"push_back appends up to the capacity and rejects one more without a change",
     [] {
         Vector items{1, 2};
         const bool has_room = items.push_back(3);
         return has_room && !items.push_back(4) && items == Vector{1, 2, 3};
     }},
    {"items can be changed in place and by iteration",
     [] {
         Vector items{1, 2};
         items[1] = 5;
         for (int& item : items) item += 10;
         return items == Vector{11, 15};
     }},
    {"all const accessors show the same items",
     [] {
         const Vector items{4, 5};
         int sum = 0;
         for (const int item : items) sum += item;
         return sum == 9 && items.view().size() == 2 && items.view()[1] == 5 &&
                items.data() == items.begin() && items.end() - items.begin() == 2;
     }},
    {"vectors of different lengths differ",
     [] {
         return !(Vector{1, 2} == Vector{1, 2, 3}) && !(Vector{0} == Vector{});
     }},
    {"vectors with different items differ",
     [] {
         return !(Vector{1, 2} == Vector{1, 3});
     }},
    {"removed items are not compared",
     [] {
         Vector items{1, 2};
         items.clear();
         return items == Vector{} && items.empty();
     }},
};

GIGASPOT_TABLE("a fixed vector holds up to its capacity", facts, table::is_so)

}  // namespace
