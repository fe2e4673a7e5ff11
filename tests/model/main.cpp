// Compares the engine with a naive market on streams of random commands.
//
//     gigaspot_model PART PARTS     the seeds of one part: PART, PART + PARTS, ...
//     gigaspot_model seed N         one seed
//     gigaspot_model golden FILE    the hash of events in this file, by the naive market alone
//     gigaspot_model threads        streams on two threads, each with an engine of its own
//
// GIGASPOT_STREAMS sets the number of streams in all parts together, and of as many streams in
// which the rates of several currencies move. A stream that fails is shrunk for at most
// GIGASPOT_SHRINK seconds and written as lines of commands to the current folder.
#include <array>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include <fmt/format.h>

#include "comparison.hpp"
#include "corners.hpp"
#include "coverage.hpp"
#include "event_hash.hpp"
#include "scenario.hpp"
#include "shrink.hpp"

namespace {

std::uint64_t number(const char* text, std::uint64_t otherwise) {
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

constexpr std::uint64_t streams_on_threads = 200;

volatile std::uint64_t present_seed = 0;

/// Prints the seed when a signal ends the program, such as after a broken promise.
extern "C" void name_the_seed(int signal_number) {
    std::fprintf(stderr, "gigaspot_model: seed %llu\n",
                 static_cast<unsigned long long>(present_seed));
    std::signal(signal_number, SIG_DFL);
    std::raise(signal_number);
}

void report(const model::Failure& failure) {
    const std::uint64_t seed = failure.stream.seed;
    fmt::print(stderr, "seed {}, command {}: {}\n", seed, failure.stream.steps.size(),
               failure.what);
    const auto patience = static_cast<std::int64_t>(number(std::getenv("GIGASPOT_SHRINK"), 20));
    const model::Failure small = model::Shrinker{failure, std::chrono::seconds{patience}}.run();
    const std::string path = fmt::format("model_{}.jsonl", seed);
    std::ofstream{path} << model::scenario_of(small.stream);
    fmt::print(stderr, "{} commands fail too: {}\ngigaspot replay{} {}\n",
               small.stream.steps.size(), small.what, model::flags_of(small.stream), path);
    const std::string beyond = model::beyond_flags(small.stream);
    if (!beyond.empty())
        fmt::print(stderr, "the tool has no flags for these settings of the stream:{}\n", beyond);
}

/// Runs the stream of a seed. Returns whether it passes.
bool run(std::uint64_t seed, model::Coverage& coverage) {
    present_seed = seed;
    try {
        const auto failure = model::run_seed(
            seed, [&](auto& comparison, const auto& step) { coverage.add(comparison, step); });
        if (failure) report(*failure);
        return !failure;
    } catch (const std::exception& error) {
        fmt::print(stderr, "seed {}: {}\n", seed, error.what());
        return false;
    }
}

/// Returns whether the first line of a file is the naive market's hash of the golden streams.
bool check_golden(const char* path) {
    model::EventHash hash;
    for (std::uint64_t seed = 0; seed < model::golden_streams; ++seed) {
        model::Generator generator{seed};
        model::NaiveMarket market{generator.policy(), generator.limits()};
        while (const std::optional<model::Step> step = generator.next()) {
            const model::Outcome outcome = market.apply(step->command(), step->time);
            if (outcome.is_accepted) {
                hash.put(outcome.events);
            } else {
                hash.put(outcome.rejected_at, outcome.command, outcome.reasons);
            }
            generator.learn(*step, outcome.is_accepted, outcome.events);
        }
    }
    std::string found;
    std::getline(std::ifstream{path} >> std::ws, found);
    const std::string wanted = fmt::format("events {:016x}", hash.value());
    if (found == wanted) return true;
    fmt::print(stderr, "{}: wanted: {}\nfound: {}\n", path, wanted, found);
    return false;
}

/// Runs the same streams on two threads. Engines share nothing, so no stream fails, and the thread
/// sanitizer finds no memory that both use.
bool run_on_threads() {
    std::array<std::uint64_t, 2> failures{};
    std::array<std::thread, 2> threads;
    for (std::size_t i = 0; i < threads.size(); ++i) {
        threads[i] = std::thread{[&failed = failures[i]] {
            for (std::uint64_t seed = 0; seed < streams_on_threads; ++seed) {
                if (model::run_seed(seed, [](auto&, const auto&) {})) ++failed;
            }
        }};
    }
    for (std::thread& thread : threads) thread.join();
    return failures == std::array<std::uint64_t, 2>{};
}

}  // namespace

int main(int argc, char** argv) {
    for (const int signal_number : {SIGABRT, SIGSEGV, SIGFPE})
        std::signal(signal_number, name_the_seed);
    model::Coverage coverage;
    if (argc == 3 && std::string_view{argv[1]} == "seed")
        return run(number(argv[2], 0), coverage) ? 0 : 1;
    if (argc == 3 && std::string_view{argv[1]} == "golden") return check_golden(argv[2]) ? 0 : 1;

    if (argc == 2 && std::string_view{argv[1]} == "threads") return run_on_threads() ? 0 : 1;

    const std::uint64_t part = number(argc > 2 ? argv[1] : nullptr, 0);
    const std::uint64_t parts = number(argc > 2 ? argv[2] : nullptr, 1);
    const std::uint64_t streams = number(std::getenv("GIGASPOT_STREAMS"), 6'000);
    if (const auto failure = model::run_corners()) {
        report(*failure);
        return 1;
    }
    for (std::uint64_t seed = part; seed < streams; seed += parts) {
        if (!run(seed, coverage)) return 1;
        if (!run(model::first_seed_of_rates + seed, coverage)) return 1;
    }
    fmt::print("{}\n", coverage.text());
    const std::string missing = coverage.missing();
    if (streams / parts >= 2'000 && !missing.empty()) {
        fmt::print(stderr, "the streams never reached:{}\n", missing);
        return 1;
    }
    return 0;
}
