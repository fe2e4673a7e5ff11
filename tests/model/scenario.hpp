// Writes a stream as lines of JSON (section 9 of the rules), so that the tool can run it.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include <gigaspot/format/rules.hpp>
#include <gigaspot/json/command_text.hpp>
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

/// The names of the model as a writer of commands asks for them.
class ScenarioNames {
public:
    [[nodiscard]] std::string_view name(Currency currency) const {
        return kept(currency_name(currency));
    }
    [[nodiscard]] std::string_view name(GpuModel model) const { return kept(model_name(model)); }

private:
    std::string_view kept(std::string name) const { return *names_.insert(std::move(name)).first; }

    mutable std::set<std::string> names_{};
};

/// The line of a step. `market` is the naive one, before the step: an edit as text always has a
/// price.
inline std::string line_of(const Step& step, const NaiveMarket& market) {
    Command command = step.command();
    if (auto* edit = std::get_if<EditBid>(&command); edit != nullptr && !edit->price) {
        const bool is_known = market.host_of(edit->id) != nullptr;
        edit->price = is_known ? market.edited(*edit).price : Price{};
    }
    const ScenarioNames names;
    std::string line;
    static_cast<void>(CommandText{line, names}.put(command, step.time));
    return line;
}

/// The lines of all steps.
inline std::string scenario_of(const Stream& stream) {
    NaiveMarket market{stream.policy, stream.limits};
    std::string text;
    for (const Step& step : stream.steps) {
        text += line_of(step, market);
        static_cast<void>(market.apply(step.command(), step.time));
    }
    return text;
}

/// Returns the flags of `gigaspot replay` for a policy. The tool has no flags for engine limits.
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
    put("--price-min", policy.price_min, usual.price_min);
    put("--price-max", policy.price_max, usual.price_max);
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
    if (stream.limits != EngineLimits{})
        text += fmt::format(" hosts {} bids {} bids_per_host {} bids_per_owner {}",
                            stream.limits.hosts, stream.limits.bids, stream.limits.bids_per_host,
                            stream.limits.bids_per_owner);
    return text;
}

}  // namespace model
