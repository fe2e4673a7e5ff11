// The orders that clients send to the market, and its answer. An order is a promise of money:
// nothing in it is rounded, and a misspelt field is not lost.
#include <gigaspot/json/orders.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gigaspot/rules/validate.hpp>

#include "support/market.hpp"

namespace {

using namespace market;
using enum Code;

CreateOrders create(std::string text, MarketNames& names) {
    Result<CreateOrders, DocumentError> orders = read_create_orders(std::move(text), names);
    REQUIRE(orders);
    return std::move(*orders);
}
CreateOrders create(std::string text) {
    MarketNames names;
    for (const std::string_view known : {"bitcoin", "c"})
        REQUIRE(names.find_or_add_currency(known));
    return create(std::move(text), names);
}
EditOrders edit(std::string text) {
    const Result<EditOrders, DocumentError> orders = read_edit_orders(std::move(text));
    REQUIRE(orders);
    return *orders;
}

constexpr std::string_view order = R"({"currency": "bitcoin", "image": "c9a4e2f6b7d488d8f0bab0ff",
  "renting_server": 35005, "price": 28.9755,
  "oc": [{"pl": 150, "mem_lock": 6800, "core_lock": 900, "mem_offset": 1000, "core_offset": 0}, {"pl": 130}],
  "env": {"rig_id": "a\u0062c", "": "", "k\u0065y": "\ud834\udd1e"}})";

std::string with(std::string_view piece, std::string_view other) {
    std::string text{order};
    const std::size_t at = text.find(piece);
    REQUIRE(at != std::string::npos);
    return "[" + text.replace(at, piece.size(), other) + "]";
}

TEST_CASE("every field of an order to create is read") {
    MarketNames names;
    REQUIRE(names.find_or_add_currency("bitcoin"));
    const CreateOrders document = create("[" + std::string{order} + "]", names);
    CHECK(document.skipped().empty());
    REQUIRE(document.orders().size() == 1);
    CHECK(document.orders()[0].entry == 0);
    const Bid& bid = document.orders()[0].bid;
    CHECK(bid.host == HostId{35005});
    CHECK(bid.price == 28.9755_coin_per_day);
    CHECK(names.name(bid.currency) == "bitcoin");
    REQUIRE(bid.overclock.size() == 2);
    CHECK(bid.overclock[0] == OverclockProfile{.power_limit = 150_W,
                                               .core_lock = 900_MHz,
                                               .mem_lock = 6800_MHz,
                                               .core_offset = 0_MHz,
                                               .mem_offset = 1000_MHz});
    CHECK(bid.overclock[1] == OverclockProfile{.power_limit = 130_W});
    CHECK(bid.workload.image == "c9a4e2f6b7d488d8f0bab0ff");
    const auto environment = bid.workload.environment;
    REQUIRE(environment.size() == 3);
    CHECK(environment[0] == EnvironmentVariable{"rig_id", "abc"});
    CHECK(environment[1] == EnvironmentVariable{"", ""});
    CHECK(environment[2] == EnvironmentVariable{"key", "\U0001d11e"});
}

TEST_CASE("optional fields of an order may be absent or null") {
    for (const std::string_view text :
         {R"([{"currency":"c","renting_server":7,"price":1}])",
          R"([{"currency":"c","renting_server":7,"price":1,"image":null,"oc":null,"env":null}])"}) {
        const CreateOrders document = create(std::string{text});
        REQUIRE(document.orders().size() == 1);
        CHECK(document.orders()[0].bid.overclock.empty());
        CHECK(document.orders()[0].bid.workload.image == std::nullopt);
        CHECK(document.orders()[0].bid.workload.environment.empty());
    }
}

/// A report of a problem without its sentence for people, which must be there.
template <class Report>
Report place_of(Report report) {
    CHECK_FALSE(report.detail.empty());
    report.detail.clear();
    return report;
}

struct Wrong {
    std::string_view piece, other, path;
    Code problem;
};

