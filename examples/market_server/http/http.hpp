// Serves HTTP/1.1: requests, answers that may come later from another thread, and streams of
// server-sent events. It has nothing to do with the market.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace market_server {

struct Request {
    std::string method{};  ///< "GET", "POST", "PUT" ...; HEAD arrives as GET
    std::string path{};    ///< without the query, percent-decoded; has no control characters
    std::string query{};   ///< after the '?', as it came
    std::string auth{};    ///< the header `auth`; empty: none
    std::string host{};    ///< the header `Host`
    std::string body{};
};

/// The value of a key in a query such as "a=1&b=2", percent-decoded; empty if it is absent. A '+'
/// is a space. A bad escape such as "%zz" is kept as it is. (A bad escape in the path gives status
/// 400.)
[[nodiscard]] std::string query_value(std::string_view query, std::string_view key);

struct Response {
    unsigned status = 200;
    std::string body{};
    std::string content_type = "application/json";
    std::vector<std::pair<std::string, std::string>> headers{};
    /// If set, it is the body: large texts that many answers share are not copied.
    std::shared_ptr<const std::string> shared{};
    /// If set, the body is this file. It is deleted after it was sent, or if it cannot be sent.
    std::string file{};
};

/// Answers a request, once, from any thread: further calls are ignored. If it is destroyed without
/// an answer, the client gets status 500. It is harmless once the client or the server is gone.
using Respond = std::function<void(Response)>;

/// Called on the I/O thread for each request except those for `/events`; must not block. If it
/// throws, the client gets status 500. A client that closes its side of the connection before it
/// has the answer is taken as gone.
using Handler = std::function<void(Request, Respond)>;

struct HttpOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 8080;  ///< 0: any free one
    std::size_t header_bytes_max = std::size_t{16} * 1024;
    std::size_t body_bytes_max = std::size_t{1024} * 1024;
    /// All bodies that are being received, together. A request beyond it gets status 503.
    std::size_t body_bytes_total_max = std::size_t{64} * 1024 * 1024;
    std::size_t connections_max = 4'096;
    std::size_t connections_per_address_max = 1'024;  ///< behind a proxy, all have its address
    std::size_t streams_max = 1'024;
    std::size_t stream_backlog_max = 64;  ///< events that may wait for a reader that takes nothing
    std::size_t events_kept = 4'096;      ///< for clients that come back with Last-Event-ID
    std::size_t event_bytes_kept = std::size_t{64} * 1024 * 1024;  ///< of these events
    /// For a client to send its request, or to take 256 KB of an answer or the events that wait.
    std::chrono::seconds request_time_max{10};
    std::chrono::seconds idle_time_max{60};  ///< between two requests of a connection
};

/// Counts since the start, for metrics.
struct HttpCounts {
    std::uint64_t requests = 0;
    std::uint64_t refused_connections = 0;
    std::uint64_t malformed_requests = 0;
    std::uint64_t streams_dropped = 0;
    std::uint64_t events_sent = 0;
    std::size_t connections = 0;  ///< now
    std::size_t streams = 0;      ///< now
};

class HttpServer {
public:
    /// Binds and listens at once; throws std::system_error with the address if it cannot.
    HttpServer(HttpOptions options, Handler handler);
    ~HttpServer();

    /// Serves until `stop`. Call it on the thread that does all I/O.
    void run();
    /// Makes `run` return within a second. Requests that are being answered still get their answer
    /// if it comes in time; other connections are closed. Any thread.
    void stop();
    [[nodiscard]] std::uint16_t port() const;

    /// Sends an event to each client of `/events`. Any thread. `data` has no line ends. Readers
    /// that come back with `Last-Event-ID` (or with `/events?last=`) get what they missed, or first
    /// the event `reset` if that is not kept any more.
    void publish(std::string_view event, std::string_view data);
    /// The number of the event published last. It grows across restarts. Any thread.
    [[nodiscard]] std::uint64_t last_event() const;
    [[nodiscard]] HttpCounts counts() const;  ///< any thread

    /// Calls `work` on the I/O thread, after `delay`; never if the server has stopped by then. Any
    /// thread. `work` must neither block nor throw.
    void after(std::chrono::milliseconds delay, std::function<void()> work);

private:
    class Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace market_server
