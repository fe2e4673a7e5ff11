// Scenarios are read strictly: each fault is an error that says where, what it got and what is
// allowed.
#include "scenario/read.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "scenario_support.hpp"

using namespace simulator;

namespace {

struct Fault {
    std::string toml;
    std::string message;
};

void check_faults(const std::vector<Fault>& faults) {
    for (const Fault& fault : faults) {
        CAPTURE(fault.toml);
        const std::string message = error_of([&] { (void)read_scenario(fault.toml); });
        CAPTURE(message);
        CHECK(message.substr(0, fault.message.size()) == fault.message);
    }
}

}  // namespace

TEST_CASE("a scenario of a few lines has all defaults") {
    const Scenario scenario = read_scenario("days = 3\n");
    CHECK(scenario.days == 3);
    CHECK(scenario.hosts == 40);
    REQUIRE(scenario.host_kinds.size() == 1);
    CHECK(scenario.host_kinds[0].card == "rtx3090");
    CHECK(scenario.host_kinds[0].tariff == "home");
    CHECK(scenario.host_kinds[0].share == one);
    REQUIRE(scenario.tariffs.size() == 1);
    CHECK(scenario.tariffs[0].low.count() == 60'000'000);
    CHECK(scenario.tariffs[0].high.count() == 330'000'000);
    REQUIRE(scenario.renter_kinds.size() == 1);
    CHECK(scenario.renter_kinds[0].name == "people");
    CHECK(scenario.renter_kinds[0].strategy == Strategy::shade);
    REQUIRE(scenario.jobs.workloads.size() == 2);
    CHECK(scenario.jobs.workloads[0].share == 500'000);
}

TEST_CASE("values are exact, with their units") {
    const Scenario scenario = read_scenario(R"(
warm_up = "90m"
interval = "10s"
[market]
mechanism = "second_price"
fee = "2.5%"
switch_margin = 0.05
dwell_min = "12h"
reserve = -1.5
price_step = 0.000000001
switch_margin_share = "0.0001 %"
refill = "at_once"
[rate]
start = "0.123456789012"
jump_at = "2d"
jump_factor = 0.7
volatility = "5%"
[jobs]
load = "130%"
value_median = 0.14
budget = 0.5
length_varies = true
[renters.a]
share = "rest"
power = "fixed"
watts = 280
[renters.b]
share = 0.25
strategy = "careful"
looks_at = 10
bids_on = 3
[hosts.kinds.x]
card = "rtx3090"
tariff = "flat"
told_tariff = 1.25
outages = 0.1
[tariffs.flat]
low = -0.01
high = 0.000000001
hours = [1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,-0.5]
)");
    CHECK(scenario.warm_up.count() == 5'400'000);
    CHECK(scenario.interval.count() == 10'000);
    CHECK(scenario.market.mechanism == Mechanism::second_price);
    CHECK(scenario.market.fee.count() == 25'000);
    CHECK(scenario.market.switch_margin == 50'000'000);
    CHECK(scenario.market.switch_margin_share.count() == 1);
    CHECK(scenario.market.dwell_min.count() == 43'200'000);
    CHECK(scenario.market.reserve == -1'500'000'000);
    CHECK(scenario.market.price_step == 1);
    CHECK(scenario.market.refill == gigaspot::Refill::at_once);
    CHECK(scenario.rate.start.count() == 123'456'789'012);
    CHECK(scenario.rate.jump_at->count() == 2 * ms_per_day);
    CHECK(scenario.rate.jump_factor == 700'000);
    CHECK(scenario.rate.volatility == 50'000);
    CHECK(scenario.jobs.load == 1'300'000);
    CHECK(scenario.jobs.value_median == 140'000'000);
    CHECK(scenario.jobs.budget == 500'000);
    CHECK(scenario.jobs.length_varies);
    REQUIRE(scenario.renter_kinds.size() == 2);
    CHECK(scenario.renter_kinds[0].share == 750'000);
    CHECK(scenario.renter_kinds[0].watts.count() == 280);
    CHECK(scenario.renter_kinds[1].strategy == Strategy::careful);
    CHECK(scenario.renter_kinds[1].bids_on == 3);
    CHECK(scenario.host_kinds[0].told_tariff == 1'250'000);
    CHECK(scenario.host_kinds[0].outages == 100'000);
    CHECK(scenario.tariffs[0].low.count() == -10'000'000);
    CHECK(scenario.tariffs[0].hours.size() == 24);
    CHECK(scenario.tariffs[0].hours.back() == -500'000'000);
}

TEST_CASE("an unknown key names the nearest one, with its place") {
    check_faults({
        {"dys = 3", "a.toml:1:7: dys: unknown key; did you mean 'days'?"},
        {"[market]\nfeee = 1", "a.toml:2:8: market.feee: unknown key; did you mean 'fee'?"},
        {"[hosts.kinds.a]\nspeeed = 1", "a.toml:2:10: hosts.kinds.a.speeed: unknown key; did you"},
        {"[hosts]\nkind = 1", "a.toml:2:8: hosts.kind: unknown key; did you mean 'kinds'?"},
        {"[rate]\nzzzzzzz = 1", "a.toml:2:11: rate.zzzzzzz: unknown key; allowed: start, every, "},
        {"[tariffs.a]\nlaw = 1", "a.toml:2:7: tariffs.a.law: unknown key; did you mean 'low'?"},
        {"[renters.a]\nofer = 1", "a.toml:2:8: renters.a.ofer: unknown key; did you mean 'offer'?"},
        {"[jobs]\nload_ = 1", "a.toml:2:9: jobs.load_: unknown key; did you mean 'load'?"},
    });
}

TEST_CASE("a value of a wrong type or out of range says what is allowed") {
    check_faults({
        {"days = 0", "a.toml:1:8: days: got 0; allowed: a whole number from 1 to 3650 days"},
        {"days = 1.5", "a.toml:1:8: days: got 1.5; allowed: a whole number"},
        {"days = true", "a.toml:1:8: days: got true; allowed: a whole number"},
        {"days = [1]", "a.toml:1:8: days: got a list; allowed: a whole number"},
        {"days = 2024-01-01", "a.toml:1:8: days: got a date or time; allowed: a whole number"},
        {"days = inf", "a.toml:1:8: days: got a number that is not finite; allowed"},
        {"warm_up = 5", "a.toml:1:11: warm_up: got 5; allowed: a duration from 0s to 3650d"},
        {"days = 1\nwarm_up = \"23h\"\ninterval = \"1d\"",
         "a.toml:2:11: warm_up: got 23h; allowed: a time that leaves an interval of 1d to measure"},
        {"warm_up = \"14d\"", "a.toml:1:11: warm_up: got 14d; allowed: less than the 14 days"},
        {"interval = \"1ms\"", "a.toml:1:12: interval: got \"1ms\"; allowed: a duration from 1s"},
        {"market = 1", "a.toml:1:10: market: got 1; allowed: a table"},
        {"[market]\nfee = 2", "a.toml:2:7: market.fee: got 2; allowed: a share from 0% to 99%"},
        {"[market]\nfee = \"-1%\"", "a.toml:2:7: market.fee: got \"-1%\"; allowed"},
        {"[market]\nfee = \"0.00001%\"", "a.toml:2:7: market.fee: got \"0.00001%\"; allowed"},
        {"[market]\nfee = \"abc\"", "a.toml:2:7: market.fee: got \"abc\"; allowed"},
        {"[market]\nmin_bid = 0.0000000001",
         "a.toml:2:11: market.min_bid: got 0.0000000001; allowed: a number from 0 to 1000000 USD "
         "per GPU and day with at most 9 decimals"},
        {"[market]\nmechanism = \"spott\"",
         "a.toml:2:13: market.mechanism: got \"spott\"; allowed: spot, highest_price, "
         "second_price, posted_price, planner; did you mean 'spot'?"},
        {"[market]\nmechanism = 1", "a.toml:2:13: market.mechanism: got 1; allowed: spot, "},
        {"[rate]\nstart = 0",
         "a.toml:2:9: rate.start: got 0; allowed: a number from 0.00000000000"},
        {"[rate]\njump_at = \"14d\"", "a.toml:2:11: rate.jump_at: got 14d; allowed: less than"},
        {"[jobs]\nlength_varies = 1", "a.toml:2:17: jobs.length_varies: got 1; allowed: true or"},
        {"[hosts]\ncount = 100001", "a.toml:2:9: hosts.count: got 100001; allowed: a whole number"},
    });
}

TEST_CASE("names must be known, and the known ones are listed") {
    check_faults({
        {"[hosts.kinds.a]\ngpus = 1", "a.toml:1:1: hosts.kinds.a.card: is missing; allowed: "},
        {"[hosts.kinds.a]\ncard = \"rtx3091\"",
         "a.toml:2:8: hosts.kinds.a.card: got \"rtx3091\"; allowed: "},
        {"[hosts.kinds.a]\ncard = \"rtx3090\"\ntariff = \"hme\"",
         "a.toml:3:10: hosts.kinds.a.tariff: got \"hme\"; allowed: home; did you mean 'home'?"},
        {"[hosts.kinds.a]\ncard = \"rtx3090\"\n[tariffs.x]\n[tariffs.y]",
         "a.toml:1:1: hosts.kinds.a.tariff: is missing; allowed: x, y"},
        {"[jobs]\nworkloads = { llm_decod = \"100%\" }",
         "a.toml:2:27: jobs.workloads.llm_decod: unknown workload; did you mean 'llm_decode'?"},
        {"[tariffs.home]\nprofile = \"mars\"",
         "a.toml:2:11: tariffs.home.profile: got \"mars\"; allowed: "},
        {"[renters.\"a b\"]\n", "a.toml:1:1: renters.a b: a name has only letters, digits"},
    });
}

TEST_CASE("shares add up to 100 %, and one of them may be the rest") {
    check_faults({
        {"[renters.a]\nshare = \"60%\"\n[renters.b]\nshare = \"50%\"",
         "a.toml:1:1: renters: the shares add up to 110%; allowed: 100%"},
        {"[renters.a]\nshare = \"60%\"", "a.toml:1:1: renters: the shares add up to 60%; allowed"},
        {"[renters.a]\n[renters.b]\n",
         "a.toml:1:1: renters: more than one share is \"rest\" or missing; allowed: one"},
        {"[renters.a]\nshare = \"101%\"", "a.toml:2:9: renters.a.share: got \"101%\"; allowed: a "},
        {"[renters.a]\nshare = \"most\"", "a.toml:2:9: renters.a.share: got \"most\"; allowed: a "},
        {"[hosts.kinds.a]\ncard = \"rtx3090\"\nshare = \"99.9999%\"",
         "a.toml:1:1: hosts.kinds: the shares add up to"},
        {"[jobs]\nworkloads = { llm_decode = \"40%\" }",
         "a.toml:2:13: jobs.workloads: the shares add up to 40%; allowed: 100%"},
    });
    const Scenario scenario =
        read_scenario("[renters.a]\nshare = \"100%\"\n[renters.b]\nshare = \"rest\"");
    CHECK(scenario.renter_kinds[1].share == 0);
}

TEST_CASE("values that contradict each other are rejected") {
    check_faults({
        {"[tariffs.home]\nlow = 0.4\nhigh = 0.3",
         "a.toml:2:7: tariffs.home.low: got 0.4, which is above high = 0.3"},
        {"[tariffs.home]\nprofile = \"de_2024\"\nfile = \"x.csv\"",
         "a.toml:1:1: tariffs.home: has more than one of profile, hours and file; allowed: one"},
        {"[tariffs.home]\nhours = [1, 2]",
         "a.toml:2:9: tariffs.home.hours: got a list of 2; allowed: a list of 24 numbers"},
        {"[renters.a]\nlooks_at = 2\nbids_on = 3",
         "a.toml:3:11: renters.a.bids_on: got 3, which is above looks_at = 2"},
        {"[renters.a]\nwatts = 300", "a.toml:2:9: renters.a.watts: has no effect; allowed: only"},
        {"[renters.a]\npower = \"fixed\"", "a.toml:1:1: renters.a.watts: got 0; allowed: "},
        {"[renters.a]\npower = \"fixed\"\nwatts = 5000",
         "a.toml:3:9: renters.a.watts: got 5000; allowed: "},
    });
}

TEST_CASE("a data file has one number per line, in its last column") {
    const auto load = [](const std::string& name) -> std::optional<std::string> {
        if (name == "p/prices.csv") return "time,USD/kWh\n# night\n00:00,0.08\r\n\n01:00; -0.5\n";
        if (name == "plain.csv") return "0.01\n0.02";
        if (name == "bad.csv") return "price\n0.1\nx1\n";
        if (name == "late.csv") return "0.1\nprice\n";
        if (name == "comma.csv") return "time;price\n00:00;0,02\n";
        if (name == "german.csv") return "0,05\n0,30\n";
        if (name == "mark.csv")
            return "\xef\xbb\xbf"
                   "0.25\n";
        if (name == "empty.csv") return "price\n";
        return std::nullopt;
    };
    const Scenario scenario = read_scenario(
        "[tariffs.home]\nfile = \"p/prices.csv\"\n[rate]\nfile = \"plain.csv\"", load);
    CHECK(scenario.tariffs[0].series == std::vector<std::int64_t>{80'000'000, -500'000'000});
    REQUIRE(scenario.rate.series.size() == 2);
    CHECK(scenario.rate.series[1].count() == 20'000'000'000);

    const auto message = [&](const std::string& name) {
        return error_of([&] { (void)read_scenario("[rate]\nfile = \"" + name + "\"", load); });
    };
    CHECK(message("bad.csv").find("a.toml:2:8: rate.file: bad.csv:3: got \"x1\"; allowed in the "
                                  "last column: a number from") == 0);
    CHECK(message("comma.csv")
              .find("a.toml:2:8: rate.file: comma.csv:2: got \"0,02\"; allowed in ") == 0);
    CHECK(message("german.csv").find("a.toml:2:8: rate.file: german.csv:1: got \"05\"; ") == 0);
    CHECK(read_scenario("[rate]\nfile = \"mark.csv\"", load).rate.series[0].count() ==
          250'000'000'000);
    CHECK(message("late.csv").find("a.toml:2:8: rate.file: late.csv:2: got \"price\"") == 0);
    CHECK(message("empty.csv") == "a.toml:2:8: rate.file: the file 'empty.csv' has no numbers");
    CHECK(message("none.csv") == "a.toml:2:8: rate.file: cannot read the file 'none.csv'");
    for (const char* const name : {"/etc/passwd", "../x.csv", "a/../../x.csv", "a//b"}) {
        CAPTURE(name);
        CHECK(message(name).find("allowed: a file in the scenario's folder or below it") !=
              std::string::npos);
    }
}

TEST_CASE("a tariff has a range of prices or a file of them, and not neither") {
    const auto load = [](const std::string&) -> std::optional<std::string> {
        return "0.1\n-0.2\n";
    };
    const Scenario scenario = read_scenario("[tariffs.a]\nprices = \"p.csv\"", load);
    CHECK(scenario.tariffs[0].prices == std::vector<std::int64_t>{100'000'000, -200'000'000});
    const auto message = [&](const std::string& tariff) {
        return error_of([&] { (void)read_scenario("[tariffs.a]\n" + tariff, load); });
    };
    CHECK(message("").find("tariffs.a: has no price; allowed: ") != std::string::npos);
    CHECK(message("low = 0.1\nprices = \"p.csv\"") ==
          "a.toml:3:10: tariffs.a.prices: a tariff with prices has no low and no high; omit them");
}

TEST_CASE("a file of jobs has arrival, work and value, by arrival") {
    const auto load = [](const std::string& name) -> std::optional<std::string> {
        if (name == "jobs.csv")
            return "user,arrival,hours,value\n7,0.000005,5,0.14\n8, 1.5, 0.25, 0\n";
        if (name == "order.csv") return "2,1,1\n1,1,1\n";
        if (name == "short.csv") return "2,1\n";
        if (name == "none.csv") return "1,0,0.1\n";
        return std::nullopt;
    };
    const Scenario scenario = read_scenario("[jobs]\nfile = \"jobs.csv\"", load);
    REQUIRE(scenario.jobs.trace.size() == 2);
    CHECK(scenario.jobs.trace[0] ==
          TracedJob{gigaspot::Duration::unchecked(18), 5'000'000, 140'000'000});
    CHECK(scenario.jobs.trace[1] ==
          TracedJob{gigaspot::Duration::unchecked(5'400'000), 250'000, 0});
    const auto message = [&](const std::string& name) {
        return error_of([&] { (void)read_scenario("[jobs]\nfile = \"" + name + "\"", load); });
    };
    CHECK(message("order.csv") ==
          "a.toml:2:8: jobs.file: order.csv:2: the job arrives before the one "
          "above; sort the lines by arrival");
    CHECK(message("short.csv").find("a.toml:2:8: jobs.file: short.csv:1: got ") == 0);
    CHECK(message("none.csv").find("none.csv:1: got \"0\"; allowed in the last but one column: ") !=
          std::string::npos);
}

TEST_CASE("a setting changes a value, but does not make up a kind") {
    Node table = parse_toml("", "a.toml");
    add_defaults(table);
    set_value(table, "renters.people.offer", parse_value("20%", "--set x"));
    set_value(table, "market.fee", parse_value("0.05", "--set y"));
    const Scenario scenario = resolve(table, no_file);
    CHECK(scenario.renter_kinds[0].offer == 200'000);
    CHECK(scenario.market.fee.count() == 50'000);
    const auto message = [&](const char* key) {
        return error_of([&] { set_value(table, key, parse_value("1", "--set x")); });
    };
    CHECK(message("renters.peple.offer") ==
          "--set x: renters.peple.offer: renters has no 'peple'; did you mean 'people'?");
    CHECK(message("tariffs.work.low").find("tariffs has no 'work'") != std::string::npos);
    CHECK(message("hosts.kinds.big.gpus").find("hosts.kinds has no 'big'") != std::string::npos);
    CHECK(message("market.fee.x") == "--set x: market.fee.x: market.fee is not a table");
}
