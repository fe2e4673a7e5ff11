// The page as a whole.
#include "report/report.hpp"

#include <fmt/format.h>
#include <gigaspot/base/config.hpp>

#include "report/figures.hpp"
#include "report/findings.hpp"
#include "report/sections.hpp"
#include "report/text.hpp"

namespace simulator {

namespace report {

namespace {

constexpr std::string_view about = "GigaSPOT is a market for GPU hosts: renters bid, and each host "
                                   "runs the bid that leaves it the "
                                   "most after electricity. This page shows simulated markets.";

std::string title_of(const Study& study) {
    if (!study.title.empty()) return study.title;
    return study.file.empty() ? "A study without a title" : study.file;
}

std::string partial_notice(const Figures& figures) {
    if (!figures.study.is_partial && figures.runs_done == figures.runs_planned) return "";
    return fmt::format(
        "<p class=\"notice\" role=\"note\"><strong>Partial result:</strong> {} of {} runs are "
        "done. All figures come from these runs and will change.</p>\n",
        figures.runs_done, figures.runs_planned);
}

std::string first_screen(const Figures& figures) {
    const Study& study = figures.study;
    const Measure lead = figures.shown.front();
    std::string out = "<section class=\"intro\" aria-labelledby=\"title\">\n";
    out += fmt::format("<h1 id=\"title\">{}</h1>\n", escape(title_of(study)));
    if (!study.question.empty())
        out += fmt::format("<p class=\"question\">{}</p>\n", escape(study.question));
    out += partial_notice(figures);
    out += fmt::format("<h2 id=\"answer\">Answer</h2>\n<p class=\"answer\">{}</p>\n",
                       escape(answer(figures, lead)));
    out +=
        fmt::format("<p class=\"what\"><strong>What was simulated:</strong> {} The range after ± "
                    "is the 95\u202f% interval over the seeds.</p>\n</section>\n",
                    escape(what_was_simulated(figures)));
    if (figures.runs_done > 0) out += measure_figure(figures, lead, true);
    return out;
}

std::string other_charts(const Figures& figures) {
    if (figures.shown.size() < 2) return "";
    std::string out = "<section aria-labelledby=\"charts\"><h2 id=\"charts\">More findings</h2>\n"
                      "<div class=\"charts\">\n";
    for (std::size_t i = 1; i < figures.shown.size(); ++i) {
        // A last chart without a neighbour takes the whole width.
        const bool is_alone = i + 1 == figures.shown.size() && i % 2 == 1;
        out += measure_figure(figures, figures.shown[i], is_alone);
    }
    return out + "</div></section>\n";
}

}  // namespace

}  // namespace report

std::string version_text() {
    return fmt::format("{}.{}.{}", GIGASPOT_VERSION / 10000, GIGASPOT_VERSION / 100 % 100,
                       GIGASPOT_VERSION % 100);
}

std::string html(const Study& study) {
    const report::Figures figures(study);
    std::string out = fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
        "'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n"
        "<title>{} - gigaspot-simulate</title>\n<style>\n{}</style>\n</head>\n<body>\n",
        report::escape(report::title_of(study)), report::styles);
    out += fmt::format("<header class=\"top\"><p class=\"brand\">gigaspot-simulate</p><p>{}</p>"
                       "</header>\n<main>\n",
                       report::about);
    out += report::first_screen(figures);
    if (figures.runs_done > 0) {
        out += report::other_charts(figures);
        out += report::parties_section(figures);
        out += report::kinds_section(figures);
        out += report::time_section(figures);
        out += report::solutions_section(figures);
        out += report::all_measures_section(figures);
    }
    out += report::glossary_section();
    out += report::repeat_section(figures);
    return out + "</main>\n</body>\n</html>\n";
}

}  // namespace simulator
