// Names and their numbers. The rules know currencies and models only by number, so a wrong number
// here would be a wrong price everywhere.
#include <gigaspot/json/names.hpp>

#include <string>
#include <utility>

#include <doctest/doctest.h>

namespace {

using namespace gigaspot;

TEST_CASE("a name keeps its number; numbers follow the order in which names come") {
    NameTable names{3, "first"};
    CHECK(names.size() == 1);
    CHECK(names.find("second") == std::nullopt);
    CHECK(names.find_or_add("second") == 1);
    CHECK(names.find_or_add("first") == 0);
    CHECK(names.find_or_add("") == 2);
    CHECK(names.find_or_add("second") == 1);
    CHECK(names.find("second") == 1);
    CHECK(names.name(0) == "first");
    CHECK(names.name(1) == "second");
    CHECK(names.name(2).empty());
}

TEST_CASE("a full table takes no other name, and nothing changes") {
    NameTable names{2, "first"};
    CHECK(names.find_or_add("second") == 1);
    CHECK(names.find_or_add("third") == std::nullopt);
    CHECK(names.size() == 2);
    CHECK(names.find("third") == std::nullopt);
    CHECK(names.find_or_add("second") == 1);
}

TEST_CASE("a name has at most 128 bytes, except the first") {
    const std::string longest(limits::name_bytes_max, 'x');
    NameTable names{9, longest + "xx"};
    CHECK(names.find_or_add(longest) == 1);
    CHECK(names.find_or_add(longest + "x") == std::nullopt);
    CHECK(names.find_or_add(longest + "xx") == 0);
    CHECK(names.size() == 2);
}

TEST_CASE("names are compared byte by byte, including zeros") {
    NameTable names{9, "a"};
    CHECK(names.find_or_add(std::string_view{"a\0b", 3}) == 1);
    CHECK(names.find_or_add("A") == 2);
    CHECK(names.name(1).size() == 3);
}

TEST_CASE("the main currency and the empty model name have the number 0") {
    MarketNames clore;
    CHECK(clore.name(main_currency) == "CLORE-Blockchain");
    CHECK(clore.find_or_add_currency("CLORE-Blockchain") == main_currency);
    CHECK(clore.find_or_add_currency("bitcoin") == Currency{1});
    CHECK(clore.currencies() == 2);
    CHECK(clore.find_or_add_model("") == GpuModel{});
    CHECK(clore.find_or_add_model("RTX 4090") == GpuModel{1});
    CHECK(clore.name(GpuModel{1}) == "RTX 4090");

    MarketNames other{std::string(300, 'm')};
    CHECK(other.find_or_add_currency("CLORE-Blockchain") == Currency{1});
    CHECK(other.name(main_currency).size() == 300);
}

TEST_CASE("a market has at most 16 currencies, the main one included") {
    MarketNames names;
    for (int i = 1; i < 16; ++i)
        CHECK(names.find_or_add_currency(std::to_string(i) + "c").has_value());
    CHECK(names.find_or_add_currency("16c") == std::nullopt);
    CHECK(names.find_or_add_currency("15c") == Currency{15});
    CHECK(names.currencies() == limits::currencies_max);
}

TEST_CASE("looking a name up adds no name, and names can be forgotten") {
    MarketNames names;
    CHECK(names.find_model("RTX 4090") == std::nullopt);
    CHECK(names.find_model("") == GpuModel{});
    CHECK(names.models() == 1);
    CHECK(names.find_currency("bitcoin") == std::nullopt);
    CHECK(names.find_currency("CLORE-Blockchain") == main_currency);
    CHECK(names.find_or_add_currency("bitcoin") == Currency{1});
    const MarketNames::Mark mark = names.mark();
    CHECK(names.find_or_add_currency("doge") == Currency{2});
    CHECK(names.find_or_add_model("RTX 4090") == GpuModel{1});
    CHECK(std::as_const(names).find_model("RTX 4090") == GpuModel{1});
    names.forget_since(mark);
    CHECK(names.find_model("RTX 4090") == std::nullopt);
    CHECK(names.find_currency("doge") == std::nullopt);
    CHECK(names.find_currency("bitcoin") == Currency{1});
    CHECK(names.find_or_add_currency("other") == Currency{2});
    CHECK(names.find_or_add_model("RTX 3090") == GpuModel{1});
}

TEST_CASE("a market has at most 65,535 models") {
    MarketNames names;
    for (int i = 1; i <= 65'535; ++i) static_cast<void>(names.find_or_add_model(std::to_string(i)));
    CHECK(names.find_or_add_model("65535") == GpuModel{65'535});
    CHECK(names.find_or_add_model("65536") == std::nullopt);
}

}  // namespace
