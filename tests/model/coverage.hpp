// Counts what the streams reach, so that the test fails if they no longer reach something.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <string>

#include <fmt/format.h>

#include "comparison.hpp"

namespace model {

class Coverage {
public:
    void add(Comparison& comparison, const Step&) {
        add(comparison.policy());
        const Outcome& outcome = comparison.wanted();
        ++commands_;
        if (outcome.is_accepted) ++taken_;
        for (const Violation& reason : outcome.reasons) ++rejections_[reason.code];
        for (const Event& event : outcome.events) {
            ++events_[event.kind];
            if (event.kind == EventKind::stopped) ++stops_[event.reason];
            if (event.kind != EventKind::started) continue;
            const NaiveHost* host = comparison.market().find_host(event.host);
            if (host != nullptr && host->host.energy_price < EnergyPrice{}) has_earned_ = true;
        }
    }

    [[nodiscard]] std::string text() const {
        std::string text = fmt::format("{} commands, {} of them taken", commands_, taken_);
        for (const auto& [kind, count] : events_)
            text += fmt::format("\n{:>9} {}", count, name(kind));
        for (const auto& [reason, count] : stops_)
            text += fmt::format("\n{:>9} stopped: {}", count, name(reason));
        return text;
    }

    /// Returns what each long run must reach and did not.
    [[nodiscard]] std::string missing() const {
        std::string text;
        for (std::size_t i = 0; i < std::size(members); ++i) {
            if (!are_drawn_[i]) text += fmt::format(" policy {}", members[i]);
        }
        if (!has_earned_) text += " a run at an energy price below 0";
        using enum Code;
        for (std::uint8_t kind = 0; kind <= static_cast<std::uint8_t>(EventKind::removed); ++kind) {
            if (events_.count(static_cast<EventKind>(kind)) == 0)
                text += fmt::format(" event {}", name(static_cast<EventKind>(kind)));
        }
        for (const Code code :
             {outbid, cancelled, expired, host_removed, host_offline, host_on_demand_rented,
              host_malfunctioning, revoked, overclock_invalid, price_below_market_minimum,
              price_below_host_minimum, not_cached, rate_missing, below_reserve}) {
            if (stops_.count(code) == 0) text += fmt::format(" stop {}", name(code));
        }
        for (const Code code : {time_went_backwards,
                                time_too_far,
                                bid_exists,
                                host_unknown,
                                bid_unknown,
                                not_owner,
                                fee_changed,
                                gpus_changed,
                                close_too_soon,
                                currency_unknown,
                                host_unavailable,
                                overclock_missing,
                                overclock_count_mismatch,
                                power_limit_missing,
                                power_limit_below_card_minimum,
                                power_limit_above_host_maximum,
                                core_lock_not_supported,
                                core_lock_below_minimum,
                                core_lock_above_maximum,
                                mem_lock_not_supported,
                                mem_lock_below_minimum,
                                mem_lock_above_maximum,
                                core_offset_not_supported,
                                core_offset_below_minimum,
                                core_offset_above_maximum,
                                mem_offset_not_supported,
                                mem_offset_below_minimum,
                                mem_offset_above_maximum,
                                price_not_positive,
                                price_below_market_minimum,
                                price_above_market_maximum,
                                price_below_host_minimum,
                                environment_too_long,
                                environment_key_too_long,
                                environment_value_too_long,
                                environment_key_empty,
                                image_malformed,
                                gpus_missing,
                                range_inverted,
                                limit_reached}) {
            if (rejections_.count(code) == 0) text += fmt::format(" rejection {}", name(code));
        }
        return text;
    }

private:
    /// Notes which members of a policy differ from their defaults. A new member does not compile
    /// until it is listed here; otherwise streams might never draw it, and nobody would notice.
    void add(const Policy& policy) {
        const auto& [reserve, switch_margin, switch_margin_ppm, dwell_min, require_cached,
                     rate_age_max, least_price, most_price, refill, queue_unavailable, interval_min,
                     time_step_max] = policy;
        const Policy usual;
        const bool differs[] = {reserve != usual.reserve,
                                switch_margin != usual.switch_margin,
                                switch_margin_ppm != usual.switch_margin_ppm,
                                dwell_min != usual.dwell_min,
                                require_cached != usual.require_cached,
                                rate_age_max != usual.rate_age_max,
                                least_price != usual.price_min,
                                most_price != usual.price_max,
                                refill != usual.refill,
                                queue_unavailable != usual.queue_unavailable,
                                interval_min != usual.interval_min,
                                time_step_max != usual.time_step_max};
        for (std::size_t i = 0; i < std::size(members); ++i) are_drawn_[i] |= differs[i];
    }
    static constexpr const char* members[] = {
        "reserve",        "switch_margin",     "switch_margin_ppm", "dwell_min",
        "require_cached", "rate_age_max",      "price_min",         "price_max",
        "refill",         "queue_unavailable", "interval_min",      "time_step_max"};

    bool are_drawn_[std::size(members)]{};  ///< differed from its default
    bool has_earned_ = false;               ///< a bid ran where energy costs less than 0
    std::uint64_t commands_ = 0;
    std::uint64_t taken_ = 0;
    std::map<EventKind, std::uint64_t> events_{};
    std::map<Code, std::uint64_t> stops_{};
    std::map<Code, std::uint64_t> rejections_{};
};

}  // namespace model
