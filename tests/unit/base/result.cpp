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

/// Shows whether it is read after its end.
struct Guest {
    int present = 1;

    constexpr Guest() = default;
    constexpr Guest(const Guest&) = default;
    constexpr Guest& operator=(const Guest&) = default;
    constexpr ~Guest() { present = 0; }

    [[nodiscard]] constexpr const int* begin() const { return &present; }
    [[nodiscard]] constexpr const int* end() const { return &present + 1; }
};

constexpr Result<Guest, Code> guest() { return Guest{}; }
constexpr Result<int, Guest> no_number() { return Unexpected{Guest{}}; }

template <class Of>
concept HasArrow = requires(Of of) {
    static_cast<Of&&>(of).operator->();
};
static_assert(HasArrow<Number&> && HasArrow<const Number&>);
static_assert(!HasArrow<Number> && !HasArrow<const Number>,
              "a loop over a member of a temporary would outlive it");

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
    // In a constant expression, reading an object after its end is an error.
    {"a loop over the value of a temporary sees the value",
     [] {
         int seen = 0;
         for (const int present : *guest()) seen += present;
         const auto constant = []() -> const Result<Guest, Code> { return Guest{}; };
         for (const int present : *constant()) seen += present;
         return seen == 2;
     }},
    {"a loop over the error of a temporary sees the error",
     [] {
         int seen = 0;
         for (const int present : no_number().error()) seen += present;
         const auto constant = []() -> const Result<int, Guest> { return Unexpected{Guest{}}; };
         for (const int present : constant().error()) seen += present;
         for (const int present : Unexpected{Guest{}}.error()) seen += present;
         return seen == 3;
     }},
    {"a member of a temporary's value lives as long as the loop over it",
     [] {
         struct House {
             Guest guest{};
         };
         const auto house = []() -> Result<House, Code> { return House{}; };
         int seen = 0;
         for (const int present : (*house()).guest) seen += present;
         return seen == 1;
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
    Result<std::unique_ptr<int>, Code> other_owner = std::make_unique<int>(6);
    CHECK(*std::move(other_owner).value_or(nullptr) == 6);

    const Result<int, std::string> failure =
        Unexpected{std::string{"a text that is too long to be stored inside"}};
    CHECK(failure.error() == "a text that is too long to be stored inside");
}

}  // namespace
