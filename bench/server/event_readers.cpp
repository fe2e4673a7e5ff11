#include "event_readers.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <string_view>
#include <system_error>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace market_load {

EventReaders::EventReaders(std::uint16_t port, std::size_t count) : seen_(count) {
    const std::string request = request_text("GET", "/events", "");
    for (std::size_t i = 0; i < count; ++i) {
        readers_.push_back({.socket = Socket{port}});
        readers_.back().socket.send(request);
    }
    thread_ = std::thread{[this] { read(); }};
}

EventReaders::~EventReaders() {
    is_stopping_ = true;
    thread_.join();
}

std::vector<Seen> EventReaders::seen() const {
    const std::lock_guard lock{mutex_};
    return seen_;
}

void EventReaders::take(std::size_t reader, const std::string& line) {
    constexpr std::string_view name = "id: ";
    if (!line.starts_with(name)) return;
    std::uint64_t number = 0;
    std::from_chars(line.data() + name.size(), line.data() + line.size(), number);
    const std::lock_guard lock{mutex_};
    Seen& seen = seen_[reader];
    if (!readers_[reader].has_begun) {
        readers_[reader].has_begun = true;
        seen.first = number;
    } else if (number != seen.last + 1) {
        ++seen.gaps;
    }
    seen.last = number;
}

void EventReaders::read() {
    const int poll = ::epoll_create1(EPOLL_CLOEXEC);
    for (std::size_t i = 0; i < readers_.size(); ++i) {
        epoll_event wanted{};
        wanted.events = EPOLLIN;
        wanted.data.u64 = i;
        ::epoll_ctl(poll, EPOLL_CTL_ADD, readers_[i].socket.descriptor(), &wanted);
    }
    std::array<epoll_event, 256> events;
    std::array<char, 65'536> bytes;
    while (!is_stopping_) {
        const int ready = ::epoll_wait(poll, events.data(), static_cast<int>(events.size()), 100);
        for (int i = 0; i < ready; ++i) {
            const auto place =
                static_cast<std::size_t>(events[static_cast<std::size_t>(i)].data.u64);
            Reader& reader = readers_[place];
            const auto count = ::recv(reader.socket.descriptor(), bytes.data(), bytes.size(), 0);
            if (count <= 0) {
                ++closed_;
                ::epoll_ctl(poll, EPOLL_CTL_DEL, reader.socket.descriptor(), nullptr);
                continue;
            }
            bytes_ += static_cast<std::uint64_t>(count);
            for (const char byte :
                 std::string_view{bytes.data(), static_cast<std::size_t>(count)}) {
                if (byte != '\n') {
                    reader.line += byte;
                    continue;
                }
                take(place, reader.line);
                reader.line.clear();
            }
        }
    }
    ::close(poll);
}

std::vector<Socket> open_stuck_streams(std::uint16_t port, std::size_t count) {
    constexpr int receive_bytes = 4'096;
    std::vector<Socket> sockets;
    for (std::size_t i = 0; i < count; ++i) {
        sockets.emplace_back(port, receive_bytes);
        sockets.back().send(request_text("GET", "/events", ""));
    }
    return sockets;
}

}  // namespace market_load
