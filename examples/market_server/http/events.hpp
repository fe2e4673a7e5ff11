// Numbers events and keeps the last ones, so that each reader takes them at its own pace.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace market_server::http {

/// The text of one event as it is sent. All readers share it.
using Frame = std::shared_ptr<const std::string>;

/// All of it may be called from any thread.
class EventLog {
public:
    /// The first event gets the number `start` + 1. At least one event is kept, however large.
    EventLog(std::uint64_t start, std::size_t events_kept, std::size_t bytes_kept);

    /// Line ends are replaced by spaces: they would end the event.
    void publish(std::string_view event, std::string_view data);
    [[nodiscard]] std::uint64_t last() const;
    /// Says whether all events after this number are kept. It is not for numbers yet to come.
    [[nodiscard]] bool has_all_after(std::uint64_t number) const;
    /// Appends the next frames after `position` to `frames`, up to 64 of them or 64 KB, and moves
    /// `position`. Returns false if some of them are not kept any more.
    [[nodiscard]] bool take(std::uint64_t& position, std::vector<Frame>& frames) const;

private:
    [[nodiscard]] bool is_kept_after(std::uint64_t number) const;

    mutable std::mutex mutex_;
    std::uint64_t last_;
    std::size_t events_kept_;
    std::size_t bytes_kept_;
    std::size_t bytes_ = 0;
    std::deque<Frame> frames_;
};

/// The frame for a reader that must load everything again and continues after event `last`.
[[nodiscard]] std::string reset_frame(std::uint64_t last);

}  // namespace market_server::http
