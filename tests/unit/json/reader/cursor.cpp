// The reader of JSON trusts simdjson only with what it checks (simdjson skips values without
// checking them), and finds the place of an error by its own scan. These tests check both by hand;
// tool/test_json.py compares them with another judge on thousands of broken texts.
#include <gigaspot/json/reader/cursor.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gigaspot/json/document.hpp>
#include <gigaspot/json/reader/fault.hpp>
#include <gigaspot/values/units.hpp>

#include "support/table.hpp"

namespace {

using namespace gigaspot;
using detail::JsonFault;
using detail::JsonKey;
using detail::JsonKind;
using detail::JsonText;
using detail::JsonValue;

/// Reads no value, so that everything is skipped.
DocumentError read_past(std::string_view text) {
    JsonText json{std::string{text}};
    const JsonFault fault = json.read([](JsonValue&) {});
    const JsonFault scanned = detail::JsonScan{text}.find_fault();
    CHECK(fault.problem == scanned.problem);
    CHECK(fault.offset == scanned.offset);
    return fault.problem.empty() ? DocumentError{} : detail::document_error(text, fault);
}

struct Broken {
    std::string_view text;
    std::size_t line, column;
    std::string_view detail;
};

constexpr std::string_view no_value = "the text ends where a value is expected";
constexpr std::string_view cut_inside = "the text ends inside an array or object";
constexpr std::string_view after_end = "unexpected text after the end of the value";
constexpr std::string_view bad_hexadecimal = "\\u needs four hexadecimal digits";
constexpr std::string_view bad_control = "a control character in a string must be escaped";

constexpr Broken broken_texts[] = {
    {"", 1, 1, no_value},
    {"  ", 1, 3, no_value},
    {"\n\r\n\t", 3, 2, no_value},
    {"[\xEF\xBB\xBF]", 1, 2, "expected a value"},
    {"{", 1, 2, cut_inside},
    {"[1", 1, 3, cut_inside},
    {"[1,\n", 2, 1, no_value},
    {"{\"a\"", 1, 5, "the text ends after a key"},
    {"{\"a\":", 1, 6, no_value},
    {"{\"a\":1,", 1, 8, "the text ends where a key is expected"},
    {"{\"a", 1, 4, "the text ends inside a string"},
    {"{a:1}", 1, 2, "expected a key in quotes"},
    {"{\"a\":1,}", 1, 7, "trailing comma"},
    {"{,}", 1, 2, "expected a key in quotes"},
    {"[,1]", 1, 2, "expected a value"},
    {"[1,,2]", 1, 4, "expected a value"},
    {"{\"a\" 1}", 1, 6, "expected ':'"},
    {"{\"a\":\"b\":1}", 1, 9, "expected ',' or '}'"},
    {"{\"a\":\"b\":1}}", 1, 9, "expected ',' or '}'"},
    {"[\"a\":1}]", 1, 5, "expected ',' or ']'"},
    {"[1 2]", 1, 4, "expected ',' or ']'"},
    {"[\"a\"b]", 1, 5, "expected ',' or ']'"},
    {"{\"a\"b:1}", 1, 5, "expected ':'"},
    {"[1}", 1, 3, "expected ',' or ']'"},
    {"{\"a\":1]", 1, 7, "expected ',' or '}'"},
    {"[1,]", 1, 3, "trailing comma"},
    {"[{\"a\":[1 ,\n ]}]", 1, 10, "trailing comma"},
    {"[@@@]", 1, 2, "expected a value, got @@@"},
    {"[nul]", 1, 2, "expected a value, got nul"},
    {"[truee]", 1, 2, "expected a value, got truee"},
    {"[NaN]", 1, 2, "expected a value, got NaN"},
    {"[.5]", 1, 2, "expected a value, got .5"},
    {"[+1]", 1, 2, "expected a value, got +1"},
    {"[01]", 1, 2, "invalid number 01"},
    {"[1.]", 1, 2, "invalid number 1."},
    {"[-]", 1, 2, "invalid number -"},
    {"[1e]", 1, 2, "invalid number 1e"},
    {"{\"u\":{\"v\":[0,01]}}", 1, 14, "invalid number 01"},
    {"[\"\\x\"]", 1, 3, "invalid escape \\x"},
    {"[\"a\\q\"]", 1, 4, "invalid escape \\q"},
    {"[\"\\\u00e9\"]", 1, 3, "invalid escape"},
    {"[\"\\", 1, 3, "the text ends inside a string"},
    {"[\"\\u12g4\"]", 1, 3, bad_hexadecimal},
    {"[\"\\u123", 1, 3, bad_hexadecimal},
    {"{\"\\u12\":1}", 1, 3, bad_hexadecimal},
    {"[\"a\tb\"]", 1, 4, bad_control},
    {"[\"a\nb\"]", 1, 4, bad_control},
    {"{}{}", 1, 3, after_end},
    {"{}\n ,", 2, 2, after_end},
    {"[]]", 1, 3, after_end},
    {"1 1", 1, 3, after_end},
    // A line ends at a line feed. A column counts characters, not bytes; a carriage return is one.
    {"{\r\n \"\u00e9\u4e2d\U0001d11e\":\t01}", 2, 9, "invalid number 01"},
    {"[\"\u00e9\xff\"]", 1, 4, "invalid UTF-8"},
    {"[\"\u00e9\",\n\"\xed\xa0\x80\"]", 2, 2, "invalid UTF-8"},
    {"{\"\u4e2d\":[\"\u4e2d", 1, 9, "the text ends inside a string"},
};

TEST_CASE("a text that is not JSON has one error, with line and column") {
    for (const Broken& row : broken_texts) {
        CAPTURE(row.text);
        const DocumentError error = read_past(row.text);
        CHECK(error.code == Code::malformed);
        CHECK(error.line == row.line);
        CHECK(error.column == row.column);
        CHECK(error.detail == row.detail);
    }
    CHECK(read_past({"{}\0", 3}).column == 3);
    CHECK(read_past({"[\"\0\"]", 5}).detail == bad_control);
}

TEST_CASE("a byte-order mark in front of a text is ignored, and is not a column") {
    const auto fault_of = [](JsonText& json) { return json.read([](JsonValue&) {}); };
    for (const std::string_view text : {"{}", " [1]", "5", "{\"a\":\"\u00e9\"}"}) {
        CAPTURE(text);
        JsonText json{"\xEF\xBB\xBF" + std::string{text}};
        CHECK(fault_of(json).problem == "");
        json.assign("[]");
        CHECK(fault_of(json).problem == "");
        json.assign("\xEF\xBB\xBF" + std::string{text});
        CHECK(fault_of(json).problem == "");
    }
    for (const Broken& row : broken_texts) {
        CAPTURE(row.text);
        const std::string text = "\xEF\xBB\xBF" + std::string{row.text};
        JsonText json{text};
        const DocumentError error = detail::document_error(text, fault_of(json));
        CHECK(error.line == row.line);
        CHECK(error.column == row.column);
        CHECK(error.detail == row.detail);
    }
    JsonText twice{"\xEF\xBB\xBF\xEF\xBB\xBF{}"};  // only one mark is in front
    CHECK(fault_of(twice).problem == "expected a value");
}

TEST_CASE("everything that JSON allows is read") {
    for (const std::string_view text :
         {"{}", " [ ] ", "\t\r\n{\"\" : \"\"}\n", "0", "-0", "\"\"", "null", " true ", "1e400",
          "[-0.0E-0,1E+5]", "[\"\\ud800\",\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\uABcd\"]",
          "{\"a\":1,\"a\":{},\"a\":[]}",
          "[\"\x7f\",\"\u0080\u07ff\u0800\ud7ff\ue000\uffff\U00010000\U0010ffff\"]",
          "[123456789012345678901234567890123456789012345678901234567890."
          "5e999999999999999999999]"}) {
        CAPTURE(text);
        CHECK(read_past(text).code == Code::none);
    }
}

std::string nested(std::size_t depth, std::string_view open, std::string_view inside,
                   std::string_view close) {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i) text += open;
    text += inside;
    for (std::size_t i = 0; i < depth; ++i) text += close;
    return text;
}

