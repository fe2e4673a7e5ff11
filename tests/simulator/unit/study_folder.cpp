// The folder of a study's results: its files have the same bytes however the study was run, and
// results of another study are never overwritten.
#include "study/folder.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "scenario_support.hpp"
#include "study/files.hpp"
#include "study/output.hpp"
#include "study_support.hpp"

using namespace simulator;

namespace {

const std::string scenario = R"(
title = "T"
[study]
seeds = 4
[rate]
file = "data/rates.csv"
jump_at = "1d"
[[axis]]
label = "days, all"
key = "days"
values = [2, 3]
)";

std::optional<std::string> load(const std::string& name) {
    return name == "data/rates.csv" ? std::optional<std::string>{"0.01\n"} : std::nullopt;
}

const Reports reports{[](const Study& study) { return "report of " + study.title; },
                      [](const Study&) { return std::string{"{}\n"}; },
                      [](const Study&) { return std::string{"table\n"}; }};

/// Runs a study into a folder, as the program does.
void run(const std::string& folder, Execution execution, const PlanOptions& options = {},
         const std::string& toml = scenario) {
    Plan plan = make_plan(toml, "a.toml", options, load);
    execution.simulate = formula;
    execution.load = load;
    prepare_folder(folder, plan);
    Store store{store_path(folder)};
    const std::set<RunKey> used = execute(plan, store, execution);
    write_results(folder, plan, reports, store, used);
}

std::map<std::string, std::string> files_of(const std::string& folder) {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{folder}) {
        if (entry.is_regular_file())
            files[std::filesystem::relative(entry.path(), folder).string()] =
                read_file(entry.path().string());
    }
    return files;
}

}  // namespace

TEST_CASE("a folder has all tables, the data and the resolved scenario") {
    const TemporaryFolder temporary;
    const std::string folder = temporary.path("a/b");
    run(folder, {});
    std::vector<std::string> names;
    for (const auto& [name, content] : files_of(folder)) names.push_back(name);
    CHECK(names == std::vector<std::string>{"data/rates.csv", "hours.csv", "kinds.csv", "meta.json",
                                            "report.html", "runs.csv", "runs.store",
                                            "scenario.toml", "summary.json", "table.csv"});
    CHECK(read_file(folder + "/report.html") == "report of T");
    CHECK(read_folder(folder).resolved == read_file(folder + "/scenario.toml"));
}

TEST_CASE("the bytes do not depend on threads, shards, interruptions or added seeds") {
    const TemporaryFolder temporary;
    run(temporary.path("one"), {});
    const auto expected = files_of(temporary.path("one"));

    run(temporary.path("threads"), {.jobs = 7});
    CHECK(files_of(temporary.path("threads")) == expected);

    for (std::size_t shard = 0; shard < 3; ++shard)
        run(temporary.path("shards"), {.shard = shard, .shards = 3});
    CHECK(files_of(temporary.path("shards")) == expected);

    run(temporary.path("seeds"), {}, {.settings = {}, .seeds = 2});
    CHECK(files_of(temporary.path("seeds")) != expected);
    run(temporary.path("seeds"), {});
    CHECK(files_of(temporary.path("seeds")) == expected);

    run(temporary.path("again"), {});
    run(temporary.path("again"), {});
    CHECK(files_of(temporary.path("again")) == expected);
}

TEST_CASE("results of another study are never overwritten") {
    const TemporaryFolder temporary;
    const std::string folder = temporary.path("r");
    run(folder, {});
    const auto before = files_of(folder);
    CHECK(error_of([&] { run(folder, {}, {.settings = {"market.fee=5%"}, .seeds = {}}); }) ==
          folder + "/scenario.toml is of another study: it has 'fee = \"2.5%\"', not 'fee = "
                   "\"5%\"'; choose another --out");
    CHECK(error_of([&] { run(folder, {}, {.settings = {}, .seeds = 3}); }) ==
          folder + " has results of 4 seeds and this study has 3; add --seeds 4, or choose another "
                   "--out");
    CHECK(files_of(folder) == before);
    write_file(folder + "/data/rates.csv", "0.02\n");
    CHECK(error_of([&] { run(folder, {}); }) ==
          folder + "/data/rates.csv has other data than this study; choose another --out");
}

TEST_CASE("a folder with other files is left alone, except for what a killed process left") {
    const TemporaryFolder temporary;
    make_folder(temporary.path("r"));
    write_file(temporary.path("r/photo.jpg"), "x");
    CHECK(error_of([&] { run(temporary.path("r"), {}); }) ==
          temporary.path("r") + " is not empty and has no results of gigaspot-simulate; choose "
                                "another --out");
    std::filesystem::rename(temporary.path("r/photo.jpg"), temporary.path("r/scenario.toml.new"));
    run(temporary.path("r"), {});
    CHECK(read_file(temporary.path("r/report.html")) == "report of T");
    CHECK(error_of([&] {
              (void)read_folder(temporary.path("none"));
          }).find("none/scenario.toml: cannot read it; expected a folder") != std::string::npos);
}

