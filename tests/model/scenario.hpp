// Writes a stream as lines of JSON (section 9 of the rules), so that the tool can run it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include <fmt/format.h>

#include <gigaspot/format/rules.hpp>
#include <gigaspot/json/names.hpp>

#include "naive_market.hpp"
#include "step.hpp"

namespace model {

inline std::string currency_name(Currency currency) {
    if (currency == main_currency) return std::string{clore_currency};
    if (currency.number < limits::currencies_max) return fmt::format("c{}", currency.number);
    return std::string(limits::name_bytes_max + 1, 'c');  // too long to get a number
}
inline std::string model_name(GpuModel model) {
    if (model == gpu_model_without_number) return std::string(limits::name_bytes_max + 1, 'm');
    return fmt::format("m{}", model.value);
}

/// Writes one line per step. `market` is the naive market before the step: an edit as text always
/// names a price.
class Scenario {
public:
    [[nodiscard]] static std::string line(const Step& step, const NaiveMarket& market) {
        Scenario scenario{market};
        std::visit([&](const auto& command) { scenario.put(command); }, step.command());
        return fmt::format("{{\"op\":\"{}\",\"time\":{}{}}}\n", scenario.op_, step.time.count(),
                           scenario.text_);
    }

private:
    explicit Scenario(const NaiveMarket& market) : market_{market} {}

    void key(std::string_view name) { text_ += fmt::format(",\"{}\":", name); }
    void raw(std::string_view name, std::string_view value) {
        key(name);
        text_ += value;
    }
    void number(std::string_view name, std::uint64_t value) { raw(name, fmt::format("{}", value)); }
    template <class Q>
    void whole(std::string_view name, Q quantity) {
        raw(name, fmt::format("{}", quantity.count()));
    }
    void flag(std::string_view name, const std::optional<bool>& value) {
        if (value) raw(name, *value ? "true" : "false");
    }
    void string(std::string_view name, std::string_view value) {
        key(name);
        quote(value);
    }
    template <class Q>
    void amount(std::string_view name, Q quantity) {
        string(name, quantity.text().view());
    }
    void quote(std::string_view value) {
        text_ += '"';
        for (const char c : value) {
            if (c == '"' || c == '\\') text_ += '\\';
            text_ += c == '\t' ? std::string{"\\t"} : std::string{c};
        }
        text_ += '"';
    }

    void put(const SetRate& command) {
        op_ = "rate";
        string("currency", currency_name(command.currency));
        if (command.usd) {
            amount("usd", *command.usd);
        } else {
            raw("usd", "null");
        }
        if (command.fee) whole("fee_ppm", *command.fee);
    }

    void put_range(std::string_view name, const std::optional<Range<Frequency>>& range) {
        if (range) raw(name, fmt::format("[{},{}]", range->min.count(), range->max.count()));
    }
    void put(const PutHost& command) {
        op_ = "host";
        number("id", command.id.value);
        amount("energy_price", command.energy_price);
        amount("min_bid", command.min_bid);
        whole("base_power", command.base_power);
        whole("max_rental_length", command.max_rental_length);
        flag("online", command.online);
        flag("on_demand_rented", command.on_demand_rented);
        flag("working_properly", command.working_properly);
        raw("gpus", "[");
        for (std::size_t i = 0; i < command.gpus.size(); ++i) {
            const GpuLimits& gpu = command.gpus[i];
            text_ += fmt::format("{}{{\"pl\":[{},{}]", i == 0 ? "" : ",",
                                 gpu.power_limit.min.count(), gpu.power_limit.max.count());
            if (gpu.model != GpuModel{}) string("model", model_name(gpu.model));
            put_range("core_lock", gpu.core_lock);
            put_range("mem_lock", gpu.mem_lock);
            put_range("core_offset", gpu.core_offset);
            put_range("mem_offset", gpu.mem_offset);
            text_ += '}';
        }
        text_ += ']';
    }
    void put(const SetHostStatus& command) {
        op_ = "host_status";
        number("id", command.id.value);
        flag("online", command.online);
        flag("on_demand_rented", command.on_demand_rented);
        flag("working_properly", command.working_properly);
    }
    void put(const SetEnergyPrice& command) {
        op_ = "energy_price";
        number("id", command.id.value);
        amount("usd", command.usd);
    }
    void put(const RemoveHost& command) {
        op_ = "remove_host";
        number("id", command.id.value);
    }

