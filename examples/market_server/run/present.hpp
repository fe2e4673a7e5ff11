// The time that the writer goes by.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

namespace market_server {

using Clock = std::function<std::int64_t()>;  ///< ms

/// The system's clock, unless it jumps ahead. All closes up to the present are made at once, so a
/// clock that is set far forward by mistake would bill time that has not passed. A second clock,
/// which nobody sets, tells a jump from a pause of the program.
class Present {
public:
    /// How far the system's clock may get ahead of the steady one at once, in ms.
    static constexpr std::int64_t jump_max = 10 * 60'000;

    /// `system`: ms since 1970. `steady`: ms of a clock that nobody sets.
    Present(Clock system, Clock steady)
        : system_{std::move(system)}, steady_{std::move(steady)}, lead_{system_() - steady_()} {}

    /// The system's time, or nothing while that is more than `jump_max` ahead of what it should be.
    /// A clock that was set back, and then right again, has not jumped.
    [[nodiscard]] std::optional<std::int64_t> look() {
        const std::int64_t time = system_();
        const std::int64_t ahead = time - steady_() - lead_;
        ahead_ = ahead > jump_max ? ahead : 0;
        if (ahead_ != 0) return std::nullopt;
        if (ahead > 0) lead_ += ahead;
        return time;
    }
    /// By how much the clock had jumped ahead at the last look, in ms; 0: it had not.
    [[nodiscard]] std::int64_t ahead() const { return ahead_; }

private:
    Clock system_;
    Clock steady_;
    std::int64_t lead_;  ///< the highest that the system's clock has had over the steady one
    std::int64_t ahead_ = 0;
};

}  // namespace market_server
