// Hands work from any thread to the I/O thread. Those who hold it may outlive the server.
#pragma once

#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace market_server::http {

class Mailbox {
public:
    using Work = std::function<void()>;

    /// `wake` makes the I/O thread call `take` soon. It is called under a lock.
    explicit Mailbox(std::function<void()> wake) : wake_{std::move(wake)} {}

    /// Once the mailbox is closed, the work is destroyed and never called.
    void put(Work work) {
        const std::lock_guard lock{mutex_};
        if (is_closed_) return;
        waiting_.push_back(std::move(work));
        if (waiting_.size() == 1) wake_();
    }

    [[nodiscard]] std::vector<Work> take() {
        const std::lock_guard lock{mutex_};
        return std::exchange(waiting_, {});
    }

    /// `wake` is not called any more once this returns.
    void close() {
        std::vector<Work> dropped;  // destroyed without the lock: that may call `put`
        const std::lock_guard lock{mutex_};
        is_closed_ = true;
        dropped.swap(waiting_);
    }

private:
    std::mutex mutex_;
    std::vector<Work> waiting_;
    std::function<void()> wake_;
    bool is_closed_ = false;
};

}  // namespace market_server::http
