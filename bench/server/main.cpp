// gigaspot_load: measures gigaspot-server and prints the tables.
//
//     gigaspot_load [orders|syncs|streams|large|recovery] [--quick]
#include <algorithm>
#include <csignal>
#include <exception>
#include <filesystem>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <sodium.h>
#include <sys/resource.h>

#include "postgres.hpp"
#include "setup.hpp"

namespace market_load {
namespace {

constexpr std::pair<const char*, void (*)(const Setup&)> sections[] = {
    {"orders", measure_orders},      {"syncs", measure_syncs},       {"streams", measure_streams},
    {"large", measure_large_market}, {"recovery", measure_recovery},
};

/// Small numbers, so that everything runs within half a minute.
void make_quick(Setup& setup) {
    setup.clients = {1, 8};
    setup.rounds = 1;
    setup.round_seconds = 0.5;
    setup.machines = 100;
    setup.bids = 2'000;
    setup.records = 20'000;
}

/// A server with 512 clients needs more than the usual 1,024 files.
void raise_files_max() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

int measure(int argc, char** argv) {
    Setup setup;
    setup.self = std::filesystem::read_symlink("/proc/self/exe");
    setup.server = setup.self.parent_path() / "gigaspot-server";
    setup.folder = std::filesystem::temp_directory_path();
    CLI::App app{"Measures gigaspot-server: all sections, or those that are named.",
                 "gigaspot_load"};
    app.add_option("--server", setup.server, "The program to measure [beside this one]");
    app.add_option("--folder", setup.folder, "Where to put data; must be on a disk [/tmp]");
    app.add_option("--postgres", setup.postgres_programs, "The folder of initdb and postgres")
        ->capture_default_str();
    app.add_option("--postgres-connections", setup.postgres_connections,
                   "How many connections the baseline has")
        ->capture_default_str();
    app.add_flag("--without-postgres", setup.is_without_postgres, "Measure no baseline");
    app.add_flag("--quick", setup.is_quick, "Small numbers: tests the program, measures nothing");
    app.add_option("--clients", setup.clients, "How many clients at a time")->capture_default_str();
    app.add_option("--rounds", setup.rounds, "Rounds per row")->capture_default_str();
    app.add_option("--round-seconds", setup.round_seconds, "Length of a round")
        ->capture_default_str();
    for (const auto& [name, section] : sections) app.add_subcommand(name)->fallthrough();
    CLI::App* const baseline = app.add_subcommand("postgres-server")->group("");
    std::string socket_folder;
    baseline->add_option("--socket-folder", socket_folder)->required();
    baseline->add_option("--postgres-connections", setup.postgres_connections);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    if (baseline->parsed()) return serve_postgres(socket_folder, setup.postgres_connections);
    if (setup.is_quick) make_quick(setup);
    const auto is_section = [&](std::string_view text) {
        return std::any_of(std::begin(sections), std::end(sections),
                           [&](const auto& section) { return section.first == text; });
    };
    for (int i = 1; i < argc; ++i) {
        if (!is_section(argv[i])) setup.options += fmt::format(" {}", argv[i]);
    }
    const bool is_all = app.get_subcommands().empty();
    for (const auto& [name, section] : sections) {
        if (is_all || app.got_subcommand(name)) section(setup);
    }
    return 0;
}

}  // namespace
}  // namespace market_load

int main(int argc, char** argv) {
    try {
        std::signal(SIGPIPE, SIG_IGN);
        market_load::raise_files_max();
        if (sodium_init() < 0) throw std::runtime_error{"libsodium cannot be started"};
        return market_load::measure(argc, argv);
    } catch (const std::exception& error) {
        fmt::print(stderr, "gigaspot_load: {}\n", error.what());
        return 1;
    }
}
