// Clients of the event stream: good ones, which read all the time, and stuck ones, which never do.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "http_client.hpp"

namespace market_load {

/// What a good reader has seen.
struct Seen {
    std::uint64_t first = 0;  ///< the number of the event after which it began
    std::uint64_t last = 0;   ///< the number of its last event
    std::uint64_t gaps = 0;   ///< events whose number was not one more than that before
};

/// Good readers, on a thread of their own.
class EventReaders {
public:
    EventReaders(std::uint16_t port, std::size_t count);
    EventReaders(const EventReaders&) = delete;
    EventReaders& operator=(const EventReaders&) = delete;
    ~EventReaders();

    [[nodiscard]] std::vector<Seen> seen() const;
    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
    /// Readers whose connection the server has closed.
    [[nodiscard]] std::size_t closed() const { return closed_; }

private:
    struct Reader {
        Socket socket;
        std::string line{};  ///< not complete yet
        bool has_begun = false;
    };

    void read();
    void take(std::size_t reader, const std::string& line);

    std::vector<Reader> readers_{};
    mutable std::mutex mutex_{};
    std::vector<Seen> seen_;
    std::atomic<std::uint64_t> bytes_ = 0;
    std::atomic<std::size_t> closed_ = 0;
    std::atomic<bool> is_stopping_ = false;
    std::thread thread_{};
};

/// Opens streams and never reads from them.
[[nodiscard]] std::vector<Socket> open_stuck_streams(std::uint16_t port, std::size_t count);

}  // namespace market_load
