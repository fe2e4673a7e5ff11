// Machines: who owns them, what they may be, and what they report.
#include <doctest/doctest.h>

#include "market_support.hpp"

namespace market_server {
namespace {

struct Fixture : Play {
    std::uint64_t provider = add_account("host");
    std::uint64_t other = add_account("host");
    std::uint64_t alice = add_renter("100");

    explicit Fixture(std::string_view policy = "") : Play{policy} { add_machine(provider, 7); }
};

struct Protected : Fixture {
    Protected() : Fixture{R"("dwell_min":3600000)"} {
        bid(alice, 7, "10", 300);
        close();
    }
};

struct Caching : Fixture {
    Caching() : Fixture{R"("require_cached":true,"image_wait":120000)"} {}
};

TEST_CASE_FIXTURE(Fixture, "the first account to register a machine owns it") {
    const Outcome outcome = take(
        Op::machine, other, R"(7 {"energy_price":"0","gpus":[{"model":"RTX 3090","pl":[1,2]}]})");
    CHECK(outcome.answer.status == 403);
    CHECK(take(Op::beat, other, R"(7 {"online":false})").answer.status == 403);
    CHECK(take(Op::remove_machine, other, "7").answer.status == 403);
    CHECK(market.state().machines.at(7).account == provider);
    CHECK(market.engine().host(gigaspot::HostId{7})->status.online);
}

TEST_CASE_FIXTURE(
    Fixture, "a model that is not on the market's list is rejected, and its name is not kept") {
    const std::size_t models = market.state().market.names().models();
    const std::string answer =
        ask(Op::machine, provider,
            R"(8 {"energy_price":"0","gpus":[{"model":"RTX 9999","pl":[1,2]}]})");
    CHECK(has(answer, R"("code":6)"));
    CHECK(has(answer, R"(\"RTX 9999\" is not on the market's list)"));
    CHECK(market.state().market.names().models() == models);
    CHECK(!market.state().machines.contains(8));
    CHECK(has(ask(Op::machine, provider, R"(8 {"energy_price":"0","gpus":[{"pl":[1,2]}]})"),
              "is not on the market's list"));
}

TEST_CASE_FIXTURE(Fixture, "a provider's document cannot name another machine, time or operation") {
    ask(Op::machine, provider,
        R"(8 {"id":7,"op":"close","time":1,"energy_price":"0","gpus":[{"model":"RTX 3090","pl":[100,200]}]})");
    CHECK(market.state().machines.contains(8));
    CHECK(market.engine().host(gigaspot::HostId{7})->gpus[0].power_limit.max.count() == 350);
}

TEST_CASE_FIXTURE(Fixture, "a document of a wrong form is answered with status 400 and its field") {
    struct Row {
        const char* body;
        const char* field;
    };
    for (const Row& row :
         {Row{"8 ", "object"}, Row{"8 []", "object"}, Row{"8 {", "body"},
          Row{"8 {}", "energy_price"},
          Row{R"(8 {"energy_price":"0","gpus":[{"model":"RTX 3090"}]})", "gpus[0].pl"},
          Row{R"(8 {"energy_price":"0","gpus":7})", "gpus"},
          Row{R"(8 {"energy_price":"x","gpus":[]})", "energy_price"}}) {
        const Outcome outcome = take(Op::machine, provider, row.body);
        CHECK_MESSAGE(outcome.answer.status == 400, row.body);
        CHECK_MESSAGE(has(outcome.answer.body, row.field), outcome.answer.body);
        CHECK(!market.state().machines.contains(8));
    }
}

TEST_CASE_FIXTURE(Fixture, "a machine with other GPUs must be removed and added again") {
    const char* two = R"(7 {"energy_price":"0","gpus":[{"model":"RTX 3090","pl":[100,350]},)"
                      R"({"model":"RTX 3090","pl":[100,350]}]})";
    CHECK(
        has(ask(Op::machine, provider, two),
            "gpus: the number and the models of a host's GPUs cannot change; got 2 GPUs, expected "
            "1 GPU; use another id, or remove the machine first, which ends all bids on it "
            "(gpus_changed)"));
    CHECK(ask(Op::remove_machine, provider, "7") == R"({"code":0})");
    CHECK(ask(Op::machine, provider, two) == R"({"code":0,"id":7})");
}

TEST_CASE_FIXTURE(Fixture, "removing a machine ends its bids and returns what they hold") {
    bid(alice, 7, "1.44");
    close();
    now += 15 * second;
    ask(Op::remove_machine, provider, "7");
    CHECK(market.state().orders.empty());
    CHECK(balance(provider).available == 25'000);
    CHECK(balance(alice) == Balance{10'000'000'000 - 25'000, 0});
}

TEST_CASE_FIXTURE(Fixture, "a beat without news is known as such") {
    const auto is_new = [&](const char* body) { return is_news(market.state(), Beat::of(body)); };
    CHECK(!is_new("7 "));
    CHECK(!is_new(R"(7 {"online":true,"working_properly":true,"on_demand_rented":false})"));
    CHECK(is_new(R"(7 {"on_demand_rented":true})"));
    CHECK(is_new("8 "));
    CHECK_THROWS_AS(is_new(R"(7 {"online":1})"), BadInput);
    CHECK_THROWS_AS(is_new(R"(7 {"onlin":true})"), BadInput);
}

TEST_CASE_FIXTURE(Fixture, "a run's sequence number changes with what the machine is to run") {
    CHECK(market.state().machines.at(7).run_sequence == 0);
    bid(alice, 7, "1.44");
    CHECK(market.state().machines.at(7).run_sequence == 0);
    close();
    const std::uint64_t first = market.state().machines.at(7).run_sequence;
    CHECK(first == market.state().records);
    close();
    CHECK(market.state().machines.at(7).run_sequence == first);
    ask(Op::edit, alice, R"([{"order_id":1,"price":1.44,"oc":[{"pl":150}]}])");
    CHECK(market.state().machines.at(7).run_sequence == first);
    close();  // the edit takes effect
    CHECK(market.state().machines.at(7).run_sequence == market.state().records);
}

TEST_CASE_FIXTURE(Protected, "while a run is protected, its machine can only allow more") {
    const auto put = [&](const char* gpu, const char* min_bid) {
        return ask(
            Op::machine, provider,
            fmt::format(
                R"(7 {{"energy_price":"0","min_bid":"{}","gpus":[{{"model":"RTX 3090",{}}}]}})",
                min_bid, gpu));
    };
    CHECK(has(put(R"("pl":[100,299])", "0"), "minimum dwell"));
    CHECK(has(put(R"("pl":[101,350])", "0"), "minimum dwell"));
    CHECK(has(put(R"("pl":[100,350])", "0.1"), "minimum dwell"));
    CHECK(has(put(R"("pl":[100,360],"core_lock":[210,2000])", "0"), R"("code":0)"));
    CHECK(has(put(R"("pl":[100,360])", "0"), "minimum dwell"));  // the lock is gone
    CHECK(runs_on(7) == 1);
    now += 3'600 * second - 60 * second;
    close();  // an hour after it won
    CHECK(has(put(R"("pl":[100,299])", "0"), R"("code":0)"));
    CHECK(runs_on(7) == 0);
}

TEST_CASE_FIXTURE(Caching, "what is cached is what the machine reports") {
    const char* image = R"(,"image":"a3f9c4d7e5b088d8a0bff880")";
    bid(alice, 7, "1.44", 200, image);
    close();
    CHECK(runs_on(7) == 0);
    CHECK(is_news(market.state(), Beat::of(R"(7 {"cached":["a3f9c4d7e5b088d8a0bff880"]})")));
    take(Op::beat, provider, R"(7 {"cached":["a3f9c4d7e5b088d8a0bff880"]})");
    CHECK(!is_news(market.state(), Beat::of(R"(7 {"cached":["a3f9c4d7e5b088d8a0bff880"]})")));
    close();
    CHECK(runs_on(7) == 1);
    take(Op::beat, provider, R"(7 {})");  // says nothing of images
    CHECK(market.engine().bid(gigaspot::BidId{1})->is_cached);
    take(Op::beat, provider, R"(7 {"cached":[]})");
    CHECK(!market.engine().bid(gigaspot::BidId{1})->is_cached);
}

TEST_CASE_FIXTURE(Caching, "a bid whose image does not arrive in time is revoked") {
    bid(alice, 7, "1.44", 200, R"(,"image":"a3f9c4d7e5b088d8a0bff880")");
    close();
    close();
    CHECK(market.state().orders.size() == 1);
    close();  // more than two minutes after it came
    CHECK(market.state().orders.empty());
    CHECK(market.state().ended_of.at(alice).back().reason == gigaspot::Code::revoked);
}

TEST_CASE("with refill at once, a new rate fills idle machines") {
    Play play{R"("refill":"at_once")"};
    const std::uint64_t provider = play.add_account("host");
    const std::uint64_t renter = play.add_renter("100");
    play.ask(Op::machine, provider,
             R"(7 {"energy_price":"0.5","gpus":[{"model":"RTX 3090","pl":[100,350]}]})");
    play.bid(renter, 7, "1", 200);  // 200 W cost 2.4 USD per day
    CHECK(play.runs_on(7) == 0);
    play.take(Op::rate, 0, R"({"currency":"CLORE-Blockchain","usd":"3"})");
    CHECK(play.runs_on(7) == 1);
}

}  // namespace
}  // namespace market_server
