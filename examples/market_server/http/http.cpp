// Accepts connections and keeps their limits.
#include "http.hpp"

#include "connection.hpp"

#include <algorithm>
#include <map>
#include <system_error>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/post.hpp>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace market_server {
namespace http {
namespace {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;
using Acceptor = asio::basic_socket_acceptor<Tcp, asio::io_context::executor_type>;
using Timer =
    asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, asio::io_context::executor_type>;

constexpr std::chrono::milliseconds check_interval{250};
constexpr std::chrono::milliseconds accept_pause{100};
constexpr std::chrono::milliseconds stop_time_max{700};

/// Event numbers grow across restarts: nobody publishes a thousand events per millisecond.
std::uint64_t first_event_number() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(
               std::chrono::duration_cast<std::chrono::milliseconds>(now).count()) *
           1000;
}

/// The part of an address that one client cannot change: of IPv6, the network of 64 bits.
std::string client_of(const asio::ip::address& address) {
    if (address.is_v4()) return address.to_string();
    asio::ip::address_v6::bytes_type bytes = address.to_v6().to_bytes();
    if (address.to_v6().is_v4_mapped()) return {bytes.begin() + 12, bytes.end()};
    return {bytes.begin(), bytes.begin() + 8};
}

}  // namespace

Core::Core(HttpOptions given_options, Handler given_handler)
    : options{std::move(given_options)}, handler{std::move(given_handler)},
      log{first_event_number(), std::max(options.events_kept, options.stream_backlog_max),
          options.event_bytes_kept} {}

}  // namespace http

class HttpServer::Implementation final : public http::Core {
public:
    Implementation(HttpOptions given_options, Handler given_handler);
    ~Implementation() override;
    Implementation(const Implementation&) = delete;
    Implementation& operator=(const Implementation&) = delete;

    void run();
    void stop();
    void publish(std::string_view event, std::string_view data);
    void after(std::chrono::milliseconds delay, std::function<void()> work);
    [[nodiscard]] std::uint16_t port() const { return port_; }

    void forget(http::Connection& connection) override;

private:
    void listen();
    void set_option(int level, int name, int value);
    void start_timer(std::chrono::milliseconds delay, std::function<void()> work);
    void accept();
    void admit(http::Socket socket);
    void refuse(http::Socket& socket);
    void check();
    void close_all();

    http::asio::io_context context_{1};  // the first member: sockets must go before it
    http::Acceptor acceptor_{context_};
    http::Tcp::endpoint peer_{};
    std::uint16_t port_ = 0;
    std::unordered_set<std::shared_ptr<http::Connection>> connections_{};
    std::map<std::string, std::size_t> per_address_{};
    std::atomic<bool> is_publishing_ = false;
};

HttpServer::Implementation::Implementation(HttpOptions given_options, Handler given_handler)
    : Core{std::move(given_options), std::move(given_handler)} {
    listen();
    mailbox = std::make_shared<http::Mailbox>([this] {
        http::asio::post(context_, [this] {
            for (const http::Mailbox::Work& work : mailbox->take()) work();
        });
    });
}

HttpServer::Implementation::~Implementation() {
    mailbox->close();
    close_all();
}

