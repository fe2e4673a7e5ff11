// Runs on threads: each once, the same results with any number of threads and shards, and after
// interruptions; and searches in markets that are worked by hand.
#include "study/execute.hpp"

#include <atomic>
#include <mutex>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "scenario_support.hpp"
#include "study/files.hpp"
#include "study_support.hpp"

using namespace simulator;

namespace {

const std::string two_axes = R"(
[study]
seeds = 5
first_seed = 3
[[axis]]
key = "days"
values = [1, 2, 3]
[[axis]]
key = "hosts.count"
values = [4, 5]
)";

/// A search of the offer of all renters.
Plan searching(const std::string& maximise, const std::string& values, const std::string& seeds) {
    return read_plan("[study]\nseeds = " + seeds +
                     "\n[[axis]]\nlabel = \"x\"\n[[axis.option]]\nlabel = \"a\"\n"
                     "solve = { key = \"renters.people.offer\", values = " +
                     values + ", maximise = \"" + maximise + "\" }\n");
}

/// A market in which only one measure says something.
Simulate measuring(Measure measure, std::int64_t (*value)(Millionths offer, std::uint64_t seed)) {
    return [=](const Scenario& scenario, std::uint64_t seed, const RunOutput&) {
        RunResult result;
        result.values[static_cast<std::size_t>(measure)] =
            value(scenario.renter_kinds[0].offer, seed);
        return result;
    };
}

/// A market in which a renter who deviates gets what the rule gives.
Simulate replying(std::int64_t (*surplus)(Millionths used, Millionths mine, std::uint64_t seed)) {
    return [=](const Scenario& scenario, std::uint64_t seed, const RunOutput&) {
        RunResult result;
        for (const RenterKind& kind : scenario.renter_kinds)
            result.kinds.push_back(
                {.jobs = 1,
                 .surplus_per_job = surplus(scenario.renter_kinds[0].offer, kind.offer, seed)});
        return result;
    };
}

}  // namespace

TEST_CASE("each run has its result, whatever the number of threads") {
    for (const std::size_t jobs : {1U, 2U, 3U, 16U, 100U}) {
        CAPTURE(jobs);
        Plan plan = read_plan(two_axes);
        Store store;
        std::atomic<int> calls{0};
        const auto used = execute(
            plan, store,
            {.simulate =
                 [&](const Scenario& scenario, std::uint64_t seed, const RunOutput& output) {
                     ++calls;
                     return formula(scenario, seed, output);
                 },
             .load = no_file,
             .jobs = jobs});
        CHECK(calls == 30);
        CHECK(used.size() == 30);
        CHECK(!plan.study.is_partial);
        for (std::size_t cell = 0; cell < 6; ++cell) {
            for (std::size_t seed = 0; seed < 5; ++seed) {
                CHECK(plan.study.has[cell][seed]);
                RunResult expected = formula(plan.study.cells[cell].scenario, seed + 3, {});
                expected.hours.clear();  // only a jump of the rate or [report] keeps them
                CHECK(plan.study.runs[cell][seed] == expected);
            }
        }
    }
}

TEST_CASE("runs begin in the order of cells and seeds") {
    Plan plan = read_plan(two_axes);
    Store store;
    std::vector<std::pair<std::int64_t, std::uint64_t>> order;
    execute(plan, store,
            {.simulate =
                 [&](const Scenario& scenario, std::uint64_t seed, const RunOutput& output) {
                     order.emplace_back(scenario.days * 10 + scenario.hosts, seed);
                     return formula(scenario, seed, output);
                 },
             .load = no_file});
    REQUIRE(order.size() == 30);
    CHECK(order[0] == std::pair<std::int64_t, std::uint64_t>{14, 3});
    CHECK(order[4] == std::pair<std::int64_t, std::uint64_t>{14, 7});
    CHECK(order[5] == std::pair<std::int64_t, std::uint64_t>{15, 3});
    CHECK(order[29] == std::pair<std::int64_t, std::uint64_t>{35, 7});
}

TEST_CASE("shards are disjoint and together all runs") {
    Plan whole = read_plan(two_axes);
    Store store;
    std::size_t sum = 0;
    for (std::size_t shard = 0; shard < 4; ++shard) {
        Plan plan = read_plan(two_axes);
        Store part;
        execute(plan, part, {.simulate = formula, .load = no_file, .shard = shard, .shards = 4});
        CHECK(plan.study.is_partial);
        CHECK(plan.study.has[0][shard]);  // the index of a run, modulo 4
        sum += part.size();
        for (const auto& [key, result] : part.all()) store.add(key, result);
    }
    CHECK(sum == 30);
    execute(whole, store, {.load = no_file, .may_simulate = false});
    CHECK(!whole.study.is_partial);
    Plan direct = read_plan(two_axes);
    Store direct_store;
    execute(direct, direct_store, {.simulate = formula, .load = no_file});
    CHECK(whole.study.runs == direct.study.runs);
}

