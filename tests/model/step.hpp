// Holds a command with its time and everything that its spans refer to, so that streams can be
// kept, cut and run again.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include <gigaspot/rules.hpp>
#include <gigaspot/values/command.hpp>
#include <gigaspot/values/limits.hpp>
#include <gigaspot/values/policy.hpp>

namespace model {

using namespace gigaspot;

class Step {
public:
    Timestamp time{};
    std::uint64_t salt = 0;  ///< decides what else is checked after this step

    void set(Command command) { command_ = std::move(command); }
    void set(PutHost command, std::vector<GpuLimits> gpus) {
        command_ = command;
        gpus_ = std::move(gpus);
    }
    void set(PlaceBid command, std::vector<OverclockProfile> overclock) {
        command_ = command;
        overclock_ = std::move(overclock);
    }
    void set(EditBid command, std::optional<std::vector<OverclockProfile>> overclock) {
        command_ = command;
        has_overclock_ = overclock.has_value();
        if (overclock) overclock_ = *std::move(overclock);
    }

    /// The command. It refers to this step, which must live as long.
    [[nodiscard]] Command command() const {
        Command command = command_;
        if (auto* put = std::get_if<PutHost>(&command)) put->gpus = gpus_;
        if (auto* place = std::get_if<PlaceBid>(&command)) place->overclock = overclock_;
        if (auto* edit = std::get_if<EditBid>(&command); edit != nullptr && has_overclock_)
            edit->overclock = overclock_;
        return command;
    }

private:
    Command command_ = Close{};
    std::vector<GpuLimits> gpus_{};
    std::vector<OverclockProfile> overclock_{};
    bool has_overclock_ = false;
};

struct Stream {
    std::uint64_t seed = 0;
    Policy policy{};
    EngineLimits limits{};
    std::vector<Step> steps{};
};

}  // namespace model
