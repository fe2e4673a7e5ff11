// Events as lines of JSON, read by another program: which value a line gives, and what is said
// about a wrong line. Random events are in properties/event_text.cpp.
#include <gigaspot/json/event_reader.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "support/market.hpp"

namespace {

using namespace market;
using enum Code;

constexpr std::string_view all_events =
    "accepted, started, changed, stopped, charged, expired, removed, rejected";

EventLine read(std::string_view line) {
    MarketNames names;
    REQUIRE(names.find_or_add_currency("bitcoin") == bitcoin);
    EventReader reader;
    const auto read = reader.read(line, names);
    REQUIRE(read);
    return *read;
}

FieldProblem problem_of(std::string_view line) {
    MarketNames names;
    EventReader reader;
    const auto read = reader.read(line, names);
    REQUIRE_FALSE(read);
    return read.error();
}

/// A line of an event with these fields behind those that all events have.
std::string line_of(std::string_view kind, std::string_view fields) {
    return std::string{R"({"event":")"}
        .append(kind)
        .append(R"(","time":5,"command":3,)")
        .append(fields)
        .append("}");
}
std::string reason(std::string_view fields) {
    return line_of("rejected", std::string{R"("reasons":[{)"}.append(fields).append("}]"));
}

TEST_CASE("a line of each kind gives its event; fields of other kinds have their defaults") {
    Event event{.time = at_ms(5), .command = 3};
    CHECK(read(R"({"event":"accepted","time":5,"command":3})") == EventLine{event});
    event.host = 7;
    event.bid = 1;
    const std::string ids = R"("host":7,"bid":1)";
    event.kind = EventKind::expired;
    CHECK(read(line_of("expired", ids)) == EventLine{event});
    event.kind = EventKind::removed;
    CHECK(read(line_of("removed", ids)) == EventLine{event});
    for (const EventKind kind : {EventKind::started, EventKind::changed}) {
        event.kind = kind;
        event.profit = units(-Int128{125} * 1'000'000'000'000'000'000);
        CHECK(read(line_of(name(kind), ids + R"(,"profit":"-1.25")")) == EventLine{event});
        CHECK(read(line_of(name(kind), ids + R"(,"profit":-125e-2)")) == EventLine{event});
    }
    event.profit = {};
    event.kind = EventKind::stopped;
    event.reason = price_below_host_minimum;
    CHECK(read(line_of("stopped", ids + R"(,"reason":"price_below_host_minimum")")) ==
          EventLine{event});
    event.reason = none;
    event.kind = EventKind::charged;
    event.owner = 2;
    event.currency = bitcoin;
    event.amount = Amount::unchecked(150'000'001);
    event.fee = Amount::unchecked(1);
    CHECK(read(line_of("charged", ids + R"(,"owner":2,"currency":"bitcoin","amount":"1.50000001",)"
                                        R"("fee":"0.00000001")")) == EventLine{event});
}

TEST_CASE("a rejected command has its reasons, with numbers as the line writes them") {
    CHECK(read(R"({"event":"rejected","time":5,"command":3,"reasons":[)"
               R"({"code":"power_limit_above_host_maximum","gpu":31,"field":"oc[31].pl",)"
               R"("value":480,"bound":450,"unit":"W"},)"
               R"({"code":"number_out_of_range","field":"price","value":"1e7",)"
               R"("bound":"1000000","unit":"coin/day","detail":"too \"much\""},)"
               R"({"code":"malformed"}]})") ==
          EventLine{RejectedCommand{.time = at_ms(5),
                                    .command = 3,
                                    .reasons = {{.code = power_limit_above_host_maximum,
                                                 .gpu = 31,
                                                 .field = "oc[31].pl",
                                                 .value = "480",
                                                 .bound = "450",
                                                 .unit = "W"},
                                                {.code = number_out_of_range,
                                                 .field = "price",
                                                 .value = "1e7",
                                                 .bound = "1000000",
                                                 .unit = "coin/day",
                                                 .detail = "too \"much\"",
                                                 .is_decimal = true},
                                                {.code = malformed}}}});
    // Nothing is left over from the line before.
    MarketNames names;
    EventReader reader;
    REQUIRE(reader.read(reason(R"("code":"malformed","detail":"x")"), names));
    REQUIRE(reader.read(line_of("expired", R"("host":7,"bid":1)"), names));
    REQUIRE_FALSE(reader.read(line_of("rejected", R"("reasons":[{"code":"not_owner"},1])"), names));
    CHECK(*reader.read(reason(R"("code":"not_owner")"), names) ==
          EventLine{RejectedCommand{at_ms(5), 3, {{.code = not_owner}}}});
    CHECK(*reader.read(R"({"event":"accepted","time":5,"command":3})", names) ==
          EventLine{Event{.time = at_ms(5), .command = 3}});
}

