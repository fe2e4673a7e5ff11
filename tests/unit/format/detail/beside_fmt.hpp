// Checks how our types print in a program that also includes <fmt/ranges.h> and <fmt/std.h>. Two
// tests include this file: in one, fmt's headers come before ours, in the other after.
#pragma once

#include <concepts>
#include <functional>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include <gigaspot/engine/engine.hpp>

#include "support/market.hpp"

// Formatter templates of a program: one for all enums, one for all types with a certain base.
namespace beside_fmt {
enum class Colour { red };
struct Logged {};
}  // namespace beside_fmt

template <class T>
    requires std::is_enum_v<T>
struct fmt::formatter<T> : fmt::formatter<fmt::string_view> {
    template <class Context>
    auto format(T, Context& context) const {
        return fmt::formatter<fmt::string_view>::format("an enum", context);
    }
};
template <std::derived_from<beside_fmt::Logged> T>
struct fmt::formatter<T> : fmt::formatter<fmt::string_view> {
    template <class Context>
    auto format(const T&, Context& context) const {
        return fmt::formatter<fmt::string_view>::format("logged", context);
    }
};

namespace {

using namespace market;

struct LoggedViolation : Violation, beside_fmt::Logged {};
struct LoggedBid : Bid, beside_fmt::Logged {};
struct DerivedBid : Bid {};
struct HasCode {
    constexpr operator Code() const { return Code::outbid; }
};

inline void check_our_types_beside_fmt() {
    const Violation violation{Code::power_limit_above_host_maximum, std::uint8_t{1}, Unit::watt,
                              480, 450};
    const std::string_view text = "gpu 1: power_limit_above_host_maximum (480 W, at most 450 W)";
    CHECK(fmt::format("{}", violation) == text);
    CHECK(fmt::format("{:>5}", 300_W) == "  300");
    CHECK(fmt::format("{}", Range<Power>{1_W, 2_W}) == "1..2");
    CHECK(fmt::format("{}", Power::from_text("300")) == "300");

    // A FixedVector is a range, and keeps its text.
    CHECK(fmt::format("{}", FixedVector<Power, 3>{1_W, 2_W}) == "[1; 2]");
    CHECK(fmt::format("{:>8}", FixedVector<Power, 3>{1_W, 2_W}) == "  [1; 2]");
    const Violations violations{violation, violation};
    CHECK(fmt::format("{}", violations) == fmt::format("[{}; {}]", text, text));

    // Our types print inside ranges and types of the standard library.
    CHECK(fmt::format("{::}", std::vector<Power>{1_W, 2_W}) == "[1, 2]");
    CHECK(fmt::format("{::}", std::vector{Code::outbid, Code::not_cached}) ==
          "[outbid, not_cached]");
    static_assert(fmt::is_formattable<std::variant<Code, Violation>>::value);
#if FMT_VERSION >= 110200
    CHECK(fmt::format("{}", std::cref(violation)) == text);
#endif

    // An Events is a range that derives from Accepted. It prints as a range.
    Engine engine;
    const auto events = engine.set_rate({.usd = 1_usd_per_coin}, at_ms(5));
    REQUIRE(events);
    CHECK(fmt::format("{::}", *events) == "[accepted]");
    CHECK(fmt::format("{}", static_cast<const Accepted&>(*events)) == "command 1 accepted");
}

inline void check_formatters_of_the_program() {
    CHECK(fmt::format("{}", beside_fmt::Colour::red) == "an enum");
    CHECK(fmt::format("{} {} {}", Code::outbid, Unit::watt, Rounding::exact) == "outbid W exact");
    CHECK(fmt::format("{} {} {}", Protection::dwell, EventKind::removed, Refill::at_once) ==
          "dwell removed at_once");

    CHECK(fmt::format("{}", LoggedViolation{}) == "logged");
    CHECK(fmt::format("{}", LoggedBid{}) == "logged");
    static_assert(!fmt::is_formattable<DerivedBid>::value);
    static_assert(!fmt::is_formattable<HasCode>::value);
}

}  // namespace
