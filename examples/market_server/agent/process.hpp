// Runs a command of the operator's: one program, without a shell.
#pragma once

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "pauses.hpp"

namespace market_server {

struct Command {
    std::string program{};  ///< a path
    std::string input{};    ///< on standard input
    /// Variables beside those of this process, or instead of them.
    std::vector<std::pair<std::string, std::string>> environment{};
    /// Keep what it prints on standard output, at most 1 MB.
    bool keeps_output = false;
    /// After this time its process group is ended.
    std::optional<Milliseconds> time_max{};
    /// How long it may run on after a stop.
    Milliseconds grace{0};
};

struct Ended {
    std::string problem{};  ///< empty: it ended with status 0
    std::string output{};
};

/// Waits until the command has ended. It runs in a process group of its own, and gets no open file
/// except standard input, output and error.
[[nodiscard]] Ended run_command(const Command& command, const std::stop_token& stop);

/// The path of a program, looked up in PATH if the name has no slash. Nothing if there is no such
/// file that can be executed.
[[nodiscard]] std::optional<std::string> find_program(const std::string& name);

}  // namespace market_server
