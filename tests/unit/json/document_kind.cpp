// What a text is, judged by its first signs. The tool and the readers of documents say it in place
// of "not JSON" or of a thousand problems, so a wrong guess would send people the wrong way.
#include <gigaspot/json/document_kind.hpp>

#include <string_view>

#include "support/table.hpp"

namespace {

using namespace gigaspot;
using namespace std::string_view_literals;  // texts with zeros
using enum DocumentKind;

struct Guess {
    const char* rule;
    std::string_view text;
    DocumentKind kind;
};

constexpr Guess guesses[] = {
    {"nothing at all", "", empty},
    {"only white space", " \t\r\n", empty},
    {"only a mark", "\xEF\xBB\xBF", empty},
    {"a mark and white space", "\xEF\xBB\xBF\r\n", empty},
    {"gzip", "\x1F\x8B\x08\0\0"sv, gzip},
    {"gzip, two bytes", "\x1F\x8B", gzip},
    {"half of the sign of gzip", "\x1F", unknown},
    {"zstd", "\x28\xB5\x2F\xFD\x24", zstd},
    {"the sign of zstd cut off", "\x28\xB5\x2F", unknown},
    {"UTF-16 with a mark, little endian", "\xFF\xFE{\0}\0"sv, utf16},
    {"UTF-16 with a mark, big endian", "\xFE\xFF\0{\0}"sv, utf16},
    {"UTF-16 with a mark only", "\xFF\xFE", utf16},
    {"UTF-32 with a mark, little endian", "\xFF\xFE\0\0{\0\0\0"sv, utf32},
    {"UTF-32 with a mark, big endian", "\0\0\xFE\xFF\0\0\0{"sv, utf32},
    {"UTF-16 without a mark, little endian", "{\0\"\0007\0"sv, utf16},
    {"UTF-16 without a mark, big endian", "\0{\0\"\0007"sv, utf16},
    {"UTF-16 of two characters", "{\0}\0"sv, utf16},
    {"UTF-32 without a mark, little endian", "[\0\0\0]\0\0\0"sv, utf32},
    {"UTF-32 without a mark, big endian", "\0\0\0[\0\0\0]"sv, utf32},
    {"a saved market", "gpsnames\1\0\0\0\0\0\0\0"sv, saved_market},
    {"the sign of a saved market cut off", "gpsname", unknown},
    {"one zero is a damaged text", "{\0\"7\":{}}"sv, unknown},
    {"zeros only", "\0\0\0\0\0"sv, unknown},
    {"two zeros behind each other", "{\0\0\"7"sv, unknown},

    {"a snapshot", R"({"7":{"bids":[]}})", snapshot},
    {"a snapshot behind a mark, with space", "\xEF\xBB\xBF \r\n{ \"7\"\r\n:\t{}}", snapshot},
    {"a snapshot that is cut off in its first machine", R"({"7":{"bids":[{"id":1,"pr)", snapshot},
    {"a snapshot whose first entries are odd", R"({"u":5,"x":{"7":{}},"7":[],"8":{}})", snapshot},
    {"a snapshot with another spelling of an id", R"({"7.0":{}})", snapshot},
    {"text in strings is not structure", R"({"a":"}\",\"7\":{","b":["]}"],"7":{}})", snapshot},
    {"an object of objects whose keys are not ids", R"({"a":{},"b":{}})", unknown},
    {"an id whose value is not an object", R"({"7":5})", unknown},
    {"a negative key", R"({"-7":{}})", unknown},
    {"a key that is not a whole number", R"({"7.5":{}})", unknown},
    {"the nested object does not count", R"({"a":{"7":{}}})", unknown},

    {"orders to create", R"([{"renting_server":7,"price":1}])", orders},
    {"orders: any field of any entry", R"([5,[],{},{"price":1,"renting_server":7}])", orders},
    {"orders that are cut off", R"([{"price":1,"env":{"a":"b"},"renting_server")", unknown},
    {"orders that are cut off later", R"([{"renting_server":7,"pri)", orders},
    {"a nested array is not an order", R"([[{"renting_server":7}]])", unknown},
    {"the value of another field is not a sign", R"([{"a":"renting_server"}])", unknown},
    {"an empty array", "[]", unknown},
    {"profiles", R"([{"pl":300}])", unknown},

    {"a command", R"({"op":"close","time":1})", commands},
    {"a command whose op comes later", R"({"time":1,"env":{"7":{}},"op":"bid"})", commands},
    {"lines of commands", "{\"op\":\"rate\"}\n{\"op\":\"host\"}\n", commands},
    {"an op that is not a string", R"({"op":5})", unknown},

    {"an error answer", R"({"code":5,"error":"not now"})", answer},
    {"an answer that names a snapshot", R"({"v1_snapshot_url":"https:\/\/x.y","code":0})", answer},
    {"an answer that wraps a snapshot", R"({"snapshot":{"7":{}}})", answer},
    {"an answer with a negative code", R"({"code":-1})", answer},
    {"a code that is not a number", R"({"code":"5"})", unknown},
    {"a snapshot that is not an object", R"({"snapshot":"x"})", unknown},

    {"the first sign counts: snapshot", R"({"7":{},"op":"close","code":1})", snapshot},
    {"the first sign counts: commands", R"({"op":"close","7":{}})", commands},
    {"the first sign counts: answer", R"({"code":0,"7":{}})", answer},

    {"an empty object", "{}", unknown},
    {"a number", "5", unknown},
    {"a string", R"("{\"7\":{}}")", unknown},
    {"text", "hello\nworld", unknown},
    {"a page of HTML", "<html><body>", unknown},
    {"an object that is cut off", "{", unknown},
    {"a key that is cut off", "{\"7", unknown},
    {"a key without a value", "{\"7\":", unknown},
    {"a backslash at the end", "{\"7\\", unknown},
    {"a missing colon", R"({"7"{}})", unknown},
    {"a missing comma ends the walk", R"({"a":1 "7":{}})", unknown},
    {"a closing bracket too many", R"({"a":]})", unknown},
    {"nothing between commas", R"({"a":1,,"7":{}})", unknown},
};

constexpr bool is_guessed(const Guess& row) { return guess_kind(row.text) == row.kind; }

GIGASPOT_TABLE("section 12, a text is known by its first signs", guesses, is_guessed)

TEST_CASE("every kind except the unknown one has a sentence that says what to do") {
    CHECK(sentence(unknown).empty());
    CHECK(sentence(empty) == "the text is empty");
    CHECK(sentence(gzip) == "this is gzip-compressed data; unpack it first");
    CHECK(sentence(zstd) == "this is zstd-compressed data; unpack it first");
    CHECK(sentence(utf16) == "this is UTF-16 text; convert it to UTF-8 first");
    CHECK(sentence(saved_market) == "this is a saved market; use `replay --restore`");
    CHECK(sentence(utf32) == "this is UTF-32 text; convert it to UTF-8 first");
    CHECK(sentence(snapshot) == "this looks like a snapshot, use `rank`");
    CHECK(sentence(orders) == "this looks like orders, use `check SNAPSHOT ORDERS`");
    CHECK(sentence(commands) == "this looks like commands, use `replay`");
    CHECK(sentence(answer) ==
          "this looks like an answer of the market, use `rank SNAPSHOT --wrapper ANSWER`");
}

}  // namespace
