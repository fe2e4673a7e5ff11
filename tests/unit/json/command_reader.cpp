// What the reader of commands says about a line that is not a command: code, field, numbers and a
// sentence. Lines that are commands are in command_text.cpp.
#include <gigaspot/json/command_reader.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "support/market.hpp"

namespace {

using namespace market;
using enum Code;

constexpr std::string_view all_ops =
    "rate, host, host_status, energy_price, remove_host, bid, edit, cached, cancel, revoke, close";

CommandProblem problem_of(std::string_view line) {
    MarketNames names;
    CommandReader reader;
    const auto read = reader.read(line, names);
    REQUIRE_FALSE(read);
    return read.error();
}

std::string bid_with(std::string_view field, std::string_view value) {
    std::string text = R"({"op":"bid","time":5,"id":1,"host":7,"owner":2,"price":"10",)"
                       R"("currency":"CLORE-Blockchain","oc":[{"pl":300}],"env":{"K":"V"}})";
    const std::string front = "\"" + std::string{field} + "\":";
    const std::size_t begin = text.find(front) + front.size();
    REQUIRE(begin != std::string::npos);
    const std::size_t end = text.find_first_of(",}", begin);
    return text.replace(begin, end - begin, value);
}

TEST_CASE("a malformed line has a field and a sentence, but no time") {
    const struct {
        std::string line;
        std::string_view field;
        std::string detail;
    } rows[] = {
        // Not a command at all.
        {"", "", "not JSON: column 1: the text ends where a value is expected"},
        {R"({"a":1,})", "", "not JSON: column 7: trailing comma"},
        {"{\"\u00e9\":\"\\q\"}", "", "not JSON: column 7: invalid escape \\q"},
        {R"({"op":"close","time":01})", "", "not JSON: column 22: invalid number 01"},
        {R"({"op":"close"x,"time":1})", "", "not JSON: column 14: expected ',' or '}'"},
        {R"({"op":"close","time"x:1})", "", "not JSON: column 21: expected ':'"},
        {R"({"op":"close","time" 1})", "", "not JSON: column 22: expected ':'"},
        {R"({"op":"edit","price":"1"2})", "", "not JSON: column 25: expected ',' or '}'"},
        {"[]", "", "expected a command, an object with an op, got an array"},
        {R"([{"renting_server":1}])", "",
         "expected a command, an object with an op, got an array: this looks like orders, use "
         "`check SNAPSHOT ORDERS`"},
        {" 5", "", "expected a command, an object with an op, got a number"},
        {"null", "", "expected a command, an object with an op, got null"},
        // Its op.
        {"{}", "op", "not given; expected " + std::string{all_ops}},
        {R"({"time":5,"op":null})", "op",
         "null counts as not given; expected " + std::string{all_ops}},
        {R"({"7":{"bids":[]}})", "op",
         "not given; expected " + std::string{all_ops} +
             ": this looks like a snapshot, use `rank`"},
        {R"({"op":5})", "op", "expected a string, got a number"},
        {R"({"op":"\ud800"})", "op", "an escape is half of a surrogate pair"},
        {R"({"op":"bids"})", "op", "unknown op \"bids\"; expected " + std::string{all_ops}},
        {R"({"time":1,"op":"Close"})", "op",
         "unknown op \"Close\"; expected " + std::string{all_ops}},
        // Its fields.
        {R"({"op":"close"})", "time", "not given; required: time"},
        {R"({"op":"cancel","time":5,"id":null})", "id",
         "null counts as not given; required: time, id"},
        {R"({"op":"rate","time":5,"currency":"c"})", "usd",
         "not given; required: time, currency, usd"},
        {bid_with("price", R"("abc")"), "price", "\"abc\" is not a decimal number"},
        {bid_with("price", R"("")"), "price", "\"\" is not a decimal number"},
        {bid_with("price", "true"), "price", "expected a decimal number, got a boolean"},
        {bid_with("id", R"("1")"), "id", "expected a number, got a string"},
        {bid_with("pl", R"("300")"), "oc[0].pl", "expected a number, got a string"},
        {bid_with("pl", R"(300,"core_lok":1)"), "oc[0].core_lok",
         "unknown field core_lok; expected pl, core_lock, mem_lock, core_offset, mem_offset"},
        {bid_with("pl", R"(300,"x_note":1)"), "oc[0].x_note",
         "unknown field x_note; expected pl, core_lock, mem_lock, core_offset, mem_offset"},
        {R"({"op":"rate","time":5,"currency":"c","usd":1,"fee-ppm":25000})", "fee-ppm",
         "unknown field fee-ppm; expected op, time, currency, usd, fee_ppm"},
        {R"({"op":"host","time":5,"id":7,"energy_price":1,"gpus":[],"minbid":2})", "minbid",
         "unknown field minbid; expected op, time, id, energy_price, min_bid, base_power, "
         "max_rental_length, online, on_demand_rented, working_properly, gpus"},
        {R"({"op":"cancel","time":5,"id":1,"owner_id":2})", "owner_id",
         "unknown field owner_id; expected op, time, id, owner"},
        {R"({"op":"close","time":5,"id":null})", "id", "unknown field id; expected op, time"},
        {R"({"op":"close","time":5,"X_note":1})", "X_note",
         "unknown field X_note; expected op, time"},
        {R"({"op":"close","time":5,"x":1})", "x", "unknown field x; expected op, time"},
        {R"({"op":"close","time":5,"":1})", "", "unknown field ; expected op, time"},
        {R"({"op":"close","time":5,"x_\ud800":1})", "?", "unknown field ?; expected op, time"},
        {R"({"op":"host","time":5,"id":7,"energy_price":1,"gpus":[{"pl":[1,2],"memlock":[1,2]}]})",
         "gpus[0].memlock",
         "unknown field memlock; expected model, pl, core_lock, mem_lock, core_offset, "
         "mem_offset"},
        {bid_with("K", "null"), "env.K", "expected a string, got null"},
        {bid_with("currency", "[]"), "currency", "expected a string, got an array"},
        {R"({"op":"host","time":5,"id":7,"energy_price":1,"gpus":[{"pl":[1,"2"]}]})",
         "gpus[0].pl[1]", "expected a number, got a string"},
        {R"({"op":"host","time":5,"id":7,"energy_price":1,"gpus":[{"pl":[1,2]},{"pl":[1]}]})",
         "gpus[1].pl", "expected [minimum, maximum], got 1 item"},
        {std::string(limits::command_bytes_max + 1, ' '), "",
         "the line has 1048577 bytes; at most 1048576"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.detail);
        const CommandProblem found = problem_of(row.line);
        CHECK(found.problem == FieldProblem{.code = malformed,
                                            .field = std::string{row.field},
                                            .detail = row.detail});
        CHECK(found.time == std::nullopt);
    }
}

TEST_CASE("a number that is out of range has its value, the limit and the unit") {
    const struct {
        std::string line;
        FieldProblem problem;
    } rows[] = {
        {bid_with("time", "-1"),
         {number_out_of_range, "time", "-1 is out of range: 0 to 9007199254740992 ms", "-1", "0",
          "ms"}},
        {bid_with("id", "9007199254740993"),
         {number_out_of_range, "id", "9007199254740993 is out of range: 0 to 9007199254740992",
          "9007199254740993", "9007199254740992"}},
        {bid_with("owner", "-1"),
         {number_out_of_range, "owner", "-1 is out of range: 0 to 9007199254740992", "-1", "0"}},
        {bid_with("price", "1000000.1"),
         {number_out_of_range, "price", "1000000.1 is out of range: 0 to 1000000 coin/day",
          "1000000.1", "1000000", "coin/day", true}},
        {bid_with("price", R"("-1e-400")"),
         {number_out_of_range, "price", "-1e-400 is out of range: 0 to 1000000 coin/day", "-1e-400",
          "0", "coin/day", true}},
        {bid_with("price", "-1e999999999"),
         {number_out_of_range, "price", "-1e999999999 is out of range: 0 to 1000000 coin/day",
          "-1e999999999", "0", "coin/day", true}},
        {bid_with("price", "1e999999999"),
         {number_out_of_range, "price", "1e999999999 is out of range: 0 to 1000000 coin/day",
          "1e999999999", "1000000", "coin/day", true}},
        {bid_with("pl", "1000001"),
         {number_out_of_range, "oc[0].pl", "1000001 is out of range: 0 to 1000000 W", "1000001",
          "1000000", "W"}},
        {bid_with("pl", R"(300,"core_offset":-1000001)"),
         {number_out_of_range, "oc[0].core_offset",
          "-1000001 is out of range: -1000000 to 1000000 MHz", "-1000001", "-1000000", "MHz"}},
        {R"({"op":"rate","time":5,"currency":"c","usd":0})",
         {number_out_of_range, "usd", "0 is out of range: above 0, up to 1000000 USD/coin", "0",
          "0.000000000001", "USD/coin", true}},
        {R"({"op":"rate","time":5,"currency":"c","usd":"5e-13"})",
         {number_out_of_range, "usd", "5e-13 rounds to 0; the minimum is 0.000000000001 USD/coin",
          "5e-13", "0.000000000001", "USD/coin", true}},
        {R"({"op":"rate","time":5,"currency":"c","usd":1000000.0000000000001})",
         {number_out_of_range, "usd",
          "1000000.0000000000001 is out of range: above 0, up to 1000000 USD/coin",
          "1000000.0000000000001", "1000000", "USD/coin", true}},
        {R"({"op":"host","time":5,"id":7,"energy_price":1,"max_rental_length":0.5,"gpus":[]})",
         {number_out_of_range, "max_rental_length", "0.5 is out of range: 1 to 2147483647 s", "0.5",
          "1", "s"}},
        {R"({"op":"host","time":5,"id":7,"energy_price":1,"gpus":[{"pl":[-1,2]}]})",
         {number_out_of_range, "gpus[0].pl[0]", "-1 is out of range: 0 to 1000000 W", "-1", "0",
          "W"}},
        // A number of more than 64 bytes is cut for people and omitted for programs.
        {bid_with("price", std::string(64, '1')),
         {number_out_of_range, "price",
          "1111111111111111111111111111111111111111... is out of range: 0 to 1000000 coin/day",
          std::string(64, '1'), "1000000", "coin/day", true}},
        {bid_with("price", std::string(65, '1')),
         {number_out_of_range, "price",
          "1111111111111111111111111111111111111111... is out of range: 0 to 1000000 coin/day", "",
          "1000000", "coin/day", true}},
        {bid_with("pl", "0.5"), {number_too_precise, "oc[0].pl", "0.5 is not a whole number of W"}},
        {bid_with("host", "0.5"), {number_too_precise, "host", "0.5 is not a whole number"}},
        {bid_with("price", "1e-9"),
         {price_too_precise, "price", "1e-9 has more than 8 digits after the point"}},
        {R"({"op":"host","time":5,"id":7,"energy_price":1,"min_bid":"1e-9","gpus":[]})",
         {number_too_precise, "min_bid", "1e-9 has more than 8 digits after the point"}},
    };
    for (const auto& row : rows) {
        CAPTURE(row.line);
        const CommandProblem found = problem_of(row.line);
        CHECK(found.problem == row.problem);
        // An engine looks at the time before any other number.
        CHECK(found.time.has_value() == (row.problem.field != "time"));
        if (found.time) CHECK(*found.time == at_ms(5));
    }
}

TEST_CASE(
    "a malformed field comes before a number out of range, and the first in the rules counts") {
    CHECK(problem_of(bid_with("time", R"(-1,"image":5)")).problem.field == "image");
    CHECK(problem_of(bid_with("id", R"(-1,"oc":[{"pl":-1}],"price":-1)")).problem.field == "id");
    CHECK(problem_of(bid_with("id", R"(1,"oc":[{"pl":-1}],"price":-1)")).problem.field == "price");
}

TEST_CASE("rates and energy prices with more digits than their unit are rounded half to even") {
    MarketNames names;
    CommandReader reader;
    const struct {
        std::string_view number, rate, energy_price;
    } rows[] = {
        {"0.0023000000000000004", "0.0023", "0.0023"},
        {"1.0000000000005", "1", "1"},
        {"1.00000000000050000000000001", "1.000000000001", "1"},
        {"1.0000000000015", "1.000000000002", "1"},
        {"0.0000000005", "0.0000000005", "0"},
        {"0.0000000015", "0.0000000015", "0.000000002"},
        {"0.00000000050000001", "0.0000000005", "0.000000001"},
        {"5000000000001e-25", "0.000000000001", "0"},
        {"999.9999999999999", "1000", "1000"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.number);
        for (const std::string_view quote : {"", "\""}) {
            const std::string usd = std::string{quote}.append(row.number).append(quote).append("}");
            const auto rate =
                reader.read(R"({"op":"rate","time":5,"currency":"c","usd":)" + usd, names);
            REQUIRE(rate);
            CHECK(std::get<SetRate>(rate->command).usd->text().view() == row.rate);
            const auto energy =
                reader.read(R"({"op":"energy_price","time":5,"id":7,"usd":)" + usd, names);
            REQUIRE(energy);
            CHECK(std::get<SetEnergyPrice>(energy->command).usd.text().view() == row.energy_price);
            const auto host = reader.read(
                R"({"op":"host","time":5,"id":7,"gpus":[],"energy_price":)" + usd, names);
            REQUIRE(host);
            CHECK(std::get<PutHost>(host->command).energy_price.text().view() == row.energy_price);
        }
    }
}

TEST_CASE("fields whose names begin with x_ belong to the sender") {
    MarketNames names;
    CommandReader reader;
    const auto host =
        reader.read(R"({"x_a":[{"pl":1}],"op":"host","x_":null,"time":5,"id":7,"energy_price":1,)"
                    R"("gpus":[{"x_slot":"3","pl":[1,2],"\u0078_b":{}}],"x_a":1})",
                    names);
    REQUIRE(host);
    CHECK(std::get<PutHost>(host->command).gpus.size() == 1);
    CHECK(reader.read(bid_with("id", R"(1,"x_note":"a")"), names));
    CHECK(problem_of(R"({"op":"close","time":5,"x_note":01})").problem.detail ==
          "not JSON: column 33: invalid number 01");
}

TEST_CASE("a byte-order mark in front of a line is ignored") {
    MarketNames names;
    CommandReader reader;
    CHECK(reader.read("\xEF\xBB\xBF{\"op\":\"close\",\"time\":5}", names));
    CHECK(reader.read("\xEF\xBB\xBF {\"time\":5,\"op\":\"close\"}", names));
    CHECK(problem_of("\xEF\xBB\xBF{").problem.detail ==
          "not JSON: column 2: the text ends inside an array or object");
    for (const std::string_view line :
         {"\xEF\xBB\xBF\xEF\xBB\xBF{\"op\":\"close\",\"time\":5}",
          " \xEF\xBB\xBF{\"op\":\"close\",\"time\":5}", "{\xEF\xBB\xBF\"op\":\"close\",\"time\":5}",
          "\xEF\xBB{\"op\":\"close\",\"time\":5}"}) {
        CAPTURE(std::string{line});
        CHECK(problem_of(line).problem.detail.starts_with("not JSON: column "));
    }
}

TEST_CASE("a line with a known op is told from a line of another document") {
    MarketNames names;
    CommandReader reader;
    const auto has_known_op = [&](std::string_view line) {
        static_cast<void>(reader.read(line, names).has_value());
        return reader.has_known_op();
    };
    CHECK(has_known_op(R"({"op":"close","time":5})"));
    CHECK_FALSE(has_known_op("{"));
    CHECK(has_known_op(R"({"time":5,"op":"bid"})"));  // a command, though malformed
    CHECK_FALSE(has_known_op(R"({"7":{"bids":[]}})"));
    CHECK_FALSE(has_known_op(R"({"op":"bids"})"));
    CHECK_FALSE(has_known_op("[]"));
    CHECK_FALSE(has_known_op(std::string(limits::command_bytes_max + 1, '{')));
}

TEST_CASE("a name without a number is read, and the reason is kept until the next line") {
    MarketNames names;
    CommandReader reader;
    const std::string long_name(129, 'x');
    const auto rate_in = [&](const std::string& currency) {
        return reader.read(R"({"op":"rate","time":5,"usd":1,"currency":")" + currency + "\"}",
                           names);
    };
    const auto rate = rate_in(long_name);
    REQUIRE(rate);
    CHECK(std::get<SetRate>(rate->command).currency == Currency{limits::currencies_max});
    CHECK(reader.name_problem() == FieldProblem{limit_reached, "currency",
                                                "currency name has 129 bytes; at most 128", "129",
                                                "128", "bytes"});
    const auto host = reader.read(R"({"op":"host","time":5,"id":7,"energy_price":1,"gpus":[)"
                                  R"({"pl":[1,2],"model":"ok"},{"pl":[1,2],"model":")" +
                                      long_name + R"("}]})",
                                  names);
    REQUIRE(host);
    CHECK(std::get<PutHost>(host->command).gpus[0].model == GpuModel{1});
    CHECK(std::get<PutHost>(host->command).gpus[1].model == gpu_model_without_number);
    CHECK(reader.name_problem() == FieldProblem{limit_reached, "gpus[1].model",
                                                "GPU model name has 129 bytes; at most 128", "129",
                                                "128", "bytes"});
    CHECK(reader.read(R"({"op":"close","time":5})", names));
    CHECK(reader.name_problem() == std::nullopt);
    for (int i = 1; i < 16; ++i) REQUIRE(rate_in("c" + std::to_string(i)));
    CHECK(names.currencies() == 16);
    CHECK(reader.name_problem() == std::nullopt);
    CHECK(rate_in("new"));
    CHECK(reader.name_problem() ==
          FieldProblem{limit_reached, "currency",
                       "currency \"new\" is new; the market takes at most 16 currencies", "17",
                       "16", "currencies"});
}

