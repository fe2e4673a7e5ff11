// The meaning of words and measures, and all that is needed to repeat a study.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include <fmt/format.h>
#include <gigaspot/base/config.hpp>

#include "report/findings.hpp"
#include "report/html.hpp"
#include "report/report.hpp"
#include "report/sections.hpp"
#include "report/text.hpp"

namespace simulator::report {

namespace {

/// More digests than this are only in `runs.csv`.
constexpr std::size_t most_digests = 2000;

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> words{{
    {"Variant", "One market of this study: a combination of the options that are compared."},
    {"Seed", "One draw of all chance: hosts, jobs, outages, rates. Each variant meets the same "
             "seeds."},
    {"Baseline", "The variant with which another one is compared. Both differ in one option only."},
    {"Paired difference", "The mean of the differences seed by seed. Since both variants see the "
                          "same draws, it is more precise than a difference of two means."},
    {"95\u202f% interval",
     "The range after ±, by Student's t over the seeds. In 95 of 100 studies such "
     "a range holds the true mean."},
    {"Close", "The moment at which the market decides again which bid each host runs."},
}};

std::string trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t\r");
    if (first == std::string_view::npos) return "";
    return std::string(text.substr(first, text.find_last_not_of(" \t\r") - first + 1));
}

/// A TOML string without its quotes; other values as they are.
std::string_view unquoted(std::string_view value) {
    const bool is_string = value.size() > 1 && value.front() == '"' && value.back() == '"';
    return is_string ? value.substr(1, value.size() - 2) : value;
}

/// The keys of a TOML text with their values as text, by full name: "renters.bots.share".
std::map<std::string, std::string> flat(std::string_view toml) {
    std::map<std::string, std::string> out;
    std::map<std::string, int> counts;
    std::string table;
    std::string last;
    while (!toml.empty()) {
        const std::size_t end = std::min(toml.find('\n'), toml.size());
        const std::string line = trimmed(toml.substr(0, end));
        toml.remove_prefix(std::min(end + 1, toml.size()));
        if (line.empty() || line[0] == '#') continue;
        const std::size_t equals = line.find('=');
        if (line.starts_with("[[")) {
            const std::string name = trimmed(line.substr(2, line.find(']') - 2));
            table = fmt::format("{}[{}].", name, counts[name]++);
            last.clear();
        } else if (line[0] == '[' && line.find(',') == std::string::npos && line.back() == ']') {
            table = trimmed(line.substr(1, line.find(']') - 1)) + ".";
            last.clear();
        } else if (equals != std::string::npos) {
            last = table + trimmed(line.substr(0, equals));
            out[last] = trimmed(line.substr(equals + 1));
        } else if (!last.empty()) {
            out[last] += " " + line;
        }
    }
    return out;
}

/// The settings in which cells differ, a row for each cell.
std::string settings_table(const Figures& figures) {
    std::vector<std::map<std::string, std::string>> cells;
    std::set<std::string> keys;
    for (const Cell& cell : figures.study.cells) {
        cells.push_back(flat(cell.resolved));
        for (const auto& [key, value] : cells.back()) keys.insert(key);
    }
    std::erase_if(keys, [&](const std::string& key) {
        return std::all_of(cells.begin(), cells.end(), [&](const auto& cell) {
            const auto here = cell.find(key);
            const auto first = cells.front().find(key);
            return here != cell.end() && first != cells.front().end() &&
                   here->second == first->second;
        });
    });
    if (keys.empty()) return "";
    Table table{.id = "table-settings",
                .caption = "What differs between the variants",
                .head = {"Variant"},
                .rows = {}};
    for (const std::string& key : keys)
        table.head.push_back(fmt::format("<code>{}</code>", escape(key)));
    for (std::size_t i = 0; i < cells.size(); ++i) {
        Table::Row row{.class_name = {}, .cells = {escape(figures.name(i))}};
        for (const std::string& key : keys) {
            const auto found = cells[i].find(key);
            row.cells.push_back(found == cells[i].end() ? "–" : escape(unquoted(found->second)));
        }
        table.rows.push_back(row);
    }
    return details("Settings of each variant", table.html());
}

std::string digests_table(const Figures& figures) {
    const Study& study = figures.study;
    if (figures.runs_done == 0) return "";
    const bool has_all = figures.runs_done <= most_digests;
    Table table{.id = "table-digests",
                .caption = has_all ? "Digests of the events of each run"
                                   : "Digests of the first seed; runs.csv has all",
                .head = {"Variant"},
                .rows = {}};
    const std::size_t seeds = has_all ? study.seeds.size() : 1;
    for (std::size_t seed = 0; seed < seeds; ++seed)
        table.head.push_back(fmt::format("Seed {}", study.seeds[seed]));
    for (std::size_t cell = 0; cell < study.cells.size(); ++cell) {
        Table::Row row{.class_name = {}, .cells = {escape(figures.name(cell))}};
        for (std::size_t seed = 0; seed < seeds; ++seed) {
            row.cells.push_back(study.has[cell][seed] ? fmt::format("<code>{:016x}</code>",
                                                                    study.runs[cell][seed].digest)
                                                      : "–");
        }
        table.rows.push_back(row);
    }
    return details("Digests", table.html());
}

}  // namespace

std::string glossary_section() {
    std::string out = "<section aria-labelledby=\"glossary\"><h2 id=\"glossary\">What the words "
                      "mean</h2>\n<div class=\"card\">\n<dl class=\"words\">\n";
    for (const auto& [word, meaning] : words)
        out += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", escape(word), escape(meaning));
    for (const MeasureInfo& each : measures) {
        const std::string_view better = each.better > 0   ? " More is better."
                                        : each.better < 0 ? " Less is better."
                                                          : "";
        out += fmt::format("<div><dt>{} <span class=\"unit\">{}</span></dt><dd>{}{}</dd></div>\n",
                           escape(capital(each.label)), escape(each.unit), escape(each.meaning),
                           better);
    }
    return out + "</dl></div></section>\n";
}

std::string repeat_section(const Figures& figures) {
    const Study& study = figures.study;
    std::string out =
        "<section aria-labelledby=\"repeat\"><h2 id=\"repeat\">Repeat this study</h2>\n"
        "<div class=\"card\">\n";
    out +=
        "<p>The file scenario.toml beside this page has all settings and seeds. The same version "
        "gives the same bytes on each machine.</p>\n"
        "<pre tabindex=\"0\"><code>gigaspot-simulate run scenario.toml</code></pre>\n";
    out += fmt::format("<dl class=\"facts\"><div><dt>Version</dt><dd>gigaspot {}</dd></div>"
                       "<div><dt>Scenario</dt><dd>{}</dd></div><div><dt>Seeds</dt><dd>{}</dd></div>"
                       "<div><dt>Runs</dt><dd>{} of {}</dd></div></dl>\n",
                       version_text(), escape(study.file), seeds_text(study), figures.runs_done,
                       figures.runs_planned);
    const auto code = [](const std::string& text) {
        return fmt::format("<pre tabindex=\"0\"><code>{}</code></pre>\n", escape(text));
    };
    if (!study.scenario.empty()) out += details("scenario.toml", code(study.scenario));
    if (!study.cells.empty()) {
        out +=
            details(escape(fmt::format("All settings of the first variant: {}", figures.name(0))),
                    code(study.cells.front().resolved));
    }
    return out + settings_table(figures) + digests_table(figures) + "</div></section>\n";
}

}  // namespace simulator::report
