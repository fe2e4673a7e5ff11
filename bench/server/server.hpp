// Starts gigaspot-server and reads its metrics.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "process.hpp"

namespace market_load {

/// The port in a line such as "listening on http://127.0.0.1:8080/, ...".
[[nodiscard]] std::uint16_t port_in(const std::string& line);

/// The samples of /metrics, by name with labels.
using Samples = std::map<std::string, double>;

class Server {
public:
    /// Starts the program on a folder, with more options, and waits until it listens. `wrapper`: a
    /// command that runs it, such as strace with its options.
    Server(const std::filesystem::path& program, const std::filesystem::path& folder,
           const std::vector<std::string>& options = {}, std::vector<std::string> wrapper = {});

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] Process& process() { return process_; }
    /// How long the start took until it listened, in seconds.
    [[nodiscard]] double start_seconds() const { return start_seconds_; }
    [[nodiscard]] Samples metrics() const;

private:
    double begun_;
    Process process_;
    std::uint16_t port_;
    double start_seconds_;
};

/// A sample by its name. Throws std::runtime_error if there is none.
[[nodiscard]] double value_of(const Samples& samples, const std::string& name);
/// The difference of one sample between two readings. A sample that is not there yet is 0.
[[nodiscard]] double difference(const Samples& before, const Samples& after,
                                const std::string& name);

}  // namespace market_load
