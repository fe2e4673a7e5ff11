// Clients of a server on this machine: one that waits for each answer, and many that keep one
// request each under way.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace market_load {

using Clock = std::chrono::steady_clock;

/// The text of a request.
[[nodiscard]] std::string request_text(std::string_view method, std::string_view path,
                                       std::string_view token, std::string_view body = {});

struct Reply {
    unsigned status = 0;
    std::string_view body{};
};

/// Where an answer ends; nothing if it is not complete.
struct ReplyEnd {
    Reply reply{};
    std::size_t size = 0;
};
[[nodiscard]] std::optional<ReplyEnd> read_reply(std::string_view bytes);

/// Owns a connection to a port of this machine.
class Socket {
public:
    /// `receive_bytes`: the size of its receive buffer; 0: the system's.
    explicit Socket(std::uint16_t port, int receive_bytes = 0);
    Socket(Socket&& other) noexcept : descriptor_{std::exchange(other.descriptor_, -1)} {}
    Socket& operator=(Socket&&) = delete;
    ~Socket();

    [[nodiscard]] int descriptor() const { return descriptor_; }
    void send(std::string_view text) const;

private:
    int descriptor_;
};

/// One connection. Its functions wait.
class HttpClient {
public:
    explicit HttpClient(std::uint16_t port) : socket_{port} {}

    /// The reply is valid until the next call. Throws std::runtime_error if the server goes away.
    Reply ask(std::string_view request);
    /// As `ask`, and throws std::runtime_error unless the status is 200.
    std::string_view body(std::string_view request);

private:
    Socket socket_;
    std::string buffer_{};
};

/// What many clients have seen.
struct LoadResult {
    std::vector<double> latencies{};  ///< seconds, of all requests
    double seconds = 0;
    std::uint64_t failures = 0;
    double processor_share = 0;  ///< of one core, that the clients have used

    [[nodiscard]] double per_second() const {
        return seconds > 0 ? static_cast<double>(latencies.size()) / seconds : 0;
    }
};

/// Many connections on one thread, each with one request under way.
class Clients {
public:
    /// The next request of a client.
    using Next = std::function<std::string(std::size_t client)>;
    /// Whether an answer is as it must be.
    using Check = std::function<bool(std::size_t client, const Reply& reply)>;

    Clients(std::uint16_t port, std::size_t count);
    Clients(const Clients&) = delete;
    Clients& operator=(const Clients&) = delete;
    ~Clients();

    /// Sends for this time, or until each client had `rounds` answers if that is not 0, then waits
    /// for the answers under way. These count too, and so does the time until they came.
    LoadResult run(std::chrono::duration<double> time, const Next& next, const Check& check,
                   std::uint64_t rounds = 0);

private:
    struct Client {
        Socket socket;
        std::string input{};
        Clock::time_point sent{};
        std::uint64_t answers = 0;
    };

    void send(std::size_t client, const Next& next);
    /// Reads what came. Returns whether the answer is complete.
    bool receive(std::size_t client);

    std::vector<Client> clients_{};
    int poll_;
};

}  // namespace market_load
