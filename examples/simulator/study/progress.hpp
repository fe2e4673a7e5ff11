// gigaspot-simulate: a progress bar with the time left, on a terminal only.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace simulator {

/// Shows on standard error how far the runs are. It writes nothing if that is not a terminal.
class ProgressBar {
public:
    ProgressBar();
    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;
    ~ProgressBar();

    void show(const std::string& phase, std::size_t done, std::size_t total);
    /// Removes the bar, so that messages can follow.
    void clear();

private:
    using Clock = std::chrono::steady_clock;

    bool is_terminal_;
    bool is_shown_ = false;
    std::string phase_{};
    Clock::time_point begin_{};
    Clock::time_point shown_{};
};

/// The text of the bar: "simulate [=====     ] 12 of 24 runs, 1:05 left". It has no time before
/// the first run has ended.
[[nodiscard]] std::string progress_text(const std::string& phase, std::size_t done,
                                        std::size_t total, std::chrono::milliseconds elapsed);

}  // namespace simulator
