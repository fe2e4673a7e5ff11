// Views of lists that somebody else keeps. More is in compile_fail/commands.cpp (what must not
// compile) and in checked/promises.cpp (what a checked build does).
#include <gigaspot/base/list_view.hpp>

#include <algorithm>
#include <array>
#include <iterator>
#include <span>
#include <type_traits>
#include <vector>

#include <gigaspot/base/fixed_vector.hpp>

#include "support/table.hpp"

namespace {

using namespace gigaspot;
using View = ListView<int>;

constexpr int sum(View list) {
    int sum = 0;
    for (const int number : list) sum += number;
    return sum;
}

constexpr table::Fact views[] = {
    {"a view of nothing is empty", [] { return View{}.empty() && sum({}) == 0; }},
    {"a view is made from whatever keeps its items in one piece",
     [] {
         int numbers[]{1, 2};
         const std::array constant{1, 2, 3};
         const FixedVector<int, 4> fixed{1, 2, 3, 4};
         return sum(numbers) == 3 && sum(constant) == 6 && sum(fixed) == 10;
     }},
    {"a view is made from a span, which keeps nothing itself",
     [] {
         int numbers[]{1, 2, 3};
         const std::span span{numbers};
         return sum(span) == 6 && sum(std::span{numbers}.first(2)) == 3;
     }},
    {"a view is a span",
     [] {
         const int numbers[]{1, 2, 3};
         const View view = numbers;
         const std::span<const int> span = view;
         return span.data() == numbers && span.size() == 3;
     }},
    {"the first items of a view are a view",
     [] {
         const int numbers[]{1, 2, 3};
         return sum(View{numbers}.first(2)) == 3;
     }},
};

GIGASPOT_TABLE("a view reads a list that somebody else keeps", views, table::is_so)

// Braces would make a list that ends at once.
static_assert(!std::is_constructible_v<View, int, int>);
static_assert(!std::is_constructible_v<View, const int*, std::size_t>);
static_assert(!std::is_constructible_v<View, std::vector<short>&>);
static_assert(std::is_trivially_copyable_v<View> && sizeof(View) == sizeof(std::span<const int>));

constexpr int numbers[]{1, 2, 3};
constexpr LentList<int> lent = numbers;

constexpr table::Fact lent_lists[] = {
    {"a lent list of nothing is empty",
     [] { return LentList<int>{}.empty() && LentList<int>{}.begin() == LentList<int>{}.end(); }},
    {"it has its items by number, and its ends",
     [] {
         return lent.size() == 3 && lent.front() == 1 && lent[2] == 3 && lent.data() == numbers;
     }},
    {"its items come in order",
     [] { return std::equal(lent.begin(), lent.end(), std::begin(numbers), std::end(numbers)); }},
    {"a place in it goes either way, by any number of steps",
     [] {
         auto at = lent.begin();
         const bool forth = *at++ == 1 && *at == 2 && *++at == 3 && at[-2] == 1;
         const bool back = *at-- == 3 && *at == 2 && *--at == 1;
         at += 2;
         const bool far =
             *at == 3 && *(at - 1) == 2 && *(lent.begin() + 1) == 2 && *(1 + lent.begin()) == 2;
         at -= 1;
         return forth && back && far && *at.operator->() == 2;
     }},
    {"two places have an order and a distance",
     [] {
         return lent.end() - lent.begin() == 3 && lent.begin() < lent.end() &&
                lent.begin() + 3 == lent.end() && lent.begin() != lent.end();
     }},
    {"a lent list is read as a span",
     [] {
         const std::span<const int> span = lent;
         return span.size() == 3 && span[1] == 2;
     }},
};

GIGASPOT_TABLE("a lent list is read like a span", lent_lists, table::is_so)

static_assert(std::contiguous_iterator<LentList<int>::iterator>);
static_assert(std::is_trivially_copyable_v<LentList<int>>);
#if !GIGASPOT_CHECKED
static_assert(sizeof(LentList<int>) == sizeof(View) &&
              sizeof(LentList<int>::iterator) == sizeof(int*));
#endif

}  // namespace