constexpr Wrong wrong_orders[] = {
    {R"("currency": "bitcoin", )", "", "currency", missing},
    {R"("renting_server": 35005)", R"("renting_server": null)", "renting_server", missing},
    {R"("price": 28.9755)", R"("Price": 28.9755)", "price", missing},
    {R"("currency": "bitcoin")", R"("currency": 5)", "currency", wrong_type},
    {R"("image": "c9a4e2f6b7d488d8f0bab0ff")", R"("image": 5)", "image", wrong_type},
    {R"("renting_server": 35005)", R"("renting_server": "35005")", "renting_server", wrong_type},
    {R"("price": 28.9755)", R"("price": [28.9755])", "price", wrong_type},
    {R"("price": 28.9755)", R"("price": "28.9755 coins")", "price", malformed},
    {R"("price": 28.9755)", R"("price": "28.975500001")", "price", price_too_precise},
    {R"("price": 28.9755)", R"("price": "1000000.1")", "price", number_out_of_range},
    {R"("oc": [)", R"("oc": {}, "n": [)", "oc", wrong_type},
    {R"({"pl": 130})", "130", "oc[1]", wrong_type},
    {R"({"pl": 130})", "null", "oc[1]", wrong_type},
    {R"("pl": 130)", R"("pl": "130")", "oc[1].pl", wrong_type},
    {R"("core_lock": 900)", R"("core_lock": [900])", "oc[0].core_lock", wrong_type},
    {R"("env": {)", R"("env": [], "n": {)", "env", wrong_type},
    {R"("rig_id": "a\u0062c")", R"("rig_id": 5)", "env.rig_id", wrong_type},
    {R"("rig_id": "a\u0062c")", R"("rig_id": null)", "env.rig_id", wrong_type},
    {R"("rig_id": "a\u0062c")", R"("rig_id": {"a": "b"})", "env.rig_id", wrong_type},
    // A profile has only known fields.
    {R"({"pl": 130})", R"({"pl": 130, "core_lok": 900})", "oc[1].core_lok", unknown_field},
    {R"({"pl": 130})", R"({"u": null, "pl": 130})", "oc[1].u", unknown_field},
    {R"({"pl": 130})", R"({"\ud800": 1})", "oc[1].?", unknown_field},
    // Nothing is rounded.
    {R"("price": 28.9755)", R"("price": 28.975500001)", "price", price_too_precise},
    {R"("price": 28.9755)", R"("price": 1e-9)", "price", price_too_precise},
    {R"("renting_server": 35005)", R"("renting_server": 35005.5)", "renting_server",
     number_too_precise},
    {R"("pl": 130)", R"("pl": 130.5)", "oc[1].pl", number_too_precise},
    {R"("mem_offset": 1000)", R"("mem_offset": 1e-1)", "oc[0].mem_offset", number_too_precise},
    // Out of range comes before too precise.
    {R"("price": 28.9755)", R"("price": 1000000.000000001)", "price", number_out_of_range},
    {R"("price": 28.9755)", R"("price": -1)", "price", number_out_of_range},
    {R"("price": 28.9755)", R"("price": 1e400)", "price", number_out_of_range},
    {R"("renting_server": 35005)", R"("renting_server": 9007199254740993)", "renting_server",
     number_out_of_range},
    {R"("pl": 130)", R"("pl": -1)", "oc[1].pl", number_out_of_range},
    {R"("core_offset": 0)", R"("core_offset": -1000001)", "oc[0].core_offset", number_out_of_range},
    // Half of a surrogate pair.
    {R"("bitcoin")", R"("\ud800")", "currency", malformed},
    {R"("c9a4e2f6b7d488d8f0bab0ff")", R"("\udc00")", "image", malformed},
    {R"("rig_id": "a\u0062c")", R"("rig_id": "\ud800")", "env.rig_id", malformed},
    {R"("rig_id": "a\u0062c")", R"("\ud800": "a")", "env.?", malformed},
};

TEST_CASE("an order with a problem is skipped, and the first problem is named with its path") {
    for (const Wrong& row : wrong_orders) {
        CAPTURE(row.other);
        std::string text = with(row.piece, row.other);
        text.insert(1, std::string{order} + ", 5, ");
        text.insert(text.size() - 1, ", [], " + std::string{order});
        const CreateOrders document = create(text);
        REQUIRE(document.orders().size() == 2);
        CHECK(document.orders()[0].entry == 0);
        CHECK(document.orders()[1].entry == 4);
        REQUIRE(document.skipped().size() == 3);
        CHECK(place_of(document.skipped()[0]) == SkippedEntry{1, "", wrong_type});
        CHECK(place_of(document.skipped()[1]) ==
              SkippedEntry{2, std::string{row.path}, row.problem});
        CHECK(place_of(document.skipped()[2]) == SkippedEntry{3, "", wrong_type});
    }
}

