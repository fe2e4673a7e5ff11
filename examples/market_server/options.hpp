// The command line and the configuration file of gigaspot-server.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "http/http.hpp"
#include "market/settings.hpp"
#include "run/writer.hpp"

namespace market_server {

struct Options {
    std::filesystem::path data{};
    HttpOptions http{};
    std::string public_url{};
    Settings settings{};
    WriterOptions writer{};
    std::int64_t request_every = 1'000;      ///< ms between two requests of a renter's token
    std::uint64_t save_every = 100'000;      ///< records
    std::int64_t downtime_max = 86'400'000;  ///< ms for which closes may be due at the start
    bool is_demo = false;
    bool is_digest = false;  ///< print a digest of the market and end
};

/// Reads the options. Prints help or an error and returns nothing if the program must end;
/// `status` is then its exit status.
[[nodiscard]] std::optional<Options> read_options(int argc, char** argv, int& status);

}  // namespace market_server
