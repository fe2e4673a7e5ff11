// Shrinks a failing stream: it omits commands and settings as long as the stream still fails.
#pragma once

#include <chrono>
#include <cstddef>
#include <exception>
#include <optional>
#include <string>
#include <utility>

#include "comparison.hpp"
#include "step.hpp"

namespace model {

class Shrinker {
public:
    /// Shrinking stops after `patience`.
    Shrinker(Failure failure, std::chrono::seconds patience)
        : failure_{std::move(failure)}, end_{std::chrono::steady_clock::now() + patience} {}

    Failure run() {
        try_policies();
        std::size_t size = failure_.stream.steps.size();
        for (std::size_t chunk = size / 2; chunk > 0; chunk /= 2) {
            leave_out(chunk);
            if (chunk == 1 && failure_.stream.steps.size() < size) {  // once more from the start
                size = failure_.stream.steps.size();
                chunk = size < 8 ? 2 : size / 4;
            }
        }
        try_policies();
        return failure_;
    }

private:
    bool is_late() const { return std::chrono::steady_clock::now() > end_; }

    /// Keeps a smaller stream if it still fails.
    bool take(Stream stream) {
        if (is_late()) return false;
        std::optional<std::string> wrong = run_again(stream);
        if (!wrong) return false;
        failure_ = {std::move(stream), *std::move(wrong)};
        return true;
    }

    void leave_out(std::size_t chunk) {
        for (std::size_t at = 0; at < failure_.stream.steps.size() && !is_late();) {
            Stream shorter = failure_.stream;
            const auto first = shorter.steps.begin() + static_cast<std::ptrdiff_t>(at);
            const std::size_t left = shorter.steps.size() - at;
            shorter.steps.erase(first,
                                first + static_cast<std::ptrdiff_t>(chunk < left ? chunk : left));
            if (!take(std::move(shorter))) at += chunk;
        }
    }

    template <class Change>
    void try_change(Change change) {
        Stream stream = failure_.stream;
        change(stream);
        take(std::move(stream));
    }

    void try_policies() {
        const Policy usual;
        try_change([&](Stream& stream) { stream.limits = {}; });
        try_change([&](Stream& stream) { stream.policy.price_min = usual.price_min; });
        try_change([&](Stream& stream) { stream.policy.price_max = usual.price_max; });
        try_change([&](Stream& stream) { stream.policy.reserve = usual.reserve; });
        try_change([&](Stream& stream) { stream.policy.switch_margin = usual.switch_margin; });
        try_change([&](Stream& stream) { stream.policy.switch_margin_ppm = {}; });
        try_change([&](Stream& stream) { stream.policy.dwell_min = usual.dwell_min; });
        try_change([&](Stream& stream) { stream.policy.require_cached = false; });
        try_change([&](Stream& stream) { stream.policy.rate_age_max.reset(); });
        try_change([&](Stream& stream) { stream.policy.refill = usual.refill; });
        try_change([&](Stream& stream) { stream.policy.queue_unavailable = false; });
        try_change([&](Stream& stream) { stream.policy.interval_min = usual.interval_min; });
        try_change([&](Stream& stream) { stream.policy.time_step_max = usual.time_step_max; });
    }

    Failure failure_;
    std::chrono::steady_clock::time_point end_;
};

}  // namespace model
