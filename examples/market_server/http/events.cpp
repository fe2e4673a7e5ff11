#include "events.hpp"

#include <algorithm>
#include <utility>

namespace market_server::http {
namespace {

constexpr std::size_t batch_frames_max = 64;
constexpr std::size_t batch_bytes_max = std::size_t{64} * 1024;

void add_field(std::string& frame, std::string_view name, std::string_view value) {
    frame += name;
    frame += ": ";
    for (const char c : value) frame += c == '\r' || c == '\n' ? ' ' : c;
    frame += '\n';
}

std::string frame_of(std::uint64_t number, std::string_view event, std::string_view data) {
    std::string frame;
    frame.reserve(event.size() + data.size() + 64);
    add_field(frame, "id", std::to_string(number));
    add_field(frame, "event", event);
    add_field(frame, "data", data);
    frame += '\n';
    return frame;
}

}  // namespace

EventLog::EventLog(std::uint64_t start, std::size_t events_kept, std::size_t bytes_kept)
    : last_{start}, events_kept_{std::max<std::size_t>(events_kept, 1)}, bytes_kept_{bytes_kept} {}

void EventLog::publish(std::string_view event, std::string_view data) {
    const std::lock_guard lock{mutex_};
    ++last_;
    frames_.push_back(std::make_shared<const std::string>(frame_of(last_, event, data)));
    bytes_ += frames_.back()->size();
    while (frames_.size() > 1 && (frames_.size() > events_kept_ || bytes_ > bytes_kept_)) {
        bytes_ -= frames_.front()->size();
        frames_.pop_front();
    }
}

std::uint64_t EventLog::last() const {
    const std::lock_guard lock{mutex_};
    return last_;
}

bool EventLog::is_kept_after(std::uint64_t number) const {
    return number <= last_ && last_ - number <= frames_.size();
}

bool EventLog::has_all_after(std::uint64_t number) const {
    const std::lock_guard lock{mutex_};
    return is_kept_after(number);
}

bool EventLog::take(std::uint64_t& position, std::vector<Frame>& frames) const {
    const std::lock_guard lock{mutex_};
    if (!is_kept_after(position)) return false;
    std::size_t next = frames_.size() - static_cast<std::size_t>(last_ - position);
    std::size_t bytes = 0;
    for (std::size_t n = 0; n < batch_frames_max && next < frames_.size(); ++n, ++next) {
        const Frame& frame = frames_[next];
        bytes += frame->size();
        if (n > 0 && bytes > batch_bytes_max) break;
        frames.push_back(frame);
        ++position;
    }
    return true;
}

std::string reset_frame(std::uint64_t last) { return frame_of(last, "reset", "{}"); }

}  // namespace market_server::http
