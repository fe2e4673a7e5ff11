// A live market as text: what a line is, how its events are written, and the names around the
// engine. tool/test_replay.py compares the events with those of an oracle.
#include <gigaspot/json/replay.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "support/saved_words.hpp"

namespace {

using namespace gigaspot;

/// All that a line makes a market write.
std::string take(Replay& replay, std::string_view line) {
    std::string all;
    replay.take(line, [&](std::string_view text) {
        CHECK(text.ends_with('\n'));  // whole lines
        all += text;
    });
    return all;
}

std::string accepted(int time, int command) {
    return R"({"event":"accepted","time":)" + std::to_string(time) + R"(,"command":)" +
           std::to_string(command) + "}\n";
}
std::string rejected(int time, int command, const std::string& reasons) {
    return R"({"event":"rejected","time":)" + std::to_string(time) + R"(,"command":)" +
           std::to_string(command) + R"(,"reasons":[)" + reasons + "]}\n";
}

/// A string of the first reason, by its key; empty if the reason has no such key.
std::string text_of(const std::string& line, const std::string& key) {
    const std::string front = "\"" + key + "\":\"";
    const std::size_t begin = line.find(front);
    std::string text;
    if (begin == std::string::npos) return text;
    for (std::size_t at = begin + front.size(); line.at(at) != '"'; ++at)
        text += line[at] == '\\' ? line.at(++at) : line[at];
    return text;
}

/// The codes of the reasons, with the field and the detail of the first.
std::string why(const std::string& text) {
    std::string words;
    for (std::size_t at = 0; (at = text.find(R"("code":")", at)) != std::string::npos;) {
        at += 8;
        words += text.substr(at, text.find('"', at) - at) + ' ';
    }
    const std::string field = text_of(text, "field");
    const std::string detail = text_of(text, "detail");
    const std::string between = field.empty() || detail.empty() ? "" : ": ";
    if (!field.empty() || !detail.empty()) words += "(" + field + between + detail + ")";
    return words;
}

const std::string rate = R"({"op":"rate","time":1,"currency":"CLORE-Blockchain","usd":"1"})";
const std::string host =
    R"({"op":"host","time":1,"id":7,"energy_price":"0.1","gpus":[{"pl":[100,400]}]})";
const std::string bid = R"({"op":"bid","time":1,"id":1,"host":7,"owner":2,"price":"10",)"
                        R"("currency":"CLORE-Blockchain","oc":[{"pl":300}]})";
const std::string close = R"({"op":"close","time":1})";

TEST_CASE("a first day, word by word") {
    Replay replay;
    CHECK(take(replay, rate) == accepted(1, 1));
    CHECK(take(replay, host) == accepted(1, 2));
    CHECK(take(replay, bid) == accepted(1, 3));
    CHECK(take(replay, close) ==
          accepted(1, 4) +
              R"({"event":"started","time":1,"command":4,"host":7,"bid":1,"profit":"9.28"})"
              "\n");
    CHECK(take(replay, R"({"op":"edit","time":2,"id":1,"price":"11"})") == accepted(2, 5));
    CHECK(take(replay, R"({"op":"close","time":86400001})") ==
          accepted(86'400'001, 6) +
              R"({"event":"charged","time":86400001,"command":6,"host":7,"bid":1,"owner":2,)"
              R"("currency":"CLORE-Blockchain","amount":"10","fee":"0"})"
              "\n"
              R"({"event":"changed","time":86400001,"command":6,"host":7,"bid":1,"profit":"10.28"})"
              "\n");
    CHECK(
        take(replay, R"({"op":"revoke","time":86400001,"id":1})") ==
        accepted(86'400'001, 7) +
            R"({"event":"stopped","time":86400001,"command":7,"host":7,"bid":1,"reason":"revoked"})"
            "\n"
            R"({"event":"removed","time":86400001,"command":7,"host":7,"bid":1})"
            "\n");
    CHECK(
        take(replay, R"({"op":"bid","time":86400002,"id":1,"host":7,"owner":2,"price":"0.00001",)"
                     R"("currency":"CLORE-Blockchain","oc":[{"pl":500}]})") ==
        rejected(
            86'400'002, 8,
            R"({"code":"power_limit_above_host_maximum","gpu":0,"field":"oc[0].pl","value":500,"bound":400,"unit":"W"},)"
            R"({"code":"price_below_market_minimum","field":"price","value":"0.00001","bound":"0.0001","unit":"coin/day"})"));
}

TEST_CASE("a blank line is not a command, and a line may end in a carriage return") {
    Replay replay;
    for (const char* blank : {"", " ", "\t", "\r", " \t \r"}) CHECK(take(replay, blank) == "");
    CHECK(take(replay, rate + "\r") == accepted(1, 1));
    CHECK(take(replay, " \t" + host + " \r") == accepted(1, 2));
    for (const char* blank : {"\xEF\xBB\xBF", "\xEF\xBB\xBF \t\r"})
        CHECK(take(replay, blank) == "");
    CHECK(take(replay, "\xEF\xBB\xBF" + bid) == accepted(1, 3));
    CHECK(
        why(take(replay, "\xEF\xBB\xBF\xEF\xBB\xBF")).starts_with("malformed (not JSON: column 1"));
    CHECK(replay.engine().counters().commands == 4);
}

TEST_CASE("a line that is not blank is a command, even if it is malformed") {
    Replay replay;
    CHECK(take(replay, rate) == accepted(1, 1));
    int command = 1;
    const char* lines[] = {"x",
                           "{",
                           "[]",
                           "1",
                           "null",
                           "\"op\"",
                           "{}",
                           R"({"op":1})",
                           R"({"op":null})",
                           R"({"op":"x","time":1})",
                           R"({"op":"close"})",
                           R"({"op":"close","time":"x"})",
                           R"({"op":"close","time":null})",
                           R"({"op":"close","time":1}})",
                           R"({"op":"close","time":1} 2)",
                           R"({"op":"cancel","time":1})",
                           "\xff",
                           "{\"op\":\"close\",\"time\":1,\"\xff\":1}",
                           R"({"op":"Close","time":1})",
                           R"({"op":"close)"};
    for (const char* line : lines) {
        CAPTURE(std::string{line});
        const std::string text = take(replay, line);
        CHECK(why(text).starts_with("malformed ("));
        CHECK(text.starts_with(R"({"event":"rejected","time":1,"command":)" +
                               std::to_string(++command) + ','));
    }
    CHECK(replay.engine().rejected(Code::malformed) == std::size(lines));
    CHECK(take(replay, host) == accepted(1, command + 1));
}

TEST_CASE("a range is an array of two numbers") {
    const char* const ranges[] = {"1",           "[]",          "[100]",      "[100,400,500]",
                                  "[\"x\",400]", "[100,\"x\"]", "[null,400]", "[100,null]",
                                  "[[100],400]", "[100,{}]",    "[true,400]", "{}",
                                  "\"100,400\"", "true"};
    for (const char* const field : {"pl", "core_lock", "mem_lock", "core_offset", "mem_offset"}) {
        for (const char* const range : ranges) {
            Replay replay;
            const std::string power = field == std::string_view{"pl"} ? "" : R"("pl":[100,400],)";
            const std::string line =
                R"({"op":"host","time":1,"id":7,"energy_price":"0.1","gpus":[{)" + power + '"' +
                field + "\":" + range + "}]}";
            CAPTURE(line);
            const std::string reason = why(take(replay, line));
            CHECK(reason.starts_with("malformed (gpus[0]." + std::string{field}));
        }
    }
}

TEST_CASE("op may be at any place, and be written with escapes") {
    const char* closes[] = {R"({"op":"close","time":1})",
                            R"({"time":1,"op":"close"})",
                            R"( { "time" : 1 , "op" : "close" } )",
                            R"({"\u006fp":"close","time":1})",
                            R"({"op":"\u0063lose","time":1})",
                            R"({"time":1,"x_":{"op":"bid"},"op":"close"})",
                            R"({"op":"close","op":"bid","time":1})",
                            R"({"time":1,"op":"close","op":"bid"})",
                            R"({"op":"close","time":1,"time":2})",
                            R"({"op":"close","time":1.0e0})",
                            R"({"op":"close","x_unknown":[1,{"a":null}],"time":1})"};
    for (const char* line : closes) {
        CAPTURE(std::string{line});
        Replay replay;
        CHECK(take(replay, line) == accepted(1, 1));
    }
}

TEST_CASE("a line of 1,048,576 bytes is read, one of a byte more is malformed") {
    Replay replay;
    std::string line = rate;
    line.resize(limits::command_bytes_max, ' ');
    CHECK(take(replay, line) == accepted(1, 1));
    line += ' ';
    CHECK(why(take(replay, line)) == "malformed (the line has 1048577 bytes; at most 1048576)");
    CHECK(take(replay, std::string(limits::command_bytes_max + 1, ' ')) == "");  // blank
}

TEST_CASE("stages 1 to 3: the time comes first, then the other numbers in the order of the rules") {
    Replay replay;
    CHECK(take(replay, R"({"op":"close","time":100})") == accepted(100, 1));
    struct Row {
        const char* line;
        std::string expected;
    };
    const Row rows[] = {
        {R"({"op":"energy_price","time":-1,"id":-1,"usd":"x"})",
         "malformed (usd: \"x\" is not a decimal number)"},
        {R"({"op":"energy_price","time":-1,"id":-1,"usd":"1"})",
         "number_out_of_range (time: -1 is out of range: 0 to 9007199254740992 ms)"},
        {R"({"op":"energy_price","time":100.5,"id":-1,"usd":"1"})",
         "number_too_precise (time: 100.5 is not a whole number of ms)"},
        {R"({"op":"energy_price","time":9007199254740993,"id":1,"usd":"1"})",
         "number_out_of_range (time: 9007199254740993 is out of range: 0 to 9007199254740992 ms)"},
        {R"({"op":"energy_price","time":99,"id":-1,"usd":"1"})", "time_went_backwards (time)"},
        {R"({"op":"energy_price","time":2592000101,"id":-1,"usd":"1"})", "time_too_far (time)"},
        {R"({"op":"energy_price","time":100,"id":-1,"usd":"1001"})",
         "number_out_of_range (id: -1 is out of range: 0 to 9007199254740992)"},
        {R"({"op":"energy_price","time":100,"id":1.5,"usd":"1001"})",
         "number_too_precise (id: 1.5 is not a whole number)"},
        {R"({"op":"energy_price","time":100,"id":1,"usd":"1001"})",
         "number_out_of_range (usd: 1001 is out of range: -1000 to 1000 USD/kWh)"},
        {R"({"op":"rate","time":100,"currency":"c","usd":"0.0000000000001"})",
         "number_out_of_range (usd: 0.0000000000001 rounds to 0; the minimum is 0.000000000001 "
         "USD/coin)"},
        {R"({"op":"rate","time":100,"currency":"c","usd":"1","fee-ppm":25000})",
         "malformed (fee-ppm: unknown field fee-ppm; expected op, time, currency, usd, fee_ppm)"},
        {R"({"op":"energy_price","time":100,"id":1,"usd":"1"})", "host_unknown (id)"},
        {R"({"op":"edit","time":100,"id":1,"price":"0.000000001"})",
         "price_too_precise (price: 0.000000001 has more than 8 digits after the point)"},
        {R"({"op":"edit","time":100,"id":1,"price":1,"oc":[{"pl":1},{"pl":1,"mem_lock":0.5}]})",
         "number_too_precise (oc[1].mem_lock: 0.5 is not a whole number of MHz)"},
        {R"({"op":"edit","time":100,"id":1,"price":1,"oc":[{"pl":1,"x":1}]})",
         "malformed (oc[0].x: unknown field x; expected pl, core_lock, mem_lock, core_offset, "
         "mem_offset)"},
    };
    for (const Row& row : rows) {
        CAPTURE(std::string{row.line});
        CHECK(why(take(replay, row.line)) == row.expected);
    }
    // The event has the market's time if the command's time is wrong, else the command's.
    CHECK(take(replay, R"({"op":"close","time":99})")
              .starts_with(R"({"event":"rejected","time":100,)"));
    CHECK(take(replay, R"({"op":"cancel","time":107,"id":0.5})")
              .starts_with(R"({"event":"rejected","time":107,)"));
}

// --- Names ---

std::string rate_of(const std::string& currency, const char* more = "") {
    return R"({"op":"rate","time":1,"currency":")" + currency + R"(","usd":"1")" + more + "}";
}

TEST_CASE("a currency that only a rejected command named is forgotten") {
    Replay replay;
    for (int i = 0; i < 100; ++i)
        CHECK(why(take(replay, rate_of(std::to_string(i) + "c", R"(,"fee_ppm":1000001)"))) ==
              "number_out_of_range (fee_ppm: 1000001 is out of range: 0 to 1000000 ppm)");
    CHECK(replay.names().currencies() == 1);
    for (int i = 0; i < 15; ++i) CHECK(why(take(replay, rate_of(std::to_string(i) + "d"))) == "");
    CHECK(
        why(take(replay, rate_of("e"))) ==
        "limit_reached (currency: currency \"e\" is new; the market takes at most 16 currencies)");
    CHECK(why(take(replay, rate_of("7d"))) == "");
    CHECK(replay.names().currencies() == limits::currencies_max);
    CHECK(replay.names().find_currency("14d")->number == 15);
}

TEST_CASE("bids add no currency: made-up ones are rejected, and then a rate names another") {
    Replay replay;
    REQUIRE(why(take(replay, rate)) == "");
    REQUIRE(why(take(replay, host)) == "");
    const auto bid_in = [](int id, const std::string& currency, const char* more = "") {
        return R"({"op":"bid","time":1,"id":)" + std::to_string(id) +
               R"(,"host":7,"owner":2,"price":"10","oc":[{"pl":300}],"currency":")" + currency +
               "\"" + more + "}";
    };
    for (int i = 1; i <= 15; ++i)
        CHECK(why(take(replay, bid_in(i, "made up " + std::to_string(i)))) ==
              "currency_unknown (currency: unknown currency \"made up " + std::to_string(i) +
                  "\"; known: CLORE-Blockchain)");
    CHECK(take(replay, bid_in(1, "made up")) ==
          rejected(1, 18,
                   R"({"code":"currency_unknown","field":"currency",)"
                   R"("detail":"unknown currency \"made up\"; known: CLORE-Blockchain"})"));
    CHECK(replay.names().currencies() == 1);
    CHECK(why(take(replay, rate_of("bitcoin"))) == "");
    CHECK(why(take(replay, bid_in(1, "bitcoin"))) == "");
    CHECK(
        why(take(replay, bid_in(2, "bit"))) ==
        "currency_unknown (currency: unknown currency \"bit\"; known: CLORE-Blockchain, bitcoin)");
    // A currency that was named without a rate exists; one that a rejected `rate` named does not.
    CHECK(why(take(replay, R"({"op":"rate","time":1,"currency":"usd-coin","usd":null})")) == "");
    CHECK(why(take(replay, bid_in(2, "usd-coin"))) == "");
    CHECK(
        why(take(replay, rate_of("doge", R"(,"fee_ppm":-1)"))).starts_with("number_out_of_range"));
    CHECK(why(take(replay, bid_in(3, "doge"))).starts_with("currency_unknown"));
    // It comes after the ids and the host, and before all that the market says about the bid.
    CHECK(why(take(replay, bid_in(1, "doge"))) == "bid_exists (id)");
    CHECK(why(take(replay, R"({"op":"bid","time":1,"id":3,"host":8,"owner":2,"price":"10",)"
                           R"("currency":"doge"})")) == "host_unknown (host)");
    CHECK(why(take(replay, R"({"op":"host_status","time":1,"id":7,"online":false})")) == "");
    CHECK(why(take(replay, bid_in(3, "doge"))).starts_with("currency_unknown"));
    CHECK(why(take(replay, bid_in(3, "bitcoin"))) == "host_unavailable (host)");
    CHECK(why(take(replay, R"({"op":"bid","time":1,"id":3,"host":7,"owner":2,"price":"0",)"
                           R"("currency":"doge","image":"x"})"))
              .starts_with("currency_unknown (currency: "));
}

TEST_CASE("a currency that only the caller has named does not exist in the market") {
    Replay replay;
    REQUIRE(why(take(replay, host)) == "");
    REQUIRE(replay.names().find_or_add_currency("bitcoin"));
    CHECK(why(take(replay, R"({"op":"bid","time":1,"id":1,"host":7,"owner":2,"price":"10",)"
                           R"("currency":"bitcoin","oc":[{"pl":300}]})")) ==
          "currency_unknown (currency)");
}

TEST_CASE("an empty model name counts as absent") {
    Replay replay;
    const auto host_with = [](const std::string& model) {
        return R"({"op":"host","time":1,"id":7,"energy_price":"0","gpus":[{"pl":[1,2])" + model +
               "}]}";
    };
    for (const char* const absent : {R"(,"model":"")", "", R"(,"model":null)", R"(,"model":"")"})
        CHECK(why(take(replay, host_with(absent))) == "");
    CHECK(why(take(replay, host_with(R"(,"model":" ")"))) == "gpus_changed (gpus)");
    CHECK(replay.names().models() == 1);
}

TEST_CASE("a model that only a rejected command named is forgotten, but not names that it knew") {
    Replay replay;
    const auto host_of = [](const char* id, const char* models) {
        return std::string{R"({"op":"host","time":1,"energy_price":"0","id":)"} + id +
               R"(,"gpus":[)" + models + "]}";
    };
    CHECK(why(take(replay, host_of("7", R"({"pl":[1,2],"model":"A"})"))) == "");
    CHECK(why(take(replay, host_of("8", R"({"pl":[1,2],"model":"A"},{"pl":[2,1],"model":"B"})"))) ==
          "range_inverted (gpus[1].pl: pl: minimum 2 is above maximum 1)");
    CHECK(replay.names().models() == 2);  // "" and A
    CHECK(why(take(replay, host_of("7", R"({"pl":[1,2],"model":"C"})"))) == "gpus_changed (gpus)");
    CHECK(replay.names().models() == 2);
    CHECK(why(take(replay, host_of("8", R"({"pl":[1,2],"model":"C"})"))) == "");
    CHECK(replay.engine().host(8)->gpus[0].model == GpuModel{2});
    CHECK(why(take(replay, host_of("9", R"({"pl":[1,2],"model":""})"))) == "");
    CHECK(replay.engine().host(9)->gpus[0].model == GpuModel{});
}

TEST_CASE("the main currency is the one that the market says") {
    Replay replay{{}, "bitcoin"};
    CHECK(take(replay, R"({"op":"rate","time":1,"currency":"bitcoin","usd":"1"})") ==
          accepted(1, 1));
    CHECK(replay.names().currencies() == 1);
    CHECK(replay.engine().conditions().rates[main_currency].usd.has_value());
    CHECK(take(replay, rate) == accepted(1, 2));
    CHECK(replay.names().name(Currency{1}) == clore_currency);
}

TEST_CASE("a name is written as it was read, with JSON's escapes") {
    Replay replay;
    CHECK(why(take(replay, rate)) == "");
    CHECK(why(take(replay, host)) == "");
    CHECK(why(take(replay, rate_of(R"(\u0041\"\\\n\u00e9)"))) == "");
    CHECK(why(take(replay, R"({"op":"bid","time":1,"id":1,"host":7,"owner":2,"price":"10",)"
                           R"("currency":"A\"\\\n\u00e9","oc":[{"pl":300}]})")) == "");
    CHECK(why(take(replay, close)) == "");
    CHECK(take(replay, R"({"op":"close","time":2})")
              .find("\"currency\":\"A\\\"\\\\\\u000a\u00e9\"") != std::string::npos);
}

TEST_CASE("a name of any length is written as a whole") {
    // An event is put together in 512 bytes: names around that, with and without an escape there.
    for (std::size_t size = 440; size < 1'100; ++size) {
        for (const std::string_view last : {"x", "\n"}) {
            const std::string name = std::string(size, 'n') + std::string{last};
            Replay replay{{}, name};
            const std::string written = std::string(size, 'n') + (last == "x" ? "x" : "\\u000a");
            const std::string read = std::string(size, 'n') + (last == "x" ? "x" : "\\n");
            for (
                const std::string& line :
                {R"({"op":"rate","time":1,"usd":1,"currency":")" + read + R"("})",
                 std::string{host},
                 R"({"op":"bid","time":1,"id":1,"host":7,"owner":2,"price":"10","oc":[{"pl":300}],)"
                 R"("currency":")" +
                     read + R"("})",
                 std::string{close}})
                REQUIRE(why(take(replay, line)) == "");
            const std::string charged = take(replay, R"({"op":"close","time":8640001})");
            REQUIRE(charged.find(R"("owner":2,"currency":")" + written +
                                 R"(","amount":"1","fee":"0"})") != std::string::npos);
        }
    }
}

