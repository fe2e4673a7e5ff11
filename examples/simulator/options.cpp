// The only include of CLI11, which is slow to compile.
#include "options.hpp"

#include <algorithm>
#include <cstdio>
#include <set>
#include <stdexcept>
#include <string_view>
#include <thread>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "scenario/decimal.hpp"
#include "scenario/table.hpp"
#include "study/plan.hpp"
#include "study/store.hpp"

namespace simulator {

namespace {

/// A command line that cannot be understood.
class UsageError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

constexpr std::int64_t two_to_53 = std::int64_t{1} << 53;
constexpr std::size_t jobs_max = 1'024;
constexpr std::size_t shards_max = 1'000'000;

std::int64_t read_number(std::string_view option, std::string_view text, std::int64_t lowest,
                         std::int64_t highest) {
    const DecimalRead read = read_decimal(text, 0);
    if (read.fault != DecimalRead::Fault::none || read.count < lowest || read.count > highest)
        throw UsageError{fmt::format("{}: got '{}'; allowed: a whole number from {} to {}", option,
                                     text, lowest, highest)};
    return read.count;
}

void read_shard(const std::string& text, Options& options) {
    const std::size_t slash = text.find('/');
    const std::string_view first = std::string_view{text}.substr(0, slash);
    const DecimalRead index = read_decimal(first, 0);
    const DecimalRead count = slash == std::string::npos
                                  ? DecimalRead{0, DecimalRead::Fault::malformed}
                                  : read_decimal(std::string_view{text}.substr(slash + 1), 0);
    using Fault = DecimalRead::Fault;
    if (index.fault != Fault::none || count.fault != Fault::none || index.count < 1 ||
        index.count > count.count || count.count > static_cast<std::int64_t>(shards_max))
        throw UsageError{fmt::format("--shard: got '{}'; allowed: i/n with i from 1 to n, such as "
                                     "1/4, and n up to {}",
                                     text, shards_max)};
    options.shard = static_cast<std::size_t>(index.count - 1);
    options.shards = static_cast<std::size_t>(count.count);
}

/// A number of an option, from 1 if it is a count.
template <class Number>
void add_number(CLI::App& command, const std::string& name, Number& number, std::int64_t lowest,
                std::int64_t highest, const std::string& help) {
    command
        .add_option_function<std::string>(
            name,
            [name, &number, lowest, highest](const std::string& text) {
                number = static_cast<std::size_t>(read_number(name, text, lowest, highest));
            },
            help)
        ->type_name("N");
}

void add_run(CLI::App& run, Options& options) {
    run.add_option("SCENARIO", options.scenario, "The scenario, a file of TOML")->required();
    run.add_option("--set", options.settings,
                   "Change a value of the scenario, such as market.fee=5%; can be given again")
        ->allow_extra_args(false)
        ->type_name("KEY=VALUE");
    add_number(run, "--seeds", options.seeds, 1, seeds_max, "Runs per cell [as the scenario says]");
    add_number(run, "--jobs", options.jobs, 1, jobs_max, "Threads [the number of cores]");
    run.add_option("--out", options.out,
                   "The folder of results; if it has some of this study, continue [the "
                   "scenario's name with .results]")
        ->type_name("DIR");
    run.add_option_function<std::string>(
           "--shard", [&](const std::string& text) { read_shard(text, options); },
           "Simulate only part i of n of the runs; `merge` puts the parts together. Searches of "
           "values run whole in each part")
        ->type_name("I/N");
    run.add_flag("--check", options.is_check,
                 "Only read the scenario, and print how much there is to simulate");
    run.add_flag("--journal", options.has_journal,
                 "Write the commands to the market of each run, for `gigaspot replay`");
    add_number(run, "--explain", options.explain, 0, two_to_53,
               "Print the story of the run with this seed, and write nothing");
    run.add_option_function<std::string>(
           "--cell",
           [&](const std::string& text) {
               options.cell = static_cast<std::size_t>(
                   read_number("--cell", text, 1, std::int64_t{cells_max}) - 1);
           },
           "With --explain: the cell, as --check numbers them [1]")
        ->type_name("N");
    add_number(run, "--host", options.host, 1, 100'000, "With --explain: only this host [all]");
    run.footer("Example: gigaspot-simulate run examples/simulator/scenarios/small.toml --seeds 5 "
               "--set market.fee=5%");
}

void add_merge(CLI::App& merge, Options& options) {
    merge.add_option("DIR", options.folders, "Folders of results of the same study")->required();
    merge.add_option("--out", options.out, "The folder of all their results")
        ->required()
        ->type_name("DIR");
    merge.footer("Example: gigaspot-simulate merge part1 part2 part3 --out all");
}

/// Fails if the first word is neither an option nor a command, and names the most similar command.
void check_command(const std::string& word, const std::vector<CLI::App*>& commands) {
    std::vector<std::string> names;
    for (const CLI::App* const command : commands) names.push_back(command->get_name());
    if (word.starts_with('-') || std::find(names.begin(), names.end(), word) != names.end()) return;
    if (word.ends_with(".toml"))
        throw UsageError{fmt::format("unknown command '{0}'; did you mean 'run {0}'?", word)};
    throw UsageError{fmt::format("unknown command '{}'{}", word, suggest(word, names))};
}

/// Fails at the first unknown option, and at one without its value or given twice, because CLI11
/// says less about them.
void check_options(const CLI::App& command, const std::vector<std::string>& words) {
    std::set<const CLI::Option*> given;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string& word = words[i];
        if (word == "--") return;
        if (word.size() < 2 || word[0] != '-') continue;
        const std::size_t equals = word.starts_with("--") ? word.find('=') : std::string::npos;
        const std::string name = word.substr(0, equals);
        const CLI::Option* const option = command.get_option_no_throw(name);
        if (!option) {
            std::vector<std::string> names;
            for (const CLI::Option* const each : command.get_options()) {
                for (const std::string& known : each->get_lnames()) names.push_back("--" + known);
            }
            throw UsageError{fmt::format("{}: unknown option{}", name, suggest(name, names))};
        }
        const bool has_value = equals != std::string::npos;
        if (option->get_items_expected_max() == 0) {
            if (has_value) throw UsageError{fmt::format("{} takes no value", name)};
            continue;
        }
        if (!has_value && ++i == words.size())
            throw UsageError{fmt::format("{}: a value is missing; `gigaspot-simulate {} --help` "
                                         "says which",
                                         name, command.get_name())};
        if (option->get_items_expected_max() == 1 && !given.insert(option).second)
            throw UsageError{fmt::format("{} is given twice; give it once", name)};
    }
}

/// Options that make sense only together, or not together.
void check_together(const CLI::App& run, const Options& options) {
    for (const char* const name : {"--cell", "--host"}) {
        if (run.count(name) > 0 && !options.explain)
            throw UsageError{fmt::format("{} needs --explain SEED", name)};
    }
    const char* const only = options.explain ? "--explain" : "--check";
    if (!options.explain && !options.is_check) return;
    if (options.explain && options.is_check)
        throw UsageError{"--check and --explain do different things; give one of them"};
    for (const char* const name : {"--out", "--shard", "--journal"}) {
        if (run.count(name) > 0)
            throw UsageError{
                fmt::format("{} has no effect with {}, which writes nothing", name, only)};
    }
}

/// The scenario's name without its folder and ending, with ".results".
std::string default_out(const std::string& scenario) {
    std::string name = scenario.substr(scenario.find_last_of('/') + 1);
    if (name.ends_with(".toml")) name.resize(name.size() - 5);
    return name + ".results";
}

}  // namespace

std::optional<Options> read_options(int argc, char** argv, int& status) {
    Options options;
    options.jobs = std::max(1U, std::thread::hardware_concurrency());
    CLI::App app{"gigaspot-simulate: what a policy of a GPU spot market does to renters, hosts and "
                 "the market",
                 "gigaspot-simulate"};
    app.require_subcommand(0, 1);
    app.set_version_flag("--version", "gigaspot-simulate " + version(),
                         "Print the version and exit");
    app.footer("Example: gigaspot-simulate run examples/simulator/scenarios/small.toml");
    CLI::App& run = *app.add_subcommand("run", "Simulate a scenario and write a report");
    add_run(run, options);
    CLI::App& merge = *app.add_subcommand("merge", "Put the results of shards together");
    add_merge(merge, options);
    try {
        if (argc < 2) {
            fmt::print("{}", app.help());
            status = exit_ok;
            return std::nullopt;
        }
        const std::vector<std::string> words{argv + 1, argv + argc};
        check_command(words.front(), {&run, &merge});
        for (const CLI::App* const command : {&run, &merge}) {
            if (words.front() == command->get_name())
                check_options(*command, {words.begin() + 1, words.end()});
        }
        app.parse(argc, argv);
        if (run.parsed()) check_together(run, options);
        options.command = merge.parsed() ? Command::merge : Command::run;
        if (run.parsed() && options.out.empty()) options.out = default_out(options.scenario);
        return options;
    } catch (const CLI::Success& asked) {  // --help or --version
        status = app.exit(asked);
    } catch (const std::exception& error) {  // of CLI11, or ours
        fmt::print(stderr, "gigaspot-simulate: {}\n", error.what());
        status = exit_wrong_use;
    }
    return std::nullopt;
}

}  // namespace simulator
