// Hands each change of what to run to the operator's command.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "documents.hpp"
#include "log.hpp"
#include "pauses.hpp"

namespace market_server {

struct RunnerOptions {
    std::string command{};  ///< empty: print each run on standard output
    std::optional<Milliseconds> time_max{};
};

/// Runs one command at a time. If several changes come while it runs, only the newest counts.
class Runner {
public:
    /// `health_changed` is called when `is_broken` has changed.
    Runner(RunnerOptions options, Log& log, std::function<void()> health_changed);

    /// Says what to run now. `is_again`: even if the sequence is that of the last command. Any
    /// thread.
    void want(Assignment assignment, bool is_again = false);
    /// Stops what runs until the next `want`. Any thread.
    void interrupt();
    /// Whether a command failed, and neither has one succeeded nor its pause passed since. The
    /// pause also counts after a successful stop, so that a run that cannot start does not come
    /// back at once. Any thread.
    [[nodiscard]] bool is_broken() const;

    /// Runs commands until a stop; a command that runs then gets a short time to end.
    void loop(const std::stop_token& stop);
    /// After `loop`: hands over an empty run. Returns whether that succeeded.
    bool stop_workload();
    /// Whether anything was handed over yet.
    [[nodiscard]] bool has_run() const { return handed_.has_value(); }

private:
    [[nodiscard]] bool hand_over(const Assignment& assignment, const std::stop_token& stop);
    [[nodiscard]] std::string print(const Assignment& assignment) const;
    void succeeded(const Assignment& assignment);
    void failed();
    [[nodiscard]] bool is_new() const;

    RunnerOptions options_;
    Log& log_;
    std::function<void()> health_changed_;
    mutable std::mutex mutex_{};
    std::condition_variable_any changed_{};
    std::optional<Assignment> wanted_{};         ///< the newest
    bool is_again_ = false;                      ///< it must be handed over in any case
    std::optional<std::uint64_t> handed_{};      ///< the sequence of the last command
    bool is_done_ = false;                       ///< that command succeeded
    std::optional<Clock::time_point> broken_{};  ///< until then the machine counts as broken
    Pauses pauses_;
};

}  // namespace market_server
