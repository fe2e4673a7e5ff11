// The cells of a study, from its axes and settings; and the resolved file, which gives the same
// study again.
#include "study/plan.hpp"

#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "scenario/write.hpp"
#include "scenario_support.hpp"

using namespace simulator;

namespace {

const std::string bots = R"(
title = "Bots"
question = "Do they need a margin?"
days = 2
[study]
seeds = 3
first_seed = 10
compare = "margin"
measures = ["switches", "welfare"]
[renters.people]
share = "rest"
[renters.bots]
share = "0%"
[[axis]]
label = "share of bots"
key = "renters.bots.share"
values = ["0%", 0.5]
[[axis]]
label = "margin"
[[axis.option]]
label = "0.05 USD"
set = { "market.switch_margin" = 0.05, "market.switch_margin_share" = "10%" }
[[axis.option]]
label = "none"
)";

struct Fault {
    std::string toml;
    std::string message;  ///< a part of it
};

void check_faults(const std::vector<Fault>& faults) {
    for (const Fault& fault : faults) {
        CAPTURE(fault.toml);
        const std::string message = error_of([&] { (void)read_plan(fault.toml); });
        CAPTURE(message);
        CHECK(message.find(fault.message) != std::string::npos);
    }
}

std::string axis(const std::string& label, const std::string& rest) {
    return "[[axis]]\nlabel = \"" + label + "\"\n" + rest + "\n";
}

}  // namespace

