// Runs the benchmarks. It takes three options of its own and all options of Google Benchmark.
#include <charconv>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <string_view>

#include <benchmark/benchmark.h>

#include "benchmarks.hpp"

namespace {

/// Takes `--name=number` out of the arguments. Returns false if the number is not valid.
bool take(int& argc, char** argv, std::string_view name, std::size_t& number) {
    for (int i = 1; i < argc; ++i) {
        const std::string_view text{argv[i]};
        if (!text.starts_with(name) || text.substr(name.size(), 1) != "=") continue;
        const std::string_view digits = text.substr(name.size() + 1);
        const char* end = digits.data() + digits.size();
        const auto [at, error] = std::from_chars(digits.data(), end, number);
        if (error != std::errc{} || at != end || number == 0) return false;
        std::memmove(argv + i, argv + i + 1, sizeof(char*) * static_cast<std::size_t>(argc - i));
        --argc;
        return true;
    }
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    bench::Size size;
    const bool is_understood = take(argc, argv, "--hosts", size.hosts) &&
                               take(argc, argv, "--bids-per-host", size.bids_per_host) &&
                               take(argc, argv, "--events", size.events);
    if (!is_understood) {
        std::fputs("--hosts, --bids-per-host and --events take a whole number, at least 1\n",
                   stderr);
        return 2;
    }
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;

    bench::Markets markets{size};
    bench::add_machine(markets);
    bench::add_events(markets);
    bench::add_rate_moves(markets);
    bench::add_energy_prices(markets);
    bench::add_adversaries(markets);
    bench::add_closes(markets);
    bench::add_brute_force(markets);
    bench::add_builds(markets);
    bench::add_replays(markets);
    bench::add_saves(markets);
    bench::add_scans();
    bench::add_shards(markets);
    bench::add_validations(markets);
    benchmark::RunSpecifiedBenchmarks();
    return bench::has_failed ? 1 : 0;
}