TEST_CASE("a complete study keeps the results that it uses, a partial one all") {
    const TemporaryFolder temporary;
    const std::string folder = temporary.path("r");
    run(folder, {.shards = 2});
    {
        Store store{store_path(folder)};
        store.add({1, 1}, RunResult{});
    }
    run(folder, {.shards = 2});
    CHECK(Store::read(store_path(folder)).size() == 5);
    run(folder, {});
    CHECK(Store::read(store_path(folder)).size() == 8);
}

TEST_CASE("the table of runs has each measure with all its decimals") {
    Plan plan = make_plan(scenario, "a.toml", {.settings = {}, .seeds = 1}, load);
    Store store;
    execute(plan, store, {.simulate = formula, .load = load});
    plan.study.runs[1][0].values[static_cast<std::size_t>(Measure::welfare)] = -1;
    // The formula: days x 1e6 + seed x 10 + the measure's index, in units of its last decimal.
    CHECK(runs_csv(plan.study) ==
          "cell,\"days, all\",seed,welfare,host_profit,renter_surplus,market_income,paid,"
          "electricity,utilisation,kwh_per_work,switches,outage_stops,work_lost,starting_up,"
          "finished,given_up,wait,gini,settle,digest\n"
          "1,2,1,2.000010,2.000011,2.000012,2.000013,2.000014,2.000015,2000.016,2.000017,2000.018,"
          "2000.019,2000.020,2000.021,2000.022,2000.023,2000.024,2.000025,2000.026,"
          "0000000000000001\n"
          "2,3,1,-0.000001,3.000011,3.000012,3.000013,3.000014,3.000015,3000.016,3.000017,3000.018,"
          "3000.019,3000.020,3000.021,3000.022,3000.023,3000.024,3.000025,3000.026,"
          "0000000000000001\n");
    CHECK(kinds_csv(plan.study) ==
          "cell,\"days, all\",seed,kind,jobs,surplus_usd_per_job,paid_usd_per_job,"
          "work_hours_per_job,switches_per_job\n"
          "1,2,1,people,1,0.000000,0.000000,0.000000,0.000\n"
          "2,3,1,people,1,0.000000,0.000000,0.000000,0.000\n");
    CHECK(hours_csv(plan.study) ==
          "cell,\"days, all\",seed,hour,rate_usd_per_coin,income_usd_per_host_and_day,"
          "running_share\n"
          "1,2,1,1,0.000000000001,0.000002,0.000003\n1,2,1,2,0.000000000004,0.000005,0.000006\n"
          "2,3,1,1,0.000000000001,0.000002,0.000003\n2,3,1,2,0.000000000004,0.000005,0.000006\n");
}

TEST_CASE("runs that are missing are not in the tables, and the rest says that it is partial") {
    Plan plan = make_plan(scenario, "a.toml", {}, load);
    Store store;
    execute(plan, store, {.simulate = formula, .load = load, .shard = 1, .shards = 2});
    const std::string runs = runs_csv(plan.study);
    CHECK(std::count(runs.begin(), runs.end(), '\n') == 5);
    CHECK(count_done(plan.study) == 4);
    CHECK(count_all(plan.study) == 8);
    const std::string meta = meta_json(plan, runs);
    CHECK(meta.find("\"partial\": true") != std::string::npos);
    CHECK(meta.find("\"runs\": 4,\n  \"runs_wanted\": 8") != std::string::npos);
    CHECK(meta.find("\"data/rates.csv\": \"") != std::string::npos);
}

TEST_CASE("texts are quoted where CSV and JSON need it") {
    CHECK(csv_field("plain text") == "plain text");
    CHECK(csv_field("a,b") == "\"a,b\"");
    CHECK(csv_field("say \"x\"") == "\"say \"\"x\"\"\"");
    CHECK(json_string("a\"b\\c\n") == "\"a\\\"b\\\\c\\u000a\"");
}

TEST_CASE("each round of a search is in its table") {
    Study study;
    study.axes = {{"x", {"a", "b"}}};
    study.cells = {{.options = {0}}, {.options = {1}}};
    Solution& solution = study.solutions.emplace_back();
    solution = {.cell = 1, .key = "market.fee", .value = "5%", .rounds = {}, .settled = true};
    solution.rounds.push_back({"0%", {"0%", "5%"}, {1.5, 2.25}, {0, 0.125}, "5%"});
    CHECK(solutions_csv(study) == "cell,x,key,value,settled,round,used,candidate,mean,half,best\n"
                                  "2,b,market.fee,5%,true,1,0%,0%,1.500000,0.000000,5%\n"
                                  "2,b,market.fee,5%,true,1,0%,5%,2.250000,0.125000,5%\n");
}
