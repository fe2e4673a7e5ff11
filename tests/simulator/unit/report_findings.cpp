// What the report claims, and above all what it does not claim.
#include "report/findings.hpp"

#include <doctest/doctest.h>

#include "report_support.hpp"

namespace report_test {

using namespace simulator::report;

namespace {

const Axis share{"share of bots", {"0%", "50%", "100%"}};
const Axis margin{"margin", {"none", "10 %"}};

std::string title_of(const Study& study) {
    return chart_title(Figures(study), study.shown.front());
}

std::string answer_of(const Study& study) { return answer(Figures(study), study.shown.front()); }

}  // namespace

TEST_CASE("report: an option is a number if it is one, with a unit") {
    const auto text = [](const char* option) {
        const auto read = numeric_option(option);
        return read ? read->number + "|" + read->unit : std::string("-");
    };
    CHECK(text("0%") == "0|%");
    CHECK(text("10 %") == "10|%");
    CHECK(text("0.2 USD") == "0.2|USD");
    CHECK(text("-1.5") == "\u22121.5|");
    CHECK(text("none") == "-");
    CHECK(text("0.05 USD + 10 %") == "-");
    CHECK(text("1.") == "-");
    CHECK(text("1.2.3") == "-");
    CHECK(text("") == "-");
    CHECK(text("12345678901234567890") == "-");
    CHECK(numeric_option("-0.25 USD")->value == -0.25);
}

TEST_CASE("report: an axis is numeric if all its options are different numbers in one unit") {
    const auto count = [](std::vector<std::string> options) {
        return numeric_options({"x", std::move(options)}).size();
    };
    CHECK(count({"0%", "10%"}) == 2);
    CHECK(count({"0", "0.05 USD"}) == 2);
    CHECK(count({"1 USD", "1 EUR"}) == 0);
    CHECK(count({"1", "2 EUR"}) == 0);
    CHECK(count({"1 USD", "1.0 USD"}) == 0);
    CHECK(count({"none", "1"}) == 0);
    const auto durations = numeric_options({"x", {"90s", "2m", "1h"}});
    REQUIRE(durations.size() == 3);
    CHECK(durations[0].value == 90);
    CHECK(durations[1].value == 120);
    CHECK(durations[2].value == 3600);
}

TEST_CASE("report: a clear trend is told with its ends, its unit and the other options") {
    const Study study = study_of({share, margin}, {{3'000'000, 3'200'000},
                                                   {3'000'000, 3'200'000},
                                                   {2'000'000, 2'210'000},
                                                   {3'000'000, 3'200'000},
                                                   {1'000'000, 1'200'000},
                                                   {3'000'000, 3'200'000}});
    CHECK(title_of(study) == "Welfare falls from 3.10 to 1.10 USD per host and day as the share of "
                             "bots grows from 0 to 100\u202f% (margin: none)");
    CHECK(
        answer_of(study) ==
        "Welfare falls by 2.00\u202f±\u202f0.00, from 3.10 to 1.10 USD per host and day, as the "
        "share of bots grows from 0 to 100\u202f% (margin: none). It is 2.00\u202f±\u202f0.00 USD "
        "per host and day higher with the margin “10 %” than with “none”: 3.10 against 1.10 "
        "(share of bots: 100%).");
}

TEST_CASE("report: only the paired interval decides whether there is a difference") {
    // The seeds differ by 10, the cells by 1 in each seed: far within the spread, and yet clear.
    CHECK(
        title_of(study_of({margin}, {{1'000'000, 11'000'000}, {2'000'000, 12'000'000}})) ==
        "Welfare is 1.00 USD per host and day higher with the margin “10 %” than with “none”: 7.00 "
        "against 6.00");
    // The means differ by 1, but the differences are 3 and -1: their interval contains 0.
    const Study unclear = study_of({margin}, {{1'000'000, 3'000'000}, {4'000'000, 2'000'000}});
    CHECK(title_of(unclear) == "No difference in welfare can be seen");
    CHECK(answer_of(unclear) ==
          "No difference in welfare can be seen: each 95\u202f% interval contains 0.");
    const Study trend =
        study_of({share}, {{1'000'000, 3'000'000}, {2'000'000, 2'000'000}, {4'000'000, 2'000'000}});
    CHECK(title_of(trend) == "No difference in welfare can be seen");
}

TEST_CASE("report: one seed shows no difference") {
    const Study study = study_of({margin}, {{1'000'000}, {9'000'000}});
    CHECK(title_of(study) == "Welfare, with one seed and so without an interval");
    CHECK(answer_of(study) ==
          "With one seed, nothing is known of the uncertainty, so no difference "
          "is claimed.");
    CHECK(answer_of(study_of({}, {{1'500'000}})) ==
          "Welfare is 1.50 USD per host and day. With one seed, nothing is known of its "
          "uncertainty.");
}

TEST_CASE("report: a highest point in between is told if it is clear") {
    const Study study =
        study_of({share}, {{1'000'000, 1'100'000}, {3'000'000, 3'100'000}, {2'000'000, 2'100'000}});
    CHECK(title_of(study) ==
          "Welfare is highest at 50%: 3.05 USD per host and day, against 1.05 at "
          "0% and 2.05 at 100%");
    // The middle is clearly above the first, but not clearly above the last.
    const Study unclear =
        study_of({share}, {{1'000'000, 1'100'000}, {3'000'000, 3'100'000}, {2'000'000, 3'500'000}});
    CHECK(!has(title_of(unclear), "highest"));
}

TEST_CASE("report: values that are all equal are the same everywhere") {
    const Study study = study_of({margin}, {{1'000'000, 2'000'000}, {1'000'000, 2'000'000}});
    CHECK(title_of(study) == "Welfare is the same everywhere: 1.50 USD per host and day");
}

TEST_CASE("report: percentages differ by percentage points") {
    const Study study =
        study_of({margin}, {{90'000, 91'000}, {95'000, 96'000}}, Measure::utilisation);
    CHECK(title_of(study) ==
          "Utilisation is 5.0 percentage points higher with the margin “10 %” than "
          "with “none”: 95.5 against 90.5");
}

TEST_CASE("report: runs that are missing do not count") {
    Study study = study_of({share}, {{3'000'000, 3'100'000}, {2'000'000, 2'100'000}, {0, 0}});
    study.has[2] = {false, false};
    CHECK(title_of(study) == "Welfare falls from 3.05 to 2.05 USD per host and day as the share of "
                             "bots grows from 0 to 50\u202f%");
    study.has[0] = {true, false};
    study.has[1] = {false, true};  // no seed in common
    CHECK(title_of(study) == "Welfare, with one seed and so without an interval");
    for (auto& cell : study.has) cell = {false, false};
    CHECK(answer_of(study) == "No run has been simulated yet, so there is no answer.");
}

TEST_CASE("report: labels that are plurals get a verb in the plural") {
    const auto verb = [](const char* label) {
        const std::string title =
            title_of(study_of({{label, {"1", "2"}}}, {{0, 1000}, {5000, 6000}}));
        return title.substr(title.find(" as ") + 4);
    };
    CHECK(verb("hosts") == "the hosts grow from 1 to 2");
    CHECK(verb("number of hosts") == "the number of hosts grows from 1 to 2");
    CHECK(verb("load") == "the load grows from 1 to 2");
}

TEST_CASE("report: the axis that is compared becomes lines, a numeric one the horizontal axis") {
    const Axis cards{"cards", {"a", "b"}};
    const auto roles = [](std::vector<Axis> axes, std::size_t compare) {
        std::size_t cells = 1;
        for (const Axis& axis : axes) cells *= axis.options.size();
        Study study = study_of(std::move(axes), Values(cells, {0}));
        study.compare = compare;
        return roles_of(study);
    };
    const Roles lines = roles({cards, share, margin}, 2);
    CHECK(lines.x == 1);
    CHECK(lines.series == 2);
    CHECK(lines.panels == std::vector<std::size_t>{0});
    CHECK(lines.is_numeric);
    CHECK(lines.positions == std::vector<double>{0, 50, 100});
    const Roles rows = roles({cards, margin}, 1);
    CHECK(rows.x == 0);
    CHECK(rows.series == 1);
    CHECK_FALSE(rows.is_numeric);
    const Roles one = roles({share}, 0);
    CHECK(one.x == 0);
    CHECK_FALSE(one.series);
    Axis many{"policy", {}};
    for (int i = 0; i < 7; ++i) many.options.push_back("p" + std::to_string(i));
    const Roles panels = roles({share, many}, 1);
    CHECK_FALSE(panels.series);
    CHECK(panels.panels == std::vector<std::size_t>{1});
    const Roles wide = roles({{"n", {"1", "1000", "2"}}}, 0);
    CHECK_FALSE(wide.is_to_scale);
    CHECK(wide.positions == std::vector<double>{0, 2, 1});
    CHECK_FALSE(roles({}, 0).x);
}

TEST_CASE("report: seeds and durations") {
    Study study;
    CHECK(seeds_text(study) == "none");
    study.seeds = {3, 4, 5};
    CHECK(seeds_text(study) == "3 to 5");
    study.seeds = {3, 5};
    CHECK(seeds_text(study) == "3, 5");
    CHECK(duration_text(12 * 3'600'000) == "12 hours");
    CHECK(duration_text(90'000) == "90 seconds");
    CHECK(duration_text(86'400'000) == "1 day");
    CHECK(duration_text(1) == "1 ms");
}

}  // namespace report_test