TEST_CASE("after a stop, the running runs end, and the next time only the others run") {
    Plan plan = read_plan(two_axes);
    Store store;
    std::atomic<bool> stop{false};
    std::atomic<int> calls{0};
    Execution execution{
        .simulate =
            [&](const Scenario& scenario, std::uint64_t seed, const RunOutput& output) {
                if (++calls == 7) stop = true;
                return formula(scenario, seed, output);
            },
        .load = no_file,
        .stop = &stop};
    execute(plan, store, execution);
    CHECK(calls == 7);
    CHECK(plan.study.is_partial);
    CHECK(plan.study.has[0] == std::vector<bool>(5, true));
    CHECK(plan.study.has[1] == std::vector<bool>{true, true, false, false, false});
    stop = false;
    execute(plan, store, execution);
    CHECK(calls == 30);
    CHECK(!plan.study.is_partial);
}

TEST_CASE("an exception of a run ends the study, and results so far are kept") {
    for (const std::size_t jobs : {1U, 4U}) {
        Plan plan = read_plan(two_axes);
        Store store;
        const Execution execution{
            .simulate =
                [](const Scenario& scenario, std::uint64_t seed, const RunOutput& output) {
                    if (scenario.days == 2) throw std::runtime_error{"bug"};
                    return formula(scenario, seed, output);
                },
            .load = no_file,
            .jobs = jobs};
        CHECK_THROWS_WITH(execute(plan, store, execution), "bug");
        CHECK(store.size() == 10);
    }
}

TEST_CASE("cells with the same scenario share their runs") {
    Plan plan = read_plan("[study]\nseeds = 4\n[[axis]]\nlabel = \"x\"\n[[axis.option]]\nlabel = "
                          "\"a\"\n[[axis.option]]\nlabel = \"b\"\nset = { days = 14 }\n");
    Store store;
    int calls = 0;
    execute(plan, store,
            {.simulate =
                 [&](const Scenario& scenario, std::uint64_t seed, const RunOutput& output) {
                     ++calls;
                     return formula(scenario, seed, output);
                 },
             .load = no_file});
    CHECK(calls == 4);
    CHECK(plan.study.runs[0] == plan.study.runs[1]);
}

TEST_CASE("each run writes its journal, even if its result is already there") {
    const TemporaryFolder folder;
    Plan plan = read_plan(two_axes);
    Store store;
    Execution execution{.simulate = formula, .load = no_file};
    execute(plan, store, execution);
    execution.journal_folder = folder.path();
    execute(plan, store, execution);
    CHECK(read_file(folder.path("cell_001_seed_000003.jsonl")) == "seed 3\n");
    CHECK(read_file(folder.path("cell_006_seed_000007.jsonl")) == "seed 7\n");
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator{folder.path()}) {
        CHECK(entry.path().extension() == ".jsonl");
        ++files;
    }
    CHECK(files == 30);
    // If a run gives another result than before, that is a bug, which must be reported.
    std::filesystem::remove(folder.path("cell_001_seed_000003.jsonl"));
    execution.simulate = [](const Scenario&, std::uint64_t, const RunOutput&) {
        return RunResult{};
    };
    CHECK(error_of([&] { execute(plan, store, execution); }).find("two different results") !=
          std::string::npos);
}

TEST_CASE("progress counts the runs that are missing") {
    Plan plan = read_plan(two_axes);
    Store store;
    std::vector<std::size_t> counts;
    Execution execution{.simulate = formula, .load = no_file, .shards = 2};
    execute(plan, store, execution);
    execution.shards = 1;
    execution.progress = [&](const std::string& phase, std::size_t done, std::size_t total) {
        CHECK(phase == "simulate");
        CHECK(total == 15);
        counts.push_back(done);
    };
    execute(plan, store, execution);
    REQUIRE(counts.size() == 16);
    for (std::size_t i = 0; i < counts.size(); ++i) CHECK(counts[i] == i);
}