TEST_CASE("arrays and objects are nested at most 128 deep") {
    constexpr std::string_view too_deep = "nested more than 128 deep";
    CHECK(read_past(nested(128, "[", "", "]")).code == Code::none);
    CHECK(read_past(nested(128, "[", "1", "]")).code == Code::none);
    CHECK(read_past(nested(127, "{\"a\":", "{}", "}")).code == Code::none);
    CHECK(read_past(nested(64, "{\"a\":[", "", "]}")).code == Code::none);
    CHECK(read_past(nested(129, "[", "", "]")).column == 129);
    CHECK(read_past(nested(128, "{\"a\":", "{}", "}")).column == 128 * 5 + 1);
    CHECK(read_past(nested(64, "{\"a\":[", "{}", "]}")).detail == too_deep);
    CHECK(read_past(nested(1'000'000, "[", "", "]")).detail == too_deep);
    CHECK(read_past(nested(1'000'000, "{\"a\":", "", "")).detail == too_deep);
    // Wide is not deep.
    const std::string blanks = nested(1, "", std::string(100'000, ' '), "");
    const std::string empty_lists = nested(9'999, "[],", "[]", "");
    CHECK(read_past(std::string{"["}.append(blanks).append(empty_lists) + "]").code == Code::none);
}

/// Calls `look` for the one item of `[<item>]`.
template <class Look>
void with_item(std::string_view item, Look look) {
    JsonText json{std::string{"["}.append(item) + " \n]"};
    int calls = 0;
    const JsonFault fault = json.read([&](JsonValue& root) {
        root.items([&](JsonValue& value) {
            look(value);
            ++calls;
        });
    });
    CHECK(fault.problem == "");
    CHECK(calls == 1);
}

TEST_CASE("a value tells its kind, and is read only as that") {
    const struct {
        std::string_view text;
        JsonKind kind;
    } values[] = {{"{}", JsonKind::object},     {"[]", JsonKind::array},
                  {"\"1\"", JsonKind::string},  {"1", JsonKind::number},
                  {"-0", JsonKind::number},     {"true", JsonKind::boolean},
                  {"false", JsonKind::boolean}, {"null", JsonKind::null}};
    for (const auto& row : values) {
        CAPTURE(row.text);
        const JsonKind kind = row.kind;
        with_item(row.text, [&](JsonValue& value) {
            CHECK(value.kind() == kind);
            Power power;
            bool flag = false;
            std::string_view string;
            CHECK((value.number(power, Rounding::exact) == Code::wrong_type) ==
                  (kind != JsonKind::number));
            CHECK((value.boolean(flag) == Code::wrong_type) == (kind != JsonKind::boolean));
            CHECK((value.string(string) == Code::wrong_type) == (kind != JsonKind::string));
        });
    }
}

TEST_CASE("a string is read without its escapes") {
    const struct {
        std::string_view text;
        Code code;
        std::string_view read;
    } strings[] = {
        {R"("")", Code::none, ""},
        {R"("plain \u0022\\\/\b\f\n\r\t")", Code::none, "plain \"\\/\b\f\n\r\t"},
        {R"("\u00e9\u4E2D\ud834\udd1e")", Code::none, "\u00e9\u4e2d\U0001d11e"},
        {R"("a\u0000b")", Code::none, {"a\0b", 3}},
        // Half of a surrogate pair is JSON, but not a text.
        {R"("\ud800")", Code::malformed, ""},
        {R"("\udc00")", Code::malformed, ""},
        {R"("\ud800x")", Code::malformed, ""},
        {R"("\ud800\n")", Code::malformed, ""},
        {R"("\ud800\u0041")", Code::malformed, ""},
        {R"("\udc00\ud800")", Code::malformed, ""},
    };
    for (const auto& row : strings) {
        CAPTURE(row.text);
        with_item(row.text, [&](JsonValue& value) {
            std::string_view text;
            CHECK(value.string(text) == row.code);
            CHECK(text == row.read);
        });
    }
}

TEST_CASE("a key is read without escapes; half of a surrogate pair gives nothing") {
    JsonText json{R"({"pri\u0063e":1,"\ud834\udd1e":2,"\ud800":3,"":4,"\"":5})"};
    std::vector<std::optional<std::string>> keys;
    const JsonFault fault = json.read([&](JsonValue& root) {
        root.fields([&](JsonKey& key, JsonValue&) { keys.emplace_back(key.text()); });
    });
    CHECK(fault.problem == "");
    CHECK(keys ==
          std::vector<std::optional<std::string>>{"price", "\U0001d11e", std::nullopt, "", "\""});
}

TEST_CASE("a key equals a name if all characters are the same, with or without escapes") {
    const struct {
        std::string_view key;
        std::vector<std::string> names;  // of those below
    } keys[] = {
        {R"("mem_offset")", {"mem_offset"}},
        {R"("mem_offse")", {"mem_offse"}},
        {R"("mem_offsets")", {}},
        {R"("mem_offsex")", {}},
        {R"("mem_offs")", {"mem_offs"}},
        {R"("mem_offx")", {}},
        {R"("mem_off")", {}},
        {R"("max_rental_length")", {"max_rental_length"}},
        {R"("max_renTal_length")", {}},
        {R"("max_reNTAl_length")", {}},
        {R"("max_rentAL_length")", {}},
        {R"("max_rental_lengths")", {}},
        {R"("pl")", {"pl"}},
        {R"("pl" )", {"pl"}},
        {R"("pl ")", {}},
        {R"("p")", {}},
        {R"("Pl")", {}},
        {R"("\u0070l")", {"pl"}},
        {R"("mem\u005foffset")", {"mem_offset"}},
        {R"("mem_offset\u0000")", {}},
        {R"("")", {""}},
        {R"("\ud800")", {}},
        {R"("pl\u0020")", {}},
    };
    for (const auto& row : keys) {
        CAPTURE(row.key);
        JsonText json{std::string{"{"}.append(row.key) + ":1}"};
        std::vector<std::string> names;
        const JsonFault fault = json.read([&](JsonValue& root) {
            root.fields([&](JsonKey& key, JsonValue&) {
                if (key.is("pl")) names.emplace_back("pl");
                if (key.is("mem_offs")) names.emplace_back("mem_offs");
                if (key.is("mem_offse")) names.emplace_back("mem_offse");
                if (key.is("mem_offset")) names.emplace_back("mem_offset");
                if (key.is("max_rental_length")) names.emplace_back("max_rental_length");
                if (key.is("")) names.emplace_back("");
            });
        });
        CHECK(fault.problem == "");
        CHECK(names == row.names);
    }
}

TEST_CASE("a value that was read does not hide a fault after it") {
    // simdjson skips a string that nobody reads, and takes it for a key if a colon follows.
    for (const std::string_view text :
         {R"({"a":"b":[]})", R"({"a":"b":[]}})", R"({"a":"b":1}})", R"({"a":"\n":[]})",
          R"({"a":true:[]})", R"({"a":1:[]})", R"({"a":[]:1})", R"({"a":"b" "c"})", R"({"a":1 1})",
          R"({"a":truefalse})", R"({"a":"b"c})", R"({"a":"b"1})", R"({"a"b:1})",
          R"({"a":"b"true})"}) {
        CAPTURE(text);
        JsonText json{std::string{text}};
        const JsonFault fault = json.read([&](JsonValue& root) {
            root.fields([&](JsonKey&, JsonValue& value) {
                std::string_view string;
                bool flag = false;
                Power power;
                static_cast<void>(value.string(string));
                static_cast<void>(value.boolean(flag));
                static_cast<void>(value.number(power, Rounding::exact));
            });
        });
        CHECK(fault.problem == detail::JsonScan{text}.find_fault().problem);
        CHECK(fault.problem != "");
    }
}

TEST_CASE("a text that is only a scalar is not passed to the reader") {
    for (const std::string_view text : {"1", "\"a\"", "null", "true", " -0 "}) {
        JsonText json{std::string{text}};
        bool is_called = false;
        const JsonFault fault = json.read([&](JsonValue&) { is_called = true; });
        CHECK(fault.problem == "");
        CHECK_FALSE(is_called);
    }
}

}  // namespace
