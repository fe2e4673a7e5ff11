// Writes reports of made-up studies of several shapes, for tests of the report in a browser:
//     report_example FOLDER
// Each study gives NAME.html, NAME.json and NAME.csv.
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include <gigaspot/base/mix.hpp>

#include "report/report.hpp"

namespace {

using namespace simulator;

/// Draws near 0 with a standard deviation of about 1000, the same on each machine.
class Noise {
public:
    explicit Noise(std::uint64_t seed) : state_(seed * 1000) {}

    std::int64_t draw() {
        std::int64_t sum = 0;
        for (int i = 0; i < 12; ++i) {
            state_ += gigaspot::mix_step;
            sum += static_cast<std::int64_t>(gigaspot::mix(state_) % 1001);
        }
        return sum - 6000;
    }

private:
    std::uint64_t state_;
};

/// The mean welfare of a cell, in 1e-6 USD per host and day.
using Welfare = std::function<std::int64_t(const std::vector<std::size_t>&)>;

KindResult kind_result(std::int64_t jobs, std::int64_t welfare) {
    return {.jobs = jobs,
            .surplus_per_job = welfare / 5,
            .paid_per_job = 410'000 + welfare / 20,
            .work_per_job = 4'100'000,
            .switches_per_job = 1'250};
}

RunResult run_of(std::int64_t welfare, std::uint64_t seed, std::size_t cell) {
    Noise common(seed);
    Noise own(seed * 977 + cell + 1);
    const std::int64_t value = welfare + common.draw() * 350 + own.draw() * 120;
    RunResult run;
    const auto set = [&](Measure measure, std::int64_t count) {
        run.values[static_cast<std::size_t>(measure)] = count;
    };
    const std::int64_t market = 90'000 + own.draw();
    const std::int64_t hosts = 700'000 + value / 6 + own.draw() * 10;
    set(Measure::welfare, value);
    set(Measure::host_profit, hosts);
    set(Measure::market_income, market);
    set(Measure::renter_surplus, value - hosts - market);
    set(Measure::paid, 3'500'000 + own.draw() * 10);
    set(Measure::electricity, 1'720'000 + own.draw() * 5);
    set(Measure::utilisation, 97'000 - (3'200'000 - value) / 100 + own.draw());
    set(Measure::kwh_per_work, 345'000 + (3'200'000 - value) / 40);
    set(Measure::switches, 2'600 + (3'200'000 - value) / 5 + own.draw() / 10);
    set(Measure::outage_stops, 480 + own.draw() / 100);
    set(Measure::work_lost, 1'200 + own.draw() / 20);
    set(Measure::starting_up, 3'100 + own.draw() / 20);
    set(Measure::finished, 4'400 + own.draw() / 20);
    set(Measure::given_up, 21'000 + own.draw());
    set(Measure::wait, 84'000 + own.draw() * 5);
    set(Measure::gini, 124'000 + own.draw() * 3);
    set(Measure::settle, 30'000 + own.draw() * 2);
    run.kinds = {kind_result(1'840, value), kind_result(460, value / 2)};
    run.digest = gigaspot::mix(seed * 31 + cell);
    return run;
}

/// A study with all cells of some axes.
Study study_of(std::string title, std::string question, std::vector<Axis> axes, std::size_t seeds,
               const Welfare& welfare) {
    Study study;
    study.title = std::move(title);
    study.question = std::move(question);
    study.file = "made_up.toml";
    study.scenario = "title = \"made up\"\n[hosts]\ncount = 40\n";
    study.axes = std::move(axes);
    study.compare = study.axes.empty() ? 0 : study.axes.size() - 1;
    study.shown = {Measure::welfare, Measure::switches, Measure::host_profit,
                   Measure::renter_surplus};
    for (std::size_t seed = 1; seed <= seeds; ++seed) study.seeds.push_back(seed);
    std::size_t count = 1;
    for (const Axis& axis : study.axes) count *= axis.options.size();
    for (std::size_t i = 0; i < count; ++i) {
        Cell cell;
        cell.options = study.options_of(i);
        cell.scenario.renter_kinds = {{.name = "people"},
                                      {.name = "bots", .strategy = Strategy::price_to_win}};
        cell.resolved = "days = 14\n[market]\nmechanism = \"spot\"\n";
        for (std::size_t axis = 0; axis < cell.options.size(); ++axis)
            cell.resolved += "option_" + std::to_string(axis) + " = \"" +
                             study.axes[axis].options[cell.options[axis]] + "\"\n";
        auto& runs = study.runs.emplace_back();
        for (const std::uint64_t seed : study.seeds)
            runs.push_back(run_of(welfare(cell.options), seed, i));
        study.has.emplace_back(study.seeds.size(), true);
        study.cells.push_back(std::move(cell));
    }
    return study;
}

Study bots() {
    constexpr std::int64_t means[5][2]{{3'080'000, 3'090'000},
                                       {2'840'000, 3'040'000},
                                       {1'660'000, 2'960'000},
                                       {70'000, 2'820'000},
                                       {-370'000, 2'740'000}};
    return study_of("Bots that outbid each other by a tick",
                    "Does a market with price-to-win bots need a switch margin?",
                    {{"share of price-to-win bots", {"0%", "10%", "25%", "50%", "100%"}},
                     {"margin", {"none", "0.05 USD + 10 %"}}},
                    20, [&](const auto& options) { return means[options[0]][options[1]]; });
}

Study mechanisms() {
    constexpr std::int64_t means[4]{3'190'000, 3'230'000, 2'380'000, 2'990'000};
    Study study = study_of("Which mechanism leaves the most to all?",
                           "Do hosts earn at least as much as under the best posted price?",
                           {{"mechanism",
                             {"GigaSPOT", "second price", "posted price",
                              "second price with a reserve of 2 USD per day"}}},
                           20, [&](const auto& options) { return means[options[0]]; });
    study.solutions = {
        {.cell = 0,
         .key = "renters.people.offer",
         .value = "30%",
         .rounds = {{"50%", {"20%", "30%", "50%"}, {0.51, 0.56, 0.42}, {0.02, 0.02, 0.03}, "30%"},
                    {"30%", {"20%", "30%", "50%"}, {0.49, 0.52, 0.44}, {0.02, 0.02, 0.02}, "30%"}},
         .settled = true}};
    return study;
}

/// The rate falls by 30 % after five days, and income follows.
void add_hours(Study& study) {
    for (std::size_t cell = 0; cell < study.cells.size(); ++cell) {
        Scenario& scenario = study.cells[cell].scenario;
        scenario.rate.jump_at = gigaspot::Duration::unchecked(5 * ms_per_day);
        scenario.rate.jump_factor = 700'000;
        for (std::size_t seed = 0; seed < study.seeds.size(); ++seed) {
            Noise noise(seed + 1);
            std::int64_t rate = 10'000'000'000;
            for (int hour = 0; hour < 14 * 24; ++hour) {
                rate += noise.draw() * 30'000;
                if (hour == 120) rate = rate * 7 / 10;
                const int since = hour < 120 ? 1000 : hour - 120;
                const std::int64_t lost =
                    cell == 0 ? 900'000 / (1 + since / 8) : 500'000 / (1 + since);
                study.runs[cell][seed].hours.push_back(
                    {.rate = rate,
                     .income = (hour < 10 ? hour * 100'000 : 1'000'000) - lost + noise.draw() * 40,
                     .running = 960'000 - lost / 10 + noise.draw() * 10});
            }
        }
    }
}

Study shock() {
    Study study = study_of("A coin that loses 30 %", "How long do hosts lose income?",
                           {{"strategy", {"waits", "raises"}}}, 8, [](const auto& options) {
                               return options[0] == 0 ? 2'900'000 : 3'050'000;
                           });
    study.shown = {Measure::settle, Measure::host_profit, Measure::utilisation};
    for (auto& run : study.runs[1]) run.values[static_cast<std::size_t>(Measure::settle)] -= 18'000;
    add_hours(study);
    return study;
}

Study three_axes() {
    return study_of("Margin, load and dwell", "Which combination works at each load?",
                    {{"load", {"0.5", "0.8", "1", "1.3", "2"}},
                     {"minimum run time", {"none", "10 minutes", "1 hour"}},
                     {"margin", {"none", "5 %", "10 %"}}},
                    6, [](const auto& options) {
                        const auto x = static_cast<std::int64_t>(options[0]);
                        const auto dwell = static_cast<std::int64_t>(options[1]);
                        const auto margin = static_cast<std::int64_t>(options[2]);
                        return 1'500'000 + 700'000 * x - 110'000 * x * x + 150'000 * margin -
                               200'000 * dwell * (margin == 0 ? 1 : 0);
                    });
}

Study two_categories() {
    return study_of("Power-aware choice", "Does it beat the highest price?",
                    {{"cards", {"RTX 3090", "mixed"}},
                     {"tariffs", {"equal", "different", "negative hours"}},
                     {"choice", {"highest price", "GigaSPOT"}}},
                    10, [](const auto& options) {
                        return 2'000'000 + static_cast<std::int64_t>(
                                               options[2] * (options[0] + options[1]) * 150'000);
                    });
}

Study hostile() {
    const std::string tag = "<script>alert(1)</script>";
    Study study = study_of(
        tag + " & \"quotes\"", "Is <b>this</b> & that 'escaped'?",
        {{"<i>axis</i> & \"more\"",
          {"<&>",
           "a label that is much longer than any place that a "
           "chart or a table could offer to a label of an option",
           "averylonglabelwithoutanyspaceinwhichalinecouldbebroken_" + std::string(80, 'x')}},
         {"compare <&>", {"\"base\"", "</style><img src=x onerror=alert(1)>"}}},
        3, [](const auto& options) {
            return 1'000'000 + static_cast<std::int64_t>(options[1]) * 400'000;
        });
    study.file = tag + ".toml";
    study.scenario = tag;
    for (Cell& cell : study.cells) {
        cell.scenario.renter_kinds[0].name = tag;
        cell.resolved += "evil = \"" + tag + "\"\n";
    }
    return study;
}

std::vector<std::string> many_options(std::size_t count, const std::string& before,
                                      const std::string& behind) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < count; ++i) out.push_back(before + std::to_string(i + 1) + behind);
    return out;
}

Study many_lines() {
    return study_of(
        "Two hundred variants of two axes", "Does it stay readable?",
        {{"hosts", many_options(10, "", "0")}, {"policy", many_options(20, "policy ", "")}}, 3,
        [](const auto& options) {
            return 1'000'000 + static_cast<std::int64_t>(options[0] * options[1]) * 9'000;
        });
}

Study many_rows() {
    return study_of("Two hundred policies", "Which is best?",
                    {{"policy", many_options(200, "policy number ", " with a long name")}}, 3,
                    [](const auto& options) {
                        return static_cast<std::int64_t>(options[0] * 37 % 200) * 20'000;
                    });
}

Study partial() {
    Study study = bots();
    study.is_partial = true;
    for (std::size_t cell = 0; cell < study.cells.size(); ++cell)
        for (std::size_t seed = 0; seed < study.seeds.size(); ++seed)
            study.has[cell][seed] = cell < 8 && seed < 4;
    return study;
}

/// All values of all runs times a factor.
Study scaled(Study study, std::int64_t factor) {
    for (auto& cell : study.runs)
        for (RunResult& run : cell)
            for (std::int64_t& value : run.values) value *= factor;
    return study;
}

Study equal() {
    Study study = bots();
    for (auto& cell : study.runs)
        for (RunResult& run : cell) run.values = study.runs[0][0].values;
    return study;
}

Study no_effect() {
    return study_of("A setting without effect", "Does the colour matter?",
                    {{"colour", {"red", "green", "blue"}}}, 5,
                    [](const auto&) { return 2'000'000; });
}

Study without_runs() {
    Study study = bots();
    study.is_partial = true;
    for (auto& cell : study.has) cell.assign(cell.size(), false);
    return study;
}

Study one_axis() {
    return study_of("How many lower their power limit", "Does lowering the limit pay?",
                    {{"renters that lower", {"0 %", "25 %", "50 %", "75 %", "100 %"}}}, 12,
                    [](const auto& options) {
                        return 3'000'000 + static_cast<std::int64_t>(options[0]) * 40'000;
                    });
}

Study single(std::size_t seeds) {
    return study_of("One market", "What does it look like?", {}, seeds,
                    [](const auto&) { return 2'500'000; });
}

Study one_seed() {
    Study study = bots();
    study.seeds.resize(1);
    for (auto& cell : study.runs) cell.resize(1);
    for (auto& cell : study.has) cell.resize(1);
    return study;
}

void write(const std::filesystem::path& file, const std::string& text) {
    std::ofstream out(file, std::ios::binary);
    out << text;
    if (!out.flush()) throw std::runtime_error("cannot write " + file.string());
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: report_example FOLDER\n";
        return 2;
    }
    const std::filesystem::path folder = argv[1];
    std::filesystem::create_directories(folder);
    const std::vector<std::pair<std::string, Study>> studies{
        {"bots", bots()},
        {"mechanisms", mechanisms()},
        {"shock", shock()},
        {"three_axes", three_axes()},
        {"two_categories", two_categories()},
        {"one_axis", one_axis()},
        {"one_cell", single(20)},
        {"one_run", single(1)},
        {"one_seed", one_seed()},
        {"no_effect", no_effect()},
        {"equal", equal()},
        {"huge", scaled(bots(), 1'000'000'000)},
        {"partial", partial()},
        {"no_runs", without_runs()},
        {"no_cells", Study{}},
        {"many_lines", many_lines()},
        {"many_rows", many_rows()},
        {"hostile", hostile()},
    };
    for (const auto& [name, study] : studies) {
        write(folder / (name + ".html"), html(study));
        write(folder / (name + ".json"), summary_json(study));
        write(folder / (name + ".csv"), table_csv(study));
    }
    return 0;
}
