// Any lines as commands of a live market. Each line that is not blank is answered with events,
// which a subscriber reads and writes again. A command that is written again is read as the same
// line. A market that was saved half-way goes on as if nothing had happened.
#include <string>
#include <string_view>
#include <variant>

#include <gigaspot/engine/save.hpp>
#include <gigaspot/json/command_reader.hpp>
#include <gigaspot/json/command_text.hpp>
#include <gigaspot/json/event_reader.hpp>
#include <gigaspot/json/event_text.hpp>
#include <gigaspot/json/reader/fault.hpp>
#include <gigaspot/json/reader/line_kind.hpp>
#include <gigaspot/json/replay.hpp>

#include "fuzz.hpp"

using namespace gigaspot;

namespace {

Policy policy_of(std::uint64_t choices) {
    Policy policy;
    policy.refill = (choices & 1) != 0 ? Refill::at_once : Refill::at_close;
    policy.require_cached = (choices & 2) != 0;
    policy.queue_unavailable = (choices & 4) != 0;
    if ((choices & 8) != 0) policy.interval_min = Duration{};
    if ((choices & 16) != 0) policy.dwell_min = Duration::unchecked(3'600'000);
    return policy;
}

/// Another program that reads the events of the market.
struct Subscriber {
    EventReader reader{};
    MarketNames names{};
};

void check_answer(std::string_view answer, Subscriber& subscriber) {
    fuzz::expect(!answer.empty() && answer.back() == '\n', "a command has no answer");
    while (!answer.empty()) {
        const std::size_t end = answer.find('\n');
        const std::string line{answer.substr(0, end)};
        fuzz::expect(detail::JsonScan{line}.find_fault().problem.empty(), "an answer is not JSON");
        const auto event = subscriber.reader.read(line, subscriber.names);
        fuzz::expect(event.has_value(), "an event is not read");
        std::string again;
        std::visit([&](const auto& one) { EventText{again, subscriber.names}.put(one); }, *event);
        fuzz::expect(again == line + '\n', "an event that was read is written as another");
        answer.remove_prefix(end + 1);
    }
}

std::string answer_to(Replay& replay, std::string_view line) {
    std::string answer;
    replay.take(line, [&](std::string_view text) { answer += text; });
    return answer;
}

/// The canonical line of a command; empty if the line is not a command.
std::string written(CommandReader& reader, MarketNames& names, std::string_view line) {
    std::string text;
    const auto read = reader.read(line, names);
    if (!read || reader.name_problem()) return text;
    fuzz::expect(CommandText{text, names}.put(read->command, read->time) == Code::none,
                 "a command that was read is not written");
    text.pop_back();
    return text;
}

}  // namespace

void fuzz::replay(Bytes bytes) {
    const Policy policy = policy_of(take_number(bytes, 1));
    const std::string text = text_of(bytes);
    Replay replay{policy};
    Replay twin{policy};
    MarketNames names;
    CommandReader reader;
    Subscriber subscriber;
    bool is_saved = false;
    std::uint64_t commands = 0;
    for (std::string_view rest = text; !rest.empty();) {
        const std::size_t end = rest.find('\n');
        const std::string_view line = rest.substr(0, end);
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
        const std::string answer = answer_to(replay, line);
        expect(answer_to(twin, line) == answer, "the same commands gave other answers");
        if (detail::without_utf8_mark(line).find_first_not_of(" \t\r") == std::string_view::npos) {
            expect(answer.empty(), "a blank line is answered");
            continue;
        }
        ++commands;
        check_answer(answer, subscriber);
        const std::string canonical = written(reader, names, line);
        if (!canonical.empty())
            expect(written(reader, names, canonical) == canonical,
                   "a command that was written is read as another");
        if (!is_saved && rest.size() < text.size() / 2) {  // half-way
            is_saved = true;
            const SavedBytes saved = twin.save();
            auto restored = Replay::restore({saved.data(), saved.size()}, policy);
            expect(restored.has_value(), "a saved market is not restored");
            expect(restored->save() == saved, "restored and saved again, the bytes differ");
            twin = *std::move(restored);
        }
    }
    expect(replay.engine().counters().commands == commands, "a command is not counted");
    expect(digest(replay.engine()) == digest(twin.engine()),
           "the same commands gave another digest");
}
