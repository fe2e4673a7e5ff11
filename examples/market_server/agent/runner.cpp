#include "runner.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "process.hpp"

namespace market_server {
namespace {

using namespace std::chrono_literals;

constexpr Milliseconds first_pause = 1s;
constexpr Milliseconds pause_max = 5min;
constexpr Milliseconds grace = 10s;

}  // namespace

Runner::Runner(RunnerOptions options, Log& log, std::function<void()> health_changed)
    : options_{std::move(options)}, log_{log},
      health_changed_{std::move(health_changed)}, pauses_{first_pause, pause_max} {}

void Runner::want(Assignment assignment, bool is_again) {
    const std::lock_guard lock{mutex_};
    wanted_ = std::move(assignment);
    is_again_ = is_again_ || is_again;
    changed_.notify_all();
}

void Runner::interrupt() {
    const std::lock_guard lock{mutex_};
    if (!handed_) return;
    wanted_ = Assignment{.sequence = *handed_};
    is_again_ = true;
    changed_.notify_all();
}

/// Whether something waits to be handed over.
bool Runner::is_new() const { return wanted_ && (is_again_ || wanted_->sequence != handed_); }

bool Runner::is_broken() const {
    const std::lock_guard lock{mutex_};
    return broken_.has_value();
}

void Runner::loop(const std::stop_token& stop) {
    std::unique_lock lock{mutex_};
    while (!stop.stop_requested()) {
        const bool is_over = broken_ && Clock::now() >= *broken_;
        if (is_new() || (is_over && !is_done_)) {
            const Assignment assignment = *wanted_;
            handed_ = assignment.sequence;
            is_again_ = false;
            is_done_ = false;
            lock.unlock();
            const bool has_succeeded = hand_over(assignment, stop);
            if (stop.stop_requested()) return;
            lock.lock();
            is_done_ = has_succeeded;
            const bool was_broken = broken_.has_value();
            has_succeeded ? succeeded(assignment) : failed();
            if (was_broken == broken_.has_value()) continue;
        } else if (is_over) {
            broken_.reset();
        } else {
            const auto something = [&] { return is_new(); };
            if (broken_) {
                changed_.wait_until(lock, stop, *broken_, something);
            } else {
                changed_.wait(lock, stop, something);
            }
            continue;
        }
        lock.unlock();
        health_changed_();
        lock.lock();
    }
}

void Runner::succeeded(const Assignment& assignment) {
    if (assignment.bid.empty()) return;
    broken_.reset();
    pauses_.reset();
}

void Runner::failed() { broken_ = Clock::now() + pauses_.next(); }

bool Runner::stop_workload() {
    Assignment nothing;
    nothing.sequence = handed_.value_or(0);
    return hand_over(nothing, {});
}

bool Runner::hand_over(const Assignment& assignment, const std::stop_token& stop) {
    const std::string what =
        assignment.bid.empty()
            ? fmt::format("sequence {}: nothing to run", assignment.sequence)
            : fmt::format("sequence {}: bid {}", assignment.sequence, assignment.bid);
    log_.say(what);
    std::string problem;
    if (options_.command.empty()) {
        problem = print(assignment);
    } else {
        Command command{.program = options_.command, .input = assignment.run + '\n'};
        command.environment = {{"GIGASPOT_BID", assignment.bid},
                               {"GIGASPOT_IMAGE", assignment.image},
                               {"GIGASPOT_SEQUENCE", std::to_string(assignment.sequence)}};
        command.time_max = options_.time_max;
        command.grace = grace;
        problem = run_command(command, stop).problem;
    }
    if (!problem.empty())
        log_.say(fmt::format("{}: {}: {}", what,
                             options_.command.empty() ? "standard output" : options_.command,
                             problem));
    return problem.empty();
}

std::string Runner::print(const Assignment& assignment) const {
    const std::string line = assignment.run + '\n';
    if (std::fwrite(line.data(), 1, line.size(), stdout) == line.size() && std::fflush(stdout) == 0)
        return {};
    return std::strerror(errno);
}

}  // namespace market_server
