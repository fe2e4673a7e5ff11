// One connection: reads a request, waits for its answer, sends it, and so on; or sends events.
#pragma once

#include "answer.hpp"
#include "events.hpp"
#include "http.hpp"
#include "mailbox.hpp"
#include "parser.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

// Handlers pass through the lock of the queue, so they need no fences. ThreadSanitizer does not
// support them.
#define BOOST_ASIO_DISABLE_FENCED_BLOCK
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace market_server::http {

class Connection;

using Clock = std::chrono::steady_clock;
using Socket =
    boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;
using ErrorCode = boost::system::error_code;

struct Counters {
    std::atomic<std::uint64_t> requests = 0;
    std::atomic<std::uint64_t> refused_connections = 0;
    std::atomic<std::uint64_t> malformed_requests = 0;
    std::atomic<std::uint64_t> streams_dropped = 0;
    std::atomic<std::uint64_t> events_sent = 0;
    std::atomic<std::size_t> connections = 0;
    std::atomic<std::size_t> streams = 0;
};

/// What the connections need of their server. Only the I/O thread uses it, except for the log, the
/// counters and the mailbox.
class Core {
public:
    Core(HttpOptions given_options, Handler given_handler);
    virtual ~Core() = default;
    Core(const Core&) = delete;
    Core& operator=(const Core&) = delete;

    /// Forgets a connection that is closed, and its stream.
    virtual void forget(Connection& connection) = 0;

    HttpOptions options;
    Handler handler;
    EventLog log;
    Counters counters{};
    std::shared_ptr<Mailbox> mailbox{};
    std::unordered_set<std::shared_ptr<Connection>> streams{};
    std::size_t body_bytes = 0;  ///< of the bodies that are being received
    bool is_stopping = false;
};

class Connection : public std::enable_shared_from_this<Connection> {
public:
    /// `address` names the client in the limit of connections per address.
    Connection(Core& core, Socket socket, std::string address);

    void start();
    void close();
    /// Sends the answer to the request that was handed to the handler.
    void answer(std::shared_ptr<Answer> answer);
    /// Sends the events that wait, if this is a stream that is not sending some already.
    void send_events();
    /// Closes the connection if its client is too slow. Call it a few times per second.
    void check(Clock::time_point now);
    /// Closes the connection as soon as the answer that it waits for, if any, is sent.
    void stop();

    [[nodiscard]] const std::string& address() const { return address_; }

private:
    enum class Phase { request, thinking, answering, streaming, draining, closed };

    void read();
    void on_read(const ErrorCode& error, std::size_t count);
    void parse();
    void count_body(std::size_t bytes);
    void handle();
    void fail(const Failure& failure);
    void begin_answer(std::shared_ptr<Answer> answer);
    bool next_piece();
    bool next_of_file();
    void end_answer();
    void open_stream();
    void write();
    void on_write(const ErrorCode& error);
    void drop_stream();
    void expire_in(Clock::duration time) { deadline_ = Clock::now() + time; }

    Core& core_;
    Socket socket_;
    std::string address_;
    Phase phase_ = Phase::request;
    bool is_reading_ = false;
    bool is_writing_ = false;
    bool is_closing_ = false;  ///< the answer is the last one
    bool has_ended_ = false;   ///< the client sends nothing more
    bool said_continue_ = false;
    Clock::time_point deadline_ = Clock::time_point::max();

    RequestParser parser_;
    std::vector<char> input_;  ///< of a fixed size
    std::size_t input_used_ = 0;
    std::size_t body_bytes_ = 0;  ///< of the body that is being received

    std::shared_ptr<Answer> answer_{};
    std::string head_{};
    std::string_view body_left_{};
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_{nullptr, &std::fclose};
    std::uint64_t file_left_ = 0;
    std::vector<boost::asio::const_buffer> output_{};  ///< what is being written

    std::uint64_t position_ = 0;   ///< the number of the last event that was taken
    std::vector<Frame> frames_{};  ///< the events that are being written
    Clock::time_point written_{};  ///< when the last write began
};

}  // namespace market_server::http
