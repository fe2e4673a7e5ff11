// A program of a user whose ids are UUIDs, and which reads the events of its market. It is compiled
// with -O3 and not run.
#include <string>
#include <string_view>
#include <variant>

#include <gigaspot/gigaspot.hpp>
#include <gigaspot/json.hpp>

#include "support/uuid.hpp"

namespace {

struct MyTraits : gigaspot::DefaultTraits {
    using HostId = uuids::Uuid;
    using BidId = uuids::Uuid;
    using OwnerId = uuids::Uuid;
};

std::string replay(std::string_view line) {
    gigaspot::BasicReplay<MyTraits> market;
    std::string told;
    market.take(line, [&](std::string_view lines) { told += lines; });
    auto restored = gigaspot::BasicReplay<MyTraits>::restore(market.save());
    if (restored) restored->take(line, [&](std::string_view lines) { told += lines; });
    return told;
}

std::string journal(std::string_view line) {
    gigaspot::MarketNames names;
    gigaspot::BasicCommandReader<MyTraits> reader;
    std::string text;
    if (const auto command = reader.read(line, names))
        static_cast<void>(gigaspot::CommandText{text, names}.put(command->command, command->time));
    return text;
}

std::string read(std::string_view line) {
    gigaspot::MarketNames names;
    gigaspot::BasicEventReader<MyTraits> reader;
    std::string text;
    const auto event = reader.read(line, names);
    if (!event) return event.error().detail;
    std::visit([&](const auto& one) { gigaspot::EventText{text, names}.put(one); }, *event);
    return text;
}

}  // namespace

int main(int count, char** texts) {
    std::size_t bytes = 0;
    for (int i = 1; i < count; ++i)
        bytes += replay(texts[i]).size() + journal(texts[i]).size() + read(texts[i]).size();
    return bytes == 0 ? 1 : 0;
}