TEST_CASE("a search takes the value with the best mean") {
    Plan plan = searching("host_profit", "[0.1, 0.3, 0.5]", "4");
    Store store;
    // 0.1: 21, 0.3: 25, 0.5: 21 millionths less the square of the distance to 0.3, in tenths.
    const Execution execution{.simulate = measuring(Measure::host_profit,
                                                    [](Millionths offer, std::uint64_t) {
                                                        const std::int64_t tenths = offer / 100'000;
                                                        return 25 - (tenths - 3) * (tenths - 3);
                                                    }),
                              .load = no_file,
                              .jobs = 3};
    execute(plan, store, execution);
    REQUIRE(plan.study.solutions.size() == 1);
    const Solution& solution = plan.study.solutions[0];
    CHECK(solution.key == "renters.people.offer");
    CHECK(solution.value == "0.3");
    CHECK(solution.settled);
    REQUIRE(solution.rounds.size() == 1);
    CHECK(solution.rounds[0].candidates == std::vector<std::string>{"0.1", "0.3", "0.5"});
    CHECK(solution.rounds[0].mean[0] == doctest::Approx(21e-6));
    CHECK(solution.rounds[0].mean[1] == doctest::Approx(25e-6));
    CHECK(solution.rounds[0].half == std::vector<double>{0, 0, 0});
    CHECK(plan.study.cells[0].scenario.renter_kinds[0].offer == 300'000);
    CHECK(plan.study.cells[0].resolved.find("offer = \"30%\"") != std::string::npos);
    CHECK(plan.study.runs[0][0][Measure::host_profit] == 25);
    CHECK(store.size() == 3 * 4 + 4);  // the study's own seeds differ from the search's
}

TEST_CASE("a search minimises what is better if less, and takes the first of equals") {
    Plan plan = searching("switches", "[0.1, 0.3, 0.5, 0.7]", "2");
    Store store;
    const Execution execution{
        .simulate = measuring(Measure::switches,
                              [](Millionths offer, std::uint64_t) {
                                  return std::int64_t{offer == 300'000 || offer == 700'000 ? 1 : 5};
                              }),
        .load = no_file};
    execute(plan, store, execution);
    CHECK(plan.study.solutions[0].value == "0.3");
}

TEST_CASE("a best reply goes on until nobody gains") {
    Plan plan = searching("best_reply", "[0.1, 0.2, 0.3, 0.4, 0.5]", "3");
    Store store;
    // To offer 0.1 less than all others is best, but nothing is better than 0.1.
    const Execution execution{
        .simulate = replying([](Millionths used, Millionths mine, std::uint64_t seed) {
            const std::int64_t wanted = std::max<std::int64_t>(used - 100'000, 100'000);
            const std::int64_t off = (mine - wanted) / 100'000;
            return 1'000'000 - off * off * 1'000 + static_cast<std::int64_t>(seed % 7);
        }),
        .load = no_file};
    execute(plan, store, execution);
    const Solution& solution = plan.study.solutions.at(0);
    std::vector<std::string> path;
    for (const Solution::Round& round : solution.rounds) path.push_back(round.used);
    CHECK(path == std::vector<std::string>{"0.3", "0.2", "0.1"});
    CHECK(solution.settled);
    CHECK(solution.value == "0.1");
    CHECK(solution.rounds[0].best == "0.2");
    CHECK(plan.study.cells[0].scenario.renter_kinds.size() == 1);
    CHECK(plan.study.cells[0].scenario.renter_kinds[0].offer == 100'000);
}

TEST_CASE("a best reply that goes in circles ends and says so") {
    Plan plan = searching("best_reply", "[0.1, 0.2]", "3");
    Store store;
    const Execution execution{.simulate =
                                  replying([](Millionths used, Millionths mine, std::uint64_t) {
                                      return std::int64_t{used == mine ? 0 : 1'000};
                                  }),
                              .load = no_file};
    execute(plan, store, execution);
    const Solution& solution = plan.study.solutions.at(0);
    CHECK(!solution.settled);
    CHECK(solution.rounds.size() == 2);
}

TEST_CASE("a gain that the seeds do not agree about is not a gain") {
    Plan plan = searching("best_reply", "[0.1, 0.2]", "6");
    Store store;
    // 0.1 is better by 1000 on the mean, but by 11000 or by -9000 with each second seed.
    const Execution execution{.simulate =
                                  replying([](Millionths, Millionths mine, std::uint64_t seed) {
                                      if (mine == 200'000) return std::int64_t{0};
                                      return std::int64_t{seed % 2 == 0 ? 11'000 : -9'000};
                                  }),
                              .load = no_file};
    execute(plan, store, execution);
    CHECK(plan.study.solutions.at(0).value == "0.2");
    CHECK(plan.study.solutions.at(0).settled);
    CHECK(plan.study.solutions.at(0).rounds.at(0).mean.at(0) == doctest::Approx(0.001));
}

TEST_CASE("a search that was stopped leaves its cell empty, and goes on the next time") {
    Plan plan = searching("best_reply", "[0.1, 0.2, 0.3]", "3");
    Store store;
    std::atomic<bool> stop{false};
    int calls = 0;
    const Simulate inner =
        replying([](Millionths, Millionths mine, std::uint64_t) { return mine; });
    const Execution execution{
        .simulate =
            [&](const Scenario& scenario, std::uint64_t seed, const RunOutput& output) {
                if (++calls == 5) stop = true;
                return inner(scenario, seed, output);
            },
        .load = no_file,
        .stop = &stop};
    execute(plan, store, execution);
    CHECK(plan.study.is_partial);
    CHECK(plan.study.solutions.empty());
    CHECK(store.size() == 5);
    stop = false;
    execute(plan, store, execution);
    CHECK(!plan.study.is_partial);
    CHECK(plan.study.solutions.at(0).value == "0.3");
    CHECK(calls == 3 * 3 * 2 + 3);  // two rounds of three values, and the cell
}