TEST_CASE("an order in a currency that the market does not know is rejected, and adds no name") {
    MarketNames names;
    const CreateOrders document = create("[" + std::string{order} + "]", names);
    CHECK(document.orders().empty());
    CHECK(place_of(document.skipped().at(0)) == SkippedEntry{0, "currency", currency_unknown});
    CHECK(names.currencies() == 1);
}

TEST_CASE("an order's numbers are read by their value") {
    const auto price = [](std::string_view text) {
        const CreateOrders document = create(with("28.9755", text));
        return document.orders().at(0).bid.price;
    };
    for (const std::string_view text :
         {"300", "300.0", "3e2", "300.000000000000000000000", "30000E-2"})
        CHECK(price(text) == 300_coin_per_day);
    CHECK(price("0.00000001") == Price::unchecked(1));
    for (const std::string_view text : {"\"731.9\"", "\"7.319e2\"", "\"731.900\""})
        CHECK(price(text) == 731.9_coin_per_day);
    CHECK(price("-0") == Price{});  // for validate to say
}

TEST_CASE("if a key appears twice in an environment, the first counts") {
    const CreateOrders document =
        create(with(R"("": "", )", R"("rig_id": "2", "ri\u0067_id": "3", "": "4", "": "5", )"));
    const auto environment = document.orders().at(0).bid.workload.environment;
    REQUIRE(environment.size() == 3);
    CHECK(environment[0] == EnvironmentVariable{"rig_id", "abc"});
    CHECK(environment[1] == EnvironmentVariable{"", "4"});
    CHECK(environment[2] == EnvironmentVariable{"key", "\U0001d11e"});
}

TEST_CASE("an order has at most 32 profiles") {
    std::string profiles = R"({"pl": 130})";
    for (int i = 2; i < 32; ++i) profiles += R"(,{"pl": 130})";
    const CreateOrders longest = create(with(R"({"pl": 130})", profiles));
    CHECK(longest.orders().at(0).bid.overclock.size() == 32);
    const CreateOrders document = create(with(R"({"pl": 130})", profiles + R"(,{"pl": 130})"));
    CHECK(place_of(document.skipped().at(0)) == SkippedEntry{0, "oc[32]", limit_reached});
}

TEST_CASE("profiles on their own are read as in an order") {
    const auto read =
        read_overclock(R"([{"pl": 150, "core_lock": 900}, {"pl": 130, "mem_lock": null}, {}])");
    REQUIRE(read);
    CHECK(*read == Overclock{OverclockProfile{.power_limit = 150_W, .core_lock = 900_MHz},
                             OverclockProfile{.power_limit = 130_W}, OverclockProfile{}});
    CHECK(read_overclock("[]") == Overclock{});

    struct Row {
        std::string_view text, path;
        Code problem;
    };
    for (const Row& row :
         {Row{"{}", "", wrong_type}, Row{"5", "", wrong_type}, Row{"[{}, 5]", "[1]", wrong_type},
          Row{R"([{"pl": "150"}])", "[0].pl", wrong_type},
          Row{R"([{"pl": 150.5}])", "[0].pl", number_too_precise},
          Row{R"([{"pl": 1000001}])", "[0].pl", number_out_of_range},
          Row{R"([{"pl": 150}, {"core_lok": 1}])", "[1].core_lok", unknown_field}}) {
        CAPTURE(row.text);
        const auto rejected = read_overclock(std::string{row.text});
        REQUIRE(!rejected);
        CHECK(place_of(rejected.error()) ==
              DocumentError{.code = row.problem, .path = std::string{row.path}});
    }
    const auto cut = read_overclock(R"([{"pl": 150})");
    REQUIRE(!cut);
    CHECK(cut.error().code == malformed);
    CHECK(cut.error().line == 1);
}

TEST_CASE("the texts of a document live as long as it does, even if it is moved") {
    auto first = std::make_unique<CreateOrders>(
        create("[" + std::string{order} + "," + std::string{order} + "]"));
    const CreateOrders second = std::move(*first);
    first.reset();
    CreateOrders document;
    document = CreateOrders{create("[]")};
    document = create("[5]");
    REQUIRE(second.orders().size() == 2);
    for (const CreateOrder& each : second.orders()) {
        CHECK(each.bid.workload.image == "c9a4e2f6b7d488d8f0bab0ff");
        CHECK(each.bid.workload.environment[0] == EnvironmentVariable{"rig_id", "abc"});
        CHECK(each.bid.workload.environment[2] == EnvironmentVariable{"key", "\U0001d11e"});
    }
}

