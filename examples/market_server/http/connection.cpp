#include "connection.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <span>
#include <utility>

#include <boost/asio/error.hpp>
#include <boost/asio/write.hpp>
#include <sys/stat.h>

namespace market_server::http {
namespace {

namespace asio = boost::asio;

/// A client has `request_time_max` to take each piece of this size.
constexpr std::size_t piece_bytes = std::size_t{256} * 1024;
/// How much the kernel holds for a stream. If it held more, stuck readers would be noticed late.
constexpr int stream_buffer_bytes = 64 * 1024;
/// A stream is dropped if it takes nothing for this long and too many events wait.
constexpr std::chrono::seconds stall_time_max{1};
/// After the last answer, input is ignored for this long. If the connection were closed at once
/// with input unread, it would be reset, and the client could lose the answer.
constexpr std::chrono::seconds drain_time_max{2};
constexpr std::chrono::seconds comment_interval{15};
constexpr std::string_view continue_text = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr std::string_view comment_text = ":\n\n";

asio::const_buffer buffer_of(std::string_view text) { return {text.data(), text.size()}; }

std::optional<std::uint64_t> number_of(std::string_view text) {
    std::uint64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{} || stop != end) return std::nullopt;
    return number;
}

/// The one reply to a request: if all copies are destroyed without one, the client gets status 500.
class Reply {
public:
    Reply(std::shared_ptr<Mailbox> mailbox, std::weak_ptr<Connection> connection)
        : mailbox_{std::move(mailbox)}, connection_{std::move(connection)} {}
    ~Reply() {
        if (!is_used_) send(failure(500, "the request got no answer"));
    }
    Reply(const Reply&) = delete;
    Reply& operator=(const Reply&) = delete;

    void send(Response response) {
        auto answer = std::make_shared<Answer>(std::move(response));  // deletes its file if unused
        if (is_used_.exchange(true)) return;
        mailbox_->put([connection = connection_, answer = std::move(answer)] {
            if (const auto open = connection.lock()) open->answer(answer);
        });
    }

private:
    std::shared_ptr<Mailbox> mailbox_;
    std::weak_ptr<Connection> connection_;
    std::atomic<bool> is_used_ = false;
};

}  // namespace

Connection::Connection(Core& core, Socket socket, std::string address)
    : core_{core}, socket_{std::move(socket)}, address_{std::move(address)},
      parser_{core.options.header_bytes_max, core.options.body_bytes_max},
      input_(core.options.header_bytes_max) {}

void Connection::start() {
    expire_in(core_.options.request_time_max);
    read();
}

void Connection::close() {
    if (phase_ == Phase::closed) return;
    phase_ = Phase::closed;
    ErrorCode ignored;
    socket_.close(ignored);
    count_body(0);
    core_.forget(*this);
}

void Connection::read() {
    if (is_reading_ || has_ended_ || input_used_ == input_.size()) return;
    is_reading_ = true;
    socket_.async_read_some(asio::buffer(input_.data() + input_used_, input_.size() - input_used_),
                            [self = shared_from_this()](const ErrorCode& error, std::size_t count) {
                                self->is_reading_ = false;
                                self->on_read(error, count);
                            });
}

void Connection::on_read(const ErrorCode& error, std::size_t count) {
    if (phase_ == Phase::closed) return;
    if (error == asio::error::eof && phase_ == Phase::answering) {
        has_ended_ = is_closing_ = true;  // it may still take the answer
        return;
    }
    if (error) {
        close();
        return;
    }
    if (phase_ == Phase::streaming || phase_ == Phase::draining) {
        read();
        return;
    }
    if (phase_ == Phase::request && input_used_ == 0 && !parser_.has_begun()) {
        expire_in(core_.options.request_time_max);
    }
    input_used_ += count;
    if (phase_ == Phase::request) {
        parse();
    } else {
        read();  // keeps a read pending, to notice soon if the client goes away
    }
}

