// The answers that one account has got lately, so that a request which is sent again gets the same
// answer and is not done again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace market_server {

/// The answer to a request, as HTTP status and document of JSON.
struct Answer {
    unsigned status = 200;
    std::string body{};

    friend bool operator==(const Answer&, const Answer&) = default;
};

class Requests {
public:
    static constexpr std::int64_t memory = 60'000;     ///< ms
    static constexpr std::size_t count_max = 1'024;    ///< of an account
    static constexpr std::size_t bytes_max = 1 << 22;  ///< of their answers

    struct Answered {
        std::int64_t time = 0;
        std::string key{};  ///< a hash of the request
        Answer answer{};
    };

    /// The answer to a request that is remembered, otherwise null.
    [[nodiscard]] const Answer* find(std::string_view key, std::int64_t now) const {
        const auto place = places_.find(key);
        if (place == places_.end()) return nullptr;
        const Answered& found = all_[place->second - forgotten_];
        return now - found.time > memory ? nullptr : &found.answer;
    }
    /// Remembers a request that is not remembered. Forgets the oldest ones beyond the limits.
    void add(std::int64_t time, std::string key, Answer answer) {
        forget_before(time - memory);
        bytes_ += answer.body.size();
        places_.emplace(key, forgotten_ + all_.size());
        all_.push_back({time, std::move(key), std::move(answer)});
        while (all_.size() > 1 && (all_.size() > count_max || bytes_ > bytes_max)) forget_first();
    }
    void forget_before(std::int64_t time) {
        while (!all_.empty() && all_.front().time < time) forget_first();
    }
    /// What is remembered, oldest first.
    [[nodiscard]] const std::deque<Answered>& all() const { return all_; }

private:
    void forget_first() {
        bytes_ -= all_.front().answer.body.size();
        places_.erase(all_.front().key);
        all_.pop_front();
        ++forgotten_;
    }

    std::deque<Answered> all_{};
    std::map<std::string, std::size_t, std::less<>> places_{};  ///< in `all_`, plus `forgotten_`
    std::size_t forgotten_ = 0;
    std::size_t bytes_ = 0;
};

}  // namespace market_server