TEST_CASE("every code is read by its name") {
    int codes = 0;
    for (std::uint16_t number = 1; number < 2'000; ++number) {
        const auto code = static_cast<Code>(number);
        if (name(code) == "unknown") continue;
        ++codes;
        const std::string named = R"("code":")" + std::string{name(code)} + '"';
        CHECK(std::get<RejectedCommand>(read(reason(named))).reasons.at(0).code == code);
    }
    CHECK(codes > 60);
}

TEST_CASE("fields may have any order and more fields may come: the market may be newer") {
    const EventLine expired{
        Event{.kind = EventKind::expired, .time = at_ms(5), .command = 3, .host = 7, .bid = 1}};
    for (const std::string_view line :
         {R"({"bid":1,"host":7,"command":3,"time":5,"event":"expired"})",
          R"( { "event" : "\u0065xpired" , "time":5.0 ,"command":3e0,"host":7,"bid":1 } )",
          R"({"event":"expired","new":{"a":[]},"time":5,"command":3,"host":7,"bid":1,"fee":1})",
          R"({"event":"expired","event":"x","time":5,"time":6,"command":3,"host":7,"bid":1})",
          "\xEF\xBB\xBF{\"event\":\"expired\",\"time\":5,\"command\":3,\"host\":7,\"bid\":1}"}) {
        CAPTURE(std::string{line});
        CHECK(read(line) == expired);
    }
    CHECK(read(reason(R"("new":1,"code":"not_owner","gpu":null,"detail":null)")) ==
          EventLine{RejectedCommand{at_ms(5), 3, {{.code = not_owner}}}});
}

