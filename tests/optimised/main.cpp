// A program of a user that includes every public header, and reads, replays, saves and prints. It
// is compiled with -O3, since compilers look for more mistakes where they optimise. It is not run.
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gigaspot/format.hpp>
#include <gigaspot/gigaspot.hpp>
#include <gigaspot/json.hpp>

namespace {

std::string text_of(const gigaspot::DocumentError& error) {
    return error.path + fmt::format(" {}\n", error);
}

template <class Skipped>
std::string text_of(const std::vector<Skipped>& skipped) {
    std::string text;
    for (const Skipped& one : skipped) text += one.path + '\n';
    return text;
}

std::string read(const std::string& text) {
    gigaspot::MarketNames names;
    std::string printed;
    if (const auto document = gigaspot::read_snapshot(text, names)) {
        printed += text_of(document->skipped);
    } else {
        printed += text_of(document.error());
    }
    if (const auto orders = gigaspot::read_create_orders(text, names)) {
        printed += text_of(orders->skipped());
        for (const auto& order : orders->orders()) printed += fmt::format("{}\n", order.bid.price);
    } else {
        printed += text_of(orders.error());
    }
    if (const auto orders = gigaspot::read_edit_orders(text)) {
        printed += text_of(orders->skipped);
    } else {
        printed += text_of(orders.error());
    }
    if (const auto ids = gigaspot::read_cancel_orders(text); !ids) printed += text_of(ids.error());
    if (const auto profiles = gigaspot::read_overclock(text); !profiles)
        printed += text_of(profiles.error());
    if (const auto answer = gigaspot::read_market_answer(text); !answer)
        printed += text_of(answer.error());
    return printed;
}

std::string replay(std::string_view line) {
    gigaspot::Replay market;
    std::string printed;
    market.take(line, [&](std::string_view lines) { printed += lines; });
    auto restored = gigaspot::Replay::restore(market.save());
    if (!restored) return fmt::format("{}\n", restored.error());
    gigaspot::Engine& engine = restored->engine();
    std::vector<gigaspot::Event> events;
    if (const auto closed = engine.close(engine.now(), events); !closed)
        printed += fmt::format("{}\n", closed.error());
    if (const auto closed = engine.close(engine.now()))
        events.assign(closed->begin(), closed->end());
    for (const gigaspot::Event& event : events) printed += fmt::format("{}\n", event);
    gigaspot::Explanation out[10];
    for (const auto& one : engine.explain(7, out)) printed += fmt::format("{}\n", one.ranked.id);
    return printed + fmt::format("{}\n", engine.choice(7).profit);
}

}  // namespace

int main(int count, char** texts) {
    for (int i = 1; i < count; ++i) fmt::print("{}{}", read(texts[i]), replay(texts[i]));
}
