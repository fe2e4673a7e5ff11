#include "agent.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "process.hpp"

namespace market_server {
namespace {

using namespace std::chrono_literals;

constexpr Milliseconds first_pause = 500ms;
constexpr Milliseconds pause_max = 30s;
constexpr std::chrono::seconds beat_timeout = 10s;
constexpr std::chrono::seconds goodbye_timeout = 5s;
/// Shortest time between two questions what to run, so that a faulty server is not flooded.
constexpr Milliseconds between_changes = 100ms;
constexpr Milliseconds between_repeats = 1s;

Clock::time_point next_attempt(Pauses& pauses, const Answer& answer) {
    return Clock::now() + std::max<Milliseconds>(pauses.next(), answer.retry_after);
}

}  // namespace

Agent::Agent(const Options& options, Log& log, std::function<void()> gave_up)
    : options_{options}, log_{log}, gave_up_{std::move(gave_up)}, status_trouble_{log, "--status"},
      runner_{{.command = options.on_run, .time_max = options.run_timeout}, log, [this] {
                  const std::lock_guard lock{mutex_};
                  is_beat_due_ = true;
                  changed_.notify_all();
              }} {
    heart_ = std::jthread{[this](const std::stop_token& stop) { keep_alive(stop); }};
    follower_ = std::jthread{[this](const std::stop_token& stop) { follow_runs(stop); }};
    worker_ = std::jthread{[this](const std::stop_token& stop) { runner_.loop(stop); }};
}

Agent::~Agent() = default;

// --- Registration and heartbeats ---

void Agent::keep_alive(const std::stop_token& stop) {
    Server server{options_, stop};
    Trouble trouble{log_, "heartbeat"};
    Pauses pauses{first_pause, pause_max};
    bool is_known = false;
    while (!stop.stop_requested()) {
        if (!is_known) {
            if (!put_machine(server, stop)) return;
            is_known = true;
        }
        const Clock::time_point next = Clock::now() + options_.heartbeat;
        const Report report = make_report(stop);
        const Answer answer = server.beat(report, beat_timeout);
        if (stop.stop_requested()) return;
        note_contact(answer.outcome != Outcome::unavailable);
        switch (answer.outcome) {
        case Outcome::done:
            trouble.worked();
            pauses.reset();
            break;
        case Outcome::unknown_machine:
            trouble.failed(answer.text);
            set_registered(false);
            sleep_until(next_attempt(pauses, answer), stop);
            break;
        case Outcome::rejected: return give_up("heartbeat: " + answer.text);
        case Outcome::unavailable: trouble.failed(answer.text); break;
        }
        wait_for_beat(next, stop);
        const std::lock_guard lock{mutex_};
        is_known = is_registered_;
    }
}

bool Agent::put_machine(Server& server, const std::stop_token& stop) {
    Trouble trouble{log_, "registration"};
    Pauses pauses{first_pause, pause_max};
    while (!stop.stop_requested()) {
        const Answer answer = server.put_machine(options_.capabilities, !was_registered_);
        if (answer.outcome == Outcome::done) {
            log_.say(fmt::format("machine {} is registered", options_.machine));
            set_registered(true);
            return true;
        }
        if (stop.stop_requested()) return false;
        note_contact(answer.outcome != Outcome::unavailable);
        if (answer.outcome == Outcome::rejected) {
            give_up("registration: " + answer.text);
            return false;
        }
        trouble.failed(answer.text);
        sleep_until(next_attempt(pauses, answer), stop);
    }
    return false;
}

Report Agent::make_report(const std::stop_token& stop) {
    Report report;
    if (!options_.status.empty()) {
        Command command{.program = options_.status, .keeps_output = true};
        command.time_max = options_.heartbeat;
        const Ended ended = run_command(command, stop);
        std::string problem = ended.problem;
        try {
            if (problem.empty()) report = report_of(ended.output);
        } catch (const BadDocument& bad) {
            problem = bad.what();
        }
        if (problem.empty()) {
            status_trouble_.worked();
        } else {
            report.working_properly = false;
            if (!stop.stop_requested()) status_trouble_.failed(problem);
        }
    }
    if (runner_.is_broken()) report.working_properly = false;
    return report;
}

void Agent::wait_for_beat(Clock::time_point next, const std::stop_token& stop) {
    std::unique_lock lock{mutex_};
    changed_.wait_until(lock, stop, next, [this] { return is_beat_due_ || !is_registered_; });
    is_beat_due_ = false;
}

// --- What to run ---

void Agent::follow_runs(const std::stop_token& stop) {
    Server server{options_, stop};
    Trouble trouble{log_, "run"};
    Pauses pauses{first_pause, pause_max};
    std::optional<std::uint64_t> last;
    while (is_registered(stop)) {
        const Clock::time_point begin = Clock::now();
        const bool was_cut_off = is_cut_off();
        Server::RunAnswer answer = server.run(was_cut_off ? std::nullopt : last);
        if (stop.stop_requested()) return;
        note_contact(answer.outcome != Outcome::unavailable);
        if (answer.outcome == Outcome::rejected) return give_up("run: " + answer.text);
        if (answer.outcome != Outcome::done) {
            trouble.failed(answer.text);
            if (answer.outcome == Outcome::unknown_machine) set_registered(false);
            sleep_until(next_attempt(pauses, answer), stop);
            continue;
        }
        trouble.worked();
        pauses.reset();
        const bool has_changed = was_cut_off || last != answer.assignment.sequence;
        last = answer.assignment.sequence;
        if (has_changed) runner_.want(std::move(answer.assignment), was_cut_off);
        if (was_cut_off) end_cut_off();
        sleep_until(begin + (has_changed ? between_changes : between_repeats), stop);
    }
}

/// Waits until the machine is registered. False: until a stop.
bool Agent::is_registered(const std::stop_token& stop) {
    std::unique_lock lock{mutex_};
    return changed_.wait(lock, stop, [this] { return is_registered_; }) && !stop.stop_requested();
}

void Agent::set_registered(bool is_registered) {
    const std::lock_guard lock{mutex_};
    is_registered_ = is_registered;
    if (is_registered) was_registered_ = true;
    changed_.notify_all();
}

/// Stops the workload if there was no contact for too long.
void Agent::note_contact(bool has_answered) {
    const std::lock_guard lock{mutex_};
    const Clock::time_point now = Clock::now();
    if (has_answered) contact_ = now;
    if (!options_.stop_after || now - contact_ <= *options_.stop_after || is_cut_off_) return;
    is_cut_off_ = true;
    log_.say("no answer of the server for too long: the run is stopped");
    runner_.interrupt();
}

bool Agent::is_cut_off() {
    const std::lock_guard lock{mutex_};
    return is_cut_off_;
}

/// Notes that the stopped run has been started again.
void Agent::end_cut_off() {
    const std::lock_guard lock{mutex_};
    is_cut_off_ = false;
}

// --- The end ---

void Agent::give_up(const std::string& why) {
    log_.say(why);
    {
        const std::lock_guard lock{mutex_};
        if (std::exchange(has_given_up_, true)) return;
    }
    gave_up_();
}

int Agent::stop() {
    for (std::jthread* const thread : {&heart_, &follower_, &worker_}) thread->request_stop();
    heart_.join();
    follower_.join();
    if (was_registered_ && !has_given_up_) say_goodbye();
    worker_.join();
    // If the server rejected the machine at the start, nothing was started.
    const bool can_have_workload = !has_given_up_ || runner_.has_run();
    const bool has_stopped = !can_have_workload || runner_.stop_workload();
    return has_stopped && !has_given_up_ ? 0 : 1;
}

void Agent::say_goodbye() {
    Server server{options_, {}};
    Report report;
    report.online = false;
    const Answer answer = server.beat(report, goodbye_timeout);
    if (answer.outcome != Outcome::done) log_.say("last heartbeat: " + answer.text);
}

}  // namespace market_server