TEST_CASE("a name that is too long is named, unless the command is rejected for something else") {
    Replay replay{{}, clore_currency, {.bids_per_host = 1}};
    CHECK(why(take(replay, rate)) == "");
    CHECK(why(take(replay, host)) == "");
    const std::string long_name(129, 'x');
    CHECK(take(replay, rate_of(long_name)) ==
          rejected(1, 3,
                   R"({"code":"limit_reached","field":"currency","value":129,"bound":128,)"
                   R"("unit":"bytes","detail":"currency name has 129 bytes; at most 128"})"));
    CHECK(why(take(replay, R"({"op":"host","time":1,"id":8,"energy_price":"0","gpus":[{"pl":[1,2],)"
                           R"("model":")" +
                               long_name + R"("}]})")) ==
          "limit_reached (gpus[0].model: GPU model name has 129 bytes; at most 128)");
    std::string gpus = R"({"pl":[1,2],"model":")" + long_name + R"("})";
    for (int gpu = 1; gpu < 33; ++gpu) gpus += R"(,{"pl":[1,2]})";
    CHECK(
        take(replay, R"({"op":"host","time":1,"id":8,"energy_price":"0","gpus":[)" + gpus + "]}") ==
        rejected(1, 5,
                 R"({"code":"limit_reached","field":"gpus","value":33,"bound":32,"unit":"GPUs"})"));
    const auto bid_in = [](const char* id, const std::string& currency) {
        return R"({"op":"bid","time":1,"id":)" + std::string{id} +
               R"(,"host":7,"owner":2,"price":"10","currency":")" + currency +
               R"(","oc":[{"pl":300}]})";
    };
    CHECK(why(take(replay, bid_in("1", "main"))) ==
          "currency_unknown (currency: unknown currency \"main\"; known: CLORE-Blockchain)");
    CHECK(why(take(replay, bid_in("1", "CLORE-Blockchain"))) == "");
    CHECK(why(take(replay, bid_in("1", long_name))) == "bid_exists (id)");
    CHECK(take(replay, bid_in("2", "CLORE-Blockchain")) ==
          rejected(1, 9, R"({"code":"limit_reached","value":2,"bound":1,"unit":"bids"})"));
}