    void put_setting(std::string_view name, const std::optional<Frequency>& setting) {
        if (setting) whole(name, *setting);
    }
    void put_overclock(std::span<const OverclockProfile> profiles) {
        raw("oc", "[");
        for (std::size_t i = 0; i < profiles.size(); ++i) {
            text_ +=
                fmt::format("{}{{\"pl\":{}", i == 0 ? "" : ",", profiles[i].power_limit.count());
            put_setting("core_lock", profiles[i].core_lock);
            put_setting("mem_lock", profiles[i].mem_lock);
            put_setting("core_offset", profiles[i].core_offset);
            put_setting("mem_offset", profiles[i].mem_offset);
            text_ += '}';
        }
        text_ += ']';
    }
    void put_workload(const Workload& workload) {
        if (workload.image) string("image", *workload.image);
        raw("env", "{");
        for (std::size_t i = 0; i < workload.environment.size(); ++i) {
            if (i != 0) text_ += ',';
            quote(workload.environment[i].key);
            text_ += ':';
            quote(workload.environment[i].value);
        }
        text_ += '}';
    }
    void put(const PlaceBid& command) {
        op_ = "bid";
        number("id", command.id.value);
        number("host", command.host.value);
        number("owner", command.owner.value);
        amount("price", command.price);
        string("currency", currency_name(command.currency));
        put_overclock(command.overclock);
        if (command.workload != nullptr) put_workload(*command.workload);
    }
    void put(const EditBid& command) {
        op_ = "edit";
        number("id", command.id.value);
        const bool is_known = market_.host_of(command.id) != nullptr;
        amount("price", command.price ? *command.price
                        : is_known    ? market_.edited(command).price
                                      : Price{});
        if (command.overclock) put_overclock(*command.overclock);
        if (command.owner) number("owner", command.owner->value);
    }

    void put(const SetCached& command) {
        op_ = "cached";
        number("id", command.id.value);
        flag("cached", command.cached);
    }
    void put(const CancelBid& command) {
        op_ = "cancel";
        number("id", command.id.value);
        if (command.owner) number("owner", command.owner->value);
    }
    void put(const RevokeBid& command) {
        op_ = "revoke";
        number("id", command.id.value);
    }
    void put(const Close&) { op_ = "close"; }

    const NaiveMarket& market_;
    std::string_view op_{};
    std::string text_{};
};

/// Returns all lines of a stream.
inline std::string scenario_of(const Stream& stream) {
    NaiveMarket market{stream.policy, stream.limits};
    std::string text;
    for (const Step& step : stream.steps) {
        text += Scenario::line(step, market);
        static_cast<void>(market.apply(step.command(), step.time));
    }
    return text;
}

/// Returns the flags of `gigaspot replay` for a policy. The tool has no flags for price limits and
/// engine limits.
inline std::string flags_of(const Stream& stream) {
    const Policy& policy = stream.policy;
    const Policy usual;
    std::string flags;
    const auto put = [&](const char* flag, const auto& value, const auto& normal) {
        if (value == normal) return;
        flags += fmt::format(" {}={}", flag, value.text().view());
    };
    put("--reserve", policy.reserve, usual.reserve);
    put("--switch-margin", policy.switch_margin, usual.switch_margin);
    put("--switch-margin-ppm", policy.switch_margin_ppm, usual.switch_margin_ppm);
    put("--dwell-min", policy.dwell_min, usual.dwell_min);
    if (policy.require_cached) flags += " --require-cached";
    if (policy.refill == Refill::at_once) flags += " --refill=at_once";
    if (policy.queue_unavailable) flags += " --queue-unavailable";
    if (policy.rate_age_max) flags += fmt::format(" --rate-age-max={}", *policy.rate_age_max);
    put("--interval-min", policy.interval_min, usual.interval_min);
    put("--time-step-max", policy.time_step_max, usual.time_step_max);
    return flags;
}

/// Returns the settings of a stream that have no flag, or an empty text.
inline std::string beyond_flags(const Stream& stream) {
    std::string text;
    if (stream.policy.price_min != Policy{}.price_min ||
        stream.policy.price_max != Policy{}.price_max)
        text += fmt::format(" price_min {} price_max {}", stream.policy.price_min,
                            stream.policy.price_max);
    if (stream.limits != EngineLimits{})
        text += fmt::format(" hosts {} bids {} bids_per_host {} bids_per_owner {}",
                            stream.limits.hosts, stream.limits.bids, stream.limits.bids_per_host,
                            stream.limits.bids_per_owner);
    return text;
}

}  // namespace model
