// A Result holds either a value or an error.
#include <gigaspot/base/result.hpp>

#include <memory>
#include <string>

#include "support/table.hpp"

namespace {

using namespace gigaspot;
using Number = Result<int, Code>;

struct Point {
    int x = 0;
};

constexpr table::Fact facts[] = {
    {"it holds a value",
     [] {
         const Number number = 5;
         return number.has_value() && static_cast<bool>(number) && *number == 5 &&
                number.value_or(7) == 5;
     }},
    {"it holds an error",
     [] {
         const Number number = Unexpected{Code::malformed};
         return !number.has_value() && !number && number.error() == Code::malformed &&
                number.value_or(7) == 7;
     }},
    {"an error of value 0 is still an error",
     [] { return !Number{Unexpected{Code::none}}.has_value(); }},
    {"the value can be changed in place",
     [] {
         Number number = 5;
         *number += 1;
         Result<Point, Code> point = Point{1};
         point->x = 4;
         return *number == 6 && point->x == 4 && std::as_const(point)->x == 4;
     }},
    {"equal values are equal, and so are equal errors",
     [] {
         return Number{5} == Number{5} &&
                Number{Unexpected{Code::missing}} == Number{Unexpected{Code::missing}};
     }},
    {"different values differ, and so do different errors",
     [] {
         return Number{5} != Number{6} &&
                Number{Unexpected{Code::missing}} != Number{Unexpected{Code::malformed}};
     }},
    {"a value differs from an error",
     [] {
         return Number{5} != Number{Unexpected{Code::missing}} &&
                Number{0} != Number{Unexpected{Code::none}};
     }},
};

GIGASPOT_TABLE("a result is a value or an error", facts, table::is_so)

TEST_CASE("a result moves what it holds") {
    Result<std::unique_ptr<int>, Code> owner = std::make_unique<int>(5);
    const std::unique_ptr<int> taken = *std::move(owner);
    CHECK(*taken == 5);

    const Result<int, std::string> failure =
        Unexpected{std::string{"a text that is too long to be stored inside"}};
    CHECK(failure.error() == "a text that is too long to be stored inside");
}

}  // namespace