TEST_CASE("a file without a known op holds no commands") {
    Replay replay;
    for (const char* line : {"{", R"("7": {"online": true},)", "}", R"({"7":{"online":true}})", ""})
        static_cast<void>(take(replay, line));
    CHECK(replay.engine().counters().commands == 4);
    CHECK(replay.lines_with_known_op() == 0);
    static_cast<void>(take(replay, R"({"op":"bid","time":1})"));  // malformed, but a command
    static_cast<void>(take(replay, R"({"op":"bids","time":1})"));
    CHECK(replay.lines_with_known_op() == 1);
}

// --- Saved with their names ---

Replay make_market() {
    Replay replay{{}, "main"};
    for (
        const char* line :
        {R"({"op":"rate","time":1,"currency":"main","usd":"1"})",
         R"({"op":"rate","time":1,"currency":"a currency of many letters","usd":"2"})",
         R"({"op":"host","time":1,"id":7,"energy_price":"0.1","gpus":[{"pl":[100,400],"model":"RTX"}]})",
         R"({"op":"bid","time":1,"id":1,"host":7,"owner":2,"price":"10","currency":"a currency of many letters","oc":[{"pl":300}]})",
         R"({"op":"close","time":1})"})
        CHECK(why(take(replay, line)) == "");
    return replay;
}

