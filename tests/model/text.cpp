// Checks that streams as lines of text lead to the same market as streams of values. So a stream
// that was written to a file fails in the same way. `write COUNT` prints streams instead:
// for each a line with its seed and the flags of `gigaspot replay`, then its commands. The Python
// judge reads them (tests/tool/test_model_streams.py).
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <gigaspot/engine/save.hpp>
#include <gigaspot/json/replay.hpp>

#include "generator.hpp"
#include "naive_market.hpp"
#include "scenario.hpp"

namespace {

/// Returns what is wrong with a stream, or nothing.
std::optional<std::string> run(std::uint64_t seed) {
    using namespace model;
    Generator generator{seed};
    NaiveMarket market{generator.policy(), generator.limits()};
    Engine engine{generator.policy(), generator.limits()};
    Replay replay{generator.policy(), clore_currency, generator.limits()};
    // Names get their numbers in the order in which they occur.
    for (std::uint8_t number = 1; number < limits::currencies_max; ++number)
        static_cast<void>(replay.names().find_or_add_currency(currency_name(Currency{number})));
    for (std::uint64_t number = 1; number <= 4; ++number)
        static_cast<void>(replay.names().find_or_add_model(model_name(GpuModel{number})));

    std::string out;
    while (const std::optional<Step> step = generator.next()) {
        const std::string line = line_of(*step, market);
        out.clear();
        replay.take({line.data(), line.size() - 1}, [&](std::string_view text) { out += text; });
        static_cast<void>(
            engine.apply(step->command(), step->time, [](const auto&) {}).has_value());
        const Outcome outcome = market.apply(step->command(), step->time);
        generator.learn(*step, outcome.is_accepted, outcome.events);

        const Counters by_text = replay.engine().counters();
        const Counters by_value = engine.counters();
        if (by_text.commands != by_value.commands || by_text.rejected != by_value.rejected)
            return fmt::format("{}{}wanted: {}", line, out,
                               outcome.is_accepted
                                   ? "accepted\n"
                                   : fmt::format("{}\n", outcome.reasons.front().code));
    }
    if (digest(replay.engine()) != digest(engine)) return "the markets differ at the end\n";
    return std::nullopt;
}

/// Prints a stream as lines of JSON: its settings, and each command with the events that it causes.
void write(std::uint64_t seed) {
    using namespace model;
    Generator generator{seed};
    const Policy& policy = generator.policy();
    const EngineLimits& limits = generator.limits();
    NaiveMarket market{policy, limits};
    Replay replay{policy, clore_currency, limits};
    fmt::print(R"({{"seed":{},"flags":"{}","price_min":{},"price_max":{},)", seed,
               flags_of({.policy = policy}), policy.price_min.count(), policy.price_max.count());
    fmt::print(R"("hosts_max":{},"bids_max":{},"host_bids_max":{},"owner_bids_max":{}}})"
               "\n",
               limits.hosts, limits.bids, limits.bids_per_host, limits.bids_per_owner);
    while (const std::optional<Step> step = generator.next()) {
        const std::string line = line_of(*step, market);
        fmt::print("{}", line);
        replay.take({line.data(), line.size() - 1},
                    [](std::string_view text) { fmt::print("{}", text); });
        const Outcome outcome = market.apply(step->command(), step->time);
        generator.learn(*step, outcome.is_accepted, outcome.events);
    }
}

}  // namespace

int main(int count, char** words) {
    if (count == 3 && std::string_view{words[1]} == "write") {
        const std::uint64_t streams = std::strtoull(words[2], nullptr, 10);
        for (std::uint64_t seed = 0; seed < streams; ++seed) write(seed);
        return 0;
    }
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
        if (const auto wrong = run(seed)) {
            fmt::print(stderr, "seed {}: {}", seed, *wrong);
            return 1;
        }
    }
}
