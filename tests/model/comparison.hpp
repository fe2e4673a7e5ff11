// Runs a stream through the engine and the naive market, and compares them after every command.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include <fmt/format.h>

#include <gigaspot/engine/engine.hpp>
#include <gigaspot/engine/save.hpp>
#include <gigaspot/format/rules.hpp>

#include "audit.hpp"
#include "engines.hpp"
#include "generator.hpp"
#include "holdings.hpp"
#include "naive_market.hpp"
#include "questions.hpp"

namespace model {

inline std::string text_of(const Event& event) {
    return fmt::format("{} host {} bid {} owner {} {} profit {} amount {} fee {} {} time {} #{}",
                       name(event.kind), event.host, event.bid, event.owner, name(event.reason),
                       event.profit, event.amount, event.fee, event.currency, event.time,
                       event.command);
}

inline std::string text_of(const Outcome& outcome) {
    std::string text = fmt::format("command {}\n", outcome.command);
    for (const Violation& reason : outcome.reasons)
        text += fmt::format("  rejected at {}: {}\n", outcome.rejected_at, reason);
    for (const Event& event : outcome.events) text += fmt::format("  {}\n", text_of(event));
    return text;
}

/// Returns both outcomes as text if they differ.
inline std::optional<std::string> difference(const char* whose, const Outcome& found,
                                             const Outcome& wanted) {
    const bool is_same = found.is_accepted == wanted.is_accepted &&
                         found.command == wanted.command && found.events == wanted.events &&
                         found.reasons == wanted.reasons &&
                         (wanted.is_accepted || found.rejected_at == wanted.rejected_at);
    if (is_same) return std::nullopt;
    return fmt::format("{}: {}wanted: {}", whose, text_of(found), text_of(wanted));
}

class Comparison {
public:
    explicit Comparison(const Stream& stream)
        : policy_{stream.policy}, limits_{stream.limits}, market_{policy_, limits_},
          engine_{policy_, limits_}, has_saves_{stream.seed % 3 == 0} {
        if (stream.seed % 4 == 1) by_handles_.emplace(policy_, limits_);
        if (stream.seed % 8 == 2) disturbed_.emplace(policy_, limits_);
    }

    /// Runs a step. Returns what is wrong after it, or nothing.
    std::optional<std::string> take(const Step& step) {
        if (disturbed_ && !disturbed_->run(step, market_))
            return "the engine accepted a command that it must reject";
        const Command command = step.command();
        wanted_ = market_.apply(command, step.time);
        const Outcome found = NamedCalls{engine_, step}.run();
        if (auto wrong = difference("engine", found, wanted_)) return wrong;
        rejected_ += wanted_.is_accepted ? 0 : 1;
        const Counters counters = engine_.counters();
        if (counters.commands != market_.commands() || counters.rejected != rejected_)
            return "the counters differ";
        if (by_handles_) {
            if (auto wrong = difference("by handles", by_handles_->run(step), wanted_))
                return wrong;
        }
        if (wanted_.is_accepted) {
            if (auto wrong = audit_.book(command, found.events, market_.take_gone(), market_,
                                         engine_.totals().bids))
                return wrong;
        }
        return now_and_then(step.salt);
    }

    /// Returns what is wrong after the last step, or nothing.
    std::optional<std::string> finish() {
        if (auto wrong = audit_.check(market_)) return wrong;
        if (auto wrong = Holdings{engine_, market_, 0}.visit_all()) return wrong;
        return check_digests();
    }

    /// The naive market's state and outcome after the last step.
    [[nodiscard]] const Policy& policy() const { return policy_; }
    [[nodiscard]] const Outcome& wanted() const { return wanted_; }
    [[nodiscard]] const NaiveMarket& market() const { return market_; }
    [[nodiscard]] Engine& engine() { return engine_; }

private:
    std::optional<std::string> now_and_then(std::uint64_t salt) {
        Random random{salt};
        Holdings holdings{engine_, market_, salt};
        if (auto wrong = holdings.ask_about_one()) return wrong;
        if (random.once_in(60)) {
            if (auto wrong = holdings.visit_all()) return wrong;
        }
        if (random.once_in(24)) {
            if (auto wrong = audit_.check(market_)) return wrong;
        }
        if (random.once_in(10)) {
            if (auto wrong = Questions{engine_, market_, salt}.ask()) return wrong;
        }
        if (random.once_in(40)) {
            if (auto wrong = check_digests()) return wrong;
        }
        if (has_saves_ && random.once_in(25)) return save_and_restore();
        return std::nullopt;
    }

    std::optional<std::string> check_digests() const {
        const std::uint64_t ours = digest(engine_);
        if (by_handles_ && digest(by_handles_->engine) != ours)
            return "by handles: the digest differs";
        if (disturbed_ && digest(disturbed_->engine) != ours)
            return "disturbed: the digest differs";
        return std::nullopt;
    }

    /// Replaces the engine by one that is restored from its save.
    std::optional<std::string> save_and_restore() {
        const SavedBytes bytes = save(engine_);
        auto restored =
            restore(std::span<const std::byte>{bytes.data(), bytes.size()}, policy_, limits_);
        if (!restored) return fmt::format("the save was not restored: {}", name(restored.error()));
        if (digest(*restored) != digest(engine_)) return "restored: the digest differs";
        if (save(*restored) != bytes) return "restored: the saved bytes differ";
        engine_ = *std::move(restored);
        return std::nullopt;
    }

    Policy policy_;
    EngineLimits limits_;
    NaiveMarket market_;
    Engine engine_;
    std::optional<ByHandles> by_handles_{};
    std::optional<Disturbed> disturbed_{};
    Audit audit_{};
    Outcome wanted_{};
    std::uint64_t rejected_ = 0;
    bool has_saves_;
};

/// A stream up to the step that fails.
struct Failure {
    Stream stream{};
    std::string what{};
};

/// Draws a stream and runs it. `see(comparison, step)` is called after each step.
template <class See>
std::optional<Failure> run_seed(std::uint64_t seed, See see, Tape tape = {}) {
    Generator generator{seed, tape};
    Stream stream{.seed = seed, .policy = generator.policy(), .limits = generator.limits()};
    Comparison comparison{stream};
    while (std::optional<Step> step = generator.next()) {
        stream.steps.push_back(*step);
        if (auto wrong = comparison.take(*step)) return Failure{stream, *wrong};
        generator.learn(*step, comparison.wanted().is_accepted, comparison.wanted().events);
        see(comparison, *step);
    }
    if (auto wrong = comparison.finish()) return Failure{stream, *wrong};
    return std::nullopt;
}

/// Runs the steps of a stream again.
inline std::optional<std::string> run_again(const Stream& stream) {
    Comparison comparison{stream};
    for (const Step& step : stream.steps) {
        if (auto wrong = comparison.take(step)) return wrong;
    }
    return comparison.finish();
}

}  // namespace model
