// Plays all sequences of a game's moves, up to a length, on an engine and audits each move.
// GIGASPOT_DEPTH=n sets the length of every game to n moves.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "auditor.hpp"
#include "facts.hpp"

namespace incentives {

/// A command of a game, and how long after the previous one it happens.
struct Step {
    const char* words;
    Move move;
    std::int64_t milliseconds = 1'000;
};

struct Game {
    const char* name;
    std::size_t length;  ///< of the sequences, in moves
    std::vector<Step> setup;
    std::vector<Step> moves;
    std::vector<Policy> policies;
    EngineLimits limits{};
};

/// Describes how a market differs from what the auditor knows about it. The default does not
/// differ; `cheats.cpp` has markets that do.
struct Honest {
    static Policy policy(Policy policy) { return policy; }
    static EngineLimits limits(const EngineLimits& limits) { return limits; }
    static Move move(const Move& move) { return move; }
    static void tamper(std::vector<MarketEvent>&) {}
};

/// Returns GIGASPOT_DEPTH, or the game's own length.
inline std::size_t length_of(const Game& game) {
    if (const char* depth = std::getenv("GIGASPOT_DEPTH")) return std::strtoul(depth, nullptr, 10);
    return game.length;
}

template <class Cheat = Honest>
class Search {
public:
    Search(const Game& game, std::size_t length, Cheat cheat = {})
        : game_{game}, cheat_{std::move(cheat)}, length_{length} {
        for (const Policy& policy : game_.policies) {
            if (!play_under(policy)) return;
        }
    }

    /// Plays all sequences under all policies, up to the first that breaks a promise. Returns their
    /// number.
    [[nodiscard]] std::uint64_t sequences() const { return sequences_; }
    [[nodiscard]] const Seen& seen() const { return seen_; }
    /// Returns which promise was broken and how, or nothing.
    [[nodiscard]] const std::string& story() const { return story_; }

private:
    struct Level {
        Market market;
        Auditor auditor;
    };

    bool play_under(const Policy& policy) {
        // The markets after the setup and after each move.
        levels_.assign(length_ + 1, {Market{cheat_.policy(policy), cheat_.limits(game_.limits)},
                                     Auditor{policy, game_.limits}});
        now_ = 0;
        for (const Step& step : game_.setup) {
            now_ += step.milliseconds;
            if (!play(levels_[0], step)) return false;
        }
        return play_from(0);
    }

    bool play_from(std::size_t level) {
        if (level == length_) return true;
        for (const Step& step : game_.moves) {
            levels_[level + 1] = levels_[level];
            path_.push_back(&step);
            now_ += step.milliseconds;
            ++sequences_;
            if (!play(levels_[level + 1], step)) return false;
            // A rejected command has changed nothing, so the sequence continues without it.
            if (is_accepted_ && !play_from(level + 1)) return false;
            now_ -= step.milliseconds;
            path_.pop_back();
        }
        return true;
    }

    bool play(Level& level, const Step& step) {
        events_.clear();
        const Timestamp now = Timestamp::unchecked(now_);
        const auto done =
            level.market.apply(cheat_.move(step.move), now,
                               [&](const MarketEvent& event) { events_.push_back(event); });
        is_accepted_ = done.has_value();
        cheat_.tamper(events_);
        const Code rejection = is_accepted_ ? Code::none : done.error().code();
        const char* objection =
            level.auditor.observe(step.move, now, rejection, events_, level.market, seen_);
        if (objection == nullptr) return true;
        story_ = std::string{objection} + ", but:";
        if (path_.empty()) story_ += std::string{"\n    "} + step.words;
        for (const Step* made : path_)
            story_ += "\n    " + std::to_string(made->milliseconds) + " ms later: " + made->words;
        return false;
    }

    const Game& game_;
    Cheat cheat_;
    std::size_t length_;
    std::vector<Level> levels_;
    std::vector<const Step*> path_;
    std::vector<MarketEvent> events_;
    std::int64_t now_ = 0;
    std::uint64_t sequences_ = 0;
    Seen seen_{};
    bool is_accepted_ = false;
    std::string story_;
};

/// Returns the shortest sequence that breaks a promise, as a story, or an empty text.
template <class Cheat = Honest>
std::string shortest_story(const Game& game, std::size_t longest, Cheat cheat = {}) {
    for (std::size_t length = 1; length <= longest; ++length) {
        const Search search{game, length, cheat};
        if (!search.story().empty()) return search.story();
    }
    return {};
}

}  // namespace incentives