TEST_CASE("an order to create is validated like any bid: every violation is found") {
    MarketNames names;
    const std::string key(129, 'k');
    const std::string value(1'537, 'v');
    const CreateOrders document =
        create(R"([{"currency":"CLORE-Blockchain","renting_server":7,"price":0.00005,"image":"nope",
        "oc":[{"pl":99,"core_lock":2521,"mem_offset":-2001},{"core_offset":0}],"env":{"":"", ")" +
                   key + "\":\"" + value + "\"}}]",
               names);
    REQUIRE(document.orders().size() == 1);
    const HostCapabilities host{
        .id = HostId{7}, .gpus = {full_gpu, plain_gpu}, .min_bid = 2_coin_per_day};
    const Violations found = validate(document.orders()[0].bid, host);
    const Code expected[] = {power_limit_below_card_minimum,
                             core_lock_above_maximum,
                             mem_offset_below_minimum,
                             power_limit_missing,
                             core_offset_not_supported,
                             price_below_market_minimum,
                             price_below_host_minimum,
                             environment_key_too_long,
                             environment_value_too_long,
                             environment_key_empty,
                             image_malformed};
    REQUIRE(found.size() == std::size(expected));
    for (std::size_t i = 0; i < found.size(); ++i) CHECK(found[i].code == expected[i]);
    const CreateOrders in_main = create(with("bitcoin", "CLORE-Blockchain"));
    CHECK(is_valid(in_main.orders().at(0).bid, HostCapabilities{.gpus = {full_gpu, plain_gpu}}) ==
          false);  // 130 W is below the plain GPU's 150 W
    const CreateOrders with_more_power = create(with(R"({"pl": 130})", R"({"pl": 150})"));
    CHECK(is_valid(with_more_power.orders().at(0).bid,
                   HostCapabilities{.gpus = {full_gpu, plain_gpu}}) ==
          false);  // its environment has an empty key
    const CreateOrders good = create(
        R"([{"currency":"CLORE-Blockchain","renting_server":7,"price":2,"oc":[{"pl":100},{"pl":400}],
        "image":"C9A4e2f6b7d488d8f0bab0ff","env":{"K":"V"}}])");
    CHECK(is_valid(good.orders().at(0).bid, host));
}

TEST_CASE("an order to edit has a price, and profiles if they change") {
    const EditOrders document = edit(
        R"([{"order_id":602837,"price":29.05,"oc":[{"pl":130,"mem_lock":5000}],"owner":5},{"order_id":1,"price":"0.1"},{"price":1},
            {"order_id":2},{"order_id":3,"price":1e-9},{"order_id":1.5,"price":1},{"order_id":4,"price":1,"oc":[{"lock":1}]},
            {"order_id":4,"price":1,"oc":[]},{"order_id":"4","price":1}])");
    REQUIRE(document.orders.size() == 3);
    CHECK(document.orders[0] ==
          EditOrder{.entry = 0,
                    .id = BidId{602837},
                    .price = 29.05_coin_per_day,
                    .overclock = Overclock{{.power_limit = 130_W, .mem_lock = 5000_MHz}}});
    CHECK(document.orders[1] == EditOrder{.entry = 1, .id = BidId{1}, .price = 0.1_coin_per_day});
    CHECK(document.orders[2].overclock == Overclock{});  // empty is not absent
    std::vector<SkippedEntry> skipped;
    for (const SkippedEntry& entry : document.skipped) skipped.push_back(place_of(entry));
    CHECK(skipped == std::vector<SkippedEntry>{{2, "order_id", missing},
                                               {3, "price", missing},
                                               {4, "price", price_too_precise},
                                               {5, "order_id", number_too_precise},
                                               {6, "oc[0].lock", unknown_field},
                                               {8, "order_id", wrong_type}});
}

