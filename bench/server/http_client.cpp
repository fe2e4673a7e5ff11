#include "http_client.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <ctime>
#include <stdexcept>
#include <system_error>

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace market_load {
namespace {

[[noreturn]] void fail(const char* what) {
    throw std::system_error{errno, std::generic_category(), what};
}

template <class Number>
std::optional<Number> number_after(std::string_view text, std::string_view name) {
    const std::size_t place = text.find(name);
    if (place == std::string_view::npos) return std::nullopt;
    text.remove_prefix(place + name.size());
    Number number = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc{})
        return std::nullopt;
    return number;
}

double thread_seconds() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

double between(Clock::time_point from, Clock::time_point to) {
    return std::chrono::duration<double>(to - from).count();
}

/// Appends what has come. Returns false if the server has closed the connection.
bool receive_some(const Socket& socket, std::string& input) {
    std::array<char, 65'536> bytes;
    const auto count = ::recv(socket.descriptor(), bytes.data(), bytes.size(), 0);
    if (count < 0 && errno == EINTR) return true;
    if (count <= 0) return false;
    input.append(bytes.data(), static_cast<std::size_t>(count));
    return true;
}

}  // namespace

std::string request_text(std::string_view method, std::string_view path, std::string_view token,
                         std::string_view body) {
    std::string text = fmt::format("{} {} HTTP/1.1\r\nHost: localhost\r\n", method, path);
    if (!token.empty()) text += fmt::format("auth: {}\r\n", token);
    if (method != "GET")
        text +=
            fmt::format("Content-Type: application/json\r\nContent-Length: {}\r\n", body.size());
    return text += fmt::format("\r\n{}", body);
}

std::optional<ReplyEnd> read_reply(std::string_view bytes) {
    constexpr std::string_view end_of_head = "\r\n\r\n";
    const std::size_t end = bytes.find(end_of_head);
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view head = bytes.substr(0, end + 2);
    const auto status = number_after<unsigned>(head, "HTTP/1.1 ");
    const auto length = number_after<std::size_t>(head, "\r\nContent-Length: ");
    if (!status || !length) throw std::runtime_error{"not an answer: " + std::string{head}};
    const std::size_t start = end + end_of_head.size();
    if (bytes.size() < start + *length) return std::nullopt;
    return ReplyEnd{{*status, bytes.substr(start, *length)}, start + *length};
}

Socket::Socket(std::uint16_t port, int receive_bytes)
    : descriptor_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    if (descriptor_ < 0) fail("cannot create a socket");
    if (receive_bytes != 0)
        ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        ::close(descriptor_);
        fail("cannot connect to the server");
    }
    const int yes = 1;
    ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

Socket::~Socket() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

void Socket::send(std::string_view text) const {
    while (!text.empty()) {
        const auto count = ::send(descriptor_, text.data(), text.size(), MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) fail("cannot send to the server");
        text.remove_prefix(static_cast<std::size_t>(count));
    }
}

Reply HttpClient::ask(std::string_view request) {
    buffer_.clear();
    socket_.send(request);
    for (;;) {
        if (!receive_some(socket_, buffer_))
            throw std::runtime_error{"the server has closed a connection"};
        if (const auto end = read_reply(buffer_)) return end->reply;
    }
}

std::string_view HttpClient::body(std::string_view request) {
    const Reply reply = ask(request);
    if (reply.status == 200) return reply.body;
    throw std::runtime_error{fmt::format("{}: status {}: {}", request.substr(0, request.find('\r')),
                                         reply.status, reply.body)};
}

Clients::Clients(std::uint16_t port, std::size_t count) : poll_{::epoll_create1(EPOLL_CLOEXEC)} {
    if (poll_ < 0) fail("cannot create an epoll instance");
    clients_.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        clients_.push_back({.socket = Socket{port}});
        epoll_event wanted{};
        wanted.events = EPOLLIN;
        wanted.data.u64 = i;
        if (::epoll_ctl(poll_, EPOLL_CTL_ADD, clients_.back().socket.descriptor(), &wanted) != 0)
            fail("cannot wait for a socket");
    }
}

Clients::~Clients() { ::close(poll_); }

void Clients::send(std::size_t client, const Next& next) {
    const std::string request = next(client);
    clients_[client].sent = Clock::now();
    clients_[client].socket.send(request);
}

bool Clients::receive(std::size_t client) {
    Client& each = clients_[client];
    if (!receive_some(each.socket, each.input))
        throw std::runtime_error{"the server has closed a connection"};
    return read_reply(each.input).has_value();
}

LoadResult Clients::run(std::chrono::duration<double> time, const Next& next, const Check& check,
                        std::uint64_t rounds) {
    LoadResult result;
    const double processor = thread_seconds();
    const auto begun = Clock::now();
    const auto until = begun + std::chrono::duration_cast<Clock::duration>(time);
    for (std::size_t i = 0; i < clients_.size(); ++i) {
        clients_[i].answers = 0;
        send(i, next);
    }
    std::size_t under_way = clients_.size();
    std::array<epoll_event, 256> events;
    while (under_way > 0) {
        const int count = ::epoll_wait(poll_, events.data(), static_cast<int>(events.size()), -1);
        if (count < 0 && errno != EINTR) fail("cannot wait for answers");
        for (int i = 0; i < count; ++i) {
            const auto client =
                static_cast<std::size_t>(events[static_cast<std::size_t>(i)].data.u64);
            if (!receive(client)) continue;
            Client& each = clients_[client];
            const auto now = Clock::now();
            result.latencies.push_back(between(each.sent, now));
            if (!check(client, read_reply(each.input)->reply)) ++result.failures;
            each.input.clear();
            ++each.answers;
            if (now < until && (rounds == 0 || each.answers < rounds)) {
                send(client, next);
            } else {
                --under_way;
            }
        }
    }
    result.seconds = between(begun, Clock::now());
    result.processor_share = (thread_seconds() - processor) / result.seconds;
    return result;
}

}  // namespace market_load
