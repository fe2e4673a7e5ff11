// What renters' requests do and how they are answered.
#include <doctest/doctest.h>

#include "market/messages.hpp"
#include "market_support.hpp"

namespace market_server {
namespace {

struct Fixture : Play {
    std::uint64_t provider = add_account("host");
    std::uint64_t alice = add_renter("100");
    std::uint64_t bob = add_renter("100");

    Fixture() { add_machine(provider, 7, R"("min_bid":"2")"); }
};

TEST_CASE_FIXTURE(Fixture, "an accepted order gets the next number and no list names its server") {
    CHECK(bid(alice, 7, "14.4") == accepted_all);
    CHECK(bid(bob, 7, "15") == accepted_all);
    CHECK(market.state().orders.size() == 2);
    CHECK(market.state().orders.at(1).account == alice);
    CHECK(market.state().orders.at(2).account == bob);
}

TEST_CASE_FIXTURE(
    Fixture, "a bid that is too low is in two lists, since clients count it as rented otherwise") {
    const std::string answer = bid(alice, 7, "1.9999");
    CHECK(has(answer, R"("failed_to_oc_servers":[],"failed_to_rent_servers":[7],)"));
    CHECK(has(answer, R"("too_low_bids_servers":[7])"));
    CHECK(has(answer, "price_below_host_minimum"));
    CHECK(market.state().orders.empty());
}

TEST_CASE_FIXTURE(Fixture, "a profile that the host does not allow is in the list for profiles") {
    const std::string answer = bid(alice, 7, "20", 351);
    CHECK(has(answer, R"("failed_to_oc_servers":[7],"failed_to_rent_servers":[],)"));
    CHECK(has(answer, "power_limit_above_host_maximum"));
}

TEST_CASE_FIXTURE(Fixture,
                  "a rejection says where, what, what it got, what is allowed and what to do") {
    CHECK(has(bid(alice, 7, "20", 351),
              "oc[0].pl: the power limit is above the host's maximum; got 351 W, at most 350 W "
              "(power_limit_above_host_maximum)"));
    CHECK(has(bid(alice, 7, "1.5"),
              "price: the price is below the host's minimum bid; got 1.5 coin/day, at least 2 "
              "coin/day (price_below_host_minimum)"));
    CHECK(has(bid(alice, 7, "20", 200, R"(,"image":"latest")"),
              "image: the image id must be 24 hexadecimal digits; use the id of an image, such as "
              "6771db990479c1fac87da6cc (image_malformed)"));
    CHECK(has(bid(alice, 99, "20"), "renting_server: 99 is not in the market; choose a server"));
    CHECK(has(ask(Op::edit, bob, R"([{"order_id":1,"price":2}])"),
              "order_id: 1 is not one of your orders; my_orders lists them"));
    take(Op::beat, provider, R"(7 {"online":false})");
    CHECK(has(bid(alice, 7, "21"),
              "renting_server: the host accepts no bids while it is unavailable; bid when it is "
              "available, or choose another server (host_unavailable)"));
}

TEST_CASE("each message of a rejection ends with its code, and none is a bare code") {
    for (std::uint16_t number = 1; number < 1'000; ++number) {
        const gigaspot::Violation violation{.code = static_cast<gigaspot::Code>(number)};
        if (name(violation.code) == "unknown") continue;
        const std::string text = message(violation, "renting_server");
        CHECK(text.ends_with(fmt::format(" ({})", name(violation.code))));
        CHECK(has(text, sentence(violation.code)));
    }
}

TEST_CASE_FIXTURE(Fixture,
                  "an order is rejected for its server, its money, its rate or its place") {
    struct Row {
        const char* body;
        const char* reason;
    };
    for (
        const Row& row : {
            Row{R"([{"currency":"CLORE-Blockchain","renting_server":8,"price":20,"oc":[{"pl":200}]}])",
                "not in the market"},
            Row{R"([{"currency":"CLORE-Blockchain","renting_server":7,"price":5000,"oc":[{"pl":200}]}])",
                ""},
        }) {
        const std::string answer = ask(Op::create, alice, row.body);
        CHECK(has(answer, row.reason));
    }
}

TEST_CASE_FIXTURE(Fixture, "a bid holds one interval at its price, rounded up, until it ends") {
    // 14.4 coins per day are 0.01 per minute; 14.40000001 are a unit more, since it rounds up.
    bid(alice, 7, "14.4");
    CHECK(balance(alice) == Balance{9'999'000'000, 1'000'000});
    bid(alice, 7, "14.40000001");
    CHECK(balance(alice) == Balance{9'997'999'999, 2'000'001});
    CHECK(ask(Op::cancel, alice, R"({"order_ids":[1]})") == R"({"code":0,"failed_to_cancel":[]})");
    CHECK(balance(alice) == Balance{9'998'999'999, 1'000'001});
}

TEST_CASE_FIXTURE(Fixture,
                  "a renter without the money for one interval is told how much it takes") {
    const std::uint64_t carol = add_renter("0.01");
    CHECK(bid(carol, 7, "14.4") == accepted_all);
    const std::string answer = bid(carol, 7, "14.5");
    CHECK(has(answer, R"("failed_to_rent_servers":[7],"too_low_bids_servers":[])"));
    CHECK(has(answer, "needs 0.01006945 CLORE-Blockchain"));  // 14.5 / 1440 = 0.010069444...
    CHECK(has(answer, "0 are available"));
}

TEST_CASE_FIXTURE(Fixture,
                  "an edit moves what the bid holds, and a running bid holds the higher price") {
    bid(alice, 7, "14.4");
    const std::string done = ask(Op::edit, alice, R"([{"order_id":1,"price":28.8}])");
    CHECK(has(done, R"("success_to_update_ids":[1],"failed_to_update_ids":[],)"));
    CHECK(balance(alice).reserved == 2'000'000);
    close();
    CHECK(runs_on(7) == 1);
    ask(Op::edit, alice, R"([{"order_id":1,"price":14.4}])");
    CHECK(balance(alice).reserved == 2'000'000);  // this interval is charged at 28.8
    close();
    CHECK(balance(alice) == Balance{9'997'000'000, 1'000'000});  // 0.02 paid, 0.01 held
}

TEST_CASE_FIXTURE(Fixture, "nobody edits or cancels an order of another") {
    bid(alice, 7, "14.4");
    CHECK(has(ask(Op::edit, bob, R"([{"order_id":1,"price":20}])"),
              R"("success_to_update_ids":[],"failed_to_update_ids":[1])"));
    CHECK(ask(Op::cancel, bob, R"({"order_ids":[1]})") == R"({"code":0,"failed_to_cancel":[1]})");
    CHECK(market.state().orders.at(1).price.text().view() == "14.4");
}

TEST_CASE_FIXTURE(Fixture,
                  "the same request within a minute counts once and gets the same answer") {
    const std::string body = Play::order(7, "14.4", 200);
    const std::string first = ask(Op::create, alice, body);
    now += 59 * second;
    CHECK(ask(Op::create, alice, body) == first);
    CHECK(market.state().orders.size() == 1);
    CHECK(bid(bob, 7, "14.4") == accepted_all);  // another account's request is another one
    CHECK(market.state().orders.size() == 2);
    now += 2 * second;  // 61 s after the first
    CHECK(ask(Op::create, alice, body) == accepted_all);
    CHECK(market.state().orders.size() == 3);
}

TEST_CASE_FIXTURE(Fixture, "a request that changes nothing needs no record") {
    const std::string body = Play::order(7, "14.4", 200);
    const std::string first = ask(Op::create, alice, body);
    const std::string before = market.save();
    const auto answer = [&](Op op, std::uint64_t account, const std::string& text) {
        return market.answer_without_record({.op = op, .account = account, .body = text}, now);
    };
    now += 60 * second;
    REQUIRE(answer(Op::create, alice, body));
    CHECK(answer(Op::create, alice, body)->body == first);
    CHECK(!answer(Op::create, bob, body));
    CHECK(!answer(Op::create, alice, body + " "));
    CHECK(!answer(Op::edit, alice, R"([{"order_id":1,"price":20}])"));
    CHECK(!answer(Op::cancel, alice, R"({"order_ids":[99]})"));
    for (const Op op : {Op::create, Op::edit, Op::cancel}) {
        for (const char* text : {"", "{", "null", R"([{"order_id":"x"}])", "ÿ"}) {
            REQUIRE(answer(op, alice, text));
            CHECK(*answer(op, alice, text) == take(op, bob, text).answer);
        }
    }
    CHECK(market.save() != before);  // `take` has changed it
    now += 1;
    CHECK(!answer(Op::create, alice, body));
}

TEST_CASE_FIXTURE(
    Fixture, "an account's answers are remembered up to a limit, and only its own are forgotten") {
    const std::string first = ask(Op::create, bob, Play::order(7, "14.4", 200));
    const auto edit = [](std::size_t number) {
        return fmt::format(R"([{{"order_id":{},"price":1}}])", 1'000 + number);
    };
    const auto is_known = [&](std::uint64_t account, Op op, const std::string& body) {
        return market.answer_without_record({.op = op, .account = account, .body = body}, now)
            .has_value();
    };
    for (std::size_t i = 0; i <= Requests::count_max; ++i) ask(Op::edit, alice, edit(i));
    CHECK(!is_known(alice, Op::edit, edit(0)));
    CHECK(is_known(alice, Op::edit, edit(1)));
    CHECK(is_known(alice, Op::edit, edit(Requests::count_max)));
    CHECK(is_known(bob, Op::create, Play::order(7, "14.4", 200)));
    CHECK(Market::restore(market.save()).save() == market.save());

    // An answer that is larger than the limit is remembered alone.
    const std::size_t entries = Requests::bytes_max / 64;
    std::string large = "[";
    for (std::size_t i = 0; i < entries; ++i)
        large += fmt::format(R"({}{{"order_id":{},"price":1}})", i == 0 ? "" : ",", 1'000 + i);
    large += "]";
    CHECK(take(Op::edit, alice, large).answer.body.size() > Requests::bytes_max);
    CHECK(is_known(alice, Op::edit, large));
    CHECK(market.state().requests.at(alice).all().size() == 1);
    CHECK(is_known(bob, Op::create, Play::order(7, "14.4", 200)));
    CHECK(Market::restore(market.save()).save() == market.save());

    now += 61 * second;
    close();
    CHECK(market.state().requests.empty());
}

TEST_CASE_FIXTURE(Fixture, "a document with a wrong entry changes nothing and names the field") {
    const Outcome outcome =
        take(Op::create, alice,
             R"([{"currency":"CLORE-Blockchain","renting_server":7,"price":20,"oc":[{"pl":200}]},)"
             R"({"currency":"CLORE-Blockchain","renting_server":7,"oc":[{"pl":200}]}])");
    CHECK(outcome.answer.status == 400);
    CHECK(has(outcome.answer.body, R"("code":2)"));
    CHECK(has(outcome.answer.body, "[1].price"));
    CHECK(market.state().orders.empty());
}

TEST_CASE_FIXTURE(Fixture, "documents of the wrong form are answered with status 400") {
    for (const Op op : {Op::create, Op::edit, Op::cancel}) {
        for (const char* body : {"", "{", "null", "7", "[7]", R"({"order_ids":[]})",
                                 R"([{"order_id":"x"}])", R"({"order_ids":["1"]})", "\xff"}) {
            const Outcome outcome = take(op, alice, body);
            CHECK_MESSAGE(outcome.answer.status == 400, name(op), " ", body);
        }
    }
    CHECK(market.state().orders.empty());
}

TEST_CASE_FIXTURE(Fixture, "a currency must have a rate before anybody bids in it") {
    const std::string body =
        R"([{"currency":"bitcoin","renting_server":7,"price":0.001,"oc":[{"pl":200}]}])";
    CHECK(take(Op::create, alice, body).answer.status == 400);  // nobody has named it
    take(Op::rate, 0, R"({"currency":"bitcoin","usd":"60000"})");
    take(Op::credit, 0,
         fmt::format(R"({{"account":{},"currency":"bitcoin","amount":"1","reference":"b"}})",
                     alice));
    now += 61 * second;
    CHECK(ask(Op::create, alice, body) == accepted_all);
    take(Op::rate, 0, R"({"currency":"bitcoin","usd":null})");
    now += 61 * second;
    CHECK(has(ask(Op::create, alice, body), "no exchange rate"));
}

}  // namespace
}  // namespace market_server
