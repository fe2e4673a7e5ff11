// Pauses between attempts, and sleep that a stop ends.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <random>
#include <stop_token>

namespace market_server {

using Milliseconds = std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

/// Doubles from the first pause to the maximum. Each is shortened by up to a quarter at random, so
/// that many machines do not come back to a restarted server at the same moment.
class Pauses {
public:
    Pauses(Milliseconds first, Milliseconds max) : first_{first}, max_{max}, next_{first} {}

    [[nodiscard]] Milliseconds next() {
        const Milliseconds pause = next_;
        next_ = std::min(2 * next_, max_);
        std::uniform_int_distribution<Milliseconds::rep> shortened{pause.count() * 3 / 4,
                                                                   pause.count()};
        return Milliseconds{shortened(random_)};
    }
    void reset() { next_ = first_; }

private:
    Milliseconds first_;
    Milliseconds max_;
    Milliseconds next_;
    std::minstd_rand random_{std::random_device{}()};
};

/// Sleeps; returns early if a stop is requested.
inline void sleep_until(Clock::time_point end, const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any changed;
    std::unique_lock lock{mutex};
    changed.wait_until(lock, stop, end, [] { return false; });
}

}  // namespace market_server
