// The page, the JSON and the CSV as wholes.
#include "report/report.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <doctest/doctest.h>
#include <simdjson.h>

#include "report_support.hpp"

namespace report_test {

namespace {

const Axis share{"share of bots", {"0%", "50%", "100%"}};
const Axis margin{"margin", {"none", "10 %"}};

Study six_cells() {
    return study_of({share, margin}, {{3'000'000, 3'200'000},
                                      {3'100'000, 3'290'000},
                                      {2'000'000, 2'210'000},
                                      {3'000'000, 3'200'000},
                                      {1'000'000, 1'200'000},
                                      {3'000'000, 3'200'000}});
}

/// The elements that HTML never closes.
bool is_void(const std::string& name) { return name == "meta" || name == "br" || name == "img"; }

/// Checks that a page is well-formed markup; returns what is wrong, or nothing.
std::string fault_of(const std::string& page) {
    std::vector<std::string> open;
    for (std::size_t at = page.find('<'); at != std::string::npos; at = page.find('<', at + 1)) {
        if (page.compare(at, 2, "<!") == 0) continue;
        const std::size_t end = page.find('>', at);
        if (end == std::string::npos) return "a tag that does not end";
        const bool is_end = page[at + 1] == '/';
        const std::size_t start = at + (is_end ? 2 : 1);
        const std::string name = page.substr(start, page.find_first_of(" >/\n", start) - start);
        if (is_end) {
            if (open.empty() || open.back() != name) return "</" + name + "> closes nothing";
            open.pop_back();
        } else if (page[end - 1] != '/' && !is_void(name)) {
            open.push_back(name);
        }
    }
    return open.empty() ? "" : open.back() + " is open";
}

/// The records of a CSV text with CRLF at the end of each.
std::vector<std::vector<std::string>> records_of(const std::string& text) {
    std::vector<std::vector<std::string>> out;
    std::vector<std::string> record(1);
    bool is_quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char byte = text[i];
        if (is_quoted && byte == '"' && i + 1 < text.size() && text[i + 1] == '"') {
            record.back() += '"';
            ++i;
        } else if (byte == '"') {
            is_quoted = !is_quoted;
        } else if (!is_quoted && byte == ',') {
            record.emplace_back();
        } else if (!is_quoted && byte == '\r' && i + 1 < text.size() && text[i + 1] == '\n') {
            out.push_back(record);
            record.assign(1, "");
            ++i;
        } else {
            record.back() += byte;
        }
    }
    CHECK(record == std::vector<std::string>{""});
    return out;
}

}  // namespace

TEST_CASE("report: the page is well-formed, without scripts and references") {
    Study empty;
    Study no_runs = six_cells();
    for (auto& cell : no_runs.has) cell.assign(cell.size(), false);
    for (const Study& study : {six_cells(), study_of({}, {{1}}), no_runs, empty}) {
        const std::string page = html(study);
        CHECK(fault_of(page) == "");
        for (const char* const part : {"<script", "<link", "<img", "href=", "src=", "url(",
                                       "@import", "http://", "https://", "onload", "javascript:"})
            CHECK_MESSAGE(!has(page, part), part);
        CHECK(count_of(page, "<h1") == 1);
    }
}

TEST_CASE("report: a page's ids are unique") {
    Study study = six_cells();
    study.shown = {Measure::wait, Measure::welfare, Measure::wait};  // twice
    const std::string page = html(study);
    std::set<std::string> ids;
    for (std::size_t at = page.find(" id=\""); at != std::string::npos;
         at = page.find(" id=\"", at + 1)) {
        const std::string id = page.substr(at + 5, page.find('"', at + 5) - at - 5);
        CHECK_MESSAGE(ids.insert(id).second, id);
    }
    CHECK(ids.size() > 10);
}

TEST_CASE("report: no text of a scenario becomes markup, in the page, in JSON or in CSV") {
    const std::string evil = "<b onclick=\"x\">&'\n,";
    Study study = six_cells();
    study.title = study.question = study.file = study.scenario = evil;
    for (Axis& axis : study.axes) {
        axis.label += evil;
        for (std::string& option : axis.options) option += evil;
    }
    for (Cell& cell : study.cells) {
        cell.resolved += "evil = \"" + evil + "\"";
        cell.scenario.renter_kinds = {{.name = evil}};
    }
    for (auto& cell : study.runs)
        for (RunResult& run : cell) run.kinds = {{.jobs = 1}};
    study.solutions = {{.cell = 0,
                        .key = evil,
                        .value = evil,
                        .rounds = {{evil, {evil}, {1.0}, {0.5}, evil}},
                        .settled = false}};
    const std::string page = html(study);
    CHECK(fault_of(page) == "");
    CHECK(!has(page, "<b "));
    CHECK(has(page, "&lt;b onclick=&quot;x&quot;&gt;&amp;&#39;"));
    simdjson::dom::parser parser;
    const std::string json = summary_json(study);
    CHECK(std::string(parser.parse(json)["title"].get_string().value()) == evil);
    CHECK(records_of(table_csv(study))[1][1] == "0%" + evil);
}

TEST_CASE("report: a partial result says on the first screen how many runs are there") {
    Study study = six_cells();
    CHECK(!has(html(study), "class=\"notice\""));
    study.is_partial = true;
    study.has[5][1] = false;
    const std::string page = html(study);
    const std::size_t notice = page.find("<strong>Partial result:</strong> 11 of 12 runs");
    CHECK(notice != std::string::npos);
    CHECK(notice < page.find("id=\"answer\""));
    study.is_partial = false;  // runs are missing all the same
    CHECK(has(html(study), "11 of 12 runs"));
}

