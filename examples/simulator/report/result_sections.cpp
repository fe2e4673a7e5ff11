// The tables of results.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "report/findings.hpp"
#include "report/html.hpp"
#include "report/sections.hpp"
#include "report/text.hpp"

namespace simulator::report {

namespace {

/// Tables with more rows than this are closed at first.
constexpr std::size_t most_open_rows = 30;

std::string section_of(std::string_view id, std::string_view title, const std::string& content) {
    return fmt::format("<section aria-labelledby=\"{0}\"><h2 id=\"{0}\">{1}</h2>\n"
                       "<div class=\"card\">\n{2}</div></section>\n",
                       id, title, content);
}

std::string open_or_closed(const Table& table) {
    if (table.rows.size() <= most_open_rows) return table.html();
    return details(fmt::format("The table with {} rows", table.rows.size()), table.html());
}

/// A difference as gain, loss or neither, in words, colour and sign.
std::string change_html(const Figures& figures, Measure measure, const Estimate& change) {
    if (change.n == 0) return "–";
    const std::string text = difference_text(change, figures.decimals(measure, change));
    if (!change.is_clear()) return fmt::format("<span class=\"unclear\">{}</span>", text);
    const int better = info(measure).better;
    if (better == 0) return fmt::format("<strong>{}</strong>", text);
    const bool is_gain = (change.mean > 0) == (better > 0);
    return fmt::format(R"(<strong class="{}"><span class="sign">{}</span> {}</strong>)",
                       is_gain ? "good" : "bad", is_gain ? "better" : "worse", text);
}

/// A mean, and below it the difference from the baseline.
std::string value_html(const Figures& figures, std::size_t cell, Measure measure) {
    std::string out = estimate_text(figures.mean(cell, measure), figures.decimals(cell, measure));
    const Estimate& change = figures.against_baseline(cell, measure);
    if (change.n > 0)
        out +=
            fmt::format("<span class=\"change\">{}</span>", change_html(figures, measure, change));
    return out;
}

/// Against what the differences are.
std::string baseline_note(const Figures& figures) {
    const Axis& axis = figures.study.axes[figures.study.compare];
    return escape(fmt::format("The baseline of a variant is the one with {} “{}” and otherwise the "
                              "same options.",
                              axis.label, axis.options.front()));
}

constexpr std::string_view marked_note =
    "“Better” and “worse” appear only where the 95\u202f% interval of the paired difference "
    "excludes 0. "
    "If nothing differed, about one in 20 differences would still be marked.";

std::string_view strategy_text(Strategy strategy) {
    switch (strategy) {
    case Strategy::truthful: return "offers its true value";
    case Strategy::shade: return "offers a share of its gain and waits";
    case Strategy::raise: return "raises step by step";
    case Strategy::price_to_win: return "asks for the price that wins";
    case Strategy::snipe: return "the price that wins, just before the close";
    case Strategy::careful: return "the price that wins, less what a lost run costs";
    }
    return "";
}

/// The mean over seeds of one number of a kind; seeds without such a job do not count.
Estimate kind_estimate(const Study& study, std::size_t cell, std::size_t kind,
                       std::int64_t KindResult::*member, double unit) {
    std::vector<double> values;
    for (std::size_t seed = 0; seed < study.runs[cell].size(); ++seed) {
        const auto& kinds = study.runs[cell][seed].kinds;
        if (!study.has[cell][seed] || kind >= kinds.size()) continue;
        const bool is_count = member == &KindResult::jobs;
        if (kinds[kind].jobs > 0 || is_count)
            values.push_back(static_cast<double>(kinds[kind].*member) / unit);
    }
    return estimate(values);
}

std::string search_table(const Solution& solution, std::size_t index) {
    Table table;
    table.id = fmt::format("search-{}", index);
    table.caption = fmt::format("{} by candidate and round, USD; the best of each round is bold",
                                escape(solution.key));
    table.head = {"Candidate"};
    std::vector<std::string> candidates;
    for (std::size_t round = 0; round < solution.rounds.size(); ++round) {
        const Solution::Round& each = solution.rounds[round];
        table.head.push_back(fmt::format(
            "Round {}{}", round + 1, each.used.empty() ? "" : ", all use " + escape(each.used)));
        for (const std::string& candidate : each.candidates) {
            if (std::find(candidates.begin(), candidates.end(), candidate) == candidates.end())
                candidates.push_back(candidate);
        }
    }
    for (const std::string& candidate : candidates) {
        Table::Row row{.class_name = {}, .cells = {escape(candidate)}};
        for (const Solution::Round& round : solution.rounds) {
            const auto found =
                std::find(round.candidates.begin(), round.candidates.end(), candidate);
            const auto at = static_cast<std::size_t>(found - round.candidates.begin());
            if (at >= round.mean.size()) {
                row.cells.emplace_back("–");
                continue;
            }
            const double half = at < round.half.size() ? round.half[at] : 0;
            const Estimate value{.mean = round.mean[at], .half = half, .n = 2};
            const std::string text = estimate_text(value, decimals_for(value.mean, 3, 6));
            row.cells.push_back(round.best == candidate ? "<strong>" + text + "</strong>" : text);
        }
        table.rows.push_back(row);
    }
    return table.html();
}

}  // namespace

std::string parties_section(const Figures& figures) {
    if (!figures.has_baselines() || figures.most_seeds() < 2) return "";
    constexpr std::array<std::pair<Measure, std::string_view>, 4> parties{
        {{Measure::welfare, "Society"},
         {Measure::host_profit, "Hosts"},
         {Measure::renter_surplus, "Renters"},
         {Measure::market_income, "Market"}}};
    Table table{.id = "table-parties",
                .caption = "Differences from the baseline, USD per host and day",
                .head = {"Variant"},
                .rows = {}};
    for (const auto& [measure, party] : parties) table.head.emplace_back(party);
    for (std::size_t cell = 0; cell < figures.study.cells.size(); ++cell) {
        if (figures.is_baseline(cell)) continue;
        Table::Row row{.class_name = {}, .cells = {escape(figures.name(cell))}};
        for (const auto& [measure, party] : parties)
            row.cells.push_back(
                change_html(figures, measure, figures.against_baseline(cell, measure)));
        table.rows.push_back(row);
    }
    return section_of(
        "parties", "Gains and losses",
        fmt::format("<p>{} What society gains is what hosts, renters and the market gain together. "
                    "{}</p>\n{}",
                    baseline_note(figures), marked_note, open_or_closed(table)));
}

std::string all_measures_section(const Figures& figures) {
    const std::size_t cells = figures.study.cells.size();
    if (cells == 0) return "";
    const bool are_columns = cells <= 6;  // few cells are columns, many are rows
    Table table{.id = "table-all",
                .caption =
                    figures.has_baselines()
                        ? "Means with their 95\u202f% intervals, and paired differences below"
                        : "Means with their 95\u202f% intervals",
                .head = {are_columns ? "Measure" : "Variant"},
                .rows = {}};
    if (are_columns) {
        for (std::size_t cell = 0; cell < cells; ++cell)
            table.head.push_back(escape(figures.name(cell)));
        for (const MeasureInfo& each : measures) {
            Table::Row row{.class_name = {},
                           .cells = {fmt::format("{}<span class=\"unit\">{}</span>",
                                                 escape(capital(each.label)), escape(each.unit))}};
            for (std::size_t cell = 0; cell < cells; ++cell)
                row.cells.push_back(value_html(figures, cell, each.measure));
            table.rows.push_back(row);
        }
    } else {
        for (const MeasureInfo& each : measures)
            table.head.push_back(fmt::format("{}<span class=\"unit\">{}</span>",
                                             escape(capital(each.label)), escape(each.unit)));
        for (std::size_t cell = 0; cell < cells; ++cell) {
            Table::Row row{.class_name = figures.is_baseline(cell) ? "baseline" : "",
                           .cells = {escape(figures.name(cell))}};
            for (const MeasureInfo& each : measures)
                row.cells.push_back(value_html(figures, cell, each.measure));
            table.rows.push_back(row);
        }
    }
    std::string note;
    if (figures.has_baselines())
        note = fmt::format("<p>{} {}</p>\n", baseline_note(figures), marked_note);
    return section_of("all", "All measures", note + open_or_closed(table));
}

std::string kinds_section(const Figures& figures) {
    const Study& study = figures.study;
    Table table{.id = "table-kinds",
                .caption = "Means over the seeds with their 95\u202f% intervals",
                .head = {"Variant", "Renters", "Strategy", "Jobs", "Surplus per job, USD",
                         "Paid per job, USD", "Work per job, hours", "Switches per job"},
                .rows = {},
                .first_number = 3};
    for (std::size_t cell = 0; cell < study.cells.size(); ++cell) {
        const auto& kinds = study.cells[cell].scenario.renter_kinds;
        for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
            const auto text = [&](std::int64_t KindResult::*member, double unit, int most) {
                const Estimate value = kind_estimate(study, cell, kind, member, unit);
                return estimate_text(value, decimals_for(value.mean, 3, most));
            };
            const Estimate jobs = kind_estimate(study, cell, kind, &KindResult::jobs, 1);
            if (jobs.n == 0 || !(jobs.mean > 0)) continue;
            table.rows.push_back(
                {.class_name = {},
                 .cells = {escape(figures.name(cell)), escape(kinds[kind].name),
                           std::string(strategy_text(kinds[kind].strategy)), number(jobs.mean, 0),
                           text(&KindResult::surplus_per_job, 1e6, 3),
                           text(&KindResult::paid_per_job, 1e6, 3),
                           text(&KindResult::work_per_job, 1e6, 3),
                           text(&KindResult::switches_per_job, 1e3, 3)}});
        }
    }
    if (table.rows.empty()) return "";
    return section_of("kinds", "What renters of each kind got",
                      "<p>A job's surplus is the value of its work less what its renter paid. Work "
                      "counts in hours of an RTX 3090 at its default power limit.</p>\n" +
                          open_or_closed(table));
}

std::string solutions_section(const Figures& figures) {
    const Study& study = figures.study;
    if (study.solutions.empty()) return "";
    std::string content =
        "<p>These values were searched, not assumed. The search for a best reply settles when no "
        "candidate clearly gains over the value that all use: every 95 % interval of the paired "
        "difference contains 0 or is below it.</p>\n";
    for (std::size_t i = 0; i < study.solutions.size(); ++i) {
        const Solution& solution = study.solutions[i];
        const std::string name =
            solution.cell < study.cells.size() ? figures.name(solution.cell) : "";
        content +=
            fmt::format("<h3>{}</h3>\n<p><code>{}</code> = <strong>{}</strong>, {} after {}.</p>\n",
                        escape(name), escape(solution.key), escape(solution.value),
                        solution.settled ? "settled" : "<strong class=\"bad\">not settled</strong>",
                        counted(solution.rounds.size(), "round"));
        content += details("Rounds of this search", search_table(solution, i));
    }
    return section_of("solutions", "What the searches found", content);
}

}  // namespace simulator::report