TEST_CASE("a request cancels at most 64 orders, all of them or none") {
    const auto cancel = [](int count) {
        std::string text = R"({"order_ids":[)";
        for (int i = 0; i < count; ++i) {
            if (i > 0) text += ',';
            text += std::to_string(1000 + i);
        }
        return read_cancel_orders(text + "]}");
    };
    CHECK((*cancel(0)).empty());
    REQUIRE(cancel(64));
    CHECK((*cancel(64)).size() == 64);
    CHECK((*cancel(64)).back() == BidId{1063});
    REQUIRE_FALSE(cancel(65));
    CHECK(place_of(cancel(65).error()) ==
          DocumentError{.code = limit_reached, .path = "order_ids[64]"});

    const struct {
        std::string_view text, path;
        Code problem;
    } wrong[] = {
        {"{}", "order_ids", missing},
        {R"({"order_ids":null})", "order_ids", missing},
        {R"({"order_ids":5})", "order_ids", wrong_type},
        {R"({"order_ids":[1,"2"]})", "order_ids[1]", wrong_type},
        {R"({"order_ids":[1,null]})", "order_ids[1]", wrong_type},
        {R"({"order_ids":[1.5]})", "order_ids[0]", number_too_precise},
        {R"({"order_ids":[-1]})", "order_ids[0]", number_out_of_range},
        {"[1]", "", wrong_type},
    };
    for (const auto& row : wrong) {
        CAPTURE(row.text);
        const auto ids = read_cancel_orders(std::string{row.text});
        REQUIRE_FALSE(ids);
        CHECK(place_of(ids.error()) ==
              DocumentError{.code = row.problem, .path = std::string{row.path}});
    }
}

TEST_CASE("the market's answer carries the coin's price and says where the snapshot is") {
    const auto answer = read_market_answer(
        R"({"code":0,"my_user_id":5,"v1_snapshot_url":"https:\/\/x.y/snapshot_1699999999.json","clore_price":0.0071,
            "creation_fees":{"CLORE-Blockchain":[1]}})");
    REQUIRE(answer);
    CHECK(answer->code == WholeNumber{});
    CHECK(answer->error.empty());
    CHECK(answer->clore_price == 0.0071_usd_per_coin);
    CHECK(answer->snapshot_time() == Timestamp::unchecked(1'699'999'999'000));

    const auto rejected = read_market_answer(R"({"code":6,"error":"no \"such\" thing"})");
    REQUIRE(rejected);
    CHECK(rejected->code == *WholeNumber::from_text("6"));
    CHECK(rejected->error == "no \"such\" thing");
    CHECK(rejected->clore_price == std::nullopt);
    CHECK(rejected->snapshot_time() == std::nullopt);
}

