#include "study/folder.hpp"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include "study/files.hpp"
#include "study/output.hpp"

namespace simulator {

namespace {

constexpr std::string_view scenario_name = "scenario.toml";

std::string_view take_line(std::string_view& text) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

/// Whether there is nothing except what a process left that was killed at once.
bool is_unused(const std::string& folder) {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator{folder, error}) {
        if (entry.path().extension() != ".new") return false;
    }
    return true;
}

void check_same(const std::string& folder, const std::string& there, const Plan& plan) {
    const std::string path = join_path(folder, scenario_name);
    const std::string difference = find_difference(there, plan.resolved);
    if (!difference.empty())
        throw InputError{
            fmt::format("{} is of another study: {}; choose another --out", path, difference)};
    const Plan old = make_plan(there, path, {}, load_from(folder));
    if (old.study.seeds.size() > plan.study.seeds.size())
        throw InputError{fmt::format("{} has results of {} seeds and this study has {}; add "
                                     "--seeds {}, or choose another --out",
                                     folder, old.study.seeds.size(), plan.study.seeds.size(),
                                     old.study.seeds.size())};
}

}  // namespace

std::string store_path(const std::string& folder) { return join_path(folder, "runs.store"); }

LoadFile load_from(const std::string& folder) {
    return [folder](const std::string& name) { return try_read_file(join_path(folder, name)); };
}

std::string find_difference(std::string_view there, std::string_view wanted) {
    const std::string left_text = identity_of(there);
    const std::string right_text = identity_of(wanted);
    std::string_view left = left_text;
    std::string_view right = right_text;
    while (!left.empty() || !right.empty()) {
        const std::string_view left_line = take_line(left);
        const std::string_view right_line = take_line(right);
        if (left_line != right_line)
            return fmt::format("it has '{}', not '{}'", left_line, right_line);
    }
    return {};
}

void prepare_folder(const std::string& folder, const Plan& plan) {
    make_folder(folder);
    const std::string path = join_path(folder, scenario_name);
    const std::optional<std::string> there = try_read_file(path);
    if (there)
        check_same(folder, *there, plan);
    else if (!is_unused(folder))
        throw InputError{fmt::format("{} is not empty and has no results of gigaspot-simulate; "
                                     "choose another --out",
                                     folder)};
    if (there != plan.resolved) write_file(path, plan.resolved);
    for (const auto& [name, content] : plan.files) {
        const std::string data = join_path(folder, name);
        const std::optional<std::string> old = try_read_file(data);
        if (old && *old != content)
            throw InputError{
                fmt::format("{} has other data than this study; choose another --out", data)};
        if (old) continue;
        make_folder(data.substr(0, data.find_last_of('/')));
        write_file(data, content);
    }
}

void write_results(const std::string& folder, const Plan& plan, const Reports& reports,
                   const Store& store, const std::set<RunKey>& used) {
    const Study& study = plan.study;
    const auto write = [&](std::string_view name, const std::string& content) {
        write_file(join_path(folder, name), content);
    };
    const std::string runs = runs_csv(study);
    write("runs.csv", runs);
    write("kinds.csv", kinds_csv(study));
    if (plan.has_hours) write("hours.csv", hours_csv(study));
    if (!plan.searches.empty()) write("solutions.csv", solutions_csv(study));
    if (reports.table_csv) write("table.csv", reports.table_csv(study));
    if (reports.summary_json) write("summary.json", reports.summary_json(study));
    if (reports.html) write("report.html", reports.html(study));
    write("meta.json", meta_json(plan, runs));
    // A study that is not complete keeps all results, because it may need them when it goes on.
    std::set<RunKey> kept = used;
    if (study.is_partial) {
        for (const auto& [key, unused] : store.all()) kept.insert(key);
    }
    write("runs.store", store.sorted(kept));
}

Plan read_folder(const std::string& folder) {
    const std::string path = join_path(folder, scenario_name);
    const std::optional<std::string> text = try_read_file(path);
    if (!text)
        throw InputError{
            fmt::format("{}: cannot read it; expected a folder that `gigaspot-simulate "
                        "run --out` wrote",
                        path)};
    return make_plan(*text, path, {}, load_from(folder));
}

}  // namespace simulator