TEST_CASE("the currency of a bid is looked up, and a bid adds no name") {
    MarketNames names;
    CommandReader reader;
    REQUIRE(names.find_or_add_currency("bitcoin") == Currency{1});
    const auto currency_of = [&](const std::string& name) {
        const auto bid = reader.read(bid_with("currency", '"' + name + '"'), names);
        REQUIRE(bid);
        return std::get<PlaceBid>(bid->command).currency;
    };
    CHECK(currency_of("bitcoin") == Currency{1});
    CHECK(currency_of("CLORE\\u002dBlockchain") == main_currency);
    CHECK(reader.name_problem() == std::nullopt);
    for (const std::string& unknown : {std::string{"Bitcoin"}, std::string(129, 'x')}) {
        CHECK(currency_of(unknown) == Currency{limits::currencies_max});
        REQUIRE(reader.name_problem());
        CHECK(reader.name_problem()->code == currency_unknown);
        CHECK(reader.name_problem()->field == "currency");
    }
    CHECK(currency_of("bit\\u0000coin") == Currency{limits::currencies_max});
    CHECK(reader.name_problem()->detail ==
          "unknown currency \"bit?coin\"; known: CLORE-Blockchain, bitcoin");
    CHECK(names.currencies() == 2);
}

TEST_CASE("fields may come in any order, and twice, with those of the sender among them") {
    std::vector<std::string> fields{R"("op":"edit")", R"("time":5)",       R"("id":7)",
                                    R"("price":1.5)", R"("o\u0077ner":3)", R"("oc":[{"pl":300}])"};
    std::sort(fields.begin(), fields.end());
    CommandReader reader;
    MarketNames names;
    do {
        std::string line = "{";
        for (const std::string& field : fields) line += field + R"( , "x_a":[{"id":1}],)";
        line += R"("id":8,"oc":[],"price":"2","time":6,"owner":4})";
        CAPTURE(line);
        const auto read = reader.read(line, names);
        REQUIRE(read);
        REQUIRE(read->time == at_ms(5));
        const auto& edit = std::get<EditBid>(read->command);
        REQUIRE(edit.id == BidId{7});
        REQUIRE(edit.price == 1.5_coin_per_day);
        REQUIRE(edit.owner == OwnerId{3});
        REQUIRE(edit.overclock->size() == 1);
        REQUIRE(edit.overclock->front().power_limit == 300_W);
    } while (std::next_permutation(fields.begin(), fields.end()));
}

}  // namespace
