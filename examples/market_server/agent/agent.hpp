// The life of a machine in the market: registration, heartbeats, and what it is told to run.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "log.hpp"
#include "options.hpp"
#include "runner.hpp"
#include "server.hpp"

namespace market_server {

/// Has three threads: one registers the machine and sends heartbeats, one asks what to run and
/// waits for the answer, one runs commands. None of them waits for another.
class Agent {
public:
    /// `gave_up` is called once, on any thread, if the server rejects the machine for good. The
    /// arguments must outlive this object.
    Agent(const Options& options, Log& log, std::function<void()> gave_up);
    ~Agent();

    /// Ends the threads, tells the server that the machine is offline, and stops the workload.
    /// Returns the exit status of the program.
    int stop();

private:
    void keep_alive(const std::stop_token& stop);
    bool put_machine(Server& server, const std::stop_token& stop);
    [[nodiscard]] Report make_report(const std::stop_token& stop);
    void wait_for_beat(Clock::time_point next, const std::stop_token& stop);
    void follow_runs(const std::stop_token& stop);
    [[nodiscard]] bool is_registered(const std::stop_token& stop);
    void set_registered(bool is_registered);
    void note_contact(bool has_answered);
    [[nodiscard]] bool is_cut_off();
    void end_cut_off();
    void give_up(const std::string& why);
    void say_goodbye();

    const Options& options_;
    Log& log_;
    std::function<void()> gave_up_;
    Trouble status_trouble_;

    std::mutex mutex_{};
    std::condition_variable_any changed_{};
    bool is_registered_ = false;
    bool was_registered_ = false;  ///< written by the heart only
    bool is_beat_due_ = false;
    bool has_given_up_ = false;
    bool is_cut_off_ = false;  ///< the workload is stopped, because the server does not answer
    Clock::time_point contact_ = Clock::now();

    Runner runner_;
    std::jthread heart_{};
    std::jthread follower_{};
    std::jthread worker_{};
};

}  // namespace market_server
