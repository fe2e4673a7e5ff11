// gigaspot-simulate: the command line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace simulator {

enum ExitCode : int { exit_ok = 0, exit_bad_input = 1, exit_wrong_use = 2, exit_interrupted = 130 };

enum class Command : std::uint8_t { run, merge };

struct Options {
    Command command = Command::run;

    std::string scenario{};               ///< the file
    std::vector<std::string> settings{};  ///< each "key=value"
    std::optional<std::size_t> seeds{};   ///< nothing: as the file says
    std::size_t jobs = 1;                 ///< threads
    std::string out{};                    ///< the folder of results
    std::size_t shard = 0;                ///< from 0
    std::size_t shards = 1;
    bool is_check = false;
    bool has_journal = false;
    std::optional<std::uint64_t> explain{};  ///< the seed of the run to explain
    std::size_t cell = 0;                    ///< from 0
    std::size_t host = 0;                    ///< from 1; 0: all

    std::vector<std::string> folders{};  ///< to merge
};

/// Reads the command line. Nothing if the program should end with `status`: it has printed why.
[[nodiscard]] std::optional<Options> read_options(int argc, char** argv, int& status);

}  // namespace simulator