TEST_CASE("the coin's price is market data: rounded half to even to 1e-12, and never 0") {
    const struct {
        std::string_view text;
        std::int64_t count;  // 0: out of range
    } prices[] = {{"7.1e-3", 7'100'000'000},
                  {"\"0.0071\"", 7'100'000'000},
                  {"\"0.0000000000015\"", 2},
                  {"0.0000000000015", 2},
                  {"0.0000000000025", 2},
                  {"0.0000000000005", 0},
                  {"0.00000000000051", 1},
                  {"0", 0},
                  {"-0.0", 0},
                  {"-1", 0},
                  {"1000000.1", 0},
                  {"1e6", 1'000'000'000'000'000'000}};
    for (const auto& row : prices) {
        CAPTURE(row.text);
        const auto answer =
            read_market_answer("{\"code\":0,\"clore_price\":" + std::string{row.text} + "}");
        REQUIRE(answer.has_value() == (row.count != 0));
        if (answer) CHECK(answer->clore_price->count() == row.count);
        if (!answer)
            CHECK(place_of(answer.error()) ==
                  DocumentError{.code = number_out_of_range, .path = "clore_price"});
    }
}

TEST_CASE("an answer of the wrong form is one error") {
    const struct {
        std::string_view text, path;
        Code problem;
    } wrong[] = {
        {"{}", "code", missing},
        {R"({"code":"0"})", "code", wrong_type},
        {R"({"code":-1})", "code", number_out_of_range},
        {R"({"code":0,"clore_price":[0.1]})", "clore_price", wrong_type},
        {R"({"code":0,"clore_price":"cheap"})", "clore_price", malformed},
        {R"({"code":0,"clore_price":"0"})", "clore_price", number_out_of_range},
        {R"({"code":6,"error":5})", "error", wrong_type},
        {R"({"code":0,"v1_snapshot_url":[]})", "v1_snapshot_url", wrong_type},
        {"[]", "", wrong_type},
        {"6", "", wrong_type},
    };
    for (const auto& row : wrong) {
        CAPTURE(row.text);
        const auto answer = read_market_answer(std::string{row.text});
        REQUIRE_FALSE(answer);
        CHECK(place_of(answer.error()) ==
              DocumentError{.code = row.problem, .path = std::string{row.path}});
    }
}

TEST_CASE("the time of the snapshot is at the end of its address, in seconds, or unknown") {
    const auto time = [](std::string_view url) {
        return MarketAnswer{.snapshot_url = std::string{url}}.snapshot_time();
    };
    CHECK(time("a_b_1.json") == Timestamp::unchecked(1'000));
    CHECK(time("_0.json") == Timestamp{});
    CHECK(time("_9007199254740.json") == Timestamp::unchecked(9'007'199'254'740'000));
    for (const std::string_view url :
         {"", ".json", "_.json", "1699999999.json", "_1699999999", "_1699999999.json?x",
          "_1699999999.JSON", "_16x.json", "_-5.json", "_1.5.json", "_01.json",
          "_9007199254741.json", "_99999999999999999999999.json"})
        CHECK(time(url) == std::nullopt);
}

TEST_CASE("a problem says what was expected and what the order has") {
    std::string profiles = R"({"pl": 130})";
    for (int i = 1; i < 33; ++i) profiles += R"(,{"pl": 130})";
    const struct {
        std::string piece, other;
        std::string_view detail;
    } rows[] = {
        {R"({"pl": 130})", R"({"pl": "300"})", "expected a number, got a string"},
        {R"({"pl": 130})", R"({"pl": [1]})", "expected a number, got an array"},
        {R"({"pl": 130})", R"({"pl": {}})", "expected a number, got an object"},
        {R"({"pl": 130})", R"({"pl": true})", "expected a number, got a boolean"},
        {R"({"pl": 130})", "null", "expected an object, got null"},
        {R"("oc": [)", R"("oc": 5, "n": [)", "expected an array, got a number"},
        {R"("c9a4e2f6b7d488d8f0bab0ff")", "5", "expected a string, got a number"},
        {R"("env": {)", R"("env": [], "n": {)", "expected an object, got an array"},
        {R"({"pl": 130})", R"({"core_lok": 900})",
         "unknown field core_lok; expected pl, core_lock, mem_lock, core_offset, mem_offset"},
        {R"({"pl": 130})", R"({"a\u001b\u0085": 1})",
         "unknown field a??; expected pl, core_lock, mem_lock, core_offset, mem_offset"},
        {R"({"pl": 130})", "{\"" + std::string(39, 'a') + "\u00e9\": 1}",
         "unknown field aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...; "
         "expected pl, core_lock, mem_lock, core_offset, mem_offset"},
        {R"("price": 28.9755,)", "", "not given; required: currency, renting_server, price"},
        {"28.9755", "null", "null counts as not given; required: currency, renting_server, price"},
        {"28.9755", "1000000.1", "1000000.1 is out of range: 0 to 1000000 coin/day"},
        {"28.9755", "1.000000001", "1.000000001 has more than 8 digits after the point"},
        {R"("pl": 130)", R"("pl": 1000001)", "1000001 is out of range: 0 to 1000000 W"},
        {R"("pl": 130)", R"("pl": 99.5)", "99.5 is not a whole number of W"},
        {"900", "-1e7", "-1e7 is out of range: -1000000 to 1000000 MHz"},
        {"35005", "-1", "-1 is out of range: 0 to 9007199254740992"},
        {"35005", "1.5", "1.5 is not a whole number"},
        {R"("bitcoin")", R"("dogecoin")",
         "unknown currency \"dogecoin\"; known: CLORE-Blockchain, bitcoin, c"},
        {R"("bitcoin")", R"("\ud800")", "an escape is half of a surrogate pair"},
        {R"("rig_id")", R"("\ud800")", "an escape is half of a surrogate pair"},
        {R"({"pl": 130})", profiles, "at most 32 profiles"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.other);
        const CreateOrders orders = create(with(row.piece, row.other));
        CHECK(orders.skipped().at(0).detail == row.detail);
    }
}

TEST_CASE("a document of another kind is named") {
    MarketNames names;
    const auto detail = [&](std::string text) {
        return read_create_orders(std::move(text), names).error().detail;
    };
    CHECK(detail("{}") == "expected an array of orders, got an object");
    CHECK(detail(R"({"order_ids":[1]})") == "expected an array of orders, got an object");
    CHECK(detail(R"({"7":{"bids":[]}})") ==
          "expected an array of orders, got an object: this looks like a snapshot, use `rank`");
    CHECK(detail(" 5") == "expected an array of orders, got a number");
    CHECK(detail("null") == "expected an array of orders, got null");
    CHECK(detail("\"a\"") == "expected an array of orders, got a string");
    CHECK(read_market_answer("[{}]").error().detail ==
          "expected the market's answer, an object, got an array");
    CHECK(read_overclock("{}").error().detail ==
          "expected an array of overclock profiles, got an object");
    CHECK(detail(R"({"op":"close","time":1})") ==
          "expected an array of orders, got an object: this looks like commands, use `replay`");
    CHECK(
        detail(R"({"code":5,"error":"not now"})") ==
        "expected an array of orders, got an object: this is an answer of the market with code 5: "
        "\"not now\"");
    // An object in the place of another one, which would only lack a field.
    CHECK(read_market_answer(R"({"7":{"bids":[]}})").error() ==
          DocumentError{.code = wrong_type,
                        .detail = "expected the market's answer, an object: this looks like a "
                                  "snapshot, use `rank`"});
    CHECK(read_market_answer(R"({"op":"close","time":1})").error().detail ==
          "expected the market's answer, an object: this looks like commands, use `replay`");
    CHECK(read_market_answer(R"({"snapshot":{"7":{}}})").error().path == "code");
    CHECK(read_cancel_orders(R"({"code":5,"error":"not now"})").error().detail ==
          "expected an object with order_ids: this is an answer of the market with code 5: \"not "
          "now\"");
    CHECK(read_cancel_orders("{}").error().path == "order_ids");
}

TEST_CASE("every reader names a text that is not JSON at all, and ignores a mark in front") {
    using namespace std::string_view_literals;
    MarketNames names;
    const std::string gzip{"\x1F\x8B\x08\0"sv};
    const DocumentError packed{.code = malformed,
                               .detail = "this is gzip-compressed data; unpack it first"};
    CHECK(read_create_orders(gzip, names).error() == packed);
    CHECK(read_edit_orders(gzip).error() == packed);
    CHECK(read_cancel_orders(gzip).error() == packed);
    CHECK(read_market_answer(gzip).error() == packed);
    CHECK(read_overclock(gzip).error() == packed);
    CHECK(read_edit_orders("").error().detail == "the text is empty");

    const std::string mark = "\xEF\xBB\xBF";
    const CreateOrders marked = create(mark + "[" + std::string{order} + "]\r\n");
    CHECK(marked.orders().size() == 1);
    CHECK(read_edit_orders(mark + "[]"));
    CHECK(read_cancel_orders(mark + R"({"order_ids":[1]})"));
    CHECK(read_market_answer(mark + R"({"code":0})"));
    CHECK(read_overclock(mark + "[{}]"));
}

TEST_CASE("a document that is not JSON, or that is of another kind, is one error") {
    MarketNames names;
    for (const std::string_view text : {"{}", "5", "null"}) {
        CHECK(place_of(read_create_orders(std::string{text}, names).error()) ==
              DocumentError{.code = wrong_type});
        CHECK(place_of(read_edit_orders(std::string{text}).error()) ==
              DocumentError{.code = wrong_type});
    }
    const DocumentError broken{
        .code = malformed, .line = 2, .column = 9, .detail = "invalid number 01"};
    const std::string text = "[{},\n {\"u\": [01]}]";
    CHECK(read_create_orders(text, names).error() == broken);
    CHECK(read_edit_orders(text).error() == broken);
    CHECK(read_cancel_orders(text).error() == broken);
    CHECK(read_market_answer(text).error() == broken);

    const std::string whole = "[" + std::string{order} + "]";
    for (std::size_t size = 1; size < whole.size(); ++size) {
        CAPTURE(size);
        const auto orders = read_create_orders(whole.substr(0, size), names);
        REQUIRE_FALSE(orders);
        CHECK(orders.error().code == malformed);
        CHECK(orders.error().line >= 1);
    }
}

}  // namespace
