// Means, intervals and paired differences, worked by hand.
#include "study/statistics.hpp"

#include <vector>

#include <doctest/doctest.h>

using namespace simulator;

namespace {

/// Two axes of 2 and 3 options, and for each cell the welfare of each seed in 1e-6 USD.
Study make_study(const std::vector<std::vector<std::int64_t>>& welfare) {
    Study study;
    study.axes = {{"mechanism", {"spot", "posted"}}, {"margin", {"none", "5 %", "10 %"}}};
    for (std::size_t first = 0; first < 2; ++first) {
        for (std::size_t second = 0; second < 3; ++second)
            study.cells.push_back({.options = {first, second}});
    }
    for (const std::vector<std::int64_t>& row : welfare) {
        study.runs.emplace_back();
        study.has.emplace_back();
        for (const std::int64_t value : row) {
            RunResult run;
            run.values[static_cast<std::size_t>(Measure::welfare)] = value;
            study.runs.back().push_back(run);
            study.has.back().push_back(true);
        }
    }
    return study;
}

}  // namespace

TEST_CASE("the interval of 1, 2, 3, 4, 5 is 3 +- 2.7764 x sqrt(2.5 / 5)") {
    const Estimate found = estimate(std::vector<double>{1, 2, 3, 4, 5});
    CHECK(found.n == 5);
    CHECK(found.mean == 3.0);
    CHECK(found.half == doctest::Approx(1.963212).epsilon(1e-6));  // 2.7764 x 0.7071068
    CHECK(found.is_clear());
}

TEST_CASE("one value has no interval, and no value has no mean") {
    CHECK(estimate(std::vector<double>{7}) == Estimate{7, 0, 1});
    CHECK(!estimate(std::vector<double>{7}).is_clear());
    CHECK(estimate(std::vector<double>{}) == Estimate{0, 0, 0});
}

TEST_CASE("quantiles of Student's t are those of printed tables") {
    CHECK(student_t(0) == 0.0);
    CHECK(student_t(1) == 12.7062);
    CHECK(student_t(2) == 4.3027);
    CHECK(student_t(4) == 2.7764);
    CHECK(student_t(9) == 2.2622);
    CHECK(student_t(19) == 2.0930);
    CHECK(student_t(30) == 2.0423);
    CHECK(student_t(60) == 2.0003);
    CHECK(student_t(99) == 1.9842);
    CHECK(student_t(120) == 1.9799);
    CHECK(student_t(200) == 1.9719);
    CHECK(student_t(100'000) == student_t(200));
    for (std::size_t n = 1; n < 200; ++n) CHECK(student_t(n) >= student_t(n + 1));
}

TEST_CASE("a measure is divided by its decimals") {
    RunResult run;
    run.values[static_cast<std::size_t>(Measure::welfare)] = 3'080'000;
    run.values[static_cast<std::size_t>(Measure::switches)] = 2'600;
    CHECK(value_of(run, Measure::welfare) == 3.08);
    CHECK(value_of(run, Measure::switches) == 2.6);
}

TEST_CASE("seeds that were not simulated do not count") {
    Study study = make_study(
        {{1'000'000, 2'000'000, 900'000'000}, {1'500'000, 3'500'000, 5'000'000}, {}, {}, {}, {}});
    study.has[0][2] = false;
    CHECK(estimate(study, 0, Measure::welfare).mean == 1.5);
    CHECK(estimate(study, 0, Measure::welfare).n == 2);
    CHECK(estimate(study, 1, Measure::welfare).n == 3);
    const Estimate found = difference(study, 1, 0, Measure::welfare);
    CHECK(found.n == 2);  // 0.5 and 1.5
    CHECK(found.mean == 1.0);
    CHECK(found.half == doctest::Approx(12.7062 * 0.5));  // sqrt(0.5 / 2) = 0.5
}

TEST_CASE("the spread that two cells share is not in their difference") {
    const Study study = make_study(
        {{1'000'000, 5'000'000, 9'000'000}, {1'250'000, 5'250'000, 9'250'000}, {}, {}, {}, {}});
    CHECK(difference(study, 1, 0, Measure::welfare) == Estimate{0.25, 0, 3});
    CHECK(estimate(study, 1, Measure::welfare).half > 9);
}

TEST_CASE("a baseline has the first option of the compared axis and the same others") {
    Study study = make_study({{}, {}, {}, {}, {}, {}});
    for (std::size_t cell = 0; cell < 6; ++cell) {
        study.compare = 0;
        CHECK(baseline_of(study, cell) == cell % 3);
        study.compare = 1;
        CHECK(baseline_of(study, cell) == cell / 3 * 3);
    }
    CHECK(cell_of(study, std::vector<std::size_t>{1, 2}) == 5);
    CHECK(baseline_of(Study{.cells = {Cell{}}}, 0) == 0);
}
