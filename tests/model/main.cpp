// The engine against a naive market, on streams of random commands. Part 0 of 2 runs the even
// seeds, part 1 the odd ones; GIGASPOT_STREAMS says how many streams there are in all.
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "comparison.hpp"

int main(int argc, char** argv) {
    const auto number = [](const char* text) { return std::strtoull(text, nullptr, 10); };
    std::uint64_t first = argc > 1 ? number(argv[1]) : 0;
    const std::uint64_t step = argc > 2 ? number(argv[2]) : 1;
    const char* wish = std::getenv("GIGASPOT_STREAMS");
    const std::uint64_t streams = wish != nullptr ? number(wish) : 2'000;
    std::uint64_t commands = 0;
    for (std::uint64_t seed = first; seed < streams; seed += step) {
        const auto failure = model::run_seed(seed, [&](auto&, auto&) { ++commands; });
        if (!failure) continue;
        fmt::print("seed {}, step {}: {}\n", seed, failure->stream.steps.size(), failure->what);
        return 1;
    }
    fmt::print("{} commands\n", commands);
}