Result<Replay, Code> restore(const saved::Bytes& bytes, const EngineLimits& limits = {}) {
    return Replay::restore(bytes, {}, limits);
}

TEST_CASE("a market is restored with its names and goes on as it would have") {
    Replay replay = make_market();
    const SavedBytes bytes = replay.save();
    auto restored = restore({bytes.begin(), bytes.end()});
    REQUIRE(restored);
    CHECK(restored->names().name(main_currency) == "main");
    CHECK(restored->names().models() == 2);
    for (
        const char* line :
        {R"({"op":"close","time":100000})",
         R"({"op":"host","time":100000,"id":7,"energy_price":"0.1","gpus":[{"pl":[100,400],"model":"GTX"}]})",
         R"({"op":"rate","time":100000,"currency":"another","usd":"2"})",
         R"({"op":"close","time":100001})"}) {
        const std::string expected = take(replay, line);
        CHECK(take(*restored, line) == expected);
        CHECK(expected.find("command") != std::string::npos);
    }
    CHECK(restored->names().find_currency("another")->number == 2);
    const SavedBytes again = restored->save();
    CHECK((*Replay::restore(again)).save() == again);
    CHECK(again == replay.save());
}

Code code_of(const saved::Bytes& bytes) {
    const auto restored = restore(bytes);
    return restored ? Code::none : restored.error();
}

