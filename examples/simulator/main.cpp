// gigaspot-simulate: simulates a market of a scenario file on the engine, many times, and reports
// what a policy does to renters, hosts and the market.
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>

#include <fmt/format.h>

#include "options.hpp"
#include "report/report.hpp"
#include "run/run.hpp"
#include "study/execute.hpp"
#include "study/files.hpp"
#include "study/folder.hpp"
#include "study/output.hpp"
#include "study/plan.hpp"
#include "study/progress.hpp"
#include "study/statistics.hpp"
#include "study/store.hpp"

using namespace simulator;

namespace {

/// For the estimate of --check, at one close per minute.
constexpr double host_days_per_second = 2'000;

std::atomic<bool> stop{false};
static_assert(std::atomic<bool>::is_always_lock_free);  // a handler of signals sets it

/// The first signal lets the running runs end; the next one ends the program at once.
void stop_on_signals() {
    struct sigaction action {};
    action.sa_handler = [](int) { stop.store(true); };
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    for (const int signal : {SIGINT, SIGTERM}) sigaction(signal, &action, nullptr);
}

Plan read_plan(const Options& options) {
    const std::optional<std::string> text = try_read_file(options.scenario);
    if (!text) throw InputError{fmt::format("{}: cannot read this file", options.scenario)};
    const std::size_t slash = options.scenario.find_last_of('/');
    const std::string folder =
        slash == std::string::npos ? std::string{} : options.scenario.substr(0, slash + 1) + ".";
    return make_plan(*text, options.scenario, {options.settings, options.seeds}, load_from(folder));
}

/// Gives data files out of the plan, which has read them.
LoadFile load_from_plan(const Plan& plan) {
    return [&plan](const std::string& name) -> std::optional<std::string> {
        const auto found = plan.files.find(name);
        return found == plan.files.end() ? std::nullopt : std::optional{found->second};
    };
}

Reports all_reports() {
    return {[](const Study& study) { return html(study); },
            [](const Study& study) { return summary_json(study); },
            [](const Study& study) { return table_csv(study); }};
}

int check(const Plan& plan, const Options& options) {
    const Study& study = plan.study;
    fmt::print("{}: {} cells x {} seeds = {} runs\n", options.scenario, study.cells.size(),
               study.seeds.size(), count_all(study));
    double host_days = 0;
    for (std::size_t cell = 0; cell < study.cells.size(); ++cell) {
        const Scenario& scenario = study.cells[cell].scenario;
        host_days += static_cast<double>(scenario.hosts) * static_cast<double>(scenario.days) *
                     static_cast<double>(study.seeds.size());
        if (!study.axes.empty())
            fmt::print("  cell {}: {}\n", cell + 1, study.label(study.cells[cell]));
    }
    if (!plan.searches.empty())
        fmt::print("{} cells search a value first, which takes more time\n", plan.searches.size());
    fmt::print("{:.0f} host-days: about {:.0f} s on {} threads, at 2000 host-days per second and "
               "thread for a close per minute\n",
               host_days, host_days / host_days_per_second / static_cast<double>(options.jobs),
               options.jobs);
    return exit_ok;
}

int explain(Plan& plan, const Options& options, const Execution& execution) {
    if (options.cell >= plan.study.cells.size())
        throw InputError{fmt::format("--cell: got {}; allowed: 1 to {}", options.cell + 1,
                                     plan.study.cells.size())};
    Store store;
    if (!search_cell(plan, options.cell, store, execution)) return exit_interrupted;
    const Scenario& scenario = plan.study.cells[options.cell].scenario;
    if (options.host > static_cast<std::size_t>(scenario.hosts))
        throw InputError{
            fmt::format("--host: got {}; allowed: 1 to {}", options.host, scenario.hosts)};
    (void)simulate(scenario, *options.explain,
                   RunOutput{.story = stdout, .story_host = static_cast<int>(options.host)});
    return exit_ok;
}

/// The leading measure of each cell, for those who do not open the report.
void print_results(const Study& study, const std::string& folder) {
    const MeasureInfo& info = measures[static_cast<std::size_t>(study.shown.front())];
    fmt::print("{}, {}, mean and 95 % interval\n", info.label, info.unit);
    for (std::size_t cell = 0; cell < study.cells.size(); ++cell) {
        const Estimate found = estimate(study, cell, info.measure);
        const std::string label = study.axes.empty() ? "all" : study.label(study.cells[cell]);
        if (found.n == 0)
            fmt::print("  {}: no run yet\n", label);
        else if (found.n == 1)
            fmt::print("  {}: {:.3f} (one seed, so no interval)\n", label, found.mean);
        else
            fmt::print("  {}: {:.3f} +- {:.3f}\n", label, found.mean, found.half);
    }
    fmt::print("report: {}\n", join_path(folder, "report.html"));
}

int run(const Options& options) {
    Plan plan = read_plan(options);
    if (options.is_check) return check(plan, options);
    ProgressBar bar;
    Execution execution{.simulate = simulate,
                        .load = load_from_plan(plan),
                        .jobs = options.jobs,
                        .shard = options.shard,
                        .shards = options.shards,
                        .stop = &stop,
                        .progress = [&](const std::string& phase, std::size_t done,
                                        std::size_t total) { bar.show(phase, done, total); }};
    if (options.explain) return explain(plan, options, execution);
    prepare_folder(options.out, plan);
    if (options.has_journal) {
        execution.journal_folder = join_path(options.out, "journal");
        make_folder(execution.journal_folder);
    }
    Store store{store_path(options.out)};
    if (store.size() > 0)
        fmt::print(stderr, "{} has {} results; continuing\n", options.out, store.size());
    stop_on_signals();
    const std::set<RunKey> used = execute(plan, store, execution);
    bar.clear();
    write_results(options.out, plan, all_reports(), store, used);
    print_results(plan.study, options.out);
    if (!plan.study.is_partial) return exit_ok;
    fmt::print(stderr, "{} of {} runs are done, so the report is partial\n", count_done(plan.study),
               count_all(plan.study));
    if (stop.load()) {
        fmt::print(stderr, "interrupted; run the same command again to go on\n");
        return exit_interrupted;
    }
    fmt::print(stderr, "simulate the other shards, then put them together: gigaspot-simulate merge "
                       "DIR... --out DIR\n");
    return exit_ok;
}

/// Reads one folder's results into the store.
void add_folder(const std::string& folder, const Plan& plan, Store& store) {
    const Plan other = read_folder(folder);
    const std::string difference = find_difference(other.resolved, plan.resolved);
    if (!difference.empty())
        throw InputError{
            fmt::format("{}: is of another study than the first folder: {}", folder, difference)};
    if (other.study.seeds != plan.study.seeds)
        throw InputError{fmt::format("{}: has {} seeds; the first folder has {}", folder,
                                     other.study.seeds.size(), plan.study.seeds.size())};
    if (other.files != plan.files)
        throw InputError{fmt::format("{}: has other data files than the first folder", folder)};
    for (const auto& [key, result] : Store::read(store_path(folder))) store.add(key, result);
}

int merge(const Options& options) {
    Plan plan = read_folder(options.folders.front());
    prepare_folder(options.out, plan);
    Store store{store_path(options.out)};
    for (const std::string& folder : options.folders) add_folder(folder, plan, store);
    const std::set<RunKey> used =
        execute(plan, store, {.load = load_from_plan(plan), .may_simulate = false});
    write_results(options.out, plan, all_reports(), store, used);
    print_results(plan.study, options.out);
    if (!plan.study.is_partial) return exit_ok;
    fmt::print(stderr,
               "only {} of {} runs are in these folders, so the report is partial; merge the other "
               "shards too\n",
               count_done(plan.study), count_all(plan.study));
    return exit_bad_input;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        int status = exit_ok;
        const std::optional<Options> options = read_options(argc, argv, status);
        if (!options) return status;
        status = options->command == Command::merge ? merge(*options) : run(*options);
        if (std::fflush(stdout) != 0)
            throw SystemError{fmt::format("standard output: {}", std::strerror(errno))};
        return status;
    } catch (const std::exception& error) {
        fmt::print(stderr, "gigaspot-simulate: {}\n", error.what());
        return exit_bad_input;
    }
}
