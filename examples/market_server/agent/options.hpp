// Options of gigaspot-host.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "pauses.hpp"

namespace market_server {

struct Options {
    std::string server{};       ///< its address, checked
    std::string token{};        ///< of the provider's account
    std::string authorities{};  ///< a file of certificates to trust; empty: those of the system
    std::uint64_t machine = 0;
    std::string capabilities{};  ///< an object of JSON
    std::string on_run{};        ///< the path of a program; empty: print
    std::string status{};        ///< the path of a program; empty: none
    std::optional<Milliseconds> run_timeout{};
    Milliseconds heartbeat{10'000};
    std::optional<Milliseconds> stop_after{};  ///< of no contact, the workload is stopped
    std::string warnings{};                    ///< for the operator, one per line; empty: none
};

/// Reads options and the files that they name. Ends the program with a message if something is
/// wrong, or if help was asked for.
[[nodiscard]] Options read_options(int count, char** arguments);

}  // namespace market_server
