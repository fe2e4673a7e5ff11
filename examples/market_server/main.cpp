// Runs a small market server: it reads commands as lines from standard input and writes events as
// lines to standard output. You can kill it at any time. If you start it again, it continues.
//
//     market_server FOLDER INTERVAL_MS SAVE_EVERY [times]
//
// The server gives each command its time of arrival, and closes the billing intervals by a timer.
// With `times`, each line begins with its time of arrival, so that a test controls the clock. As
// soon as the server has recovered the market, it writes {"ready":N}: the market has taken N
// commands, including closes. At the end of the input it writes the digest of the market.
#include <array>
#include <chrono>
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <gigaspot/gigaspot.hpp>

#include "files.hpp"
#include "server.hpp"

namespace {

using gigaspot::Timestamp;

Timestamp system_time() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return Timestamp::unchecked(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

/// Waits for input, at most until the next close is due. Returns whether there is input.
bool wait_for_input(const market_server::Server& server) {
    int timeout = -1;
    if (const auto due = server.next_close()) {
        const std::int64_t left = due->count() - system_time().count();
        timeout = left < 0 ? 0 : left > 1'000 ? 1'000 : static_cast<int>(left);
    }
    pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
    return ::poll(&input, 1, timeout) > 0;
}

class Loop {
public:
    Loop(market_server::Server& server, bool is_timed_by_lines)
        : server_{server}, is_timed_by_lines_{is_timed_by_lines} {}

    void run() {
        std::string begun;
        std::array<char, 65'536> chunk{};
        for (;;) {
            if (!is_timed_by_lines_ && !wait_for_input(server_)) {
                server_.tick(system_time());
                continue;
            }
            const ssize_t got = ::read(STDIN_FILENO, chunk.data(), chunk.size());
            if (got <= 0) return;
            begun.append(chunk.data(), static_cast<std::size_t>(got));
            std::string_view rest = begun;
            for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
                take(rest.substr(0, end));
                rest.remove_prefix(end + 1);
            }
            begun = std::string{rest};
        }
    }

private:
    void take(std::string_view line) {
        if (!is_timed_by_lines_) return server_.take(system_time(), line);
        const std::size_t blank = line.find(' ');
        const auto time = Timestamp::from_text(line.substr(0, blank));
        if (!time) throw std::runtime_error{"a line must begin with its time in milliseconds"};
        if (blank == std::string_view::npos) return server_.tick(*time);
        server_.take(*time, line.substr(blank + 1));
    }

    market_server::Server& server_;
    bool is_timed_by_lines_;
};

}  // namespace

int main(int argc, char** argv) {
    const bool is_timed_by_lines = argc == 5 && std::string_view{argv[4]} == "times";
    if (argc != 4 && !is_timed_by_lines) {
        fmt::print(stderr, "usage: market_server FOLDER INTERVAL_MS SAVE_EVERY [times]\n");
        return 2;
    }
    try {
        const market_server::Options options{
            .folder = argv[1], .interval = std::stoll(argv[2]), .save_every = std::stoull(argv[3])};
        if (options.interval <= 0) throw std::runtime_error{"INTERVAL_MS must be at least 1"};
        const auto publish = [](std::string_view text) {
            market_server::write_all(STDOUT_FILENO, text);
        };
        market_server::Server server{options, publish};
        publish(fmt::format("{{\"ready\":{}}}\n", server.market().counters().commands));
        Loop{server, is_timed_by_lines}.run();
        publish(fmt::format("{{\"digest\":\"{:016x}\"}}\n", digest(server.market())));
        return 0;
    } catch (const std::exception& error) {
        fmt::print(stderr, "market_server: {}\n", error.what());
        return 1;
    }
}
