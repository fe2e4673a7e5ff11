#include "settings.hpp"

#include <optional>

#include <fmt/format.h>

#include <gigaspot/values/literals.hpp>

#include "json.hpp"

namespace market_server {
namespace {

/// Reads a quantity from a text such as "0.05".
template <class Q>
void read(const Fields& fields, std::string_view key, Q& quantity) {
    const auto text = fields.text(key);
    if (!text) return;
    const auto value = Q::from_text(*text);
    if (!value)
        throw BadInput{
            fmt::format("{}: {} is not valid: {}", key, json_text(*text), name(value.error()))};
    quantity = *value;
}

/// Reads a whole quantity from a number.
template <class Q>
void read_whole(const Fields& fields, std::string_view key, Q& quantity) {
    const auto whole = fields.whole(key);
    if (!whole) return;
    const auto value = Q::from_count(*whole);
    if (!value) throw BadInput{fmt::format("{}: {} is out of range", key, *whole)};
    quantity = *value;
}

}  // namespace

gigaspot::Policy default_policy() {
    using namespace gigaspot::literals;
    gigaspot::Policy policy;
    policy.switch_margin = *gigaspot::SwitchMargin::from_text("0.05");
    policy.switch_margin_ppm = 100'000_ppm;
    return policy;
}

const std::vector<std::string>& default_gpu_models() {
    static const std::vector<std::string> models{"GTX 1060 6GB",
                                                 "GTX 1070",
                                                 "GTX 1070 Ti",
                                                 "GTX 1080",
                                                 "GTX 1080 Ti",
                                                 "GTX 1660",
                                                 "GTX 1660 SUPER",
                                                 "GTX 1660 Ti",
                                                 "RTX 2060",
                                                 "RTX 2060 SUPER",
                                                 "RTX 2070",
                                                 "RTX 2070 SUPER",
                                                 "RTX 2080",
                                                 "RTX 2080 SUPER",
                                                 "RTX 2080 Ti",
                                                 "RTX 3060",
                                                 "RTX 3060 Ti",
                                                 "RTX 3070",
                                                 "RTX 3070 Ti",
                                                 "RTX 3080",
                                                 "RTX 3080 Ti",
                                                 "RTX 3090",
                                                 "RTX 3090 Ti",
                                                 "RTX 4060",
                                                 "RTX 4060 Ti",
                                                 "RTX 4070",
                                                 "RTX 4070 SUPER",
                                                 "RTX 4070 Ti",
                                                 "RTX 4070 Ti SUPER",
                                                 "RTX 4080",
                                                 "RTX 4080 SUPER",
                                                 "RTX 4090",
                                                 "RTX 5070",
                                                 "RTX 5070 Ti",
                                                 "RTX 5080",
                                                 "RTX 5090",
                                                 "RTX A2000",
                                                 "RTX A4000",
                                                 "RTX A5000",
                                                 "RTX A6000",
                                                 "A10",
                                                 "A40",
                                                 "A100",
                                                 "H100",
                                                 "L4",
                                                 "L40",
                                                 "L40S",
                                                 "Tesla P40",
                                                 "Tesla P100",
                                                 "Tesla T4",
                                                 "Tesla V100",
                                                 "CMP 170HX"};
    return models;
}

std::string to_text(const Settings& settings) {
    const gigaspot::Policy& policy = settings.policy;
    std::string out = fmt::format(
        R"({{"interval":{},"reserve":"{}","switch_margin":"{}","switch_margin_ppm":{},)"
        R"("dwell_min":{},"require_cached":{},"rate_age_max":{},"price_min":"{}",)"
        R"("price_max":"{}","refill":"{}","queue_unavailable":{},"image_wait":{},)"
        R"("creation_fees":{{)",
        settings.interval, policy.reserve.text().view(), policy.switch_margin.text().view(),
        policy.switch_margin_ppm.count(), policy.dwell_min.count(), policy.require_cached,
        policy.rate_age_max ? std::to_string(policy.rate_age_max->count()) : "null",
        policy.price_min.text().view(), policy.price_max.text().view(),
        policy.refill == gigaspot::Refill::at_once ? "at_once" : "at_close",
        policy.queue_unavailable, settings.image_wait);
    std::string_view comma;
    for (const auto& [currency, fee] : settings.creation_fees) {
        out += comma;
        put_string(out, currency);
        out += fmt::format(R"(:"{}")", coins(fee));
        comma = ",";
    }
    out += R"(},"gpu_models":[)";
    comma = "";
    for (const std::string& model : settings.gpu_models) {
        out += comma;
        put_string(out, model);
        comma = ",";
    }
    return out + "]}";
}

Settings settings_of(std::string_view text) {
    const Fields fields{text,
                        {"interval", "reserve", "switch_margin", "switch_margin_ppm", "dwell_min",
                         "require_cached", "rate_age_max", "price_min", "price_max", "refill",
                         "queue_unavailable", "image_wait", "creation_fees", "gpu_models"}};
    Settings settings;
    gigaspot::Policy& policy = settings.policy;
    settings.interval = need(fields.whole("interval"), "interval");
    if (settings.interval < interval_min || settings.interval > interval_max)
        throw BadInput{fmt::format("interval: {} ms is out of range: {} to {} ms",
                                   settings.interval, interval_min, interval_max)};
    read(fields, "reserve", policy.reserve);
    read(fields, "switch_margin", policy.switch_margin);
    read_whole(fields, "switch_margin_ppm", policy.switch_margin_ppm);
    read_whole(fields, "dwell_min", policy.dwell_min);
    policy.require_cached = fields.flag("require_cached").value_or(false);
    if (fields.whole("rate_age_max")) {
        gigaspot::Duration age;
        read_whole(fields, "rate_age_max", age);
        policy.rate_age_max = age;
    }
    read(fields, "price_min", policy.price_min);
    read(fields, "price_max", policy.price_max);
    const std::string refill = fields.text("refill").value_or("at_close");
    if (refill != "at_close" && refill != "at_once")
        throw BadInput{fmt::format("refill: {} is not at_close or at_once", json_text(refill))};
    policy.refill = refill == "at_once" ? gigaspot::Refill::at_once : gigaspot::Refill::at_close;
    policy.queue_unavailable = fields.flag("queue_unavailable").value_or(false);
    policy.interval_min = gigaspot::Duration::unchecked(settings.interval);
    settings.image_wait = fields.whole("image_wait").value_or(settings.image_wait);
    for (auto& [currency, fee] : fields.amounts("creation_fees"))
        settings.creation_fees[currency] = fee;
    if (auto models = fields.texts("gpu_models")) settings.gpu_models = *std::move(models);
    return settings;
}

}  // namespace market_server