TEST_CASE("a save that is cut or flipped anywhere is not restored") {
    const SavedBytes bytes = make_market().save();
    const saved::Bytes whole{bytes.begin(), bytes.end()};
    const auto is_one = [](Code code) {
        return code == Code::save_malformed || code == Code::save_of_other_version ||
               code == Code::save_of_other_types || code == Code::save_damaged;
    };
    for (std::size_t size = 0; size < whole.size(); ++size)
        CHECK(is_one(code_of({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)})));
    for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
        saved::Bytes flipped = whole;
        flipped[bit / 8] ^= std::byte{1} << (bit % 8);
        CHECK(is_one(code_of(flipped)));
    }
    for (const std::size_t cut : {std::size_t{1}, std::size_t{3}, std::size_t{8}})
        CHECK(code_of({whole.begin(), whole.end() - static_cast<std::ptrdiff_t>(cut)}) ==
              Code::save_damaged);
    saved::Bytes longer = whole;
    longer.push_back({});
    CHECK(code_of(longer) == Code::save_damaged);
    CHECK(code_of({}) == Code::save_malformed);
    const SavedBytes engine_only = save(make_market().engine());
    CHECK(code_of({engine_only.begin(), engine_only.end()}) == Code::save_malformed);
}

TEST_CASE("a save with names of another market is rejected: a model or a currency has no name") {
    const SavedBytes names_only = Replay{{}, "main"}.save();
    const std::size_t names_bytes = names_only.size() - save(Replay{{}, "main"}.engine()).size();
    const auto code_with_names = [&](const Engine& engine) {
        saved::Bytes bytes{names_only.begin(),
                           names_only.begin() + static_cast<std::ptrdiff_t>(names_bytes)};
        const SavedBytes market = save(engine);
        bytes.insert(bytes.end(), market.begin(), market.end());
        return code_of(bytes);
    };
    Engine engine;
    CHECK(code_with_names(engine) == Code::none);
    Engine with_rate;
    REQUIRE(with_rate.set_rate({.currency = Currency{3}, .usd = ExchangeRate::unchecked(5)}, {}));
    CHECK(code_with_names(with_rate) == Code::save_damaged);
    REQUIRE(with_rate.set_rate({.currency = Currency{3}}, {}));  // its fee stays fixed
    CHECK(code_with_names(with_rate) == Code::save_damaged);
    const GpuLimits gpu{.power_limit = {Power::unchecked(100), Power::unchecked(400)},
                        .model = GpuModel{70'000}};
    REQUIRE(engine.put_host(HostCapabilities{.id = 7, .gpus = {gpu}}, {}));
    CHECK(code_with_names(engine) == Code::save_damaged);
}

TEST_CASE("a save with invented names is rejected, even if the checksum is right") {
    const SavedBytes bytes = make_market().save();
    const saved::Words words = saved::words_of(bytes);
    // magic, 2 names of 4 and 26 bytes, 2 models of 0 and 3 bytes, checksum
    const std::size_t currencies = 1, first_size = 2, second_size = 4, models = 9, checksum = 13;
    REQUIRE(words[currencies] == 2);
    REQUIRE(words[first_size] == 4);
    REQUIRE(words[second_size] == 26);
    REQUIRE(words[models] == 2);
    const auto code_with = [&](std::size_t place, std::uint64_t word) {
        saved::Words names{words.begin(), words.begin() + checksum + 1};
        names[place] = word;
        saved::sign(names);
        names.insert(names.end(), words.begin() + checksum + 1, words.end());
        return code_of(saved::bytes_of(names));
    };
    CHECK(code_with(currencies, 2) == Code::none);
    for (const std::size_t place : {currencies, first_size, second_size, models}) {
        for (const std::uint64_t word :
             {~std::uint64_t{0}, std::uint64_t{1} << 61, std::uint64_t{1} << 32,
              std::uint64_t{1'000}, words[place] + 8}) {
            CAPTURE(place);
            CAPTURE(word);
            CHECK(code_with(place, word) == Code::save_damaged);
        }
    }
    // Events are written with these names, and must be JSON.
    const auto code_with_first_byte = [&](std::size_t place, std::uint64_t byte) {
        return code_with(place, (words[place] & ~std::uint64_t{0xff}) | byte);
    };
    for (const std::size_t name : {first_size + 1, second_size + 1, models + 3}) {
        CAPTURE(name);
        CHECK(code_with_first_byte(name, 'x') == Code::none);
        CHECK(code_with_first_byte(name, 0xff) == Code::save_damaged);
        CHECK(code_with_first_byte(name, 0xc3) ==
              Code::save_damaged);  // its second byte is missing
    }
    // The second currency has the first one's name; or there is none for a bid's currency.
    saved::Words twice{words.begin(), words.begin() + checksum + 1};
    twice.erase(twice.begin() + second_size, twice.begin() + models);
    const saved::Words same{4, words[first_size + 1]};
    twice.insert(twice.begin() + second_size, same.begin(), same.end());
    saved::sign(twice);
    twice.insert(twice.end(), words.begin() + checksum + 1, words.end());
    CHECK(code_of(saved::bytes_of(twice)) == Code::save_damaged);

    // Both models have the same name, the empty one.
    saved::Words same_models{words.begin(), words.begin() + checksum + 1};
    same_models[checksum - 2] = 0;
    same_models.erase(same_models.begin() + checksum - 1);
    saved::sign(same_models);
    same_models.insert(same_models.end(), words.begin() + checksum + 1, words.end());
    CHECK(code_of(saved::bytes_of(same_models)) == Code::save_damaged);

    saved::Words missing{words.begin(), words.begin() + checksum + 1};
    missing[currencies] = 1;
    missing.erase(missing.begin() + second_size, missing.begin() + models);
    saved::sign(missing);
    missing.insert(missing.end(), words.begin() + checksum + 1, words.end());
    CHECK(code_of(saved::bytes_of(missing)) == Code::save_damaged);

    // No name at all, not even the main currency's.
    saved::Words none{words[0], 0, 0, 0};
    saved::sign(none);
    none.insert(none.end(), words.begin() + checksum + 1, words.end());
    CHECK(code_of(saved::bytes_of(none)) == Code::save_damaged);
}

TEST_CASE("a market that is larger than the limits is not restored") {
    const SavedBytes bytes = make_market().save();
    const auto restored = restore({bytes.begin(), bytes.end()}, {.hosts = 0});
    REQUIRE(!restored);
    CHECK(restored.error() == Code::limit_reached);
}

}  // namespace