TEST_CASE("a line that is wrong has a field and a sentence") {
    const std::string ids = R"("host":7,"bid":1)";
    const struct {
        std::string line;
        FieldProblem problem;
    } rows[] = {
        {"", {malformed, "", "not JSON: column 1: the text ends where a value is expected"}},
        {R"({"event":"accepted","time":5,"command":3,})",
         {malformed, "", "not JSON: column 41: trailing comma"}},
        {"[]", {malformed, "", "expected an event, an object with an event, got an array"}},
        {"{}", {malformed, "event", "not given; expected " + std::string{all_events}}},
        {R"({"op":"close","time":5})",
         {malformed, "event", "not given; expected " + std::string{all_events}}},
        {R"({"event":"paid","time":5,"command":3})",
         {malformed, "event", "unknown event \"paid\"; expected " + std::string{all_events}}},
        {R"({"event":5})", {malformed, "event", "expected a string, got a number"}},
        {R"({"event":"accepted","time":5})",
         {malformed, "command", "not given; required: time, command"}},
        {R"({"event":"accepted","time":null,"command":3})",
         {malformed, "time", "null counts as not given; required: time, command"}},
        {R"({"event":"accepted","time":"5","command":3})",
         {malformed, "time", "expected a number, got a string"}},
        {R"({"event":"accepted","time":-1,"command":3})",
         {number_out_of_range, "time", "-1 is out of range: 0 to 9007199254740992 ms", "-1", "0",
          "ms"}},
        {R"({"event":"accepted","time":5,"command":1.5})",
         {number_too_precise, "command", "1.5 is not a whole number"}},
        {line_of("removed", R"("host":7)"),
         {malformed, "bid", "not given; required: time, command, host, bid"}},
        {line_of("removed", R"("host":7,"bid":"1")"),
         {malformed, "bid", "expected a number, got a string"}},
        {line_of("removed", R"("host":7,"bid":9007199254740993)"),
         {number_out_of_range, "bid", "9007199254740993 is out of range: 0 to 9007199254740992",
          "9007199254740993", "9007199254740992"}},
        {line_of("started", ids + R"(,"profit":"1,5")"),
         {malformed, "profit", "\"1,5\" is not a decimal number"}},
        {line_of("started", ids + R"(,"profit":true)"),
         {malformed, "profit", "expected a decimal number, got a boolean"}},
        {line_of("started", ids + R"(,"profit":"1e-21")"),
         {number_too_precise, "profit", "1e-21 has more than 20 digits after the point"}},
        {line_of("started", ids + R"(,"profit":1e-21)"),
         {number_too_precise, "profit", "1e-21 has more than 20 digits after the point"}},
        {line_of("stopped", ids + R"(,"reason":"outbidden")"),
         {malformed, "reason", "unknown code \"outbidden\""}},
        {line_of("stopped", ids + R"(,"reason":"none")"),
         {malformed, "reason", "unknown code \"none\""}},
        {line_of("stopped", ids + R"(,"reason":"unknown")"),
         {malformed, "reason", "unknown code \"unknown\""}},
        {line_of("charged", ids + R"(,"owner":2,"currency":5,"amount":"1","fee":"0")"),
         {malformed, "currency", "expected a string, got a number"}},
        {line_of("rejected", R"("reasons":{})"),
         {malformed, "reasons", "expected an array, got an object"}},
        {line_of("rejected", R"("reasons":[{"code":"not_owner"},{"gpu":1}])"),
         {malformed, "reasons[1].code", "not given; required: code"}},
        {reason(R"("code":"new_code")"),
         {malformed, "reasons[0].code", "unknown code \"new_code\""}},
        {reason(R"("code":"not_owner","gpu":256)"),
         {number_out_of_range, "reasons[0].gpu", "256 is out of range: 0 to 255", "256", "255"}},
        {reason(R"("code":"not_owner","value":"much")"),
         {malformed, "reasons[0].value", "\"much\" is not a decimal number"}},
        {reason(R"("code":"not_owner","bound":[])"),
         {malformed, "reasons[0].bound", "expected a decimal number, got an array"}},
        {reason(R"("code":"not_owner","bound":01)"),
         {malformed, "", "not JSON: column 81: invalid number 01"}},
    };
    for (const auto& row : rows) {
        CAPTURE(row.line);
        CHECK(problem_of(row.line) == row.problem);
    }
}

TEST_CASE("a subscriber learns the names of currencies from the events") {
    MarketNames names{"main"};
    EventReader reader;
    const auto charged_in = [&](const std::string& currency, std::string_view fee = "0") {
        return reader.read(line_of("charged", R"("host":7,"bid":1,"owner":2,"currency":")" +
                                                  currency + R"(","amount":"1","fee":")" +
                                                  std::string{fee} + '"'),
                           names);
    };
    const auto number_of = [&](const std::string& currency) {
        return std::get<Event>(*charged_in(currency)).currency.number;
    };
    CHECK(number_of("bitcoin") == 1);
    CHECK(number_of("main") == 0);
    CHECK(number_of("CLORE-Blockchain") == 2);
    CHECK(number_of("bitcoin") == 1);
    // A line that is wrong adds no name.
    CHECK_FALSE(charged_in("doge", "x"));
    CHECK(names.find_currency("doge") == std::nullopt);
    for (int i = 3; i < 16; ++i) CHECK(number_of("c" + std::to_string(i)) == i);
    const auto full = charged_in("one more");
    REQUIRE_FALSE(full);
    CHECK(full.error() ==
          FieldProblem{limit_reached, "currency",
                       "currency \"one more\" is new; the market takes at most 16 currencies", "17",
                       "16", "currencies"});
    CHECK(number_of("c15") == 15);
}

}  // namespace