void Connection::parse() {
    const std::size_t count = parser_.parse({input_.data(), input_used_});
    std::copy(input_.data() + count, input_.data() + input_used_, input_.data());
    input_used_ -= count;
    count_body(parser_.incoming().request.body.size());
    if (const Failure* const failure = parser_.failure()) {
        fail(*failure);
    } else if (parser_.is_done()) {
        count_body(0);
        handle();
    } else if (core_.body_bytes > core_.options.body_bytes_total_max) {
        fail({503, "too many large requests at once"});
    } else if (input_used_ == input_.size()) {
        fail({431, "a line of the body exceeds the limit of the header"});
    } else if (parser_.has_header() && parser_.incoming().expects_continue && !said_continue_) {
        said_continue_ = true;
        output_.assign(1, buffer_of(continue_text));
        write();  // reads on when it is sent
    } else {
        read();
    }
}

void Connection::count_body(std::size_t bytes) {
    core_.body_bytes += bytes;
    core_.body_bytes -= std::exchange(body_bytes_, bytes);
}

void Connection::handle() {
    ++core_.counters.requests;
    Incoming& incoming = parser_.incoming();
    is_closing_ = !incoming.is_keep_alive || core_.is_stopping;
    deadline_ = Clock::time_point::max();  // the server is at work, not the client
    phase_ = Phase::thinking;
    read();
    if (incoming.request.path == "/events") {
        open_stream();
        return;
    }
    const auto reply = std::make_shared<Reply>(core_.mailbox, weak_from_this());
    try {
        core_.handler(std::move(incoming.request),
                      [reply](Response response) { reply->send(std::move(response)); });
    } catch (...) {
        reply->send(failure(500, "the request failed"));
    }
}

void Connection::fail(const Failure& failure) {
    ++core_.counters.malformed_requests;
    is_closing_ = true;
    begin_answer(std::make_shared<Answer>(http::failure(failure.status, failure.text)));
    parser_.reset();  // frees the body
    count_body(0);
}

void Connection::answer(std::shared_ptr<Answer> answer) {
    if (phase_ == Phase::thinking) begin_answer(std::move(answer));
}

void Connection::begin_answer(std::shared_ptr<Answer> answer) {
    answer_ = std::move(answer);
    const Response& response = answer_->response();
    body_left_ = answer_->text();
    file_left_ = 0;
    if (!response.file.empty()) {
        body_left_ = {};
        struct stat status {};
        file_.reset(std::fopen(response.file.c_str(), "rbe"));
        if (!file_ || ::fstat(::fileno(file_.get()), &status) != 0) {
            begin_answer(std::make_shared<Answer>(http::failure(500, "a file cannot be read")));
            return;
        }
        file_left_ = static_cast<std::uint64_t>(status.st_size);
    }
    const Incoming& incoming = parser_.incoming();
    std::string_view connection = is_closing_ ? "close" : "";
    if (!is_closing_ && incoming.is_http_1_0) connection = "keep-alive";
    head_ = head_of(response, body_left_.size() + file_left_, connection);
    if (incoming.is_head || !has_body(response.status)) {
        body_left_ = {};
        file_left_ = 0;
    }
    phase_ = Phase::answering;
    output_.assign(1, buffer_of(head_));
    if (!body_left_.empty()) output_.push_back(buffer_of(body_left_.substr(0, piece_bytes)));
    body_left_.remove_prefix(std::min(body_left_.size(), piece_bytes));
    expire_in(core_.options.request_time_max);
    write();
}

/// Prepares the next piece of the body. Returns false if there is none.
bool Connection::next_piece() {
    if (file_left_ > 0) return next_of_file();
    if (body_left_.empty()) return false;
    const std::string_view piece = body_left_.substr(0, piece_bytes);
    body_left_.remove_prefix(piece.size());
    output_.assign(1, buffer_of(piece));
    return true;
}

bool Connection::next_of_file() {
    head_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(file_left_, piece_bytes)));
    if (std::fread(head_.data(), 1, head_.size(), file_.get()) != head_.size()) {
        is_closing_ = true;  // shorter than announced: only the end of the connection can say so
        return false;
    }
    file_left_ -= head_.size();
    output_.assign(1, buffer_of(head_));
    return true;
}

