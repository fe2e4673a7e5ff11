// Payments from renters to providers and to the market, to the unit.
#include <doctest/doctest.h>

#include "market_support.hpp"

namespace market_server {
namespace {

/// A unit is 1e-8 coin. A price of 1.44 coins per day is 0.001 coin, 100,000 units, per minute.
struct Fixture : Play {
    std::uint64_t provider = add_account("host");
    std::uint64_t alice = add_renter("100");
    std::uint64_t bob = add_renter("100");

    Fixture() { add_machine(provider, 7); }
};

TEST_CASE_FIXTURE(Fixture, "a close moves what an interval costs from the renter to the provider") {
    bid(alice, 7, "1.44");
    close();  // starts
    CHECK(balance(provider).available == 0);
    close();
    CHECK(balance(alice) == Balance{10'000'000'000 - 200'000, 100'000});
    CHECK(balance(provider) == Balance{100'000, 0});
}

TEST_CASE("the market keeps its fee, rounded down, and the provider gets the rest") {
    Play play;
    play.take(Op::rate, 0, R"({"currency":"bitcoin","usd":"1","fee_ppm":25000})");
    const std::uint64_t provider = play.add_account("host");
    const std::uint64_t renter = play.add_account("renter");
    play.take(
        Op::credit, 0,
        fmt::format(R"({{"account":{},"currency":"bitcoin","amount":1,"reference":"1"}})", renter));
    play.add_machine(provider, 7);
    const std::string order =
        R"([{"currency":"bitcoin","renting_server":7,"price":0.00144999,"oc":[{"pl":200}]}])";
    CHECK(play.ask(Op::create, renter, order) == accepted_all);
    play.close();
    play.close();
    // 0.00144999 coins per day are 100.6937... units per minute: 101 are due, of which 2.525 are
    // fee.
    const auto bitcoin = *play.market.state().market.names().find_currency("bitcoin");
    CHECK(play.market.state().ledger.fees(bitcoin) == 2);
    CHECK(play.market.state().ledger.balance(provider, bitcoin).available == 99);
    CHECK(play.market.state().ledger.balance(renter, bitcoin) ==
          Balance{100'000'000 - 101 - 101, 101});
}

TEST_CASE_FIXTURE(Fixture,
                  "a renter who cannot pay the next interval is revoked before the close, which "
                  "gives the host to another") {
    const std::uint64_t poor = add_renter("0.0025");  // two intervals of 0.001 and a half
    bid(poor, 7, "1.44");
    bid(bob, 7, "0.72");
    close();
    CHECK(runs_on(7) == 1);
    close();  // pays the first, holds the second
    CHECK(runs_on(7) == 1);
    CHECK(balance(poor) == Balance{50'000, 100'000});
    const Outcome outcome = close();  // pays the second, cannot hold a third
    CHECK(runs_on(7) == 2);
    CHECK(balance(poor) == Balance{50'000, 0});
    CHECK(balance(provider).available == 200'000);
    CHECK(market.state().orders.size() == 1);
    CHECK(market.state().ended_of.at(poor).back().reason == gigaspot::Code::revoked);
    // The machine did not idle: both events have the time of the close.
    int started = 0;
    for (const gigaspot::Event& event : outcome.events)
        started += event.kind == gigaspot::EventKind::started ? 1 : 0;
    CHECK(started == 1);
}

TEST_CASE_FIXTURE(Fixture, "of several runs, those of lower numbers are paid first") {
    add_machine(provider, 8);
    const std::uint64_t poor = add_renter("0.0035");
    bid(poor, 7, "1.44");
    bid(poor, 8, "1.44");
    close();
    close();  // 0.002 paid and 0.0015 left: enough to hold one interval
    CHECK(runs_on(7) == 1);
    CHECK(runs_on(8) == 0);
    CHECK(balance(poor) == Balance{50'000, 100'000});
}

TEST_CASE_FIXTURE(
    Fixture,
    "a run that its machine ends is charged to the millisecond and holds an interval again") {
    bid(alice, 7, "1.44");
    close();
    now += 30 * second;
    take(Op::beat, provider, R"(7 {"online":false})");
    CHECK(runs_on(7) == 0);
    CHECK(balance(provider).available == 50'000);
    CHECK(balance(alice) == Balance{10'000'000'000 - 150'000, 100'000});
    CHECK(market.state().machines.at(7).interruptions == 1);
}

TEST_CASE_FIXTURE(Fixture, "a bid that was stopped and cannot hold an interval is revoked") {
    const std::uint64_t poor = add_renter("0.0014");
    bid(poor, 7, "1.44");
    close();
    now += 30 * second;
    take(Op::beat, provider, R"(7 {"online":false})");
    CHECK(market.state().orders.empty());
    CHECK(balance(poor) == Balance{90'000, 0});  // 0.0005 paid
}

TEST_CASE_FIXTURE(Fixture, "a reference counts once, and only for one transfer") {
    const std::string credit = fmt::format(
        R"({{"account":{},"currency":"CLORE-Blockchain","amount":"5","reference":"tx1"}})", alice);
    const std::string first = ask(Op::credit, 0, credit);
    CHECK(first == fmt::format(R"({{"code":0,"transfer":"credit","account":{},)"
                               R"("currency":"CLORE-Blockchain","amount":"5","balance":"105"}})",
                               alice));
    CHECK(ask(Op::credit, 0, credit) == first);
    CHECK(balance(alice).available == 10'500'000'000);
    CHECK(has(ask(Op::debit, 0, credit), "belongs to another transfer"));
    CHECK(balance(alice).available == 10'500'000'000);
}

TEST_CASE_FIXTURE(Fixture, "nobody is paid out more than is available, or what bids hold") {
    bid(alice, 7, "1440");  // holds one coin
    const auto debit = [&](const char* amount, const char* reference) {
        return ask(Op::debit, 0,
                   fmt::format(R"({{"account":{},"currency":"CLORE-Blockchain","amount":"{}",)"
                               R"("reference":"{}"}})",
                               alice, amount, reference));
    };
    CHECK(has(debit("99.00000001", "a"), "99 coins available"));
    CHECK(has(debit("99", "b"), R"("code":0)"));
    CHECK(balance(alice) == Balance{0, 100'000'000});
}

TEST_CASE_FIXTURE(Fixture, "wrong credits change nothing") {
    struct Row {
        const char* body;
        const char* problem;
        unsigned status;
    };
    for (
        const Row& row : {
            Row{R"({"account":99,"currency":"CLORE-Blockchain","amount":"1","reference":"a"})",
                "account 99", 200},
            Row{R"({"account":2,"currency":"gold","amount":"1","reference":"a"})",
                "currency gold is unknown", 200},
            Row{R"({"account":2,"currency":"CLORE-Blockchain","amount":"0","reference":"a"})",
                "amount", 400},
            Row{R"({"account":2,"currency":"CLORE-Blockchain","amount":"-1","reference":"a"})",
                "amount", 400},
            Row{R"({"account":2,"currency":"CLORE-Blockchain","amount":1.5,"reference":"a"})",
                "amount", 400},
            Row{R"({"account":2,"currency":"CLORE-Blockchain","amount":"0.000000001","reference":"a"})",
                "amount", 400},
            Row{R"({"account":2,"currency":"CLORE-Blockchain","amount":"1e30","reference":"a"})",
                "amount", 400},
            Row{R"({"account":2,"currency":"CLORE-Blockchain","amount":"1"})", "reference: missing",
                400},
            Row{R"({"account":2,"currency":"CLORE-Blockchain","amount":"1","reference":""})",
                "reference", 400},
            Row{R"({"account":2,"currency":"CLORE-Blockchain","amount":"1","reference":"a","x":1})",
                "unknown field", 400},
            Row{R"({"account":2,"currency":"CLORE-Blockchain","amount":"46116860184","reference":"a"})",
                "all deposits together", 200},
        }) {
        const Outcome outcome = take(Op::credit, 0, row.body);
        CHECK_MESSAGE(outcome.answer.status == row.status, row.body);
        CHECK_MESSAGE(has(outcome.answer.body, row.problem), outcome.answer.body);
        CHECK(outcome.postings.empty());
    }
}

TEST_CASE("a new bid pays the market's fee for it") {
    Play play{R"("creation_fees":{"CLORE-Blockchain":"0.25"})"};
    const std::uint64_t provider = play.add_account("host");
    const std::uint64_t renter = play.add_renter("0.251");
    play.add_machine(provider, 7);
    CHECK(has(play.bid(renter, 7, "2.88"), "needs 0.252"));
    CHECK(play.bid(renter, 7, "1.44") == accepted_all);
    CHECK(play.balance(renter) == Balance{0, 100'000});
    CHECK(play.market.state().ledger.fees(gigaspot::main_currency) == 25'000'000);
}

TEST_CASE_FIXTURE(Fixture,
                  "a longer interval makes each bid hold more, and revokes those that cannot") {
    const std::uint64_t poor = add_renter("0.0015");
    bid(alice, 7, "1.44");
    bid(poor, 7, "1.44");
    Settings settings = market.state().settings;
    settings.interval = 120'000;
    take(Op::settings, 0, to_text(settings));
    CHECK(balance(alice).reserved == 200'000);
    CHECK(balance(poor) == Balance{150'000, 0});
    CHECK(market.state().orders.size() == 1);
}

}  // namespace
}  // namespace market_server
