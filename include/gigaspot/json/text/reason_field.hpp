// gigaspot: the field of a command that a reason of its rejection is about. Layer: json/text. Rules
// of the market, section 9.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <gigaspot/base/config.hpp>
#include <gigaspot/json/text/words.hpp>
#include <gigaspot/values/error.hpp>
#include <gigaspot/values/overclock.hpp>
#include <gigaspot/values/violation.hpp>

namespace gigaspot {
inline namespace GIGASPOT_ABI {
namespace detail {

/// A field of a command by its parts.
struct ReasonField {
    std::string_view list{};  ///< "oc" or "gpus", if the field is in the entry of one GPU
    std::string_view name{};  ///< empty: no field, or the whole entry
};

/// The field of a reason, or nothing if it is not about one field. `host_field` is the name under
/// which the command names its host.
constexpr ReasonField field_of(const Violation& reason, std::string_view host_field) {
    switch (reason.code) {
    case Code::time_went_backwards:
    case Code::time_too_far:
    case Code::close_too_soon: return {.name = "time"};
    case Code::bid_exists:
    case Code::bid_unknown: return {.name = "id"};
    case Code::host_unknown:
    case Code::host_unavailable: return {.name = host_field};
    case Code::currency_unknown: return {.name = "currency"};
    case Code::not_owner: return {.name = "owner"};
    case Code::fee_changed: return {.name = "fee_ppm"};
    case Code::gpus_changed:
    case Code::gpus_missing: return {.name = "gpus"};
    case Code::overclock_missing:
    case Code::overclock_count_mismatch: return {.name = "oc"};
    case Code::power_limit_missing:
    case Code::power_limit_below_card_minimum:
    case Code::power_limit_above_host_maximum: return {"oc", "pl"};
    case Code::core_lock_not_supported:
    case Code::core_lock_below_minimum:
    case Code::core_lock_above_maximum: return {"oc", "core_lock"};
    case Code::mem_lock_not_supported:
    case Code::mem_lock_below_minimum:
    case Code::mem_lock_above_maximum: return {"oc", "mem_lock"};
    case Code::core_offset_not_supported:
    case Code::core_offset_below_minimum:
    case Code::core_offset_above_maximum: return {"oc", "core_offset"};
    case Code::mem_offset_not_supported:
    case Code::mem_offset_below_minimum:
    case Code::mem_offset_above_maximum: return {"oc", "mem_offset"};
    case Code::price_not_positive:
    case Code::price_below_market_minimum:
    case Code::price_above_market_maximum:
    case Code::price_below_host_minimum: return {.name = "price"};
    case Code::environment_too_long:
    case Code::environment_key_too_long:
    case Code::environment_value_too_long:
    case Code::environment_key_empty: return {.name = "env"};
    case Code::image_malformed: return {.name = "image"};
    case Code::range_inverted: return {.list = "gpus"};
    case Code::limit_reached:
        if (reason.unit == Unit::currency) return {.name = "currency"};
        if (reason.unit == Unit::gpu) return {.name = "gpus"};
        return {};
    default: return {};
    }
}

/// The inverted ranges of a GPU.
struct InvertedRanges {
    std::size_t count = 0;
    std::string_view name{};  ///< of the first one
    std::string detail{};     ///< "pl: minimum 2 is above maximum 1; mem_lock: ..."
};

template <class Traits>
InvertedRanges inverted_ranges(const BasicGpuLimits<Traits>& gpu) {
    InvertedRanges found;
    const auto look_at = [&](std::string_view name, const auto& range) {
        if (!range.is_inverted()) return;
        if (found.count++ == 0) found.name = name;
        if (!found.detail.empty()) found.detail += "; ";
        found.detail += text_of(name, ": ", describe_inverted(range));
    };
    look_at("pl", gpu.power_limit);
    if (gpu.core_lock) look_at("core_lock", *gpu.core_lock);
    if (gpu.mem_lock) look_at("mem_lock", *gpu.mem_lock);
    if (gpu.core_offset) look_at("core_offset", *gpu.core_offset);
    if (gpu.mem_offset) look_at("mem_offset", *gpu.mem_offset);
    return found;
}

}  // namespace detail
}  // namespace GIGASPOT_ABI
}  // namespace gigaspot
