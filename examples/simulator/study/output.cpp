#include "study/output.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "scenario/decimal.hpp"
#include "study/store.hpp"

namespace simulator {

namespace {

constexpr int usd_decimals = 6;
constexpr int share_decimals = 6;
constexpr int rate_decimals = 12;
constexpr int switches_decimals = 3;

/// "cell," and the label of each axis.
std::string head(const Study& study) {
    std::string out = "cell,";
    for (const Axis& axis : study.axes) out += csv_field(axis.label) + ",";
    return out;
}

/// The number of a cell, from 1, and its options.
std::string cell_fields(const Study& study, std::size_t cell) {
    std::string out = fmt::format("{},", cell + 1);
    for (std::size_t axis = 0; axis < study.axes.size(); ++axis)
        out += csv_field(study.axes[axis].options[study.cells[cell].options[axis]]) + ",";
    return out;
}

/// Calls `write` with the first fields of each run that is there.
template <class Write>
void each_run(const Study& study, Write write) {
    for (std::size_t cell = 0; cell < study.cells.size(); ++cell) {
        const std::string fields = cell_fields(study, cell);
        for (std::size_t seed = 0; seed < study.seeds.size(); ++seed) {
            if (study.has[cell][seed])
                write(fmt::format("{}{}", fields, study.seeds[seed]), study.cells[cell],
                      study.runs[cell][seed]);
        }
    }
}

}  // namespace

std::string runs_csv(const Study& study) {
    std::string out = head(study) + "seed";
    for (const MeasureInfo& info : measures) out += fmt::format(",{}", info.name);
    out += ",digest\n";
    each_run(study, [&](const std::string& fields, const Cell&, const RunResult& run) {
        out += fields;
        for (const MeasureInfo& info : measures)
            out += "," + write_decimal_fully(run[info.measure], info.decimals);
        out += fmt::format(",{:016x}\n", run.digest);
    });
    return out;
}

std::string kinds_csv(const Study& study) {
    std::string out = head(study) +
                      "seed,kind,jobs,surplus_usd_per_job,paid_usd_per_job,work_hours_per_job,"
                      "switches_per_job\n";
    each_run(study, [&](const std::string& fields, const Cell& cell, const RunResult& run) {
        for (std::size_t i = 0; i < run.kinds.size(); ++i) {
            const KindResult& kind = run.kinds[i];
            const auto& names = cell.scenario.renter_kinds;
            out += fmt::format("{},{},{},{},{},{},{}\n", fields,
                               i < names.size() ? names[i].name : std::string{}, kind.jobs,
                               write_decimal_fully(kind.surplus_per_job, usd_decimals),
                               write_decimal_fully(kind.paid_per_job, usd_decimals),
                               write_decimal_fully(kind.work_per_job, share_decimals),
                               write_decimal_fully(kind.switches_per_job, switches_decimals));
        }
    });
    return out;
}

std::string hours_csv(const Study& study) {
    std::string out =
        head(study) + "seed,hour,rate_usd_per_coin,income_usd_per_host_and_day,running_share\n";
    each_run(study, [&](const std::string& fields, const Cell&, const RunResult& run) {
        for (std::size_t hour = 0; hour < run.hours.size(); ++hour) {
            const HourPoint& point = run.hours[hour];
            out += fmt::format("{},{},{},{},{}\n", fields, hour + 1,
                               write_decimal_fully(point.rate, rate_decimals),
                               write_decimal_fully(point.income, usd_decimals),
                               write_decimal_fully(point.running, share_decimals));
        }
    });
    return out;
}

std::string solutions_csv(const Study& study) {
    std::string out = head(study) + "key,value,settled,round,used,candidate,mean,half,best\n";
    for (const Solution& solution : study.solutions) {
        for (std::size_t i = 0; i < solution.rounds.size(); ++i) {
            const Solution::Round& round = solution.rounds[i];
            for (std::size_t j = 0; j < round.candidates.size(); ++j)
                out += fmt::format("{}{},{},{},{},{},{},{:.6f},{:.6f},{}\n",
                                   cell_fields(study, solution.cell), solution.key,
                                   csv_field(solution.value), solution.settled, i + 1,
                                   csv_field(round.used), csv_field(round.candidates[j]),
                                   round.mean[j], round.half[j], csv_field(round.best));
        }
    }
    return out;
}

std::string meta_json(const Plan& plan, const std::string& runs) {
    const Study& study = plan.study;
    std::string out = "{\n";
    out +=
        fmt::format("  \"program\": \"gigaspot-simulate\",\n  \"version\": \"{}\",\n", version());
    out += fmt::format("  \"file\": {},\n", json_string(study.file));
    out += fmt::format("  \"partial\": {},\n", study.is_partial);
    out += fmt::format("  \"runs\": {},\n  \"runs_wanted\": {},\n", count_done(study),
                       count_all(study));
    out += fmt::format("  \"first_seed\": {},\n  \"seeds\": {},\n", study.seeds.front(),
                       study.seeds.size());
    out += fmt::format("  \"scenario_digest\": \"{:016x}\",\n",
                       digest_of(std::string_view{plan.resolved}));
    out += fmt::format("  \"runs_digest\": \"{:016x}\",\n", digest_of(std::string_view{runs}));
    out += "  \"files\": {";
    for (const auto& [name, content] : plan.files)
        out += fmt::format("{}\n    {}: \"{:016x}\"", name == plan.files.begin()->first ? "" : ",",
                           json_string(name), digest_of(std::string_view{content}));
    out += plan.files.empty() ? "},\n" : "\n  },\n";
    out += "  \"cells\": [";
    for (std::size_t cell = 0; cell < study.cells.size(); ++cell)
        out +=
            fmt::format("{}\n    {{\"cell\": {}, \"label\": {}, \"digest\": \"{:016x}\"}}",
                        cell == 0 ? "" : ",", cell + 1, json_string(study.label(study.cells[cell])),
                        digest_of(study.cells[cell].scenario));
    out += "\n  ]\n}\n";
    return out;
}

std::size_t count_done(const Study& study) {
    std::size_t done = 0;
    for (const std::vector<bool>& cell : study.has)
        done += static_cast<std::size_t>(std::count(cell.begin(), cell.end(), true));
    return done;
}

std::size_t count_all(const Study& study) { return study.cells.size() * study.seeds.size(); }

std::string csv_field(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string out{'"'};
    for (const char letter : text) {
        if (letter == '"') out += '"';
        out += letter;
    }
    return out + '"';
}

std::string json_string(const std::string& text) {
    std::string out{'"'};
    for (const char letter : text) {
        const auto code = static_cast<unsigned char>(letter);
        if (code < 0x20)
            out += fmt::format("\\u{:04x}", code);
        else if (letter == '"' || letter == '\\')
            out += fmt::format("\\{}", letter);
        else
            out += letter;
    }
    return out + '"';
}

}  // namespace simulator
