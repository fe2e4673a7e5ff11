// Tables of TOML: they know their place, keep the file's order, and are written so that they read
// the same.
#include "scenario/table.hpp"

#include <string>

#include <doctest/doctest.h>

using namespace simulator;

namespace {

std::string message_of(const char* toml) {
    try {
        (void)parse_toml(toml, "a.toml");
    } catch (const InputError& error) {
        return error.what();
    }
    return "no error";
}

bool is_same(const Node& left, const Node& right) {
    if (left.kind != right.kind || left.text != right.text ||
        left.members.size() != right.members.size() || left.items.size() != right.items.size())
        return false;
    for (std::size_t i = 0; i < left.members.size(); ++i) {
        const Node* const other = right.find(left.members[i].key);
        if (!other || !is_same(left.members[i], *other)) return false;
    }
    for (std::size_t i = 0; i < left.items.size(); ++i) {
        if (!is_same(left.items[i], right.items[i])) return false;
    }
    return true;
}

}  // namespace

TEST_CASE("members keep the order of the file") {
    const Node table = parse_toml("[renters.zoe]\n[renters.adam]\nshare = 1\n[hosts]\n", "a.toml");
    REQUIRE(table.members.size() == 2);
    CHECK(table.members[0].key == "renters");
    CHECK(table.members[1].key == "hosts");
    CHECK(table.members[0].members[0].key == "zoe");
    CHECK(table.members[0].members[1].key == "adam");
}

TEST_CASE("values know their line and column") {
    const Node table = parse_toml("a = 1\n[b]\n  c = \"x\"\n", "a.toml");
    CHECK(table.find("a")->where == "a.toml:1:5");
    CHECK(table.find("b")->find("c")->where == "a.toml:3:7");
}

TEST_CASE("numbers are their shortest decimal") {
    const Node table = parse_toml("a = 0.1\nb = 1e-7\nc = 2.50\nd = 1e3\ne = -12", "a.toml");
    CHECK(table.find("a")->text == "0.1");
    CHECK(table.find("b")->text == "0.0000001");
    CHECK(table.find("c")->text == "2.5");
    CHECK(table.find("d")->text == "1000");
    CHECK(table.find("e")->text == "-12");
}

TEST_CASE("a number with more digits than a double holds must be in quotes") {
    CHECK(message_of("a = 0.1234567890123456").find("a.toml:1:5") == 0);
    CHECK(message_of("a = 0.1234567890123456").find("put it in quotes") != std::string::npos);
    CHECK(message_of("a = 0.123456789012345") == "no error");
    CHECK(message_of("a = 123456789012345678") == "no error");
}

TEST_CASE("broken TOML is an error with line and column") {
    CHECK(message_of("a = 1\nb = \n").find("a.toml:2:") == 0);
    CHECK(message_of("[a\n").find("a.toml:1:") == 0);
    CHECK(message_of("a = 1\na = 2\n").find("a.toml:2:") == 0);
}

TEST_CASE("what makes toml++ 3.3 fail is an error as well") {
    CHECK(message_of("b = 1\na = [\"0%\",} -1\"25%\"]\n") ==
          "a.toml:2: a comma, a bracket or a quote is missing or too many");
    CHECK(message_of("\nset = { \"a.b\" = 1, \"c\"10%\" }\n").find("a.toml:2") == 0);
    CHECK(message_of("a = [\nx = \n]\n").find("a.toml:") == 0);
}

TEST_CASE("letters other than those of ASCII are only in strings and comments") {
    const std::string fault = "letters other than those of ASCII are allowed only in quotes";
    CHECK(message_of("a = 1\nb = \xc3\xa9") == "a.toml:2:5: " + fault);
    CHECK(message_of("\xc3\xa9 = 1") == "a.toml:1:1: " + fault);
    CHECK(message_of("a = \"x\" \xc3\xa9") == "a.toml:1:9: " + fault);
    CHECK(message_of(
              "a = \"\xc3\xa9\" # \xc3\xa9 ' \"\nb = '\xc3\xa9\\' # \"\nc = \"\\\"\xc3\xa9\"") ==
          "no error");
    CHECK(message_of("a = \"\"\"\n\xc3\xa9 \"\" ' # \"\"\"\nb = '''\n\xc3\xa9'''\n") == "no error");
    CHECK(message_of("a = \"\"\"\n\"\"\"\nb = '''\n'''\nc = \xc3\xa9") == "a.toml:5:5: " + fault);
    CHECK(parse_value("B\xc3\xbcro", "x").text == "B\xc3\xbcro");
    CHECK_THROWS_AS((void)parse_value("[\xc3\xbc]", "x"), InputError);
}

TEST_CASE("a value of --set is TOML, or a bare word as text") {
    CHECK(parse_value("12", "x").kind == Node::Kind::number);
    CHECK(parse_value("true", "x").kind == Node::Kind::boolean);
    CHECK(parse_value("\"12\"", "x").text == "12");
    CHECK(parse_value("12h", "x").text == "12h");
    CHECK(parse_value("2.5%", "x").text == "2.5%");
    CHECK(parse_value("second_price", "x").kind == Node::Kind::text);
    CHECK(parse_value("[1, 2]", "x").items.size() == 2);
    CHECK(parse_value("{ a = 1 }", "x").find("a")->text == "1");
    for (const char* const text : {"", "[1,", "\"a", "{ a = }", "1\nb = 2", "nan a'"}) {
        CAPTURE(text);
        CHECK_THROWS_AS((void)parse_value(text, "x"), InputError);
    }
}

TEST_CASE("a written table reads the same") {
    const char* const toml = R"(
title = "quotes \" and \\ and a tab \t"
days = 14
price = 0.000000001
is_on = true
hours = [1, -2, 0.5]
empty = []
shares = { a = "50%", b = "50%" }
[hosts.kinds.home]
gpus = 1
[hosts.kinds.empty]
[hosts]
count = 2
[[axis]]
label = "x"
[[axis.option]]
set = { "market.fee" = 0.5, "a.b" = { c = 1 } }
[[axis.option]]
set = { "market.fee" = 0.5 }
[[axis]]
values = [[1, 2], ["a"]]
)";
    const Node table = parse_toml(toml, "a.toml");
    const std::string text = write_toml(table);
    CAPTURE(text);
    const Node again = parse_toml(text, "b.toml");
    CHECK(is_same(table, again));
    CHECK(write_toml(again) == text);
}

TEST_CASE("a word suggests the nearest one that is known") {
    CHECK(find_similar("welfar", {"switches", "welfare"}) == "welfare");
    CHECK(find_similar("fee", {"free"}) == "free");
    CHECK(find_similar("x", {"yy", "ab"}).empty());
    CHECK(find_similar("anything", {}).empty());
    CHECK(suggest("fea", {"fee", "reserve"}) == "; did you mean 'fee'?");
    CHECK(suggest("zzzzz", {"fee", "reserve"}) == "; allowed: fee, reserve");
}

TEST_CASE("a dotted key has names between its points") {
    CHECK(split_key("renters.bots.share", {}) ==
          std::vector<std::string>{"renters", "bots", "share"});
    for (const char* const key : {"", ".", "a.", ".a", "a..b", "a b", "a.\"b\""}) {
        CAPTURE(key);
        CHECK_THROWS_AS((void)split_key(key, {}), InputError);
    }
}
