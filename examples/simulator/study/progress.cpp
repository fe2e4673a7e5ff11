#include "study/progress.hpp"

#include <cstdint>
#include <cstdio>
#include <unistd.h>

#include <fmt/format.h>

namespace simulator {

namespace {

constexpr std::size_t bar_width = 24;

/// "1:05" or "2:01:05"
std::string write_time(std::int64_t seconds) {
    if (seconds >= 3'600)
        return fmt::format("{}:{:02}:{:02}", seconds / 3'600, seconds / 60 % 60, seconds % 60);
    return fmt::format("{}:{:02}", seconds / 60, seconds % 60);
}

}  // namespace

std::string progress_text(const std::string& phase, std::size_t done, std::size_t total,
                          std::chrono::milliseconds elapsed) {
    const std::size_t filled = total == 0 ? bar_width : bar_width * done / total;
    std::string text = fmt::format("{} [{}{}] {} of {} runs", phase, std::string(filled, '='),
                                   std::string(bar_width - filled, ' '), done, total);
    if (done == 0 || done >= total) return text;
    const auto left =
        elapsed.count() * static_cast<std::int64_t>(total - done) / static_cast<std::int64_t>(done);
    return text + fmt::format(", {} left", write_time((left + 999) / 1'000));
}

ProgressBar::ProgressBar() : is_terminal_{isatty(STDERR_FILENO) == 1} {}

ProgressBar::~ProgressBar() { clear(); }

void ProgressBar::show(const std::string& phase, std::size_t done, std::size_t total) {
    if (!is_terminal_) return;
    const Clock::time_point now = Clock::now();
    if (phase != phase_ || done == 0) {
        phase_ = phase;
        begin_ = now;
    } else if (is_shown_ && done < total && now - shown_ < std::chrono::milliseconds{100}) {
        return;
    }
    shown_ = now;
    is_shown_ = true;
    const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(now - begin_);
    fmt::print(stderr, "\r\033[K{}", progress_text(phase, done, total, elapsed));
    std::fflush(stderr);
}

void ProgressBar::clear() {
    if (!is_shown_) return;
    fmt::print(stderr, "\r\033[K");
    std::fflush(stderr);
    is_shown_ = false;
}

}  // namespace simulator
