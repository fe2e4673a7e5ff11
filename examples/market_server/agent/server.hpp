// The hosts' part of the server's API, as one machine uses it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>

#include "documents.hpp"
#include "http_client.hpp"
#include "options.hpp"

namespace market_server {

enum class Outcome {
    done,
    unknown_machine,  ///< register it again
    rejected,         ///< and would be again, if asked in the same way
    unavailable,      ///< no answer, or not one of a server that works: try again later
};

struct Answer {
    Outcome outcome = Outcome::unavailable;
    std::string text{};  ///< what is wrong
    std::chrono::seconds retry_after{0};
};

/// For one thread.
class Server {
public:
    Server(const Options& options, std::stop_token stop);

    /// `is_first`: any error of a client counts as rejected. Later, only those count that the
    /// server itself sent: a proxy that answers for a server that is away must not stop a machine.
    [[nodiscard]] Answer put_machine(const std::string& capabilities, bool is_first);
    [[nodiscard]] Answer beat(const Report& report, std::chrono::seconds timeout);

    /// Waits at most 30 s for a state with another sequence. Without a sequence, the present state
    /// comes at once.
    struct RunAnswer : Answer {
        Assignment assignment{};  ///< if the outcome is `done`
    };
    [[nodiscard]] RunAnswer run(std::optional<std::uint64_t> after);

private:
    std::string path_;
    HttpClient client_;
};

}  // namespace market_server
