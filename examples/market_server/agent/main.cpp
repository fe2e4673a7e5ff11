// gigaspot-host: the agent on a GPU machine of a market that gigaspot-server runs.
#include <csignal>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>

#include <unistd.h>

#include <curl/curl.h>
#include <fmt/format.h>

#include "agent.hpp"
#include "log.hpp"
#include "options.hpp"

namespace {

using namespace market_server;

/// Tells the main thread that the agent has given up.
constexpr int gave_up_signal = SIGUSR1;

int run(const Options& options) {
    Log log;
    log.hide(options.token);
    for (std::string_view rest{options.warnings}; !rest.empty();) {
        const std::size_t end = rest.find('\n');
        log.say(rest.substr(0, end));
        rest.remove_prefix(end + 1);
    }
    // Blocked before the threads start, so that only this one takes them.
    sigset_t signals;
    sigemptyset(&signals);
    for (const int number : {SIGTERM, SIGINT, SIGHUP, gave_up_signal}) sigaddset(&signals, number);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    Agent agent{options, log, [] { ::kill(::getpid(), gave_up_signal); }};
    int signal = 0;
    sigwait(&signals, &signal);
    if (signal != gave_up_signal) log.say(fmt::format("signal {}: stopping", signal));
    sigdelset(&signals, gave_up_signal);
    pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);  // the next one ends the program at once
    return agent.stop();
}

}  // namespace

int main(int count, char** arguments) try {
    curl_global_init(CURL_GLOBAL_DEFAULT);
    const int status = run(read_options(count, arguments));
    curl_global_cleanup();
    return status;
} catch (const std::exception& problem) {
    fmt::print(stderr, "gigaspot-host: {}\n", problem.what());
    return 1;
}