TEST_CASE("report: only differences whose interval excludes 0 are marked") {
    Study study = study_of({margin}, {{1'000'000, 3'000'000}, {4'000'000, 2'000'000}});
    CHECK(!has(html(study), "class=\"sign\""));
    study = study_of({margin}, {{1'000'000, 3'000'000}, {2'000'000, 4'000'000}});
    CHECK(has(html(study), "<span class=\"sign\">better</span> +1.00"));
    study = study_of({margin}, {{1'000, 3'000}, {2'000, 4'000}}, Measure::switches);
    CHECK(has(html(study), "<span class=\"sign\">worse</span> +1.00"));  // more switches are worse
}

TEST_CASE("report: a baseline is not compared with itself") {
    const std::string page = html(study_of({margin}, {{1, 3}, {2, 5}}));
    CHECK(count_of(page, "<span class=\"change\">") == measure_count);
    CHECK(count_of(page, ">baseline</td>") == 1);
}

TEST_CASE("report: the page names the settings that differ, the seeds and the digests") {
    Study study = six_cells();
    study.runs[3][1].digest = 0xabcdef;
    const std::string page = html(study);
    CHECK(has(page, "<code>market.option</code>"));
    CHECK(!has(page, "<code>days</code>"));
    CHECK(has(page, "<code>0000000000abcdef</code>"));
    CHECK(has(page, "gigaspot-simulate run scenario.toml"));
    CHECK(has(page, "gigaspot " + version_text()));
}

TEST_CASE("report: summary.json has each cell with its differences") {
    simdjson::dom::parser parser;
    const std::string text = summary_json(six_cells());
    const simdjson::dom::element json = parser.parse(text);
    CHECK(json["runs_done"].get_uint64().value() == 12);
    CHECK(json["measures"].get_array().size() == measure_count);
    CHECK(json["cells"].get_array().size() == 6);
    CHECK(json["axes"].at(1)["options"].at(1).get_string().value() == "10 %");
    const simdjson::dom::element cell = json["cells"].at(1);
    CHECK(cell["baseline"].get_uint64().value() == 0);
    const simdjson::dom::element welfare = cell["measures"]["welfare"];
    CHECK(welfare["mean"].get_double().value() == doctest::Approx(3.195));
    CHECK(welfare["difference"]["mean"].get_double().value() == doctest::Approx(0.095));
    // t(1) = 12.7062, the differences 0.1 and 0.09 have the standard error 0.005.
    CHECK(welfare["difference"]["half"].get_double().value() == doctest::Approx(0.063531));
    CHECK(json["cells"].at(0)["measures"]["welfare"]["difference"].is_null());
    const std::string one_text = summary_json(study_of({}, {{1'000'000}}));
    const simdjson::dom::element one = parser.parse(one_text);
    CHECK(one["cells"].at(0)["measures"]["welfare"]["half"].is_null());
    CHECK(one["compare"].is_null());
    const std::string none = summary_json(Study{});
    CHECK(parser.parse(none)["cells"].get_array().size() == 0);
}

TEST_CASE("report: table.csv has a record for each cell and measure") {
    const auto records = records_of(table_csv(six_cells()));
    REQUIRE(records.size() == 1 + 6 * measure_count);
    for (const auto& record : records) CHECK(record.size() == 11);
    CHECK(records[0] == std::vector<std::string>{"cell", "share of bots", "margin", "measure",
                                                 "unit", "mean", "half", "n", "difference",
                                                 "difference_half", "difference_n"});
    CHECK(records[1 + measure_count] ==
          std::vector<std::string>{"2", "0%", "10 %", "welfare", "USD per host and day", "3.195",
                                   "1.207089", "2", "0.095", "0.063531", "2"});
    CHECK(records[1][8] == "");  // a baseline has no difference
}

TEST_CASE("report: the same study gives the same bytes, and another one gives others") {
    CHECK(html(six_cells()) == html(six_cells()));
    Study other = six_cells();
    other.runs[2][0].values[0] += 10'000;
    CHECK(html(other) != html(six_cells()));
}

TEST_CASE("report: hours give a chart, and no hours give none") {
    Study study = study_of({margin}, {{1, 2}, {3, 4}});
    CHECK(!has(html(study), "Hour by hour"));
    for (auto& cell : study.runs)
        for (RunResult& run : cell)
            run.hours.assign(24, {.rate = 1'000'000'000, .income = 5, .running = 7});
    const std::string page = html(study);
    CHECK(has(page, "Hour by hour"));
    CHECK(has(page, "Rate, USD per coin"));
    CHECK(has(page, "hours since the start"));
    // The table has means over the seeds: 4 and 6 USD.
    study.runs[0][0].hours[3].income = 4'000'000;
    study.runs[0][1].hours[3].income = 6'000'000;
    CHECK(has(html(study), "<td class=\"number\">5.00</td>"));
    // The numbers of the axis are all different.
    for (const char* const hour : {">0</text>", ">20</text>"}) CHECK(has(page, hour));
    for (auto& cell : study.runs)
        for (RunResult& run : cell)
            run.hours.assign(96, {.rate = 1'000'000'000, .income = 5, .running = 7});
    CHECK(has(html(study), ">0.5</text>"));  // days
}

}  // namespace report_test