void HttpServer::Implementation::listen() {
    http::ErrorCode error;
    const auto address = http::asio::ip::make_address(options.address, error);
    const http::Tcp::endpoint endpoint{address, options.port};
    if (!error) acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(http::Acceptor::reuse_address{true}, error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(http::Acceptor::max_listen_connections, error);
    if (error) {
        throw std::system_error{error.value(), std::system_category(),
                                "cannot listen on " + options.address + " port " +
                                    std::to_string(options.port)};
    }
    port_ = acceptor_.local_endpoint().port();
    // Accepted sockets inherit these. A client whose machine is gone is noticed within a minute.
    set_option(IPPROTO_TCP, TCP_NODELAY, 1);
    set_option(SOL_SOCKET, SO_KEEPALIVE, 1);
    set_option(IPPROTO_TCP, TCP_KEEPIDLE, 30);
    set_option(IPPROTO_TCP, TCP_KEEPINTVL, 10);
    set_option(IPPROTO_TCP, TCP_USER_TIMEOUT, 30'000);
}

void HttpServer::Implementation::set_option(int level, int name, int value) {
    ::setsockopt(acceptor_.native_handle(), level, name, &value, sizeof value);
}

void HttpServer::Implementation::run() {
    accept();
    check();
    context_.run();
    close_all();
}

void HttpServer::Implementation::stop() {
    mailbox->put([this] {
        if (is_stopping) return;
        is_stopping = true;
        http::ErrorCode ignored;
        acceptor_.close(ignored);
        for (const auto& connection : std::vector(connections_.begin(), connections_.end())) {
            connection->stop();
        }
        if (connections_.empty()) context_.stop();
        start_timer(http::stop_time_max, [this] { context_.stop(); });
    });
}

void HttpServer::Implementation::publish(std::string_view event, std::string_view data) {
    log.publish(event, data);
    if (is_publishing_.exchange(true)) return;  // the work that waits sends this event too
    mailbox->put([this] {
        is_publishing_ = false;
        for (const auto& stream : std::vector(streams.begin(), streams.end())) {
            stream->send_events();
        }
    });
}

void HttpServer::Implementation::after(std::chrono::milliseconds delay,
                                       std::function<void()> work) {
    mailbox->put([this, delay, work = std::move(work)] { start_timer(delay, work); });
}

void HttpServer::Implementation::start_timer(std::chrono::milliseconds delay,
                                             std::function<void()> work) {
    const auto timer = std::make_shared<http::Timer>(context_, delay);
    timer->async_wait([timer, work = std::move(work)](const http::ErrorCode& error) {
        if (!error) work();
    });
}

void HttpServer::Implementation::accept() {
    acceptor_.async_accept(peer_, [this](const http::ErrorCode& error, http::Socket socket) {
        if (is_stopping) return;
        if (error) {  // for example too many open files: others may close theirs
            start_timer(http::accept_pause, [this] { accept(); });
            return;
        }
        admit(std::move(socket));
        accept();
    });
}

void HttpServer::Implementation::admit(http::Socket socket) {
    std::string address = http::client_of(peer_.address());
    std::size_t& count = per_address_[address];
    if (connections_.size() >= options.connections_max ||
        count >= options.connections_per_address_max) {
        if (count == 0) per_address_.erase(address);
        refuse(socket);
        return;
    }
    ++count;
    const auto connection =
        std::make_shared<http::Connection>(*this, std::move(socket), std::move(address));
    connections_.insert(connection);
    counters.connections = connections_.size();
    connection->start();
}

/// Tries to say why, without waiting. The socket is closed with its owner.
void HttpServer::Implementation::refuse(http::Socket& socket) {
    ++counters.refused_connections;
    const Response response = http::failure(503, "too many connections");
    const std::string text = http::head_of(response, response.body.size(), "close") + response.body;
    const auto sent =
        ::send(socket.native_handle(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0) ::shutdown(socket.native_handle(), SHUT_WR);
}

void HttpServer::Implementation::forget(http::Connection& connection) {
    const auto self = connection.shared_from_this();
    if (streams.erase(self) > 0) counters.streams = streams.size();
    if (connections_.erase(self) == 0) return;
    counters.connections = connections_.size();
    const auto count = per_address_.find(connection.address());
    if (--count->second == 0) per_address_.erase(count);
    if (is_stopping && connections_.empty()) context_.stop();
}

void HttpServer::Implementation::check() {
    const http::Clock::time_point now = http::Clock::now();
    for (const auto& connection : std::vector(connections_.begin(), connections_.end())) {
        connection->check(now);
    }
    start_timer(http::check_interval, [this] { check(); });
}

void HttpServer::Implementation::close_all() {
    for (const auto& connection : std::vector(connections_.begin(), connections_.end())) {
        connection->close();
    }
}

HttpServer::HttpServer(HttpOptions options, Handler handler)
    : implementation_{std::make_unique<Implementation>(std::move(options), std::move(handler))} {}

HttpServer::~HttpServer() = default;

void HttpServer::run() { implementation_->run(); }
void HttpServer::stop() { implementation_->stop(); }
std::uint16_t HttpServer::port() const { return implementation_->port(); }

void HttpServer::publish(std::string_view event, std::string_view data) {
    implementation_->publish(event, data);
}

std::uint64_t HttpServer::last_event() const { return implementation_->log.last(); }

HttpCounts HttpServer::counts() const {
    const http::Counters& counters = implementation_->counters;
    HttpCounts counts;
    counts.requests = counters.requests;
    counts.refused_connections = counters.refused_connections;
    counts.malformed_requests = counters.malformed_requests;
    counts.streams_dropped = counters.streams_dropped;
    counts.events_sent = counters.events_sent;
    counts.connections = counters.connections;
    counts.streams = counters.streams;
    return counts;
}

void HttpServer::after(std::chrono::milliseconds delay, std::function<void()> work) {
    implementation_->after(delay, std::move(work));
}

}  // namespace market_server
