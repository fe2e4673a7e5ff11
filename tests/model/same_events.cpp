// Checks that the same commands give the same events with every compiler and in every build. It
// prints a hash of the events of many streams, and a hash of the markets at their ends. It compares
// them with a golden file, if one is given. The naive market confirms the first line of that file.
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <optional>
#include <vector>

#include <gigaspot/engine/engine.hpp>
#include <gigaspot/engine/save.hpp>

#include "event_hash.hpp"
#include "generator.hpp"

int main(int argc, char** argv) {
    using namespace model;
    EventHash events_hash;
    EventHash digests;
    std::vector<Event> events;
    for (std::uint64_t seed = 0; seed < golden_streams; ++seed) {
        Generator generator{seed};
        Engine engine{generator.policy(), generator.limits()};
        while (const std::optional<Step> step = generator.next()) {
            events.clear();
            const auto done = engine.apply(step->command(), step->time,
                                           [&](const Event& event) { events.push_back(event); });
            if (done) {
                events_hash.put(events);
            } else {
                const Rejection& rejection = done.error();
                events_hash.put(rejection.time, rejection.command, rejection.reasons);
            }
            generator.learn(*step, done.has_value(), events);
        }
        digests.put(digest(engine));
    }

    char text[128];
    std::snprintf(text, sizeof(text), "events %016" PRIx64 "\ndigests %016" PRIx64 "\n",
                  events_hash.value(), digests.value());
    std::fputs(text, stdout);
    if (argc < 2) return 0;
    char golden[128]{};
    std::FILE* file = std::fopen(argv[1], "rb");
    if (file == nullptr) {
        std::perror(argv[1]);
        return 1;
    }
    const std::size_t size = std::fread(golden, 1, sizeof(golden) - 1, file);
    std::fclose(file);
    if (size == std::strlen(text) && std::strcmp(golden, text) == 0) return 0;
    std::fprintf(stderr, "these hashes differ from those in %s\n", argv[1]);
    return 1;
}
