// The results for programs: JSON and CSV.
#include <fmt/format.h>

#include "report/figures.hpp"
#include "report/report.hpp"
#include "report/text.hpp"

namespace simulator {

namespace report {

namespace {

constexpr std::array<std::string_view, 4> party_names{"society", "hosts", "renters", "market"};

/// The elements with commas between them.
template <typename Range, typename Text>
std::string json_list(const Range& range, Text text) {
    std::string out = "[";
    for (const auto& each : range) {
        if (out.size() > 1) out += ", ";
        out += text(each);
    }
    return out + "]";
}

std::string mean_json(const Estimate& estimate) {
    return estimate.n == 0 ? "null" : plain(estimate.mean);
}

std::string half_json(const Estimate& estimate) {
    return estimate.n < 2 ? "null" : plain(estimate.half);
}

std::string estimate_json(const Estimate& estimate) {
    return fmt::format(R"("mean": {}, "half": {}, "n": {})", mean_json(estimate),
                       half_json(estimate), estimate.n);
}

/// The mean over seeds of a number of a kind of renters, of the seeds in which it had jobs.
std::string kind_mean(const Study& study, std::size_t cell, std::size_t kind,
                      std::int64_t KindResult::*member, double unit) {
    std::vector<double> values;
    for (std::size_t seed = 0; seed < study.runs[cell].size(); ++seed) {
        const auto& kinds = study.runs[cell][seed].kinds;
        if (!study.has[cell][seed] || kind >= kinds.size()) continue;
        if (kinds[kind].jobs > 0 || member == &KindResult::jobs)
            values.push_back(static_cast<double>(kinds[kind].*member) / unit);
    }
    return mean_json(estimate(values));
}

std::string cell_json(const Figures& figures, std::size_t cell) {
    const Study& study = figures.study;
    const auto index = [](std::size_t value) { return fmt::format("{}", value); };
    std::size_t runs = 0;
    for (const bool has : study.has[cell]) runs += has ? 1 : 0;
    std::string out =
        fmt::format("    {{\"label\": {}, \"options\": {}, \"baseline\": {}, \"runs\": {},\n"
                    "     \"measures\": {{\n",
                    json_string(study.label(study.cells[cell])),
                    json_list(study.cells[cell].options, index), baseline_of(study, cell), runs);
    for (const MeasureInfo& each : measures) {
        const std::string difference =
            figures.is_baseline(cell)
                ? "null"
                : "{" + estimate_json(figures.against_baseline(cell, each.measure)) + "}";
        out += fmt::format("      \"{}\": {{{}, \"difference\": {}}}{}\n", each.name,
                           estimate_json(figures.mean(cell, each.measure)), difference,
                           &each == &measures.back() ? "" : ",");
    }
    std::vector<std::size_t> kinds(study.cells[cell].scenario.renter_kinds.size());
    for (std::size_t i = 0; i < kinds.size(); ++i) kinds[i] = i;
    return out + "     },\n     \"kinds\": " +
           json_list(
               kinds,
               [&](std::size_t kind) {
                   const auto mean = [&](std::int64_t KindResult::*member, double unit) {
                       return kind_mean(study, cell, kind, member, unit);
                   };
                   return fmt::format(
                       R"({{"name": {}, "jobs": {}, "surplus_per_job": {}, "paid_per_job": {}, )"
                       R"("work_per_job": {}, "switches_per_job": {}}})",
                       json_string(study.cells[cell].scenario.renter_kinds[kind].name),
                       mean(&KindResult::jobs, 1), mean(&KindResult::surplus_per_job, 1e6),
                       mean(&KindResult::paid_per_job, 1e6), mean(&KindResult::work_per_job, 1e6),
                       mean(&KindResult::switches_per_job, 1e3));
               }) +
           "}";
}

std::string round_json(const Solution::Round& round) {
    std::vector<std::size_t> candidates(round.candidates.size());
    for (std::size_t i = 0; i < candidates.size(); ++i) candidates[i] = i;
    return fmt::format(R"({{"used": {}, "best": {}, "candidates": {}}})", json_string(round.used),
                       json_string(round.best), json_list(candidates, [&](std::size_t i) {
                           return fmt::format(R"({{"value": {}, "mean": {}, "half": {}}})",
                                              json_string(round.candidates[i]),
                                              i < round.mean.size() ? plain(round.mean[i]) : "null",
                                              i < round.half.size() ? plain(round.half[i])
                                                                    : "null");
                       }));
}

std::string solution_json(const Solution& solution) {
    return fmt::format(R"({{"cell": {}, "key": {}, "value": {}, "settled": {}, "rounds": {}}})",
                       solution.cell, json_string(solution.key), json_string(solution.value),
                       solution.settled, json_list(solution.rounds, round_json));
}

std::string measure_json(const MeasureInfo& each) {
    return fmt::format(
        R"({{"name": "{}", "label": {}, "unit": {}, "party": "{}", "better": {}, "meaning": {}}})",
        each.name, json_string(each.label), json_string(each.unit),
        party_names[static_cast<std::size_t>(each.party)], each.better, json_string(each.meaning));
}

/// Mean, half interval and number of seeds as three fields of a CSV file.
std::string estimate_csv(const Estimate& estimate) {
    return fmt::format("{},{},{}", estimate.n == 0 ? "" : plain(estimate.mean),
                       estimate.n < 2 ? "" : plain(estimate.half), estimate.n);
}

}  // namespace

}  // namespace report

std::string summary_json(const Study& study) {
    using report::json_list;
    using report::json_string;
    const report::Figures figures(study);
    const auto text = [](const std::string& each) { return json_string(each); };
    std::string out = fmt::format(
        "{{\n  \"format\": 1,\n  \"version\": \"{}\",\n  \"title\": {},\n  \"question\": {},\n"
        "  \"file\": {},\n  \"is_partial\": {},\n  \"runs_done\": {},\n  \"runs_planned\": {},\n",
        version_text(), json_string(study.title), json_string(study.question),
        json_string(study.file), study.is_partial, figures.runs_done, figures.runs_planned);
    out += fmt::format(
        "  \"seeds\": [{}],\n  \"axes\": {},\n  \"compare\": {},\n  \"shown\": {},\n"
        "  \"measures\": {},\n  \"cells\": [\n",
        fmt::join(study.seeds, ", "),
        json_list(study.axes,
                  [&](const Axis& axis) {
                      return fmt::format(R"({{"label": {}, "options": {}}})",
                                         json_string(axis.label), json_list(axis.options, text));
                  }),
        study.axes.empty() ? "null" : fmt::format("{}", study.compare),
        json_list(figures.shown, [](Measure each) { return json_string(report::info(each).name); }),
        json_list(measures, report::measure_json));
    for (std::size_t cell = 0; cell < study.cells.size(); ++cell)
        out += report::cell_json(figures, cell) + (cell + 1 < study.cells.size() ? ",\n" : "\n");
    return out + "  ],\n  \"solutions\": " + json_list(study.solutions, report::solution_json) +
           "\n}\n";
}

std::string table_csv(const Study& study) {
    const report::Figures figures(study);
    std::string out = "cell";
    for (const Axis& axis : study.axes) out += "," + report::csv_field(axis.label);
    out += ",measure,unit,mean,half,n,difference,difference_half,difference_n\r\n";
    for (std::size_t cell = 0; cell < study.cells.size(); ++cell) {
        std::string start = fmt::format("{}", cell + 1);
        for (std::size_t axis = 0; axis < study.axes.size(); ++axis) {
            start +=
                "," + report::csv_field(study.axes[axis].options[study.cells[cell].options[axis]]);
        }
        for (const MeasureInfo& each : measures) {
            const std::string difference =
                figures.is_baseline(cell)
                    ? ",,"
                    : report::estimate_csv(figures.against_baseline(cell, each.measure));
            out += fmt::format("{},{},{},{},{}\r\n", start, each.name, report::csv_field(each.unit),
                               report::estimate_csv(figures.mean(cell, each.measure)), difference);
        }
    }
    return out;
}

}  // namespace simulator
