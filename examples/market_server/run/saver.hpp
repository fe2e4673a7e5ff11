// Writes saves in a thread of its own.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

namespace market_server {

/// Hands saves to a function that may wait for the disk, so that the caller need not wait. While it
/// writes one, the newest of those that come waits, and the others are dropped.
class Saver {
public:
    /// `write` is called by one thread; it must not throw.
    using Write = std::function<void(std::uint64_t number, const std::string& bytes)>;

    explicit Saver(Write write) : write_{std::move(write)}, thread_{[this] { run(); }} {}
    Saver(const Saver&) = delete;
    Saver& operator=(const Saver&) = delete;
    ~Saver() { stop(); }

    /// Takes a save of the market after the record with this number. Any thread.
    void keep(std::uint64_t number, std::string bytes) {
        {
            const std::lock_guard lock{mutex_};
            next_.emplace(number, std::move(bytes));
        }
        changed_.notify_one();
    }
    /// Returns after the save that is being written. One that waits is dropped.
    void stop() {
        {
            const std::lock_guard lock{mutex_};
            is_stopping_ = true;
        }
        changed_.notify_one();
        if (thread_.joinable()) thread_.join();
    }

private:
    void run() {
        for (;;) {
            std::optional<std::pair<std::uint64_t, std::string>> save;
            {
                std::unique_lock lock{mutex_};
                changed_.wait(lock, [this] { return is_stopping_ || next_; });
                if (is_stopping_) return;
                save.swap(next_);
            }
            write_(save->first, save->second);
        }
    }

    Write write_;
    std::mutex mutex_{};
    std::condition_variable changed_{};
    std::optional<std::pair<std::uint64_t, std::string>> next_{};
    bool is_stopping_ = false;
    std::thread thread_;  // the last member, since it uses the others
};

}  // namespace market_server