void Connection::end_answer() {
    answer_.reset();
    file_.reset();
    if (is_closing_) {
        if (has_ended_) {
            close();
            return;
        }
        ErrorCode ignored;
        socket_.shutdown(asio::socket_base::shutdown_send, ignored);
        phase_ = Phase::draining;
        input_used_ = 0;
        expire_in(drain_time_max);
        read();
        return;
    }
    parser_.reset();
    said_continue_ = false;
    phase_ = Phase::request;
    expire_in(input_used_ == 0 ? core_.options.idle_time_max : core_.options.request_time_max);
    if (input_used_ > 0) {
        parse();
    } else {
        read();
    }
}

void Connection::open_stream() {
    const Incoming& incoming = parser_.incoming();
    is_closing_ = true;
    if (incoming.request.method != "GET") {
        Response response = http::failure(405, "only GET is allowed here");
        response.headers.emplace_back("Allow", "GET, HEAD");
        begin_answer(std::make_shared<Answer>(std::move(response)));
        return;
    }
    if (core_.streams.size() >= core_.options.streams_max) {
        begin_answer(std::make_shared<Answer>(http::failure(503, "too many event streams")));
        return;
    }
    const std::string after = incoming.last_event.empty()
                                  ? query_value(incoming.request.query, "last")
                                  : incoming.last_event;
    head_ = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n"
            "X-Content-Type-Options: nosniff\r\nX-Accel-Buffering: no\r\nConnection: close\r\n\r\n";
    output_.assign(1, buffer_of(head_));
    if (incoming.is_head) {
        phase_ = Phase::answering;
        expire_in(core_.options.request_time_max);
        write();
        return;
    }
    position_ = core_.log.last();
    head_ += "retry: 2000\n";
    const std::optional<std::uint64_t> number = number_of(after);
    if (number && core_.log.has_all_after(*number)) {
        position_ = *number;
    } else if (!after.empty()) {
        head_ += reset_frame(position_);
    } else {
        head_ += "id: " + std::to_string(position_) + "\n\n";
    }
    output_.assign(1, buffer_of(head_));
    phase_ = Phase::streaming;
    input_used_ = 0;
    read();
    core_.streams.insert(shared_from_this());
    core_.counters.streams = core_.streams.size();
    ErrorCode ignored;
    socket_.set_option(asio::socket_base::send_buffer_size{stream_buffer_bytes}, ignored);
    expire_in(core_.options.request_time_max);
    write();
}

void Connection::send_events() {
    if (phase_ != Phase::streaming || is_writing_) return;
    frames_.clear();
    if (!core_.log.take(position_, frames_)) {
        drop_stream();
        return;
    }
    if (frames_.empty()) return;
    output_.clear();
    for (const Frame& frame : frames_) output_.push_back(buffer_of(*frame));
    expire_in(core_.options.request_time_max);
    write();
}

void Connection::drop_stream() {
    ++core_.counters.streams_dropped;
    close();
}

void Connection::write() {
    is_writing_ = true;
    written_ = Clock::now();
    asio::async_write(socket_, std::span<const asio::const_buffer>{output_},
                      [self = shared_from_this()](const ErrorCode& error, std::size_t) {
                          self->is_writing_ = false;
                          self->on_write(error);
                      });
}

void Connection::on_write(const ErrorCode& error) {
    if (phase_ == Phase::closed) return;
    if (error) {
        close();
    } else if (phase_ == Phase::request) {
        read();
    } else if (phase_ == Phase::streaming) {
        core_.counters.events_sent += std::exchange(frames_, {}).size();
        deadline_ = Clock::time_point::max();
        send_events();
    } else if (next_piece()) {
        expire_in(core_.options.request_time_max);
        write();
    } else {
        end_answer();
    }
}

void Connection::check(Clock::time_point now) {
    if (phase_ == Phase::streaming) {
        if (!is_writing_) {
            if (now - written_ < comment_interval) return;
            output_.assign(1, buffer_of(comment_text));
            expire_in(core_.options.request_time_max);
            write();
        } else if (now > deadline_ ||
                   (now - written_ > stall_time_max &&
                    core_.log.last() - position_ > core_.options.stream_backlog_max)) {
            drop_stream();
        }
    } else if (now > deadline_) {
        close();
    }
}

void Connection::stop() {
    is_closing_ = true;
    if (phase_ == Phase::request || phase_ == Phase::streaming) close();
}

}  // namespace market_server::http