TEST_CASE("cells are all combinations of options, and the last axis changes fastest") {
    const Study study = read_plan(bots).study;
    CHECK(study.title == "Bots");
    CHECK(study.question == "Do they need a margin?");
    CHECK(study.file == "a.toml");
    CHECK(study.compare == 1);
    CHECK(study.shown == std::vector<Measure>{Measure::switches, Measure::welfare});
    CHECK(study.seeds == std::vector<std::uint64_t>{10, 11, 12});
    CHECK(study.is_partial);
    REQUIRE(study.cells.size() == 4);
    struct Row {
        const char* label;
        Millionths bots;
        NanoUsd margin;
    };
    const std::vector<Row> rows{{"0%, 0.05 USD", 0, 50'000'000},
                                {"0%, none", 0, 0},
                                {"0.5, 0.05 USD", 500'000, 50'000'000},
                                {"0.5, none", 500'000, 0}};
    for (std::size_t i = 0; i < rows.size(); ++i) {
        CAPTURE(i);
        const Cell& cell = study.cells[i];
        CHECK(study.label(cell) == rows[i].label);
        CHECK(cell.options == std::vector<std::size_t>{i / 2, i % 2});
        CHECK(cell.scenario.days == 2);
        CHECK(cell.scenario.renter_kinds[1].share == rows[i].bots);
        CHECK(cell.scenario.renter_kinds[0].share == one - rows[i].bots);
        CHECK(cell.scenario.market.switch_margin == rows[i].margin);
        CHECK(resolve(parse_toml(cell.resolved, "x"), no_file) == cell.scenario);
        CHECK(study.runs[i].size() == 3);
        CHECK(study.has[i] == std::vector<bool>(3, false));
    }
}

TEST_CASE("a file without axes has one cell and its name as title") {
    const Study study = read_plan("days = 1\n").study;
    CHECK(study.cells.size() == 1);
    CHECK(study.axes.empty());
    CHECK(study.title == "a.toml");
    CHECK(study.seeds.size() == 20);
    CHECK(study.seeds.front() == 1);
    CHECK(study.shown.size() == 3);
}

TEST_CASE("the resolved file gives the same study and the same text") {
    const auto load = [](const std::string& name) -> std::optional<std::string> {
        if (name == "r.csv") return "0.5\n0.25\n";
        if (name == "p.csv") return "-0.1\n";
        return std::nullopt;
    };
    for (const std::string& toml :
         {std::string{}, bots, std::string{"[tariffs.home]\nprofile = \"de_2024\"\n"},
          std::string{
              "[tariffs.home]\nfile = \"p.csv\"\n[rate]\nfile = \"r.csv\"\njump_at = \"1d\""},
          std::string{"hosts = { count = 3, kinds = { a = { card = \"rtx3090\" } } }\n"},
          // The base has 100 % of other workloads, and a value that only the first option sets.
          axis("jobs",
               "[[axis.option]]\nlabel = \"a\"\nset = { \"jobs.workloads\" = { llm_decode = "
               "\"100%\" }, \"jobs.load\" = 2 }\n[[axis.option]]\nlabel = \"b\""),
          axis("power",
               "[[axis.option]]\nlabel = \"a\"\nset = { \"renters.people.power\" = \"fixed\","
               " \"renters.people.watts\" = 300 }\n[[axis.option]]\nlabel = \"b\""),
          axis("offer", "[[axis.option]]\nlabel = \"a\"\nsolve = { key = \"renters.people.offer\", "
                        "values = [\"10%\", \"20%\"], maximise = \"best_reply\" }")}) {
        CAPTURE(toml);
        const Plan plan = read_plan(toml, {}, load);
        CAPTURE(plan.resolved);
        const Plan again = make_plan(plan.resolved, "x/scenario.toml", {}, load);
        CHECK(again.resolved == plan.resolved);
        CHECK(again.study.title == plan.study.title);
        CHECK(again.study.file == "a.toml");
        CHECK(again.study.seeds == plan.study.seeds);
        CHECK(again.study.compare == plan.study.compare);
        CHECK(again.study.shown == plan.study.shown);
        CHECK(again.has_hours == plan.has_hours);
        CHECK(again.files == plan.files);
        CHECK(again.searches.size() == plan.searches.size());
        REQUIRE(again.study.cells.size() == plan.study.cells.size());
        for (std::size_t i = 0; i < plan.study.cells.size(); ++i) {
            CHECK(again.study.cells[i].scenario == plan.study.cells[i].scenario);
            CHECK(again.study.cells[i].options == plan.study.cells[i].options);
        }
    }
}

TEST_CASE("--set and --seeds change the file before the axes") {
    const Plan plan = read_plan(
        bots, {.settings = {"days=5", "renters.people.offer=40%", "market.mechanism=second_price"},
               .seeds = 7});
    CHECK(plan.study.seeds.size() == 7);
    for (const Cell& cell : plan.study.cells) {
        CHECK(cell.scenario.days == 5);
        CHECK(cell.scenario.renter_kinds[0].offer == 400'000);
        CHECK(cell.scenario.market.mechanism == Mechanism::second_price);
    }
    CHECK(make_plan(plan.resolved, "x", {}, no_file).study.cells[3].scenario ==
          plan.study.cells[3].scenario);
    // The last one counts.
    CHECK(read_plan("", {.settings = {"days=5", "days=6"}, .seeds = {}})
              .study.cells[0]
              .scenario.days == 6);
}

TEST_CASE("errors of --set name the option") {
    const auto message = [](const std::string& setting) {
        return error_of([&] { (void)read_plan(bots, {.settings = {setting}, .seeds = {}}); });
    };
    CHECK(message("days=0").find("--set days=0: days: got 0; allowed: a whole number") == 0);
    CHECK(message("days").find("--set days: expected key=value") == 0);
    CHECK(message("=3").find("--set =3: expected key=value") == 0);
    CHECK(message("market.fea=1")
              .find("--set market.fea=1: market.fea: unknown key; did you mean "
                    "'fee'?") == 0);
    CHECK(message("renters.bost.offer=1").find("did you mean 'bots'?") != std::string::npos);
    CHECK(message("axis=1").find("--set axis=1: axis: an axis can be changed only in the file") ==
          0);
    CHECK(
        message("renters.bots.share=5%").find("the axis 'share of bots' sets renters.bots.share") !=
        std::string::npos);
    CHECK(message("market={}").find("the axis 'margin' sets market.switch_margin") !=
          std::string::npos);
    CHECK(message("study.seeds=0").find("--set study.seeds=0: study.seeds: got 0; allowed") == 0);
    CHECK(message("warm_up=2d").find("--set warm_up=2d: warm_up: got 2d; allowed: less than") == 0);
}

TEST_CASE("faults of the study and its axes are named") {
    const std::string values = "key = \"days\"\nvalues = [1, 2]";
    check_faults({
        {"[study]\nseed = 1", "a.toml:2:8: study.seed: unknown key; did you mean 'seeds'?"},
        {"[study]\nseeds = \"3\"", "a.toml:2:9: study.seeds: got \"3\"; allowed: a whole number"},
        {"[study]\nseeds = 100001", "allowed: a whole number from 1 to 100000"},
        {"[study]\nfirst_seed = -1", "study.first_seed: got -1"},
        {"[study]\ncompare = \"x\"", "study.compare: the study has no axis; omit compare"},
        {"[study]\ncompare = \"x\"\n" + axis("days", values),
         "study.compare: got \"x\"; allowed: the label of an axis: days"},
        {"[study]\nmeasures = [\"welfre\"]", "did you mean 'welfare'?"},
        {"[study]\nmeasures = []", "study.measures: got a list; allowed: a list of measures"},
        {"[study]\nmeasures = [\"gini\", \"gini\"]", "study.measures: gini is there twice"},
        {"[report]\nhour = true", "report.hour: unknown key; did you mean 'hours'?"},
        {"title = 3", "a.toml:1:9: title: got 3; allowed: a text in quotes"},
        {"axis = 3", "axis: got 3; allowed: one [[axis]] for each axis"},
        {"[[axis]]\n" + values + "\n[[axis]]\n" + values, "label 'days' is there twice"},
        {axis("x", "key = \"days\"\nvalues = [1, 1]"), "the option '1' is there twice"},
        {axis("x", "key = \"market.mechanism\"\nvalues = [\"" + std::string(61, 'a') + "\"]"),
         "allowed: a text of one line with at most 60 bytes"},
        {axis("x", "key = \"days\"\nvalues = []"), "axis.values: got a list; allowed"},
        {axis("x", "key = \"days\"\nvalues = [[1]]"), "use [[axis.option]] for tables"},
        {axis("x", "key = \"days\""), "either key and values, or one [[axis.option]]"},
        {axis("x", values + "\n[[axis.option]]\nlabel = \"a\""), "either key and values"},
        {axis("x", "[[axis.option]]\nset = {}"), "label is missing; it names the option"},
        {"[[axis]]\n[[axis.option]]\nlabel = \"a\"", "label is missing; it names the axis"},
        {"[[axis]]\nlabel = \"welfare\"\n[[axis.option]]\nlabel = \"a\"",
         "got \"welfare\"; allowed: a text that is not the name of a column of the results"},
        {"[[axis]]\nlabel = \"a\"\n[[axis.option]]\nlabel = \"b\"\n"
         "solve = { key = \"study.seeds\", values = [1, 2], maximise = \"welfare\" }",
         "an axis or a search cannot change this, because it is not part of a market"},
        {axis("x", "[[axis.option]]\nlabel = \"a\"\nsett = {}"), "did you mean 'set'?"},
        {axis("x", "[[axis.option]]\nlabel = \"a\"\nset = { market = { fee = 1 } }"),
         "put a key with points in quotes"},
        {axis("x", "key = \"study.seeds\"\nvalues = [1]"), "is not part of a market"},
        {axis("x", values) + axis("y", values), "a.toml:8:11: days: is also set by the axis 'x'"},
        {axis("x", "key = \"market.fea\"\nvalues = [1]"),
         "a.toml:4:11: market.fea: unknown key; did you mean 'fee'? (in cell 1: 1)"},
        {axis("x", "key = \"days\"\nvalues = [1, 0]"), "a.toml:4:14: days: got 0; allowed"},
        {axis("x", "key = \"renters.x.offer\"\nvalues = [1]"), "renters has no 'x'"},
    });
}

TEST_CASE("too many cells or runs are rejected") {
    std::string toml;
    for (const char* const key : {"hosts.count", "days", "jobs.hours"}) {
        std::string values;
        for (int i = 1; i <= 11; ++i) values += std::to_string(i) + ",";
        toml += axis(key, "key = \"" + std::string{key} + "\"\nvalues = [" + values + "]");
    }
    check_faults({{toml, "the axes give 1331 cells; allowed: up to 1000"}});
    std::string many;
    for (int i = 1; i <= 20; ++i) many += std::to_string(i) + ",";
    check_faults(
        {{"[study]\nseeds = 100000\n" + axis("x", "key = \"days\"\nvalues = [" + many + "]"),
          "20 cells with 100000 seeds are 2000000 runs; allowed: up to 1000000"}});
}

TEST_CASE("faults of a search are named") {
    const auto solve = [](const std::string& content) {
        return axis("x", "[[axis.option]]\nlabel = \"a\"\nsolve = { " + content + " }");
    };
    check_faults({
        {solve("key = \"market.fee\", values = [0, 1]"), "solve: maximise is missing"},
        {solve("key = \"market.fee\", values = [0], maximise = \"welfare\""),
         "solve.values: got a list; allowed: a list of two values or more"},
        {solve("key = \"market.fee\", values = [0, 1], maximise = \"welfre\""),
         "did you mean 'welfare'?"},
        {solve("key = \"market.fee\", values = [0, 1], maximise = \"paid\""),
         "more of this measure is neither better nor worse"},
        {solve("key = \"market.fee\", values = [0, 1], maximise = \"best_reply\""),
         "for a best reply: a value of a kind of renters"},
        {solve("key = \"market.fee\", values = [0, 5], maximise = \"welfare\""),
         "market.fee: got 5; allowed: a share"},
        {solve("key = \"renters.x.offer\", values = [0, 1], maximise = \"best_reply\""),
         "renters has no 'x'"},
        {axis("x", "[[axis.option]]\nlabel = \"a\"\nset = { \"market.fee\" = 0 }\nsolve = { key = "
                   "\"market.fee\", values = [0, 1], maximise = \"welfare\" }"),
         "market.fee: is also set by this option"},
        {solve("key = \"market.fee\", values = [0, 1], maximise = \"welfare\"") +
             axis("y", "key = \"market.fee\"\nvalues = [0, 1]"),
         "market.fee: is also set by the axis 'x'"},
        {solve("keys = 1"), "solve.keys: unknown key; did you mean 'key'?"},
    });
}

TEST_CASE("identities ignore the number of seeds and nothing else") {
    const auto resolved = [](PlanOptions options) { return read_plan(bots, options).resolved; };
    const std::string identity = identity_of(resolved({}));
    CHECK(identity == identity_of(resolved({.settings = {}, .seeds = 50})));
    CHECK(identity != identity_of(resolved({.settings = {"days=3"}, .seeds = {}})));
    CHECK(identity != identity_of(resolved({.settings = {"study.first_seed=11"}, .seeds = {}})));
}

TEST_CASE("digests differ with each value and with the data of files") {
    std::map<std::uint64_t, std::string> seen;
    const auto add = [&](const std::string& toml, const std::string& data) {
        const auto load = [&](const std::string&) -> std::optional<std::string> { return data; };
        const std::uint64_t digest = digest_of(read_scenario(toml, load));
        CAPTURE(toml);
        CHECK(seen.emplace(digest, toml).second);
    };
    add("", "");
    add("days = 13", "");
    add("[market]\nfee = \"2.5001%\"", "");
    add("[rate]\nfile = \"a\"", "1");
    add("[rate]\nfile = \"a\"", "2");
    add("[rate]\nfile = \"a\"", "1\n1");
    add("[tariffs.home]\nfile = \"a\"", "1");
    add("[tariffs.home]\nfile = \"a\"", "2");
    CHECK(digest_of(read_scenario("")) == digest_of(read_scenario("days = 14")));
    CHECK(digest_of(std::string_view{}) == 0xcbf29ce484222325);
    CHECK(digest_of(std::string_view{"a"}) == 0xaf63dc4c8601ec8c);  // published vector of FNV-1a
}

TEST_CASE("a data file must not have the name of a file of the results") {
    const auto load = [](const std::string&) -> std::optional<std::string> { return "1"; };
    for (const char* const name : {"runs.csv", "journal/x.csv", "runs.csv.new"}) {
        const std::string toml = "[rate]\nfile = \"" + std::string{name} + "\"";
        CHECK(error_of([&] {
                  (void)read_plan(toml, {}, load);
              }).find("a file of the results has the same name") != std::string::npos);
    }
}

TEST_CASE("for a best reply a tenth of the kind deviates") {
    const Plan plan = read_plan(
        "[renters.a]\nshare = \"30%\"\n[renters.b]\n" +
        axis("x", "[[axis.option]]\nlabel = \"x\"\nsolve = { key = \"renters.a.offer\", values = "
                  "[0.1, 0.2], maximise = \"best_reply\" }"));
    REQUIRE(plan.searches.size() == 1);
    const Search& search = plan.searches[0];
    const Scenario same = searched_scenario(search, search.values[0], nullptr, no_file);
    CHECK(same.renter_kinds.size() == 2);
    CHECK(same.renter_kinds[0].offer == 100'000);
    const Scenario other = searched_scenario(search, search.values[0], &search.values[1], no_file);
    REQUIRE(other.renter_kinds.size() == 3);
    CHECK(other.renter_kinds[0].offer == 100'000);
    CHECK(other.renter_kinds[0].share == 270'000);
    CHECK(other.renter_kinds[1].share == 700'000);
    CHECK(other.renter_kinds[2].name == "deviator");
    CHECK(other.renter_kinds[2].offer == 200'000);
    CHECK(other.renter_kinds[2].share == 30'000);
}
